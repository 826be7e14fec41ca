"""One folder of a sealed tree as text: who reads a folder needs its listing only (D7).

The first line is `tiangong listing v1`. Then a line for each name, sorted by its bytes, each ended by one LF:
`<name> <sha512 of the file, 128 hex digits> <since>` for a file, `<name>/ <sha512 of its listing> -` for a folder.
`since`: `issued` of the first seal with these bytes at this path, as `2026-11-25T12:00:00Z`. Nothing else is written,
so a folder has exactly one listing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

HEAD = b"tiangong listing v1\n"
FILE_MODES = (0o100644, 0o100755)
"""of a file that is ever read"""
LISTED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@+-]{0,99}\Z")
"""names that a listing holds; no other is ever read"""
LINE = re.compile(rb"([A-Za-z0-9_][A-Za-z0-9._@+-]{0,99})(/?) ([0-9a-f]{128}) (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
LARGEST = 16 << 20
FORM = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Line:
    """One name. `digest`: `sha512:…` of a file's bytes, or of a folder's listing; a folder has no `since`."""

    name: str
    digest: str
    since: datetime | None

    @property
    def is_folder(self) -> bool:
        """Tell a folder from a file."""
        return self.since is None


def write_listing(lines: Iterable[Line]) -> bytes:
    """The one listing of a folder."""
    return HEAD + b"".join(_written(line) for line in sorted(lines, key=lambda line: line.name))


def read_listing(raw: bytes) -> dict[str, Line]:
    """Name → line; ValueError for bytes that `write_listing` would not have written."""
    lines: dict[str, Line] = {}
    if not raw.startswith(HEAD) or not raw.endswith(b"\n"):
        raise ValueError("it is no listing")
    for text in raw[len(HEAD) :].split(b"\n")[:-1]:
        found = LINE.fullmatch(text)
        if found is None or bool(found[2]) != (found[4] == b"-"):
            raise ValueError(f"a line is not in the form of a listing: {text[:60]!r}")
        name = found[1].decode()
        since = None if found[2] else datetime.strptime(found[4].decode(), FORM).replace(tzinfo=UTC)
        lines[name] = Line(name, f"sha512:{found[3].decode()}", since)
    if write_listing(lines.values()) != raw:
        raise ValueError("its names are not in order, or one stands there twice")
    return lines


def _written(line: Line) -> bytes:
    since = line.since.astimezone(UTC).strftime(FORM) if line.since else "-"
    return f"{line.name}{'/' if line.is_folder else ''} {line.digest.removeprefix('sha512:')} {since}\n".encode()
