"""My edits of one document on top of a newer version of it: field by field, comments where that is possible."""

import difflib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tiangong.author.changes import shown
from tiangong.author.clone import Clone
from tiangong.author.draft import ONCE
from tiangong.documents.edit import GONE, remove_field, set_field
from tiangong.documents.merge import Clash, FieldEdit, Merge, merge
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at
from tiangong.documents.stamp import content, stamp
from tiangong.documents.strict import Location, dotted, load
from tiangong.errors import Failed, Misuse, Place, Problem, problem

MINE, MIDDLE, THEIRS = "<<<<<<< mine", "=======", ">>>>>>> "


@dataclass(frozen=True, slots=True)
class Versions:
    """One document where two lines of work parted, as I have it, and the newer one; None where there is none."""

    path: str
    base: bytes | None
    mine: bytes | None
    theirs: bytes | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """The document with both edits, to be stamped anew if it is neither version; or what a person must decide.

    `marked`: with the markers people know from git around what must be decided.
    """

    path: str
    raw: bytes | None
    problems: tuple[Problem, ...] = ()
    marked: bytes | None = None


def replay(clone: Clone, versions: Versions, label: str) -> Replayed:
    """Put my edits on the newer version, which people know as `label`; Misuse when one of them can't be read."""
    path, base, mine, theirs = versions.path, versions.base, versions.mine, versions.theirs
    if mine in (theirs, base):
        return Replayed(path, theirs)
    if theirs == base:
        return Replayed(path, mine)
    place = Place(path)
    if mine is None or theirs is None:
        code = "author/clash-mine-gone" if mine is None else "author/clash-theirs-gone"
        return Replayed(path, None, (problem(code, place, label=label),))
    if kind_at(path) in ONCE:
        return Replayed(path, None, (problem("author/clash-once", place, label=label),))
    found = merge(content(base, path) if base is not None else GONE, content(mine, path), content(theirs, path))
    raw = _both(clone, versions, found)
    if found.clashes:
        return Replayed(path, None, tuple(_clashes(found, theirs, path, label)), _marked(raw, found, path, label))
    parse(raw, path)
    return Replayed(path, raw)


def _both(clone: Clone, versions: Versions, found: Merge) -> bytes:
    """Their text with my edits: all of my text where git can merge it and it means the same, else field by field."""
    path, theirs = versions.path, versions.theirs or b""
    wanted = found.onto(content(theirs, path))
    if not found.clashes and (merged := _merged_text(clone, versions)) is not None:
        try:
            means_it = content(merged, path) == wanted
        except Misuse:
            means_it = False
        if means_it:
            return theirs if merged == _plain(theirs, path) else merged
    return _with(theirs, path, found.edits)


def _with(raw: bytes, path: str, edits: tuple[FieldEdit, ...]) -> bytes:
    for edit in edits:
        raw = _put(raw, path, edit.location, edit.value)
    return raw


def _put(raw: bytes, path: str, location: Location, value: object) -> bytes:
    return remove_field(raw, path, location) if value is GONE else set_field(raw, path, location, value)


def _merged_text(clone: Clone, versions: Versions) -> bytes | None:
    """What git makes of the three texts without their stamps; None when lines conflict."""
    if versions.base is None:
        return None
    try:
        texts = [_plain(raw or b"", versions.path) for raw in (versions.mine, versions.base, versions.theirs)]
    except Misuse:
        return None
    clone.private.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="merge-", dir=clone.private) as folder:
        files = [Path(folder) / name for name in ("mine", "base", "theirs")]
        for file, text in zip(files, texts, strict=True):
            file.write_bytes(text)
        try:
            clone.git("merge-file", "--quiet", *map(str, files))
        except Failed:
            return None
        return files[0].read_bytes()


def _plain(raw: bytes, path: str) -> bytes:
    """The text with stamps that are the same in every version."""
    digests = {"release": "sha512:" + "0" * 128} if kind_at(path) == "Promotion" else {}
    return stamp(raw, path, repo="0" * 32, generation=1, change="0" * 12, digests=digests)


# ── what a person must decide ────────────────────────────────────────────────────────────────────────────────────
def _clashes(found: Merge, theirs: bytes, path: str, label: str) -> Iterator[Problem]:
    parsed = load(theirs, path)
    for clash in found.clashes:
        facts = {"field": dotted(clash.location), "mine": _value(clash.mine), "theirs": _value(clash.theirs)}
        yield problem("author/clash", parsed.place(clash.location), label=label, base=_value(clash.base), **facts)


def _value(value: object) -> str:
    return "(removed)" if value is GONE else shown(value)


def _marked(newer: bytes, found: Merge, path: str, label: str) -> bytes:
    """Both ways to write every clashing field, between markers; what can't be shown so, in lines at the top."""
    ours = newer
    unshown: list[Clash] = []
    for clash in found.clashes:
        before = ours
        try:
            ours = _put(ours, path, clash.location, clash.mine)
        except Misuse:
            unshown.append(clash)
        else:
            unshown += [clash] if ours == before else []
    lines = [line for clash in unshown for line in _said(clash, label)]
    return "".join([*lines, *_hunks(newer.decode(), ours.decode(), label)]).encode()


def _said(clash: Clash, label: str) -> list[str]:
    field = dotted(clash.location)
    mine, theirs = (f"# {field}: {_value(value)}\n" for value in (clash.mine, clash.theirs))
    return [f"{MINE}\n", mine, f"{MIDDLE}\n", theirs, f"{THEIRS}{label}\n"]


def _hunks(theirs: str, mine: str, label: str) -> Iterator[str]:
    old, new = theirs.splitlines(keepends=True), mine.splitlines(keepends=True)
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from old[i1:i2]
        else:
            yield from (f"{MINE}\n", *new[j1:j2], f"{MIDDLE}\n", *old[i1:i2], f"{THEIRS}{label}\n")


def marker_line(raw: bytes) -> int | None:
    """The line of the first conflict marker, or None."""
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line.startswith((b"<<<<<<< ", b">>>>>>> ", b"||||||| ")) or line.rstrip() == b"=======":
            return number
    return None
