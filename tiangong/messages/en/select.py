"""Sentences about choosing environments."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "none": Sentence(
        "no environment fits; there are: {known}", fix="--env takes globs, -l takes k=v; tiangong env list shows labels"
    ),
    "how": Sentence("which environments?", fix="name one, or choose: --env GLOB, -l k=v"),
    "one-way": Sentence("{one} and {other} exclude each other", fix="leave one of them out"),
}
