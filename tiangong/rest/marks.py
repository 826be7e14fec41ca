"""Marks of what stands on this host: by them one tells that a file, this program or its surroundings changed.

A mark is made of what the kernel keeps of a file, not of its bytes: nobody changes a file and keeps its time of change.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import tiangong

LARGEST_SETTINGS = 1 << 20
BOOT = Path("/proc/sys/kernel/random/boot_id")
SELF = "this program"
GONE = ""
"""the mark of what isn't there, or can't be looked at"""


@dataclass(frozen=True, slots=True)
class Leaning:
    """What an agent leans on: its settings by digest, the marks of files that others write, this program and host."""

    path: Path
    settings: str
    files: Mapping[str, str]
    around: Mapping[str, str]


def lean_on(path: Path, files: Iterable[Path]) -> Leaning:
    """As it is now. `path`: of the settings."""
    return Leaning(path, digest_of(path), marks_of(files), surroundings(os.environ))


def marks_of(paths: Iterable[Path]) -> dict[str, str]:
    """The mark of each path; behind a link, of what it leads to."""
    return {str(path): _mark(str(path)) for path in paths}


def digest_of(path: Path) -> str:
    """The digest of a settings file; GONE when it can't be read whole."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_SETTINGS + 1)
    except OSError:
        return GONE
    return hashlib.sha512(raw).hexdigest() if len(raw) <= LARGEST_SETTINGS else GONE


def surroundings(environ: Mapping[str, str]) -> dict[str, str]:
    """What runs here: the files of this program, the interpreter, installed packages, git, the boot of the host."""
    files = hashlib.sha512("\n".join(_sources(os.path.dirname(tiangong.__file__))).encode())  # noqa: PTH120 -- in time
    installed = {f"in {folder}": _mark(folder) for folder in dict.fromkeys(sys.path) if folder}
    try:
        boot = BOOT.read_text()
    except OSError:
        boot = GONE
    return {
        SELF: f"{tiangong.__version__} {files.hexdigest()}",
        "python": f"{sys.version} {sys.executable} {os.geteuid()}",
        "boot": boot,
        **installed,
        **{folder: _mark(f"{folder}/git") for folder in environ.get("PATH", "").split(os.pathsep)},
    }


def _mark(path: str) -> str:
    try:
        found = os.stat(path)  # noqa: PTH116 -- hundreds of them, in no time
    except (OSError, ValueError):
        return GONE
    facts = (found.st_dev, found.st_ino, found.st_mode, found.st_uid, found.st_size)
    return " ".join(map(str, (*facts, found.st_mtime_ns, found.st_ctime_ns)))


def _sources(folder: str) -> Iterator[str]:
    """Every source file below a folder, with its size and time."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.endswith(".py"):
            stat = entry.stat()
            yield f"{entry.path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}"
        elif entry.name != "__pycache__" and entry.is_dir():
            yield from _sources(entry.path)
