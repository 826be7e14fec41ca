"""Sentences about runs."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "in-doubt": Sentence(
        "run {run} of {installation} was cut off; nobody but a person can tell whether these steps happened: {steps}",
        fix="look at the host, then: tiangong agent resolve {run} --done (they happened) or --again (do them)",
        rule="D26",
    ),
    "broke-off": Sentence(
        "run {run} of {installation} broke off by a fault of the agent ({error}); it is looked at again",
        fix="report it with the agent's log",
    ),
    "unknown": Sentence(
        "there is no run {run} in this agent's journal", fix="tiangong status ENV lists the newest runs"
    ),
    "not-in-doubt": Sentence("no step of run {run} is in doubt", fix="nothing to do"),
}
