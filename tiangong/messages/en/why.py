"""Sentences of `tiangong why`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "basis": Sentence(
        "From the last signed status of {environment} (number {counter}, at {revision}); its agent was heard {age} ago."
    ),
    "held": Sentence("{name}: held at {version}; next would be {target}"),
    "held-empty": Sentence("{name}: held, nothing is installed; next would be {target}"),
    "ready": Sentence("{name}: {target} is ready; the agent starts it in its next cycle (installed: {version})"),
    "up-to-date": Sentence("{name}: up to date; {version} is the newest on {channel} that may be installed here"),
    "run": Sentence("run {run} is {result}"),
    "health": Sentence("health: {health}"),
    "drifted": Sentence("no longer as they were left: {steps}"),
    "earliest": Sentence("all of these may have passed at {when}"),
    "not-before": Sentence("not before {when}"),
    "against": Sentence("{version} is newer and does not count, because:"),
    "unenforced": Sentence("paths and hosts are not enforced here for: {steps} (D27)"),
    "refusals": Sentence("Documents that don't count, or count only as they were last accepted:"),
    "main-moved": Sentence(
        "main is at {main} now, which that status does not speak of yet; what it leads to: tiangong plan {environment}"
    ),
    "see-plan": Sentence("What its agent would do first: tiangong plan {environment}"),
    "absent": Sentence("{name}: absent, as asked for"),
    "uninstalls": Sentence("{name}: {version} is to be uninstalled; the agent begins in its next cycle"),
    "uninstall-held": Sentence("{name}: {version} is to be uninstalled, held"),
}
