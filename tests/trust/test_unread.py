"""A restriction that can't be read restricts all the same, when its signer may restrict (R11); a stranger's doesn't."""

from datetime import timedelta
from typing import Any

import pytest

from tests.trust.asking import ask, codes, holds
from tests.trust.test_recalls import is_held
from tiangong.model.stages import Desired
from tiangong.testing.simulator import World, small_policy

PATH = "suppressions/inc-1.yaml"
UNREAD = {"trust/unread-restriction"}


@pytest.fixture
def world() -> World:
    """Olga may suppress in dev, oscar in prod."""
    world = World.small()
    people = dict(small_policy()["people"])
    roles = [*small_policy()["roles"]]
    for name, where in (("olga", "dev"), ("oscar", "prod")):
        people[name] = {"keys": [world.person(name).line]}
        roles.append({"role": "operator", "who": [name], "environments": [where]})
    world.set_policy(people=people, roles=roles)
    world.environment("prod")
    return world


def newer(world: World, *signers: str) -> None:
    """A suppression as a later version of the tool may write it."""
    path = world.suppress("inc-1", *signers, environments=["dev"])
    text = world.files[path].replace(b"spec:\n", b"spec:\n  products: [shop]\n")
    world.write(path, text, *signers)


@pytest.mark.parametrize("signer", ["olga", "alice"])
def test_what_an_operator_of_the_environment_signed_holds(world: World, signer: str) -> None:
    newer(world, signer)
    desired = ask(world)
    assert holds(desired) == UNREAD
    assert {r.problem.code for r in desired.refusals if r.path == PATH} == {
        "document/unknown-field-no-guess",
        "trust/unread-restriction",
    }
    assert holds(ask(world, desired.memory, later=timedelta(days=9))) == UNREAD  # nobody knows when it ends
    world.raw(PATH, None)
    assert holds(ask(world, desired.memory)) == set()


@pytest.mark.parametrize("signers", [("oscar",), ("bob",), ("ci-release", "promoter"), ("mallory",)])
def test_what_others_signed_holds_nothing(world: World, signers: tuple[str, ...]) -> None:
    newer(world, *signers)
    desired = ask(world)
    assert holds(desired) == set()
    assert PATH in codes(desired)


def test_each_operator_holds_the_own_environment_only(world: World) -> None:
    newer(world, "oscar")
    assert holds(ask(world, environment="prod")) == UNREAD
    assert holds(ask(world, environment="dev")) == set()


def test_an_edited_suppression_that_was_never_seen_holds(world: World) -> None:
    world.suppress("inc-1", "olga", environments=["dev"])
    seen = ask(world).memory
    world.edit(PATH, "olga", **{"spec.until": "2026-11-25T12:00:01+00:00"})
    assert holds(ask(world)) == UNREAD
    # who has seen it knows what it said
    again = ask(world, seen, later=timedelta(hours=1))
    assert holds(again) == set()
    assert again.suppressions


def test_a_suppression_that_was_read_before_needs_no_guess(world: World) -> None:
    world.suppress("inc-1", "olga", environments=["dev"])
    seen = ask(world).memory
    newer(world, "olga")
    desired = ask(world, seen)
    assert holds(desired) == set()
    assert desired.suppressions


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        (("alice",), "trust/unread-restriction"),
        (("promoter",), "trust/unknown-signer"),
        ((), "trust/no-signature"),
    ],
)
def test_a_revocation_that_cant_be_read_holds_when_who_may_signed_it(
    world: World, signers: tuple[str, ...], code: str
) -> None:
    path = "trust/revocations/r-1.yaml"
    world.write(path, b"kind: Later\nspec: {versions: '>=1'}\n", *signers)
    desired = ask(world)
    assert holds(desired) == (UNREAD if code in UNREAD else set())
    assert codes(desired) == {path: code}


@pytest.mark.parametrize("spec", [b"rollOff: freeze", b"products: [shop]", b"rollOff: allowDowngrade"])
@pytest.mark.parametrize(("signer", "holds_it"), [("promoter", True), ("alice", True), ("olga", False)])
def test_a_recall_that_cant_be_read_holds_its_product(world: World, spec: bytes, signer: str, holds_it: bool) -> None:
    """Row 46, R11: what this version has no word for, or hasn't built, restricts its product, and nothing else (R24)."""
    world.release("shop", "1.0.0")
    path = world.recall("shop", "9.9.9", signer)
    world.write(path, world.files[path].replace(b"spec:\n", b"spec:\n  " + spec + b"\n"), signer)
    desired = ask(world)
    assert holds(desired) == set()
    assert (codes_of(desired, path) >= UNREAD) is holds_it, "R11: an unreadable recall was ignored"
    assert is_held(desired, world) is holds_it, "R11: an unreadable recall held nothing"


def codes_of(desired: Desired, path: str) -> set[str]:
    return {refusal.problem.code for refusal in desired.refusals if refusal.path == path}


def test_a_recall_of_another_product_is_none_of_our_business(world: World) -> None:
    world.write("products/other/recalls/r-1.yaml", b"kind: Recall\n", "alice")
    assert holds(ask(world)) == set()


@pytest.mark.parametrize(
    "attack", [{"spec.until": "soon"}, {"metadata.repo": "f" * 32}, {"apiVersion": "tiangong.dev/v2"}]
)
def test_what_a_stranger_does_to_it_holds_nothing(world: World, attack: dict[str, Any]) -> None:
    world.suppress("inc-1", "olga", environments=["dev"])
    world.edit(PATH, "mallory", **attack)
    assert holds(ask(world)) == set()
