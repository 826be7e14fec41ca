"""Putting exact bytes into an index, the clone's own or one made for a moment, past all filters of git."""

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pygit2

from tiangong.author.clone import Clone

FILE, PROGRAM = 0o100644, 0o100755
NOTHING = "0" * 40
ADD = ("--literal-pathspecs", "add", "--update", "--pathspec-from-file=-", "--pathspec-file-nul")

Blobs = Mapping[str, pygit2.Oid | None]
"""path → the id of its bytes; None removes it"""


def store(clone: Clone, files: Mapping[str, bytes | None]) -> dict[str, pygit2.Oid | None]:
    """Keep the bytes of files in the repository."""
    return {path: None if raw is None else clone.objects.create_blob(raw) for path, raw in files.items()}


def stage(clone: Clone, blobs: Blobs, index: Path | None = None) -> None:
    """Put bytes into an index, or take paths out of it; a stopped merge of these paths is over then."""
    if blobs:
        clone.git("update-index", "-z", "--index-info", feed=b"".join(_lines(clone, blobs)), index=index)


def stage_as_git_does(clone: Clone, paths: Iterable[str], index: Path | None = None) -> None:
    """Let git itself stage files it knows, with its filters."""
    if names := b"".join(path.encode() + b"\0" for path in paths):
        clone.git(*ADD, feed=names, index=index)


def staged_paths(clone: Clone, index: Path | None = None) -> set[str]:
    """What differs between an index and HEAD."""
    names = clone.git("diff", "--cached", "-z", "--name-only", "--no-renames", index=index).split("\0")
    return {name for name in names if name}


@contextmanager
def index_from(clone: Clone, tree: str | None) -> Iterator[Path]:
    """An index of its own that holds a tree; None = nothing."""
    clone.private.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="index-", dir=clone.private) as folder:
        index = Path(folder) / "index"
        clone.git("read-tree", tree or "--empty", index=index)
        yield index


def write_tree(clone: Clone, index: Path | None = None) -> str:
    """The tree an index stands for."""
    return clone.git("write-tree", index=index).strip()


def _lines(clone: Clone, blobs: Blobs) -> Iterator[bytes]:
    """Lines of `git update-index --index-info`; removing first also ends a stopped merge of that path."""
    known: dict[str, tuple[int, str]] | None = None
    for path, blob in blobs.items():
        yield f"0 {NOTHING}\t{path}\0".encode()
        if blob is None:
            continue
        mode = _mode_on_disk(clone, path)
        if mode is None:
            known = clone.staged() if known is None else known
            mode = known.get(path, (FILE, ""))[0]
        yield f"{mode if mode in (FILE, PROGRAM) else FILE:o} {blob}\t{path}\0".encode()


def _mode_on_disk(clone: Clone, path: str) -> int | None:
    """A file stays the program it was; None on file systems that can't say: then it is as git last knew it."""
    found = clone.root / path
    if clone.config("core.filemode") == "false" or not found.is_file():
        return None
    return PROGRAM if os.lstat(found).st_mode & stat.S_IXUSR else FILE
