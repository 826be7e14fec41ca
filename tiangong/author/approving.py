"""Writing an approval: exact bytes, exact changes, named environments, an end (R14, D14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tiangong.documents.dump import dump, fields
from tiangong.model.approval import Approval, ApprovalSpec
from tiangong.model.document import API_VERSION
from tiangong.model.stages import Change
from tiangong.planner.identity import change_digest
from tiangong.trust.approval import id_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """One change that waits to be approved. `subjects`: digests of what it brings."""

    environment: str
    installation: str
    change: Change
    subjects: tuple[str, ...]

    @property
    def where(self) -> str:
        """ENVIRONMENT/INSTALLATION."""
        return f"{self.environment}/{self.installation}"

    @property
    def digest(self) -> str:
        """What is signed of it."""
        return change_digest(self.installation, self.change)


def approving(product: str, version: str, changes: Sequence[Wanted], until: datetime, reason: str) -> tuple[str, bytes]:
    """Where one approval of all these changes stands, and its text."""
    spec = ApprovalSpec.model_validate(
        {
            "product": product,
            "version": version,
            "environments": list(dict.fromkeys(one.environment for one in changes)),
            "subjects": list(dict.fromkeys(digest for one in changes for digest in one.subjects)),
            "plans": {one.where: one.digest for one in changes},
            "until": until.isoformat(timespec="seconds"),
            "reason": reason,
        }
    )
    name = id_of(spec)
    head = {"apiVersion": API_VERSION, "kind": "Approval", "metadata": {"name": name}}
    return Approval.path.format(name=name), dump({**head, "spec": fields(spec)})
