"""SOPS files: what is understood is taken, everything else is refused with what to do about it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.trust.asking import check_words
from tiangong.documents.dump import dump
from tiangong.documents.sops import plain_under, read_sealed
from tiangong.errors import Misuse

VALUE = "ENC[AES256_GCM,data:N76l61reI2GHHp1h2AOONg==,iv:S2WFSPASWO4pgI7qgjuiF73goYox+a3vA8y50klDYto=,tag:PpjuFb+qCBgkl9dAgzRXbg==,type:str]"
RECIPIENT = "age1vupwhltqd8vep9v3nf72e8g0vmkxdr2atc7zch3x5k3lw8qzz99sez4fmj"
PATH = "environments/dev/secrets/db.sops.yaml"
Change = Callable[[dict[str, Any]], object]


def file(change: Change = lambda data: None) -> bytes:
    own = {
        "age": [{"recipient": RECIPIENT, "enc": "-----BEGIN AGE ENCRYPTED FILE-----\n"}],
        "lastmodified": "2026-11-25T05:10:43Z",
        "mac": VALUE,
        "unencrypted_suffix": "_unencrypted",
        "version": "3.13.3",
    }
    nested = {"user": VALUE, "list": [VALUE], "none": None}
    data = {"password": VALUE, "nested": nested, "host_unencrypted": "db1", "with space": VALUE, "sops": own}
    change(data)
    return dump(data)


def test_names_of_values_can_be_told_without_opening_it() -> None:
    found = read_sealed(file(), PATH)
    assert found.keys == ("password", "nested.user", "host_unencrypted")
    assert [name for name, _ in found.recipients] == [RECIPIENT]
    assert not found.only_encrypted


def own(**fields: Any) -> Change:
    return lambda data: data["sops"].update(fields)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: data.pop("sops"), "sops/not-encrypted"),
        (own(age=[]), "sops/no-age"),
        (own(age=None, kms=[{"arn": "arn:x"}]), "sops/no-age"),
        (own(key_groups=[{"age": []}]), "sops/key-groups"),
        (own(shamir_threshold=2), "sops/key-groups"),
        (own(mac=""), "sops/no-mac"),
        (lambda data: data["sops"].pop("mac"), "sops/no-mac"),
        (own(unencrypted_comment_regex="x"), "sops/unknown"),
        (own(quantum=True), "sops/unknown"),
        (own(age="x"), "sops/damaged"),
        (own(age=[{"recipient": RECIPIENT}]), "sops/damaged"),
        (own(age=[{"recipient": RECIPIENT, "enc": "x"}] * 65), "sops/damaged"),
        (own(encrypted_suffix="x"), "sops/damaged"),
        (own(lastmodified=1), "sops/damaged"),
        (own(mac="x"), "sops/damaged"),
        (lambda data: data.update(password="ENC[AES256_GCM,data:x"), "sops/damaged"),
        (lambda data: data.update(password=VALUE.replace("type:str", "type:comment")), "sops/damaged"),
        (lambda data: data.update(password=VALUE.replace("data:N", "data:==")), "sops/damaged"),
    ],
)
def test_what_isnt_understood_is_refused(change: Change, code: str) -> None:
    with pytest.raises(Misuse) as caught:
        read_sealed(file(change), PATH)
    assert [found.code for found in caught.value.problems] == [code]
    check_words(caught.value.problems[0])


def test_other_keys_beside_age_are_named() -> None:
    assert read_sealed(file(own(pgp=[{"fp": "x"}], kms=[])), PATH).others == ("pgp",)


@pytest.mark.parametrize(
    ("rule", "path", "plain"),
    [
        (("unencrypted_suffix", "_unencrypted"), ("a", "host_unencrypted"), True),
        (("unencrypted_suffix", "_unencrypted"), ("a_unencrypted", "b"), True),
        (("unencrypted_suffix", "_unencrypted"), ("a", "b"), False),
        (("encrypted_suffix", "_secret"), ("a", "b"), True),
        (("encrypted_suffix", "_secret"), ("a", "b_secret"), False),
        (("encrypted_regex", "^(data|stringData)$"), ("data", "x"), False),
        (("encrypted_regex", "^(data|stringData)$"), ("metadata", "x"), True),
        (("unencrypted_regex", "^host"), ("hostname",), True),
    ],
)
def test_its_rule_says_what_stays_plain(rule: tuple[str, str], path: tuple[str, ...], plain: bool) -> None:
    assert plain_under(rule, path) is plain


def test_a_rule_nobody_can_read_says_so() -> None:
    with pytest.raises(ValueError, match=r"\("):
        plain_under(("encrypted_regex", "("), ("a",))
