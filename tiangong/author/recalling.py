"""Recalls: acts after which nobody installs or upgrades to some versions any more (D1, D12)."""

from collections.abc import Iterator
from dataclasses import dataclass

from tiangong.author.shelf import Shelf
from tiangong.author.target import recall_path
from tiangong.documents.dump import dump
from tiangong.documents.paths import kind_at
from tiangong.model.acts import Recall, RecallSpec
from tiangong.model.document import API_VERSION
from tiangong.model.stages import Signed
from tiangong.planner.constraints.recall import selects


@dataclass(frozen=True, slots=True)
class Range:
    """Which versions are recalled: a range, without those of another one."""

    versions: str
    except_: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """As they stand in the document."""
        return {"versions": self.versions, **({"except": self.except_} if self.except_ else {})}


def recalling(product: str, name: str, range_: Range, reason: str) -> tuple[str, bytes]:
    """Where a new recall stands, and its text."""
    head = {"apiVersion": API_VERSION, "kind": "Recall", "metadata": {"name": f"{product}/{name}"}}
    return recall_path(product, name), dump({**head, "spec": {**range_.fields, "reason": reason}})


def published(shelf: Shelf, product: str, spec: RecallSpec) -> list[str]:
    """The published versions a recall means, newest first."""
    return [version for version in shelf.versions(product) if selects(spec, version)]


def every_recall(shelf: Shelf, products: list[str]) -> Iterator[tuple[str, Signed[Recall] | None]]:
    """The path of each recall of some products with what counts there; None where nothing does."""
    for product in products:
        folder = f"products/{product}/recalls"
        for entry in shelf.tree.folder(folder):
            path = f"{folder}/{entry.name}"
            if kind_at(path) == Recall.__name__:
                yield path, shelf.one(path, Recall)


def recalled_by(shelf: Shelf, product: str, version: str) -> list[Signed[Recall]]:
    """The recalls in force that mean a version."""
    found = (one for _, one in every_recall(shelf, [product]) if one and not shelf.is_withdrawn(one))
    return [one for one in found if selects(one.document.spec, version)]
