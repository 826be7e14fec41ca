"""Workers: at the same time, one for each installation, bounded, stopped, and never the end of the agent."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from tests.act.conftest import PATIENCE, Stage, until
from tiangong.errors import Failed
from tiangong.model.lifecycle import State
from tiangong.testing.fakes import NOON


def test_a_plan_is_done_step_by_step(stage: Stage) -> None:
    stage.release("1.0.0", "a", "b")
    bell = threading.Semaphore(0)
    stage.crew.ended = bell.release
    stage.go()
    assert bell.acquire(timeout=PATIENCE), "whoever wants to know is told when a run ends"
    (run,) = stage.rest().ended
    assert (run.result, run.kind, run.version) == ("succeeded", "install", "1.0.0")
    assert [(s.name, s.state) for s in run.steps] == [("a", State.DONE), ("b", State.DONE)]
    assert [call.step for call in stage.executor.calls if call.method == "apply"] == ["a", "b"]
    assert stage.sink.text("a") == "a begins\n"
    assert stage.past().installed
    assert not stage.plan().ready
    assert stage.crew.outcome().ended == (), "told once"


def test_the_line_goes_on_while_two_installations_are_worked_on(stage: Stage) -> None:
    stage.release("1.0.0", "a", "b")
    stage.world.installation("dev", "other", product="shop")
    stage.executor.on("a").apply = "wait"
    stage.go()
    until(lambda: stage.executor.count("apply", "a") == 2)
    assert stage.crew.running() == {"shop", "other"}
    outcome = stage.crew.outcome()
    assert outcome.ended == ()
    assert [(run.installation, run.steps[0].state) for run in outcome.running] == [
        ("other", State.RUNNING),
        ("shop", State.RUNNING),
    ]
    stage.go()
    assert stage.executor.count("apply") == 2, "nobody begins what is under way"
    stage.executor.on("a").released.set()
    assert {run.installation for run in stage.rest().ended} == {"shop", "other"}


def test_no_more_workers_than_allowed_and_everybody_comes_in_turn(stage: Stage) -> None:
    stage.release("1.0.0", "a")
    stage.workers = 2
    for number in range(5):
        stage.world.installation("dev", f"other-{number}", product="shop")
    stage.executor.on("a").apply = "wait"
    stage.go()
    until(lambda: stage.executor.count("apply") == 2)
    stage.go()
    assert len(stage.crew.running()) == 2
    stage.executor.on("a").released.set()
    ended: set[str] = set()
    for _ in range(4):
        ended |= {run.installation for run in stage.rest().ended}
        stage.go()
    assert len(ended) == 6


def test_a_suppression_that_arrives_between_two_steps_stops_the_run(stage: Stage) -> None:
    stage.release("1.0.0", "a", "b")
    stage.executor.on("a").apply = "wait"
    stage.go()
    stage.executor.on("a").entered.wait(PATIENCE)
    stage.world.suppress("inc-1", installations=["shop"])
    stage.crew.start(stage.plan(), stage.desired())
    stage.executor.on("a").released.set()
    (run,) = stage.rest().ended
    assert run.result == "cancelled"
    assert [(s.name, s.state) for s in run.steps] == [("a", State.DONE), ("b", State.PENDING)]
    assert "inc-1" in stage.sink.text("b")

    stage.go()
    assert not stage.crew.running(), "held"
    stage.clock.advance(timedelta(hours=5))
    stage.go()
    (run,) = stage.rest().ended
    assert run.result == "succeeded"
    assert [s.name for s in run.steps] == ["b"]
    assert stage.executor.count("apply", "a") == 1


@pytest.mark.parametrize("how", ["deleted entry", "narrower envelope", "executor gone"])
def test_other_news_stops_it_too(stage: Stage, how: str) -> None:
    stage.world.put({"kind": "Profile", "metadata": {"name": "base"}, "spec": {"install": [
        {"product": "shop", "channel": "release", "name": "one"}]}})  # fmt: skip
    stage.world.environment("dev", profiles=["base"])
    stage.world.raw("environments/dev/installations/shop.yaml", None)
    stage.release("1.0.0", "a", "b", b={"paths": ["/srv/b"]})
    stage.executor.on("a").apply = "wait"
    stage.go()
    stage.executor.on("a").entered.wait(PATIENCE)
    if how == "deleted entry":
        stage.world.edit("profiles/base.yaml", **{"spec.install": []})
    elif how == "narrower envelope":
        stage.world.edit("environments/dev/environment.yaml", **{"spec.envelope": {"paths": ["/opt/**"]}})
    stage.crew.recover(stage.desired())
    if how == "executor gone":
        stage.crew._capabilities = type(stage.crew._capabilities)(
            frozenset(), stage.crew._capabilities.effects, stage.crew._capabilities.traits
        )
    stage.executor.on("a").released.set()
    (run,) = stage.rest().ended
    assert run.result == "cancelled"
    assert [s.state for s in run.steps] == [State.DONE, State.PENDING]


def test_the_steps_are_judged_as_they_will_be_done(stage: Stage) -> None:
    """The newest configuration would keep inside the new envelope; the step under way wouldn't."""
    stage.world.installation("dev", "shop", config={"to": "/srv/b"})
    stage.world.release(
        "shop",
        "1.0.0",
        config={"to": {"type": "string"}},
        steps=[
            {"name": "a", "executor": "fake", "with": {}},
            {"name": "b", "executor": "fake", "with": {"paths": ["${config.to}"]}},
        ],
    )
    stage.executor.on("a").apply = "wait"
    stage.go()
    stage.executor.on("a").entered.wait(PATIENCE)
    stage.world.edit("environments/dev/environment.yaml", **{"spec.envelope": {"paths": ["/opt/**"]}})
    stage.world.edit("environments/dev/installations/shop.yaml", **{"spec.config": {"to": "/opt/b"}})
    stage.crew.recover(stage.desired())
    stage.executor.on("a").released.set()
    (run,) = stage.rest().ended
    assert run.result == "cancelled"
    assert stage.executor.count("apply", "b") == 0


def test_expiry_doesnt_cut_through_a_run(stage: Stage) -> None:
    stage.world.edit("environments/dev/environment.yaml", **{"spec.expires": (NOON + timedelta(hours=1)).isoformat()})
    stage.release("1.0.0", "a", "b")
    stage.executor.on("a").apply = "wait"
    stage.go()
    stage.executor.on("a").entered.wait(PATIENCE)
    stage.clock.advance(timedelta(hours=2))
    assert stage.desired().holds
    stage.crew.recover(stage.desired())
    stage.executor.on("a").released.set()
    (run,) = stage.rest().ended
    assert run.result == "succeeded"


# ── failures ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_step_that_fails_ends_the_run_with_its_code(stage: Stage) -> None:
    stage.release("1.0.0", "a", "b", "c")
    stage.executor.on("b").apply = "fail"
    stage.go()
    (run,) = stage.rest().ended
    assert run.result == "failed"
    assert [(s.state, s.detail) for s in run.steps] == [
        (State.DONE, ""),
        (State.FAILED, "step/deadline"),
        (State.PENDING, ""),
    ]
    assert "step/deadline" in stage.sink.text("b")


def test_a_bug_of_an_executor_is_a_failure_without_its_values(stage: Stage) -> None:
    stage.release("1.0.0", "a")
    stage.executor.on("a").apply = "crash"
    stage.go()
    (run,) = stage.rest().ended
    assert (run.result, run.steps[0].detail) == ("failed", "step/crashed")
    assert "RuntimeError" in stage.sink.text("a")
    assert "a fault of the executor" not in stage.sink.text()


def test_an_executor_that_wants_to_exit_doesnt(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(_job: object) -> None:
        sys.exit(3)

    stage.release("1.0.0", "a")
    monkeypatch.setattr(stage.executor, "apply", leave)
    stage.go()
    (run,) = stage.rest().ended
    assert (run.result, run.steps[0].detail) == ("failed", "step/crashed")


def test_a_log_that_cant_be_written_fails_nothing(stage: Stage) -> None:
    class Full:
        def line(self, *_: object) -> None:
            raise OSError("no space left on device")

    stage.sink = Full()
    stage.release("1.0.0", "a")
    stage.go()
    assert stage.rest().ended[0].result == "succeeded"


def test_a_failed_upgrade_is_gone_back_from(stage: Stage) -> None:
    stage.release("1.0.0", "a", "b")
    stage.go()
    stage.rest()
    stage.release("1.1.0", "c", "a", "b", c={"idempotent": False, "reversible": True})
    stage.executor.on("b").apply = "fail"
    stage.go()
    assert stage.rest().ended[0].result == "failed"
    assert stage.executor.world["shop", "c"] == "1.1.0"
    stage.executor.on("b").apply = "succeed"
    stage.go()
    (run,) = stage.rest().ended
    assert (run.kind, run.result, run.version) == ("rollback", "succeeded", "1.0.0")
    assert [(s.name, s.undo, s.state) for s in run.steps] == [
        ("c", True, State.UNDONE),
        ("a", False, State.DONE),
        ("b", False, State.DONE),
    ]
    assert stage.executor.world == {("shop", "a"): "1.0.0", ("shop", "b"): "1.0.0"}
    assert [c.release for c in stage.executor.calls if c.method == "undo"] == ["shop@1.1.0"]
    assert not stage.plan().ready, "and isn't tried again"


@pytest.mark.parametrize("after", range(6))
def test_a_journal_that_cant_be_written_stops_the_run_and_not_the_agent(stage: Stage, after: int) -> None:
    """Whichever write fails: it is told, and when there is space again everything is done, nothing twice."""
    stage.release("1.0.0", "a", "b", a={"idempotent": False}, b={"idempotent": False})
    stage.broken(after)
    begun = stage.crew.start(stage.plan(), stage.desired())
    stage.rest()
    if after == 0:
        assert [p.code for p in begun] == ["journal/cant-write"]
    stage.journal = stage.disk
    told = (*begun, *_told(stage))
    assert "journal/cant-write" in [p.code for p in told]
    stage.restart()
    for _ in range(3):
        stage.crew.recover(stage.desired())
        stage.go()
        stage.rest()
    past = stage.past()
    assert past.installed
    assert past.current is None
    assert [stage.executor.count("apply", step) for step in "ab"] == [1, 1]


def _told(stage: Stage) -> tuple[object, ...]:
    """What the crew with the broken journal has to say."""
    try:
        return stage.crew.recover(stage.desired())
    except Failed as error:
        return (*error.problems, *stage.crew._faults)


def test_a_fault_of_our_own_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a bug")

    stage.release("1.0.0", "a")
    monkeypatch.setattr("tiangong.act.crew.guard", broken)
    stage.go()
    stage.rest()
    (problem,) = stage.crew.recover(stage.desired())
    assert problem.code == "run/broke-off"
    assert stage.past().last
    assert stage.past().current is None


def test_no_thread_left(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_self: object) -> None:
        raise RuntimeError("can't start new thread")

    stage.release("1.0.0", "a")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none)
        stage.go()
    assert not stage.crew.running()
    (problem,) = stage.crew.recover(stage.desired())
    assert problem.code == "run/broke-off"
    stage.go()
    assert stage.rest().ended[-1].result == "succeeded"


# ── stopping ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_stopping_lets_a_step_end_that_cant_be_cut_off(stage: Stage) -> None:
    stage.release("1.0.0", "a", "b", a={"idempotent": False})
    stage.executor.on("a").apply = "wait"
    stage.go()
    stage.executor.on("a").entered.wait(PATIENCE)
    stopping = threading.Thread(target=stage.crew.stop, args=(PATIENCE,))
    stopping.start()
    until(stage.crew._work["shop"].brake.halted.is_set)
    stage.executor.on("a").released.set()
    stopping.join(PATIENCE)
    (run,) = stage.rest().ended
    assert run.result == "cancelled"
    assert [s.state for s in run.steps] == [State.DONE, State.PENDING]


def test_stopping_cuts_off_what_may_just_be_done_again(stage: Stage) -> None:
    stage.release("1.0.0", "a")
    stage.executor.on("a").apply = "wait"
    stage.go()
    stage.executor.on("a").entered.wait(PATIENCE)
    stage.crew.stop(PATIENCE)
    (run,) = stage.rest().ended
    assert (run.result, run.steps[0].state) == ("cancelled", State.FAILED)
    stage.restart()
    stage.executor.on("a").apply = "succeed"
    stage.go()
    assert stage.rest().ended[-1].result == "succeeded", "and it isn't taken for a failure"


def test_what_was_cut_off_in_the_middle_is_probed(stage: Stage) -> None:
    """A step that can't be repeated blindly and didn't end in time: nobody knows how far it came."""
    stage.release("1.0.0", "a", a={"idempotent": False})
    stage.executor.on("a").apply = "wait"
    stage.go()
    stage.executor.on("a").entered.wait(PATIENCE)
    stage.crew.stop(0.05)
    until(lambda: not stage.crew.running())
    assert stage.past().current
    assert stage.past().current.in_doubt == ("a",)
    stage.restart()
    stage.executor.on("a").apply = "succeed"
    assert stage.crew.recover(stage.desired()) == ()
    assert stage.executor.count("probe", "a") == 1
    stage.go()
    assert stage.rest().ended[-1].result == "succeeded"


def test_cancelling_one_installation(stage: Stage) -> None:
    stage.release("1.0.0", "a")
    stage.world.installation("dev", "other", product="shop")
    stage.executor.on("a").apply = "wait"
    stage.go()
    until(lambda: stage.executor.count("apply") == 2)
    stage.crew.cancel("shop")
    stage.crew.cancel("nobody")
    until(lambda: stage.crew.running() == {"other"})
    assert [run.result for run in stage.crew.outcome().ended] == ["cancelled"]


def test_nothing_begins_while_stopping(stage: Stage) -> None:
    stage.release("1.0.0", "a")
    stage.crew.stop(0.1)
    stage.go()
    assert not stage.crew.running()


def test_a_step_that_hangs_keeps_neither_stop_nor_the_process(tmp_path: object) -> None:
    """A real process whose executor heeds nothing ends all the same."""
    script = """
import sys; from pathlib import Path
from tests.act.conftest import Stage, until
from tiangong.journal.sqlite import open_journal
from tiangong.testing.fakes import FixedClock
from tiangong.testing.simulator import World
stage = Stage(World.small(), open_journal(Path(sys.argv[1]) / "journal.db", FixedClock().now)[0], Path(sys.argv[1]))
stage.release("1.0.0", "a")
stage.executor.on("a").apply = "stubborn"
stage.go()
until(stage.executor.on("a").entered.is_set)
stage.crew.stop(0.1)
assert stage.crew.running() == {"shop"}
print("ended")
"""
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout == "ended\n"
