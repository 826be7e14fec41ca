"""What documents were before: every version of one with who signed it, and what differs between two commits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from tiangong.author.changes import FieldChange, field_changes
from tiangong.author.choose import covers
from tiangong.author.clone import Clone
from tiangong.author.shelf import Shelf
from tiangong.documents.paths import kind_at, signed_by
from tiangong.documents.strict import load
from tiangong.errors import Misuse, Place, TiangongError
from tiangong.git.objects import GitTree
from tiangong.model.stages import Tree
from tiangong.trust.audit import found_pins
from tiangong.trust.authority import keyring
from tiangong.trust.court import POLICY_PATH
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, LARGEST, check
from tiangong.trust.wire import SigError

Word = Literal["new", "edited", "removed", "signed"]


@dataclass(frozen=True, slots=True)
class Version:
    """A document as it stood in one commit that changed it. `raw` None: there it was removed."""

    commit: str
    at: datetime
    subject: str
    raw: bytes | None
    generation: int | None
    signers: tuple[str, ...]
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Differing:
    """A document that differs between two commits; `signed`: only its signatures do."""

    path: str
    word: Word
    signers: tuple[str, ...]
    changes: tuple[FieldChange, ...]


@dataclass(slots=True)
class Names:
    """Whose keys are whose: as the newest policy says, else as the policy said that was in force then.

    Only policies that follow from the same root count, so that nobody can give themselves a name.
    """

    clone: Clone
    _head: Tree = field(init=False)
    _known: Mapping[bytes, str] = field(init=False)
    _then: dict[str, Mapping[bytes, str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read the newest policy."""
        self._head = GitTree(self.clone.objects, self.clone.head or "")
        self._known = _ring(Shelf(self._head))

    def signers(self, commit: str, path: str, raw: bytes | None) -> tuple[str, ...]:
        """Who signed a document as it stands in a commit: people, or fingerprints of keys nobody knows."""
        tree = GitTree(self.clone.objects, commit)
        folder = path.rpartition("/")[0]
        found: list[str] = []
        for entry in tree.folder(folder) if raw is not None else ():
            claimed = signed_by(f"{folder}/{entry.name}".lstrip("/"))
            if claimed and claimed[0] == path and tree.size(entry) <= LARGEST:
                found += self._whose(tree.read(entry), raw or b"", commit)
        return tuple(dict.fromkeys(found))

    def _whose(self, armored: bytes, raw: bytes, commit: str) -> Iterator[str]:
        try:
            key = check(armored, raw, DOCUMENT_NAMESPACE).key
        except SigError:
            return
        yield self._known.get(key.blob) or self._ring_at(commit).get(key.blob) or key.fingerprint

    def _ring_at(self, commit: str) -> Mapping[bytes, str]:
        if commit not in self._then:
            tree = GitTree(self.clone.objects, commit)
            try:
                same = found_pins(tree).root_digest == found_pins(self._head).root_digest
                self._then[commit] = _ring(Shelf(tree)) if same else {}
            except TiangongError:
                self._then[commit] = {}
        return self._then[commit]


def _ring(shelf: Shelf) -> Mapping[bytes, str]:
    policy, root = shelf.policy.document.spec, shelf.root.document.spec
    people = [(name, person.keys) for name, person in policy.people.items()]
    return keyring([*people, *root.root.people.items(), *root.policy.people.items()], POLICY_PATH)[0]


def versions(clone: Clone, path: str, most: int) -> Iterator[Version]:
    """The commits that changed a document or its signatures, newest first; Misuse when there never was one."""
    names = Names(clone)
    beside = f"{path}.*.sig"
    log = (
        "log",
        f"--max-count={most}",
        "-z",
        "--format=%H%x1f%ct%x1f%s",
        "--",
        f":(literal){path}",
        f":(glob){beside}",
    )
    commits = [line.split("\x1f") for line in clone.git(*log).split("\0") if line]
    if not commits:
        raise Misuse.of("history/no-document", Place(path))
    for commit, when, subject in commits:
        raw = clone.read_at(commit, path)
        before = next((clone.read_at(parent, path) for parent in clone.parents_of(commit)), None)
        yield Version(
            commit=commit,
            at=datetime.fromtimestamp(int(when), UTC),
            subject=subject,
            raw=raw,
            generation=_generation(raw),
            signers=names.signers(commit, path, raw),
            changes=field_changes(before, raw, path) if before and raw else (),
        )


def differing(clone: Clone, old: str, new: str, named: Sequence[str]) -> Iterator[Differing]:
    """Documents that differ between two commits, in path order; all of them, or those below the named paths."""
    names = Names(clone)
    listed = clone.git("diff-tree", "-r", "-z", "--name-only", "--no-renames", old, new).split("\0")
    documents = {(signed_by(path) or (path,))[0] for path in listed if path}
    for path in sorted(path for path in documents if kind_at(path)):
        if named and not any(covers(one, path) for one in named):
            continue
        then, now = clone.read_at(old, path), clone.read_at(new, path)
        changes = field_changes(then, now, path) if then is not None and now is not None else ()
        yield Differing(path, _word(then, now), names.signers(new, path, now), changes)


def _word(then: bytes | None, now: bytes | None) -> Word:
    if then is None:
        return "new"
    if now is None:
        return "removed"
    return "signed" if then == now else "edited"


def _generation(raw: bytes | None) -> int | None:
    try:
        metadata = load(raw, "").data.get("metadata") if raw is not None else None
    except Misuse:
        return None
    found = metadata.get("generation") if isinstance(metadata, dict) else None
    return found if isinstance(found, int) else None
