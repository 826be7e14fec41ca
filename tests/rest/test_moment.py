"""What a moment is asked says how long the answer lasts: for expressions of all kinds, and for every case of the planner."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.planner.situation import Situation, situation
from tests.planner.test_cases import cases
from tiangong.planner.plan import make_plan
from tiangong.rest.moment import HOUR, WHOLE_HOUR, Horizon, moment
from tiangong.testing.fakes import fake_capabilities
from tiangong.trust.verify import verify

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = datetime.max.replace(tzinfo=UTC)
Rule = Callable[[datetime], object]

spans = st.timedeltas(timedelta(days=-2), timedelta(days=2))
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "max": lambda a, b: max(a, b) == b,
}


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """now ± so much, compared with a time from either side."""
    shift, time, order = draw(spans), NOW + draw(spans), ORDERS[draw(st.sampled_from(sorted(ORDERS)))]
    moved: Callable[[datetime], datetime] = draw(
        st.sampled_from([lambda now: now, lambda now: now + shift, lambda now: shift + now, lambda now: now - shift])
    )
    if draw(st.booleans()):
        return lambda now: order(moved(now), time)
    return lambda now: order(time, moved(now))


@settings(max_examples=300)
@given(st.lists(rules(), min_size=1, max_size=4), st.lists(st.floats(0, 1, exclude_max=True), max_size=5))
def test_until_the_horizon_every_answer_stays_the_same(asked: list[Rule], when: list[float]) -> None:
    horizon = Horizon(NOW)
    answers = [rule(moment(horizon)) for rule in asked]
    assert answers == [rule(NOW) for rule in asked]
    assert not horizon.blurred
    left = min(horizon.until, NOW + timedelta(days=9)) - NOW
    for part in when if left else ():
        at = min(left * part, left - MICROSECOND)
        assert [rule(NOW + at) for rule in asked] == answers
    if left:
        assert [rule(NOW + left - MICROSECOND) for rule in asked] == answers


def test_what_lies_behind_doesnt_come_again_and_what_comes_is_noticed() -> None:
    horizon = Horizon(NOW)
    assert moment(horizon) > NOW - HOUR
    assert horizon.until == NEVER
    assert moment(horizon) < NOW + HOUR
    assert horizon.until == NOW + HOUR
    assert moment(horizon) <= NOW
    assert horizon.until == NOW, "a microsecond later that is no more so"


def test_the_beginning_of_its_hour_lasts_until_the_next() -> None:
    horizon = Horizon(NOW)
    assert moment(horizon).replace(**WHOLE_HOUR) == NOW.replace(minute=0)
    assert (horizon.until, horizon.blurred) == (NOW.replace(hour=13, minute=0), False)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(lambda now: now.hour, id="a part"),
        pytest.param(lambda now: now.replace(hour=3), id="another hour"),
        pytest.param(lambda now: now.isoformat(), id="isoformat"),
        pytest.param(lambda now: now.astimezone(UTC), id="another zone"),
        pytest.param(lambda now: now.timestamp(), id="seconds"),
        pytest.param(lambda now: now.tzinfo.utcoffset(now), id="its zone"),
        pytest.param(lambda now: now - NOW, id="how long since"),
        pytest.param(lambda now: NOW - now, id="how long until"),
        pytest.param(lambda now: f"{now:%Y}", id="a format"),
        pytest.param(str, id="text"),
        pytest.param(repr, id="repr"),
        pytest.param(lambda now: {now}, id="a set"),
        pytest.param(copy.deepcopy, id="a copy"),
        pytest.param(pickle.dumps, id="a pickle"),
        pytest.param(lambda now: now < moment(Horizon(NOW)), id="another's moment"),
    ],
)
def test_what_cant_be_followed_blurs_the_horizon(asked: Rule) -> None:
    horizon = Horizon(NOW)
    found, plain = asked(moment(horizon)), asked(NOW)
    assert found == plain
    assert horizon.blurred


# ── verifying and planning, as they are ──────────────────────────────────────────────────────────────────────────
def answer(here: Situation, now: datetime) -> object:
    """All that a status would be made of."""
    desired = verify(here.world.snapshot(), here.world.pins("dev"), here.desired.memory, now)
    desired = replace(desired, vault=here.desired.vault)
    plan = make_plan(desired, here.actual, here.history, fake_capabilities(here.executors), now)
    holds = [problem.code for problem in desired.holds]
    return plan, desired.refusals, desired.suppressions, desired.memory, holds


@pytest.mark.parametrize("case", [*cases()])
def test_a_plan_lasts_until_its_horizon(case: dict[str, Any]) -> None:
    here = situation(case)
    horizon = Horizon(here.now)
    first = answer(here, moment(horizon))
    assert first == answer(here, here.now)
    if horizon.blurred:
        return  # nothing is known then, and nothing is claimed
    last = min(horizon.until, here.now + timedelta(days=40))
    for part in (0.01, 0.5, 0.99):
        assert answer(here, here.now + (last - here.now) * part) == first
    if last > here.now:
        assert answer(here, last - MICROSECOND) == first


def test_a_quiet_environment_has_a_horizon() -> None:
    here = situation(
        {
            "given": {"releases": {"shop": {"1.0.0": {}}}},
            "history": [{"release": "shop@1.0.0", "installation": "shop", "result": "succeeded"}],
        }
    )
    horizon = Horizon(here.now)
    answer(here, moment(horizon))
    assert not horizon.blurred
    assert here.now < horizon.until <= here.now + HOUR, "the floor of the clock is raised every hour"
