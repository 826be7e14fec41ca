"""Names for clones of control repositories on this machine, and which one a command works in.

Said with --context (or TIANGONG_CONTEXT) it is that one; otherwise the clone around the current folder, then the one
that was chosen with `tiangong context use`, then TIANGONG_REPO.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from tiangong.cli.output import tell
from tiangong.documents.dump import dump
from tiangong.documents.parse import parse_model
from tiangong.errors import Failed, Misuse, Place
from tiangong.model.document import Model
from tiangong.model.scalar import Name

NAMED, REPO = "TIANGONG_CONTEXT", "TIANGONG_REPO"
MARK = "tiangong.yaml"


class Entry(Model):
    """One clone."""

    folder: str


class Contexts(Model):
    """The file. `current`: what `tiangong context use` chose."""

    current: str = ""
    contexts: dict[Name, Entry] = Field(default_factory=dict)

    def folder(self, name: str) -> Path:
        """Where a context is; Misuse when there is none of that name."""
        entry = self.contexts.get(name)
        if entry is None:
            known = ", ".join(self.contexts) or "none"
            raise Misuse.of("context/unknown", Place(str(contexts_file(os.environ))), name=name, known=known)
        return Path(entry.folder)


def contexts_file(environ: Mapping[str, str]) -> Path:
    """Where they are kept."""
    base = environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".config"
    return Path(base) / "tiangong" / "contexts.yaml"


def read_contexts(environ: Mapping[str, str]) -> Contexts:
    """What is kept; nothing when there is no file. Misuse when it can't be read."""
    file = contexts_file(environ)
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return Contexts()
    except OSError as error:
        raise Misuse.of("context/cant-read", Place(str(file)), why=error.strerror or str(error)) from None
    return parse_model(raw, str(file), Contexts)


def write_contexts(environ: Mapping[str, str], found: Contexts) -> None:
    """Keep them."""
    file = contexts_file(environ)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(dump(found))
        beside.replace(file)
    except OSError as error:
        raise Failed.of("context/cant-write", Place(str(file)), why=error.strerror or str(error)) from None


def looked_for() -> tuple[Path, Mapping[str, str]]:
    """Where a command begins to look for its clone, and what it takes when there is none above that."""
    named = os.environ.get(NAMED, "")
    if named:
        folder = read_contexts(os.environ).folder(named)
        if not (folder / MARK).is_file():
            raise Misuse.of("context/gone", Place(str(folder)), name=named)
        return folder, {}
    here = Path.cwd()
    if any((folder / MARK).is_file() for folder in (here, *here.parents)):
        return here, os.environ
    chosen = current_folder(os.environ)
    return here, {**os.environ, REPO: str(chosen)} if chosen else os.environ


def current_folder(environ: Mapping[str, str]) -> Path | None:
    """The clone of the context that was chosen, if there is one and it is still there."""
    found = read_contexts(environ)
    entry = found.contexts.get(found.current)
    return Path(entry.folder) if entry and (Path(entry.folder) / MARK).is_file() else None


def tell_chosen(root: Path, start: Path) -> None:
    """Say so when a command works in a clone only because it was chosen before: nobody signs elsewhere unawares."""
    if os.environ.get(NAMED) or start.resolve().is_relative_to(root.resolve()):
        return
    kept = read_contexts(os.environ)
    entry = kept.contexts.get(kept.current)
    if entry and Path(entry.folder).resolve() == root.resolve():
        tell("context/using", name=kept.current, folder=entry.folder)
