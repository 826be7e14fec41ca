"""What an agent would refuse of a commit, of what is staged, or of the work tree; CI's required check."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tiangong.author.clone import Clone
from tiangong.author.draft import fits, sidecars_of
from tiangong.author.listing import Listing
from tiangong.documents.paths import kind_at
from tiangong.documents.strict import load
from tiangong.errors import Misuse, Place, Problem, Refused, problem
from tiangong.model.stages import Pins
from tiangong.trust.audit import audit, found_pins

MAIN = "main"


@dataclass(frozen=True, slots=True)
class Checked:
    """`refused`: what an agent would refuse. `gone`: documents that were deleted since the commits before."""

    documents: int
    refused: tuple[Problem, ...]
    gone: tuple[str, ...]


def check_commit(clone: Clone, revision: str, now: datetime) -> Checked:
    """Check a commit against its parents and against main; Misuse when there is no such commit."""
    commit = clone.commit_id(revision)
    if commit is None:
        raise Misuse.of("author/no-commit", revision=revision)
    return _check(clone, clone.tree(commit), [*clone.parents_of(commit), *_forks(clone, commit)], now)


def check_files(clone: Clone, now: datetime, *, staged: bool) -> Checked:
    """Check what is staged, or the work tree, against what the next commit descends from and against main."""
    tree = clone.index() if staged else clone.work()
    forks = _forks(clone, clone.head) if clone.head else []
    return _check(clone, tree, [*clone.parents, *forks], now)


def _forks(clone: Clone, commit: str) -> list[str]:
    """Where a commit left main: agents have accepted what was there."""
    names = (f"refs/remotes/{name}/{MAIN}" for name in clone.remotes)
    tips = [tip for name in (*names, f"refs/heads/{MAIN}") if (tip := clone.commit_id(name))]
    return [fork for tip in tips if (fork := clone.merge_base(commit, tip)) and fork != commit]


def _check(clone: Clone, tree: Listing, bases: Sequence[str], now: datetime) -> Checked:
    before = [clone.tree(base) for base in dict.fromkeys(bases)]
    found = [refusal.problem for refusal in audit(tree, _pins(before), now)]
    refused = {(p.place.path if p.place else "", p.code): p for p in (*found, *_older(tree, before))}
    gone = {path for base in before for path in base.files if kind_at(path) and tree.entry(path) is None}
    return Checked(sum(kind_at(path) is not None for path in tree.files), tuple(refused.values()), tuple(sorted(gone)))


def _pins(before: Sequence[Listing]) -> Pins | None:
    """The root agents were told to trust, as it was before this change; None when this is the first commit."""
    for tree in before:
        try:
            return found_pins(tree)
        except Refused:
            continue
    return None


def _older(tree: Listing, before: Sequence[Listing]) -> Iterator[Problem]:
    """Documents that changed without becoming newer than a signed version before them (R12)."""
    for base in before:
        for path, ref in base.files.items():
            there = tree.files.get(path)
            if there and kind_at(path) and not (ref.blob and ref.blob == there.blob):
                yield from _step_back(path, base, tree)


def _step_back(path: str, base: Listing, tree: Listing) -> Iterator[Problem]:
    old, raw = base.bytes_at(path), tree.bytes_at(path)
    if old is None or raw is None or old == raw:
        return
    if not any(fits(base.bytes_at(one), old) for one in sidecars_of(base, path)):
        return
    now, then = _generation(raw), _generation(old)
    if then and now is not None and now <= then:
        code = "trust/rollback" if now < then else "trust/equivocation"
        yield problem(code, Place(path), found=now, accepted=then, generation=then)


def _generation(raw: bytes) -> int | None:
    try:
        metadata = load(raw, "").data.get("metadata")
    except Misuse:
        return None
    found = metadata.get("generation") if isinstance(metadata, dict) else None
    return found if isinstance(found, int) else None
