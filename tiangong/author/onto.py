"""Bringing two lines of work together without a document nobody signed (D2): what git can't merge is replayed by field.

From a branch of one's own everything is done in memory, and lands at once or not at all. Where git has stopped in a
merge, rebase or cherry-pick, what it left is resolved in place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pygit2

from tiangong.author.choose import Choice, is_signed
from tiangong.author.clone import Clone
from tiangong.author.draft import fits
from tiangong.author.land import Extent
from tiangong.author.listing import Listing
from tiangong.author.replay import Replayed, Versions, marker_line, replay
from tiangong.author.staging import index_from, stage, stage_as_git_does, store, write_tree
from tiangong.documents.parse import parse
from tiangong.documents.paths import is_ours, kind_at, signed_by
from tiangong.errors import Failed, Misuse, Place, problem


@dataclass(frozen=True, slots=True)
class Resolved:
    """Everything put together, not yet stamped and signed.

    `tree`: all files; `documents`: those to be stamped where needed; `files`: what is written as it is; `newer`: the
    commit my edits were put on; `tips`: what the commit will descend from.
    """

    tree: Listing
    documents: tuple[str, ...]
    files: Mapping[str, bytes | None]
    newer: str
    tips: tuple[str, ...]
    extent: Extent
    index_only: frozenset[str] = frozenset()
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """One path that git could not merge: the blob where the lines parted, mine and the newer one."""

    base: str | None
    mine: str | None
    theirs: str | None

    def versions(self, clone: Clone, path: str) -> Versions:
        """The bytes of the three."""
        return Versions(path, *(clone.blob(blob) if blob else None for blob in (self.base, self.mine, self.theirs)))


def fetch_onto(clone: Clone, name: str) -> None:
    """Ask the remote for the newest of a branch; Failed when that can't be done."""
    if upstream := _upstream(clone, name):
        clone.git("fetch", "--quiet", *upstream.split("/", 1))


def _upstream(clone: Clone, name: str) -> str | None:
    """The remote's branch that a name stands for, such as `origin/main`."""
    return name if name.startswith(tuple(f"{remote}/" for remote in clone.remotes)) else clone.upstream(name)


def find_onto(clone: Clone, name: str) -> tuple[str, str]:
    """The commit a name stands for, and how people know it: of a branch its upstream, when that is newer."""
    upstream = _upstream(clone, name)
    here, there = clone.commit_id(name), clone.commit_id(f"refs/remotes/{upstream}") if upstream else None
    if there and (here is None or name == clone.branch or clone.is_ancestor(here, there)):
        return there, upstream or name
    if here is None:
        raise Misuse.of("author/no-branch", branch=name)
    return here, name


# ── from a branch of one's own ───────────────────────────────────────────────────────────────────────────────────
def merge_in_memory(clone: Clone, choice: Choice, onto: str, label: str) -> Resolved:
    """Put HEAD and what is chosen together with another commit; nothing is touched.

    Failed with every field both changed: then a clean work tree is left in a merge for a person to decide in, and one
    with edits as it was. Misuse when other files conflict.
    """
    head = clone.head or ""
    base = clone.merge_base(head, onto)
    if base is None:
        raise Misuse.of("author/unrelated", label=label)
    mine = _tree_with(clone, choice)
    index = clone.merge_trees(base, mine, onto)
    conflicts = dict(_conflicts(index))
    _refuse_others(conflicts)
    done = {path: replay(clone, conflicts[path].versions(clone, path), label) for path in conflicts if kind_at(path)}
    if any(one.problems for one in done.values()):
        _stop(clone, choice, done, onto, label)
    tree = clone.listing_of(index, conflicts).with_files({path: one.raw for path, one in done.items()})
    signatures = dict(_signatures(clone, conflicts, tree))
    for path in list(conflicts):
        del index.conflicts[path]
    merged = str(index.write_tree(clone.objects))
    tree = tree.with_files(signatures)
    plain = {path: tree.bytes_at(path) for path in choice.changed if not (kind_at(path) and tree.entry(path))}
    also, index_only = _also(clone, choice, mine, merged)
    mine_since = _signed_since(clone, tree, base, mine)
    return Resolved(
        tree,
        tuple(dict.fromkeys([*(p for p in choice.documents if tree.entry(p)), *done, *mine_since])),
        {**plain, **choice.files_gone, **signatures, **also},
        onto,
        (head, onto),
        Extent(staged=True, onto=onto, merged=merged),
        index_only,
    )


def _tree_with(clone: Clone, choice: Choice) -> str:
    """HEAD with what is chosen, as a tree."""
    if choice.staged:
        return write_tree(clone)
    with index_from(clone, clone.head) as index:
        stage(clone, store(clone, {path: choice.bytes_of(path) for path in choice.changed}), index)
        stage_as_git_does(clone, choice.also, index)
        return write_tree(clone, index)


def _also(clone: Clone, choice: Choice, mine: str, merged: str) -> tuple[dict[str, bytes | None], frozenset[str]]:
    """Other files I changed: where nobody else did, the work tree stays as it is."""
    found: dict[str, bytes | None] = {}
    same = set()
    for path in choice.also:
        blob = clone.blob_at(merged, path)
        found[path] = clone.blob(blob) if blob else None
        if blob == clone.blob_at(mine, path):
            same.add(path)
    return found, frozenset(same | choice.index_only)


def _conflicts(index: pygit2.Index) -> Iterator[tuple[str, Sides]]:
    for entries in index.conflicts or ():
        path = next(entry.path for entry in entries if entry is not None)
        yield path, Sides(*(str(entry.id) if entry is not None else None for entry in entries))


def _stop(clone: Clone, choice: Choice, done: Mapping[str, Replayed], onto: str, label: str) -> None:
    """Let a person decide: in a merge that stopped, as git does it, unless it held edits that are nowhere else."""
    problems = [found for one in done.values() for found in one.problems]
    if not choice.is_empty:
        raise Failed(*problems, problem("author/commit-first", label=label))
    clone.asks("merge", "--no-commit", "--no-ff", onto)
    if clone.stopped != "merge":
        raise Failed(*problems, problem("author/merge-yourself", label=label))
    for one in done.values():
        if one.marked is not None:
            clone.write(one.path, one.marked)
    raise Failed(*problems, problem("author/decide", label=label))


# ── where git has stopped ────────────────────────────────────────────────────────────────────────────────────────
def resolve_stopped(clone: Clone, label: str) -> Resolved:
    """Put together what git left in a stopped merge, rebase or cherry-pick.

    Failed with every field both changed; the documents then show both ways to write it. Misuse when other files are
    still to be resolved.
    """
    conflicts = clone.unmerged(mine=2 if clone.stopped == "merge" else 3)
    sides = {path: Sides(*blobs) for path, blobs in conflicts.items()}
    _refuse_others(sides)
    done = {path: _decided(clone, path, sides[path], label) for path in sides if kind_at(path)}
    problems = [found for one in done.values() for found in one.problems]
    if problems:
        for one in done.values():
            if one.marked is not None:
                clone.write(one.path, one.marked)
        raise Failed(*problems, problem("author/decide", label=label))
    tree = clone.index().with_files({path: one.raw for path, one in done.items()})
    signatures = dict(_signatures(clone, sides, tree))
    tree = tree.with_files(signatures)
    tips = clone.parents
    changed = [c.path for c in clone.status() if c.is_staged and c.path not in sides and kind_at(c.path)]
    mine = [path for path in changed if tree.entry(path) and not _is_theirs(clone, tree, path, tips[1:])]
    if len(tips) > 1 and (base := clone.merge_base(*tips[:2])):
        mine += _signed_since(clone, tree, base, tips[0])
    extent = Extent(staged=True)
    return Resolved(tree, tuple(dict.fromkeys([*done, *mine])), signatures, tips[-1] if tips else "", tips, extent)


def _is_theirs(clone: Clone, tree: Listing, path: str, others: tuple[str, ...]) -> bool:
    """Tell whether a document is just what the other side has."""
    return any(clone.blob_at(other, path) == tree.files[path].blob for other in others)


def _decided(clone: Clone, path: str, sides: Sides, label: str) -> Replayed:
    """A document a person has put right already, or my edits replayed."""
    versions = sides.versions(clone, path)
    work = clone.work_text(path)
    mark = marker_line(work) if work is not None else None
    if mark is None:
        if work is None or versions.mine is None or versions.theirs is None or clone.merges_as_binary(path):
            return _undecided(clone, versions, work, label)
        parse(work, path)
        return Replayed(path, work)
    done = replay(clone, versions, label)
    if work == done.marked or _is_as_git_left_it(work or b"", versions):
        return done
    return Replayed(path, None, (problem("author/markers-left", Place(path, mark)),))


def _undecided(clone: Clone, versions: Versions, work: bytes | None, label: str) -> Replayed:
    """Nothing in the work tree says what a person wants: no markers where a side is gone, or for binaries."""
    if work is None and versions.mine is not None and versions.theirs is not None:
        return Replayed(versions.path, None, (problem("author/clash-deleted", Place(versions.path)),))
    return replay(clone, versions, label)


def _is_as_git_left_it(work: bytes, versions: Versions) -> bool:
    """Tell whether a file with markers holds no line that somebody typed since."""
    known = {line for raw in (versions.base, versions.mine, versions.theirs) if raw for line in raw.split(b"\n")}
    lines = (line.rstrip(b"\r") for line in work.split(b"\n"))
    return all(line in known or line[:7] in MARKERS for line in lines)


MARKERS = (b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>")


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _refuse_others(conflicts: Mapping[str, Sides]) -> None:
    """Files that are neither documents nor signatures are git's to merge."""
    others = [path for path in conflicts if kind_at(path) is None and not (is_ours(path) and signed_by(path))]
    Misuse.when_any(problem("author/other-conflict", Place(path)) for path in others)


def _signatures(clone: Clone, conflicts: Mapping[str, Sides], tree: Listing) -> Iterator[tuple[str, bytes | None]]:
    """Of signatures that both sides changed, the one that fits the document as it is now."""
    for path, sides in conflicts.items():
        claimed = signed_by(path)
        if kind_at(path) is None and claimed:
            raw = tree.bytes_at(claimed[0])
            blobs = (blob for blob in (sides.theirs, sides.mine, sides.base) if blob)
            found = (clone.blob(blob) for blob in blobs)
            yield path, next((one for one in found if raw is not None and fits(one, raw)), None)


def _signed_since(clone: Clone, tree: Listing, base: str, mine: str) -> list[str]:
    """Documents I changed and signed since the lines parted: the other line may have had one as new as that (R12)."""
    names = clone.git("diff-tree", "-r", "-z", "--name-only", "--no-renames", base, mine).split("\0")
    return [path for path in names if kind_at(path) and tree.entry(path) and is_signed(tree, path)]
