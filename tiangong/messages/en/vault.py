"""Sentences about the secrets of a host."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "unreadable": Sentence(
        "the secret {secret} can't be read: {why}",
        fix="put the file there, readable for the agent's user, or correct secrets: in agent.yaml",
        rule="D23",
    ),
    "too-large": Sentence(
        "the secret {secret} is larger than {limit} bytes", fix="a secret is a password, a token or a key"
    ),
    "not-text": Sentence("the secret {secret} is not UTF-8 text", fix="store it as text, for example as base64"),
    "too-short": Sentence(
        "the secret {secret} is shorter than {shortest} characters, so it can't be hidden in logs",
        fix="choose a longer one",
    ),
    "no-key": Sentence(
        "the agent's key for digests of secrets can't be kept: {why}", fix="give the agent's user its state folder"
    ),
}
