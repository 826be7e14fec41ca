"""Sentences of the command line itself."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "elsewhere": Sentence("tiangong has no command {word!s}; here it is: tiangong {here}"),
    "no-folder": Sentence("can't change to folder {folder}: {why}", fix="name a folder that exists with -C"),
}
