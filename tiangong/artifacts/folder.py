"""A store in a folder every host sees: a network share, a mounted disk, a directory on one machine."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from tiangong.artifacts.store import CHUNK, Bytes, Bytewise, Line, place_of
from tiangong.errors import Away, Failed, Place
from tiangong.model.product import Artifact

FULL = (errno.ENOSPC, errno.EDQUOT)


class FolderStore:
    """Implements `Store`."""

    def __init__(self, folder: Path) -> None:
        """Touch nothing yet."""
        self._folder = folder

    @property
    def shown(self) -> str:
        """Its address."""
        return self._folder.as_uri()

    def has(self, artifact: Artifact) -> bool:
        """Tell by name and size."""
        self._check()
        try:
            found = self._path(artifact).stat()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _away(self._path(artifact), error) from None
        return stat.S_ISREG(found.st_mode) and found.st_size == artifact.size

    def read(self, artifact: Artifact, start: int, line: Line) -> tuple[int, Bytes]:  # noqa: ARG002
        """From anywhere."""
        self._check()
        path = self._path(artifact)
        try:
            # Without O_NONBLOCK, a pipe that stands there would stop the agent.
            file = open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb")  # noqa: SIM115 -- by the reader
        except FileNotFoundError:
            raise Failed.of("artifact/not-there", Place(str(path)), artifact=artifact.name, store=self.shown) from None
        except OSError as error:
            raise _away(path, error) from None
        return start, _chunks(file, start, path)

    def write(self, artifact: Artifact, source: Bytewise, moved: Callable[[int], None]) -> None:
        """Beside its place first, then renamed."""
        path = self._path(artifact)
        new = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with new.open("xb") as out:
                while chunk := source.read(CHUNK):
                    out.write(chunk)
                    moved(len(chunk))
                out.flush()
                os.fsync(out.fileno())
            new.chmod(0o644)
            new.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            code = "artifact/no-space" if error.errno in FULL else "artifact/cant-upload"
            raise Failed.of(code, Place(str(path)), artifact=artifact.name, why=error.strerror or "") from None
        finally:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)

    def _check(self) -> None:
        """A share that isn't mounted is away, which is something else than an artifact that isn't there."""
        if not self._folder.is_dir():
            raise Away.of("artifact/no-folder", Place(str(self._folder)))

    def _path(self, artifact: Artifact) -> Path:
        return self._folder / place_of(artifact)


def _chunks(file: BinaryIO, start: int, path: Path) -> Bytes:
    with file:
        try:
            file.seek(start)
            while chunk := file.read(CHUNK):
                yield chunk
        except OSError as error:
            raise _away(path, error) from None


def _away(path: Path, error: OSError) -> Away:
    return Away.of("artifact/unreadable", Place(str(path)), why=error.strerror or "")  # type: ignore[return-value]


def sync_folder(folder: Path) -> None:
    """Make names in a folder last."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
