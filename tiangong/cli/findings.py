"""How `lint` and `verify` show what they found: sentences with places, or data for scripts."""

from collections.abc import Sequence

from tiangong.cli.output import Format, answers, raw
from tiangong.errors import Problem
from tiangong.messages.spoken import render
from tiangong.model.answer import AnswerMetadata, Finding


def show_findings(found: Sequence[Problem], form: Format) -> None:
    """Print every finding to stdout: it is the result that was asked for."""
    if form is Format.TABLE:
        for one in found:
            raw(render(one))
        return
    answers([_finding(one) for one in found], form)


def _finding(found: Problem) -> Finding:
    place = found.place
    return Finding(
        metadata=AnswerMetadata(name=place.path if place else ""),
        code=found.code,
        line=place.line if place else None,
        column=place.column if place else None,
        field=place.field if place else "",
        facts=dict(found.facts),
    )
