"""From a draft to a commit: sign, write, stage exactly what was signed, commit with git, push. All of it or nothing.

What is committed are the signed bytes themselves, whatever git's filters would make of the files; hooks, identity and
commit signing are the person's own.
"""

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pygit2

from tiangong.author.clone import Clone
from tiangong.author.draft import Draft
from tiangong.author.push import Target, push_to, target_of
from tiangong.author.savepoint import savepoint
from tiangong.errors import Failed, Misuse, Place, Problem, problem

FILE, PROGRAM = 0o100644, 0o100755
ADD = ("--literal-pathspecs", "add", "--update", "--pathspec-from-file=-", "--pathspec-file-nul")


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


@dataclass(frozen=True, slots=True)
class Landed:
    """What came of it. `pushed`: `remote/branch`, None when it wasn't asked for; `stopped`: what git is still in."""

    commit: str
    branch: str | None
    pushed: str | None
    stopped: str | None = None


def land(
    clone: Clone, draft: Draft, message: str, *, push: bool = False, branch: str | None = None, extent: Extent = ALONE
) -> Landed:
    """Sign a draft and commit it, on a new branch when one is named.

    Failed or Misuse when that can't be done; then files, index and branches are as they were. A push that fails raises
    Failed or Away with the commit made.
    """
    target = _check(clone, extent, branch, push=push)
    files = draft.sign()
    draft.check_unchanged(clone.on_disk)
    touched = [path for path in files if path not in draft.index_only]
    new = f"refs/heads/{branch}" if branch not in (None, clone.branch) else None
    with savepoint(clone, [*touched, *_brought(clone, extent)], new):
        if new:
            _switch(clone, new)
        for path in touched:
            clone.write(path, files[path])
        commit = _commit(clone, files, message, extent)
    pushed = push_to(clone, target) if target else None
    return Landed(commit, clone.branch, pushed, clone.stopped)


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
    blobs = {path: None if raw is None else clone.objects.create_blob(raw) for path, raw in files.items()}
    entries = b"".join(_entries(clone, blobs))
    if extent.merged:
        _take_merge(clone, entries, extent)
    clone.git("update-index", "-z", "--index-info", feed=entries)
    _add(clone, extent, None)
    with tempfile.TemporaryDirectory(prefix="index-", dir=clone.private) as folder:
        index = None if extent.staged else _index_of(clone, Path(folder) / "index", entries, extent)
        if clone.stopped != "merge" and not clone.git("diff", "--cached", "-z", "--name-only", index=index):
            raise Misuse.of("author/nothing")
        clone.git("commit", "--quiet", "--message", message, index=index)
    commit = clone.head or ""
    changed = [path for path, blob in blobs.items() if clone.blob_at(commit, path) != (blob and str(blob))]
    Failed.when_any(_changed_by_hook(path) for path in changed)
    return commit


def _entries(clone: Clone, blobs: Mapping[str, pygit2.Oid | None]) -> Iterator[bytes]:
    """Lines of `git update-index -z --index-info`; removing first also ends a stopped merge of that path."""
    nothing = "0" * 40
    for path, blob in blobs.items():
        yield f"0 {nothing}\t{path}\0".encode()
        if blob is not None:
            yield f"{_mode(clone, path):o} {blob}\t{path}\0".encode()


def _mode(clone: Clone, path: str) -> int:
    """A file stays the program it was; on file systems that can't say, as git last knew it."""
    found = clone.root / path
    if clone.config("core.filemode") != "false" and found.is_file():
        return PROGRAM if os.lstat(found).st_mode & stat.S_IXUSR else FILE
    before = clone.entry_mode(path)
    return before if before in (FILE, PROGRAM) else FILE


def _index_of(clone: Clone, index: Path, entries: bytes, extent: Extent) -> Path | None:
    """An index that holds HEAD and this draft only, when something else is staged; None when nothing is."""
    mine = {line.split(b"\t")[1].decode() for line in entries.split(b"\0") if line} | set(extent.also)
    staged = {path for path in clone.git("diff", "--cached", "-z", "--name-only", "--no-renames").split("\0") if path}
    if staged <= mine:
        return None
    clone.git("read-tree", "HEAD" if clone.head else "--empty", index=index)
    clone.git("update-index", "-z", "--index-info", feed=entries, index=index)
    _add(clone, extent, index)
    return index


def _add(clone: Clone, extent: Extent, index: Path | None) -> None:
    if extent.also:
        names = b"".join(path.encode() + b"\0" for path in extent.also)
        clone.git(*ADD, feed=names, index=index)


def _take_merge(clone: Clone, entries: bytes, extent: Extent) -> None:
    """Bring a merged tree into index and work tree, and tell git that a merge is under way.

    In this order: whoever pulls the plug in between finds the right files staged, never the wrong parents.
    """
    before = clone.head or ""
    clone.git("update-index", "-z", "--index-info", feed=entries)
    clone.git("read-tree", "-m", "-u", before, extent.merged)
    if clone.is_ancestor(before, extent.onto):
        clone.git("update-ref", "-m", "tiangong commit --onto", "HEAD", extent.onto, before)
        return
    (clone.git_dir / "MERGE_MODE").write_text("no-ff")
    (clone.git_dir / "MERGE_HEAD").write_text(extent.onto + "\n")


def _changed_by_hook(path: str) -> Problem:
    return problem("author/hook-changed", Place(path))
