"""Sentences of the command line itself."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "elsewhere": Sentence("tiangong has no command {word!s}; here it is: tiangong {here}"),
    "no-command": Sentence("tiangong has no command {word!s}", fix="did you mean: tiangong {near}"),
    "no-folder": Sentence("can't change to folder {folder}: {why}", fix="name a folder that exists with -C"),
    "no-language": Sentence("there is no language {language} here; there are: {known}", fix="--lang one of them"),
    "usage": Sentence("{command}: {why}", fix="{command} --help"),
    "system": Sentence("the system refused: {why}", fix="correct it and run the command again; nothing is half done"),
    "fault": Sentence(
        "tiangong itself failed ({type}); that is a fault of the program, not of what you typed",
        fix="report the command, tiangong --version, and what it prints with TIANGONG_DEBUG=1 set",
    ),
}
