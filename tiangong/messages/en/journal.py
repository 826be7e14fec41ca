"""Sentences about the journal on disk."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "cant-open": Sentence(
        "the journal can't be opened: {why}", fix="check permissions and free space of the state folder"
    ),
    "cant-write": Sentence(
        "the journal can't be written: {why}; nothing is started while it can't",
        fix="free some space or make the state folder writable",
        rule="R20",
    ),
    "cant-read": Sentence(
        "the journal can't be read: {why}", fix="look at the disk; started anew, the agent sets a broken file aside"
    ),
    "set-aside": Sentence(
        "the journal was not sound ({why}) and was kept as {aside}; a new one was begun",
        fix="look at the old file; steps done since the last status may be in doubt",
        rule="D26",
    ),
    "newer": Sentence(
        "the journal was written by a newer version (schema {found}, here {known})",
        fix="install the newer version again",
    ),
}
