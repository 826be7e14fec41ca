"""Reasons as `why` and `plan` show them: one bullet each, with the remedy and the earliest time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tiangong.cli.output import raw
from tiangong.cli.reading import local
from tiangong.errors import Problem
from tiangong.fleet.reasons import problem_of
from tiangong.messages.spoken import render, text
from tiangong.model.status import SaidReason

INDENT = "  "


def reason_bullet(reason: SaidReason, indent: str = "") -> None:
    """A reason, led by the constraint that gives it."""
    bullet(problem_of(reason), indent, f"{reason.constraint}: ", reason.earliest)


def bullet(found: Problem, indent: str = "", word: str = "", earliest: datetime | None = None) -> None:
    """A problem, its lines below each other."""
    first, *rest = render(found).split("\n")
    raw(f"{indent}- {word}{first.strip()}")
    for line in rest:
        raw(f"{indent}  {line}")
    if earliest:
        raw(f"{indent}  {text('why/not-before', when=local(earliest))}")


def against(
    candidates: Mapping[str, Sequence[SaidReason]], target: str | None, held: Sequence[SaidReason], indent: str
) -> None:
    """What speaks against each newer version; what already stands above as the reason for holding isn't repeated."""
    for version, reasons in candidates.items():
        if version == target and all(reason in held for reason in reasons):
            continue
        raw(indent + text("why/against", version=version))
        for reason in reasons:
            reason_bullet(reason, indent + INDENT)
