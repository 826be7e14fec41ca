"""Sentences about one step of a run."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "crashed": Sentence(
        "step {step} failed by a fault inside its executor ({error})", fix="report it with the agent's log"
    ),
    "wrong-spec": Sentence(
        "step {step}: {field} {why}", fix="correct the step in release.yaml and publish a new version"
    ),
    "no-secret": Sentence(
        "this host doesn't have the secret {secret}", fix="name it under secrets: in the agent's agent.yaml", rule="D23"
    ),
    "no-artifact": Sentence(
        "the artifact {artifact} is not on this host, so what was made from it can't be compared",
        fix="nothing to do: it is fetched when a step needs it",
    ),
    "no-secret-here": Sentence(
        "step {step}: {field} doesn't take a secret, and this one would be seen there",
        fix="use a field that does, such as secretFiles of shell, values of a template, auth of http; "
        "publish a new version",
        rule="D22",
    ),
    "no-artifact-here": Sentence(
        "step {step}: {field} doesn't take an artifact",
        fix="use a field that does, such as unpack or place of file; publish a new version",
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
