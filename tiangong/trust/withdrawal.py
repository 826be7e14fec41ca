"""Who may end a restriction before its time: the owners of what it restricts, at their threshold (R3). Pure."""

from tiangong.documents.paths import kind_at
from tiangong.errors import Problem
from tiangong.model.acts import Withdrawal
from tiangong.model.document import Document
from tiangong.model.policy import Quorum, TrustPolicySpec
from tiangong.trust.authority import Keyring, judge, judge_quorum, quorum_ring, shared_key
from tiangong.trust.reading import Found
from tiangong.trust.roles import WITHDRAWN_BY

WITHDRAWALS = "withdrawals"
REVOCATIONS = "trust/revocations/"


def may_end(subject: str) -> bool:
    """Tell whether what stands at a path can be withdrawn at all; a withdrawal can't, nor what isn't an act."""
    return kind_at(subject) in WITHDRAWN_BY or is_of_quorum(subject)


def is_of_quorum(subject: str) -> bool:
    """Tell whether the root's policy quorum ends it, not a role."""
    return subject.startswith(REVOCATIONS) and subject.count("/") == 2 and subject.endswith(".yaml")


def signers_of(
    found: Found,
    document: Withdrawal,
    subject: Document | None,
    policy: TrustPolicySpec,
    ring: Keyring,
    quorum: Quorum,
) -> tuple[str, ...] | Problem:
    """Who signed a withdrawal with authority, or why nobody did; `subject`: what it ends, where that can be read."""
    if not is_of_quorum(document.spec.subject):
        return judge(found, document, policy, ring, subject)
    keys, problems = quorum_ring(quorum, found.path)
    return shared_key(problems) or judge_quorum(found, quorum, keys, "policy")
