"""Row 12, R12: a stolen key that uses up the generations of a document is undone by the root, and by nobody else."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.trust.asking import ask, check_words, codes, nothing
from tests.trust.test_marks import restarted
from tests.trust.test_withdrawals import wiped
from tiangong.documents.parse import parse
from tiangong.errors import Misuse
from tiangong.model.stages import Desired, Memory
from tiangong.testing.simulator import World, quorum, small_policy

ENVIRONMENT = "environments/dev/environment.yaml"
AT = {ENVIRONMENT: 2}
ROOT = quorum(2, "alice", "bob")


@pytest.fixture
def world() -> World:
    """Olga owns dev; generation 2 of its document is good."""
    world = World.small()
    world.set_root(1, ROOT, quorum(1, "alice"), "alice", "bob")
    with_olga(world)
    world.edit(ENVIRONMENT, "olga", **{"spec.drift": "repair"})
    return world


def with_olga(world: World, key: str = "olga") -> None:
    people = {**small_policy()["people"], "olga": {"keys": [world.person(key).line]}}
    world.set_policy(people=people, roles=[*small_policy()["roles"], {"role": "owner", "who": ["olga"]}])


@pytest.fixture
def burnt(world: World) -> Memory:
    """With olga's stolen key somebody jumped twice, as far as one may; agents accepted it."""
    memory = ask(world).memory
    for generation in (1_000_002, 2_000_002):
        world.edit(ENVIRONMENT, "olga", **{"spec.drift": "ignore", "metadata.generation": generation})
        memory = ask(world, memory).memory
    assert memory.kept[ENVIRONMENT].generation == 2_000_002
    with_olga(world, "olgas-new-key")
    return memory


def drift(desired: Desired) -> str | None:
    return desired.environment.document.spec.drift


def test_row_12_without_a_reset_the_owners_cant_go_back(world: World, burnt: Memory) -> None:
    """Row 12, R12: the mark stands; the good version is old news, and a fresh agent takes the thief's for a jump."""
    world.edit(ENVIRONMENT, "alice", **{"spec.drift": "repair", "metadata.generation": 3})
    desired = ask(world, burnt)
    assert codes(desired) == {ENVIRONMENT: "trust/rollback"}
    assert drift(desired) == "ignore"
    world.edit(ENVIRONMENT, "alice", **{"spec.drift": "repair", "metadata.generation": 2_000_003})
    assert drift(ask(world, burnt)) == "repair"


def test_row_12_the_root_resets_the_mark(world: World, burnt: Memory, tmp_path: Path) -> None:
    """Row 12, R12: after resetMarks the owners' next generation counts, for agents that saw the thief's and fresh ones."""
    world.set_root(2, ROOT, quorum(1, "alice"), "alice", "bob", resetMarks=AT)
    world.edit(ENVIRONMENT, "alice", **{"spec.drift": "repair", "metadata.generation": 3})
    for memory in (burnt, restarted(burnt, tmp_path), None):
        desired = ask(world, memory)
        assert drift(desired) == "repair", "R12: resetMarks didn't cure a fast-forward attack"
        assert codes(desired) == {}
        assert desired.memory.kept[ENVIRONMENT].generation == 3


def test_the_last_good_one_itself_counts_again(world: World, burnt: Memory) -> None:
    """R12: the number is what is known of a reset mark; the last good bytes may be put back as they were."""
    world.set_root(2, ROOT, quorum(1, "alice"), "alice", "bob", resetMarks=AT)
    world.edit(ENVIRONMENT, "alice", **{"spec.drift": "repair", "metadata.generation": 2})
    for memory in (burnt, None):
        desired = ask(world, memory)
        assert (drift(desired), codes(desired)) == ("repair", {}), "R12: the last good version is refused"


@pytest.mark.parametrize("signers", [("alice",), ("bob",), ("olga",), ("alice", "olga")])
def test_fewer_than_the_root_reset_nothing(world: World, burnt: Memory, signers: tuple[str, ...]) -> None:
    """R1, R2: only the thresholds of the root reset a mark."""
    world.set_root(2, ROOT, quorum(1, "alice"), *signers, resetMarks=AT)
    world.edit(ENVIRONMENT, "alice", **{"metadata.generation": 3})
    assert codes(ask(world, burnt))[ENVIRONMENT] == "trust/rollback", "R2: somebody else reset a mark"


def test_a_reset_is_carried_out_once(world: World, burnt: Memory) -> None:
    """R12: the root stays in force; what was accepted since can't be rolled back by showing the reset again."""
    world.set_root(2, ROOT, quorum(1, "alice"), "alice", "bob", resetMarks=AT)
    for generation, word in ((3, "repair"), (4, "report")):
        world.edit(ENVIRONMENT, "alice", **{"spec.drift": word, "metadata.generation": generation})
        burnt = ask(world, burnt).memory
    old = world.copy()
    world.set_root(3, ROOT, quorum(1, "alice"), "alice", "bob", resetMarks=AT)
    world.edit(ENVIRONMENT, "alice", **{"spec.drift": "repair", "metadata.generation": 3})
    for memory in (burnt, ask(old, burnt).memory):
        desired = ask(world, memory)
        assert codes(desired)[ENVIRONMENT] == "trust/rollback", "R12: an old reset rolled a document back"
    # A wiped agent has no bytes to go on with: it says why, and acts on nothing.
    assert nothing(world, wiped_at(burnt, old)) == {"trust/rollback"}, "R20: a wiped agent was rolled back"


def wiped_at(memory: Memory, world: World) -> Memory:
    """Wiped, and known again from its status."""
    known = wiped(ask(world, memory))
    return replace(known, root_version=2, root_digest=memory.root_digest)


def test_below_the_last_good_one_nothing_counts(world: World, burnt: Memory) -> None:
    """R12: a reset names the last good generation; what is older is old, for fresh agents too."""
    world.set_root(2, ROOT, quorum(1, "alice"), "alice", "bob", resetMarks=AT)
    world.edit(ENVIRONMENT, "alice", **{"spec.drift": "report", "metadata.generation": 1})
    for memory in (burnt, None):
        assert nothing(world, memory) == {"trust/rollback"}, "R12: older than the last good one counted"


def test_who_never_saw_the_thief_keeps_what_was_good(world: World) -> None:
    """R24: a reset takes nothing from an agent whose mark is not beyond it."""
    before = ask(world).memory
    world.set_root(2, ROOT, quorum(1, "alice"), "alice", "bob", resetMarks={ENVIRONMENT: 7})
    desired = ask(world, before)
    assert drift(desired) == "repair"
    assert desired.memory.kept[ENVIRONMENT].generation == 2


@pytest.mark.parametrize("path", ["trust/root/1.yaml", "README.md", "/etc/x.yaml", "Environments/dev.yaml"])
def test_what_cant_be_reset(world: World, path: str) -> None:
    """R1: versions of the root have no marks to reset."""
    world.set_root(2, ROOT, quorum(1, "alice"), "alice", "bob", resetMarks={path: 3})
    with pytest.raises(Misuse) as caught:
        parse(world.files["trust/root/2.yaml"], "trust/root/2.yaml")
    for found in caught.value.problems:
        check_words(found)
