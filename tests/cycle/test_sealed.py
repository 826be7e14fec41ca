"""The line under seals: what isn't sealed isn't seen, and what was accepted goes on while the remote shows nonsense."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cycle.conftest import Agent, until, verdict
from tiangong.cycle import cycle
from tiangong.errors import Refused
from tiangong.model.seal import SEAL_FILE
from tiangong.model.stages import Report
from tiangong.testing.seals import Sealer, sealed_policy


@pytest.fixture
def sealer(agent: Agent) -> Sealer:
    """The agent demands seals; 1.0.0 is installed under the first."""
    agent.world.set_policy("alice", **sealed_policy())
    agent.release("1.0.0", "a")
    sealer = Sealer(agent.world)
    sealer.seal()
    agent.line = replace(agent.line, pins=replace(agent.line.pins, level="sealed"))
    assert verdict(turns(agent, sealer)).installed == "1.0.0"
    return sealer


def turns(agent: Agent, sealer: Sealer) -> Report:
    """Cycles on the world and its seals as they are, until nothing runs and nothing has just ended."""
    while True:
        agent.source.show([sealer.snapshot()])
        report = cycle(agent.line)
        if not (report.outcome.running or report.outcome.ended):
            return report
        until(lambda: not agent.crew.running())


def test_a_release_is_installed_when_it_was_sealed(agent: Agent, sealer: Sealer) -> None:
    agent.release("1.1.0", "a")
    assert verdict(turns(agent, sealer)).installed == "1.0.0"
    sealer.seal(after=timedelta(seconds=1))
    assert verdict(turns(agent, sealer)).installed == "1.1.0"


def test_row_4_under_an_old_seal_nothing_new_begins_and_what_runs_is_kept(agent: Agent, sealer: Sealer) -> None:
    agent.world.edit("environments/dev/environment.yaml", spec__drift="repair", spec__staleAfter="2d")
    agent.release("1.1.0", "a")
    agent.world.suppress("s-1", hours=1)
    sealer.seal(after=timedelta(seconds=1))
    turns(agent, sealer)
    agent.clock.advance(timedelta(days=2, hours=2))
    held = verdict(turns(agent, sealer))
    assert (held.word, held.installed, held.target) == ("held", "1.0.0", "1.1.0")
    assert [reason.constraint for reason in held.reasons] == ["seal"]
    agent.executor.world["shop", "a"] = "changed by hand"
    agent.clock.advance(timedelta(minutes=6))
    turns(agent, sealer)
    assert agent.executor.world["shop", "a"] == "1.0.0"  # repaired all the same
    agent.world.now = agent.clock()
    sealer.seal()
    assert verdict(turns(agent, sealer)).installed == "1.1.0"


def test_row_43_a_seal_that_does_not_count_changes_nothing_and_is_told(agent: Agent, sealer: Sealer) -> None:
    before = sealer.snapshot()
    agent.release("1.1.0", "a")
    sealer.seal(after=timedelta(seconds=1))
    sealer.write(sealer.files[SEAL_FILE], "mallory")
    report = turns(agent, sealer)
    assert verdict(report).installed == "1.0.0"
    assert [(one.path, one.problem.code) for one in report.desired.refusals] == [("seals", "seal/unsigned")]
    assert report.desired.seal
    assert before.seals
    assert report.desired.seal.commit == before.seals.commit
    sealer.write(sealer.files[SEAL_FILE], "sealer")
    assert verdict(turns(agent, sealer)).installed == "1.1.0"


def test_row_2_an_older_seal_changes_nothing_and_is_told(agent: Agent, sealer: Sealer) -> None:
    old = sealer.snapshot()
    agent.world.suppress("s-1")
    sealer.seal(after=timedelta(seconds=1))
    turns(agent, sealer)
    agent.release("1.1.0", "a")
    agent.source.show([old])
    report = cycle(agent.line)
    assert [one.problem.code for one in report.desired.refusals] == ["seal/rollback"]
    assert [one.document.metadata.name for one in report.desired.suppressions] == ["s-1"]


def test_row_10_a_restarted_agent_knows_its_seal(agent: Agent, sealer: Sealer) -> None:
    old = sealer.snapshot()
    agent.world.suppress("s-1")
    sealer.seal(after=timedelta(seconds=1))
    turns(agent, sealer)
    agent.disk.close()
    agent.disk = agent.open()
    agent.start()
    agent.line = replace(agent.line, pins=replace(agent.line.pins, level="sealed"))
    agent.source.shown.clear()
    agent.source.show([old])
    with pytest.raises(Refused) as caught:
        cycle(agent.line)
    assert [found.code for found in caught.value.problems] == ["seal/rollback"]
