"""Writes the reference from the program itself: `python -m docs.generate`, or `make docs`. Tests compare."""

from pathlib import Path

from docs.generate import codes, commands, executors, kinds, lifecycle, reasons

DOCS = Path(__file__).resolve().parents[1]
WHOLE = {
    "reference/cli.md": commands.page,
    "reference/documents.md": kinds.page,
    "reference/errors.md": codes.page,
    "reference/executors.md": executors.page,
    "reference/constraints.md": reasons.page,
}
"""pages that are generated from the first line to the last"""
PARTS = {"architecture.md": lifecycle.diagram}
"""pages with one part between two marks that is"""
BEGIN, END = "<!-- generated: begin -->\n", "<!-- generated: end -->\n"


def pages() -> dict[Path, str]:
    """Every page with something generated on it, as it has to be now."""
    found = {DOCS / name: page() for name, page in WHOLE.items()}
    for name, part in PARTS.items():
        before, _, rest = (DOCS / name).read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        found[DOCS / name] = f"{before}{BEGIN}{part()}{END}{after}"
    return found
