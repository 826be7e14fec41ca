"""What the words of this tool mean, one sentence each: `tiangong explain WORD`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    # ── what is shipped ──────────────────────────────────────────────────────────────────────────────────────────
    "product": Sentence("Something that is released under one name, by one team, such as shop."),
    "release": Sentence(
        "One version of a product: signed, never edited, with the steps that install it and its files."
    ),
    "channel": Sentence("A stage of the pipeline; an installation follows one and takes the newest release on it."),
    "promotion": Sentence("A signed document that lets one release, by its exact bytes, enter a channel."),
    "recall": Sentence("A signed document that takes a range of versions back from wherever they are."),
    "roll-off": Sentence("What an installation does with a recalled version: move forward, go back, or stay frozen."),
    "attestation": Sentence("A signed label added to a release later, such as what testing found."),
    "artifact": Sentence("A file too large for Git; the release names it by digest, a store keeps it."),
    "payload": Sentence("Files that travel in Git beside a release and are named in it by digest."),
    # ── where it runs ────────────────────────────────────────────────────────────────────────────────────────────
    "environment": Sentence("One place where products run, with one agent and its own signed restrictions."),
    "profile": Sentence("Rules, values and installations that several environments share."),
    "installation": Sentence("One product in one environment: which channel it follows, and its config."),
    "config-override": Sentence("Config of an installation that counts for a range of versions only."),
    "agent": Sentence(
        "The program on an environment's host: it pulls, verifies, plans, acts and reports; nobody calls it."
    ),
    "envelope": Sentence("The outer limit of what steps may touch in an environment, whatever a release asks for."),
    "fact": Sentence("Something the agent measures on its host and signs, such as the version of a database."),
    "drift": Sentence(
        "What an installation has become differs from what its steps left; reported, repaired or ignored."
    ),
    "health": Sentence("How an installation is: Healthy, Progressing, Degraded, Suspended, Missing or Unknown."),
    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────
    "plan": Sentence("What an agent will do next, step by step; the same input gives the same plan on any machine."),
    "step": Sentence("One action of a release, done by one executor: place a file, run a program, call an address."),
    "executor": Sentence(
        "What does steps of one kind: shell, file, http and others; switched on and configured per host."
    ),
    "run": Sentence("One attempt to bring one installation to one release, recorded step by step."),
    "verdict": Sentence("What an agent decided about an installation: ready, held or up-to-date."),
    "ready": Sentence("Something is to be done, and nothing speaks against doing it now."),
    "held": Sentence("Something is to be done, and a constraint says not now; tiangong why ENV names each one."),
    "up-to-date": Sentence("What is there is what is wished; nothing is to be done."),
    "reason": Sentence(
        "Why something is held: the constraint, how to mend it, and the earliest time where that is known."
    ),
    "constraint": Sentence(
        "A rule that may hold a change: a window, a suppression, config that is missing, and so on."
    ),
    "receipt": Sentence("An agent's signed account of one run that ended, with the digest of every log."),
    "status": Sentence("An agent's signed word about its environment, on a branch only it writes."),
    "status-ref": Sentence("The branch status/ENV: every status an agent ever signed, one on top of the other."),
    "task": Sentence("Steps that are run once on chosen environments."),
    # ── what holds and what allows ───────────────────────────────────────────────────────────────────────────────
    "window": Sentence("When changes may run: allow windows open again and again, deny windows close for once."),
    "suppression": Sentence(
        "A signed document that holds every change of what it selects until it is over or withdrawn."
    ),
    "hold": Sentence("Something that keeps a whole environment from starting anything new, such as an expired policy."),
    "pin": Sentence("An installation stays at one version until it is unpinned."),
    "approval": Sentence("Signatures of people under exact bytes that are to be acted on in named environments."),
    "quorum": Sentence("How many different people, each with a key of their own, must sign."),
    "command": Sentence(
        "An operator's signed request to one installation: retry, cancel, restart and the like; it expires."
    ),
    "review": Sentence("A signed document that closes the question why somebody overrode a rule."),
    "withdrawal": Sentence(
        "A signed document that ends a suppression, recall, revocation or approval before its date."
    ),
    # ── whom to believe ──────────────────────────────────────────────────────────────────────────────────────────
    "trust-root": Sentence(
        "The signed document everything else is believed by; agents are told its digest when they join."
    ),
    "policy": Sentence("The signed document that says whose key is whose, and who has which role."),
    "role": Sentence("What somebody may sign: maintainer, owner, operator, release, promoter and others."),
    "principal": Sentence("A person or machine with keys of its own, named in the policy."),
    "signature": Sentence("An OpenSSH signature over a document's exact bytes, in a file beside it, one signer each."),
    "generation": Sentence(
        "A number that rises with every signed edit, so that an older version is never taken for a newer."
    ),
    "quarantine": Sentence("A document that doesn't verify counts as it was last accepted; nothing else stops for it."),
    "seal": Sentence("A signed list of everything in one commit, so that nothing can be left out unseen."),
    "revocation": Sentence("A signed document that says from when on a key counts no more."),
    # ── far away ─────────────────────────────────────────────────────────────────────────────────────────────────
    "bundle": Sentence("Everything an environment without a network needs, in one signed file; not built yet."),
    "status-bundle": Sentence("What such an environment sends back, signed by its agent; not built yet."),
    "promoter": Sentence("A job or person that promotes releases by the rules of the product."),
    "context": Sentence("A name for the clone of one control repository on this machine, to work in several fleets."),
    "control-repository": Sentence("The one Git repository whose signed documents decide everything that runs."),
}
