"""Both people's edits count, or the field is named: nothing is lost, nothing is made up."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiangong.documents.edit import GONE
from tiangong.documents.merge import merge

BASE: dict[str, Any] = {
    "a": 1,
    "n": {"x": 1, "y": 2},
    "order": ["p", "q"],
    "who": ["p", "q"],
    "deny": [{"name": "one", "from": 1}, {"name": "two", "from": 2}],
    "plain": [{"a": 1}, {"a": 2}],
}


def with_(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**BASE, **changes}.items() if value is not GONE}


ONE, TWO = BASE["deny"]
NEW, OTHER = {"name": "new", "from": 9}, {"name": "other", "from": 8}


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ({"a": 2}, {"n": {"x": 5, "y": 2}}, {"a": 2, "n": {"x": 5, "y": 2}}),
        ({"n": {"x": 5, "y": 2}}, {"n": {"x": 1, "y": 7}}, {"n": {"x": 5, "y": 7}}),
        ({"n": {"x": 1}}, {"n": {"x": 3, "y": 2}}, {"n": {"x": 3}}),
        ({"a": GONE}, {"z": 1}, {"a": GONE, "z": 1}),
        ({"a": 3}, {"a": 3}, {"a": 3}),
        ({"order": ["q", "p"]}, {"a": 2}, {"order": ["q", "p"], "a": 2}),
        ({"who": ["p", "q", "r"]}, {"who": ["q", "s"]}, {"who": ["q", "s", "r"]}),
        ({"who": ["q"]}, {"who": ["p", "q", "s"]}, {"who": ["q", "s"]}),
        ({"deny": [ONE, TWO, NEW]}, {"deny": [ONE, TWO, OTHER]}, {"deny": [ONE, TWO, OTHER, NEW]}),
        ({"deny": [TWO]}, {"deny": [ONE, TWO, OTHER]}, {"deny": [TWO, OTHER]}),
        ({"deny": [{**ONE, "from": 5}, TWO]}, {"deny": [OTHER, ONE]}, {"deny": [OTHER, {**ONE, "from": 5}]}),
        ({"plain": [{"a": 1}, {"a": 3}]}, {"a": 2}, {"plain": [{"a": 1}, {"a": 3}], "a": 2}),
        ({"deny": []}, {"a": 2}, {"deny": [], "a": 2}),
    ],
)
def test_both_edits_count(mine: dict[str, Any], theirs: dict[str, Any], both: dict[str, Any]) -> None:
    for one, other in ((mine, theirs), (theirs, mine)):
        found = merge(BASE, with_(**one), with_(**other))
        assert not found.clashes
        result = found.onto(with_(**other))
        if one is mine:
            assert result == with_(**both)


@pytest.mark.parametrize(
    ("mine", "theirs", "field"),
    [
        ({"a": 2}, {"a": 3}, ("a",)),
        ({"a": GONE}, {"a": 3}, ("a",)),
        ({"a": 1.0}, {"a": True}, ("a",)),
        ({"n": GONE}, {"n": {"x": 3, "y": 2}}, ("n",)),
        ({"n": 3}, {"n": {"x": 3, "y": 2}}, ("n",)),
        ({"order": ["p", "q", "r"]}, {"order": ["p", "q", "s"]}, ("order",)),
        ({"plain": [{"a": 1}]}, {"plain": [{"a": 2}]}, ("plain",)),
        ({"deny": [{**ONE, "from": 5}, TWO]}, {"deny": [{**ONE, "from": 6}, TWO]}, ("deny", 0, "from")),
        ({"deny": [{**ONE, "from": 5}, TWO]}, {"deny": [TWO]}, ("deny", 1)),
        ({"deny": [TWO]}, {"deny": [{**ONE, "from": 6}, TWO]}, ("deny", 0)),
        ({"deny": [TWO, ONE]}, {"deny": [ONE, TWO, NEW]}, ("deny",)),
        ({"z": 1}, {"z": 2}, ("z",)),
    ],
)
def test_a_field_both_changed_is_named(
    mine: dict[str, Any], theirs: dict[str, Any], field: tuple[str | int, ...]
) -> None:
    found = merge(BASE, with_(**mine), with_(**theirs))
    assert [clash.location for clash in found.clashes] == [field]
    assert not found.edits


def test_two_who_made_one_document() -> None:
    found = merge(GONE, {"kind": "X", "spec": {"a": 1}}, {"kind": "X", "spec": {"a": 2, "b": 3}})
    assert [(c.location, c.base, c.mine, c.theirs) for c in found.clashes] == [(("spec", "a"), GONE, 1, 2)]


LEAVES = st.sampled_from([0, 1, 2, "p", "q"])
THINGS = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("abcd"), "v": LEAVES}), max_size=3, unique_by=lambda t: t["name"]
)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "s": LEAVES,
        "m": st.dictionaries(st.sampled_from("xyz"), LEAVES, max_size=3),
        "l": st.lists(LEAVES, max_size=3),
        "who": st.lists(st.sampled_from("pqrs"), max_size=3, unique=True),
        "t": THINGS,
    },
)


def flat(data: Any, at: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    """Every field by the names that lead to it; entries of lists with a name by that name."""
    if isinstance(data, dict):
        return {key: value for name, inner in data.items() for key, value in flat(inner, (*at, name)).items()} | {
            (*at, "{}"): True
        }
    if isinstance(data, list) and at and at[-1] == "t":
        return {key: value for inner in data for key, value in flat(inner, (*at, inner["name"])).items()}
    if isinstance(data, list) and at and at[-1] == "who":
        return {(*at, inner): True for inner in data}
    return {at: data}


@given(DATA, DATA, DATA)
def test_every_field_is_mine_theirs_or_named(base: Any, mine: Any, theirs: Any) -> None:
    found = merge(base, mine, theirs)
    result = found.onto(theirs)
    if found.clashes:
        for clash in found.clashes:
            assert clash.mine != clash.theirs
        return
    b, m, t, r = map(flat, (base, mine, theirs, result))
    for field in {*b, *m, *t, *r}:
        old, my, their = b.get(field, GONE), m.get(field, GONE), t.get(field, GONE)
        assert r.get(field, GONE) == (my if my != old else their), field
        if old not in (my, their):
            assert my == their, field


@given(DATA, DATA)
def test_alone_nobody_clashes(base: Any, mine: Any) -> None:
    assert merge(base, mine, base).onto(base) == mine
    assert merge(base, base, mine).onto(mine) == mine
    assert not merge(base, mine, base).clashes
    assert merge(base, mine, mine).edits == ()
