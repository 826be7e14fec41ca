"""Sentences of `tiangong logs`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "run": Sentence("Run {run} of {environment}:"),
    "missed": Sentence("[{bytes} bytes went by between two looks; they are in the final log]"),
    "goes-on": Sentence(
        "Run {run} goes on; so far nobody signed this. To follow: tiangong logs {environment}/{run} -f"
    ),
    "ended": Sentence("Run {run}: {result}."),
    "whose": Sentence(
        "{word} is neither an environment nor a run of exactly one of them; environments: {known}",
        fix="tiangong status ENV lists runs; or name its environment: tiangong logs RUN --env ENV",
    ),
    "follow-offline": Sentence("-f asks the remote, --offline never does", fix="leave one of them out"),
}
