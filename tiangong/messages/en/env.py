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
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────────
    "profile-taken": Sentence("Profile {profile}, the only one, is shared (--no-profile for none)."),
    "next-push": Sentence("Push it before the agent joins: git push"),
    "none": Sentence("There is no environment yet: tiangong env new NAME"),
    "no-agent": Sentence("no agent has joined"),
    "not-accepted": Sentence("not accepted"),
    "default": Sentence("(default)"),
}
