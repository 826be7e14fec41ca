"""The chain of trust roots (R1): from the pinned one, each next one signed by the thresholds of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tiangong.documents.paths import kind_at, names_in
from tiangong.errors import Place, Problem, Refused, problem
from tiangong.model.policy import TrustRoot
from tiangong.model.stages import Kept, Memory, Pins
from tiangong.trust.authority import judge_quorum, quorum_ring, shared_key
from tiangong.trust.marks import judge_mark, kept_of, same_bytes
from tiangong.trust.reading import Files, Found, refused, remarked

LARGEST = 64 * 1024
LONGEST_CHAIN = 1024
FOLDER = "trust/root"


@dataclass(frozen=True, slots=True)
class Root:
    """The newest trusted root."""

    document: TrustRoot
    digest: str
    kept: tuple[Kept, ...]
    known: Mapping[str, int] = field(default_factory=dict)
    """the mark resets that were carried out before, when an older root was the newest one"""

    def marks(self, kept: Mapping[str, Kept]) -> dict[str, Kept]:
        """What is remembered, with this root's new resets carried out (R12).

        A mark beyond the last good generation goes back to it, without the bytes; who has no mark yet starts there.
        """
        resets = self.document.spec.reset_marks
        back = {path: good for path, good in resets.items() if _goes_back(kept.get(path), good, self.known.get(path))}
        return {**kept, **{path: _blank(path, good) for path, good in back.items()}}

    @property
    def version(self) -> int:
        """Its number."""
        return self.document.spec.version


@dataclass(frozen=True, slots=True)
class _Link:
    """One root of the chain."""

    document: TrustRoot
    kept: Kept


def _goes_back(kept: Kept | None, good: int, known: int | None) -> bool:
    return kept is None or (kept.generation > good and known != good)


def _blank(path: str, generation: int) -> Kept:
    """A mark of which only the number is known."""
    kind = kind_at(path) or ""
    return Kept(path, kind, names_in(kind, path).get("name", "") if kind else "", generation, "", b"", ())


def root_path(version: int) -> str:
    """Where a version of the root stands."""
    return f"{FOLDER}/{version}.yaml"


def follow(files: Files, pins: Pins, memory: Memory | None) -> Root:
    """Return the newest root the chain leads to; Refused when the pinned or remembered one isn't there."""
    chain = [_first(files, *_start(pins, memory), memory)]
    _compare_older(files, chain[0].document.spec.version, memory)
    while len(chain) <= LONGEST_CHAIN and (step := _next(files, chain[-1], pins.repo)):
        chain.append(step)
    newest = chain[-1]
    _report_unlinked(files, newest.document.spec.version)
    known = _resets_of(files, memory, chain[0])
    return Root(newest.document, newest.kept.digest, tuple(link.kept for link in chain), known)


def _resets_of(files: Files, memory: Memory | None, first: _Link) -> Mapping[str, int]:
    """The resets of the root that was the newest one the last time."""
    if memory is None:
        return {}
    if first.document.spec.version == memory.root_version:
        return first.document.spec.reset_marks
    kept = memory.kept.get(root_path(memory.root_version))
    document = files.document(kept.path, kept.raw, kept.digest) if kept and same_bytes(kept) else None
    return document.spec.reset_marks if isinstance(document, TrustRoot) else {}


def expired(root: Root, now: datetime) -> Problem | None:
    """Expiry counts on the newest root only."""
    until = root.document.spec.expires
    if until is None or now < until:
        return None
    return problem("trust/root-expired", Place(root_path(root.version)), until=until.isoformat())


def _start(pins: Pins, memory: Memory | None) -> tuple[int, str]:
    """Where the chain starts: what is remembered, unless the host was told a newer or another root since."""
    if memory is None or pins.root_version > memory.root_version:
        return pins.root_version, pins.root_digest
    if pins.root_version == memory.root_version:
        return pins.root_version, pins.root_digest
    return memory.root_version, memory.root_digest


def _first(files: Files, version: int, digest: str, memory: Memory | None) -> _Link:
    """The root known by its digest; as it is remembered when another file stands in its place."""
    path = root_path(version)
    found = _read(files, path)
    kept = memory.kept.get(path) if memory else None
    if isinstance(found, Found) and found.digest == digest:
        link = _link(files, found, (), kept)
    else:
        if kept is None or kept.digest != digest or not same_bytes(kept):
            raise Refused(*_why_no_root(files, path, found, digest))
        files.refusals.append(refused(path, problem("trust/root-replaced", Place(path))))
        link = _link(files, Found(path, kept.raw, digest, (), ()), kept.signers, kept)
    if isinstance(link, _Link):
        return link
    raise Refused(*link)


def _why_no_root(files: Files, path: str, found: Found | Problem | None, digest: str) -> tuple[Problem, ...]:
    why = tuple(refusal.problem for refusal in files.refusals if refusal.path in (path, FOLDER, "trust"))
    if isinstance(found, Problem):
        return (found,)
    if found is None:
        return why or (problem("trust/root-missing", Place(path)),)
    return (problem("trust/root-mismatch", Place(path), expected=digest.removeprefix("sha512:")[:16]),)


def _compare_older(files: Files, version: int, memory: Memory | None) -> None:
    """Old versions of the root are never edited. Nothing rests on them any more, so this is only said."""
    for path, kept in (memory.kept if memory else {}).items():
        if kept.kind == "TrustRoot" and int(kept.name) < version:
            found = _read(files, path)
            if isinstance(found, Problem) or (found and found.digest != kept.digest):
                files.refusals.append(remarked(path, problem("trust/root-replaced", Place(path))))


def _report_unlinked(files: Files, newest: int) -> None:
    """Roots beyond the end of the chain lead nowhere; the next one has said why already."""
    for path in files.folder(FOLDER).files:
        if kind_at(path) == "TrustRoot" and path != root_path(newest + 1) and _number(path) > newest:
            files.refusals.append(remarked(path, problem("trust/root-unlinked", Place(path), newest=newest)))


def _number(path: str) -> int:
    name = path.removeprefix(f"{FOLDER}/").removesuffix(".yaml")
    return int(name) if name.isdecimal() else 0


def _next(files: Files, before: _Link, repo: str) -> _Link | None:
    path = root_path(before.document.spec.version + 1)
    found = _read(files, path)
    if found is None:
        return None
    step = _step(files, before, found, repo) if isinstance(found, Found) else (found,)
    if isinstance(step, _Link):
        return step
    files.refusals.extend(refused(path, why) for why in step)
    return None


def _step(files: Files, before: _Link, found: Found, repo: str) -> _Link | tuple[Problem, ...]:
    """Both thresholds must have signed; bytes that nobody of the root before signed are not even read."""
    signers = _signed(found, before.document, files)
    if isinstance(signers, Problem):
        return (signers,)
    link = _link(files, found, signers, None)
    if not isinstance(link, _Link):
        return link
    again = _signed(found, link.document, files)
    why = judge_mark(found, link.document, repo, None) or (again if isinstance(again, Problem) else None)
    return (why,) if why else link


def _signed(found: Found, root: TrustRoot, files: Files) -> tuple[str, ...] | Problem:
    path = root_path(root.spec.version)
    ring, problems = quorum_ring(root.spec.root, path)
    if why := shared_key(problems):
        return why
    files.refusals.extend(remarked(path, why) for why in problems)
    return judge_quorum(found, root.spec.root, ring, "root")


def _link(files: Files, found: Found, signers: tuple[str, ...], before: Kept | None) -> _Link | tuple[Problem, ...]:
    document = files.document(found.path, found.raw, found.digest)
    if isinstance(document, tuple):
        return document
    if not isinstance(document, TrustRoot):
        return (problem("trust/root-number", Place(found.path)),)
    return _Link(document, kept_of(found, document, before.signers if before else signers, before))


def _read(files: Files, path: str) -> Found | Problem | None:
    file = files.at(path)
    return files.read(file, LARGEST) if file else None
