"""Secrets in Git: a signed document names its SOPS file by digest, and nothing else counts (R13, D23; attacks 65, 66)."""

from typing import Any

import pytest

from tests.trust.asking import ask, check_words, codes
from tiangong.documents.strict import LARGEST
from tiangong.model.stages import Desired
from tiangong.testing.simulator import NOW, World
from tiangong.trust.audit import audit
from tiangong.trust.verify import Cache

DOCUMENT = "environments/dev/secrets/shop-db.yaml"
FILE = "environments/dev/secrets/shop-db.sops.yaml"


@pytest.fixture
def world() -> World:
    world = World.small()
    world.seal("dev", "shop-db", b"sealed")
    return world


def said(world: World) -> dict[str, str]:
    found = audit(world.tree(), None, NOW)
    for refusal in found:
        check_words(refusal.problem)
    return {refusal.path: refusal.problem.code for refusal in found}


def flaw(desired: Desired) -> str | None:
    found = desired.secrets["shop-db"]
    return found.flaw.code if found.flaw else None


def test_its_bytes_go_on_with_who_signed_them(world: World) -> None:
    found = ask(world).secrets["shop-db"]
    assert (found.raw, found.flaw, found.signed.signers) == (b"sealed", None, ("alice",))
    assert said(world) == {}


def test_65_a_file_encrypted_by_somebody_else_is_not_the_one_that_was_signed(world: World) -> None:
    world.raw(FILE, b"his own secret, encrypted to the site's public key")
    desired = ask(world)
    assert desired.secrets["shop-db"].raw is None, "R13: SOPS tells no origin, the signed digest does"
    assert codes(desired)[FILE] == "trust/sealed-changed"
    assert said(world) == {FILE: "trust/sealed-changed"}


def test_66_a_file_of_another_environment_is_not_the_one_that_was_signed(world: World) -> None:
    world.environment("prod")
    world.seal("prod", "shop-db", b"of production")
    for suffix in (".yaml", ".yaml.alice.sig", ".sops.yaml"):
        world.raw(
            f"environments/prod/secrets/shop-db{suffix}", world.files[f"environments/dev/secrets/shop-db{suffix}"]
        )
    assert said(world) == {"environments/prod/secrets/shop-db.yaml": "document/wrong-path"}, (
        "R11: path and name are one"
    )
    world.raw("environments/prod/secrets/shop-db.yaml", None)
    world.seal("prod", "shop-db", b"of production")
    world.raw("environments/prod/secrets/shop-db.sops.yaml", b"sealed")
    assert said(world) == {"environments/prod/secrets/shop-db.sops.yaml": "trust/sealed-changed"}, "R13"


@pytest.mark.parametrize(
    ("raw", "mode", "code"),
    [
        (None, 0o100644, "trust/sealed-missing"),
        (b"sealed", 0o120000, "trust/sealed-missing"),
        (b"x" * (LARGEST + 1), 0o100644, "document/too-large"),
        (b"sealed ", 0o100644, "trust/sealed-changed"),
    ],
)
def test_what_isnt_the_named_file_holds_this_secret_alone(world: World, raw: Any, mode: int, code: str) -> None:
    world.seal("dev", "other", b"fine")
    if raw is None:
        del world.files[FILE]
    else:
        world.raw(FILE, raw)
        world.modes[FILE] = mode
    desired = ask(world)
    assert flaw(desired) == code
    assert desired.secrets["other"].raw == b"fine"


def test_only_an_operator_of_the_environment_signs_one(world: World) -> None:
    world.seal("dev", "shop-db", b"sealed", "bob")
    assert said(world) == {DOCUMENT: "trust/no-authority"}
    assert "shop-db" not in ask(world).secrets


def test_a_document_without_digest_names_nothing(world: World) -> None:
    world.seal("dev", "shop-db", b"sealed", digest=None)
    assert said(world)[DOCUMENT] == "trust/sealed-unnamed"


def test_secrets_of_others_are_never_read(world: World) -> None:
    world.environment("prod")
    world.seal("prod", "shop-db", b"of production")
    world.seal("prod", "prod-only", b"of production")
    assert list(ask(world).secrets) == ["shop-db"]


def test_a_file_without_document_and_a_signature_of_a_file_are_strays(world: World) -> None:
    world.raw("environments/dev/secrets/lonely.sops.yaml", b"x")
    world.raw(f"{FILE}.alice.sig", b"x")
    assert said(world) == {
        "environments/dev/secrets/lonely.sops.yaml": "trust/stray",
        f"{FILE}.alice.sig": "trust/stray",
    }


def test_what_was_accepted_goes_on_counting_when_its_document_goes_bad(world: World) -> None:
    memory = ask(world).memory
    world.raw(DOCUMENT, b"broken")
    found = ask(world, memory=memory).secrets["shop-db"]
    assert found.raw == b"sealed", "R24: the last accepted document names the same file"


def test_a_changed_file_is_noticed_although_everything_is_cached(world: World) -> None:
    cache = Cache()
    assert flaw(ask(world, cache=cache)) is None
    world.raw(FILE, b"other")
    assert flaw(ask(world, cache=cache)) == "trust/sealed-changed"


def test_files_of_one_environment_have_a_bound_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from tiangong.errors import Refused
    from tiangong.trust import closure

    monkeypatch.setattr(closure, "LARGEST_SECRETS", 5)
    with pytest.raises(Refused) as caught:
        ask(world)
    assert caught.value.problems[0].code == "trust/too-much"
