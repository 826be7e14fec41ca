"""Sentences about installing products."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "unknown-channel": Sentence(
        "channel {channel} is not in the pipeline; there are: {known}", fix="--channel one of them"
    ),
    "bad-name": Sentence(
        "{name} can't be the name of an installation",
        fix="--name NAME: lower-case letters and digits, also . _ - inside, at most 63 characters",
        rule="R11",
    ),
    "exists": Sentence(
        "{environment} has an installation {name} already ({product} from channel {channel})",
        fix="change it: tiangong set {environment}/{name} channel=CHANNEL; or install beside it: --name NAME",
    ),
    "in-profile": Sentence(
        "profile {profile} has an installation {name} already ({product} from channel {channel})",
        fix="change it: tiangong edit profile {profile}; or install beside it: --name NAME",
    ),
    "say-config": Sentence(
        "nothing was signed: the release needs values that have no default",
        fix="give them at once: --config {name}=VALUE (and so on), or install first and set later: --no-lint",
    ),
    "where": Sentence(
        "where is it to be installed?", fix="choose environments: --env GLOB or -l k=v; or a profile: --profile P"
    ),
    "into": Sentence("{product} from channel {channel} as {name} in: {environments}"),
    "message": Sentence("Install {product} from {channel} in {where}"),
    "already": Sentence("It is wished there already; nothing to do."),
}
