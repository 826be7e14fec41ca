"""Sentences of `tiangong promoter init`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "bad-name": Sentence("{name} is no name for a machine", fix="lower-case letters, digits and - such as sealer-2"),
    "key": Sentence("The key is {file} ({fingerprint}); it is not in Git."),
    "add-key": Sentence("Say whose it is: tiangong trust add-key {name} {file} --machine --push"),
    "set-role": Sentence("Let it seal, and nothing else: tiangong trust set-role {name} sealer --push"),
    "secret": Sentence(
        "For CI: put the text of {file} into the secret TIANGONG_SEALER_KEY (GitHub: Settings, Secrets and variables, "
        "Actions; GitLab: Settings, CI/CD, Variables, masked and protected), then delete the file here."
    ),
    "branch": Sentence("Let that job push the branch seals, and nobody else."),
}
