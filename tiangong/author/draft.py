"""What is about to be signed: documents stamped in memory, a signer for each; nothing is written before that."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tiangong.author.clone import Clone, blob_id
from tiangong.author.history import Newest, newest
from tiangong.author.keys import Key
from tiangong.author.listing import Listing
from tiangong.author.sign import sign_all
from tiangong.author.team import Signer, Team
from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at, names_in, sealed_beside, sidecars, signed_by
from tiangong.documents.stamp import stamp
from tiangong.errors import Failed, Misuse, Place, Problem, problem
from tiangong.model.acts import Recall, Withdrawal
from tiangong.model.document import Document
from tiangong.model.environment import Suppression
from tiangong.model.policy import TrustRoot
from tiangong.model.product import Promotion, Release
from tiangong.model.secret import Secret
from tiangong.trust.audit import LARGEST_PAYLOAD, is_payload
from tiangong.trust.roots import root_path
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, check_any
from tiangong.trust.wire import SigError

ONCE = ("Release", "Suppression", "Approval", "Recall", "Withdrawal", "Revocation", "TrustRoot")
"""kinds that are published once and never edited (D1, D3, R1)"""


@dataclass(frozen=True, slots=True)
class Signing:
    """One document as it will be signed, by whom, and what will still be missing then."""

    path: str
    raw: bytes
    document: Document
    signer: Signer
    missing: Problem | None


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything one commit will change.

    `files`: written (bytes) and removed (None) besides documents and signatures. `seen`: what the work tree held when
    this was drafted. `index_only`: what is committed as it is staged, while the work tree has further edits.
    """

    signings: tuple[Signing, ...]
    files: Mapping[str, bytes | None]
    seen: Mapping[str, bytes | None] = field(default_factory=dict)
    index_only: frozenset[str] = frozenset()

    @property
    def paths(self) -> tuple[str, ...]:
        """What is written or removed, sidecars of the new signatures included."""
        signed = [p for s in self.signings for p in (s.path, sidecars(s.path, s.signer.person))]
        return tuple(dict.fromkeys([*self.files, *signed]))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What will still be missing after signing."""
        return tuple(s.missing for s in self.signings if s.missing)

    def check_unchanged(self, on_disk: Callable[[str], bytes | None]) -> None:
        """Failed when a file was saved again since, such as while somebody typed a passphrase."""
        changed = [path for path, raw in self.seen.items() if on_disk(path) != raw]
        Failed.when_any(problem("author/changed-meanwhile", Place(path)) for path in changed)

    def sign(self) -> dict[str, bytes | None]:
        """Ask each key once; return every file to write or remove."""
        made: dict[str, bytes | None] = dict(self.files)
        by_key: dict[bytes, tuple[Key, list[Signing]]] = {}
        for one in self.signings:
            by_key.setdefault(one.signer.key.public.blob, (one.signer.key, []))[1].append(one)
        for key, group in by_key.values():
            signatures = sign_all(key, {one.path: one.raw for one in group})
            for one in group:
                made[one.path] = one.raw
                made[sidecars(one.path, one.signer.person)] = signatures[one.path]
        return made


@dataclass(frozen=True, slots=True)
class Desk:
    """Where drafts are made: the files as they will be, the generations before, the team.

    `newest` tells the newest generation of documents in what the next commit descends from, `on_disk` what the work
    tree holds now. `change` makes the random word of D2.
    """

    repo: str
    tree: Listing
    team: Team
    newest: Callable[[Sequence[str]], Mapping[str, Newest]]
    on_disk: Callable[[str], bytes | None]
    change: Callable[[], str] = lambda: secrets.token_hex(6)


def desk(clone: Clone, tree: Listing, team: Team, tips: Sequence[str] = ()) -> Desk:
    """The desk of a clone; `tree` is what its work tree will hold, `tips` what the commit will descend from."""
    parents = tuple(tips) or clone.parents
    resets = team.root.spec.reset_marks
    return Desk(repo_id(tree), tree, team, lambda paths: newest(clone, paths, parents, resets), clone.on_disk)


def repo_id(tree: Listing) -> str:
    """The id of the repository, as its first root has it; Misuse when there is no root yet."""
    path = root_path(1)
    raw = tree.bytes_at(path)
    document = parse(raw, path) if raw is not None else None
    if not isinstance(document, TrustRoot) or not document.metadata.repo:
        raise Misuse.of("author/no-trust", Place(path))
    return document.metadata.repo


def draft(desk: Desk, paths: Iterable[str]) -> Draft:
    """Stamp the documents at these paths of the tree and choose who signs each; Misuse with all that is wrong.

    A document that is signed already, and newer than every other version of it, stays as it is.
    """
    chosen = sorted(path for path in set(paths) if kind_at(path) and desk.tree.entry(path))
    before = desk.newest(chosen)
    wrong: list[Problem] = []
    stamped: dict[str, bytes] = {}
    ready: dict[str, bytes | None] = {}
    # A promotion names its release by the digest of its final bytes: releases come first.
    for path in sorted(chosen, key=lambda path: kind_at(path) == "Promotion"):
        try:
            raw = _stamped(desk, path, stamped, before.get(path, Newest()))
        except Misuse as error:
            wrong.extend(error.problems)
            continue
        if raw is None:
            ready[path] = desk.tree.bytes_at(path)
        else:
            stamped[path] = raw
    Misuse.when_any(wrong)
    signings = tuple(_signing(desk, path, stamped[path]) for path in sorted(stamped))
    files = {**ready, **_stale(desk.tree, stamped)}
    return Draft(signings, files, {path: desk.on_disk(path) for path in (*chosen, *files)})


def _signing(desk: Desk, path: str, raw: bytes) -> Signing:
    document = parse(raw, path)
    ended = ended_by(desk.tree, document)
    return Signing(path, raw, document, *desk.team.signer_for(path, document, ended=ended))


def ended_by(tree: Listing, document: Document) -> Document | None:
    """What a withdrawal ends, as it stands in a tree; None for other kinds, and where it can't be read."""
    if not isinstance(document, Withdrawal):
        return None
    path = document.spec.subject
    raw = tree.bytes_at(path) if kind_at(path) else None
    try:
        return parse(raw, path) if raw is not None and sha512(raw) == document.spec.digest else None
    except Misuse:
        return None


def _stamped(desk: Desk, path: str, stamped: Mapping[str, bytes], before: Newest) -> bytes | None:
    """The document as it will be signed, with a new generation; None when it is in order as it is."""
    raw = desk.tree.bytes_at(path)
    if raw is None:
        raise Misuse.of("author/not-a-file", Place(path))
    document = parse(raw, path)
    digests = _digests(desk.tree, path, document, stamped)
    if _is_ready(desk, path, raw, document, before) and _names(document) == digests:
        return None
    if before.generation and document.kind in ONCE:
        _refuse_edit(path, document)
    generation = before.generation + 1
    return stamp(raw, path, repo=desk.repo, generation=generation, change=desk.change(), digests=digests)


def _is_ready(desk: Desk, path: str, raw: bytes, document: Document, before: Newest) -> bool:
    """Stamped, signed by somebody, and no other version was ever as new."""
    metadata = document.metadata
    if metadata.repo != desk.repo or not metadata.change or not metadata.generation:
        return False
    is_newest = metadata.generation > before.generation or (
        metadata.generation == before.generation and before.blobs == {blob_id(raw)}
    )
    return is_newest and any(fits(desk.tree.bytes_at(one), raw) for one in sidecars_of(desk.tree, path))


def _names(document: Document) -> dict[str, str]:
    """What a document names by digest now."""
    if isinstance(document, Promotion):
        return {"release": document.spec.release.digest or ""}
    if isinstance(document, Secret):
        return {"sealed": document.spec.digest or ""}
    return dict(document.spec.payload) if isinstance(document, Release) else {}


def sidecars_of(tree: Listing, path: str) -> list[str]:
    """The sidecars of a document in a tree."""
    entries = tree.folder(path.rpartition("/")[0])
    return [entry.id for entry in entries if (claimed := signed_by(entry.id)) and claimed[0] == path]


def _refuse_edit(path: str, document: Document) -> None:
    if isinstance(document, Release):
        raise Misuse.of("author/release-published", Place(path), release=document.metadata.name)
    if isinstance(document, Recall):
        raise Misuse.of("author/recall-written", Place(path), name=document.metadata.name)
    if isinstance(document, Withdrawal):
        raise Misuse.of("author/withdrawal-written", Place(path), name=document.metadata.name)
    if isinstance(document, Suppression):
        raise Misuse.of("author/suppression-written", Place(path), name=document.metadata.name)
    raise Misuse.of("author/root-published", Place(path), next=int(document.metadata.name) + 1)


def _digests(tree: Listing, path: str, document: Document, stamped: Mapping[str, bytes]) -> dict[str, str]:
    if isinstance(document, Release):
        return payload_digests(tree, path)
    if isinstance(document, Promotion):
        release = "products/{product}/releases/{version}/release.yaml".format_map(names_in("Promotion", path))
        raw = stamped.get(release) or tree.bytes_at(release)
        if raw is None:
            place = Place(path, field="spec.release.name")
            raise Misuse.of("author/unknown-release", place, release=document.spec.release.name, path=release)
        return {"release": sha512(raw)}
    return {"sealed": _sealed(tree, path)} if isinstance(document, Secret) else {}


def _sealed(tree: Listing, path: str) -> str:
    """The digest of a secret's SOPS file; Misuse when there is none."""
    raw = tree.bytes_at(sealed_beside(path))
    if raw is None:
        raise Misuse.of("trust/sealed-missing", Place(sealed_beside(path)))
    return sha512(raw)


def payload_digests(tree: Listing, path: str) -> dict[str, str]:
    """Path below the release's folder → digest, of every file that is payload; Misuse when one is too large."""
    folder = path.rpartition("/")[0]
    digests: dict[str, str] = {}
    for one in _below(tree, folder):
        if is_payload(one):
            raw = tree.bytes_at(one)
            if raw is None:
                raise Misuse.of("author/not-a-file", Place(one))
            if len(raw) > LARGEST_PAYLOAD:
                raise Misuse.of("trust/payload-too-large", Place(one), size=len(raw), limit=LARGEST_PAYLOAD)
            digests[one.removeprefix(f"{folder}/")] = sha512(raw)
    return digests


def _below(tree: Listing, folder: str) -> Iterator[str]:
    for entry in tree.folder(folder):
        path = f"{folder}/{entry.name}"
        yield from _below(tree, path) if entry.is_folder else (path,)


def _stale(tree: Listing, stamped: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """Signatures that don't fit the bytes any more (D2); those of co-signers that do stay."""
    return {
        one: None
        for path, raw in stamped.items()
        for one in sidecars_of(tree, path)
        if not fits(tree.bytes_at(one), raw)
    }


def fits(armored: bytes | None, raw: bytes) -> bool:
    """Tell whether a signature was made over these bytes, by whatever key."""
    try:
        return armored is not None and bool(check_any(armored, raw, DOCUMENT_NAMESPACE))
    except SigError:
        return False
