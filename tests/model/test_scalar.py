"""The words of documents: what they mean, and that what isn't one says so, whatever it is."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tiangong.model.scalar import Digest, Duration, Moment, Name, Zone, parse_duration, show_duration

HOUR = timedelta(hours=1)


def read(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value, strict=True)


def refused(kind: Any, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    (error,) = caught.value.errors()
    return str(error["msg"])


# ── durations ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90),
        ("15m", 900),
        ("3h", 10_800),
        ("7d", 604_800),
        ("1s", 1),
        ("3660d", 316_224_000),
        ("999999s", 999_999),
    ],
)
def test_a_duration(text: str, expected: int) -> None:
    assert read(Duration, text) == timedelta(seconds=expected)
    assert parse_duration(text) == timedelta(seconds=expected)


@pytest.mark.parametrize(
    "value",
    ["", "0s", "00s", "01s", "-1s", "+1s", "1", "s", "1w", "1y", "1.5h", "1h30m", " 1h", "1h ", "1h\n", "１h", "1H", "3661d",
     "99999999d", "999999999s", "9" * 400 + "s", 1, 1.5, None, True, [], {}],
)  # fmt: skip
def test_what_is_no_duration(value: Any) -> None:
    assert refused(Duration, value) == "is not a duration such as 90s, 15m, 3h or 7d"


@given(st.integers(1, 316_224_000))
def test_a_duration_is_shown_as_it_is_read(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert parse_duration(show_duration(duration)) == duration


def test_a_duration_is_shown_in_the_largest_unit() -> None:
    assert [show_duration(d) for d in (90 * HOUR / 3600, HOUR, 36 * HOUR, 48 * HOUR, HOUR / 2)] == [
        "90s", "1h", "36h", "2d", "30m",
    ]  # fmt: skip


# ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01T08:00:00+01:00", datetime(2026, 12, 1, 7, tzinfo=UTC)),
        ("2026-12-01T08:00:00Z", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01T08:00:00-00:00", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01T08:00:00.25Z", datetime(2026, 12, 1, 8, 0, 0, 250_000, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_time(text: str, expected: datetime) -> None:
    assert read(Moment, text) == expected


@pytest.mark.parametrize(
    "value",
    [
        "", "now", "2026-12-01", "2026-12-01T08:00:00", "2026-12-01 08:00:00Z", "2026-12-01T08:00Z", "20261201T080000Z",
        "2026-W49-2T08:00:00Z", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-12-01T24:00:00Z",
        "2026-12-01T08:00:60Z", "2026-12-01T08:00:00+25:00", "2026-12-01T08:00:00+0100", "2026-12-01t08:00:00z",
        "2026-12-01T08:00:00Z\n", "２026-12-01T08:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
        "1969-12-31T23:59:59Z", "2026-12-01T08:00:00.1234567Z", 1764576000, None, True, datetime(2026, 12, 1),
    ],
)  # fmt: skip
def test_what_is_no_time(value: Any) -> None:
    assert refused(Moment, value) == "is not a time with an offset such as 2026-12-01T08:00:00+01:00"


OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1970, 1, 3), datetime(8999, 12, 29), timezones=OFFSETS))
def test_a_time_is_written_as_it_is_read_and_never_leaves_the_calendar(moment: datetime) -> None:
    again = read(Moment, TypeAdapter(Moment).dump_python(moment, mode="json"))
    assert again == moment
    longest = timedelta(days=3660)
    assert (again + longest).astimezone(UTC) - longest == (again - longest).astimezone(UTC) + longest


# ── zones, names, digests ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Shanghai"]
)
def test_a_zone(zone: str) -> None:
    assert read(Zone, zone) == zone


@pytest.mark.parametrize(
    "zone",
    ["", "Berlin", "europe/berlin", "+01:00", "../etc/passwd", "/etc/localtime", "localtime", "posixrules", "right/UTC",
     "posix/UTC", "Europe/", "Europe", "tzdata.zi", "Europe/Berlin\n", "Europe/Berlin\0", "x" * 10_000, "é"],
)  # fmt: skip
def test_what_is_no_zone(zone: str) -> None:
    """Also not what this host alone has: two agents would keep different hours."""
    assert refused(Zone, zone) == "is not an IANA time zone such as Europe/Berlin"


@given(st.text(max_size=30))
def test_whatever_the_word_only_a_validation_error_comes_out(word: str) -> None:
    for kind in (Zone, Moment, Duration, Name, Digest):
        with contextlib.suppress(ValidationError):
            assert read(kind, word) is not None


@pytest.mark.parametrize("name", ["a", "shop", "prod-eu", "a.b_c-d", "0", "x" * 63])
def test_a_name(name: str) -> None:
    assert read(Name, name) == name


@pytest.mark.parametrize("name", ["", "A", "-a", "a-", ".a", "a.", "a/b", "..", "a b", "é", "a\n", "x" * 64, "a@b"])
def test_what_is_no_name(name: str) -> None:
    assert refused(Name, name)


@pytest.mark.parametrize("digest", ["sha512:" + "0f" * 64])
def test_a_digest(digest: str) -> None:
    assert read(Digest, digest) == digest
    for other in (digest.upper(), digest[:-1], digest + "0", digest.removeprefix("sha512:"), f"{digest}\n"):
        assert refused(Digest, other)
