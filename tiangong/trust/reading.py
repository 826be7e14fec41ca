"""From a tree of untrusted files to bytes with checked signatures. Says which keys signed, not yet who may sign.

What is read is bounded before it is read: mode, name, size, number of files and of sidecars (G4, D6). What depends on
bytes alone, parsing and cryptography, is cached; authority and time are judged anew each time (R10).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tiangong.documents.digest import sha512
from tiangong.documents.listing import FILE_MODES, LISTED, Line
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at, signed_by
from tiangong.documents.strict import LARGEST as LARGEST_DOCUMENT
from tiangong.errors import Misuse, Place, Problem, Refused, problem
from tiangong.model.document import Document
from tiangong.model.stages import Entry, Refusal, Tree
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, Sig, check_any
from tiangong.trust.sshsig import LARGEST as LARGEST_SIGNATURE
from tiangong.trust.wire import SigError

MOST_SIDECARS = 32
MOST_CACHED = 50_000
MOST_ENTRIES = 1_000_000
"""of a whole repository (D6)"""
LARGEST_CLOSURE = 256 << 20
"""bytes of documents that one verification reads"""


@dataclass(frozen=True, slots=True)
class File:
    """A document's entry, with the entries of its sidecars by the signer their names claim."""

    path: str
    entry: Entry
    sidecars: tuple[tuple[str, Entry], ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """One folder: its documents by path, its folders by name, and what isn't in order.

    `strange`: what looks like a document, of a kind this version doesn't know.
    """

    files: Mapping[str, File]
    folders: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    strange: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class BadSignature:
    """A sidecar that doesn't count, and why."""

    signer: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """The bytes that stand at a path, and which keys really signed them. Nothing of what they say was read yet."""

    path: str
    raw: bytes
    digest: str
    signatures: tuple[Sig, ...]
    bad: tuple[BadSignature, ...]


Parsed = Document | tuple[Problem, ...]


@dataclass(slots=True)
class Cache:
    """What was found out before, for trees of one store in which an id, of a folder too, names its bytes.

    Of every path the newest result is kept, together with everything it was made from.
    """

    listings: dict[str, tuple[tuple[Entry, ...], Listing]] = field(default_factory=dict)
    found: dict[str, tuple[File, Found]] = field(default_factory=dict)
    documents: dict[tuple[str, str], Parsed] = field(default_factory=dict)
    verdicts: dict[str, tuple[tuple[object, ...], object]] = field(default_factory=dict)
    closure: tuple[tuple[object, ...], object] | None = None
    weight: int = 0

    def trim(self) -> None:
        """Forget everything when it has grown beyond what one environment can need."""
        if self.weight > LARGEST_CLOSURE or len(self.listings) + len(self.found) + len(self.documents) > MOST_CACHED:
            for part in (self.listings, self.found, self.documents, self.verdicts):
                part.clear()
            self.closure, self.weight = None, 0


class Listings(Protocol):
    """The listings of a sealed tree."""

    def lines(self, folder: str) -> Mapping[str, Line]:
        """What was sealed in a folder, by name; empty when nothing was. Refused when a listing isn't the sealed one."""
        ...


@dataclass(slots=True)
class Files:
    """The documents of one tree as they are asked for, within bounds; what isn't in order becomes a refusal once."""

    tree: Tree
    cache: Cache
    refusals: list[Refusal]
    most: int = MOST_ENTRIES
    listings: Listings | None = None
    """what was sealed: then nothing else is ever taken"""
    _listed: dict[str, Listing] = field(default_factory=dict)
    _entries: int = 0
    _bytes: int = 0

    def folder(self, folder: str) -> Listing:
        """The documents of one folder (not below it)."""
        found = self._listed.get(folder)
        if found is None:
            found = self._listed[folder] = self._list(folder)
            self.refusals.extend(found.refusals)
        return found

    def at(self, path: str) -> File | None:
        """One document with its sidecars, or None when there is none in order."""
        return self.folder(path.rpartition("/")[0]).files.get(path)

    def read(self, file: File, limit: int = LARGEST_DOCUMENT) -> Found | Problem:
        """The bytes of a document with its signatures checked; a problem when it is too large."""
        known = self.cache.found.get(file.path)
        found = known[1] if known and known[0] == file else None
        size = len(found.raw) if found else self.tree.size(file.entry)
        if size > limit:
            return problem("document/too-large", Place(file.path), size=size, limit=limit)
        self._bytes += size
        if self._bytes > LARGEST_CLOSURE:
            raise Refused.of("trust/too-much", Place(file.path), limit=LARGEST_CLOSURE)
        found = found or self._read(file)
        self._check_sealed(file.path, found.digest)
        return found

    def document(self, path: str, raw: bytes, digest: str) -> Parsed:
        """What bytes say; the problems when they are no document. `digest`: theirs, just computed or compared."""
        key = (path, digest)
        if key not in self.cache.documents:
            try:
                self.cache.documents[key] = parse(raw, path)
            except Misuse as error:
                self.cache.documents[key] = error.problems
        return self.cache.documents[key]

    def take(self, path: str, raw: bytes, signatures: Sequence[tuple[str, bytes | None]]) -> Found:
        """Bytes that stand elsewhere, with what is said to be their signatures, as if they stood at a path."""
        return Found(path, raw, sha512(raw), *_signatures(raw, signatures))

    def sealed_line(self, path: str) -> Line | None:
        """What the seal says of a file; None without a seal, or when it was not sealed."""
        folder, _, name = path.rpartition("/")
        return self.listings.lines(folder).get(name) if self.listings else None

    def _check_sealed(self, path: str, digest: str) -> None:
        """What isn't the sealed bytes isn't one bad document: somebody shows a tree that was never sealed (R17)."""
        if self.listings is None:
            return
        line = self.sealed_line(path)
        if line is None or line.digest != digest:
            raise Refused.of("seal/other-bytes", Place(path))

    def _check_complete(self, folder: str, entries: Sequence[Entry]) -> None:
        """Nothing that was sealed may be missing: a hidden file could be a recall (R17)."""
        if self.listings is None:
            return
        there = {entry.name for entry in entries}
        for name in self.listings.lines(folder):
            if name not in there:
                raise Refused.of("seal/hidden", Place(f"{folder}/{name}" if folder else name))

    def _read(self, file: File) -> Found:
        raw = self.tree.read(file.entry)
        sidecars = [(name, self._bounded(entry)) for name, entry in file.sidecars]
        found = Found(file.path, raw, sha512(raw), *_signatures(raw, sidecars))
        self.cache.found[file.path] = (file, found)
        self.cache.weight += len(raw)
        return found

    def _list(self, folder: str) -> Listing:
        entries = self.tree.folder(folder)
        self._entries += len(entries)
        if self._entries > self.most:
            raise Refused.of("trust/too-many-files", Place(folder), limit=self.most)
        self._check_complete(folder, entries)
        if not entries:
            said = {refusal.path for refusal in self.refusals}
            return Listing({}, (), tuple(r for r in _in_the_way(self.tree, folder) if r.path not in said))
        known = self.cache.listings.get(folder)
        if known is None or known[0] != entries:
            known = self.cache.listings[folder] = (entries, _listing(folder, entries))
        return known[1]

    def _bounded(self, entry: Entry) -> bytes | None:
        return self.tree.read(entry) if self.tree.size(entry) <= LARGEST_SIGNATURE else None


def refused(path: str, found: Problem) -> Refusal:
    """A refusal of what stands at a path."""
    return Refusal(path, kind_at(path) or "", found)


def remarked(path: str, found: Problem) -> Refusal:
    """Something to put right that takes nothing away from the document at a path: a refusal of no kind."""
    return Refusal(path, "", found)


def _listing(folder: str, entries: Sequence[Entry]) -> Listing:
    prefix = f"{folder}/" if folder else ""
    counts = Counter(entry.name for entry in entries)
    refusals: list[Refusal] = []
    files: dict[str, Entry] = {}
    folders: list[str] = []
    for entry in sorted(entries, key=lambda entry: (entry.name, entry.mode, entry.id)):
        path = prefix + entry.name
        if not folder and entry.name != "tiangong.yaml" and not entry.name.startswith("tiangong.yaml."):
            continue
        if why := _flaw(path, entry, counts):
            refusals.append(refused(path, why))
        elif entry.is_folder:
            folders.append(entry.name)
        else:
            files[path] = entry
    documents, others = _documents(files)
    clashing = [file.path for file in others if file.path.casefold() in documents]
    refusals += [refused(path, problem("trust/case-clash", Place(path))) for path in clashing]
    strange = tuple(file for file in others if file.path not in clashing)
    return Listing(documents, tuple(folders), tuple(refusals), strange)


def _flaw(path: str, entry: Entry, counts: Mapping[str, int]) -> Problem | None:
    if not LISTED.match(entry.name):
        return problem("trust/bad-name", Place(path))
    if counts[entry.name] > 1:
        return problem("trust/twice", Place(path))
    if entry.mode in FILE_MODES or (entry.is_folder and kind_at(path) is None):
        return None
    return problem("trust/bad-mode", Place(path), mode=f"{entry.mode:06o}")


def _documents(files: Mapping[str, Entry]) -> tuple[dict[str, File], list[File]]:
    """Documents with their sidecars, by whether a kind belongs there."""
    sidecars: dict[str, list[tuple[str, Entry]]] = {}
    for path, entry in files.items():
        if claimed := signed_by(path):
            sidecars.setdefault(claimed[0], []).append((claimed[1], entry))
    found = {
        path: File(path, entry, tuple(sidecars.get(path, ()))[:MOST_SIDECARS])
        for path, entry in files.items()
        if path.endswith(".yaml")
    }
    documents = {path: file for path, file in found.items() if kind_at(path)}
    return documents, [file for path, file in found.items() if path not in documents]


def _in_the_way(tree: Tree, folder: str) -> Iterator[Refusal]:
    """What stands where a folder should: a file, a link or a submodule."""
    parts = folder.split("/") if folder else []
    for count in range(1, len(parts) + 1):
        path = "/".join(parts[:count])
        entry = tree.entry(path)
        if entry is None:
            return
        if not entry.is_folder:
            yield refused(path, problem("trust/not-a-folder", Place(path), mode=f"{entry.mode:06o}"))
            return


def _signatures(
    raw: bytes, sidecars: Sequence[tuple[str, bytes | None]]
) -> tuple[tuple[Sig, ...], tuple[BadSignature, ...]]:
    good: list[Sig] = []
    bad: list[BadSignature] = []
    for signer, armored in sidecars:
        if armored is None:
            bad.append(BadSignature(signer, "it is too large"))
            continue
        try:
            good.append(check_any(armored, raw, DOCUMENT_NAMESPACE))
        except SigError as error:
            bad.append(BadSignature(signer, str(error)))
    return tuple(good), tuple(bad)
