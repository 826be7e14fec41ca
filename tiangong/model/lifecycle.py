"""The life of one step. Everything that affects the state of a step lives in this table."""

from enum import StrEnum


class State(StrEnum):
    """Where a step of a run is."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    IN_DOUBT = "in-doubt"
    UNDOING = "undoing"
    UNDONE = "undone"
    UNDO_IN_DOUBT = "undo-in-doubt"


IN_DOUBT = (State.IN_DOUBT, State.UNDO_IN_DOUBT)
"""states in which only a probe or a person can tell what happened"""
CUT_OFF = (State.RUNNING, State.UNDOING)
"""states in which a step is found when the agent was killed in the middle of it"""


class Event(StrEnum):
    """What the journal records of a step.

    `probed-…`: whether its effect is there. `resolved-…`: a person's word whether what was cut off, doing or undoing
    it, happened or may be begun again.
    """

    STARTED = "started"
    SUCCEEDED = "succeeded"
    ERRORED = "errored"
    CRASHED = "crashed"
    PROBED_DONE = "probed-done"
    PROBED_UNDONE = "probed-undone"
    RESOLVED_DONE = "resolved-done"
    RESOLVED_AGAIN = "resolved-again"
    UNDO_STARTED = "undo-started"
    UNDO_SUCCEEDED = "undo-succeeded"
    UNDO_ERRORED = "undo-errored"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.PENDING, Event.STARTED): State.RUNNING,
    (State.RUNNING, Event.SUCCEEDED): State.DONE,
    (State.RUNNING, Event.ERRORED): State.FAILED,
    (State.RUNNING, Event.CRASHED): State.IN_DOUBT,
    (State.IN_DOUBT, Event.PROBED_DONE): State.DONE,
    (State.IN_DOUBT, Event.PROBED_UNDONE): State.PENDING,
    (State.IN_DOUBT, Event.RESOLVED_DONE): State.DONE,
    (State.IN_DOUBT, Event.RESOLVED_AGAIN): State.PENDING,
    (State.FAILED, Event.STARTED): State.RUNNING,
    (State.DONE, Event.UNDO_STARTED): State.UNDOING,
    (State.FAILED, Event.UNDO_STARTED): State.UNDOING,
    (State.UNDOING, Event.UNDO_SUCCEEDED): State.UNDONE,
    (State.UNDOING, Event.UNDO_ERRORED): State.FAILED,
    (State.UNDOING, Event.CRASHED): State.UNDO_IN_DOUBT,
    (State.UNDO_IN_DOUBT, Event.PROBED_DONE): State.DONE,
    (State.UNDO_IN_DOUBT, Event.PROBED_UNDONE): State.UNDONE,
    (State.UNDO_IN_DOUBT, Event.RESOLVED_DONE): State.UNDONE,
    (State.UNDO_IN_DOUBT, Event.RESOLVED_AGAIN): State.DONE,
}

FORWARD = (Event.STARTED, Event.SUCCEEDED, Event.ERRORED)
"""events of doing a step"""
BACKWARD = (Event.UNDO_STARTED, Event.UNDO_SUCCEEDED, Event.UNDO_ERRORED)
"""events of undoing a step of the release being left"""


def advance(state: State, event: Event) -> State:
    """Return the next state; ValueError when the event can't happen in this state."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ValueError(f"{event} can't happen to a step that is {state}") from None
