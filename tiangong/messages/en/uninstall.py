"""Sentences about uninstalling products."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "where": Sentence("where is it to be uninstalled?", fix="choose environments: --env GLOB or -l k=v; or ENV/INST"),
    "none": Sentence(
        "{product} is asked for in none of these: {environments}",
        fix="tiangong status shows what is where; name one: tiangong uninstall ENV/INST",
    ),
    "from": Sentence("{product} is to go: {what}"),
    "message": Sentence("Uninstall {what}"),
    "already": Sentence("It is to be absent already; nothing to do."),
}
