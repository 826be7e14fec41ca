"""How one look of the doctor is said: ok, note, warn or fail, by code and facts."""

from collections.abc import Callable, Iterable, Iterator

from tiangong.errors import Fact, Place, Problem, TiangongError
from tiangong.model.answer import Check

Result = str
Checks = Iterable[Check]


def ok(name: str, code: str, /, **facts: Fact) -> Check:
    """In order."""
    return Check(name=name, result="ok", code=f"doctor/{code}", facts=facts)


def note(name: str, code: str, /, **facts: Fact) -> Check:
    """In order, and worth knowing."""
    return Check(name=name, result="note", code=f"doctor/{code}", facts=facts)


def warn(name: str, code: str, place: Place | None = None, /, **facts: Fact) -> Check:
    """Works, and should be seen to."""
    return Check(name=name, result="warn", code=f"doctor/{code}", facts=facts, place=str(place or ""))


def fail(name: str, code: str, place: Place | None = None, /, **facts: Fact) -> Check:
    """Doesn't work."""
    return Check(name=name, result="fail", code=f"doctor/{code}", facts=facts, place=str(place or ""))


def failed(name: str, problems: Iterable[Problem]) -> Iterator[Check]:
    """Doesn't work, in words of another room."""
    for found in problems:
        yield Check(name=name, result="fail", code=found.code, facts=dict(found.facts), place=str(found.place or ""))


def warned(name: str, problems: Iterable[Problem]) -> Iterator[Check]:
    """Should be seen to, in words of another room."""
    for found in failed(name, problems):
        yield found.model_copy(update={"result": "warn"})


def attempt(name: str, look: Callable[[], Checks]) -> Iterator[Check]:
    """A look that may end in an error: then that is what was found."""
    try:
        yield from look()
    except TiangongError as error:
        yield from failed(name, error.problems)
