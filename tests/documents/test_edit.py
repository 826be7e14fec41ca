"""Editing one field changes that field only, whatever the text looks like; comments and layout stay where they can."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents.test_dump import KEYS, VALUES
from tiangong.documents.dump import dump
from tiangong.documents.edit import GONE, applied, remove_field, set_field
from tiangong.documents.strict import load
from tiangong.errors import Misuse

TEXT = """\
# who
kind: Environment
metadata:
  name: prod   # the name
spec:
  # what it follows
  profiles: [a, b]   # later wins
  drift: report   # or repair
  windows:
    deny:
      # the first
      - {name: x, from: 1}
      - name: y   # second
        from: 2
  script: |
    one
    two

  labels: {tier: prod, region: eu}
  empty:
# the end
"""


def change(location: tuple[str | int, ...], value: Any) -> str:
    raw = TEXT.encode()
    after = remove_field(raw, "x", location) if value is GONE else set_field(raw, "x", location, value)
    return after.decode()


@pytest.mark.parametrize(
    ("location", "value", "old", "new"),
    [
        (("spec", "drift"), "repair", "drift: report ", "drift: repair "),
        (("spec", "drift"), ["a"], "drift: report ", "drift: [a] "),
        (("spec", "profiles", 1), "c: d", "[a, b]", "[a, 'c: d']"),
        (("spec", "profiles", 2), "c", "[a, b]", "[a, b, c]"),
        (("spec", "profiles", 0), GONE, "[a, b]", "[b]"),
        (("spec", "profiles", 1), GONE, "[a, b]", "[a]"),
        (("spec", "labels", "tier"), "dev", "tier: prod", "tier: dev"),
        (("spec", "labels", "tier"), GONE, "{tier: prod, region: eu}", "{region: eu}"),
        (("spec", "labels", "region"), GONE, "{tier: prod, region: eu}", "{tier: prod}"),
        (("spec", "labels", "zone"), {"a": 1}, "region: eu}", "region: eu, zone: {a: 1}}"),
        (("spec", "windows", "deny", 0, "from"), "7d", "from: 1", "from: 7d"),
        (("spec", "windows", "deny", 1, "from"), "7d", "from: 2", "from: 7d"),
        (("spec", "windows", "deny", 1, "name"), GONE, "- name: y   # second\n        from: 2", "- from: 2"),
        (("spec", "windows", "deny", 1), GONE, "      - name: y   # second\n        from: 2\n", ""),
        (("spec", "windows", "deny", 2), {"name": "z"}, "from: 2\n", "from: 2\n      - name: z\n"),
        (("spec", "windows", "allow"), [1], "from: 2\n", "from: 2\n    allow:\n      - 1\n"),
        (("spec", "script"), "one", "|\n    one\n    two\n", "one\n"),
        (("spec", "script"), GONE, "  script: |\n    one\n    two\n", ""),
        (("spec", "empty"), 1, "empty:", "empty: 1"),
        (("spec", "empty", "x", "y"), "no", "empty:", 'empty: {x: {y: "no"}}'),
        (("spec", "windows"), 3, ":\n    deny:\n      # the first\n      - {name: x, from: 1}\n      - name: y   # second\n        from: 2\n", ": 3\n"),
        (("metadata", "labels", "a"), "b", "the name\n", "the name\n  labels:\n    a: b\n"),
        (("spec", "windows", "deny"), GONE, ":\n    deny:\n      # the first\n      - {name: x, from: 1}\n      - name: y   # second\n        from: 2\n", ": {}\n"),
    ],
)  # fmt: skip
def test_only_the_field_changes(location: tuple[str | int, ...], value: Any, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert change(location, value) == TEXT.replace(old, new)


def test_what_is_as_wanted_stays_byte_for_byte() -> None:
    assert change(("spec", "drift"), "report") == TEXT
    assert change(("spec", "nothing", "here"), GONE) == TEXT


@pytest.mark.parametrize("location", [("kind", "x"), ("spec", "profiles", "x"), ("spec", "profiles", 7), ("spec", 0)])
def test_a_place_that_can_not_be(location: tuple[str | int, ...]) -> None:
    with pytest.raises(Misuse) as caught:
        change(location, 1)
    assert caught.value.problems[0].code == "document/cant-edit"


def locations(data: Any) -> list[tuple[str | int, ...]]:
    """Every location of a value, and of one that could be added."""
    found: list[tuple[str | int, ...]] = []
    pairs = list(data.items()) if isinstance(data, dict) else list(enumerate(data))
    for name, inner in pairs:
        found.append((name,))
        if isinstance(inner, dict | list):
            found += [(name, *rest) for rest in locations(inner)]
    return [*found, ("new",) if isinstance(data, dict) else (len(data),)]


@given(st.data(), st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), VALUES, st.booleans())
def test_any_edit_of_any_document(data: st.DataObject, document: dict[str, Any], value: Any, gone: bool) -> None:
    location = data.draw(st.sampled_from(locations(document)))
    raw = dump(document)
    after = remove_field(raw, "x", location) if gone else set_field(raw, "x", location, value)
    wanted = applied(copy.deepcopy(document), location, GONE if gone else value)
    assert load(after, "x").data == wanted
