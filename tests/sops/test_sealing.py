"""What isn't exactly as it was written opens for nobody, and nobody but a recipient opens it."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiangong.documents.sops import read_sealed
from tiangong.errors import Misuse, Refused
from tiangong.messages import render
from tiangong.sops.age import AgeError, Identity, decrypt, encrypt
from tiangong.sops.cipher import opened, sealed

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ME, OTHER = Identity.made(), Identity.made()
CANARY = "canary-of-a-secret"
PATH = "db.sops.yaml"
SCALARS = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["C"]), max_size=20),
    st.integers(-(10**17), 10**17),
    st.booleans(),
    st.none(),
)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True).filter(lambda name: name != "sops")
TREES = st.dictionaries(
    NAMES,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)),
    max_size=4,
)


@settings(max_examples=60)
@given(TREES)
def test_whatever_is_sealed_is_opened_as_it_was(tree: dict[str, Any]) -> None:
    raw = sealed(tree, [OTHER.recipient, ME.recipient], NOW)
    assert opened(read_sealed(raw, PATH), [ME]) == tree


def test_nothing_is_shown_to_others() -> None:
    raw = sealed({"password": CANARY}, [ME.recipient], NOW)
    assert CANARY.encode() not in raw
    with pytest.raises(Refused) as caught:
        opened(read_sealed(raw, PATH), [OTHER])
    said = "".join(render(one) for one in caught.value.problems)
    assert "sops/not-for-me" in said
    assert OTHER.recipient in said
    assert ME.text not in said + repr(ME)


def test_values_cant_change_places() -> None:
    raw = sealed({"one": "first", "two": "second"}, [ME.recipient], NOW).decode()
    one, two = re.findall(r"ENC\[[^]]+type:str\]", raw)[:2]
    swapped = raw.replace(one, "\0").replace(two, one).replace("\0", two)
    with pytest.raises(Refused, match="sops/altered"):
        opened(read_sealed(swapped.encode(), PATH), [ME])


@pytest.mark.parametrize("change", [lambda raw: raw.replace(b"db1", b"db2"), lambda raw: raw.replace(b"host_", b"h_")])
def test_what_stays_plain_is_under_the_mac_by_value(change: Any) -> None:
    raw = sealed({"password": CANARY, "host_unencrypted": "db1"}, [ME.recipient], NOW)
    altered = change(raw)
    if b"db2" in altered:
        with pytest.raises(Refused, match="sops/altered"):
            opened(read_sealed(altered, PATH), [ME])
    else:  # SOPS's MAC covers values only: that is what our signature over the bytes is for
        assert opened(read_sealed(altered, PATH), [ME])["h_unencrypted"] == "db1"


def test_a_plain_value_put_in_by_somebody_is_refused() -> None:
    raw = sealed({"password": CANARY}, [ME.recipient], NOW)
    with pytest.raises(Refused, match="sops/plain"):
        opened(read_sealed(b"admin: yes-please\n" + raw, PATH), [ME])


def test_every_changed_character_of_an_age_file_is_noticed() -> None:
    text = encrypt(b"thirty-two bytes of a data key..", ME.recipient)
    for at in range(0, len(text) - 1, 3):
        other = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(AgeError):
            decrypt(other, [ME])


@pytest.mark.parametrize("cut", [2, 40, 100, 200, 300])
def test_a_cut_off_age_file_is_refused(cut: int) -> None:
    with pytest.raises(AgeError):
        decrypt(encrypt(b"x" * 100, ME.recipient)[:-cut], [ME])


def test_only_keys_that_can_be_encrypted_to_are_taken() -> None:
    for word in ("", "age1", ME.recipient[:-1], ME.recipient.upper(), "age1pq1qqqqqqqq", "ssh-ed25519 AAAA"):
        with pytest.raises(Misuse, match="sops/cant-seal-to"):
            sealed({"a": "b"}, [word], NOW)


def test_a_private_key_typed_for_a_public_one_is_not_repeated() -> None:
    with pytest.raises(Misuse) as caught:
        sealed({"a": "b"}, [ME.text], NOW)
    assert ME.text not in "".join(render(one) for one in caught.value.problems)


def test_a_key_is_read_back_and_never_shown() -> None:
    assert Identity.read(ME.text).recipient == ME.recipient
    with pytest.raises(AgeError):
        Identity.read(ME.text.lower())
