"""The only renderer of results and errors: stdout is for results, stderr for everything else."""

import io
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TextIO
from unicodedata import east_asian_width

from tiangong.errors import Fact, TiangongError
from tiangong.messages.catalogue import printable
from tiangong.messages.spoken import render, text

if TYPE_CHECKING:
    from tiangong.model.answer import Answer

HOME, TO_END_OF_LINE, TO_END = "\x1b[H", "\x1b[K", "\x1b[J"
NOT_ASCII = re.compile(r"[^\n\x20-\x7e]")


class Format(StrEnum):
    """What `-o` takes, in every command; where nothing is a table, `table` is text for people."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    NAME = "name"


def complain(error: TiangongError) -> None:
    """Print every problem of an error to stderr, after what went to stdout: in a log both are one text."""
    sys.stdout.flush()
    for found in error.problems:
        print(render(found), file=sys.stderr)


def say(code: str, /, **facts: Fact) -> None:
    """Print one sentence of the catalogue to stdout."""
    print(printable(text(code, **facts)))


def tell(code: str, /, **facts: Fact) -> None:
    """Print one sentence of the catalogue to stderr: progress, hints, next steps; after what went to stdout before."""
    sys.stdout.flush()
    print(printable(text(code, **facts)), file=sys.stderr, flush=True)


def raw(value: str) -> None:
    """Print text made harmless for a terminal."""
    print(printable(value))


def items(values: Sequence[Mapping[str, Any]], form: Format, *, columns: Mapping[str, str], name: str = "name") -> None:
    """Print a list as table (`columns`: heading → key), JSON or YAML List, or bare names."""
    if form is Format.NAME:
        for value in values:
            raw(str(value[name]))
    elif form in (Format.JSON, Format.YAML):
        document({"apiVersion": "tiangong.dev/v1", "kind": "List", "items": list(values)}, form)
    else:
        _table(values, columns)


def answers(found: "Sequence[Answer]", form: Format) -> None:
    """Print answers as a JSON or YAML List, or by their names."""
    if form is Format.NAME:
        for one in found:
            raw(one.metadata.name)
    else:
        listed = [as_data(one) for one in found]
        document({"apiVersion": "tiangong.dev/v1", "kind": "List", "items": listed}, form)


def answer(found: "Answer", form: Format) -> None:
    """Print one answer as JSON or YAML, or its name."""
    if form is Format.NAME:
        raw(found.metadata.name)
    else:
        document(as_data(found), form)


def as_data(found: "Answer") -> dict[str, Any]:
    """An answer as data, in the names of its schema."""
    return found.model_dump(mode="json", by_alias=True)


def document(value: Mapping[str, Any], form: Format) -> None:
    """Print one value as YAML, or else as JSON."""
    if form is Format.YAML:
        from tiangong.documents.dump import dump

        sys.stdout.write(dump(value).decode())
    else:
        import json

        plain = json.dumps(value, indent=2, ensure_ascii=False)
        # A character a terminal would obey can only stand inside a string, where an escape means the same.
        sys.stdout.write(NOT_ASCII.sub(_escaped, plain) + "\n")


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return found[0] if printable(found[0]) == found[0] else re.sub("(....)", r"\\u\1", units)


@contextmanager
def screen() -> Iterator[None]:
    """Draw one picture over the one before; where there is no terminal, one below the other."""
    out = sys.stdout
    if not out.isatty():
        yield
        out.write("\n")
        out.flush()
        return
    frame = _Frame(out)
    with redirect_stdout(frame), redirect_stderr(frame):
        yield
    lines = frame.getvalue().splitlines()[: os.get_terminal_size(out.fileno()).lines - 1]
    out.write(HOME + "".join(f"{line}{TO_END_OF_LINE}\n" for line in lines) + TO_END)
    out.flush()


class _Frame(io.StringIO):
    """Takes what is printed for a terminal, as if it were that terminal."""

    def __init__(self, terminal: TextIO) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal.isatty()


def _table(values: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    cells = [[_cell(value.get(key)) for key in columns.values()] for value in values]
    if sys.stdout.isatty():
        _drawn_table([*columns], cells)
    else:
        _plain_table([[*columns], *cells])


def _cell(value: Any) -> str:
    return "" if value is None else printable(str(value)).replace("\n", " ")


def _plain_table(rows: Sequence[Sequence[str]]) -> None:
    """One line for each row, for pipes and files: nothing is folded."""
    widths = [max(columns_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        padded = (cell + " " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=True))
        print("   ".join(padded).rstrip())


def columns_of(value: str) -> int:
    """How many columns of a terminal text takes: Chinese characters take two."""
    return len(value) if value.isascii() else sum(1 + (east_asian_width(c) in "WF") for c in value)


def _drawn_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """As wide as the terminal at most; long cells are folded."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(file=sys.stdout, highlight=False).print(table)
