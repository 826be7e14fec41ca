"""A time that notices what it is compared with: until when an answer worked out from it stays the same. Pure.

Verifying and planning are functions of `now`. Given a `Moment`, they tell by what they ask of it when time alone would
change their answer, whoever wrote the rule. What can't be followed, such as reading its hour, blurs the horizon:
nothing is known then of how long the answer lasts.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

OWN = frozenset({"plain", "horizon", "ahead", "replace", "__class__"})
HOUR = timedelta(hours=1)
WHOLE_HOUR = {"minute": 0, "second": 0, "microsecond": 0}


class Horizon:
    """The nearest time, from `now` on, at which something that was asked is answered otherwise."""

    def __init__(self, now: datetime) -> None:
        """Nothing was asked yet."""
        self.now = now
        self.until = datetime.max.replace(tzinfo=UTC)
        self.blurred = False

    def near(self, time: datetime) -> None:
        """Something is answered otherwise from then on; what lies behind now doesn't come again."""
        if self.now <= time < self.until:
            self.until = time

    def blur(self) -> None:
        """Something was asked that can't be followed."""
        self.blurred = True


class Moment(datetime):
    """A horizon's now, or `ahead` of it: like any other time, but it notices. Build it with `moment`."""

    plain: datetime
    horizon: Horizon
    ahead: timedelta

    def __getattribute__(self, name: str) -> Any:
        if name in OWN:
            return super().__getattribute__(name)
        self.horizon.blur()
        return getattr(self.plain, name)

    def replace(self, *_: Any, **fields: Any) -> datetime:  # type: ignore[override]
        """The beginning of its hour is another one when the next hour begins; of what else, nobody can tell."""
        found = self.plain.replace(*_, **fields)
        if _ or fields != WHOLE_HOUR:
            self.horizon.blur()
        self.horizon.near(found + HOUR - self.ahead)
        return found

    def __lt__(self, other: Any) -> bool:
        return bool(self.plain < _other(self, other))

    def __le__(self, other: Any) -> bool:
        return bool(self.plain <= _other(self, other))

    def __gt__(self, other: Any) -> bool:
        return bool(self.plain > _other(self, other))

    def __ge__(self, other: Any) -> bool:
        return bool(self.plain >= _other(self, other))

    def __eq__(self, other: object) -> bool:
        return bool(self.plain == _other(self, other))

    def __ne__(self, other: object) -> bool:
        return bool(self.plain != _other(self, other))

    def __add__(self, other: Any) -> Any:
        return moment(self.horizon, self.ahead + other) if isinstance(other, timedelta) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        """What lies between two times changes all the time."""
        if isinstance(other, timedelta):
            return moment(self.horizon, self.ahead - other)
        self.horizon.blur()
        return self.plain - (other.plain if isinstance(other, Moment) else other)

    def __rsub__(self, other: Any) -> Any:
        self.horizon.blur()
        return other - self.plain

    def __hash__(self) -> int:
        self.horizon.blur()
        return hash(self.plain)

    def __str__(self) -> str:
        self.horizon.blur()
        return str(self.plain)

    def __repr__(self) -> str:
        self.horizon.blur()
        return repr(self.plain)

    def __format__(self, form: str) -> str:
        self.horizon.blur()
        return format(self.plain, form)

    def __reduce_ex__(self, protocol: Any) -> Any:
        self.horizon.blur()
        return self.plain.__reduce_ex__(protocol)


def moment(horizon: Horizon, ahead: timedelta = timedelta()) -> Moment:
    """The horizon's now, or so much ahead of it, as a time that notices."""
    time = horizon.now + ahead
    made = Moment.combine(time.date(), time.timetz())
    made.plain, made.horizon, made.ahead = time, horizon, ahead
    return made


def _other(one: Moment, other: Any) -> Any:
    """What a moment is compared with, noticed. Two of the same horizon always stand in the same order."""
    if isinstance(other, Moment):
        if other.horizon is not one.horizon:
            one.horizon.blur()
        return other.plain
    if isinstance(other, datetime) and other.tzinfo is not None:
        one.horizon.near(other - one.ahead)
    return other
