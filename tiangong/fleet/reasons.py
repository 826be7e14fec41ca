"""Reasons an agent gave by code and facts, turned back into problems in the words of this machine's catalogue."""

import json
import re
from collections.abc import Iterator
from string import Formatter

from tiangong.errors import Place, Problem, problem
from tiangong.messages import explain
from tiangong.model.stages import Reason
from tiangong.model.status import SaidReason, StatusSpec
from tiangong.trust.marks import ALARMS

CODE = re.compile(r"[a-z][a-z-]{0,30}/[a-z0-9-]{1,60}\Z")
LEFT_OUT = "…"


def problem_of(said: SaidReason) -> Problem:
    """The problem a reason stands for; a code this version doesn't know is shown as it is."""
    place = Place(said.path) if said.path else None
    try:
        sentence = explain(said.code) if CODE.match(said.code) else None
    except KeyError:
        sentence = None
    if sentence is None:
        facts = json.dumps(said.facts, ensure_ascii=False)
        return problem("fleet/unknown-reason", place, reason=said.code, facts=facts)
    # What differs every time an agent leaves out; another version may say less than this one's words ask for.
    left_out = {name: LEFT_OUT for name in (*_names(sentence.text), *_names(sentence.fix)) if name not in said.facts}
    return Problem(said.code, {**said.facts, **left_out}, place)


def alarms(spec: StatusSpec) -> tuple[Problem, ...]:
    """What an agent met that looks like an attack: an old version put back, two versions of one generation (R12)."""
    return tuple(problem_of(said) for said in (*spec.refusals, *spec.holds) if said.code in ALARMS)


def reason_of(reason: Reason) -> SaidReason:
    """A reason of a plan made here, as an agent would say it."""
    found = reason.problem
    return SaidReason(
        constraint=reason.constraint,
        code=found.code,
        facts=dict(found.facts),
        path=str(found.place or ""),
        earliest=reason.earliest,
    )


def _names(template: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(template) if name)
