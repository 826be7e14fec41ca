"""Changing one field of a document in its text: comments, order and layout of everything else stay.

Tries the smallest change of text first, and takes the first one that reads back as exactly the intended document;
in the worst case a larger part, at the very worst the whole document, is written anew.
"""

import copy
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from yaml import MappingNode, Node, SequenceNode

from tiangong.documents.dump import WIDTH, dump, inline
from tiangong.documents.nodes import (
    column,
    compose,
    edited,
    end,
    indented,
    is_block,
    last_word,
    line_end,
    line_start,
    start,
)
from tiangong.documents.strict import Location, load
from tiangong.errors import Misuse


class Gone:
    """Stands for a field that isn't there."""

    def __repr__(self) -> str:
        """For tests and logs."""
        return "GONE"


GONE: Final = Gone()


def set_field(raw: bytes, path: str, location: Location, value: Any) -> bytes:
    """Return the document with a value at a location; what is missing above it is made, a list grows at its end.

    Misuse when the document can't be read, or something above the location is neither mapping nor list.
    """
    return _changed(raw, path, location, value)


def remove_field(raw: bytes, path: str, location: Location) -> bytes:
    """Return the document without the field or list entry at a location; the same when there is none."""
    return _changed(raw, path, location, GONE)


def applied(data: Any, location: Location, value: Any) -> Any:
    """The same on plain data, changed in place and returned: the meaning that `set_field` keeps to."""
    if not location:
        return value
    here = data
    for part, below in pairwise(location):
        if value is GONE and not _has(here, part):
            return data
        here = _entered(here, part, below)
    _put(here, location[-1], value)
    return data


def _changed(raw: bytes, path: str, location: Location, value: Any) -> bytes:
    data = load(raw, path).data
    wanted = applied(copy.deepcopy(data), location, value)
    if wanted == data:
        return raw
    text = raw.decode() if raw.endswith(b"\n") else raw.decode() + "\n"
    for depth in range(len(location), 0, -1):
        at = location[:depth]
        new = value if depth == len(location) else _at(wanted, at)
        for attempt in _ways(text, at, new):
            if _says(attempt, path, wanted):
                return attempt.encode()
    return dump(wanted)


def _says(text: str, path: str, wanted: Any) -> bool:
    try:
        return bool(load(text.encode(), path).data == wanted)
    except Misuse:
        return False


# ── plain data ───────────────────────────────────────────────────────────────────────────────────────────────────
def _has(here: Any, part: str | int) -> bool:
    return part in here if isinstance(here, dict) else isinstance(here, list) and part in range(len(here))


def _at(data: Any, location: Location) -> Any:
    for part in location:
        data = data[part]
    return data


def _entered(here: Any, part: str | int, below: str | int) -> Any:
    """What is at a part, made when it is missing or nothing."""
    if not _has(here, part) or here[part] is None:
        _put(here, part, [] if isinstance(below, int) else {})
    return here[part]


def _put(here: Any, part: str | int, value: Any) -> None:
    fits = isinstance(here, dict) if isinstance(part, str) else isinstance(here, list) and part <= len(here)
    if not fits:
        raise Misuse.of("document/cant-edit", field=str(part))
    if value is GONE:
        if _has(here, part):
            del here[part]
    elif isinstance(here, list) and part == len(here):
        here.append(value)
    else:
        here[part] = value


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _ways(text: str, location: Location, value: Any) -> Iterator[str]:
    """Texts that may say what is wanted, the one that changes least first."""
    parent = _node(compose(text), location[:-1])
    entries = _entries(parent)
    index = next((i for i, (name, _, _) in enumerate(entries) if name == location[-1]), None)
    if not isinstance(parent, MappingNode | SequenceNode):
        return
    if value is GONE:
        if index is not None and len(entries) > 1:
            yield from _without(text, parent, entries, index)
    elif index is None:
        yield from _added(text, parent, entries, location[-1], value)
    else:
        yield from _replaced(text, parent, entries[index], value)


Entry = tuple[str | int, Node, Node]
"""Name or number, the node it begins with, its value."""


def _entries(node: Node | None) -> list[Entry]:
    if isinstance(node, MappingNode):
        return [(str(key.value), key, value) for key, value in node.value]
    if isinstance(node, SequenceNode):
        return [(number, value, value) for number, value in enumerate(node.value)]
    return []


def _node(node: Node | None, location: Location) -> Node | None:
    for part in location:
        node = next((value for name, _, value in _entries(node) if name == part), None)
    return node


def _replaced(text: str, parent: MappingNode | SequenceNode, entry: Entry, value: Any) -> Iterator[str]:
    _, first, old = entry
    on_one_line = (start(old), last_word(text, old), inline(value))
    below_key = (end(first), line_end(text, old), ":\n" + indented(_block(value), column_of(parent) + 2))
    is_small = not _is_nested(value) or len(on_one_line[2]) + column_of(parent) < WIDTH
    if parent.flow_style or (is_small and not is_block(old)):
        space = " " * (start(old) == last_word(text, old))
        yield edited(text, [(on_one_line[0], on_one_line[1], space + on_one_line[2])])
    if parent.flow_style:
        return
    if isinstance(parent, MappingNode):
        yield edited(
            text, [below_key if _is_nested(value) else (end(first), last_word(text, old), f": {inline(value)}")]
        )
    else:
        whole = (line_start(text, start(old)), line_end(text, old), _lines(parent, 0, value))
        yield edited(text, [whole])


def _added(
    text: str, parent: MappingNode | SequenceNode, entries: list[Entry], name: str | int, value: Any
) -> Iterator[str]:
    word = f"{inline(name)}: {inline(value)}" if isinstance(name, str) else inline(value)
    if parent.flow_style:
        at = last_word(text, entries[-1][2]) if entries else start(parent) + 1
        yield edited(text, [(at, at, f", {word}" if entries else word)])
    elif entries:
        at = line_end(text, parent)
        yield edited(text, [(at, at, _lines(parent, name, value))])


def _without(text: str, parent: MappingNode | SequenceNode, entries: list[Entry], index: int) -> Iterator[str]:
    _, first, value = entries[index]
    following = start(entries[index + 1][1]) if index + 1 < len(entries) else None
    if parent.flow_style:
        before = last_word(text, entries[index - 1][2]) if index else start(first)
        until = last_word(text, value) if following is None or index else following
        yield edited(text, [(before, until, "")])
        return
    yield edited(text, [(line_start(text, start(first)), line_end(text, value), "")])
    if following is not None:
        yield edited(text, [(start(first), following, "")])


def _lines(parent: MappingNode | SequenceNode, name: str | int, value: Any) -> str:
    """One entry of a block, on lines of its own."""
    if isinstance(name, str):
        return indented(dump({name: value}).decode(), column_of(parent))
    listed = dump({"x": [value]}).decode().partition("\n")[2]
    return indented("".join(line[2:] + "\n" for line in listed.splitlines()), column_of(parent))


def column_of(parent: MappingNode | SequenceNode) -> int:
    """Where the entries of a block stand; 0 inside brackets, where it doesn't matter."""
    return 0 if parent.flow_style or not parent.value else column(parent)


def _block(value: Any) -> str:
    if isinstance(value, dict) and value:
        return dump(value).decode()
    if isinstance(value, list) and value:
        return "".join(line[2:] + "\n" for line in dump({"x": value}).decode().partition("\n")[2].splitlines())
    return inline(value) + "\n"


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)
