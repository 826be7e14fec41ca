"""A document in the person's own editor: a copy with a schema line, kept until what it says is signed."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tiangong.author.clone import LARGEST_READ, Clone
from tiangong.author.target import Target
from tiangong.documents.edit import remove_field
from tiangong.documents.schema import schemas
from tiangong.documents.stamp import STAMPED
from tiangong.errors import Failed, Misuse, Place
from tiangong.messages import text

USUAL = ("sensible-editor", "vi", "nano")
MARK = "yaml-language-server:"


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where one document is edited.

    `file`: the copy in the clone's private folder, which outlives a failure. `before`: what editing begins with, the
    document without what signing stamps; `header`: the line above it.
    """

    target: Target
    file: Path
    before: bytes
    header: bytes

    @classmethod
    def of(cls, clone: Clone, target: Target) -> "Workbench":
        """The workbench of a document; it may hold text from before."""
        name = f"{target.kind.__name__.lower()}.schema.json"
        schema = clone.private / "schemas" / name
        _write(schema, (json.dumps(schemas()[name], indent=2) + "\n").encode())
        header = b"" if MARK.encode() in target.text else (text("edit/schema-line", schema=str(schema)) + "\n").encode()
        return cls(target, clone.private / "edit" / target.path.replace("/", "__"), _unstamped(target), header)

    @property
    def left(self) -> datetime | None:
        """When text was left here by an earlier edit; None when there is none."""
        return datetime.fromtimestamp(self.file.stat().st_mtime, UTC) if self.file.is_file() else None

    def lay(self) -> None:
        """Put the document here."""
        _write(self.file, self.header + self.before)

    def open(self, editor: str) -> bytes:
        """Let the person edit it; the text they saved, without the line that was put above it."""
        try:
            code = subprocess.run([*shlex.split(editor), str(self.file)], check=False).returncode
        except (OSError, ValueError) as error:
            raise Misuse.of("edit/no-editor-here", editor=editor, why=str(error)) from None
        raw = self.read()
        if code and raw != self.before:
            raise Failed.of("edit/editor-failed", editor=editor, code=code, file=str(self.file))
        if code:
            self.clear()
            raise Failed.of("edit/editor-ended", editor=editor, code=code)
        return raw

    def read(self) -> bytes:
        """What stands here now."""
        try:
            with self.file.open("rb") as file:
                raw = file.read(LARGEST_READ)
        except OSError as error:
            raise Failed.of("author/cant-read", Place(str(self.file)), why=error.strerror or str(error)) from None
        raw = raw.replace(b"\r\n", b"\n") if raw.count(b"\r\n") == raw.count(b"\n") else raw
        return raw.removeprefix(self.header)

    def clear(self) -> None:
        """Take the text away: what it says stands in the repository, or nobody wants it."""
        self.file.unlink(missing_ok=True)


def editor_of(clone: Clone, environ: Mapping[str, str]) -> str:
    """The person's editor: VISUAL, EDITOR, git's, or a usual one; Misuse when there is none."""
    named = environ.get("VISUAL") or environ.get("EDITOR") or clone.config("core.editor")
    found = named or next((name for name in USUAL if shutil.which(name)), None)
    if not found:
        raise Misuse.of("edit/no-editor")
    return found


def _unstamped(target: Target) -> bytes:
    """What a person wrote: signing stamps it anew. What can't be read is shown as it is."""
    raw = target.text
    try:
        for name in STAMPED:
            raw = remove_field(raw, target.path, ("metadata", name))
    except Misuse:
        return target.text
    return raw


def _write(file: Path, raw: bytes) -> None:
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(raw)
        beside.replace(file)
    except OSError as error:
        raise Failed.of("author/cant-write", Place(str(file)), why=error.strerror or str(error)) from None
