"""Reasons an agent gave by code and facts, turned back into problems in the words of this machine's catalogue."""

import json

from tiangong.errors import Place, Problem, problem
from tiangong.messages import render
from tiangong.model.status import SaidReason


def problem_of(said: SaidReason) -> Problem:
    """The problem a reason stands for; a code this version doesn't know is shown as it is."""
    place = Place(said.path) if said.path else None
    found = Problem(said.code, said.facts, place)
    try:
        render(found)
    except (KeyError, AttributeError, IndexError, ValueError):
        facts = json.dumps(said.facts, ensure_ascii=False)
        return problem("fleet/unknown-reason", place, reason=said.code, facts=facts)
    return found
