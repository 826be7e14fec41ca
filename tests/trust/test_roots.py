"""The chain of roots: each step signed by the thresholds of both, and nothing else leads anywhere (R1, R2)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.trust.asking import ask, check_words, codes, holds, nothing
from tiangong.documents.digest import sha512
from tiangong.errors import Problem, Refused
from tiangong.model.stages import Pins
from tiangong.testing.memory import MemoryTree
from tiangong.testing.simulator import World, quorum, small_policy
from tiangong.trust.reading import Cache
from tiangong.trust.roots import root_path
from tiangong.trust.verify import verify

TWO = quorum(2, "alice", "bob", "carol")


@pytest.fixture
def two() -> World:
    """A world whose root asks for two of three people."""
    world = World.small()
    world.set_root(1, TWO, quorum(1, "alice"), "alice", "bob")
    return world


def test_the_pinned_root_is_trusted_by_its_digest_alone(world: World) -> None:
    assert ask(world).memory.root_version == 1
    world.raw("trust/root/1.yaml.alice.sig", None)
    assert not ask(world).refusals


def test_another_root_than_the_pinned_one_is_not_trusted(world: World) -> None:
    pins = world.pins()
    world.set_root(1, quorum(1, "mallory"), quorum(1, "mallory"), "mallory")
    world.set_policy("mallory")
    assert nothing(world, pins=pins) == {"trust/root-mismatch"}
    world.raw(root_path(1), None)
    assert nothing(world, pins=pins) == {"trust/root-missing"}


def test_the_pinned_root_of_another_repository_is_not_trusted(world: World) -> None:
    pins = replace(world.pins(), repo="f" * 32)
    assert nothing(world, pins=pins) == {"trust/other-repo"}


@pytest.mark.parametrize("signers", [("alice", "bob"), ("bob", "carol"), ("alice", "bob", "carol")])
def test_the_next_root_counts_with_both_thresholds(two: World, signers: tuple[str, ...]) -> None:
    two.set_root(2, TWO, quorum(1, "alice"), *signers)
    desired = ask(two)
    assert desired.memory.root_version == 2
    assert desired.memory.kept[root_path(2)].signers == signers
    assert not desired.refusals


def test_after_the_next_root_its_policy_people_decide(two: World) -> None:
    two.set_root(2, TWO, quorum(1, "bob"), "alice", "bob")
    assert nothing(two) == {"trust/unknown-signer"}
    two.set_policy("bob")
    assert not ask(two).refusals


@pytest.mark.parametrize(
    ("root", "signers"),
    [
        (TWO, ("alice",)),
        (TWO, ()),
        (TWO, ("mallory", "eve")),
        (quorum(2, "dave", "erin"), ("dave", "erin")),  # only the new ones
        (quorum(2, "dave", "erin"), ("alice", "bob")),  # only the old ones
        (quorum(2, "dave", "erin"), ("alice", "bob", "dave")),  # one too few of the new
        (quorum(2, "dave", "erin"), ("alice", "dave", "erin")),  # one too few of the old
    ],
)
def test_the_next_root_doesnt_count_without_both_thresholds(
    two: World, root: dict[str, object], signers: tuple[str, ...]
) -> None:
    two.set_root(2, root, quorum(1, "mallory"), *(signers or ("nobody",)))
    if not signers:
        two.raw(f"{root_path(2)}.nobody.sig", None)
    desired = ask(two)
    assert desired.memory.root_version == 1
    assert codes(desired)[root_path(2)] in {"trust/threshold", "trust/unknown-signer", "trust/no-signature"}
    assert desired.policy.signers == ("alice",)


def test_a_whole_change_of_people_needs_all_of_them(two: World) -> None:
    two.set_root(2, quorum(2, "dave", "erin"), quorum(1, "alice"), "alice", "bob", "dave", "erin")
    two.set_root(3, quorum(2, "dave", "erin"), quorum(1, "alice"), "dave", "erin")
    assert ask(two).memory.root_version == 3
    # the first ones have no say any more
    two.set_root(4, TWO, quorum(1, "alice"), "alice", "bob")
    assert ask(two).memory.root_version == 3


def test_a_root_with_a_key_of_two_people_leads_nowhere(two: World) -> None:
    twin = quorum(2, "alice", "bob")
    twin["people"]["bob"] = twin["people"]["alice"]
    two.set_root(2, twin, quorum(1, "alice"), "alice", "bob")
    desired = ask(two)
    assert desired.memory.root_version == 1
    assert codes(desired) == {root_path(2): "trust/shared-key"}


def test_a_key_nobody_here_knows_is_left_out_and_said(two: World) -> None:
    new = quorum(2, "alice", "bob")
    new["people"]["carol"] = ["ssh-mldsa44-ed25519@openssh.com AAAAH3NzaC1tbGRzYTQ0LWVkMjU1MTlAb3BlbnNzaC5jb20="]
    two.set_root(2, new, quorum(1, "alice"), "alice", "bob")
    desired = ask(two)
    assert desired.memory.root_version == 2
    assert codes(desired) == {root_path(2): "trust/bad-key"}
    assert all(refusal.kind == "" for refusal in desired.refusals)


def test_a_number_is_never_left_out(two: World) -> None:
    two.set_root(3, TWO, quorum(1, "alice"), "alice", "bob")
    desired = ask(two)
    assert desired.memory.root_version == 1
    assert codes(desired) == {root_path(3): "trust/root-unlinked"}


def test_a_root_of_another_repository_leads_nowhere(two: World) -> None:
    there = World("f" * 32, dict(two.files), policy=two.policy)
    there.set_root(2, TWO, quorum(1, "mallory"), "alice", "bob")
    two.files.update({path: raw for path, raw in there.files.items() if path.startswith(root_path(2))})
    desired = ask(two)
    assert desired.memory.root_version == 1
    assert codes(desired) == {root_path(2): "trust/other-repo"}


def test_bytes_nobody_signed_are_not_even_read(two: World) -> None:
    two.raw(root_path(2), b"\xff not even text")
    assert codes(ask(two)) == {root_path(2): "trust/no-signature"}
    two.write(root_path(2), b"a: 1\na: 2\n", "mallory")
    assert codes(ask(two)) == {root_path(2): "trust/unknown-signer"}
    two.write(root_path(2), b"a: 1\na: 2\n", "alice", "bob")
    assert codes(ask(two)) == {root_path(2): "document/duplicate-key"}


def test_a_root_is_at_most_64_kib(two: World) -> None:
    two.set_root(2, TWO, quorum(1, "alice"), "alice", "bob")
    two.write(root_path(2), two.files[root_path(2)] + b"# " + b"x" * 65_536 + b"\n", "alice", "bob")
    desired = ask(two)
    assert desired.memory.root_version == 1
    assert codes(desired) == {root_path(2): "document/too-large"}


def test_expiry_counts_on_the_newest_root_only(two: World) -> None:
    two.set_root(2, TWO, quorum(1, "alice"), "alice", "bob", expires="2026-12-01T00:00:00Z")
    assert holds(ask(two)) == set()
    assert holds(ask(two, later=timedelta(days=30))) == {"trust/root-expired"}
    two.set_root(3, TWO, quorum(1, "alice"), "alice", "bob")
    assert holds(ask(two, later=timedelta(days=30))) == set()


# ── what is remembered ───────────────────────────────────────────────────────────────────────────────────────────
def test_a_root_once_followed_is_never_left_again(two: World) -> None:
    two.set_root(2, quorum(1, "dave"), quorum(1, "alice"), "alice", "bob", "dave")
    memory = ask(two).memory
    two.raw(root_path(2), None)
    # somebody with the old root's keys tells another story
    two.set_root(2, quorum(1, "mallory"), quorum(1, "mallory"), "alice", "bob", "mallory")
    desired = ask(two, memory)
    assert desired.memory.root_version == 2
    assert desired.memory.root_digest == memory.root_digest
    assert codes(desired) == {root_path(2): "trust/root-replaced"}
    two.raw(root_path(2), None)
    assert codes(ask(two, memory)) == {root_path(2): "trust/root-replaced"}


def test_an_old_root_that_was_replaced_is_said(two: World) -> None:
    first = two.copy()
    two.set_root(2, quorum(1, "dave"), quorum(1, "alice"), "alice", "bob", "dave")
    pins = two.pins()
    memory = ask(two).memory
    two.set_root(1, quorum(1, "mallory"), quorum(1, "mallory"), "mallory")
    desired = ask(two, memory, pins=pins)
    assert codes(desired) == {root_path(1): "trust/root-replaced"}
    assert all(refusal.kind == "" for refusal in desired.refusals)  # nothing rests on it
    assert desired.memory.root_version == 2
    assert nothing(two, pins=pins) == {"trust/root-mismatch"}  # a fresh agent still asks for the first one
    assert ask(first, pins=pins).memory.root_version == 1


def test_joining_again_with_a_newer_root_wins_over_the_memory(two: World) -> None:
    memory = ask(two).memory
    two.set_root(2, quorum(1, "dave"), quorum(1, "alice"), "dave")  # after a disaster: not linked to the first
    assert ask(two, memory).memory.root_version == 1
    told = two.pins()
    again = Pins(told.repo, "dev", 2, sha512(two.files[root_path(2)]))
    assert ask(two, memory, pins=again).memory.root_version == 2


def test_joining_again_with_another_root_of_the_same_number_wins_too(world: World) -> None:
    memory = ask(world).memory
    world.set_root(1, quorum(1, "dave"), quorum(1, "alice"), "dave")
    assert ask(world, memory).memory.root_digest != memory.root_digest


def test_a_long_chain_is_followed_to_its_end_and_costs_little(world: World) -> None:
    one = quorum(1, "alice")
    for version in range(2, 1025):
        world.set_root(version, one, one, "alice")
    cache = Cache()
    desired = ask(world, cache=cache)
    assert desired.memory.root_version == 1024
    assert not desired.refusals
    snapshot = world.snapshot()
    again = verify(snapshot, world.pins(), desired.memory, world.now, cache)
    assert again.memory.root_version == 1024
    assert isinstance(snapshot.tree, MemoryTree)
    assert snapshot.tree.files_read == []  # every one of them was read before
    assert snapshot.tree.folders_read.count("trust/root") == 1


def test_the_policy_is_signed_by_the_policy_people_and_nobody_else(two: World) -> None:
    two.set_root(2, TWO, quorum(2, "bob", "carol"), "alice", "bob")
    for signers in (("alice",), ("bob",), ("alice", "bob"), ("mallory", "bob")):
        two.set_policy(*signers)
        assert nothing(two) <= {"trust/unknown-signer", "trust/threshold"}
    two.set_policy("carol", "bob")
    assert ask(two).policy.signers == ("bob", "carol")


def test_without_a_policy_there_is_nothing(world: World) -> None:
    world.raw("trust/policy.yaml", None)
    assert nothing(world) == {"trust/no-policy"}


def explain_all(world: World) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as caught:
        ask(world)
    return caught.value.problems


def test_other_levels_demand_a_seal(world: World) -> None:
    for level in ("sealed", "witnessed"):
        world.set_policy("alice", securityLevel=level)
        assert nothing(world) == {"seal/none"}
    world.set_policy("alice")
    assert nothing(world, pins=replace(world.pins(), level="sealed")) == {"seal/none"}
    assert not ask(world).refusals


def test_a_broken_policy_keeps_the_last_one_and_says_so(world: World) -> None:
    memory = ask(world).memory
    people = {**small_policy()["people"], "mallory": {"keys": [world.person("mallory").line]}}
    roles = [{"role": "operator", "who": ["mallory"]}]
    world.set_policy("mallory", people=people, roles=roles)
    world.suppress("inc-1", "mallory")
    desired = ask(world, memory)
    assert codes(desired)["trust/policy.yaml"] == "trust/unknown-signer"
    assert desired.policy.digest == memory.kept["trust/policy.yaml"].digest
    assert not desired.suppressions


def test_an_expired_policy_holds(world: World) -> None:
    assert holds(ask(world, later=timedelta(days=400))) == {"trust/policy-expired"}
    memory = ask(world).memory
    assert holds(ask(world, memory, later=timedelta(days=400))) == {"trust/policy-expired"}


def test_a_key_of_two_people_makes_a_policy_no_policy(world: World) -> None:
    people = {**small_policy()["people"], "carol": {"keys": [world.person("alice").line]}}
    world.set_policy("alice", people=people)
    assert nothing(world) == {"trust/shared-key"}


def test_unknown_people_and_unusable_keys_are_said_and_take_nothing_away(world: World) -> None:
    policy = small_policy()
    people = {**policy["people"], "dave": {"keys": ["ssh-dss AAAAB3NzaC1kc3MAAAAA"]}}
    world.set_policy("alice", people=people, roles=[*policy["roles"], {"role": "auditor", "who": ["zoe"]}])
    desired = ask(world)
    assert {r.problem.code for r in desired.refusals} == {"trust/bad-key", "trust/unknown-person"}
    assert all(refusal.kind == "" for refusal in desired.refusals)
    assert "zoe" in check_words(desired.refusals[-1].problem)
    assert desired.installations
