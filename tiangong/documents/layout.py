"""The canonical layout of a document: fields in the order of its model, two columns a level; every comment stays.

What people may choose stays as they chose it: quotes, brackets or lines, order of lists and of names they made up.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from tiangong.documents.nodes import compose, end, is_block, is_block_text, last_word, start
from tiangong.documents.schema import shape_at
from tiangong.documents.strict import Location, load
from tiangong.errors import Misuse

STEP = 2


def canonical(raw: bytes, path: str, model: type[BaseModel]) -> bytes | None:
    """Return the document in its canonical layout; None when that can't be done without losing something.

    Misuse when it can't be read.
    """
    data = load(raw, path).data
    text = raw.decode() if raw.endswith(b"\n") else raw.decode() + "\n"
    laid = _laid(text, model)
    try:
        same = load(laid.encode(), path).data == data and _comments(laid) == _comments(text)
    except Misuse:
        return None
    return laid.encode() if same and _laid(laid, model) == laid else None


def _laid(text: str, model: type[BaseModel]) -> str:
    root = compose(text)
    assert isinstance(root, MappingNode)  # noqa: S101 -- load() has seen it
    layout = _Layout(text, lambda location: list(shape_at(model, location).get("properties", {})))
    last = len(layout.lines)
    if root.flow_style:
        return text
    first = root.value[0][0].start_mark.line if root.value else 0
    lines = [line.strip() for line in layout.lines[:first]]
    return "\n".join([*_spaced(lines), *layout.block(root, 0, (), range(first, last))]).strip("\n") + "\n"


def _comments(text: str) -> Counter[str]:
    """Every comment, as often as it stands there."""
    kept = list(text)
    for first, until in _words(compose(text), text):
        kept[first:until] = "." * (until - first)
    lines = "".join(kept).split("\n")
    marks = [line.find("#") for line in lines]
    whole = text.split("\n")
    return Counter(line[mark:].rstrip() for line, mark in zip(whole, marks, strict=True) if mark >= 0)


def _words(node: Node | None, text: str) -> Iterator[tuple[int, int]]:
    """Where scalars stand, in which a # is no comment. Line ends are left out, so that lines stay lines."""
    if isinstance(node, ScalarNode):
        at = start(node)
        if is_block_text(node):
            at = text.index("\n", at)
        for part in text[at : last_word(text, node)].split("\n"):
            yield at, at + len(part)
            at += len(part) + 1
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _words(key, text)
            yield from _words(value, text)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            yield from _words(value, text)


@dataclass(frozen=True, slots=True)
class _Part:
    """One entry of a block: the line it begins on, its value, the numbers of the lines above it that belong to it."""

    line: int
    key: Node | None
    value: Node
    above: Sequence[int]
    until: int
    """the first line that doesn't belong to it any more"""


@dataclass(slots=True)
class _Layout:
    """Writes blocks anew, from the lines of the text."""

    text: str
    order: Callable[[Location], list[str]]
    lines: list[str] = field(init=False)
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Find the lines."""
        self.lines = self.text.removesuffix("\n").split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    # ── blocks ───────────────────────────────────────────────────────────────────────────────────────────────────
    def block(self, node: MappingNode | SequenceNode, indent: int, location: Location, within: range) -> list[str]:
        """A block's lines anew. `within`: the lines that belong to it, remarks above and below included."""
        if isinstance(node, MappingNode):
            return self._mapping(node, indent, location, within)
        return self._sequence(node, indent, location, within)

    def _mapping(self, node: MappingNode, indent: int, location: Location, within: range) -> list[str]:
        """A mapping's lines, its fields in the order of the model."""
        column = node.value[0][0].start_mark.column
        firsts = [(key.start_mark.line, key, value) for key, value in node.value]
        parts, foot = self._parts(firsts, column, within)
        known = self.order(location)
        order = {name: number for number, name in enumerate(known)}
        parts.sort(key=lambda part: order.get(_name(part), len(known)))
        lines: list[str] = []
        for part in parts:
            lines += [*self._remarks(part.above, indent), *self._field(part, indent, column, location)]
        return _spaced([*lines, *self._remarks(foot, indent)])

    def _sequence(self, node: SequenceNode, indent: int, location: Location, within: range) -> list[str]:
        """A list's lines, in the order they have."""
        column = node.start_mark.column
        firsts: list[tuple[int, Node | None, Node]] = []
        for value in node.value:
            after = self._last_line(firsts[-1][2]) + 1 if firsts else node.start_mark.line
            firsts.append((self._dash(value, column, after), None, value))
        parts, foot = self._parts(firsts, column, within)
        lines: list[str] = []
        for number, part in enumerate(parts):
            lines += [*self._remarks(part.above, indent), *self._item(part, indent, (*location, number))]
        return _spaced([*lines, *self._remarks(foot, indent)])

    def _field(self, part: _Part, indent: int, column: int, location: Location) -> list[str]:
        assert part.key is not None  # noqa: S101 -- fields have one
        margin = " " * indent
        name = margin + self.text[start(part.key) : last_word(self.text, part.key)] + ":"
        beside = self._after(end(part.key) + 1) if part.value.start_mark.line > part.line else ""
        here = (*location, _name(part))
        if is_block(part.value) and isinstance(part.value, MappingNode | SequenceNode):
            within = range(part.line + 1, part.until)
            return [name + beside, *self.block(part.value, indent + STEP, here, within)]
        above = [margin + beside.strip()] if beside and start(part.value) != end(part.value) else []
        value = self._word(part.value, indent, column, here)
        below = self._remarks(range(self._last_line(part.value) + 1, part.until), indent)
        if start(part.value) == end(part.value):
            return [name + self._after(end(part.key) + 1), *below]
        return [*above, f"{name} {value[0]}", *value[1:], *below]

    def _item(self, part: _Part, indent: int, here: Location) -> list[str]:
        margin, value = " " * indent, part.value
        dash = self.starts[part.line] + self.lines[part.line].index("-")
        beside = self._after(dash + 1) if value.start_mark.line > part.line else ""
        above = [margin + beside.strip()] if beside else []
        if is_block(value) and isinstance(value, MappingNode | SequenceNode):
            begins = part.line + (value.start_mark.line > part.line)
            lines = self.block(value, indent + STEP, here, range(begins, part.until))
            first = next(n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
            remarks = [margin + line.strip() for line in lines[:first] if line.strip()]
            return [*above, *remarks, f"{margin}- {lines[first].lstrip()}", *lines[first + 1 :]]
        below = self._remarks(range(self._last_line(value) + 1, part.until), indent)
        if start(value) == end(value):
            return [*above, f"{margin}-", *below]
        lines = self._word(value, indent, value.start_mark.column - STEP, here)
        return [*above, f"{margin}- {lines[0]}", *lines[1:], *below]

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _word(self, node: Node, indent: int, column: int, here: Location) -> list[str]:
        """A scalar, or something in brackets, with the comment after it; more lines move along with the first."""
        source = self.text[start(node) : last_word(self.text, node)]
        after = "" if is_block_text(node) else self._after(last_word(self.text, node))
        if "\n" not in source:
            return [self._bracketed(node, here) + after]
        first, *more = source.split("\n")
        moved = [_moved(line, indent - column, indent + STEP) for line in more]
        return [first, *moved[:-1], moved[-1] + after]

    def _bracketed(self, node: Node, here: Location) -> str:
        """What stands on one line, with one space after colons and commas."""
        if isinstance(node, MappingNode):
            known = self.order(here)
            pairs = [(key.value, self._bracketed(key, here), value) for key, value in node.value]
            pairs.sort(key=lambda pair: known.index(pair[0]) if pair[0] in known else len(known))
            inner = [f"{key}: {self._bracketed(value, (*here, name))}".rstrip() for name, key, value in pairs]
            return "{" + ", ".join(inner) + "}"
        if isinstance(node, SequenceNode):
            return "[" + ", ".join(self._bracketed(v, (*here, n)) for n, v in enumerate(node.value)) + "]"
        return self.text[start(node) : end(node)]

    def _after(self, index: int) -> str:
        """The comment on the rest of a line, with the space before it; empty when there is none."""
        line = bisect_right(self.starts, index) - 1
        rest = self.text[index : self.starts[line + 1] - 1]
        words = rest.strip()
        return (rest[: len(rest) - len(rest.lstrip())] or " ") + words if words.startswith("#") else ""

    # ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _parts(
        self, firsts: Sequence[tuple[int, Node | None, Node]], column: int, within: range
    ) -> tuple[list[_Part], Sequence[int]]:
        """The entries of a block with the remarks that belong to each, and those below the last one."""
        parts: list[_Part] = []
        above: Sequence[int] = range(within.start, firsts[0][0])
        for number, (line, key, value) in enumerate(firsts):
            bound = firsts[number + 1][0] if number + 1 < len(firsts) else within.stop
            rest = self._last_line(value) + 1 if start(value) != end(value) else line + 1
            deeper = [n for n in range(rest, bound) if self._column(n) > column]
            split = deeper[-1] + 1 if deeper else rest
            parts.append(_Part(line, key, value, above, split))
            above = range(split, bound)
        return parts, above

    def _remarks(self, numbers: Sequence[int], indent: int) -> list[str]:
        stripped = [self.lines[number].strip() for number in numbers]
        return [" " * indent + line if line else "" for line in stripped]

    def _column(self, number: int) -> int:
        """Where a remark begins; before everything when there is none."""
        line = self.lines[number]
        return len(line) - len(line.lstrip()) if line.strip() else -1

    def _last_line(self, node: Node) -> int:
        return bisect_right(self.starts, max(last_word(self.text, node) - 1, 0)) - 1

    def _dash(self, value: Node, column: int, after: int) -> int:
        """The line on which an entry's dash stands."""
        for number in range(value.start_mark.line, after, -1):
            line = self.lines[number]
            if self._column(number) <= column and line[column : column + 1] == "-":
                return number
        return after if self.lines[after][column : column + 1] == "-" else value.start_mark.line


def _name(part: _Part) -> str:
    return str(part.key.value) if part.key else ""


def _moved(line: str, columns: int, least: int) -> str:
    """A line that goes on, moved to the side; never further left than where it still belongs to the one above."""
    stripped = line.strip()
    return " " * max(len(line) - len(line.lstrip()) + columns, least) + stripped if stripped else ""


def _spaced(lines: Sequence[str]) -> list[str]:
    """No more than one empty line anywhere, none at the beginning."""
    return [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
