"""Sentences about recalls."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "verb": Sentence("recall takes PRODUCT and RANGE", fix="tiangong recalls {verb} (the noun has the verbs)"),
    "no-range": Sentence(
        "which versions of {product}?", fix="tiangong recall {product} '>=1.3.0 <1.3.4' --reason WHY, or one version"
    ),
    "no-reason": Sentence("say why, for those who run it", fix="--reason CVE-2026-1234"),
    "roll-off": Sentence("{how} is no way to leave a recalled version", fix="--roll-off forward"),
    "roll-off-later": Sentence(
        "leaving a recalled version by {how} is not built yet, and is refused instead of being ignored",
        fix="--roll-off forward: to the newest good version of the channel; to freeze everything: tiangong suspend",
        rule="D12",
    ),
    "id-taken": Sentence(
        "there is a recall {product}/{id} already", fix="take another name; it can't be edited", rule="D1"
    ),
    "message": Sentence("Recall {product} {range}: {reason}"),
    "versions": Sentence("Recalled of {product}: {versions}"),
    "none-yet": Sentence("No published version of {product} is in {range}; it counts for those to come"),
    "next": Sentence("Next: tiangong recalls show {id}; tiangong status shows who still runs one"),
    "over": Sentence("{id} was withdrawn already", fix="tiangong recalls list shows what is in force"),
    "none": Sentence("No recall is in force."),
    "except": Sentence("{range} except {but}"),
}
