"""A person's clone of the control repository: found as git finds its own, read with pygit2, changed with GitPython."""

import os
import stat
import tempfile
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pygit2
from pygit2.enums import MergeFlag

from tiangong.author.listing import FileRef, Listing
from tiangong.documents.paths import is_ours, kind_at, signed_by
from tiangong.errors import Failed, Misuse, Place

MARK = "tiangong.yaml"
LARGEST_READ = 64 << 20
LINK = 0o120000
STOPPED = {
    "rebase-merge": ("rebase", "--continue"),
    "rebase-apply/applying": ("am", "--skip"),
    "rebase-apply": ("rebase", "--skip"),
    "MERGE_HEAD": ("merge", "--continue"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "--continue"),
    "REVERT_HEAD": ("revert", "--continue"),
}
"""what lies in the folder of git → what stopped, and how to go on once that commit is made"""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of `git status`: `index` and `work` as its two letters, `?` for untracked, space for unchanged."""

    path: str
    index: str
    work: str

    @property
    def is_staged(self) -> bool:
        """Tell whether the index holds something new."""
        return self.index not in " ?!"

    @property
    def is_unmerged(self) -> bool:
        """Tell whether a merge stopped here."""
        return "U" in self.index + self.work or self.index + self.work in ("AA", "DD")


class Clone:
    """One clone with its work tree."""

    def __init__(self, root: Path) -> None:
        """Take the top of a work tree; Misuse when git can't open it."""
        self.root = root
        try:
            self.objects = pygit2.Repository(str(root))
        except pygit2.GitError as error:
            raise Misuse.of("author/not-git", Place(str(root)), why=str(error)) from None
        if self.objects.is_bare:
            raise Misuse.of("author/not-git", Place(str(root)), why="it has no work tree")

    @classmethod
    def find(cls, start: Path, environ: Mapping[str, str]) -> "Clone":
        """The control repository around a folder, else the one `TIANGONG_REPO` names; Misuse when there is none."""
        named = environ.get("TIANGONG_REPO")
        for folder in (start, *start.parents, *([Path(named)] if named else [])):
            if (folder / MARK).is_file():
                if not (folder / ".git").exists():
                    raise Misuse.of("author/not-git", Place(str(folder)), why="it has no .git")
                return cls(folder.resolve())
        raise Misuse.of("author/no-repository", Place(str(start)))

    # ── git ──────────────────────────────────────────────────────────────────────────────────────────────────
    def git(self, *arguments: str, feed: bytes = b"", index: Path | None = None) -> str:
        """Run git here with the person's own configuration; Failed with what it said.

        `feed`: what it reads; `index`: another index than the clone's.
        """
        import git as gitpython

        environment = {"TIANGONG_COMMIT": "1"} | ({"GIT_INDEX_FILE": str(index)} if index else {})
        try:
            with gitpython.Repo(self.root) as repository, tempfile.TemporaryFile() as given:
                given.write(feed)
                given.seek(0)
                out = repository.git.execute(
                    ["git", *arguments], istream=given, strip_newline_in_stdout=False, env=environment
                )
        except gitpython.GitCommandNotFound:
            raise Misuse.of("author/no-git") from None
        except gitpython.GitCommandError as error:
            words = next(word for word in arguments if not word.startswith("-"))
            raise Failed.of("author/git", command=f"git {words}", why=_said(error)) from None
        return str(out)

    def asks(self, *arguments: str) -> str | None:
        """Run git; None when it says no."""
        try:
            return self.git(*arguments).rstrip("\n")
        except Failed:
            return None

    @cached_property
    def git_dir(self) -> Path:
        """The folder git keeps for this work tree."""
        return Path(self.objects.path).resolve()

    @cached_property
    def common_dir(self) -> Path:
        """The folder all work trees of one repository share."""
        common = self.git_dir / "commondir"
        return (self.git_dir / common.read_text().strip()).resolve() if common.is_file() else self.git_dir

    @cached_property
    def private(self) -> Path:
        """`.git/tiangong`: what belongs to this clone and never travels."""
        return self.common_dir / "tiangong"

    def config(self, name: str) -> str | None:
        """A value of git's configuration."""
        return self.objects.config[name] if name in self.objects.config else None  # noqa: SIM401 -- has no get

    def commit_id(self, revision: str) -> str | None:
        """The commit a revision names, or None."""
        try:
            return str(self.objects.revparse_single(revision).peel(pygit2.Commit).id)
        except (KeyError, ValueError, pygit2.GitError):
            return None

    @property
    def head(self) -> str | None:
        """The commit that is checked out; None before the first."""
        return self.commit_id("HEAD")

    @property
    def branch(self) -> str | None:
        """The branch that is checked out; None when HEAD is detached."""
        reference = self.objects.lookup_reference("HEAD").target
        return reference.removeprefix("refs/heads/") if isinstance(reference, str) else None

    @property
    def parents(self) -> tuple[str, ...]:
        """What the next commit will descend from: HEAD, and what is being merged."""
        merging = self.git_dir / "MERGE_HEAD"
        others = merging.read_text().split() if merging.is_file() else []
        return tuple(one for one in (self.head, *others) if one)

    @property
    def stopped(self) -> str | None:
        """What git stopped in the middle of: `merge`, `rebase`, `cherry-pick`, `revert`, `am`; None = nothing."""
        return next((word for name, (word, _) in STOPPED.items() if (self.git_dir / name).exists()), None)

    @property
    def goes_on_with(self) -> str | None:
        """The command that goes on with what git stopped in, once that commit is made; None = nothing."""
        found = (words for name, words in STOPPED.items() if (self.git_dir / name).exists())
        return next((" ".join(words) for words in found), None)

    def upstream(self, branch: str) -> str | None:
        """Where a local branch is pulled from, such as `origin/main`; by default its name on `origin`."""
        name = self.asks("rev-parse", "--abbrev-ref", f"{branch}@{{upstream}}") if branch else None
        usual = f"origin/{branch}"
        return name or (usual if self.commit_id(f"refs/remotes/{usual}") else None)

    def merge_trees(self, base: str, mine: str, theirs: str) -> pygit2.Index:
        """Merge in memory, path by path: a document is what stands at its path."""
        old, here, there = (self.objects[one].peel(pygit2.Tree) for one in (base, mine, theirs))
        return self.objects.merge_trees(old, here, there, flags=MergeFlag(0))

    def unmerged(self, *, mine: int) -> dict[str, tuple[str | None, str | None, str | None]]:
        """Paths a merge stopped at, each with the blobs of: base, mine, theirs. `mine`: the stage that is mine."""
        found: dict[str, dict[int, str]] = {}
        for line in self.git("ls-files", "--unmerged", "-z").split("\0"):
            if line:
                words, _, path = line.partition("\t")
                _, blob, number = words.split()
                found.setdefault(path, {})[int(number)] = blob
        return {path: (one.get(1), one.get(mine), one.get(5 - mine)) for path, one in found.items()}

    def attribute(self, path: str, name: str) -> str:
        """What `.gitattributes` say of a file: a value, or `set`, `unset`, `unspecified`."""
        return self.git("check-attr", "-z", name, "--", path).split("\0")[2]

    def merges_as_binary(self, path: str) -> bool:
        """Tell whether git is told to merge a file as a whole: then it leaves no markers."""
        return self.attribute(path, "merge") in ("unset", "binary")

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────
    def read_at(self, revision: str, path: str) -> bytes | None:
        """The bytes of a file in a commit, or None."""
        try:
            found = self.objects[revision].peel(pygit2.Tree)[path]
        except (KeyError, ValueError):
            return None
        return found.data if isinstance(found, pygit2.Blob) else None

    def blob(self, blob: str) -> bytes | None:
        """The bytes of a blob, or None when it is none."""
        found = self.objects.get(blob)
        return bytes(found.data) if isinstance(found, pygit2.Blob) else None

    def blob_at(self, revision: str, path: str) -> str | None:
        """The id of a file's bytes in a commit, or None."""
        try:
            return str(self.objects[revision].peel(pygit2.Tree)[path].id)
        except (KeyError, ValueError):
            return None

    def staged(self) -> dict[str, tuple[int, str]]:
        """Mode and blob of every file in the index, without those a merge stopped at."""
        found: dict[str, tuple[int, str]] = {}
        for line in self.git("ls-files", "--stage", "-z").split("\0"):
            words, _, path = line.partition("\t")
            mode, blob, number = words.split() if words else ("0", "", "1")
            if number == "0":
                found[path] = (int(mode, 8), blob)
        return found

    def before(self, path: str, raw: bytes) -> bytes | None:
        """The newest committed version of a file with other bytes, or None."""
        for commit in self.git("--literal-pathspecs", "rev-list", "-3", "HEAD", "--", path).split():
            found = self.read_at(commit, path)
            if found is not None and found != raw:
                return found
        return None

    def parents_of(self, commit: str) -> tuple[str, ...]:
        """What a commit descends from."""
        return tuple(str(parent) for parent in self.objects[commit].peel(pygit2.Commit).parent_ids)

    def merge_base(self, one: str, other: str) -> str | None:
        """Where two commits parted, or None when they have nothing in common."""
        found = self.objects.merge_base(one, other)
        return str(found) if found else None

    @property
    def remotes(self) -> tuple[str, ...]:
        """Names of the remotes."""
        return tuple(name for name in self.objects.remotes.names() if name)

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether a commit is another, or one of those it descends from."""
        return old == new or self.objects.descendant_of(new, old)

    def tree(self, revision: str) -> Listing:
        """The files of a commit that lie where this tool reads."""
        return Listing(dict(self._walk(self.objects[revision].peel(pygit2.Tree), "")))

    def index(self) -> Listing:
        """The files as they are staged, where this tool reads."""
        ours = ((path, entry) for path, entry in self.staged().items() if is_ours(path))
        return Listing({path: self._blob(pygit2.Oid(hex=blob), mode) for path, (mode, blob) in ours})

    def work(self) -> Listing:
        """The files as they lie in the work tree, without what git ignores.

        Documents and signatures with Windows line ends are taken as if they had ordinary ones: so they will be signed.
        """
        names = self.git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
        found = {name: ref for name in dict.fromkeys(names) if is_ours(name) and (ref := self._on_disk(name))}
        return Listing({name: _with_lf(ref) if _is_text(name) else ref for name, ref in found.items()})

    def work_text(self, path: str) -> bytes | None:
        """A document as it lies in the work tree, as `work` gives it; None when there is none."""
        found = self._on_disk(path)
        return _with_lf(found).read() if found and found.mode != LINK else None

    def listing_of(self, index: pygit2.Index, without: Container[str]) -> Listing:
        """The files of an index made in memory, where this tool reads."""
        entries = (entry for entry in index if is_ours(entry.path) and entry.path not in without)
        return Listing({entry.path: self._blob(entry.id, int(entry.mode)) for entry in entries})

    def status(self) -> list[Change]:
        """What differs between HEAD, index and work tree, in path order."""
        words = self.git("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames").split("\0")
        return sorted((Change(w[3:], w[0], w[1]) for w in words if w), key=lambda change: change.path)

    def on_disk(self, path: str) -> bytes | None:
        """The bytes of an ordinary file in the work tree, or None."""
        found = self._on_disk(path)
        return found.read() if found and found.mode != LINK else None

    def write(self, path: str, raw: bytes | None) -> None:
        """Write a file (bytes), or remove it (None), in the work tree; it is replaced at once or not at all."""
        target = self.root / path
        beside = target.with_name(f".{target.name}.new")
        try:
            if not target.parent.resolve().is_relative_to(self.root):
                raise Failed.of(
                    "author/cant-write", Place(path), why="a folder on the way is a link that leads outside"
                )
            if raw is None:
                target.unlink(missing_ok=True)
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                beside.write_bytes(raw)
                if target.is_file():
                    beside.chmod(stat.S_IMODE(target.stat().st_mode))
                beside.replace(target)
            finally:
                beside.unlink(missing_ok=True)
        except OSError as error:
            raise Failed.of("author/cant-write", Place(path), why=error.strerror or str(error)) from None

    def _walk(self, tree: pygit2.Tree, prefix: str) -> Iterator[tuple[str, FileRef]]:
        for item in tree:
            path = f"{prefix}{item.name}"
            if isinstance(item, pygit2.Tree):
                if is_ours(f"{path}/"):
                    yield from self._walk(item, f"{path}/")
            elif is_ours(path):
                yield path, self._blob(item.id, item.filemode)

    def _blob(self, id_: pygit2.Oid, mode: int) -> FileRef:
        if mode == pygit2.enums.FileMode.COMMIT:
            return FileRef(mode, 0, lambda: b"")
        blob = self.objects[id_]
        assert isinstance(blob, pygit2.Blob)  # noqa: S101 -- a file of a tree or of the index
        return FileRef(int(mode), blob.size, lambda: bytes(blob.data), str(id_))

    def _on_disk(self, path: str) -> FileRef | None:
        full = self.root / path
        try:
            found = os.lstat(full)
        except OSError:
            return None
        if stat.S_ISREG(found.st_mode):
            mode = 0o100755 if found.st_mode & stat.S_IXUSR else 0o100644
            return FileRef(mode, found.st_size, lambda: _read(full, path))
        return FileRef(LINK, 0, lambda: b"")


def _is_text(path: str) -> bool:
    return kind_at(path) is not None or signed_by(path) is not None


def _with_lf(ref: FileRef) -> FileRef:
    def read() -> bytes:
        raw = ref.read()
        return raw.replace(b"\r\n", b"\n") if raw.count(b"\r\n") == raw.count(b"\n") else raw

    return FileRef(ref.mode, ref.size, read)


def blob_id(raw: bytes) -> str:
    """The id git gives to the bytes of a file."""
    return str(pygit2.hash(raw))


def _said(error: Any) -> str:
    """What git wrote before it failed, without GitPython's frame around it."""
    parts = (str(part).strip() for part in (error.stderr, error.stdout))
    said = (part.removeprefix("stderr:").removeprefix("stdout:").strip(" '\n") for part in parts)
    return "\n".join(part for part in said if part) or f"it ended with {error.status}"


def _read(full: Path, path: str) -> bytes:
    try:
        with full.open("rb") as file:
            return file.read(LARGEST_READ)
    except OSError as error:
        raise Failed.of("author/cant-read", Place(path), why=error.strerror or str(error)) from None
