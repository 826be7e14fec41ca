"""Sentences about products, channels and profiles as things that are made, listed and shown."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "bad-name": Sentence(
        "{name} can't be the name of a {noun}",
        fix="lower-case letters and digits, also . _ - inside, at most 63 characters",
        rule="R11",
    ),
    "exists": Sentence("there is a {noun} {name} already", fix="tiangong edit {noun} {name}"),
    "new-product": Sentence("New product {name}"),
    "new-channel": Sentence("New channel {name}"),
    "new-profile": Sentence("New profile {name}"),
    "no-products": Sentence("There is no product yet: tiangong product new NAME"),
    "no-profiles": Sentence("There is no profile yet: tiangong profile new NAME"),
    "next-product": Sentence("Next: tiangong release publish --product {name} --version 1.0.0, in its own folder"),
    "next-channel": Sentence("Next: tiangong promote PRODUCT@VERSION --to {name}"),
    "next-profile": Sentence("Next: tiangong edit profile {name}, then tiangong env new NAME --profile {name}"),
    "no-such-channel": Sentence(
        "channel {channel} is not in the pipeline; there are: {known}", fix="--after one of them"
    ),
    "in-pipeline": Sentence(
        "tiangong.yaml names the channel {name} already, and there is no document for it",
        fix="write channels/{name}.yaml, or take it out of the pipeline: tiangong edit fleet",
    ),
}
