"""The life of a step is one table: what it doesn't name can't happen, and changes nothing."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiangong.model.lifecycle import BACKWARD, CUT_OFF, FORWARD, IN_DOUBT, TRANSITIONS, Event, State, advance

# written down again, on purpose: state → event → state
LIFE: dict[str, dict[str, str]] = {
    "pending": {"started": "running"},
    "running": {"succeeded": "done", "errored": "failed", "crashed": "in-doubt"},
    "done": {"undo-started": "undoing"},
    "failed": {"started": "running", "undo-started": "undoing"},
    "in-doubt": {
        "probed-done": "done", "probed-undone": "pending", "resolved-done": "done", "resolved-again": "pending",
    },
    "undoing": {"undo-succeeded": "undone", "undo-errored": "failed", "crashed": "undo-in-doubt"},
    # its effect is still there, or gone; a person says that the undoing happened, or may be begun again
    "undo-in-doubt": {
        "probed-done": "done", "probed-undone": "undone", "resolved-done": "undone", "resolved-again": "done",
    },
    "undone": {},
}  # fmt: skip


@pytest.mark.parametrize(("state", "event"), [*product(State, Event)])
def test_every_cell(state: State, event: Event) -> None:
    expected = LIFE[state].get(event)
    if expected is not None:
        assert advance(state, event) == expected
        return
    before = dict(TRANSITIONS)
    with pytest.raises(ValueError, match=f"{event} can't happen to a step that is {state}"):
        advance(state, event)
    assert before == TRANSITIONS


def test_the_table_is_complete() -> None:
    assert set(LIFE) == {state.value for state in State}
    assert {event for events in LIFE.values() for event in events} == {event.value for event in Event}
    assert sum(len(events) for events in LIFE.values()) == len(TRANSITIONS)


def test_every_state_can_be_reached_and_what_was_undone_rests() -> None:
    reached = {State.PENDING}
    for _ in State:
        reached |= {after for (before, _), after in TRANSITIONS.items() if before in reached}
    assert reached == set(State)
    assert set(State) - {before for before, _ in TRANSITIONS} == {State.UNDONE}


@pytest.mark.parametrize("state", IN_DOUBT)
def test_doubt_ends_only_by_looking_or_by_a_person(state: State) -> None:
    leaving = {event for before, event in TRANSITIONS if before is state}
    assert leaving == {Event.PROBED_DONE, Event.PROBED_UNDONE, Event.RESOLVED_DONE, Event.RESOLVED_AGAIN}


def test_a_step_can_be_cut_off_exactly_where_it_is_being_done_or_undone() -> None:
    assert {before for before, event in TRANSITIONS if event is Event.CRASHED} == set(CUT_OFF)
    assert {TRANSITIONS[state, Event.CRASHED] for state in CUT_OFF} == set(IN_DOUBT)


def test_doing_and_undoing_have_events_of_their_own() -> None:
    words = {Event.CRASHED, *(event for event in Event if event.startswith(("probed", "resolved")))}
    assert {*FORWARD, *BACKWARD} == set(Event) - words
    assert not {*FORWARD} & {*BACKWARD}


@given(st.lists(st.sampled_from(Event), max_size=40))
def test_nothing_is_done_that_was_never_started(events: list[Event]) -> None:
    """Whatever is thrown at a step, success stands only behind a start, and undoing only behind something done."""
    state, started = State.PENDING, False
    for event in events:
        try:
            state = advance(state, event)
        except ValueError:
            continue
        started = started or event is Event.STARTED
        assert started or state is State.PENDING
