"""Approvals (R14, R15, D14): enough people, of exactly this change, none of whom brought it, in its time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.trust.asking import ask, codes
from tiangong.model.stages import Actual, History, Plan, Verdict, VerdictWord
from tiangong.planner.identity import change_digest
from tiangong.planner.plan import make_plan
from tiangong.testing.fakes import fake_capabilities
from tiangong.testing.simulator import World, keyholder, small_policy

STEPS = ({"name": "a", "executor": "fake", "with": {"value": 1}},)
RULE = {"require": 2}


@pytest.fixture
def world() -> World:
    """Dev asks for two approvals; carol, dora and ci-release may give one, ci-release published."""
    world = World.small()
    policy = small_policy()
    names = ("carol", "dora", "erin")
    people = {**policy["people"], **{name: {"keys": [keyholder(name).line]} for name in names}}
    roles = [*policy["roles"], {"role": "approver", "who": [*names, "ci-release"], "environments": ["d*"]}]
    world.set_policy("alice", people=people, roles=roles)
    world.edit("environments/dev/environment.yaml", spec__approvals=[RULE])
    world.release("shop", "1.0.0", steps=STEPS)
    return world


def plan(world: World, after: timedelta = timedelta()) -> Plan:
    return make_plan(ask(world, later=after), Actual({}), History({}), fake_capabilities(), world.now + after)


def verdict(world: World, after: timedelta = timedelta()) -> Verdict:
    return plan(world, after).verdicts[0]


def digest(world: World) -> str:
    change = verdict(world).change
    assert change
    return change_digest("shop", change)


def approve(world: World, *signers: str, **spec: Any) -> str:
    plans = {"plans": {"dev/shop": digest(world)}}
    return world.approve("shop", "1.0.0", "dev/shop", *signers, **{**plans, **spec})


def have(world: World) -> tuple[VerdictWord, int]:
    """The verdict, and how many approvals count so far; -1 when none are asked for any more."""
    found = verdict(world)
    said = [reason.problem.facts["have"] for reason in found.reasons if reason.constraint == "approval"]
    return found.word, int(said[0] or 0) if said else -1


def test_held_until_enough_have_approved(world: World) -> None:
    found = verdict(world)
    assert [reason.constraint for reason in found.reasons] == ["approval"]
    facts = found.reasons[0].problem.facts
    assert (facts["need"], facts["who"]) == (2, "alice, carol, dora, erin")
    approve(world, "carol")
    assert have(world) == (VerdictWord.HELD, 1)
    approve(world, "dora", reason="another document")
    assert have(world) == (VerdictWord.READY, -1)


def test_several_may_sign_one_approval(world: World) -> None:
    approve(world, "carol", "erin")
    assert have(world) == (VerdictWord.READY, -1)


def test_one_person_counts_once_however_often(world: World) -> None:
    approve(world, "carol")
    approve(world, "carol", reason="again")
    assert have(world) == (VerdictWord.HELD, 1)


def test_who_published_cant_approve(world: World) -> None:
    approve(world, "ci-release", "carol")
    assert have(world) == (VerdictWord.HELD, 1), "R15"


def test_who_promoted_cant_approve(world: World) -> None:
    world.edit("environments/dev/installations/shop.yaml", spec__channel="stable")
    world.promote("shop", "1.0.0", "stable", "alice")
    approve(world, "alice", "carol")
    assert have(world) == (VerdictWord.HELD, 1), "R15"


def test_who_has_not_the_role_cant_approve(world: World) -> None:
    path = approve(world, "bob", "carol")
    assert have(world) == (VerdictWord.HELD, 1)
    world.write(path, world.files[path], "bob")
    assert codes(ask(world)) == {path: "trust/no-authority"}


def test_row_18_for_another_environment_it_counts_for_nothing(world: World) -> None:
    world.approve("shop", "1.0.0", "demo/shop", "carol", "dora", plans={"demo/shop": digest(world)})
    assert have(world) == (VerdictWord.HELD, 0), "R14"


def test_row_17_of_another_release_it_counts_for_nothing(world: World) -> None:
    approve(world, "carol", "dora")
    world.release("shop", "1.1.0", steps=STEPS)
    assert have(world) == (VerdictWord.HELD, 0), "R14"


def test_row_20_other_steps_or_values_need_another_approval(world: World) -> None:
    approve(world, "carol", "dora")
    assert have(world)[0] is VerdictWord.READY
    world.release(
        "shop",
        "1.0.1",
        steps=[{"name": "a", "executor": "fake", "with": {"value": "${config.x}"}}],
        config={"x": {"type": "string", "default": "1"}},
    )
    approve(world, "carol", "dora", subjects=[_release(world, "1.0.1")])
    assert have(world)[0] is VerdictWord.READY
    world.edit("environments/dev/installations/shop.yaml", spec__config={"x": "2"})
    assert have(world) == (VerdictWord.HELD, 0), "R14"


def _release(world: World, version: str) -> str:
    from tiangong.documents.digest import sha512

    return sha512(world.files[f"products/shop/releases/{version}/release.yaml"])


def test_it_ends(world: World) -> None:
    approve(world, "carol", "dora", until=(world.now + timedelta(hours=1)).isoformat())
    assert have(world)[0] is VerdictWord.READY
    assert verdict(world, timedelta(hours=2)).word is VerdictWord.HELD
    approve(world, "carol", "dora", until=(world.now + timedelta(days=300)).isoformat())
    assert verdict(world, timedelta(hours=2)).word is VerdictWord.HELD, "D14: nothing counts for longer than 35 days"


def test_it_can_be_taken_back_by_one_approver(world: World) -> None:
    path = approve(world, "carol", "dora")
    ending = world.withdraw(path, "erin")
    assert have(world) == (VerdictWord.HELD, 0), "R3"
    world.write(ending, world.files[ending], "bob")
    assert have(world)[0] is VerdictWord.READY


def test_row_19_under_another_name_it_is_none(world: World) -> None:
    path = approve(world, "carol", "dora")
    raw = world.files.pop(path).replace(path[-37:-5].encode(), b"a" * 32)
    other = f"approvals/{'a' * 32}.yaml"
    world.raw(path, None)
    world.write(other, raw, "carol", "dora")
    assert codes(ask(world)) == {other: "trust/approval-id"}


def test_rules_of_all_documents_count_each_for_what_it_says(world: World) -> None:
    world.put(
        {
            "kind": "Profile",
            "metadata": {"name": "strict"},
            "spec": {"approvals": [{"require": 3, "when": {"downtime": True}}]},
        }
    )
    world.edit("environments/dev/environment.yaml", spec__profiles=["strict"], spec__approvals=[{"require": 1}])
    approve(world, "carol")
    assert have(world) == (VerdictWord.READY, -1)
    world.release("shop", "1.2.0", steps=STEPS, downtime=True)
    approve(world, "carol", subjects=[_release(world, "1.2.0")])
    assert have(world) == (VerdictWord.HELD, 1)


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ({"products": ["sh*"]}, True),
        ({"products": ["web"]}, False),
        ({"labels": {"tier": "prod"}}, False),
        ({"kinds": ["upgrade"]}, False),
        ({"kinds": ["install"]}, True),
        ({"downtime": False}, True),
    ],
)
def test_when(world: World, when: dict[str, Any], asked: bool) -> None:
    world.edit("environments/dev/environment.yaml", spec__approvals=[{"require": 1, "when": when}])
    assert (verdict(world).word is VerdictWord.HELD) is asked


def test_a_wiped_agent_and_a_deleted_approval(world: World) -> None:
    path = approve(world, "carol", "dora")
    seen = ask(world).memory
    world.raw(path, None)
    desired = ask(world, seen)
    assert codes(desired) == {path: "trust/disappeared"}
    assert desired.approvals
    late = ask(world, seen, later=timedelta(days=8))
    assert codes(late) == {}
    assert not ask(world, replace(seen, kept={})).approvals
