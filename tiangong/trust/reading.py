"""From a tree of untrusted files to documents with checked signatures. Says what the bytes are, not yet who may sign.

What is read is bounded before it is read: mode, name, size, number of sidecars (G4, D6). The result of parsing and of
the cryptography depends on bytes alone, so it is cached; authority and time are judged anew each time (R10).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at, signed_by
from tiangong.documents.strict import LARGEST as LARGEST_DOCUMENT
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.document import Document
from tiangong.model.stages import Entry, Refusal, Tree
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, Sig, check
from tiangong.trust.sshsig import LARGEST as LARGEST_SIGNATURE
from tiangong.trust.wire import SigError

FILE_MODES = (0o100644, 0o100755)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}\Z")
MOST_SIDECARS = 32
MOST_CACHED = 50_000


@dataclass(frozen=True, slots=True)
class File:
    """A document's entry, with the entries of its sidecars by the signer their names claim."""

    path: str
    entry: Entry
    sidecars: tuple[tuple[str, Entry], ...] = ()


@dataclass(frozen=True, slots=True)
class BadSignature:
    """A sidecar that doesn't count, and why."""

    signer: str
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A document's bytes, what they say, and which keys really signed them."""

    path: str
    raw: bytes
    digest: str
    document: Document
    signatures: tuple[Sig, ...]
    bad: tuple[BadSignature, ...]


Cached = Checked | tuple[Problem, ...]


@dataclass(slots=True)
class Cache:
    """Results that depend on bytes alone, by path and object ids of one store of objects."""

    results: dict[tuple[str, str, tuple[str, ...]], Cached] = field(default_factory=dict)

    def trim(self) -> None:
        """Forget everything when it has grown beyond what one environment can need."""
        if len(self.results) > MOST_CACHED:
            self.results.clear()


def files_in(tree: Tree, folder: str, refusals: list[Refusal]) -> Iterator[File]:
    """The documents of one folder (not below it); what isn't in order becomes a refusal and hides nothing else."""
    entries = [entry for entry in tree.folder(folder) if _in_order(folder, entry, refusals)]
    prefix = f"{folder}/" if folder else ""
    sidecars: dict[str, list[tuple[str, Entry]]] = {}
    for entry in entries:
        if claimed := signed_by(prefix + entry.name):
            sidecars.setdefault(claimed[0], []).append((claimed[1], entry))
    clashing = _clashing(entries)
    for entry in entries:
        path = prefix + entry.name
        if entry.is_folder or signed_by(path) or kind_at(path) is None:
            continue
        if entry.name.casefold() in clashing:
            refusals.append(refused(path, problem("trust/case-clash", Place(path))))
            continue
        yield File(path, entry, tuple(sidecars.get(path, ()))[:MOST_SIDECARS])


def file_at(tree: Tree, path: str, refusals: list[Refusal]) -> File | None:
    """One document with its sidecars, or None when there is none in order."""
    folder = path.rpartition("/")[0]
    return next((file for file in files_in(tree, folder, refusals) if file.path == path), None)


def folders_in(tree: Tree, folder: str, refusals: list[Refusal]) -> list[str]:
    """Names of the folders in a folder."""
    return [e.name for e in tree.folder(folder) if e.is_folder and _in_order(folder, e, refusals)]


def refused(path: str, found: Problem) -> Refusal:
    """A refusal of what stands at a path."""
    return Refusal(path, kind_at(path) or "", found)


def read(tree: Tree, file: File, cache: Cache) -> Cached:
    """Read, parse and check one document; the problems when its bytes are no document."""
    key = (file.path, file.entry.id, tuple(entry.id for _, entry in file.sidecars))
    if key not in cache.results:
        cache.results[key] = _read(tree, file)
    return cache.results[key]


def _read(tree: Tree, file: File) -> Cached:
    size = tree.size(file.entry)
    if size > LARGEST_DOCUMENT:
        return (problem("document/too-large", Place(file.path), size=size, limit=LARGEST_DOCUMENT),)
    raw = tree.read(file.entry)
    signatures, bad = _signatures(raw, [(name, _bounded(tree, entry)) for name, entry in file.sidecars])
    return checked(file.path, raw, signatures, bad)


def checked(path: str, raw: bytes, signatures: Sequence[Sig], bad: Sequence[BadSignature] = ()) -> Cached:
    """Parse bytes whose signatures were checked; the problems when they are no document."""
    try:
        document = parse(raw, path)
    except Misuse as error:
        return error.problems
    return Checked(path, raw, sha512(raw), document, tuple(signatures), tuple(bad))


def _bounded(tree: Tree, entry: Entry) -> bytes | None:
    return tree.read(entry) if tree.size(entry) <= LARGEST_SIGNATURE else None


def _signatures(raw: bytes, sidecars: Sequence[tuple[str, bytes | None]]) -> tuple[list[Sig], list[BadSignature]]:
    good: list[Sig] = []
    bad: list[BadSignature] = []
    for signer, armored in sidecars:
        if armored is None:
            bad.append(BadSignature(signer, "it is too large"))
            continue
        try:
            good.append(check(armored, raw, DOCUMENT_NAMESPACE))
        except SigError as error:
            bad.append(BadSignature(signer, str(error)))
    return good, bad


def _in_order(folder: str, entry: Entry, refusals: list[Refusal]) -> bool:
    path = f"{folder}/{entry.name}" if folder else entry.name
    if not folder and entry.name != "tiangong.yaml" and not entry.name.startswith("tiangong.yaml."):
        return False
    if not NAME.match(entry.name):
        refusals.append(refused(path, problem("trust/bad-name", Place(path))))
        return False
    if not entry.is_folder and entry.mode not in FILE_MODES:
        refusals.append(refused(path, problem("trust/bad-mode", Place(path), mode=f"{entry.mode:06o}")))
        return False
    return True


def _clashing(entries: Sequence[Entry]) -> frozenset[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for entry in entries:
        folded = entry.name.casefold()
        (twice if folded in seen else seen).add(folded)
    return frozenset(twice)
