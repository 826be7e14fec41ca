"""Versions sort as SemVer says, ranges mean what they mean to npm; the examples are those of both specifications."""

import contextlib
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tiangong.model.scalar import Version, VersionRange
from tiangong.model.version import is_prerelease, is_within, precedence

VERSION = TypeAdapter[str](Version)
RANGE = TypeAdapter[str](VersionRange)

# semver.org, section 11 and around it
ORDER = [
    "0.0.0-0", "0.0.0", "0.0.1", "0.1.0", "0.9.9", "0.10.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
    "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1-0", "1.0.1", "1.2.0", "1.10.0",
    "2.0.0", "2.1.0", "2.1.1", "10.0.0",
]  # fmt: skip


def test_versions_sort_by_precedence() -> None:
    for seed in range(5):
        shuffled = ORDER[:]
        random.Random(seed).shuffle(shuffled)
        assert sorted(shuffled, key=precedence) == ORDER
    for older, newer in itertools.combinations(ORDER, 2):
        assert precedence(older) < precedence(newer)
        assert precedence(newer) > precedence(older)


@pytest.mark.parametrize(("version", "expected"), [("1.0.0", False), ("1.0.0-rc.1", True), ("1.0.0-0", True)])
def test_a_tag_makes_a_pre_release(version: str, expected: bool) -> None:
    assert is_prerelease(version) is expected


@pytest.mark.parametrize("version", [*ORDER, "1.0.0-x-y-z.--", "999999999.0.0"])
def test_what_is_a_version(version: str) -> None:
    assert VERSION.validate_python(version) == version


@pytest.mark.parametrize(
    "version",
    [
        "", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.03", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+build", " 1.2.3",
        "1.2.3 ", "1.2.3\n", "1.2.3-é", "１.2.3", "-1.2.3", "1.2.x", "latest", "1.2.3-" + "a" * 200,
    ],
)  # fmt: skip
def test_what_is_none(version: str) -> None:
    with pytest.raises(ValidationError, match="is not a SemVer version such as"):
        VERSION.validate_python(version)


# node-semver's own tables: test/fixtures/range-include.js and range-exclude.js
INCLUDED = [
    ("1.0.0 - 2.0.0", "1.2.3"), ("^1.2.3+build", "1.2.3"), ("^1.2.3+build", "1.3.0"), ("1.2.3 - 3.4.3", "3.4.3"),
    ("1.2.3-pre+asdf - 2.4.3-pre+asdf", "1.2.3"), ("1.2.3-pre+asdf - 2.4.3-pre+asdf", "1.2.3-pre.2"),
    ("1.2.3-pre+asdf - 2.4.3-pre+asdf", "2.4.3-alpha"), ("1.0.0", "1.0.0"), (">=*", "0.2.4"), ("*", "1.2.3"),
    (">=1.0.0", "1.0.0"), (">=1.0.0", "1.0.1"), (">=1.0.0", "1.1.0"), (">1.0.0", "1.0.1"), (">1.0.0", "1.1.0"),
    ("<=2.0.0", "2.0.0"), ("<=2.0.0", "1.9999.9999"), ("<=2.0.0", "0.2.9"), ("<2.0.0", "1.9999.9999"), ("<2.0.0", "0.2.9"),
    (">= 1.0.0", "1.0.0"), (">=  1.0.0", "1.0.1"), ("<=   2.0.0", "2.0.0"), ("<    2.0.0", "1.9999.9999"),
    ("0.1.20 || 1.2.4", "1.2.4"), (">=0.2.3 || <0.0.1", "0.0.0"), (">=0.2.3 || <0.0.1", "0.2.3"), ("2.x.x", "2.1.3"),
    ("1.2.x", "1.2.3"), ("1.2.x || 2.x", "2.1.3"), ("1.2.x || 2.x", "1.2.3"), ("x", "1.2.3"), ("2.*.*", "2.1.3"),
    ("1.2.*", "1.2.3"), ("1.2.* || 2.*", "2.1.3"), ("2", "2.1.2"), ("2.3", "2.3.1"), ("~0.0.1", "0.0.1"),
    ("~0.0.1", "0.0.2"), ("~x", "0.0.9"), ("~2", "2.0.9"), ("~2.4", "2.4.0"), ("~2.4", "2.4.5"), ("~1", "1.2.3"),
    ("~1.0", "1.0.2"), (">=1", "1.0.0"), ("<1.2", "1.1.1"), ("~v0.5.4-pre", "0.5.5"), ("~v0.5.4-pre", "0.5.4"),
    ("=0.7.x", "0.7.2"), ("<=0.7.x", "0.7.2"), (">=0.7.x", "0.7.2"), ("<=0.7.x", "0.6.2"), ("~1.2.1 >=1.2.3", "1.2.3"),
    ("~1.2.1 =1.2.3", "1.2.3"), ("~1.2.1 1.2.3", "1.2.3"), (">=1.2.1 1.2.3", "1.2.3"), (">=1.2.3 >=1.2.1", "1.2.3"),
    (">=1.2", "1.2.8"), ("^1.2.3", "1.8.1"), ("^0.1.2", "0.1.2"), ("^0.1", "0.1.2"), ("^0.0.1", "0.0.1"),
    ("^1.2", "1.4.2"), ("^1.2 ^1", "1.4.2"), ("^1.2.3-alpha", "1.2.3-pre"), ("^1.2.0-alpha", "1.2.0-pre"),
    ("^0.0.1-alpha", "0.0.1-beta"), ("^0.1.1-alpha", "0.1.1-beta"), ("^x", "1.2.3"), ("x - 1.0.0", "0.9.7"),
    ("x - 1.x", "0.9.7"), ("1.0.0 - x", "1.9.7"), ("1.x - x", "1.9.7"), ("<=7.x", "7.9.9"),
    (">=1.3.0 <1.3.4", "1.3.3"), ("40 - 42", "41.0.0"),
]  # fmt: skip
EXCLUDED = [
    ("1.0.0 - 2.0.0", "2.2.3"), ("1.2.3+asdf - 2.4.3+asdf", "1.2.3-pre.2"), ("1.2.3+asdf - 2.4.3+asdf", "2.4.3-alpha"),
    ("^1.2.3+build", "2.0.0"), ("^1.2.3+build", "1.2.0"), ("^1.2.3", "1.2.3-pre"), ("^1.2", "1.2.0-pre"),
    (">1.2", "1.3.0-beta"), ("<=1.2.3", "1.2.3-beta"), ("^1.2.3", "1.2.3-beta"), ("=0.7.x", "0.7.0-asdf"),
    (">=0.7.x", "0.7.0-asdf"), ("<=0.7.x", "0.7.0-asdf"), ("1.0.0", "1.0.1"), (">=1.0.0", "0.0.0"),
    (">=1.0.0", "0.0.1"), (">=1.0.0", "0.1.0"), (">1.0.0", "0.0.1"), (">1.0.0", "0.1.0"), ("<=2.0.0", "3.0.0"),
    ("<=2.0.0", "2.9999.9999"), ("<=2.0.0", "2.2.9"), ("<2.0.0", "2.9999.9999"), ("<2.0.0", "2.2.9"),
    ("0.1.20 || 1.2.4", "1.2.3"), (">=0.2.3 || <0.0.1", "0.0.3"), (">=0.2.3 || <0.0.1", "0.2.2"), ("2.x.x", "3.1.3"),
    ("1.2.x", "1.3.3"), ("1.2.x || 2.x", "3.1.3"), ("1.2.x || 2.x", "1.1.3"), ("2.*.*", "1.1.3"), ("2", "1.1.2"),
    ("2.3", "2.4.1"), ("~0.0.1", "0.1.0-alpha"), ("~0.0.1", "0.1.0"), ("~2.4", "2.5.0"), ("~2.4", "2.3.9"),
    ("~1", "0.2.3"), ("~1.0", "1.1.0"), ("<1", "1.0.0"), (">=1.2", "1.1.1"), ("~v0.5.4-beta", "0.5.4-alpha"),
    ("=0.7.x", "0.8.2"), (">=0.7.x", "0.6.2"), ("<0.7.x", "0.7.2"), ("<1.2.3", "1.2.3-beta"), ("=1.2.3", "1.2.3-beta"),
    (">1.2", "1.2.8"), ("^0.0.1", "0.0.2-alpha"), ("^0.0.1", "0.0.2"), ("^1.2.3", "2.0.0-alpha"), ("^1.2.3", "1.2.2"),
    ("^1.2", "1.1.9"), ("*", "1.2.3-foo"), ("^1.0.0", "2.0.0-rc1"), ("1 - 2", "2.0.0-pre"), ("1 - 2", "1.0.0-pre"),
    ("1.0 - 2", "1.0.0-pre"), ("1.1.x", "1.0.0-a"), ("1.x", "1.0.0-a"), ("1.x", "1.1.0-a"), (">=1.0.0 <1.1.0", "1.1.0"),
    (">=1.0.0 <1.1.0", "1.1.0-pre"), (">=1.0.0 <1.1.0-pre", "1.1.0-pre"), (">=1.3.0 <1.3.4", "1.3.4"),
]  # fmt: skip


@pytest.mark.parametrize(("range_", "version"), INCLUDED)
def test_a_version_inside(range_: str, version: str) -> None:
    assert RANGE.validate_python(range_) == range_
    assert is_within(version, range_)


@pytest.mark.parametrize(("range_", "version"), EXCLUDED)
def test_a_version_outside(range_: str, version: str) -> None:
    assert RANGE.validate_python(range_) == range_
    assert not is_within(version, range_)


@pytest.mark.parametrize(
    "range_",
    ["", " ", "||", "1 ||", "|| 1", "1 || || 2", "latest", "1.2.3.4", ">=", "<", "1.2.3 - ", "a - b", ">01.02.03",
     "1.2.3\n", "\t1", "^é", "1,2", "1;2", "1&2", "$x", "1" * 300, ">=" + " " * 50_000 + "1", "1.2.3 " * 20_000],
)  # fmt: skip
def test_what_is_no_range(range_: str) -> None:
    with pytest.raises(ValidationError, match="is not a version range such as"):
        RANGE.validate_python(range_)


PART = st.integers(0, 99)
VERSIONS = st.builds("{}.{}.{}".format, PART, PART, PART)


@given(VERSIONS, VERSIONS)
def test_ranges_and_precedence_agree(one: str, other: str) -> None:
    assert is_within(one, f">={other}") == (precedence(one) >= precedence(other))
    assert is_within(one, f"<{other}") == (precedence(one) < precedence(other))
    assert is_within(one, f">={other} <{other}") is False
    assert is_within(one, one)
    assert is_within(one, f"{other} || {one}")


@given(st.text("0123456789.xX*<>=~^|-+ abv", max_size=40), VERSIONS)
def test_whatever_is_a_range_can_be_asked(range_: str, version: str) -> None:
    with contextlib.suppress(ValidationError):
        RANGE.validate_python(range_)
        assert isinstance(is_within(version, range_), bool)


@given(st.text(max_size=60))
def test_whatever_is_a_version_can_be_sorted(version: str) -> None:
    with contextlib.suppress(ValidationError):
        VERSION.validate_python(version)
        assert is_prerelease(version) is ("-" in version)
