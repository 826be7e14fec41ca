"""Suppressions: acts that hold changes until a date or a withdrawal, one document each, never edited (D1)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tiangong.author.environments import as_wished
from tiangong.author.found import as_name
from tiangong.author.listing import Listing
from tiangong.author.shelf import Shelf
from tiangong.author.target import installations, suppression_path, wished_by_profiles
from tiangong.documents.dump import dump
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse
from tiangong.model.document import API_VERSION
from tiangong.model.environment import Suppression
from tiangong.model.stages import Signed, Snapshot
from tiangong.planner.constraints.suppression import selects
from tiangong.planner.resolve import resolve

LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Selector:
    """What is held. All empty: everything."""

    environments: tuple[str, ...] = ()
    installations: tuple[str, ...] = ()
    labels: Mapping[str, str] | None = None

    @property
    def spec(self) -> dict[str, object]:
        """As it stands in the document."""
        parts = {"environments": list(self.environments), "labels": dict(self.labels or {})}
        return {name: part for name, part in (*parts.items(), ("installations", list(self.installations))) if part}


def suppression(name: str, selector: Selector, until: datetime, reason: str) -> tuple[str, bytes]:
    """Where a new suppression stands, and its text."""
    spec = {**selector.spec, "until": until.isoformat(timespec="seconds"), "reason": reason}
    head = {"apiVersion": API_VERSION, "kind": "Suppression", "metadata": {"name": name}}
    return suppression_path(name), dump({**head, "spec": spec})


def free_id(tree: Listing, reason: str, now: datetime, path_of: Callable[[str], str] = suppression_path) -> str:
    """A name nothing has yet: the day and the first words of the reason."""
    words = as_name(reason)[:LONGEST_ID].strip("-")
    start = f"{now:%Y%m%d}-{words}" if words else f"{now:%Y%m%d}"
    names = (start, *(f"{start}-{number}" for number in range(2, 1000)))
    return next(name for name in names if tree.entry(path_of(name)) is None)


def check_installation(tree: Listing, environment: str, name: str) -> None:
    """Misuse when an environment has no installation of this name."""
    known = sorted({*installations(tree, environment), *wished_by_profiles(tree, environment)})
    if name not in known:
        facts = {"environment": environment, "name": name, "known": ", ".join(known) or "none"}
        raise Misuse.of("edit/no-installation", **facts)


def every(shelf: Shelf) -> Iterator[tuple[str, Signed[Suppression] | None]]:
    """The path of each suppression with what counts there; None where nothing does."""
    for entry in shelf.tree.folder("suppressions"):
        path = f"suppressions/{entry.name}"
        if kind_at(path) == "Suppression":
            yield path, shelf.one(path, Suppression)


def in_force(shelf: Shelf, one: Signed[Suppression], now: datetime) -> bool:
    """Tell whether a suppression still holds something."""
    return one.document.spec.until > now and not shelf.is_withdrawn(one)


def holding(
    shelf: Shelf, snapshot: Snapshot, environments: Sequence[str], installation: str, now: datetime
) -> Iterator[Signed[Suppression]]:
    """Suppressions in force that hold an installation, or any of the environments; each once."""
    found: dict[str, Signed[Suppression]] = {}
    for environment in environments:
        desired = as_wished(shelf, snapshot, environment, now)
        wishes = [wish for name, wish in resolve(desired).items() if installation in ("", name)]
        for one in desired.suppressions:
            if any(selects(one.document.spec, wish) for wish in wishes):
                found.setdefault(one.path, one)
    yield from found.values()
