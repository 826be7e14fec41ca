"""Windows that never open, cron expressions that are none, overrides of which two would apply (D4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from tiangong.author.lint.books import Books
from tiangong.errors import Problem, problem
from tiangong.model.environment import AllowWindow, Environment, Installation, Profile, Windows
from tiangong.model.stages import NamedWindows, Signed
from tiangong.model.version import is_within
from tiangong.planner.windows import Need, next_opening

MOMENT = timedelta(0)
VERSION = re.compile(r"(\d+)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(-[0-9A-Za-z.-]+)?")


def times(books: Books, now: datetime) -> Iterator[Problem]:
    """Everything about windows and overrides."""
    layers = [*books.all(Profile).values(), *books.all(Environment).values()]
    bad = set()
    for layer in layers:
        for found in _windows(books, layer, now):
            bad.add(layer.path)
            yield found
    seen = _Seen(books, now, frozenset(bad), {})
    for environment in books.all(Environment).values():
        yield from seen.never_open(environment)
    for path, installation in books.all(Installation).items():
        yield from _overrides(books, path, installation.document)


def _windows(books: Books, layer: Signed[Any], now: datetime) -> Iterator[Problem]:
    windows: Windows = layer.document.spec.windows
    for index, window in enumerate(windows.allow):
        place = books.place(layer.path, "spec", "windows", "allow", index, "cron")
        try:
            opens = _opens([NamedWindows(layer.path, Windows.model_construct(allow=(window,), deny=()))], "UTC", now)
        except ValueError as error:
            yield problem("lint/bad-cron", place, why=str(error))
            continue
        if not opens:
            yield problem("lint/never-fires", place, cron=window.cron)


def _opens(windows: list[NamedWindows], zone: str, now: datetime) -> bool:
    return next_opening(windows, Need(zone, downtime=False, duration=MOMENT), now) is not None


@dataclass(slots=True)
class _Seen:
    """Environments with the same layers have the same answer."""

    books: Books
    now: datetime
    bad: frozenset[str]
    answers: dict[tuple[Any, ...], bool]

    def never_open(self, environment: Signed[Environment]) -> Iterator[Problem]:
        """Allow windows of different documents intersect; where nothing is left, nothing will ever be installed."""
        known = self.books.named(Profile)
        profiles = [known[name] for name in environment.document.spec.profiles if name in known]
        layers: list[Signed[Any]] = [*profiles, environment]
        allowing = [layer for layer in layers if layer.document.spec.windows.allow]
        if len(allowing) < 2 or any(layer.path in self.bad for layer in allowing):
            return
        zones = [layer.document.spec.timezone for layer in layers if layer.document.spec.timezone]
        zone = zones[-1] if zones else "UTC"
        allow = tuple((layer.path, layer.document.spec.windows.allow) for layer in allowing)
        key = (
            zone,
            *(
                (path if layer is not environment else "", windows)
                for (path, windows), layer in zip(allow, allowing, strict=True)
            ),
        )
        if key not in self.answers:
            self.answers[key] = _opens([_only(path, windows) for path, windows in allow], zone, self.now)
        if not self.answers[key]:
            field = ("spec", "windows", "allow") if environment in allowing else ("spec", "profiles")
            place = self.books.place(environment.path, *field)
            yield problem("lint/never-open", place, documents=", ".join(layer.path for layer in allowing))


def _only(path: str, allow: tuple[AllowWindow, ...]) -> NamedWindows:
    return NamedWindows(path, Windows.model_construct(allow=allow, deny=()))


def _overrides(books: Books, path: str, installation: Installation) -> Iterator[Problem]:
    ranges = [override.versions for override in installation.spec.overrides]
    for (_, one), (index, other) in combinations(enumerate(ranges), 2):
        both = next((v for v in _edges(one, other) if is_within(v, one) and is_within(v, other)), None)
        if both is not None:
            place = books.place(path, "spec", "overrides", index, "versions")
            yield problem("plan/overlapping-overrides", place, ranges=f"{one} and {other}", version=both)


def _edges(*ranges: str) -> Iterator[str]:
    """Versions at and right after every edge of the ranges: if they overlap, one of these lies in all of them."""
    yield "0.0.0"
    for one in ranges:
        for major, minor, patch, tag in VERSION.findall(one):
            numbers = [int(part) if part.isdigit() else 0 for part in (major, minor, patch)]
            plain = "{}.{}.{}".format(*numbers)
            yield from (plain + tag, plain, "{}.{}.{}".format(*numbers[:2], numbers[2] + 1))
