"""Windows against an oracle that looks at every minute, and against what Debian's cron is documented to do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiangong.model.environment import AllowWindow, DenyWindow, Windows
from tiangong.model.stages import NamedWindows
from tiangong.planner.windows import Closed, Need, closed_by, next_opening

MINUTE = timedelta(minutes=1)
BERLIN = "Europe/Berlin"


def allow(cron: str, for_: str, class_: str = "any", name: str = "w") -> AllowWindow:
    return AllowWindow.model_validate({"name": name, "cron": cron, "for": for_, "class": class_})


def deny(from_: datetime, until: datetime, class_: str = "any", name: str = "d") -> DenyWindow:
    raw = {"name": name, "from": from_.isoformat(), "until": until.isoformat(), "class": class_}
    return DenyWindow.model_validate(raw)


def named(*windows: AllowWindow | DenyWindow, path: str = "p.yaml") -> NamedWindows:
    allowing = [w for w in windows if isinstance(w, AllowWindow)]
    denying = [w for w in windows if isinstance(w, DenyWindow)]
    return NamedWindows(path, Windows.model_construct(allow=tuple(allowing), deny=tuple(denying)))


def at(text: str, zone: str = BERLIN) -> datetime:
    """A local time, `…f` for the second of two equal ones."""
    local = datetime.fromisoformat(text.removesuffix("f")).replace(tzinfo=ZoneInfo(zone), fold=int(text.endswith("f")))
    return local.astimezone(UTC)


def need(duration: str = "0m", *, downtime: bool = False, zone: str = BERLIN) -> Need:
    return Need(zone, downtime, timedelta(minutes=int(duration.removesuffix("m"))))


# ── the oracle ───────────────────────────────────────────────────────────────────────────────────────────────
class Oracle:
    """Goes through a span of time minute by minute; knows cron fields, the rule for fixed times, and nothing else."""

    def __init__(self, zone: str, start: datetime, end: datetime) -> None:
        self.zone = ZoneInfo(zone)
        self.minutes = [start + MINUTE * n for n in range(int((end - start) / MINUTE))]
        self.starts = cache(lambda cron: [*self._find(cron)])

    def _find(self, cron: str) -> Iterator[int]:
        minute, hour, _, _, _ = fields = cron.split()
        fixed = not minute.startswith("*") and not hour.startswith("*")
        for number, moment in enumerate(self.minutes):
            local = moment.astimezone(self.zone)
            walls = self._walls(moment) if fixed and not local.fold else ()
            if any(matches(fields, wall) for wall in (walls if fixed else [local.replace(tzinfo=None)])):
                yield number

    def _walls(self, moment: datetime) -> Iterator[datetime]:
        """What the local clock shows, and right after a gap also all it didn't show."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        before = (moment - MINUTE).astimezone(self.zone).replace(tzinfo=None)
        yield wall
        while before + MINUTE < wall:
            before += MINUTE
            yield before

    def open(self, documents: list[NamedWindows], need: Need) -> list[datetime]:
        """Minutes in which a change could start."""
        good = bytearray(b"\1" * len(self.minutes))
        for document in documents:
            for number, fits in enumerate(self._covered(document, need)):
                good[number] &= fits
        length = max(int(need.duration / MINUTE), 1)
        whole = bytes([1] * length)
        return [m for n, m in enumerate(self.minutes) if good[n : n + length] == whole]

    def _covered(self, named: NamedWindows, need: Need) -> bytearray:
        covered = bytearray(len(self.minutes)) if named.windows.allow else bytearray(b"\1" * len(self.minutes))
        for window in named.windows.allow:
            length = int(window.for_ / MINUTE)
            for start in self.starts(window.cron) if not need.downtime or window.class_ != "noDowntime" else ():
                covered[start : start + length] = b"\1" * len(covered[start : start + length])
        for window in named.windows.deny:
            if window.class_ in ("any", "downtime" if need.downtime else "noDowntime"):
                for number, minute in enumerate(self.minutes):
                    covered[number] &= not window.from_ <= minute < window.until
        return covered


def matches(fields: list[str], wall: datetime) -> bool:
    minute, hour, day, _, weekday = fields
    values = ((minute, wall.minute), (hour, wall.hour), (day, wall.day), (weekday, wall.isoweekday()))
    return all(is_in(value, field) for field, value in values)


def is_in(value: int, field: str) -> bool:
    if field == "*":
        return True
    if field.startswith("*/"):
        return value % int(field[2:]) == 0
    low, _, high = field.partition("-")
    return int(low) <= value <= int(high or low)


SPANS = {
    "summer": ("2026-06-10T00:00", "2026-06-14T00:00"),
    "gap": ("2026-03-27T12:00", "2026-03-31T12:00"),
    "fold": ("2026-10-23T12:00", "2026-10-27T12:00"),
}
CRONS = [
    "0 1 * * *",
    "30 2 * * *",
    "15 2-3 * * 7",
    "*/20 2 * * *",
    "0 */6 * * *",
    "45 * * * *",
    "*/5 * * * *",
    "0 22 * * 5-6",
]
FOR = ["1m", "20m", "45m", "60m", "150m", "4h"]


@cache
def oracle_of(span: str) -> Oracle:
    first, last = (at(text) for text in SPANS[span])
    return Oracle(BERLIN, first - timedelta(hours=5), last)


crons = st.sampled_from(CRONS)
allows = st.builds(allow, crons, st.sampled_from(FOR), st.sampled_from(["any", "downtime", "noDowntime"]))


@st.composite
def situations(draw: st.DrawFn) -> tuple[str, list[NamedWindows], Need, int]:
    span = draw(st.sampled_from(sorted(SPANS)))
    start = at(SPANS[span][0])
    minutes = st.integers(0, 3 * 24 * 60)
    denies = st.builds(
        lambda begin, length, class_: deny(start + MINUTE * begin, start + MINUTE * (begin + length), class_),
        minutes,
        st.integers(1, 600),
        st.sampled_from(["any", "downtime", "noDowntime"]),
    )
    documents = st.builds(lambda a, d: named(*a, *d), st.lists(allows, max_size=3), st.lists(denies, max_size=2))
    wanted = Need(BERLIN, draw(st.booleans()), MINUTE * draw(st.sampled_from([0, 1, 10, 61, 150])))
    return span, draw(st.lists(documents, min_size=1, max_size=3)), wanted, draw(st.integers(4 * 60 + 1, 2 * 24 * 60))


@settings(max_examples=80)
@given(situations())
def test_open_and_next_opening_agree_with_a_look_at_every_minute(
    case: tuple[str, list[NamedWindows], Need, int],
) -> None:
    span, documents, wanted, offset = case
    first, last = (at(text) for text in SPANS[span])
    oracle = oracle_of(span)
    now = first + MINUTE * offset
    possible = oracle.open(documents, wanted)
    assert (not closed_by(documents, wanted, now)) == (now in possible)
    following = next((m for m in possible if m >= now), None)
    found = next_opening(documents, wanted, now)
    if following is not None:
        assert found == following
    else:
        assert found is None or found > last - wanted.length - MINUTE


# ── what people are promised ─────────────────────────────────────────────────────────────────────────────────
NIGHTS = named(allow("0 1 * * TUE-THU", "4h"))


def test_a_night_window_opens_by_the_local_clock() -> None:
    assert closed_by([NIGHTS], need(), at("2026-06-09T00:59"))
    assert not closed_by([NIGHTS], need(), at("2026-06-09T01:00"))
    assert not closed_by([NIGHTS], need(), at("2026-06-09T04:59"))
    assert closed_by([NIGHTS], need(), at("2026-06-09T05:00"))
    assert next_opening([NIGHTS], need(), at("2026-06-12T12:00")) == at("2026-06-16T01:00")


def test_the_change_must_fit_into_what_is_left() -> None:
    assert not closed_by([NIGHTS], need("30m"), at("2026-06-09T04:30"))
    assert closed_by([NIGHTS], need("31m"), at("2026-06-09T04:30"))
    assert next_opening([NIGHTS], need("31m"), at("2026-06-09T04:30")) == at("2026-06-10T01:00")
    assert next_opening([NIGHTS], need("241m"), at("2026-06-09T04:30")) is None


def test_windows_that_touch_are_one() -> None:
    hourly = named(allow("0 * * * *", "60m"))
    assert not closed_by([hourly], need("150m"), at("2026-06-09T04:30"))
    one_after_the_other = named(allow("0 1 * * *", "2h", name="a"), allow("0 3 * * *", "2h", name="b"))
    assert not closed_by([one_after_the_other], need("180m"), at("2026-06-09T01:30"))
    assert closed_by([one_after_the_other], need("211m"), at("2026-06-09T01:30"))


def test_allow_windows_of_two_documents_intersect() -> None:
    early, late = named(allow("0 1 * * *", "3h"), path="a"), named(allow("0 3 * * *", "3h"), path="b")
    assert [c.path for c in closed_by([early, late], need(), at("2026-06-09T02:00"))] == ["b"]
    assert [c.path for c in closed_by([early, late], need(), at("2026-06-09T05:00"))] == ["a"]
    assert not closed_by([early, late], need("60m"), at("2026-06-09T03:00"))
    assert next_opening([early, late], need("121m"), at("2026-06-09T02:00")) is None


def test_deny_windows_unite_and_are_told_with_their_reason() -> None:
    one = deny(at("2026-06-09T00:00"), at("2026-06-10T00:00"), name="one")
    two = deny(at("2026-06-09T12:00"), at("2026-06-11T00:00"), name="two")
    found = closed_by([named(one, path="a"), named(two, path="b")], need(), at("2026-06-09T13:00"))
    assert found == [Closed("a", "one", "", denied=True), Closed("b", "two", "", denied=True)]
    assert next_opening([named(one), named(two)], need(), at("2026-06-09T13:00")) == at("2026-06-11T00:00")


def test_a_change_may_not_run_into_a_deny_window() -> None:
    soon = named(deny(at("2026-06-09T02:00"), at("2026-06-09T03:00")))
    assert not closed_by([soon], need("60m"), at("2026-06-09T01:00"))
    assert closed_by([soon], need("61m"), at("2026-06-09T01:00"))
    assert next_opening([soon], need("61m"), at("2026-06-09T01:00")) == at("2026-06-09T03:00")


@pytest.mark.parametrize(
    ("class_", "downtime", "open_"),
    [
        ("any", True, True),
        ("any", False, True),
        ("downtime", True, True),
        ("downtime", False, True),
        ("noDowntime", True, False),
        ("noDowntime", False, True),
    ],
)
def test_classes_of_allow_windows(class_: str, downtime: bool, open_: bool) -> None:
    windows = [named(allow("* * * * *", "1h", class_))]
    assert (not closed_by(windows, need(downtime=downtime), at("2026-06-09T02:00"))) == open_


@pytest.mark.parametrize(
    ("class_", "downtime", "open_"),
    [
        ("any", True, False),
        ("any", False, False),
        ("downtime", True, False),
        ("downtime", False, True),
        ("noDowntime", True, True),
        ("noDowntime", False, False),
    ],
)
def test_classes_of_deny_windows(class_: str, downtime: bool, open_: bool) -> None:
    windows = [named(deny(at("2026-06-09T00:00"), at("2026-06-10T00:00"), class_))]
    assert (not closed_by(windows, need(downtime=downtime), at("2026-06-09T02:00"))) == open_


def test_no_windows_at_all_means_always() -> None:
    assert not closed_by([], need("600m"), at("2026-06-09T02:00"))
    assert next_opening([], need("600m"), at("2026-06-09T02:00")) == at("2026-06-09T02:00")


def test_a_time_that_summer_time_skips_comes_right_after_the_gap() -> None:
    window = [named(allow("30 2 * * *", "2h"))]
    assert closed_by(window, need(), at("2026-03-29T01:59"))
    assert not closed_by(window, need(), at("2026-03-29T03:00"))
    assert next_opening(window, need(), at("2026-03-29T01:00")) == at("2026-03-29T03:00")
    assert closed_by(window, need(), at("2026-03-29T05:00"))


def test_a_time_that_winter_time_repeats_comes_once() -> None:
    window = [named(allow("30 2 * * *", "30m"))]
    assert not closed_by(window, need(), at("2026-10-25T02:45"))
    assert closed_by(window, need(), at("2026-10-25T02:45f"))
    assert next_opening(window, need(), at("2026-10-25T02:15f")) == at("2026-10-26T02:30")


def test_in_the_repeated_hour_a_window_opened_before_it_is_still_open() -> None:
    window = [named(allow("30 2 * * *", "4h"))]
    assert not closed_by(window, need(), at("2026-10-25T02:15f"))


def test_a_window_lasts_as_long_as_it_says_whatever_the_clock_does() -> None:
    window = [named(allow("0 1 * * *", "4h"))]
    assert not closed_by(window, need(), at("2026-03-29T05:59"))
    assert closed_by(window, need(), at("2026-03-29T06:00"))
    assert not closed_by(window, need(), at("2026-10-25T03:59"))
    assert closed_by(window, need(), at("2026-10-25T04:00"))


def test_the_zone_decides() -> None:
    window = [named(allow("0 1 * * *", "1h"))]
    assert next_opening(window, need(zone="Asia/Shanghai"), at("2026-06-09T00:00", "UTC")) == at(
        "2026-06-09T17:00", "UTC"
    )
    assert next_opening(window, need(zone="UTC"), at("2026-06-09T00:00", "UTC")) == at("2026-06-09T01:00", "UTC")


@pytest.mark.parametrize("cron", ["", "often", "0 1 * *", "0 1 * * * *", "61 * * * *", "0 0 30 2 *"])
def test_a_cron_expression_that_is_none_is_told(cron: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        closed_by([named(allow(cron, "1h"))], need(), at("2026-06-09T02:00"))


def test_windows_that_are_all_too_short_are_given_up_on_soon() -> None:
    short = [named(allow("*/2 * * * *", "1m"))]
    assert next_opening(short, need("2m"), at("2026-06-09T02:00")) is None


def test_a_rare_opening_is_found() -> None:
    leap = [named(allow("0 3 1 1 *", "2h"), deny(at("2027-01-01T00:00"), at("2027-01-01T03:30")))]
    assert next_opening(leap, need("30m"), at("2026-06-09T02:00")) == at("2027-01-01T03:30")
