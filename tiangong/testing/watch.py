"""Watches what a thread does to the world, by Python's audit events: for tests that nothing is touched, or changed."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
TOUCHING = ("open", "os.", "socket.", "subprocess.", "shutil.", "tempfile.", "sqlite3.", "glob.")
CHANGING = (
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "os.setxattr",
    "os.removexattr",
    "shutil.",
    "tempfile.",
)

_here = threading.local()
_installed = threading.Lock()
_hooks: list[bool] = []


@contextlib.contextmanager
def untouched() -> Iterator[None]:
    """AssertionError when this thread touched files, network or programs meanwhile."""
    with _watched() as seen:
        yield
    touched = [event for event, _ in seen if event.startswith(TOUCHING)]
    assert not touched, f"touched the world: {touched}"


@contextlib.contextmanager
def reads_only() -> Iterator[None]:
    """AssertionError when this thread changed anything on the host meanwhile."""
    with _watched() as seen:
        yield
    changed = [(event, args) for event, args in seen if event.startswith(CHANGING) or _opens_to_write(event, args)]
    assert not changed, f"changed the world: {changed}"


@contextlib.contextmanager
def _watched() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    with _installed:
        if not _hooks:
            sys.addaudithook(_hook)
            _hooks.append(True)
    seen: list[tuple[str, tuple[Any, ...]]] = []
    _here.seen = seen
    try:
        yield seen
    finally:
        _here.seen = None


def _hook(event: str, args: tuple[Any, ...]) -> None:
    seen = getattr(_here, "seen", None)
    # What a first import leaves in its cache is no doing of the code that is watched.
    if seen is not None and not any("__pycache__" in arg for arg in args if isinstance(arg, str)):
        seen.append((event, args))


def _opens_to_write(event: str, args: tuple[Any, ...]) -> bool:
    """A file by its name; one that is open already, in memory or a pipe, has none."""
    if event != "open" or len(args) < 3 or not isinstance(args[0], str | bytes | os.PathLike):
        return False
    path, _, flags = args[:3]
    return isinstance(flags, int) and bool(flags & WRITING) and os.fspath(path) not in (os.devnull, b"/dev/null")
