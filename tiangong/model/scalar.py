"""The scalar words of all documents: names, durations, times, digests, versions, ranges.

All of them are bounded, so that no arithmetic with them can fail and no library is asked to read a megabyte.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import semver
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

T = TypeVar("T")

NAME = r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$"
UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_DURATION = timedelta(days=3660)
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
ZONE = re.compile(r"(?!posix|right|localtime)[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,31}){0,2}")
RANGE = re.compile(r"[0-9A-Za-z.*<>=~^| +-]{1,200}")
LONGEST_VERSION = 128

Name = Annotated[str, StringConstraints(pattern=NAME)]
"""A lower-case name that is also a file name."""

Seq = Annotated[tuple[T, ...], Field(strict=False)]
"""A YAML list."""


def parse_duration(value: str) -> timedelta:
    """Read `90s`, `15m`, `3h`, `7d`, up to ten years; ValueError for anything else."""
    match = re.fullmatch(r"([1-9][0-9]{0,8})([smhd])", value)
    if not match:
        raise ValueError(value)
    duration = timedelta(seconds=int(match[1]) * UNIT[match[2]])
    if duration > LONGEST_DURATION:
        raise ValueError(value)
    return duration


def show_duration(value: timedelta) -> str:
    """Write a duration in the largest unit that divides it: `90s`, `2h`."""
    seconds = int(value.total_seconds())
    unit = next(u for u in ("d", "h", "m", "s") if seconds % UNIT[u] == 0)
    return f"{seconds // UNIT[unit]}{unit}"


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    try:
        return parse_duration(value)
    except (ValueError, TypeError):
        raise PydanticCustomError("duration", "is not a duration such as 90s, 15m, 3h or 7d") from None


def _moment(value: Any) -> Any:
    moment = _read_moment(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.tzinfo is None or not EARLIEST <= moment < LATEST:
        raise PydanticCustomError("moment", "is not a time with an offset such as 2026-12-01T08:00:00+01:00")
    return moment


def _read_moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if RFC_3339.fullmatch(value) else None
    except ValueError:
        return None


def _zone(value: str) -> str:
    try:
        if not ZONE.fullmatch(value):
            raise ValueError(value)
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise PydanticCustomError("zone", "is not an IANA time zone such as Europe/Berlin") from None
    return value


def _version(value: str) -> str:
    if len(value) > LONGEST_VERSION or not semver.Version.is_valid(value) or "+" in value:
        raise PydanticCustomError("version", "is not a SemVer version such as 1.4.0 (without a + part)")
    return value


def _range(value: str) -> str:
    ways = value.split("||")
    if not (RANGE.fullmatch(value) and all(way.strip() for way in ways) and _is_range(value)):
        raise PydanticCustomError("range", "is not a version range such as >=1.3.0 <1.3.4 or ^1")
    return value


def _is_range(value: str) -> bool:
    import nodesemver

    try:
        return nodesemver.valid_range(value, loose=False) is not None
    except ValueError:
        return False


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(show_duration),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,8}[smhd]$"}),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(lambda moment: moment.isoformat()),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Zone = Annotated[str, AfterValidator(_zone)]
Version = Annotated[str, AfterValidator(_version)]
VersionRange = Annotated[str, AfterValidator(_range)]
Digest = Annotated[str, StringConstraints(pattern=r"^sha512:[0-9a-f]{128}$")]
FileDigest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
"""Of an artifact's bytes."""
