"""Digests name exact bytes; those of values don't depend on the order of fields."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiangong.documents.digest import canonical, digest_of, sha512


@given(st.binary())
def test_a_digest_is_the_sha512_of_the_bytes(raw: bytes) -> None:
    assert sha512(raw) == f"sha512:{hashlib.sha512(raw).hexdigest()}"


def test_canonical_json_is_sorted_tight_and_utf8() -> None:
    assert canonical({"b": [1, 2.5, None, True], "a": {"d": "é", "c": "\n"}}) == (
        '{"a":{"c":"\\n","d":"é"},"b":[1,2.5,null,true]}'.encode()
    )


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers() | st.booleans()))
def test_the_order_of_fields_does_not_count(value: dict[str, int]) -> None:
    assert digest_of(value) == digest_of(dict(reversed(value.items())))


@pytest.mark.parametrize("value", [{1, 2}, b"x", {"a": object()}])
def test_what_json_has_no_word_for_is_an_error(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_json_does_not_know_are_errors(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(value)
