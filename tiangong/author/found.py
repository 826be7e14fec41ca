"""A new control repository: documents, a trust root of one person, keys for the machine roles, signed in one go.

`tiangong init` and the demo go through `found`; nothing is left behind when it fails before the first commit.
"""

import re
import secrets
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tiangong.author.clone import Clone
from tiangong.author.draft import Draft, desk, draft
from tiangong.author.hook import Hook, install_hook
from tiangong.author.keys import Key, make_machine_key
from tiangong.author.land import Landed, land
from tiangong.author.listing import Listing, in_memory
from tiangong.author.starter import MACHINES, trust_files
from tiangong.author.surroundings import ATTRIBUTES
from tiangong.author.team import team
from tiangong.documents.paths import kind_at
from tiangong.errors import Failed, Misuse, Place
from tiangong.model.policy import Level
from tiangong.model.scalar import NAME

BRANCH = "main"
MESSAGE = "Found the control repository"


@dataclass(frozen=True, slots=True)
class Settled:
    """What a clone was told. `identity`: the one made up for git, or nothing."""

    identity: str
    hook: Hook


def found(root: Path, files: Mapping[str, bytes], person: str, key: Key, now: datetime) -> Landed:
    """Make a control repository of these files (documents unsigned, without trust/) in an empty folder or clone.

    `person` gets every role, machine keys are made for release, promoter and sealer and kept in the clone. Not pushed.
    """
    with founding(root) as clone:
        made = founding_draft(clone, files, person, key, now)
        settle(clone, person, key)
        return land(clone, made, MESSAGE)


def founding_draft(
    clone: Clone, files: Mapping[str, bytes], person: str, key: Key, now: datetime, level: Level = "signatures"
) -> Draft:
    """All that the first commit will hold, not yet signed. Makes the machine keys; Misuse when a file is wrong."""
    _check_person(person)
    machines = {name: make_machine_key(clone.private / "keys", name) for name in MACHINES}
    lines = {name: machine.public.line for name, machine in machines.items()}
    trust = trust_files(secrets.token_hex(16), person, key.public.line, lines, now, level)
    everything = {ATTRIBUTES[0]: ATTRIBUTES[1].encode(), **files, **trust}
    tree = Listing({path: in_memory(raw) for path, raw in everything.items()})
    made = draft(desk(clone, tree, team([tree], [key], list(machines.values()))), everything)
    Misuse.when_any(made.warnings)
    plain = {path: raw for path, raw in everything.items() if kind_at(path) is None}
    return replace(made, files={**plain, **made.files})


def settle(clone: Clone, person: str, key: Key | None) -> Settled:
    """Tell this clone's git who works in it, where git knows nobody, and which key (None: one it finds anyway).

    Commits prove nothing here, signatures in the files do; but git doesn't commit for nobody.
    """
    if key is not None and key.file is not None:
        clone.git("config", "gpg.format", "ssh")
        clone.git("config", "user.signingkey", str(key.file))
    identity = ""
    if clone.asks("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT") is None:
        name, address = clone.config("user.name") or person, clone.config("user.email") or f"{person}@localhost"
        clone.git("config", "user.name", name)
        clone.git("config", "user.email", address)
        identity = f"{name} <{address}>"
    return Settled(identity, install_hook(clone))


@contextmanager
def founding(root: Path) -> Iterator[Clone]:
    """A clone without commits, on branch main, in a folder that is empty or an empty clone; Misuse when it is neither.

    When the work in it fails, what was made for it is removed again.
    """
    there = _check_folder(root)
    try:
        if not (root / ".git").exists():
            _git_init(root)
        clone = Clone(root.resolve())
        clone.git("symbolic-ref", "HEAD", f"refs/heads/{BRANCH}")
        yield clone
    except BaseException:
        _clear(root, there)
        raise


def _check_folder(root: Path) -> frozenset[str]:
    """What is in the folder: nothing, or `.git` without a commit."""
    place = Place(str(root))
    try:
        names = frozenset(entry.name for entry in root.iterdir()) if root.exists() else frozenset()
    except OSError as error:
        raise Misuse.of("init/no-folder", place, why=error.strerror or str(error)) from None
    if names - {".git"}:
        code = "init/already" if "tiangong.yaml" in names else "init/not-empty"
        raise Misuse.of(code, place, found=", ".join(sorted(names - {".git"})[:3]))
    if ".git" in names and Clone(root.resolve()).git("for-each-ref", "--count=1").strip():
        raise Misuse.of("init/not-empty", place, found="commits in .git")
    return names if root.exists() else frozenset({"."})


def _git_init(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(
            ["git", "init", "--quiet", str(root)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise Misuse.of("author/no-git") from None
    except OSError as error:
        raise Misuse.of("init/no-folder", Place(str(root)), why=error.strerror or str(error)) from None
    if made.returncode:
        raise Failed.of("author/git", Place(str(root)), command="git init", why=made.stderr.strip())


def _clear(root: Path, there: frozenset[str]) -> None:
    """Remove what was made; what somebody had before stays. `.` in `there`: the folder itself is ours."""
    if "." in there:
        shutil.rmtree(root, ignore_errors=True)
        return
    if ".git" in there:
        Clone(root.resolve()).asks("read-tree", "--empty")
    for entry in root.iterdir():
        if entry.name in there:
            continue
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _check_person(person: str) -> None:
    if not re.fullmatch(NAME, person):
        raise Misuse.of("init/bad-person", name=person)
    if person in MACHINES:
        raise Misuse.of("init/machine-name", name=person)


def as_name(words: str) -> str:
    """The nearest name for what somebody is called: `Zoë Müller` is zoe-muller; empty when there is none."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-")
