"""Words people type for fields: where the field is meant to stand, and which type its model gives the value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiangong.documents.values import locate, scalar, typed
from tiangong.errors import Misuse
from tiangong.model.environment import Environment, Installation, Profile
from tiangong.model.policy import TrustPolicy
from tiangong.model.product import Product, Release

DATA: dict[str, Any] = {
    "spec": {
        "windows": {"allow": [{"name": "nights"}, {"name": "lunch"}]},
        "overrides": [{"versions": ">=2"}],
        "paths": ["/srv/**", "/data"],
        "config": {"a.b": 1},
    }
}


@pytest.mark.parametrize(
    ("words", "location"),
    [
        ("timezone", ("timezone",)),
        ("windows.allow[nights].for", ("windows", "allow", 0, "for")),
        ("windows.allow[1].for", ("windows", "allow", 1, "for")),
        ("windows.allow[+]", ("windows", "allow", 2)),
        ("windows.deny[+].name", ("windows", "deny", 0, "name")),
        ("overrides[>=2].config.x", ("overrides", 0, "config", "x")),
        ("paths[/data]", ("paths", 1)),
        ("config[a.b]", ("config", "a.b")),
        ("config[c.d]", ("config", "c.d")),
    ],
)
def test_where_a_field_is_meant_to_stand(words: str, location: tuple[str | int, ...]) -> None:
    assert locate(words, DATA, ("spec",)) == ("spec", *location)


@pytest.mark.parametrize(
    "words", ["", ".", "a.", ".a", "a..b", "a[", "a]", "a[]", "[x", "a.[b]", "windows.allow[days]"]
)
def test_what_is_no_field(words: str) -> None:
    with pytest.raises(Misuse):
        locate(words, DATA, ("spec",))


@pytest.mark.parametrize(
    ("model", "location", "word", "value"),
    [
        (Environment, ("spec", "timezone"), "10", "10"),
        (Environment, ("spec", "profiles"), "a, b", ["a", "b"]),
        (Environment, ("spec", "profiles"), "[a, b]", ["a", "b"]),
        (Environment, ("spec", "profiles"), "", []),
        (Environment, ("metadata", "labels", "tier"), "1", "1"),
        (Environment, ("spec", "windows"), "{allow: []}", {"allow": []}),
        (Installation, ("spec", "config", "x"), "8080", 8080),
        (Installation, ("spec", "config", "x"), "0755", "0755"),
        (Installation, ("spec", "config", "x"), "no", "no"),
        (Installation, ("spec", "config", "x"), "true", True),
        (Installation, ("spec", "config", "x"), "[1, a]", [1, "a"]),
        (Installation, ("spec", "config", "x"), "two\nlines", "two\nlines"),
        (Profile, ("spec", "envelope", "shell", "commands"), "python3", ["python3"]),
        (Product, ("spec", "owner"), "[team", "[team"),
        (Release, ("spec", "downtime"), "true", True),
        (TrustPolicy, ("spec", "roles", 0, "threshold"), "2", 2),
        (Environment, ("spec", "nothing", "there"), "7", 7),
    ],
)
def test_the_type_of_a_field(model: Any, location: tuple[str | int, ...], word: str, value: Any) -> None:
    found = typed(model, location, word, "field")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("word", ["{a", "{a: 1, a: 2}", "{a: *b}"])
def test_yaml_that_cant_be_read_names_the_field(word: str) -> None:
    with pytest.raises(Misuse) as caught:
        typed(Environment, ("spec", "windows"), word, "spec.windows")
    assert str(caught.value.problems[0].place) == "spec.windows"


@given(st.text(max_size=20))
def test_any_word_is_some_value(word: str) -> None:
    assert isinstance(scalar(word), str | int | float | bool | None)
