"""The chain of trust roots (R1): from the pinned one, each next one signed by the thresholds of both."""

from dataclasses import dataclass
from datetime import datetime

from tiangong.errors import Place, Problem, Refused, problem
from tiangong.model.policy import TrustRoot
from tiangong.model.stages import Kept, Memory, Pins, Refusal, Tree
from tiangong.trust.authority import judge_quorum, quorum_ring
from tiangong.trust.marks import judge_mark, kept_of, same_bytes
from tiangong.trust.reading import Cache, Checked, checked, file_at, read, refused

LARGEST = 64 * 1024
LONGEST_CHAIN = 1024


@dataclass(frozen=True, slots=True)
class Root:
    """The newest trusted root."""

    document: TrustRoot
    digest: str
    kept: tuple[Kept, ...]

    @property
    def version(self) -> int:
        """Its number."""
        return self.document.spec.version


def root_path(version: int) -> str:
    """Where a version of the root stands."""
    return f"trust/root/{version}.yaml"


def follow(tree: Tree, pins: Pins, memory: Memory | None, cache: Cache, refusals: list[Refusal]) -> Root:
    """Return the newest root the chain leads to; Refused when the pinned or remembered one isn't there."""
    version, digest = (memory.root_version, memory.root_digest) if memory else (pins.root_version, pins.root_digest)
    here = _pinned(tree, version, digest, memory, cache, refusals)
    chain = [here]
    for _ in range(LONGEST_CHAIN):
        step = _next(tree, chain[-1], pins.repo, cache, refusals)
        if step is None:
            break
        chain.append(step)
    newest = chain[-1]
    assert isinstance(newest.document, TrustRoot)  # noqa: S101 -- kind and path were checked
    return Root(newest.document, newest.digest, tuple(kept_of(link, ()) for link in chain))


def expired(root: Root, now: datetime) -> Problem | None:
    """Expiry counts on the newest root only."""
    until = root.document.spec.expires
    if until is None or now < until:
        return None
    return problem("trust/root-expired", Place(root_path(root.version)), until=until.isoformat())


def _pinned(
    tree: Tree, version: int, digest: str, memory: Memory | None, cache: Cache, refusals: list[Refusal]
) -> Checked:
    path = root_path(version)
    found = _read_root(tree, path, cache, refusals)
    if isinstance(found, Checked) and found.digest == digest:
        return found
    kept = memory.kept.get(path) if memory else None
    remembered = checked(path, kept.raw, ()) if kept and same_bytes(kept) and kept.digest == digest else None
    if not isinstance(remembered, Checked):
        raise Refused.of("trust/root-mismatch", Place(path), expected=digest[:20], repo="")
    refusals.append(refused(path, problem("trust/root-replaced", Place(path))))
    return remembered


def _next(tree: Tree, before: Checked, repo: str, cache: Cache, refusals: list[Refusal]) -> Checked | None:
    assert isinstance(before.document, TrustRoot)  # noqa: S101
    path = root_path(before.document.spec.version + 1)
    found = _read_root(tree, path, cache, refusals)
    if not isinstance(found, Checked):
        return None
    why = judge_mark(found, repo, None) or _links(before.document, found)
    if why:
        refusals.append(refused(path, why))
        return None
    return found


def _links(before: TrustRoot, found: Checked) -> Problem | None:
    """Both thresholds must have signed, and the number must be exactly one higher."""
    after = found.document
    if not isinstance(after, TrustRoot) or after.spec.version != before.spec.version + 1:
        return problem("trust/root-number", Place(found.path))
    for root in (before, after):
        ring, problems = quorum_ring(root.spec.root, found.path)
        if problems:
            return problems[0]
        verdict = judge_quorum(found, root.spec.root, ring, "root")
        if isinstance(verdict, Problem):
            return verdict
    return None


def _read_root(tree: Tree, path: str, cache: Cache, refusals: list[Refusal]) -> Checked | None:
    file = file_at(tree, path, refusals)
    if file is None:
        return None
    if tree.size(file.entry) > LARGEST:
        refusals.append(
            refused(path, problem("document/too-large", Place(path), size=tree.size(file.entry), limit=LARGEST))
        )
        return None
    found = read(tree, file, cache)
    if isinstance(found, tuple):
        refusals.extend(refused(path, why) for why in found)
        return None
    if not isinstance(found.document, TrustRoot) or found.document.metadata.name != str(found.document.spec.version):
        refusals.append(refused(path, problem("trust/root-number", Place(path))))
        return None
    return found
