"""What the operating system refuses, in words for people."""

import contextlib
import errno
from collections.abc import Iterator

from tiangong.errors import Failed, Place

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DENIED = (errno.EACCES, errno.EPERM)
WORDS = {
    **dict.fromkeys(FULL, "file/no-space"),
    **dict.fromkeys(DENIED, "file/denied"),
    errno.EROFS: "file/read-only",
}


@contextlib.contextmanager
def told(path: str) -> Iterator[None]:
    """Turn an OSError into Failed about a path."""
    try:
        yield
    except OSError as error:
        code = WORDS.get(error.errno or 0, "file/refused-by-system")
        raise Failed.of(code, Place(path), why=error.strerror or type(error).__name__) from None
