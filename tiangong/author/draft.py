"""What is about to be signed: documents stamped in memory, a signer for each; nothing is written before that."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tiangong.author.clone import Clone
from tiangong.author.keys import Key
from tiangong.author.listing import Listing
from tiangong.author.sign import sign_all
from tiangong.author.team import Signer, Team
from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at, names_in, sidecars, signed_by
from tiangong.documents.stamp import stamp
from tiangong.errors import Failed, Misuse, Place, Problem, problem
from tiangong.model.document import Document
from tiangong.model.environment import Suppression
from tiangong.model.policy import TrustRoot
from tiangong.model.product import Promotion, Release
from tiangong.trust.audit import LARGEST_PAYLOAD, is_payload
from tiangong.trust.roots import root_path
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, check
from tiangong.trust.wire import SigError

ONCE = ("Release", "Suppression", "TrustRoot")
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
    """Where drafts are made: the files as they will be, the versions before, the team.

    `before` returns the versions of a path the next commit descends from, the newest first, or what it was before it
    was deleted. `change` makes the random word of D2.
    """

    repo: str
    tree: Listing
    before: Callable[[str], tuple[bytes, ...]]
    team: Team
    change: Callable[[], str] = lambda: secrets.token_hex(6)
    on_disk: Callable[[str], bytes | None] | None = None
    """what the work tree holds now"""


def desk(clone: Clone, tree: Listing, team: Team) -> Desk:
    """The desk of a clone; `tree` is what its work tree holds or will hold."""
    return Desk(repo_id(tree), tree, lambda path: versions_before(clone, path), team, on_disk=clone.on_disk)


def repo_id(tree: Listing) -> str:
    """The id of the repository, as its first root has it; Misuse when there is no root yet."""
    path = root_path(1)
    raw = tree.bytes_at(path)
    document = parse(raw, path) if raw is not None else None
    if not isinstance(document, TrustRoot) or not document.metadata.repo:
        raise Misuse.of("author/no-trust", Place(path))
    return document.metadata.repo


def versions_before(clone: Clone, path: str) -> tuple[bytes, ...]:
    """The versions of a file in the commits the next one descends from; of a deleted one what it was last."""
    found = tuple(raw for parent in clone.parents if (raw := clone.read_at(parent, path)) is not None)
    if found or clone.head is None:
        return found
    gone = clone.asks("rev-list", "-1", "HEAD", "--", path)
    old = clone.read_at(before, path) if gone and (before := clone.commit_id(f"{gone}^")) else None
    return (old,) if old is not None else ()


def draft(desk: Desk, paths: Iterable[str]) -> Draft:
    """Stamp the documents at these paths of the tree and choose who signs each; Misuse with all that is wrong."""
    chosen = sorted(path for path in paths if kind_at(path) and desk.tree.entry(path))
    wrong: list[Problem] = []
    stamped: dict[str, bytes] = {}
    # A promotion names its release by the digest of its final bytes: releases come first.
    for path in sorted(chosen, key=lambda path: kind_at(path) == "Promotion"):
        try:
            stamped[path] = _stamped(desk, path, stamped)
        except Misuse as error:
            wrong.extend(error.problems)
    Misuse.when_any(wrong)
    signings = tuple(_signing(desk, path, stamped[path]) for path in chosen)
    files = _stale(desk.tree, stamped)
    seen = {path: desk.on_disk(path) for path in (*chosen, *files)} if desk.on_disk else {}
    return Draft(signings, files, seen)


def _signing(desk: Desk, path: str, raw: bytes) -> Signing:
    document = parse(raw, path)
    return Signing(path, raw, document, *desk.team.signer_for(path, document))


def _stamped(desk: Desk, path: str, stamped: Mapping[str, bytes]) -> bytes:
    """The document as it will be signed: untouched when it is as it was committed, else with a new generation."""
    raw = desk.tree.bytes_at(path)
    if raw is None:
        raise Misuse.of("author/not-a-file", Place(path))
    document = parse(raw, path)
    before = desk.before(path)
    if raw in before and document.metadata.repo == desk.repo and document.metadata.generation:
        return raw
    newest = max((_generation(old, path) for old in before), default=0)
    if newest and document.kind in ONCE:
        _refuse_edit(path, document)
    generation = newest + 1
    digests = _digests(desk.tree, path, document, stamped)
    return stamp(raw, path, repo=desk.repo, generation=generation, change=desk.change(), digests=digests)


def _refuse_edit(path: str, document: Document) -> None:
    if isinstance(document, Release):
        raise Misuse.of("author/release-published", Place(path), release=document.metadata.name)
    if isinstance(document, Suppression):
        raise Misuse.of("author/suppression-written", Place(path), name=document.metadata.name)
    raise Misuse.of("author/root-published", Place(path), next=int(document.metadata.name) + 1)


def _generation(raw: bytes, path: str) -> int:
    """The generation of an older version; 0 when it can't be read, for then no agent accepted it."""
    try:
        return parse(raw, path).metadata.generation or 0
    except Misuse:
        return 0


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
    return {}


def payload_digests(tree: Listing, path: str) -> dict[str, str]:
    """Path below the release's folder → digest, of every file that is payload; Misuse when one is too large."""
    folder = path.rpartition("/")[0] + "/"
    digests: dict[str, str] = {}
    for one in sorted(tree.files):
        if one.startswith(folder) and is_payload(one):
            raw = tree.bytes_at(one)
            if raw is None:
                raise Misuse.of("author/not-a-file", Place(one))
            if len(raw) > LARGEST_PAYLOAD:
                raise Misuse.of("trust/payload-too-large", Place(one), size=len(raw), limit=LARGEST_PAYLOAD)
            digests[one.removeprefix(folder)] = sha512(raw)
    return digests


def _stale(tree: Listing, stamped: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """Signatures that don't fit the bytes any more (D2); those of co-signers that do stay."""
    stale: dict[str, bytes | None] = {}
    for path in tree.files:
        claimed = signed_by(path)
        if claimed and claimed[0] in stamped and not _fits(tree.bytes_at(path), stamped[claimed[0]]):
            stale[path] = None
    return stale


def _fits(armored: bytes | None, raw: bytes) -> bool:
    try:
        return armored is not None and bool(check(armored, raw, DOCUMENT_NAMESPACE))
    except SigError:
        return False
