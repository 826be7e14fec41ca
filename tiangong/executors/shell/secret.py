"""Secrets for one program, as files only its user can read, in memory where the host has a place for that (D22)."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tiangong.errors import Failed, Place
from tiangong.executors.shell.child import Account
from tiangong.executors.shell.spec import SUFFIX
from tiangong.messages import text
from tiangong.ports import Job

IN_MEMORY = (Path("/run"), Path("/dev/shm"))  # noqa: S108 -- what is made there has a random name and is private
MOUNTS = Path("/proc/self/mounts")
KINDS = frozenset({"tmpfs", "ramfs"})


@contextlib.contextmanager
def secret_files(job: Job, values: Mapping[str, str], who: Account) -> Iterator[dict[str, str]]:
    """Variables that name a file each; the files are gone when the program has ended, however it did."""
    if not values:
        yield {}
        return
    tag = f"tiangong-{hashlib.sha256(f'{job.state}/{job.step}'.encode()).hexdigest()[:16]}-"
    place = _place(job)
    _clean(place, tag)
    try:
        folder = Path(tempfile.mkdtemp(prefix=tag, dir=place))
    except OSError as error:
        raise Failed.of("shell/no-secret-file", Place(str(place)), why=error.strerror or "") from None
    try:
        yield {f"{name}{SUFFIX}": _write(folder / name, value, who) for name, value in values.items()}
    except OSError as error:
        raise Failed.of("shell/no-secret-file", Place(str(folder)), why=error.strerror or "") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, value: str, who: Account) -> str:
    """One file, its user's alone. The folder lets that user through and shows nobody what is in it."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with open(file, "w", encoding="utf-8", newline="", closefd=False) as out:
            out.write(value)
        if who.switch:
            os.fchown(file, who.uid, who.gid)
            path.parent.chmod(0o711)
    finally:
        os.close(file)
    return str(path)


def _place(job: Job) -> Path:
    """A folder in memory; else one of the agent's own on disk, which is said."""
    memory = _in_memory()
    for folder in IN_MEMORY:
        if folder in memory and os.access(folder, os.W_OK | os.X_OK):
            return folder
    own = job.state / "secrets"
    own.mkdir(mode=0o700, exist_ok=True)
    job.log(text("shell/secret-on-disk", folder=str(own)) + "\n")
    return own


def _in_memory() -> frozenset[Path]:
    try:
        lines = MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return frozenset()
    return frozenset(Path(fields[1]) for line in lines if len(fields := line.split()) > 2 and fields[2] in KINDS)


def _clean(place: Path, tag: str) -> None:
    """What an agent that was killed couldn't delete."""
    for folder in place.glob(f"{tag}*"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)
