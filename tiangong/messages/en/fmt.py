"""Sentences about the layout of documents."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "cant": Sentence(
        "can't be laid out without losing a comment or a line end that counts; it stays as it is",
        fix="lay it out by hand; nothing depends on it",
    ),
    "formatted": Sentence("formatted {path}"),
    "would": Sentence("would format {path}"),
    "all-fine": Sentence("Nothing to format: {count} documents are signed, or laid out already."),
    "next": Sentence("Next: tiangong fmt"),
}
