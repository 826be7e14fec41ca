"""Short questions about a world: what may be acted on, what is refused and why, in words too."""

from datetime import datetime, timedelta

import pytest

from tiangong.errors import Problem, Refused
from tiangong.messages.catalogue import printable, render
from tiangong.model.stages import Desired, Memory, Pins
from tiangong.testing.simulator import World
from tiangong.trust.verify import Cache, verify


def ask(
    world: World,
    memory: Memory | None = None,
    *,
    pins: Pins | None = None,
    environment: str = "dev",
    later: timedelta = timedelta(),
    rewritten: bool = False,
    cache: Cache | None = None,
) -> Desired:
    """What verification says of a world as it is now."""
    snapshot = world.snapshot(rewritten=rewritten)
    return verify(snapshot, pins or world.pins(environment), memory, world.now + later, cache)


def nothing(world: World, memory: Memory | None = None, **more: object) -> set[str]:
    """Codes of the problems for which nothing at all is trusted."""
    with pytest.raises(Refused) as caught:
        ask(world, memory, **more)  # type: ignore[arg-type]
    assert caught.value.problems
    for problem in caught.value.problems:
        check_words(problem)
    return {problem.code for problem in caught.value.problems}


def codes(desired: Desired) -> dict[str, str]:
    """Path → code of every refusal; each of them is good to read."""
    for refusal in desired.refusals:
        check_words(refusal.problem)
        assert refusal.problem.place is not None
        assert refusal.problem.place.path == refusal.path
    return {refusal.path: refusal.problem.code for refusal in desired.refusals}


def holds(desired: Desired) -> set[str]:
    """Codes of what holds the whole environment."""
    for problem in desired.holds:
        check_words(problem)
    return {problem.code for problem in desired.holds}


def check_words(problem: Problem) -> str:
    """Where, what, and what to do: all of it is there, and every fact the words ask for was given."""
    said = render(problem)
    assert f"[{problem.code}" in said
    assert "fix: " in said, said
    if problem.place and problem.place.path:
        shown = printable(problem.place.path.strip()).replace("\n", "\N{REPLACEMENT CHARACTER}")
        assert said.startswith(shown), said
    return said


def at(text: str) -> datetime:
    """A moment, written as in a document."""
    return datetime.fromisoformat(text)
