"""The rules (R) and decisions (D) that messages end with, one sentence each: `tiangong explain R12`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    # ── rules: what agents and authors keep to ───────────────────────────────────────────────────────────────────
    "r1": Sentence("Trust roots form a chain: each next one is signed by enough people of the one before and its own."),
    "r2": Sentence(
        "The root names who signs policies; the policy names everybody else. There is no other source of trust."
    ),
    "r3": Sentence(
        "One signature is enough to restrict; taking a restriction back needs as many as its owners agreed on."
    ),
    "r4": Sentence("What no role allows is forbidden."),
    "r5": Sentence(
        "A signature is read strictly: one block, the expected purpose, known algorithms, touched where asked for."
    ),
    "r6": Sentence("A key belongs to exactly one person or machine."),
    "r7": Sentence(
        "A threshold counts different people with different keys; a bad extra signature takes nothing away."
    ),
    "r8": Sentence("A signature made for one kind of thing counts for nothing else."),
    "r9": Sentence("A key that was retired or stolen stops counting from a date on; a seal shows what came before."),
    "r10": Sentence("The bytes that were verified are the bytes that are read; nothing is rewritten in between."),
    "r11": Sentence("A document says what, whose and which version it is, and stands at the one path its name gives."),
    "r12": Sentence("Nobody goes back: an agent never accepts an older generation, nor two texts of the same one."),
    "r13": Sentence("What one document means in another it names by the digest of exact bytes."),
    "r14": Sentence("An approval is for exact bytes in named environments, and ends soon (not built yet)."),
    "r15": Sentence("Who signed the release or its promotion can't approve it (not built yet)."),
    "r16": Sentence("A restriction ends by a newer document that says so, never because a file is gone."),
    "r17": Sentence("A seal lists everything in a commit, so that leaving something out shows."),
    "r18": Sentence("Time is what seals say; a clock behind the last known time holds everything."),
    "r19": Sentence("When trust has expired nothing new starts; what runs goes on, and known restrictions stay."),
    "r20": Sentence("What an agent must not forget is on disk before it acts, and repeated in its status."),
    "r21": Sentence("A status counts only when its agent signed it and it is the newest one known."),
    "r22": Sentence("A status is evidence, not authority: it can't allow anything by itself."),
    "r23": Sentence("What may stop a step is asked again right before it, of the newest documents."),
    "r24": Sentence("A broken document stops only what rests on it; its last accepted text goes on counting."),
    "r25": Sentence("The security level has a name, and the tool says in one line what it doesn't stop."),
    # ── decisions: how this tool does it ─────────────────────────────────────────────────────────────────────────
    "d1": Sentence(
        "What restricts is a document of its own, written once; it ends by its date or a signed withdrawal."
    ),
    "d2": Sentence("Signing stamps a random word into a document, so that no merge can make a text nobody signed."),
    "d3": Sentence("A release is never edited; the first channel holds every signed one without a pre-release tag."),
    "d4": Sentence(
        "Profiles merge by a fixed table: allow windows intersect, deny windows unite, else the nearest wins."
    ),
    "d5": Sentence("Deleting a file does nothing but hold what depends on it; to stop something, write that down."),
    "d6": Sentence("Only known folders are read, and everything in them has limits of size and number."),
    "d7": Sentence("A seal carries a listing for each folder, so that agents check only what they use."),
    "d8": Sentence("Seals have no end; the environment says how old the newest may be."),
    "d9": Sentence("A seal names documents that don't verify, with their last accepted bytes."),
    "d10": Sentence("The security level stands in the policy, and joining fixes the lowest one a host accepts."),
    "d11": Sentence("When the branch was rewritten, agents wait until somebody on the host accepts the new history."),
    "d12": Sentence("Roles are a closed set, and each stands for fixed kinds of documents."),
    "d13": Sentence("There is one purpose of signature for all documents, so that one prompt signs many."),
    "d14": Sentence("An approval is named by a digest of what it says, and has one signature file for each person."),
    "d15": Sentence(
        "Urgent documents also count from a person's own branch, so that nobody waits for a merge (not built yet)."
    ),
    "d16": Sentence(
        "An agent's key is a signed document of its environment; after a change the old one counts for 7 days."
    ),
    "d17": Sentence("An agent may follow several repositories; each kind of document has one that owns it."),
    "d18": Sentence("Observing goes on while steps run; each installation has one worker, which can be told to stop."),
    "d19": Sentence("A step is due when what it would do differs from its last success, or the host differs."),
    "d20": Sentence("Going back undoes what was done in reverse, then does the steps of the release before."),
    "d21": Sentence("A step ends with the program it started; services belong to systemd, or to `service:`."),
    "d22": Sentence("Values reach programs as words or variables, never inside a script."),
    "d23": Sentence("Secrets are named in Git, never written there."),
    "d24": Sentence("Status branches only grow; heartbeats and running logs are on a branch that is replaced."),
    "d25": Sentence("One agent owns an environment; another one acts only after it has taken over."),
    "d26": Sentence("What was cut off and can't be looked at waits for a person; nobody guesses."),
    "d27": Sentence("Every step says what it will touch, and that is compared with the environment's envelope."),
    "d28": Sentence(
        "An agent upgrades itself only where a launcher can go back to the version before (not built yet)."
    ),
    "d29": Sentence("Trying a release touches a scratch folder only, unless it is asked to be real (not built yet)."),
    "d30": Sentence("Bundles of the same commit are the same bytes (not built yet)."),
    "d31": Sentence("What is imported stays apart until it is complete and checked (not built yet)."),
    "d32": Sentence("Agents fetch over https or ssh only."),
    "d33": Sentence("Installing checks the hash of everything that is downloaded."),
    "d34": Sentence("The demo is real: real Git over TLS, real agents, all in one folder."),
    "d35": Sentence("Environments are chosen by --env GLOB and -l KEY=VALUE, everywhere."),
    "d36": Sentence("The dashboard in a browser needs its own token (not built yet)."),
    "d37": Sentence("An agent notifies about its own environment, a watcher about the fleet (not built yet)."),
    "d38": Sentence("The command line loads nothing it doesn't use."),
    "d39": Sentence("Agents run on Linux; the command line also on macOS and WSL."),
}
