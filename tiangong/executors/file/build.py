"""Builds what is to come beside the place it will take, under a hidden name, so that nobody ever sees half of it."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tiangong.errors import Failed, Place
from tiangong.executors.file.ground import Spot, open_folder
from tiangong.executors.file.looks import Looks
from tiangong.executors.file.system import sync_file_system

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def write_file(folder: int, name: str, chunks: Iterable[bytes], looks: Looks, mode: int, *, sync: bool) -> None:
    """Write a new file in an open folder, private until it is complete."""
    file = os.open(name, NEW, PRIVATE_FILE, dir_fd=folder)
    try:
        for chunk in chunks:
            left = memoryview(chunk)
            while left:
                left = left[os.write(file, left) :]
        looks.give(file, mode)
        if sync:
            os.fsync(file)
    finally:
        os.close(file)


class SingleFile:
    """A sink for one file; it is synced."""

    def __init__(self, spot: Spot, name: str, looks: Looks) -> None:
        """Take the hidden name to write to."""
        self._spot, self._name, self._looks = spot, name, looks

    def file(self, path: str, chunks: Iterable[bytes], *, executable: bool) -> None:  # noqa: ARG002
        """Write it."""
        mode = self._looks.file_mode(executable=executable)
        write_file(self._spot.folder, self._name, chunks, self._looks, mode, sync=True)

    def folder(self, path: str) -> None:
        """Never: a file holds nothing."""
        raise Failed.of("file/not-one-file", Place(self._spot.path, field=path))

    def link(self, path: str, target: str) -> None:  # noqa: ARG002
        """Never."""
        raise Failed.of("file/not-one-file", Place(self._spot.path, field=path))

    def again(self, path: str, target: str) -> None:  # noqa: ARG002
        """Never."""
        raise Failed.of("file/not-one-file", Place(self._spot.path, field=path))


class WholeFolder:
    """A sink for a folder with all it holds. `finish` gives folders their looks, the innermost first."""

    def __init__(self, spot: Spot, name: str, looks: Looks) -> None:
        """Make the folder, private until it is complete."""
        os.mkdir(name, mode=PRIVATE_FOLDER, dir_fd=spot.folder)
        self.top = open_folder(spot.folder, name)
        self._looks = looks
        self._folders: set[str] = set()

    def close(self) -> None:
        """Give the folder back."""
        os.close(self.top)

    def folder(self, path: str) -> None:
        """Make a folder."""
        with self._inside(path):
            pass

    def file(self, path: str, chunks: Iterable[bytes], *, executable: bool) -> None:
        """Write a file."""
        above, _, name = path.rpartition("/")
        with self._inside(above) as folder:
            mode = self._looks.file_mode(executable=executable)
            write_file(folder, name, chunks, self._looks, mode, sync=False)

    def link(self, path: str, target: str) -> None:
        """Make a symbolic link."""
        above, _, name = path.rpartition("/")
        with self._inside(above) as folder:
            os.symlink(target, name, dir_fd=folder)

    def again(self, path: str, target: str) -> None:
        """Give a file another name."""
        above, _, name = path.rpartition("/")
        first_above, _, first = target.rpartition("/")
        with self._inside(above) as folder, self._inside(first_above) as first_folder:
            os.link(first, name, src_dir_fd=first_folder, dst_dir_fd=folder, follow_symlinks=False)

    def finish(self) -> None:
        """Give every folder its mode and owner, and make all names last."""
        for path in sorted(self._folders, reverse=True):
            with self._inside(path) as folder:
                self._looks.give(folder, self._looks.folder_mode)
        self._looks.give(self.top, self._looks.folder_mode)
        sync_file_system(self.top)

    @contextmanager
    def _inside(self, path: str) -> Iterator[int]:
        """Open a folder of ours by its path, made where it isn't there yet; no link is followed, not even our own."""
        here = os.dup(self.top)
        try:
            so_far = ""
            for name in path.split("/") if path else ():
                so_far = f"{so_far}/{name}".lstrip("/")
                if so_far not in self._folders:
                    os.mkdir(name, mode=PRIVATE_FOLDER, dir_fd=here)
                    self._folders.add(so_far)
                below = open_folder(here, name)
                os.close(here)
                here = below
            yield here
        finally:
            os.close(here)
