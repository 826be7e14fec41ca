"""Sentences about promotions."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "bad-name": Sentence("{name} is not of the form product@version", fix="such as shop@1.4.0"),
    "unknown-channel": Sentence("channel {channel} is not in the pipeline; there are: {known}", fix="--to one of them"),
    "skips": Sentence(
        "{release} is not on channel {skipped}, which comes before {channel}",
        fix="tiangong promote {release} --to {first}; or leave it out on purpose: --skip",
    ),
    "older": Sentence(
        "channel {channel} has {newest} already, which is newer than {version}; nothing is downgraded by this",
        fix="environments that have {newest} keep it; to bring them elsewhere publish a newer release",
    ),
    "recalled": Sentence(
        "{release} was recalled by {name}: {reason}; nobody would install it",
        fix="promote another release; to see what is recalled: tiangong recalls list",
        rule="D12",
    ),
    # ── what the command says ────────────────────────────────────────────────────────────────────────────────────
    "already": Sentence("{release} is on channel {channel} already; nothing to do."),
    "skip-it": Sentence("{release} is not on channel {skipped}. Promote it to {channel} all the same?"),
    "nobody": Sentence("No installation follows channel {channel} of {product} yet."),
    "next": Sentence("Next: tiangong status"),
}
