"""Sentences about environments."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "bad-name": Sentence(
        "{name} can't be the name of an environment",
        fix="lower-case letters and digits, also . _ - inside, at most 63 characters",
        rule="R11",
    ),
    "exists": Sentence(
        "there is an environment {environment} already",
        fix="edit it and run tiangong commit; its token again: tiangong agent token {environment}",
    ),
    "no-profile": Sentence("there is no profile {profile}; there are: {known}", fix="name one of them: --profile NAME"),
    "which-profile": Sentence(
        "which profile does it share? there are: {known}", fix="--profile NAME (may be repeated), or --no-profile"
    ),
    "one-of": Sentence("--profile and --no-profile exclude each other", fix="give one of them"),
    "no-zone": Sentence("{zone} is not an IANA time zone", fix="such as --timezone Europe/Berlin"),
    "bad-time": Sentence("{value} is not a duration", fix="write it like 12h or 7d"),
    "edited": Sentence("has edits that are not committed", fix="commit them, or take them back: git restore ."),
    "not-retired": Sentence(
        "the last signed status of {environment} doesn't say that it is retired; deleting never acts: its agent would "
        "go on with what it knows",
        fix="tiangong env retire {environment} --push, and wait for its agent; "
        "--force only when its host is gone for good",
        rule="D5",
    ),
    "forced": Sentence(
        "its agent hasn't said that it is retired: if it still runs, it goes on with what it knows, and nothing that "
        "is written here can stop it any more",
        fix="stop it on its host",
        rule="D5",
    ),
    "stays": Sentence(
        "what is installed there stays on the host: {installations}",
        fix="to remove it, first: tiangong uninstall {environment}/INSTALLATION",
        rule="D5",
    ),
    "nothing-there": Sentence(
        "there is nothing of {environment}, neither a folder nor a branch of its agent", fix="tiangong env list"
    ),
    "refs-stay": Sentence(
        "{remote} keeps {refs}: {why}",
        fix="the commit is made; have somebody who may run: git push {remote} --delete {refs}",
    ),
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────────
    "profile-taken": Sentence("Profile {profile}, the only one, is shared (--no-profile for none)."),
    "next-push": Sentence("Push it before the agent joins: git push"),
    "none": Sentence("There is no environment yet: tiangong env new NAME"),
    "no-agent": Sentence("no agent has joined"),
    "not-accepted": Sentence("not accepted"),
    "default": Sentence("(default)"),
    "retired": Sentence("retired"),
    "retired-already": Sentence(
        "{environment} is retired already; once its agent said so: tiangong env remove {environment}"
    ),
    "retire-message": Sentence("Retire environment {environment}"),
    "retire-next": Sentence(
        "Next: tiangong status {environment}, until its agent has said it; then tiangong env remove {environment}"
    ),
    "remove-message": Sentence("Remove environment {environment}"),
    "remove-this": Sentence("Remove {environment} ({count} files; branches of its agent: {refs})?"),
    "refs-deleted": Sentence("deleted on {remote}: {refs}"),
    "refs-next": Sentence("Next: git push, then git push {remote} --delete {refs}"),
}
