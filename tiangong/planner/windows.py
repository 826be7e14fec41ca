"""Maintenance windows: cron + duration in an IANA zone, deny intervals, and the next time a change fits. Pure.

Cron is evaluated by `cronsim` in the zone, so that a window that starts in a DST gap or fold opens when the local clock
says so. A change without downtime may run in any allow window; one with downtime only in `any` and `downtime` windows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from tiangong.model.environment import AllowWindow, DenyWindow
from tiangong.model.stages import NamedWindows

FURTHEST = timedelta(days=400)
MOST_OPENINGS = 500


@dataclass(frozen=True, slots=True)
class Opening:
    """A span of time, UTC; `until` is exclusive."""

    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a change may not start now."""

    path: str
    window: str
    reason: str
    denied: bool


def closed_by(
    windows: Sequence[NamedWindows], zone: str, now: datetime, *, downtime: bool, duration: timedelta
) -> list[Closed]:
    """Return every document's window that speaks against a change of this length starting now; empty = open."""
    return [
        closed for named in windows for closed in _closed_in(named, zone, now, downtime=downtime, duration=duration)
    ]


def next_opening(
    windows: Sequence[NamedWindows], zone: str, now: datetime, *, downtime: bool, duration: timedelta
) -> datetime | None:
    """Return the earliest time from `now` on at which all windows are open; None when there is none in 400 days."""
    for start in sorted({now, *_candidates(windows, zone, now, downtime=downtime)}):
        if start >= now and not closed_by(windows, zone, start, downtime=downtime, duration=duration):
            return start
    return None


def openings(window: AllowWindow, zone: str, now: datetime) -> Iterator[Opening]:
    """Openings of one allow window that end after `now`, in order; ValueError when its cron expression is none."""
    # Wall-clock cron: start early enough to find the opening we may be inside of.
    start = (now - window.for_).astimezone(ZoneInfo(zone))
    try:
        times = CronSim(window.cron, start - timedelta(minutes=1))
    except CronSimError as error:
        raise ValueError(str(error)) from None
    for local in times:
        opening = Opening(local.astimezone(UTC), local.astimezone(UTC) + window.for_)
        if opening.start > now + FURTHEST:
            return
        if opening.until > now:
            yield opening


def _closed_in(
    named: NamedWindows, zone: str, now: datetime, *, downtime: bool, duration: timedelta
) -> Iterator[Closed]:
    for deny in named.windows.deny:
        if (
            _applies(deny, downtime=downtime)
            and deny.from_ < now + max(duration, timedelta(microseconds=1))
            and now < deny.until
        ):
            yield Closed(named.path, deny.name, deny.reason, denied=True)
    allow = [window for window in named.windows.allow if _fits_class(window, downtime=downtime)]
    if named.windows.allow and not any(_is_open(window, zone, now, duration) for window in allow):
        names = ", ".join(window.name for window in allow) or "none for this class of change"
        yield Closed(named.path, names, "", denied=False)


def _is_open(window: AllowWindow, zone: str, now: datetime, duration: timedelta) -> bool:
    for opening in islice(openings(window, zone, now), MOST_OPENINGS):
        if opening.start > now:
            return False
        if now + duration <= opening.until:
            return True
    return False


def _candidates(windows: Sequence[NamedWindows], zone: str, now: datetime, *, downtime: bool) -> Iterator[datetime]:
    """Times at which something opens: starts of allow windows, ends of deny windows."""
    for named in windows:
        for window in named.windows.allow:
            if _fits_class(window, downtime=downtime):
                yield from (max(now, opening.start) for opening in islice(openings(window, zone, now), MOST_OPENINGS))
        yield from (deny.until for deny in named.windows.deny if deny.until > now)


def _fits_class(window: AllowWindow, *, downtime: bool) -> bool:
    return window.class_ in ("any", "downtime") if downtime else True


def _applies(deny: DenyWindow, *, downtime: bool) -> bool:
    return deny.class_ == "any" or (deny.class_ == "downtime") == downtime
