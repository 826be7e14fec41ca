"""Somebody at a machine of their own: home folder, SSH key, git's configuration; runs `tiangong` and `git` there."""

import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pygit2
from pygit2.enums import ConfigLevel

from tiangong.cli.app import run

HIDDEN = ("TIANGONG_REPO", "TIANGONG_AGENT", "SSH_AUTH_SOCK", "GIT_DIR", "GIT_INDEX_FILE", "USER", "LOGNAME")
WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything it printed."""
        return self.out + self.err


class Person:
    """One person. `key`: False = somebody who never made one; `git_name`: empty = git doesn't know them."""

    def __init__(self, home: Path, name: str = "alice", *, key: bool = True, git_name: str | None = None) -> None:
        """Make the home folder."""
        self.home, self.name = home, name
        self.key = home / ".ssh" / "id_ed25519"
        self.key.parent.mkdir(mode=0o700, parents=True)
        known_as = name.capitalize() if git_name is None else git_name
        identity = f"[user]\n\tname = {known_as}\n\temail = {name}@example.org\n" if known_as else ""
        (home / ".gitconfig").write_text(f"{identity}[init]\n\tdefaultBranch = trunk\n")
        if key:
            self.make_key(self.key)

    @classmethod
    def at(cls, home: Path, name: str = "alice") -> "Person":
        """Somebody whose home folder is there already, such as a copy of one."""
        found = cls.__new__(cls)
        found.home, found.name, found.key = home, name, home / ".ssh" / "id_ed25519"
        return found

    def make_key(self, file: Path, passphrase: str = "") -> Path:
        """Make an SSH key with real ssh-keygen."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._call(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", self.name, "-f", str(file)], self.home)
        return file

    def run(self, *arguments: str, cwd: Path, environ: Mapping[str, str] | None = None) -> Ran:
        """Run `tiangong` in this process, as if started in a folder by this person, without a terminal."""
        out, err = io.StringIO(), io.StringIO()
        with self._here(cwd, environ or {}), redirect_stdout(out), redirect_stderr(err):
            code = run(list(arguments))
        return Ran(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str, cwd: Path) -> Ran:
        """Run `tiangong` as a process of its own."""
        return self._call([sys.executable, "-m", "tiangong", *arguments], cwd, check=False)

    def answer(self, *arguments: str, cwd: Path, typed: Sequence[str]) -> Ran:
        """Run `tiangong` as a process on a terminal, at which these lines are typed."""
        terminal, end = pty.openpty()
        try:
            os.write(terminal, "".join(f"{line}\n" for line in typed).encode())
            return self._call([sys.executable, "-m", "tiangong", *arguments], cwd, check=False, stdin=end)
        finally:
            os.close(terminal)
            os.close(end)

    def git(self, *arguments: str, cwd: Path) -> str:
        """Run git; the output, without the last line end."""
        return self._call(["git", *arguments], cwd).out.rstrip("\n")

    def call(self, *command: str, cwd: Path) -> Ran:
        """Run any program, whatever it comes to."""
        return self._call([*command], cwd, check=False)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of this person's programs."""
        kept = {name: value for name, value in os.environ.items() if name not in HIDDEN}
        return kept | {"HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}

    def _call(self, command: list[str], cwd: Path, *, check: bool = True, stdin: int = subprocess.DEVNULL) -> Ran:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=self.environ,
            stdin=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=WITHIN,
        )
        assert not check or done.returncode == 0, f"{command[:3]} in {cwd}: {done.stderr}"
        return Ran(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def _here(self, cwd: Path, more: Mapping[str, str]) -> Iterator[None]:
        """Their folder and environment in this process; libgit2 has a memory of its own for the home."""
        before, searched = dict(os.environ), pygit2.settings.search_path[ConfigLevel.GLOBAL]
        os.environ.clear()
        os.environ.update({**self.environ, **more})
        pygit2.settings.search_path[ConfigLevel.GLOBAL] = str(self.home)
        try:
            with chdir(cwd):
                yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            pygit2.settings.search_path[ConfigLevel.GLOBAL] = searched
