"""People with real SSH keys and real clones of one real repository; git sees nothing of this machine's own settings."""

import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tiangong.author.clone import Clone
from tiangong.cli.app import run
from tiangong.documents.parse import parse
from tiangong.model.document import Document
from tiangong.trust.audit import audit

NOW = datetime(2026, 11, 25, tzinfo=UTC)
DEV = "environments/dev/environment.yaml"
SHOP = "environments/dev/installations/shop.yaml"
POLICY = "trust/policy.yaml"


def git(folder: Path, *arguments: str, fails: bool = False) -> str:
    """Plain git, as a person types it."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert bool(done.returncode) == fails, done.stdout + done.stderr
    return done.stdout + (done.stderr if fails else "")


@dataclass
class Typed:
    """What a command said."""

    code: int
    out: str
    err: str

    def __contains__(self, words: str) -> bool:
        return words in self.out + self.err


@dataclass
class Desk:
    """One person's clone, and what they do in it."""

    root: Path
    person: str
    world: "Office"

    @property
    def clone(self) -> Clone:
        return Clone(self.root)

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text()
        assert old in text, text
        (self.root / path).write_text(text.replace(old, new, 1))

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def text(self, path: str) -> str:
        return (self.root / path).read_text()

    def git(self, *arguments: str, fails: bool = False) -> str:
        return git(self.root, *self._identity(), *arguments, fails=fails)

    def _identity(self) -> list[str]:
        return ["-c", f"user.name={self.person}", "-c", f"user.email={self.person}@example.org"]

    def run(self, *arguments: str) -> Typed:
        return self.world.run(self.root, self.person, *arguments)

    def commit(self, message: str, *arguments: str, code: int = 0) -> Typed:
        said = self.run("commit", "-m", message, *arguments)
        assert said.code == code, said.out + said.err
        return said

    def document(self, path: str, revision: str = "HEAD") -> Document:
        raw = self.clone.read_at(self.clone.commit_id(revision) or "", path)
        assert raw is not None
        return parse(raw, path)

    def generation(self, path: str, revision: str = "HEAD") -> int:
        return self.document(path, revision).metadata.generation or 0

    def refused(self, revision: str = "HEAD") -> list[tuple[str, str]]:
        tree = self.clone.tree(self.clone.commit_id(revision) or "")
        return [(r.path, r.problem.code) for r in audit(tree, None, NOW)]

    def state(self) -> tuple[Any, ...]:
        """Everything a failed command must leave as it was."""
        files = {
            p.relative_to(self.root).as_posix(): (p.read_bytes(), p.stat().st_mode)
            for p in sorted(self.root.rglob("*"))
            if p.is_file() and ".git" not in p.relative_to(self.root).parts
        }
        refs = git(self.root, "for-each-ref") + git(self.root, "rev-parse", "--symbolic-full-name", "HEAD")
        return files, git(self.root, "status", "--porcelain", "-b"), git(self.root, "ls-files", "-s"), refs


@dataclass
class Office:
    """A founded repository as `origin`, the keys of everybody, and a way to type commands as somebody."""

    folder: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    desks: dict[str, Desk] = field(default_factory=dict)

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    def key(self, person: str, passphrase: str = "") -> Path:
        file = self.folder / "keys" / person
        file.parent.mkdir(exist_ok=True)
        if not file.exists():
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", person, "-f", str(file)], check=True
            )
        return file

    def public(self, person: str) -> str:
        return self.key(person).with_name(f"{person}.pub").read_text().rsplit(" ", 1)[0].strip()

    def desk(self, person: str, name: str | None = None) -> Desk:
        name = name or person
        if name not in self.desks:
            git(self.folder, "clone", "-q", str(self.origin), name)
            git(self.folder / name, "config", "user.name", person)
            git(self.folder / name, "config", "user.email", f"{person}@example.org")
            self.key(person)
            self.desks[name] = Desk(self.folder / name, person, self)
        return self.desks[name]

    def run(self, folder: Path, person: str, *arguments: str) -> Typed:
        self.capture.readouterr()
        with self.patch.context() as patch:
            patch.chdir(folder)
            if person and arguments[0] in ("commit", "sign") and "--key" not in arguments:
                arguments = (*arguments, "--key", str(self.key(person)))
            code = run(list(arguments))
        said = self.capture.readouterr()
        return Typed(code, said.out, said.err)
