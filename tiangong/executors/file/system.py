"""Two calls of Linux that Python doesn't have: exchanging two names at once, and syncing one file system."""

import ctypes
import errno
import os

NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EXDEV)
RENAME_EXCHANGE = 2

_C = ctypes.CDLL(None, use_errno=True)


def exchange(folder: int, one: str, other: str) -> bool:
    """Let two names in an open folder change places, at once; False when kernel or file system can't."""
    call = getattr(_C, "renameat2", None)
    if call is None:
        return False
    if call(folder, os.fsencode(one), folder, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in NOT_HERE:
        return False
    raise OSError(number, os.strerror(number))


def sync_file_system(file: int) -> None:
    """Bring everything written to the file system of an open file to its disk: cheaper than file by file."""
    call = getattr(_C, "syncfs", None)
    if call is None:
        os.sync()
    elif call(file) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
