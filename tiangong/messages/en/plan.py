"""Sentences about merging profiles and preparing steps."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "no-product-or-channel": Sentence(
        "installation {installation} names no product or no channel, and no profile does it",
        fix="write spec.product and spec.channel",
    ),
    "unknown-product": Sentence(
        "product {product} is not there, or not to be trusted", fix="write and sign products/{product}/product.yaml"
    ),
    "unknown-channel": Sentence("channel {channel} is not in the fleet's pipeline", fix="one of: {known}"),
    "unknown-profile": Sentence(
        "profile {profile} is not there, or not to be trusted", fix="write and sign profiles/{profile}.yaml"
    ),
    "unknown-name": Sentence("${{{name}}} is not a known name", fix="one of: {known}"),
    "open-name": Sentence(
        "${{ is not closed, or holds another one, in {value}", fix="write ${{config.NAME}}; names don't nest"
    ),
    "name-in-script": Sentence(
        "a script must not hold ${{…}}: a value could become a command",
        fix="pass it in env: and use the variable",
        rule="D22",
    ),
    "name-in-run": Sentence(
        "{word} mixes ${{…}} into a word, or stands after -c or -e",
        fix="make it a whole element of its own, or pass it in env:",
        rule="D22",
    ),
    "unknown-config": Sentence(
        "{name} is not in the contract of {release}", fix="remove it, or declare it under config: in the release"
    ),
    "config-missing": Sentence(
        "{name} ({type}) has no value, and {release} has no default for it",
        fix="write it under spec.config of the installation",
    ),
    "config-type": Sentence(
        "{value} is not of type {type} ({release} declares {name}: {type})",
        fix="correct the value, or remove the line for the default",
    ),
    "secret-by-name": Sentence(
        "{name} is a secret ({release} declares it), and what stands there is no reference to one",
        fix="write {name}: {{secret: NAME/KEY}}, and name that secret in the agent's agent.yaml; "
        "if the value itself was committed, change it where it is used",
        rule="D23",
    ),
    "artifact-in-text": Sentence(
        "${{{name}}} stands within a text; an artifact is a file, not a word",
        fix="make it the whole value of a field that takes an artifact, such as unpack or place",
    ),
    "reserved-word": Sentence(
        "a configured value puts the beginning of ${{secret:…}} or ${{artifact:…}} here, which only the planner may",
        fix="change the value in the installation, profile or labels",
        rule="D23",
    ),
    "overlapping-overrides": Sentence(
        "the overrides {ranges} both match {version}", fix="make the ranges exclude each other", rule="D4"
    ),
    "unknown-health": Sentence(
        "health names the step {name}, which the release does not have", fix="correct the name under spec.health"
    ),
}
