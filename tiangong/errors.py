"""What can go wrong, as values: a `Problem` says what, where and with which facts; its words live in `messages`.

House rules: constructors never print and never exit; the class of an error decides the exit code and what the
daemon does next; whoever catches one renders it through `tiangong.messages`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, TypeAlias

Fact: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a path (as in the control repository or on the host), 1-based line and column, field."""

    path: str = ""
    line: int | None = None
    column: int | None = None
    field: str = ""

    def __str__(self) -> str:
        """`path:line:column field`, leaving out what is not known."""
        spot = ":".join(str(part) for part in (self.path, self.line, self.column) if part not in ("", None))
        return f"{spot} {self.field}".strip()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or in the way. `code` is `<subject>/<kebab-name>`, a key of the catalogue."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    place: Place | None = None


def problem(code: str, place: Place | None = None, /, **facts: Fact) -> Problem:
    """Return a `Problem`; the keyword names are the placeholders of the catalogue's sentence."""
    return Problem(code, MappingProxyType(facts), place)


class TiangongError(Exception):
    """Base of every error a user can meet; carries one or more problems, the most important first."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *problems: Problem) -> None:
        """Take at least one problem."""
        super().__init__(*problems)
        self.problems: tuple[Problem, ...] = problems

    @classmethod
    def of(cls, code: str, place: Place | None = None, /, **facts: Fact) -> "TiangongError":
        """Return an error of this class with one problem."""
        return cls(problem(code, place, **facts))

    @classmethod
    def when_any(cls, problems: Iterable[Problem]) -> None:
        """Raise one error with all problems, or do nothing when there are none."""
        found = tuple(problems)
        if found:
            raise cls(*found)

    def __str__(self) -> str:
        """The codes and facts, for logs of last resort; people get `messages.render`."""
        return "; ".join(f"{p.code} {dict(p.facts)}" for p in self.problems)


class Failed(TiangongError):
    """Something was tried and failed; the daemon tries again next cycle (exit 1)."""

    exit_code = 1


class Misuse(TiangongError):
    """Wrong usage or configuration; nothing was tried (exit 2)."""

    exit_code = 2


class Held(TiangongError):
    """There is something to do and a constraint says not now (exit 3)."""

    exit_code = 3


class Refused(TiangongError):
    """Signature, role, rollback or replay: not allowed; what runs goes on running (exit 4)."""

    exit_code = 4


class Away(TiangongError):
    """A remote can't be reached; work goes on with what is known, reports are spooled (exit 5)."""

    exit_code = 5


class InDoubt(TiangongError):
    """Nobody but a person can tell whether a step happened (exit 6)."""

    exit_code = 6
