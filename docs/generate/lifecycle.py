"""The life of one step as a diagram, from the table that decides it."""

from collections.abc import Iterator

from tiangong.model.lifecycle import TRANSITIONS, State


def diagram() -> str:
    """A Mermaid state diagram; transitions between the same two states share an arrow."""
    return "\n".join(["```mermaid", "stateDiagram-v2", *_lines(), "```", ""])


def _lines() -> Iterator[str]:
    arrows: dict[tuple[State, State], list[str]] = {}
    for (state, event), after in TRANSITIONS.items():
        arrows.setdefault((state, after), []).append(event.value)
    yield f"    [*] --> {_id(State.PENDING)}"
    for (state, after), events in arrows.items():
        yield f"    {_id(state)} --> {_id(after)}: {', '.join(events)}"


def _id(state: State) -> str:
    return state.value.replace("-", "_")
