"""The newest generation a document ever had in what the next commit descends from (R12).

A revert, a restored file or a document written anew after it was deleted brings old numbers back; agents remember the
newest one they accepted, so signing goes on from there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tiangong.author.clone import Clone
from tiangong.documents.strict import load
from tiangong.errors import Misuse
from tiangong.trust.marks import LONGEST_JUMP

PATHS_AT_ONCE = 200
LOG = (
    *("--literal-pathspecs", "log", "--stdin", "--format=", "--raw", "-z", "-m", "--no-abbrev", "--no-renames"),
    "--full-history",
)
NOTHING = "0" * 40


@dataclass(frozen=True, slots=True)
class Newest:
    """The highest generation, and the ids of all bytes that ever carried it."""

    generation: int = 0
    blobs: frozenset[str] = frozenset()


def newest(
    clone: Clone, paths: Sequence[str], tips: Sequence[str], resets: Mapping[str, int] | None = None
) -> dict[str, Newest]:
    """The newest generation of each document, over the history of these commits; without the ones that had none.

    `resets`: documents whose marks the root has set back, and the last generation that was good (R12).
    """
    versions: dict[str, set[str]] = {}
    for first in range(0, len(paths) if tips else 0, PATHS_AT_ONCE):
        part = paths[first : first + PATHS_AT_ONCE]
        feed = "".join(f"{line}\n" for line in (*tips, "--", *part)).encode()
        for path, blob in _versions(clone.git(*LOG, feed=feed)):
            versions.setdefault(path, set()).add(blob)
    read = {blob: _generation(clone, blob) for blobs in versions.values() for blob in blobs}
    goods = resets or {}
    return {path: _newest(blobs, read, goods.get(path, 0)) for path, blobs in versions.items()}


def _versions(log: str) -> Iterator[tuple[str, str]]:
    """Path and blob id of every version that a raw log names."""
    words = iter(log.split("\0"))
    for word in words:
        line = word.lstrip("\n")
        if line.startswith(":"):
            _, _, old, new, _ = line.split(" ")
            path = next(words, "")
            yield from ((path, blob) for blob in (old, new) if blob != NOTHING)


def _generation(clone: Clone, blob: str) -> int:
    """The generation some bytes carry; 0 when they can't be read, for then no agent accepted them."""
    raw = clone.blob(blob)
    try:
        metadata = load(raw, "").data.get("metadata") if raw is not None else None
    except Misuse:
        return 0
    found = metadata.get("generation") if isinstance(metadata, dict) else None
    return found if isinstance(found, int) and found > 0 else 0


def _newest(blobs: set[str], read: Mapping[str, int], good: int) -> Newest:
    """The highest number that agents may have accepted: one that jumps too far was typed by hand, and is refused.

    After a reset they go on from the last good one, number by number: what lies beyond a gap was a thief's.
    """
    top, jump = good, 1 if good else LONGEST_JUMP
    for generation in sorted(found for blob in blobs if (found := read[blob]) > good):
        if generation > top + jump:
            break
        top = generation
    return Newest(top, frozenset(blob for blob in blobs if top and read[blob] == top))
