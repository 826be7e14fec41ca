"""Somebody else was there: one writer per ref, who it is, and what becomes of the rest."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.report.conftest import LIVE, STATUS, Desk, later
from tiangong.errors import Away, Refused
from tiangong.git.objects import write_commit
from tiangong.model.stages import Health
from tiangong.report import chain as chain_module
from tiangong.report.live import Live, Pulse
from tiangong.testing.memory import open_bare
from tiangong.testing.simulator import World

Desks = Callable[..., Desk]


def accept(world: World, *desks: Desk) -> None:
    """The environment's owner lists the keys of these agents."""
    keys = [{"key": desk.signer.public.line} for desk in desks]
    world.put({"kind": "Agent", "metadata": {"name": "dev"}, "spec": {"keys": keys}})


def overwrite(desk: Desk, files: dict[str, bytes], ref: str = STATUS, *, forced: bool = False) -> str:
    """Somebody with push rights writes a commit of their own."""
    bare = open_bare(desk.origin.git_dir)
    tip = desk.tip(ref)
    parents = [tip] if tip and not forced else []
    commit = write_commit(bare, files, parents=parents, message="mine", when=desk.clock(), author="mallory")
    bare.references.create(ref, commit, force=True)
    return commit


def beat(desk: Desk) -> None:
    pulse = Pulse(lambda: True, lambda: 1, lambda: "", desk.journal.history)
    assert Live(desk.mirror, desk.identity, pulse, desk.logs, desk.clock).turn() > 0


def test_the_own_ref_put_back_is_moved_forward_again(desk: Desk) -> None:
    desk.report()
    first = desk.tip()
    desk.report(health=Health.DEGRADED)
    open_bare(desk.origin.git_dir).references.create(STATUS, first, force=True)
    assert desk.report(desk.ran())
    assert desk.counters() == [1, 2, 3]


def test_the_own_ref_deleted_is_written_again_and_said(desk: Desk) -> None:
    desk.report(desk.ran())
    open_bare(desk.origin.git_dir).references.delete(STATUS)
    assert desk.report(health=Health.DEGRADED)
    assert [found.code for found in desk.reporter.problems] == ["report/vanished"]
    assert desk.counters() == [1, 2]


def test_garbage_on_the_own_ref_is_covered_and_said(desk: Desk) -> None:
    desk.report(desk.ran())
    garbage = overwrite(desk, {"status.yaml": b"kind: Lie\n"})
    assert desk.report(health=Health.DEGRADED)
    assert [found.code for found in desk.reporter.problems] == ["report/foreign-status"]
    assert desk.told().spec.counter == 3
    assert str(open_bare(desk.origin.git_dir)[desk.tip()].parent_ids[0]) == garbage
    assert desk.words("runs/20261125t120000-000001/receipt.yaml") is not None


def test_garbage_before_the_first_status_is_covered(desk: Desk) -> None:
    garbage = overwrite(desk, {"README": b"hello\n"})
    assert desk.report()
    assert desk.told().spec.counter == 1
    assert str(open_bare(desk.origin.git_dir)[desk.tip()].parent_ids[0]) == garbage
    assert desk.words("README") is None


def test_a_backup_of_the_own_state_goes_on_from_the_newer_words(desks: Desks) -> None:
    desk = desks()
    desk.report()
    twin = desks("backup")
    twin.report()
    desk.report(desk.ran("20261125t120000-000001"))
    assert twin.report(twin.ran("20261125t120000-000002"))
    assert twin.counters() == [1, 2, 3]
    assert {entry.name for entry in twin.tree().folder("runs")} == {"20261125t120000-000001", "20261125t120000-000002"}


def test_another_agent_that_lives_is_not_fought(desks: Desks, world: World) -> None:
    one, two = desks("one", key="key one"), desks("two", key="key two", instance="second")
    accept(world, one, two)
    one.report()
    with pytest.raises(Refused) as refused:
        two.reporter.begin(world.pins(), two.desired().agent.document)
    assert refused.value.problems[0].code == "report/other-instance"
    assert refused.value.problems[0].facts["instance"] == "first"
    assert two.tip() == one.chain.tip.commit


def test_another_agent_whose_heart_beats_lives(desks: Desks, world: World) -> None:
    one, two = desks("one", key="key one"), desks("two", key="key two", instance="second")
    accept(world, one, two)
    one.report()
    later(one, hours=2)
    beat(one)
    later(two, hours=2, minutes=20)
    with pytest.raises(Refused):
        two.reporter.begin(world.pins(), two.desired().agent.document)
    assert not two.reporter.speaks


def test_another_agent_that_fell_silent_is_followed_openly(desks: Desks, world: World) -> None:
    one, two = desks("one", key="key one"), desks("two", key="key two", instance="second")
    accept(world, one, two)
    one.report(one.ran())
    later(two, minutes=46)
    recalled = two.reporter.begin(world.pins(), two.desired().agent.document)
    assert recalled is not None
    assert (two.told().spec.instance, two.told().spec.counter) == ("second", 2)
    assert two.reporter.speaks


def test_who_was_followed_stands_back(desks: Desks, world: World) -> None:
    one, two = desks("one", key="key one"), desks("two", key="key two", instance="second")
    accept(world, one, two)
    one.report()
    later(two, minutes=46)
    two.reporter.begin(world.pins(), two.desired().agent.document)
    later(one, minutes=50)
    assert not one.report(one.ran())
    assert [found.code for found in one.reporter.displaced] == ["report/other-instance"]
    assert not one.reporter.speaks
    assert not one.reporter.retry()
    later(one, minutes=50)
    assert one.reporter.retry()
    assert not one.reporter.displaced
    assert (one.told().spec.instance, one.told().spec.counter) == ("first", 3)
    assert one.words("runs/20261125t120000-000001/receipt.yaml") is not None


def test_a_new_life_with_the_old_key_goes_on_at_once(desks: Desks) -> None:
    desk = desks()
    desk.report()
    again = desks("again", instance="second")
    assert again.reporter.begin(again.world.pins(), again.desired().agent.document) is not None
    assert again.told().spec.instance == "second"
    assert again.counters() == [1, 2]


def test_what_was_said_elsewhere_counts_for_nothing(desks: Desks, world: World) -> None:
    desk = desks()
    desk.report()
    world.environment("prod", timezone="UTC")
    bare = open_bare(desk.origin.git_dir)
    bare.references.create("refs/heads/status/prod", desk.tip(), force=True)
    other = desks("prod")
    other.identity = type(other.identity)("prod", world.repo, "signatures", "first", "0.1.0", other.signer)
    chain = chain_module.Chain(other.mirror, other.identity)
    chain.open(other.keys, other.clock())
    assert chain.tip is None
    assert "it speaks of dev, not of prod" in str(chain.notes[0].facts["why"])


def test_nothing_is_begun_while_it_cant_be_known_what_was_said(desk: Desk) -> None:
    desk.origin.stop()
    with pytest.raises(Away):
        desk.reporter.begin(desk.world.pins(), None)


def test_a_row_of_runs_keeps_the_newest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_module, "MOST_RUNS", 2)
    for number in range(4):
        desk.report(desk.ran(f"20261125t12000{number}-000000"))
    assert [entry.name[:15] for entry in desk.tree().folder("runs")] == [f"20261125t12000{n}" for n in (1, 2, 3)]


def test_a_status_from_the_future_is_alive(desks: Desks, world: World) -> None:
    one, two = desks("one", key="key one"), desks("two", key="key two", instance="second")
    accept(world, one, two)
    one.clock.advance(timedelta(days=1))
    one.report()
    with pytest.raises(Refused):
        two.reporter.begin(world.pins(), two.desired().agent.document)


def test_a_live_ref_full_of_garbage_proves_nothing(desks: Desks, world: World) -> None:
    one, two = desks("one", key="key one"), desks("two", key="key two", instance="second")
    accept(world, one, two)
    one.report()
    overwrite(one, {"heartbeat.yaml": b"at: now\n"}, LIVE, forced=True)
    later(two, minutes=46)
    assert two.reporter.begin(world.pins(), two.desired().agent.document) is not None
