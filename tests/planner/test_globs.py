"""Paths of an envelope: what is inside, and what only looks like it."""

import fnmatch
import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiangong.planner.globs import is_inside


@pytest.mark.parametrize(
    ("path", "glob", "inside"),
    [
        ("/srv/shop", "/srv/**", True),
        ("/srv/shop/a/b", "/srv/**", True),
        ("/srv", "/srv/**", True),
        ("/srvx", "/srv/**", False),
        ("/srv", "/srv/*", False),
        ("/srv/shop", "/srv/*", True),
        ("/srv/shop/a", "/srv/*", False),
        ("/srv/x", "/srv/**/x", True),
        ("/srv/a/b/x", "/srv/**/x", True),
        ("/srv/a/b/y", "/srv/**/x", False),
        ("/srv/a-1/x", "/srv/a-*/x", True),
        ("/srv/b-1/x", "/srv/a-*/x", False),
        ("/anything/at/all", "/**", True),
        ("/", "/**", True),
        ("/", "/", True),
        ("/srv", "/", False),
        ("/srv/../etc/passwd", "/srv/**", False),
        ("/srv/shop/../../etc", "/srv/**", False),
        ("/srv/./shop", "/srv/*", True),
        ("/srv/shop/", "/srv/shop", True),
        ("srv/shop", "/srv/**", False),
        ("../srv/shop", "/srv/**", False),
        ("", "/**", False),
        ("/srv/a.b", "/srv/a.b", True),
        ("/srv/aXb", "/srv/a.b", False),
        ("/srv/a\nb", "/srv/*", True),
        ("/srv/shop", "srv/**", False),
        ("/etc/passwd", "srv/../**", False),
    ],
)
def test_inside(path: str, glob: str, inside: bool) -> None:
    assert is_inside(path, [glob]) == inside
    assert is_inside(path, ["/nowhere", glob]) == inside


def test_no_globs() -> None:
    assert not is_inside("/srv", [])


words = st.text("ab.*", max_size=3)
names = st.text("ab.", max_size=3)


@given(st.lists(words, max_size=4), st.lists(names, max_size=4))
def test_like_fnmatch_component_by_component(glob: list[str], path: list[str]) -> None:
    """An oracle: `**` splits in every possible way, everything else is fnmatch of one component."""
    pattern, place = "/" + "/".join(glob), "/" + "/".join(path)

    def fits(globs: list[str], parts: list[str]) -> bool:
        if not globs:
            return not parts
        if globs[0] == "**":
            return any(fits(globs[1:], parts[n:]) for n in range(len(parts) + 1))
        return bool(parts) and fnmatch.fnmatchcase(parts[0], globs[0]) and fits(globs[1:], parts[1:])

    def split(text: str) -> list[str]:
        return [part for part in posixpath.normpath(text).split("/") if part]

    if pattern.startswith("//") or place.startswith("//"):
        return
    assert is_inside(place, [pattern]) == fits(split(pattern), split(place))
