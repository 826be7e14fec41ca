"""Sentences about changing whom the repository believes."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "adds-key": Sentence("Add a key of {person}"),
    "gives-role": Sentence("{person} gets role {role}"),
    "takes-role": Sentence("{person} has role {role} no more"),
    "rotates": Sentence("Trust root {version}"),
    "unchanged": Sentence("Nothing to change: that is so already"),
    "next-role": Sentence("Next: tiangong trust set-role {person} ROLE (tiangong trust roles lists them)"),
    "next-roles": Sentence("Next: tiangong trust roles shows who has role {role} now"),
    "next-root": Sentence(
        "It counts once the thresholds of both versions have signed: git pull && tiangong sign {path} --commit --push"
    ),
    "bad-key": Sentence("is not a public key: {why}", fix="give a .pub file, or its one line in quotes", rule="R6"),
    "has-key": Sentence(
        "{person} has the key {key} already; one key speaks for one person only",
        fix="give each a key of their own",
        rule="R6",
    ),
    "has-not": Sentence("{person} doesn't have role {role} there", fix="look who has it: tiangong trust roles"),
    "no-role": Sentence("there is no role {role}; the set is closed", fix="one of: {known}", rule="D12"),
    "no-person": Sentence(
        "nobody in the policy is called {person}",
        fix="add the key first: tiangong trust add-key {person} FILE.pub (known are: {known})",
        rule="R4",
    ),
    "remove-alone": Sentence("--remove goes without --threshold and --touch", fix="leave them out"),
    "not-in-quorum": Sentence("{person} isn't among those who sign the {quorum}", fix="they are: {known}", rule="R1"),
    "out-of-reach": Sentence(
        "{threshold} would have to sign the {quorum}, and it names {people}; nobody could ever change it again",
        fix="lower the threshold or name more people",
        rule="R1",
    ),
    "bad-reset": Sentence(
        "{word} is not of the form FILE=N",
        fix="--reset-mark environments/prod-eu/environment.yaml=7, where 7 is the last generation that was good",
        rule="R12",
    ),
    "nothing-rotates": Sentence(
        "nothing of the root is to change", fix="say what: --add-root WHO=FILE.pub, --remove-root WHO, --expires TIME …"
    ),
}
