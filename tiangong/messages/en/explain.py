"""Sentences of `tiangong explain` itself."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "unknown": Sentence("there is nothing about {word}", fix="did you mean: {near}"),
    "nothing": Sentence("there is nothing about {word}", fix="tiangong explain lists everything"),
    "words": Sentence("Words:"),
    "rules": Sentence("Rules: R1 to R{rules}; decisions: D1 to D{decisions}"),
    "exits": Sentence("Exit codes: {codes}"),
    "codes": Sentence("Codes: what stands in [brackets] after a message, such as trust/no-signature"),
    "fix": Sentence("fix: {fix}"),
    "rule": Sentence("{name}: {text}"),
}
