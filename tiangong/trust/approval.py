"""An approval's id is its content, and it names environments one by one (D14). Pure."""

from typing import Any

from tiangong.documents.digest import digest_of
from tiangong.documents.dump import fields
from tiangong.errors import Place, Problem, problem
from tiangong.model.approval import Approval, ApprovalSpec
from tiangong.model.document import Document

ID_LENGTH = 32
FOLDER = "approvals"


def id_of(spec: ApprovalSpec) -> str:
    """First hex digits of SHA-512 over the canonical JSON of a spec."""
    said: Any = fields(spec)
    return digest_of(said).removeprefix("sha512:")[:ID_LENGTH]


def flaw_of(document: Document, path: str) -> Problem | None:
    """What can't be in an approval, whoever signed it."""
    if not isinstance(document, Approval):
        return None
    expected = id_of(document.spec)
    if document.metadata.name != expected:
        return problem("trust/approval-id", Place(path, field="metadata.name"), expected=expected)
    named = {where.partition("/")[0] for where in document.spec.plans}
    if named != set(document.spec.environments):
        return problem("trust/approval-reach", Place(path, field="spec.plans"))
    return None
