"""Sentences of `tiangong lint`, besides those of documents, plans and trust."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "approvals-unreachable": Sentence(
        "{environment} needs {need} approvals, and {have} people have the role approver there: nothing could go on",
        fix="tiangong trust set-role NAME approver --env {environment}, or ask for fewer",
        rule="D12",
    ),
    "no-sealers": Sentence(
        "level {level} needs {need} people with role sealer, and there are {have}: nothing could ever be sealed",
        fix="tiangong trust set-role NAME sealer",
        rule="R25",
    ),
    "unknown": Sentence("there is no {what} {name}", fix="one of: {known}"),
    "twice": Sentence("{name} stands here twice", fix="keep one of them"),
    "no-channel": Sentence("channel {channel} has no document", fix="write channels/{channel}.yaml"),
    "channel-unused": Sentence(
        "channel {channel} is in no pipeline, so nothing ever enters it", fix="add it to spec.channels in tiangong.yaml"
    ),
    "no-release": Sentence("release {release} is missing", fix="publish it; it would stand at {path}", rule="R13"),
    "no-environment": Sentence(
        "environment {environment} has no document of its own", fix="write {path}, or tiangong env new {environment}"
    ),
    "bad-cron": Sentence(
        "this is not a cron expression: {why}", fix='five fields, such as "0 1 * * TUE-THU" (every night at one)'
    ),
    "never-fires": Sentence("{cron} doesn't come in more than a year", fix="correct day and month"),
    "never-open": Sentence(
        "the allow windows of {documents} have no time in common, so nothing can ever be changed here",
        fix="make them overlap, or keep windows in one of the documents",
        rule="D4",
    ),
    "quorum-unreachable": Sentence(
        "role {role} needs {need} signatures, and only {have} people can give one",
        fix="add people with keys that can sign as it asks (touch: security keys), or lower the threshold",
        rule="R7 D12",
    ),
    "nobody-may-sign": Sentence(
        "nobody has role {role} for {paths}", fix="add the role, or widen its environments or products", rule="D12"
    ),
    "converted": Sentence(
        "git may change line ends of documents in this clone, which breaks signatures",
        fix="write `* -text` into .gitattributes and commit it",
        rule="D2",
    ),
    "findings": Sentence("Findings: {count}."),
    "elsewhere": Sentence("Findings in other documents: {count} (tiangong lint shows them)."),
    "clean": Sentence("{count} documents, nothing wrong."),
}
