"""Maintenance windows: cron + duration in an IANA zone, deny intervals, and the next time a change fits. Pure.

A document's allow windows are one set of times: a change fits when all of its time lies in them, also across windows
that touch or overlap. Cron is read by the local clock as Debian's cron does: a fixed time that a change to summer time
skips comes right after the gap, one that a change to winter time repeats comes once. A change without downtime may
run in any allow window; one with downtime only in `any` and `downtime` windows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from tiangong.model.environment import AllowWindow, DenyWindow
from tiangong.model.stages import NamedWindows

FURTHEST = timedelta(days=400)
MOST_STEPS = 600
"""bounds the search where windows are many and all too short"""
MOMENT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
FOLD = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a change may not start now."""

    path: str
    window: str
    reason: str
    denied: bool


@dataclass(frozen=True, slots=True)
class Need:
    """What a change needs: its class, how long it takes, and the zone cron is read in."""

    zone: str
    downtime: bool
    duration: timedelta

    @property
    def length(self) -> timedelta:
        """At least the moment in which it starts."""
        return max(self.duration, MOMENT)


def closed_by(windows: Sequence[NamedWindows], need: Need, now: datetime) -> list[Closed]:
    """Return every window that speaks against the change starting now; ValueError when a cron expression is none."""
    return [closed for named in windows for closed in _closed_in(named, need, now)]


def next_opening(windows: Sequence[NamedWindows], need: Need, now: datetime) -> datetime | None:
    """Return the earliest time from `now` on at which all windows are open; None when there is none in 400 days."""
    at = now
    for _ in range(MOST_STEPS):
        later = max((_earliest_in(named, need, at) or now + 2 * FURTHEST for named in windows), default=at)
        if later == at:
            return at
        if later > now + FURTHEST:
            return None
        at = later
    return None


def _closed_in(named: NamedWindows, need: Need, now: datetime) -> Iterator[Closed]:
    for deny in _denying(named, need, now):
        yield Closed(named.path, deny.name, deny.reason, denied=True)
    allow = _allowing(named, need)
    if named.windows.allow and not _is_covered(allow, need, now):
        names = ", ".join(window.name for window in allow) or "none for this class of change"
        yield Closed(named.path, names, "", denied=False)


def _earliest_in(named: NamedWindows, need: Need, at: datetime) -> datetime | None:
    """The first time from `at` on that suits one document, or one not later than it; None when there is none."""
    denied = max((deny.until for deny in _denying(named, need, at)), default=at)
    if denied > at or not named.windows.allow:
        return denied
    return _next_cover(_allowing(named, need), need, at)


def _denying(named: NamedWindows, need: Need, at: datetime) -> Iterator[DenyWindow]:
    for deny in named.windows.deny:
        concerns = deny.class_ == "any" or (deny.class_ == "downtime") == need.downtime
        if concerns and deny.from_ < at + need.length and at < deny.until:
            yield deny


def _allowing(named: NamedWindows, need: Need) -> list[AllowWindow]:
    return [window for window in named.windows.allow if not need.downtime or window.class_ in ("any", "downtime")]


def _is_covered(windows: Sequence[AllowWindow], need: Need, at: datetime) -> bool:
    return _covered_until(windows, need, at) >= at + need.length


def _covered_until(windows: Sequence[AllowWindow], need: Need, at: datetime) -> datetime:
    """How far the windows reach from `at` without a gap, as far as it matters; `at` itself when none is open then."""
    until = at
    while until < at + need.length:
        further = max((_last_start(window, need.zone, until) + window.for_ for window in windows), default=until)
        if further <= until:
            break
        until = further
    return until


def _next_cover(windows: Sequence[AllowWindow], need: Need, at: datetime) -> datetime | None:
    """The first time from `at` on from which the windows reach far enough."""
    start = at
    for _ in range(MOST_STEPS):
        until = _covered_until(windows, need, start)
        if until >= start + need.length:
            return start
        starts = [found for window in windows if (found := _next_start(window, need.zone, until)) is not None]
        if not starts or min(starts) > at + FURTHEST:
            return None
        start = min(starts)
    return None


def _last_start(window: AllowWindow, zone: str, at: datetime) -> datetime:
    """The newest opening of a window up to `at`."""
    local = at.astimezone(ZoneInfo(zone))
    # In an hour that is repeated, a fixed time may have come already although the local clock shows an earlier one.
    margin = FOLD if local.fold else MOMENT
    return next((time for time in _times(window, zone, at + margin, reverse=True) if time <= at), at - window.for_)


def _next_start(window: AllowWindow, zone: str, at: datetime) -> datetime | None:
    """The first opening of a window from `at` on."""
    return next((time for time in _times(window, zone, at - MINUTE, reverse=False) if time >= at), None)


def _times(window: AllowWindow, zone: str, start: datetime, *, reverse: bool) -> Iterator[datetime]:
    if len(window.cron.split()) != 5:
        raise ValueError(f"{window.cron!r} has not five fields")
    try:
        times = CronSim(window.cron, start.astimezone(ZoneInfo(zone)), reverse=reverse)
    except CronSimError as error:
        raise ValueError(f"{window.cron!r}: {error}") from None
    return (time.astimezone(UTC) for time in times)
