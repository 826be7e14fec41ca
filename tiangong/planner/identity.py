"""What a change is, for plans and approvals: ordered steps and where they lead; no time and no verdict (D14)."""

from tiangong.documents.digest import digest_of
from tiangong.model.stages import Change


def identity(installation: str, change: Change | None) -> object:
    """What a digest covers. A step's digest holds its values, secrets by name and keyed digest."""
    return {
        "installation": installation,
        "kind": str(change.kind) if change else "",
        "release": change.release if change else "",
        "steps": [[step.name, step.digest] for step in change.steps] if change else [],
        "undo": [[step.name, step.digest] for step in change.undo] if change else [],
    }


def change_digest(installation: str, change: Change) -> str:
    """The digest of one change of one installation."""
    return digest_of(identity(installation, change))
