"""Reasons by code and facts, in the words of this machine's catalogue."""

import pytest

from tiangong.errors import Place, problem
from tiangong.fleet.reasons import problem_of, reason_of
from tiangong.messages import render
from tiangong.model.stages import Reason
from tiangong.model.status import SaidReason


def test_a_reason_goes_out_and_comes_back() -> None:
    reason = Reason("window", problem("constraint/denied", Place("a.yaml", field="spec"), window="w", reason="r"))
    found = problem_of(reason_of(reason))
    assert render(found) == render(reason.problem)


def test_what_an_agent_leaves_out_is_shown_as_left_out() -> None:
    words = render(problem_of(SaidReason(constraint="hold", code="trust/clock", facts={"floor": "12:00"})))
    assert "…" in words
    assert "12:00" in words


@pytest.mark.parametrize(
    "code", ["future/thing", "trust/not-invented", "../../etc/passwd", "", "x", "__init__/a", "a/b/c", "catalogue/x\n"]
)
def test_a_code_this_version_doesnt_know_is_shown_as_it_is(code: str) -> None:
    found = problem_of(SaidReason(constraint="hold", code=code, facts={"a": 1}))
    assert found.code == "fleet/unknown-reason"
    assert '{"a": 1}' in render(found)


def test_facts_of_a_stranger_are_harmless() -> None:
    facts = {"window": "\x1b[2J{0.__class__}", "reason": "{window}\u202e"}
    words = render(problem_of(SaidReason(constraint="window", code="constraint/denied", facts=facts)))
    assert "\x1b" not in words
    assert "\u202e" not in words
    assert "{0.__class__}" in words
