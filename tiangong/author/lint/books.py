"""Every document of a tree that can be read, by kind, and the exact place of everything in them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from tiangong.author.listing import Listing
from tiangong.documents.digest import sha512
from tiangong.documents.listing import FILE_MODES, LISTED
from tiangong.documents.parse import parse
from tiangong.documents.paths import is_ours, kind_at, secret_beside, signed_by
from tiangong.documents.strict import LARGEST, Location, load
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.document import Document
from tiangong.model.stages import Signed
from tiangong.trust.audit import is_payload

D = TypeVar("D", bound=Document)
PART = re.compile(r"\[(\d+)\]|\.?([^.\[]+)")


@dataclass(frozen=True, slots=True)
class Books:
    """Documents by kind and path; those that can't be read are left out."""

    tree: Listing
    kinds: Mapping[str, dict[str, Signed[Any]]] = field(default_factory=dict)

    def all(self, kind: type[D]) -> Mapping[str, Signed[D]]:
        """Documents of a kind, by path; nobody's signature was looked at."""
        return cast("Mapping[str, Signed[D]]", self.kinds.get(kind.__name__, {}))

    def named(self, kind: type[D]) -> dict[str, Signed[D]]:
        """Documents of a kind that has one namespace, by name."""
        return {one.document.metadata.name: one for one in self.all(kind).values()}

    def place(self, path: str, *location: str | int) -> Place:
        """Where a part of a document stands; of a missing part, where its parent stands."""
        raw = self.tree.bytes_at(path)
        return load(raw, path).place(location) if raw is not None else Place(path)

    def placed(self, found: Problem) -> Problem:
        """The same problem with line and column, where only path and field are known."""
        place = found.place
        if place is None or place.line is not None or not place.field or kind_at(place.path) is None:
            return found
        try:
            return replace(found, place=self.place(place.path, *location_of(place.field)))
        except Misuse:
            return found


def location_of(words: str) -> Location:
    """The location that `spec.steps[2].with` stands for."""
    return tuple(int(number) if number else name for number, name in PART.findall(words))


def open_books(tree: Listing) -> tuple[Books, list[Problem]]:
    """Read every document; what is wrong with the files themselves comes along."""
    problems = list(_files(tree))
    kinds: dict[str, dict[str, Signed[Any]]] = {}
    for path in tree.files:
        if kind_at(path) is None:
            continue
        try:
            document, raw = _read(tree, path)
        except Misuse as error:
            problems.extend(error.problems)
            continue
        kinds.setdefault(document.kind, {})[path] = Signed(document, path, raw, sha512(raw), ())
    return Books(tree, {kind: dict(sorted(found.items())) for kind, found in kinds.items()}), problems


def _read(tree: Listing, path: str) -> tuple[Document, bytes]:
    size = tree.files[path].size
    if size > LARGEST:
        raise Misuse.of("document/too-large", Place(path), size=size, limit=LARGEST)
    raw = tree.bytes_at(path)
    if raw is None:
        raise Misuse.of("author/not-a-file", Place(path))
    return parse(raw, path), raw


def _files(tree: Listing) -> Iterator[Problem]:
    """Names and modes that agents refuse, and files that nobody reads."""
    folded: dict[str, str] = {}
    for path, ref in tree.files.items():
        other = folded.setdefault(path.casefold(), path)
        bad_name = next((part for part in path.split("/") if not LISTED.match(part)), None)
        if bad_name is not None:
            yield problem("trust/bad-name", Place(path))
        elif ref.mode not in FILE_MODES:
            yield problem("trust/bad-mode", Place(path), mode=f"{ref.mode:06o}")
        elif other != path:
            yield problem("trust/case-clash", Place(path))
        elif _is_stray(tree, path):
            yield problem("trust/stray", Place(path))


def _is_stray(tree: Listing, path: str) -> bool:
    if kind_at(path) is not None or not is_ours(path):
        return False
    claimed = signed_by(path)
    if claimed:
        return kind_at(claimed[0]) is None or tree.entry(claimed[0]) is None
    if secret := secret_beside(path):
        return tree.entry(secret) is None
    return not (is_payload(path) and tree.entry("/".join([*path.split("/")[:4], "release.yaml"])))
