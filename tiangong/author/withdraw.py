"""Withdrawals: one document ends one act that restricts, named by its exact bytes (D1, R3, R13)."""

from collections.abc import Container
from fnmatch import fnmatchcase

from tiangong.author.joining import environment_path
from tiangong.author.listing import Listing
from tiangong.author.shelf import Shelf
from tiangong.documents.dump import dump
from tiangong.documents.paths import names_in
from tiangong.model.document import API_VERSION, Document
from tiangong.model.environment import Environment, SuppressionSpec
from tiangong.model.stages import Signed
from tiangong.trust.withdrawal import WITHDRAWALS

LONGEST_NAME = 63


def withdrawal_path(name: str) -> str:
    """Where a withdrawal stands."""
    return f"{WITHDRAWALS}/{name}.yaml"


def withdrawal(tree: Listing, ended: Signed[Document], reason: str) -> tuple[str, bytes]:
    """Where the withdrawal of a document stands, and its text; its name is made from that of the document."""
    kind = ended.document.kind
    names = names_in(kind, ended.path)
    start = "-".join(names[part] for part in ("product", "name") if part in names)[: LONGEST_NAME - 4].rstrip("-._")
    tries = (start, *(f"{start}-{number}" for number in range(2, 1000)))
    name = next(one for one in tries if tree.entry(withdrawal_path(one)) is None)
    spec = {"subject": ended.path, "digest": ended.digest, "reason": reason}
    head = {"apiVersion": API_VERSION, "kind": "Withdrawal", "metadata": {"name": name}}
    return withdrawal_path(name), dump({**head, "spec": spec})


def holds_more(shelf: Shelf, spec: SuppressionSpec, environments: Container[str], installation: str) -> bool:
    """Tell whether a suppression holds more than what was chosen: ending it would set free that, too."""
    if installation and tuple(spec.installations) != (installation,):
        return True
    return any(name not in environments and _is_held(shelf, spec, name) for name in _environments(shelf))


def _environments(shelf: Shelf) -> list[str]:
    return [entry.name for entry in shelf.tree.folder("environments") if entry.is_folder]


def _is_held(shelf: Shelf, spec: SuppressionSpec, name: str) -> bool:
    """An environment whose labels nobody can read is held, when its name is."""
    if spec.environments and not any(fnmatchcase(name, glob) for glob in spec.environments):
        return False
    found = shelf.one(environment_path(name), Environment) if spec.labels else None
    labels = found.document.metadata.labels if found else spec.labels
    return all(labels.get(label) == value for label, value in spec.labels.items())
