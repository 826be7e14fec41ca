"""What each exit code means: `tiangong explain 4`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "0": Sentence("Done, nothing to do, or the question was answered."),
    "1": Sentence("Something that was tried failed; agents try again by themselves."),
    "2": Sentence("What was typed or configured is wrong; nothing was tried."),
    "3": Sentence("There is something to do and a constraint says not now; only where it was asked for: --exit-code."),
    "4": Sentence("Refused: a signature, role or generation is missing or wrong, or something was seen before."),
    "5": Sentence("The remote can't be reached; what is known was used, and what was to be said is kept."),
    "6": Sentence("Nobody but a person can tell whether a step happened; the message names the command to decide it."),
    "130": Sentence("Interrupted by Ctrl-C; everything is in a consistent state."),
    "143": Sentence("Told to stop; everything is in a consistent state."),
}
