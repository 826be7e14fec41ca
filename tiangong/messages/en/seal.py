"""Sentences about seals: what agents refuse of them, and what sealing says."""

from tiangong.messages.catalogue import Sentence

SHOWN = "somebody shows a tree that was never sealed; look who can write to the remote, then seal anew: tiangong seal"
UNSOUND = "the branch seals was not written by tiangong seal; seal anew: tiangong seal"

SENTENCES: dict[str, Sentence] = {
    "none": Sentence(
        "there is no seal, and the security level demands one; nothing is acted on",
        fix="a sealer runs: tiangong seal --push (or sets up tiangong promoter run)",
        rule="R17",
    ),
    "missing": Sentence("the branch seals holds no seal.yaml", fix=UNSOUND, rule="R17"),
    "no-head": Sentence(
        "the newest seal is of commit {head}, which the remote doesn't have on this branch",
        fix="push the branch that was sealed, or seal what is there: tiangong seal --push",
        rule="R17",
    ),
    "other-bytes": Sentence("is not what was sealed", fix=SHOWN, rule="R17"),
    "hidden": Sentence("was sealed and isn't there", fix=SHOWN, rule="R17"),
    "no-listing": Sentence("a listing the seal stands on is missing", fix=UNSOUND, rule="D7"),
    "other-listing": Sentence("is not the listing that was sealed", fix=UNSOUND, rule="D7"),
    "bad-listing": Sentence("can't be read as a listing: {why}", fix=UNSOUND, rule="D7"),
    "other-repo": Sentence(
        "is a seal of another repository ({found}, expected {expected})",
        fix="restore the branch seals of this repository, or seal anew: tiangong seal",
        rule="R11",
    ),
    "name": Sentence("is named {name}, but its sequence is {sequence}", fix=UNSOUND, rule="R11"),
    "too-early": Sentence(
        "was issued at {issued}, which is in the future (now {now})",
        fix="correct the clock of this host, or that of the sealer, and seal anew",
        rule="R18",
    ),
    "rollback": Sentence(
        "the remote shows seal {sequence}, older than seal {accepted} that was accepted; what was accepted goes on "
        "counting",
        fix="look who moved the branch seals back; then push the newest one, or seal anew: tiangong seal --push",
        rule="R17",
    ),
    "equivocation": Sentence(
        "there are two seals with sequence {sequence}: the one that was accepted, and another",
        fix="a sealer's key signs in two places, or was stolen; find out, then seal anew with a higher sequence",
        rule="R12",
    ),
    "forked": Sentence(
        "seal {sequence} doesn't follow the seal {accepted} that was accepted, but another one",
        fix="two sealers work on two histories, or a sealer's key was stolen; find out, then seal anew",
        rule="R17",
    ),
    "bad-signature": Sentence(
        "the seal's signature of {signer} doesn't count: {why}; role sealer is needed, {who} has it",
        fix="ask {who} to run: tiangong seal --push",
        rule="R5",
    ),
    "unsigned": Sentence(
        "the newest seal is signed by {signed}: {have} of {need} sealers that are needed; {who} has the role",
        fix="ask {who} to run: tiangong seal --push",
        rule="R17",
    ),
    "lost-good": Sentence(
        "the bytes that counted before ({blob}) are named by the seal and can't be had",
        fix="restore the document from an earlier commit, sign it again, and seal",
        rule="D9",
    ),
}
