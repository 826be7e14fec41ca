"""Pieces of Markdown: headings, tables, code, paragraphs."""

from collections.abc import Iterable, Sequence

NOTE = "This page is written by `make docs` from the program itself; a test fails when it is stale.\n"


def whole(title: str, intro: str, *parts: str) -> str:
    """A whole page."""
    return "\n".join([f"# {title}\n", f"{intro}\n", NOTE, *parts]).rstrip("\n") + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing at all when it has no rows."""
    lines = [_row(row) for row in rows]
    return "\n".join([_row(head), _row(["---"] * len(head)), *lines, ""]) if lines else ""


def code(text: str) -> str:
    """As code; empty stays empty."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}" if text else ""


def plain(text: str) -> str:
    """A docstring as one paragraph per paragraph, without the line ends of the source."""
    parts = (" ".join(part.split()) for part in text.strip().split("\n\n"))
    return "\n\n".join(parts)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"
