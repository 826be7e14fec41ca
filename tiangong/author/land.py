"""From a draft to a commit: sign, write, stage exactly what was signed, commit with git, push. All of it or nothing.

What is committed are the signed bytes themselves, whatever git's filters would make of the files; hooks, identity and
commit signing are the person's own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tiangong.author.clone import Clone
from tiangong.author.draft import Draft
from tiangong.author.push import Target, push_to, target_of
from tiangong.author.savepoint import only_one, savepoint
from tiangong.author.staging import Blobs, index_from, stage, stage_as_git_does, staged_paths, store, write_tree
from tiangong.errors import Failed, Misuse, Place, problem


@dataclass(frozen=True, slots=True)
class Extent:
    """What a commit takes besides the draft.

    `staged`: everything else that is staged; `also`: paths git stages itself; `merged`: tree of a merge that was made
    in memory, with `onto`, the commit it brings in.
    """

    staged: bool = False
    also: tuple[str, ...] = ()
    onto: str = ""
    merged: str = ""


ALONE = Extent()
Along = Callable[[str], Sequence[str]]
"""from the commit that was made to further refspecs for its push, all or none of which the remote takes"""


@dataclass(frozen=True, slots=True)
class Landed:
    """What came of it.

    `pushed`: `remote/branch`, None when it wasn't asked for; `next`: how git goes on when it had stopped in something.
    """

    commit: str
    branch: str | None
    pushed: str | None
    next: str | None = None


def land(
    clone: Clone,
    draft: Draft,
    message: str,
    *,
    push: bool | Along = False,
    branch: str | None = None,
    extent: Extent = ALONE,
) -> Landed:
    """Sign a draft and commit it, on a new branch when one is named. `push`: whether, or what goes along with it.

    Failed or Misuse when that can't be done; then files, index and branches are as they were. A push that fails raises
    Failed or Away with the commit made.
    """
    target, here = _check(clone, extent, branch, push=push is not False), clone.branch
    files = draft.sign()
    touched = [path for path in files if path not in draft.index_only]
    new = f"refs/heads/{branch}" if branch not in (None, here) else None
    with only_one(clone):
        draft.check_unchanged(clone.on_disk)
        if clone.branch != here:
            raise Failed.of("author/switched-meanwhile")
        with savepoint(clone, [*touched, *_brought(clone, extent)], new):
            if new:
                _switch(clone, new)
            for path in touched:
                clone.write(path, files[path])
            commit = _commit(clone, files, message, extent)
    also = push(commit) if callable(push) else ()
    pushed = push_to(clone, target, *also) if target else None
    return Landed(commit, clone.branch, pushed, clone.goes_on_with)


# ── before anything is touched ───────────────────────────────────────────────────────────────────────────────────
def _check(clone: Clone, extent: Extent, branch: str | None, *, push: bool) -> Target | None:
    """Everything that would stop it later and can be known now, before anybody types a passphrase."""
    if clone.asks("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT") is None:
        raise Misuse.of("author/no-identity")
    if clone.stopped and not extent.staged:
        raise Misuse.of("author/stopped", what=clone.stopped)
    if branch is not None and clone.asks("check-ref-format", "--branch", branch) is None:
        raise Misuse.of("author/bad-branch", branch=branch)
    if branch not in (None, clone.branch) and clone.commit_id(f"refs/heads/{branch}"):
        raise Misuse.of("author/branch-exists", branch=branch)
    here = branch or clone.branch
    if here is None and (push or not clone.stopped):
        raise Misuse.of("author/detached")
    return target_of(clone, here) if push and here else None


def _brought(clone: Clone, extent: Extent) -> list[str]:
    """Files of the work tree that a merge made in memory changes."""
    if not extent.merged:
        return []
    before = clone.head or ""
    return [p for p in clone.git("diff-tree", "-r", "-z", "--name-only", before, extent.merged).split("\0") if p]


def _switch(clone: Clone, ref: str) -> None:
    """Make the branch and go there; the files stay as they are."""
    if clone.head:
        clone.git("update-ref", ref, clone.head, "")
    clone.git("symbolic-ref", "HEAD", ref)


# ── the commit ───────────────────────────────────────────────────────────────────────────────────────────────────
def _commit(clone: Clone, files: Mapping[str, bytes | None], message: str, extent: Extent) -> str:
    blobs = store(clone, files)
    stage(clone, blobs)
    if extent.merged:
        _take_merge(clone, blobs, extent)
    stage_as_git_does(clone, extent.also)
    mine = {*files, *extent.also}
    if extent.staged or staged_paths(clone) <= mine:
        _run(clone, message, extent.onto)
    else:
        with index_from(clone, clone.head) as index:
            stage(clone, blobs, index)
            stage_as_git_does(clone, extent.also, index)
            _run(clone, message, "", index)
    commit = clone.head or ""
    changed = [path for path, blob in blobs.items() if clone.blob_at(commit, path) != (blob and str(blob))]
    Failed.when_any(problem("author/hook-changed", Place(path)) for path in changed)
    return commit


def _run(clone: Clone, message: str, onto: str, index: Path | None = None) -> None:
    if len(clone.parents) < 2 and not staged_paths(clone, index):
        if clone.head == onto:
            return  # the other line has just my edits: it is taken as it is
        raise Misuse.of("author/nothing")
    clone.git("commit", "--quiet", "--message", message, index=index)


def _take_merge(clone: Clone, blobs: Blobs, extent: Extent) -> None:
    """Bring a merged tree into index and work tree, and tell git that a merge is under way.

    In this order: whoever pulls the plug in between finds the right files staged, never the wrong parents.
    """
    before = clone.head or ""
    with index_from(clone, extent.merged) as index:
        stage(clone, blobs, index)
        tree = write_tree(clone, index)
    clone.git("read-tree", "-m", "-u", before, tree)
    if clone.is_ancestor(before, extent.onto):
        clone.git("update-ref", "-m", "tiangong commit --onto", "HEAD", extent.onto, before)
        return
    (clone.git_dir / "MERGE_MODE").write_text("no-ff")
    (clone.git_dir / "MERGE_HEAD").write_text(extent.onto + "\n")
