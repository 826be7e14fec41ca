"""Revocations of a tree, before anything else is judged: one signature of the policy's keys is enough (R3, R9)."""

from collections.abc import Iterator, Sequence

from tiangong.errors import Problem
from tiangong.model.acts import Withdrawal
from tiangong.model.document import Document
from tiangong.model.policy import Quorum
from tiangong.model.revocation import Revocation
from tiangong.model.stages import Kept
from tiangong.trust.authority import judge_quorum, quorum_ring
from tiangong.trust.hearing import Ears, heard
from tiangong.trust.marks import judge_mark
from tiangong.trust.reading import Files, Found
from tiangong.trust.withdrawal import is_of_quorum

FOLDER = "trust/revocations"


def signers_of_revocation(found: Found, quorum: Quorum) -> tuple[str, ...] | Problem:
    """Who of the policy's signers revokes. Their own key may be revoked too: whoever holds it can only take away."""
    alone = quorum.model_copy(update={"threshold": 1})
    return judge_quorum(found, alone, quorum_ring(quorum, found.path)[0], "policy")


def ended(
    files: Files, withdrawals: Sequence[Found], quorum: Quorum, revoked: Sequence[Revocation], repo: str
) -> Iterator[tuple[str, str]]:
    """Path and digest of revocations that the quorum ended; with all of them still in force, and none of their keys."""
    for found in withdrawals:
        ring, _ = quorum_ring(quorum, found.path)
        ears = Ears(ring, revoked=revoked)
        line = files.sealed_line(found.path)
        counted = judge_quorum(heard(found, ears, line.since if line else None), quorum, ring, "policy")
        if isinstance(counted, Problem):
            continue
        document = files.document(found.path, found.raw, found.digest)
        if not isinstance(document, Withdrawal) or not is_of_quorum(document.spec.subject):
            continue
        if judge_mark(found, document, repo, None) is None:
            yield document.spec.subject, document.spec.digest


def document_of(files: Files, kept: Kept | None) -> Document | None:
    """What remembered bytes say; None when only their mark is known."""
    if kept is None or not kept.raw:
        return None
    document = files.document(kept.path, kept.raw, kept.digest)
    return None if isinstance(document, tuple) else document
