"""How `lint` and `verify` show what they found: sentences with places, or data for scripts."""

from collections.abc import Sequence

from tiangong.cli.output import Data, document, raw
from tiangong.errors import Problem
from tiangong.messages.spoken import render
from tiangong.model.answer import AnswerMetadata, Finding


def show_findings(found: Sequence[Problem], form: Data) -> None:
    """Print every finding to stdout: it is the result that was asked for."""
    if form is Data.TEXT:
        for one in found:
            raw(render(one))
        return
    listed = [_finding(one).model_dump(mode="json", by_alias=True) for one in found]
    document({"apiVersion": "tiangong.dev/v1", "kind": "List", "items": listed}, form)


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
