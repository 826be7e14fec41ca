"""Sentences about executors: found, enabled, configured."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "unknown": Sentence(
        "there is no executor {type} on this host; installed are: {known}",
        fix="correct the type, or install the Python package that brings it next to tiangong-deploy",
    ),
    "not-enabled": Sentence(
        "the executor {type} isn't enabled on this host",
        fix="add to agent.yaml: plugins: [{{type: {type}, enabled: true}}]",
    ),
    "listed-twice": Sentence("the executor {type} is listed twice", fix="keep one of the two entries"),
    "two-packages": Sentence(
        "two installed packages bring an executor {type}: {first} and {second}", fix="uninstall one of them"
    ),
    "broken": Sentence(
        "the package that brings the executor {type} can't be loaded: {why}", fix="reinstall it, or set enabled: false"
    ),
    "config": Sentence("config of the executor {type}: {field} {why}", fix="correct it in agent.yaml"),
}
