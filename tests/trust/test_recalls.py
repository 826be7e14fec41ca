"""Recalls: one signature of role promoter, never edited, never undone by deleting; ended by the product's maintainers."""

import pytest

from tests.trust.asking import ask, codes
from tests.trust.test_withdrawals import wiped
from tiangong.model.stages import Actual, Desired, History
from tiangong.planner.plan import make_plan
from tiangong.testing.fakes import FakeExecutor, FakeExecutors, fake_capabilities
from tiangong.testing.simulator import World, small_policy
from tiangong.trust.audit import audit

R = "products/shop/recalls/r-1.yaml"
W = "withdrawals/w-1.yaml"


@pytest.fixture
def world() -> World:
    """Alice and mia maintain, both must agree; petra promotes shop, rick promotes auth."""
    world = World.small()
    people = dict(small_policy()["people"])
    for name in ("mia", "petra", "rick"):
        people[name] = {"keys": [world.person(name).line]}
    roles = [one for one in small_policy()["roles"] if one["role"] not in ("maintainer", "promoter")]
    roles += [
        {"role": "maintainer", "who": ["alice", "mia"], "threshold": 2},
        {"role": "promoter", "who": ["petra"], "products": ["shop"]},
        {"role": "promoter", "who": ["rick"], "products": ["auth"]},
    ]
    world.set_policy(people=people, roles=roles)
    channels = [f"channels/{name}.yaml" for name in ("release", "canary", "stable")]
    for path in ("tiangong.yaml", "products/shop/product.yaml", *channels):
        world.edit(path)
    world.release("shop", "1.0.0")
    return world


def recalled(desired: Desired) -> list[str]:
    return [one.document.metadata.name for one in desired.recalls.get("shop", ())]


def is_held(desired: Desired, world: World) -> bool:
    """Tell whether a recall holds what is new of shop."""
    capabilities = fake_capabilities(FakeExecutors({"file": FakeExecutor()}))
    (verdict,) = make_plan(desired, Actual({}), History(), capabilities, world.now).verdicts
    return any(reason.constraint == "recall" for reason in verdict.reasons)


def test_one_promoter_recalls(world: World) -> None:
    """R3, D12: restricting takes one authorised signature."""
    assert not is_held(ask(world), world)
    world.recall("shop", "<=1.0.0", "petra")
    desired = ask(world)
    assert recalled(desired) == ["shop/r-1"], "D12: a promoter's recall doesn't count"
    assert codes(desired) == {}
    assert audit(world.tree(), None, world.now) == ()
    assert is_held(desired, world)


@pytest.mark.parametrize("signer", ["rick", "alice", "ci-release", "mallory"])
def test_nobody_else_recalls(world: World, signer: str) -> None:
    """Row 14, R4: the role of another product, or another role, recalls nothing."""
    world.recall("shop", "<=1.0.0", signer)
    desired = ask(world)
    assert recalled(desired) == [], f"R4: {signer} recalled shop"
    assert set(codes(desired)) == {R}
    assert not is_held(desired, world)


def test_row_8_deleting_a_recall_frees_nothing(world: World) -> None:
    """Row 8, R16: what was recalled once stays recalled."""
    world.recall("shop", "*", "petra")
    seen = ask(world).memory
    world.raw(R, None)
    desired = ask(world, seen)
    assert recalled(desired) == ["shop/r-1"], "R16: deleting a recall lifted it"
    assert codes(desired) == {R: "trust/disappeared"}


def test_row_10_a_wiped_agent_misses_the_recall_nobody_shows(world: World) -> None:
    """Row 10, R20: its own signed status says there was one; its product is held until it is shown again."""
    world.recall("shop", "<1.0.0", "petra")
    shown = ask(world)
    kept = world.files[R]
    world.raw(R, None)
    desired = ask(world, wiped(shown))
    assert codes(desired) == {R: "trust/lost-restriction"}
    assert is_held(desired, world), "R20: a wiped agent forgot a recall"
    world.write(R, kept, "petra")
    assert not is_held(ask(world, desired.memory), world)


def test_row_19_copied_to_another_product_it_recalls_nothing(world: World) -> None:
    """Row 19, R11: the product stands in the signed bytes."""
    world.recall("shop", "*", "petra", "rick")
    copied = "products/auth/recalls/r-1.yaml"
    world.write(copied, world.files[R], "rick")
    world.write("products/shop/recalls/r-2.yaml", world.files[R], "petra")
    found = {one.path: one.problem.code for one in audit(world.tree(), None, world.now)}
    assert set(found) == {copied, "products/shop/recalls/r-2.yaml"}, "R11: a recall counts at another path"
    assert recalled(ask(world)) == ["shop/r-1"]


def test_a_recall_is_never_edited(world: World) -> None:
    """D1: who has seen it keeps it as it was; who hasn't is held."""
    world.recall("shop", "*", "petra")
    seen = ask(world).memory
    world.edit(R, "petra", **{"spec.versions": "9.9.9"})
    assert recalled(ask(world, seen)) == ["shop/r-1"]
    assert ask(world, seen).recalls["shop"][0].document.spec.versions == "*", "D1: a recall was edited"
    assert is_held(ask(world), world)


@pytest.mark.parametrize("signers", [("alice",), ("mia",), ("petra",), ("petra", "rick")])
def test_fewer_than_the_maintainers_dont_end_it(world: World, signers: tuple[str, ...]) -> None:
    """R3: withdrawing takes the threshold of the product's maintainers."""
    world.recall("shop", "*", "petra")
    world.withdraw(R, *signers)
    desired = ask(world)
    assert recalled(desired) == ["shop/r-1"], f"R3: {signers} ended a recall"
    assert set(codes(desired)) == {W}


def test_the_maintainers_together_end_it(world: World) -> None:
    """R3, D5: and deleting either afterwards changes nothing."""
    world.recall("shop", "*", "petra")
    world.withdraw(R, "alice", "mia")
    shown = ask(world)
    assert recalled(shown) == []
    assert codes(shown) == {}
    for gone in (W, R):
        world.raw(gone, None)
        assert recalled(ask(world, shown.memory)) == [], "D5: deleting acted"
        assert not is_held(ask(world, shown.memory), world)
    assert not is_held(ask(world, wiped(ask(world, shown.memory))), world)


def test_of_other_products_nothing_is_read(world: World) -> None:
    """R24: acts on what an environment doesn't run neither hold it nor cost it anything."""
    world.recall("auth", "*", "rick")
    world.withdraw("products/auth/recalls/r-1.yaml", "alice", "mia")
    desired = ask(world)
    assert set(desired.recalls) == {"shop"}
    assert codes(desired) == {}
    assert "products/auth/recalls/r-1.yaml" not in desired.memory.kept


def test_restricting_takes_one_signature_even_where_the_role_asks_for_more(world: World) -> None:
    """R3: a threshold of the role is for what changes something, not for what holds it."""
    people = {**small_policy()["people"], "petra": {"keys": [world.person("petra").line]}}
    roles = [one for one in small_policy()["roles"] if one["role"] not in ("promoter", "operator")]
    roles += [{"role": role, "who": ["alice", "petra"], "threshold": 2} for role in ("promoter", "operator")]
    world.set_policy(people=people, roles=roles)
    for path in [one for one in world.files if one.endswith(".yaml") and not one.startswith("trust/")]:
        world.edit(path) if "/releases/" not in path else None
    world.recall("shop", "*", "petra")
    world.suppress("inc-1", "alice")
    world.promote("shop", "1.0.0", "stable", "petra")
    desired = ask(world)
    assert recalled(desired) == ["shop/r-1"], "R3: a recall needs more than one signature"
    assert desired.suppressions, "R3: a suppression needs more than one signature"
    assert set(codes(desired).values()) == {"trust/threshold"}
