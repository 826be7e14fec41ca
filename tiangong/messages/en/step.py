"""Sentences about one step of a run."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "crashed": Sentence(
        "step {step} failed by a fault inside its executor ({error})", fix="report it with the agent's log"
    ),
    "wrong-spec": Sentence(
        "step {step}: {field} {why}", fix="correct the step in release.yaml and publish a new version"
    ),
    "no-payload": Sentence("the payload file is not in the repository", fix="restore it, or publish the release again"),
    "payload-changed": Sentence(
        "the payload file is not the one the release names by its digest", fix="restore the published bytes", rule="R13"
    ),
    "cancelled": Sentence("cancelled", fix="it is planned again by the next cycle if it is still wanted"),
    "deadline": Sentence(
        "did not finish within {seconds} s", fix="give the step a longer timeout, or find out what it waits for"
    ),
}
