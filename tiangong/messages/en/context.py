"""Sentences about contexts: names for the clones on this machine."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "unknown": Sentence(
        "there is no context {name}; there are: {known}", fix="tiangong context add {name} DIR, or name another one"
    ),
    "gone": Sentence(
        "context {name}: there is no control repository here any more",
        fix="clone it again, or tiangong context add {name} DIR, or tiangong context remove {name}",
    ),
    "cant-read": Sentence("the contexts can't be read: {why}", fix="check its permissions"),
    "cant-write": Sentence("the contexts can't be kept: {why}", fix="make room or correct permissions"),
    "bad-name": Sentence(
        "{name} can't be the name of a context",
        fix="lower-case letters and digits, also . _ - inside, at most 63 characters",
    ),
    "exists": Sentence(
        "context {name} is another clone already: {folder}", fix="take another name, or: tiangong context remove {name}"
    ),
    "added": Sentence("Context {name} is {folder}."),
    "used": Sentence("From now on, outside of any clone, context {name} is used ({folder})."),
    "unused": Sentence("From now on no context is used unless it is named."),
    "removed": Sentence("Context {name} is removed; the clone {folder} stays."),
    "none": Sentence("There is no context yet: tiangong context add NAME DIR"),
    "here": Sentence("{folder}: the clone around this folder"),
    "named": Sentence("{folder}: context {name}, as named"),
    "chosen": Sentence("{folder}: context {name}, as chosen with tiangong context use"),
    "repo": Sentence("{folder}: as TIANGONG_REPO says"),
    "using": Sentence("In context {name} ({folder})."),
}
