"""Sentences about the agent on its host: its file, its key, its turns."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "no-level": Sentence("{level} is no security level", fix="one of: {known}", rule="D10"),
    "level-set": Sentence(
        "This agent demands level {level} at least (before: {before}). Restart it: it reads its file then"
    ),
    "level-same": Sentence("This agent demands level {level} at least already"),
    "no-settings": Sentence(
        "there is no agent.yaml",
        fix="on this host: tiangong agent join TOKEN (tiangong env new prints it); or name the file with --settings",
        rule="D16",
    ),
    "unreadable": Sentence("can't be read: {why}", fix="run as the agent's user, or correct the permissions"),
    "one-source": Sentence("exactly one of source: and sources: must be there", fix="keep one of them"),
    "several-sources": Sentence("several sources are not supported yet", fix="list one"),
    "no-key": Sentence("the agent's key is missing", fix="make it: tiangong agent join TOKEN", rule="D16"),
    "open-key": Sentence("the agent's key may be read by others (mode {mode})", fix="chmod 600 {path}", rule="D16"),
    "bad-key": Sentence(
        "this is not an ed25519 key in OpenSSH's format without a passphrase",
        fix="move it away and make a new one: tiangong agent join TOKEN",
        rule="D16",
    ),
    "already-running": Sentence(
        "another agent works with this state folder", fix="stop it first: systemctl stop tiangong-agent", rule="D25"
    ),
    "cant-use-state": Sentence(
        "the state folder can't be used: {why}",
        fix="make it a writable folder of the agent's user, or set state: in agent.yaml",
        rule="R20",
    ),
    "cant-write": Sentence("can't be written: {why}", fix="run as root, or choose other paths: --settings, --state"),
    "other-environment": Sentence(
        "this host already has joined {found} of repository {repo}; nothing was changed",
        fix="for another agent on this host choose other paths: --settings PATH --state DIR",
        rule="D16",
    ),
    "other-pins": Sentence(
        "this host was told another trust root or another remote when it joined; nothing was changed",
        fix="if the new token is right, move {path} away and join again",
        rule="R1",
    ),
    "no-file": Sentence("{option} names {path}, which can't be read: {why}", fix="correct the path"),
    "no-plugin": Sentence("{type} is no executor that is installed here", fix="one of: {known}"),
    "bad-every": Sentence("{value} is not a duration", fix="write it like 30s or 5m"),
    "done-or-again": Sentence(
        "say what is known of the steps in doubt: --done (they happened) or --again (do them again)", rule="D26"
    ),
    "no-commit": Sentence(
        "{sha} is not a commit id", fix="give all 40 characters of the commit that stands on the branch"
    ),
    "not-begun": Sentence("there is no journal: no agent ran here yet", fix="tiangong agent once"),
    "not-seen": Sentence(
        "nothing was verified on this host yet, so there is no history that could have been rewritten",
        fix="tiangong agent once",
        rule="D11",
    ),
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────
    "key-made": Sentence("Made the agent's key {path} ({fingerprint})."),
    "key-kept": Sentence("The agent's key {path} ({fingerprint}) is kept."),
    "next-made": Sentence("Made the agent's next key {path} ({fingerprint}); it signs with {before} until then."),
    "next-kept": Sentence("The agent's next key {path} ({fingerprint}) is kept; it signs with {before} until then."),
    "next-announced": Sentence(
        "The running agent announces it in its status. In the control repository: tiangong agent accept {environment} "
        "(or with this request, where the agent can't report):"
    ),
    "settings-written": Sentence("Wrote {path}."),
    "settings-kept": Sentence("{path} is kept as it is."),
    "public-key": Sentence("Public key, for the forge as a deploy key that may write:"),
    "request": Sentence("Request, to be accepted in a clone of the control repository:"),
    "next-accept": Sentence("Next, there: tiangong agent accept REQUEST --push"),
    "next-once": Sentence("Then, here: tiangong agent once{settings}"),
    "resolved": Sentence("Run {run} is settled: {result}. The agent goes on with its next turn."),
    "history-accepted": Sentence("Commit {sha} is accepted as the new history. The agent goes on with its next turn."),
    "no-installations": Sentence("Nothing is wished for in {environment}."),
    "line": Sentence("{name}: {what} {verdict}"),
    "line-health": Sentence("{name}: {what} {verdict} ({health})"),
    "line-why": Sentence("{name}: {what} {verdict}: {why}"),
    "more-reasons": Sentence("{first} (and {more} more)"),
    "nothing-there": Sentence("nothing installed"),
    "from-to": Sentence("{installed} → {target}"),
    "run-started": Sentence("{installation}: {kind} {version} begins (run {run})"),
    "run-ended": Sentence("{installation}: {kind} {version} {result} after {took} (run {run})"),
    "step-started": Sentence("{installation}: {step} begins"),
    "step-undo": Sentence("{installation}: undoing {step} begins"),
    "step-done": Sentence("{installation}: {step} done after {took}"),
    "step-undone": Sentence("{installation}: {step} undone after {took}"),
    "step-failed": Sentence("{installation}: {step} failed after {took}: {why}"),
    "step-settled": Sentence("{installation}: {step}, which was cut off, is settled: {state}"),
    "recalled": Sentence(
        "this agent had lost its memory and goes on from the status it signed itself at {at}: {installations}",
        fix="nothing to do, unless the state folder should not have been lost",
        rule="D19",
    ),
    "started": Sentence("agent of {environment} started"),
    "retired": Sentence(
        "{environment} is retired: all is said, the agent of this host ends and needn't be started again"
    ),
    "stopped": Sentence("agent of {environment} stopped"),
    "over": Sentence("no longer: {what}"),
    "absent": Sentence("{name}: absent, as asked for"),
}
