"""Sentences about what is installed."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "no-release": Sentence("the release {version} that is installed is no longer in the repository"),
    "no-answer": Sentence("the executors did not say in time how it is"),
}
