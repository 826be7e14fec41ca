"""A wiped agent knows again what it said itself: what is installed, what it must not repeat, what it must not accept."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.report.conftest import DIGEST, Desk
from tiangong.errors import Refused
from tiangong.model.lifecycle import Event, State
from tiangong.model.stages import History, Memory, Pins
from tiangong.report.recall import Recalled, memory_of
from tiangong.testing.simulator import World
from tiangong.trust.verify import verify

Desks = Callable[..., Desk]
OTHER = f"sha512:{'b' * 128}"


def wiped(desks: Desks) -> tuple[Desk, History, Memory]:
    """The same host with an empty disk, but for its key; what it knows after the first look."""
    again = desks("again", instance="second")
    recalled = again.reporter.begin(again.world.pins(), again.desired().agent.document)
    assert isinstance(recalled, Recalled)
    again.journal.adopt(recalled.memory, recalled.history)
    memory = again.journal.memory(again.world.repo)
    assert memory is not None
    return again, again.journal.history(), memory


def test_what_is_installed_is_known_again(desks: Desks) -> None:
    desk = desks()
    desk.report(desk.ran())
    before = desk.journal.history().of("shop")
    _, history, _ = wiped(desks)
    after = history.of("shop")
    assert after.installed == before.installed
    assert after.steps == {"one": DIGEST, "two": DIGEST}
    assert DIGEST in after.once
    assert after.last.id == before.last.id


def test_it_is_still_known_after_the_next_start(desks: Desks) -> None:
    desk = desks()
    desk.report(desk.ran())
    again, history, _ = wiped(desks)
    again.start()
    assert again.journal.history().of("shop") == history.of("shop")


def test_steps_done_in_older_runs_are_not_done_again(desks: Desks) -> None:
    desk = desks()
    run = desk.begin("20261125t110000-000000", release=OTHER)
    desk.do(run, "one")
    desk.journal.end(run.id, "cancelled", desk.clock())
    desk.report(desk.ran())
    receipts = desk.tree().folder("runs")
    assert len(receipts) == 2
    _, history, _ = wiped(desks)
    assert DIGEST in history.of("shop").once


def test_a_failure_is_not_forgotten(desks: Desks) -> None:
    desk = desks()
    run = desk.begin()
    desk.event(run, "one", Event.STARTED, Event.ERRORED, detail="shell/exit")
    desk.journal.end(run.id, "failed", desk.clock())
    desk.report()
    _, history, _ = wiped(desks)
    assert history.of("shop").failed == {DIGEST: history.of("shop").last}
    assert history.of("shop").last.result == "failed"


def test_a_run_that_was_under_way_is_looked_at_as_if_cut_off(desks: Desks) -> None:
    desk = desks()
    run = desk.begin()
    desk.do(run, "one")
    desk.report()
    _, history, _ = wiped(desks)
    current = history.of("shop").current
    assert current is not None
    assert [(step.name, step.state, step.digest) for step in current.steps] == [
        ("one", State.DONE, DIGEST),
        ("two", State.RUNNING, DIGEST),
    ]


def test_an_old_world_is_refused_after_the_disk_was_lost(desks: Desks) -> None:
    desk = desks()
    old = desk.world.files.copy()
    desk.world.edit("environments/dev/environment.yaml", spec__drift="repair")
    desk.report()
    again, _, memory = wiped(desks)
    desk.world.files = old
    with pytest.raises(Refused) as refused:
        verify(desk.world.snapshot(), desk.world.pins(), memory, again.clock())
    assert {found.code for found in refused.value.problems} == {"trust/rollback"}


def test_the_same_world_is_accepted_after_the_disk_was_lost(desks: Desks) -> None:
    desk = desks()
    desk.report()
    again, _, memory = wiped(desks)
    desired = verify(desk.world.snapshot(), desk.world.pins(), memory, again.clock())
    assert desired.refusals == ()
    assert desired.memory.kept["trust/policy.yaml"].raw


def test_a_status_that_knows_an_older_root_than_the_host_was_told_gives_no_root(world: World, desks: Desks) -> None:
    desk = desks()
    desk.report()
    pins = replace(world.pins(), root_version=2, root_digest=OTHER)
    assert isinstance(pins, Pins)
    memory = memory_of(desk.told().spec, pins)
    assert (memory.root_version, memory.root_digest) == (2, OTHER)


def test_a_status_of_another_repository_is_nobodys_past(desks: Desks) -> None:
    desk = desks()
    desk.report()
    again = desks("again", instance="second")
    again.identity = replace(again.identity, repo="f" * 32)
    again.voice = replace(again.voice, identity=again.identity)
    again.reporter._voice = again.voice
    assert again.reporter.begin(again.world.pins(), again.desired().agent.document) is None
