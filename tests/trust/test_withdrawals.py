"""R3: what one signature restricts, only the owners' threshold sets free; D1: what is withdrawn is named by its bytes."""

from datetime import timedelta
from typing import Any

import pytest

from tests.trust.asking import ask, check_words, codes, holds
from tiangong.model.stages import Desired, Memory, Pins
from tiangong.model.status import StatusSpec
from tiangong.report import status
from tiangong.report.recall import memory_of
from tiangong.testing.simulator import World, small_policy
from tiangong.trust.audit import audit

INC = "suppressions/inc-1.yaml"
W = "withdrawals/w-1.yaml"


@pytest.fixture
def world() -> World:
    """Olga may suppress in dev; alice and owen own dev, two of them must agree; petra owns prod."""
    world = World.small()
    people = dict(small_policy()["people"])
    for name in ("olga", "owen", "petra"):
        people[name] = {"keys": [world.person(name).line]}
    roles = [one for one in small_policy()["roles"] if one["role"] != "owner"]
    roles += [
        {"role": "operator", "who": ["olga"], "environments": ["dev"]},
        {"role": "owner", "who": ["alice", "owen"], "environments": ["dev"], "threshold": 2},
        {"role": "owner", "who": ["petra"], "environments": ["prod"]},
    ]
    world.set_policy(people=people, roles=roles)
    for path in [one for one in world.files if one.startswith("environments/") and one.endswith(".yaml")]:
        world.edit(path)
    world.suppress("inc-1", "olga", environments=["dev"])
    return world


def held(desired: Desired) -> list[str]:
    return [one.document.metadata.name for one in desired.suppressions]


def refused_in_audit(world: World) -> dict[str, str]:
    found = audit(world.tree(), None, world.now)
    for one in found:
        check_words(one.problem)
    return {one.path: one.problem.code for one in found}


def test_the_owners_together_end_it(world: World) -> None:
    """R3: the threshold of the owners lifts what one operator held."""
    assert held(ask(world)) == ["inc-1"]
    world.withdraw(INC, "alice", "owen")
    desired = ask(world)
    assert held(desired) == [], "R3: the owners' threshold withdraws a suppression"
    assert codes(desired) == {}
    assert refused_in_audit(world) == {}


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        (("alice",), "trust/threshold"),
        (("owen",), "trust/threshold"),
        (("olga",), "trust/no-authority"),
        (("petra",), "trust/no-authority"),
        (("olga", "petra", "promoter", "ci-release"), "trust/no-authority"),
        (("mallory",), "trust/unknown-signer"),
        ((), "trust/no-signature"),
    ],
)
def test_fewer_or_others_lift_nothing(world: World, signers: tuple[str, ...], code: str) -> None:
    """R3, row 71: loosening takes the threshold of the owners, whoever else signs."""
    world.withdraw(INC, *signers or ("alice",))
    if not signers:
        del world.files[f"{W}.alice.sig"]
    desired = ask(world)
    assert held(desired) == ["inc-1"], "R3: fewer than the owners' threshold lifted a suppression"
    assert codes(desired) == {W: code}
    assert refused_in_audit(world) == {W: code}


def test_one_that_reaches_further_takes_the_owners_of_all_it_reaches(world: World) -> None:
    """R3: nobody lifts for others what they own for themselves alone."""
    world.environment("prod", labels={"tier": "prod"})
    for selector in ({}, {"environments": ["prod", "d*"]}, {"labels": {"tier": "prod"}}, {"environments": ["*"]}):
        world.raw(INC, None)
        world.suppress("inc-1", "alice", **selector)
        world.raw(W, None)
        world.withdraw(INC, "alice", "owen", "petra")
        assert held(ask(world, environment="prod")) == ["inc-1"], "R3: lifted by owners of parts of what it holds"


def test_of_several_environments_the_owners_of_each_must_sign(world: World) -> None:
    """R3: at the threshold of each of them; the owners of one can't set free the other."""
    world.environment("prod")
    world.suppress("inc-2", "alice", environments=["dev", "prod"])
    path = "suppressions/inc-2.yaml"
    for signers in (("alice", "owen"), ("petra",), ("alice", "petra"), ("owen", "petra")):
        world.withdraw(path, *signers)
        for name in ("dev", "prod"):
            assert "inc-2" in held(ask(world, environment=name)), f"R3: {signers} lifted it for both"
        world.raw(W, None)
    world.withdraw(path, "alice", "owen", "petra")
    for name in ("dev", "prod"):
        assert "inc-2" not in held(ask(world, environment=name)), "R3: the owners of both together lift it"
    assert codes(ask(world)) == {}


def test_it_ends_nothing_but_the_bytes_it_names(world: World) -> None:
    """R13: a withdrawal names its subject by digest; other bytes at the same path go on holding."""
    world.withdraw(INC, "alice", "owen", digest="sha512:" + "0" * 128)
    desired = ask(world)
    assert held(desired) == ["inc-1"], "R13: a withdrawal ended bytes it doesn't name"
    assert codes(desired) == {W: "trust/withdraws-other"}


def test_of_what_is_only_remembered_it_ends_no_other_bytes_either(world: World) -> None:
    """R13: also when the suppression itself was deleted, and only agents know it."""
    seen = ask(world).memory
    world.withdraw(INC, "alice", "owen", digest="sha512:" + "0" * 128)
    world.raw(INC, None)
    assert held(ask(world, seen)) == ["inc-1"], "R13: a withdrawal ended bytes it doesn't name"
    world.raw(W, None)
    world.withdraw(INC, "alice", "owen", digest=seen.kept[INC].digest)
    assert held(ask(world, seen)) == [], "R3: what is only remembered can't be ended"


def test_written_anew_under_the_old_name_it_holds_again(world: World) -> None:
    """R13, R11: whoever has seen the old one withdrawn doesn't take the new one for it."""
    world.withdraw(INC, "alice", "owen")
    seen = ask(world).memory
    world.raw(INC, None)
    world.suppress("inc-1", "olga", environments=["dev"], hours=9)
    assert held(ask(world)) == ["inc-1"]
    assert holds(ask(world, seen)) == {"trust/unread-restriction"}, "R13: the new restriction was taken for the old one"


@pytest.mark.parametrize(
    "subject",
    ["environments/dev/environment.yaml", "trust/policy.yaml", W, "suppressions/../trust/policy.yaml", "nowhere", "/"],
)
def test_only_acts_that_restrict_can_be_withdrawn(world: World, subject: str) -> None:
    """D1: a withdrawal can't take away a rule, nor another withdrawal."""
    world.withdraw(INC, "alice", "owen", subject=subject)
    desired = ask(world)
    assert held(desired) == ["inc-1"]
    assert codes(desired) in ({W: "trust/cant-withdraw"}, {}), "D1: something else than a restriction was withdrawn"
    assert refused_in_audit(world) == {W: "trust/cant-withdraw"}


def test_what_it_ends_may_go_and_it_may_go_too(world: World) -> None:
    """D5: once accepted, deleting the withdrawal changes nothing; deleting what it ended is no news."""
    world.withdraw(INC, "alice", "owen")
    seen = ask(world).memory
    world.raw(W, None)
    desired = ask(world, seen)
    assert held(desired) == [], "D5: deleting a withdrawal acted"
    assert codes(desired) == {W: "trust/disappeared"}
    world.raw(INC, None)
    assert codes(ask(world, seen)) == {W: "trust/disappeared"}


def test_deleting_the_withdrawal_frees_nobody_who_never_saw_it(world: World) -> None:
    """D5: an agent that never accepted the withdrawal goes on being held."""
    seen = ask(world).memory
    world.withdraw(INC, "alice", "owen")
    world.raw(W, None)
    assert held(ask(world, seen)) == ["inc-1"]


def test_row_8_deleting_a_restriction_frees_nobody(world: World) -> None:
    """Row 7, 8; R16: what was accepted goes on holding when its document is deleted."""
    seen = ask(world).memory
    world.raw(INC, None)
    assert held(ask(world, seen)) == ["inc-1"], "R16: deleting a restriction lifted it"


def test_a_withdrawal_is_never_edited(world: World) -> None:
    """D1: written once, generation 1 for ever."""
    world.withdraw(INC, "alice", "owen")
    world.edit(W, "alice", "owen", **{"spec.reason": "another"})
    desired = ask(world)
    assert held(desired) == ["inc-1"]
    assert codes(desired) == {W: "trust/withdrawal-changed"}


@pytest.mark.parametrize("change", [{"metadata.repo": "f" * 32}, {"spec.until": "soon"}, {"spec.also": ["x"]}])
def test_one_that_cant_be_read_or_belongs_elsewhere_lifts_nothing(world: World, change: dict[str, Any]) -> None:
    """R11, row 21, row 46: what can't be read never loosens; of another repository it isn't ours."""
    world.withdraw(INC, "alice", "owen")
    world.edit(W, "alice", "owen", **change, **{"metadata.generation": 1})
    assert held(ask(world)) == ["inc-1"], "R11: an unreadable or foreign withdrawal lifted a suppression"


def test_an_unreadable_restriction_is_lifted_by_the_owners_of_everything(world: World) -> None:
    """R3, R11: nobody knows what it holds, so it takes those who own all of it."""
    roles = [*small_policy()["roles"], {"role": "operator", "who": ["olga"], "environments": ["dev"]}]
    people = {**small_policy()["people"], "olga": {"keys": [world.person("olga").line]}}
    world.set_policy(people=people, roles=roles)
    text = world.files[INC].replace(b"spec:\n", b"spec:\n  products: [shop]\n")
    world.write(INC, text, "olga")
    assert holds(ask(world)) == {"trust/unread-restriction"}
    world.withdraw(INC, "alice")
    assert holds(ask(world)) == set()


# ── R20: what a wiped agent knows again ──────────────────────────────────────────────────────────────────────────
def wiped(desired: Desired) -> Memory:
    """The memory as it comes back from a signed status: marks without bytes."""
    memory = desired.memory
    spec = StatusSpec.model_construct(
        marks=status._marks(desired), root_version=1, revision=memory.revision, at=memory.clock_floor
    )
    return memory_of(spec, Pins(memory.repo, "dev", 1, memory.root_digest))


def test_row_10_a_wiped_agent_misses_the_restriction_nobody_shows(world: World) -> None:
    """R20, row 10: its own signed status says that it was held; whoever hides that holds it."""
    seen = wiped(ask(world))
    world.raw(INC, None)
    desired = ask(world, seen)
    assert holds(desired) == {"trust/lost-restriction"}, "R20: a wiped agent forgot a restriction"
    assert holds(ask(world, desired.memory)) == {"trust/lost-restriction"}


def test_a_wiped_agent_is_free_again_once_it_was_withdrawn_or_is_over(world: World) -> None:
    """R20: what is over holds a wiped agent neither."""
    long = timedelta(days=9)
    over = ask(world, later=long).memory
    world.withdraw(INC, "alice", "owen")
    seen = ask(world)
    world.raw(INC, None)
    for before in (seen.memory, wiped(seen), wiped(ask(world, seen.memory))):
        assert holds(ask(world, before)) == set()
        assert held(ask(world, before)) == []
    world.raw(W, None)
    after = ask(world, over, later=long)
    assert INC in after.memory.kept
    assert holds(ask(world, wiped(after), later=long)) == set()


def test_what_a_wiped_agent_misses_is_ended_by_the_owners_of_everything(world: World) -> None:
    """R3, R20: nobody can show it any more, and nobody knows what it held."""
    seen = wiped(ask(world))
    digest = seen.kept[INC].digest
    world.raw(INC, None)
    world.withdraw(INC, "alice", "owen", digest=digest)
    assert holds(ask(world, seen)) == {"trust/lost-restriction"}, "R3: owners of a part ended what nobody can read"
    people = {**small_policy()["people"], "olga": {"keys": [world.person("olga").line]}}
    world.set_policy(people=people, roles=small_policy()["roles"])
    assert holds(ask(world, seen)) == set()


def test_marks_of_acts_are_the_last_to_be_left_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R20: a status that grows too large leaves out what holds nothing first."""
    world.suppress("inc-2", "olga", environments=["dev"])
    world.withdraw(INC, "alice", "owen")
    monkeypatch.setattr(status, "MOST_MARKS", 2)
    assert set(status._marks(ask(world))) == {"suppressions/inc-2.yaml", W}
