"""The only renderer of results and errors: stdout is for results, stderr for everything else."""

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from tiangong.errors import Fact, TiangongError
from tiangong.messages import render, text
from tiangong.messages.catalogue import printable


class Format(StrEnum):
    """What `-o` takes."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    NAME = "name"


def complain(error: TiangongError) -> None:
    """Print every problem of an error to stderr."""
    for found in error.problems:
        print(render(found), file=sys.stderr)


def say(code: str, /, **facts: Fact) -> None:
    """Print one sentence of the catalogue to stdout."""
    print(printable(text(code, **facts)))


def tell(code: str, /, **facts: Fact) -> None:
    """Print one sentence of the catalogue to stderr: progress, hints, next steps."""
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


def document(value: Any, form: Format) -> None:
    """Print one value as JSON or YAML."""
    if form is Format.YAML:
        import yaml

        sys.stdout.write(yaml.safe_dump(value, sort_keys=False, allow_unicode=True))
    else:
        sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _table(values: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for heading in columns:
        table.add_column(heading, overflow="fold")
    for value in values:
        table.add_row(
            *(Text(printable(str("" if (cell := value.get(key)) is None else cell))) for key in columns.values())
        )
    Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 160).print(table)
