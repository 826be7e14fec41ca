"""What a store is shown: `user:password`, or a token, from a file of its own; never over plain http."""

import base64
import os
import stat
from pathlib import Path

from tiangong.artifacts.store import Access
from tiangong.errors import Misuse, Place

LONGEST = 16 << 10


def authorization(url: str, name: str, access: Access) -> dict[str, str]:
    """The header for a store, read now; empty when there are no credentials. Misuse when they aren't in order."""
    path = access.credentials.get(name)
    if path is None:
        return {}
    if not url.startswith("https:"):
        raise Misuse.of("artifact/plain-credentials", Place(str(path)), store=name)
    words = _words(path)
    coded = base64.b64encode(words.encode()).decode()
    access.hide([words, words.partition(":")[2], coded])
    return {"Authorization": f"Basic {coded}" if ":" in words else f"Bearer {words}"}


def _words(path: Path) -> str:
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            words = file.read(LONGEST).decode("ascii").strip()
    except OSError as error:
        raise Misuse.of("artifact/unreadable", Place(str(path)), why=error.strerror or "") from None
    except UnicodeDecodeError:
        words = ""
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        mode = f"{stat.S_IMODE(found.st_mode):04o}"
        raise Misuse.of("artifact/open-credentials", Place(str(path)), mode=mode)
    if not words or not words.isprintable() or " " in words:
        raise Misuse.of("artifact/bad-credentials", Place(str(path)))
    return words
