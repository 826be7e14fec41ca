"""The straight line from end to end, and with every stage failing in turn."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cycle.conftest import Agent, until, verdict
from tiangong.errors import Away, Failed, Refused
from tiangong.model.lifecycle import State
from tiangong.model.stages import Finding, Found, Health, Snapshot
from tiangong.testing.fakes import FakeExecutor


def codes(problems: object) -> list[str]:
    return [problem.code for problem in problems]  # type: ignore[attr-defined]


# ── all is well ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_release_is_installed_and_then_there_is_nothing_to_do(agent: Agent) -> None:
    agent.release("1.0.0", "a", "b")
    first = agent.turn()
    assert verdict(first).word == "ready"
    assert [run.version for run in first.outcome.running or first.outcome.ended] == ["1.0.0"]
    last = agent.turns()
    assert verdict(last).word == "up-to-date"
    seen = last.actual.installations["shop"]
    assert (seen.version, seen.health, seen.drifted) == ("1.0.0", Health.HEALTHY, ())
    assert last.pushed
    assert last.problems == ()
    told = agent.reporter.told[-1]
    assert told.history.of("shop").installed
    assert told.plan == last.plan


def test_a_cycle_with_nothing_to_do_writes_nothing_asks_nothing_and_starts_nothing(agent: Agent) -> None:
    agent.release("1.0.0", "a", "b")
    agent.turns()
    statements: list[str] = []
    agent.disk._connection.set_trace_callback(statements.append)
    calls, threads = len(agent.executor.calls), threading.active_count()
    agent.turn()
    assert not [said for said in statements if not said.startswith("PRAGMA data_version")]
    assert len(agent.executor.calls) == calls
    assert threading.active_count() == threads


def test_upgrade_drift_and_going_back(agent: Agent) -> None:
    agent.world.edit("environments/dev/environment.yaml", **{"spec.drift": "repair"})
    agent.release("1.0.0", "a", "b")
    agent.turns()
    agent.executor.world["shop", "b"] = "changed by hand"
    assert verdict(agent.turn()).word == "up-to-date", "not looked for in every cycle"
    agent.clock.advance(timedelta(minutes=6))
    assert verdict(agent.turns()).word == "up-to-date"
    assert agent.executor.world["shop", "b"] == "1.0.0"

    agent.release("1.1.0", "a", "b", "c")
    agent.executor.on("c").apply = "fail"
    last = agent.turns()
    assert [run.kind for run in agent.disk.ended(3)] == ["rollback", "upgrade", "repair"]
    assert (verdict(last).word, verdict(last).target) == ("held", "1.1.0")
    assert codes(r.problem for r in verdict(last).reasons) == ["constraint/failed"]
    assert agent.executor.world["shop", "a"] == agent.executor.world["shop", "b"] == "1.0.0"
    assert last.actual.installations["shop"].version == "1.0.0"


def test_observing_goes_on_while_a_step_runs(agent: Agent) -> None:
    """D18, R23: what comes in the meantime is seen, reported, and stops the run before its next step."""
    agent.release("1.0.0", "a", "b")
    agent.executor.on("a").apply = "wait"
    agent.turn()
    assert agent.executor.on("a").entered.wait(20)
    agent.release("1.1.0", "a", "b")
    during = agent.turn()
    assert verdict(during).target == "1.1.0"
    assert codes(r.problem for r in verdict(during).reasons) == ["constraint/running"]
    assert during.actual.installations["shop"].health is Health.PROGRESSING
    agent.world.suppress("inc-1", installations=["shop"])
    agent.turn()
    agent.executor.on("a").released.set()
    until(lambda: not agent.crew.running())
    report = agent.turn()
    (run,) = report.outcome.ended
    assert (run.version, run.result) == ("1.0.0", "cancelled")
    assert [step.state for step in run.steps] == [State.DONE, State.PENDING]
    assert codes(r.problem for r in verdict(report).reasons) == ["constraint/suppression"]


def test_one_failing_installation_never_stops_another(agent: Agent) -> None:
    agent.world.installation("dev", "other", product="shop")
    agent.world.installation("dev", "broken", product="nothing")
    agent.release("1.0.0", "a")
    real = FakeExecutor.apply

    def apply(job: object) -> None:
        if job.installation == "shop":  # type: ignore[attr-defined]
            raise RuntimeError("a fault")
        real(agent.executor, job)  # type: ignore[arg-type]

    agent.executor.apply = apply  # type: ignore[method-assign]
    last = agent.turns()
    assert verdict(last, "other").word == "up-to-date"
    assert codes(r.problem for r in verdict(last, "broken").reasons) == ["plan/unknown-product"]
    assert codes(r.problem for r in verdict(last, "shop").reasons) == ["constraint/retry-later"]


# ── observe ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_away_from_the_beginning(agent: Agent) -> None:
    agent.source.away = True
    with pytest.raises(Away):
        agent.turn()


def test_away_it_goes_on_with_what_is_known(agent: Agent) -> None:
    agent.world.suppress("inc-1", hours=1)
    agent.release("1.0.0", "a")
    agent.turns()
    agent.source.away = True
    agent.clock.advance(timedelta(hours=2))
    report = agent.turns()
    assert verdict(report).word == "up-to-date", "the suppression ended, whether the remote is there or not"
    assert report.away
    assert codes(report.problems) == ["git/away"]
    assert codes(agent.reporter.told[-1].problems) == ["git/away"]


@pytest.mark.parametrize("error", [Failed.of("git/failed"), Refused.of("git/too-large")])
def test_a_source_with_something_that_cant_be_taken(
    agent: Agent, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.release("1.0.0", "a")
    agent.turns()

    def observe(_known: str) -> Snapshot:
        raise error

    monkeypatch.setattr(agent.source, "observe", observe)
    report = agent.turn()
    assert verdict(report).word == "up-to-date"
    assert report.problems == error.problems  # type: ignore[attr-defined]


def test_the_source_is_told_what_was_accepted(agent: Agent) -> None:
    first = agent.turn()
    agent.turn()
    assert agent.source.known == ["", first.desired.revision]


# ── verify ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_nothing_to_be_trusted(agent: Agent) -> None:
    agent.world.raw("trust/root/1.yaml", b"forged")
    with pytest.raises(Refused):
        agent.turn()
    assert not agent.reporter.told
    assert not agent.executor.calls


def test_an_emptied_repository_holds_everything_and_takes_nothing_away(agent: Agent) -> None:
    """D5: deleting never acts; what was under way stops between two steps, and goes on when all is back."""
    agent.release("1.0.0", "a", "b")
    agent.executor.on("a").apply = "wait"
    agent.turn()
    assert agent.executor.on("a").entered.wait(20)
    whole = agent.world.files.copy()
    agent.world.files.clear()
    report = agent.turn()
    assert "trust/disappeared" in codes(r.problem for r in verdict(report).reasons)
    agent.executor.on("a").released.set()
    until(lambda: not agent.crew.running())
    report = agent.turn()
    assert [run.result for run in report.outcome.ended] == ["cancelled"]
    assert set(codes(r.problem for r in verdict(report).reasons)) >= {"trust/disappeared"}
    agent.world.files.update(whole)
    assert verdict(agent.turns()).word == "up-to-date"
    assert [agent.executor.count("apply", step) for step in "ab"] == [1, 1]


def test_marks_are_kept_before_anything_is_done(agent: Agent) -> None:
    agent.release("1.0.0", "a")
    agent.breaking(0)
    with pytest.raises(Failed) as caught:
        agent.turn()
    assert codes(caught.value.problems) == ["journal/cant-write"]
    assert not agent.executor.calls
    agent.breaking(1)
    report = agent.turn()
    assert agent.disk.memory(agent.world.repo) == report.desired.memory
    assert codes(report.problems) == ["journal/cant-write"], "the run couldn't be begun"
    assert not agent.executor.calls
    assert agent.reporter.told


def test_a_rollback_of_documents_is_noticed_by_the_next_process(agent: Agent) -> None:
    agent.release("1.0.0", "a")
    old = agent.world.copy()
    agent.world.suppress("inc-1")
    agent.world.edit("environments/dev/environment.yaml", **{"spec.drift": "repair"})
    agent.turn()
    agent.world = old
    agent.start()
    report = agent.turn()
    assert codes(r.problem for r in verdict(report).reasons) == ["trust/rollback", "constraint/suppression"]


def test_a_rewritten_history_holds_and_is_not_remembered(agent: Agent) -> None:
    agent.release("1.0.0", "a")
    agent.turns()
    before = agent.disk.memory(agent.world.repo)
    agent.release("1.1.0", "a")
    report = agent.turn(rewritten=True)
    assert codes(r.problem for r in verdict(report).reasons) == ["trust/history-rewritten"]
    assert agent.disk.memory(agent.world.repo) == before
    agent.disk.accept_history(agent.world.repo, report.desired.revision)
    assert verdict(agent.turn(rewritten=True)).word == "ready"


# ── survey, plan, act, report ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("how", ["fail", "crash"])
def test_a_survey_that_fails_changes_nothing(agent: Agent, how: str) -> None:
    agent.world.edit("environments/dev/environment.yaml", **{"spec.drift": "repair"})
    agent.release("1.0.0", "a")
    agent.turns()
    agent.executor.on("a").probe = how  # type: ignore[assignment]
    agent.clock.advance(timedelta(minutes=6))
    report = agent.turn()
    assert verdict(report).word == "up-to-date"
    assert report.actual.installations["shop"].findings["a"].found is Found.UNKNOWN
    assert agent.reporter.told[-1].actual == report.actual


def test_an_executor_that_breaks_when_asked_what_it_would_touch(agent: Agent) -> None:
    def effects(_spec: object) -> object:
        raise ZeroDivisionError

    agent.release("1.0.0", "a")
    agent.executor.effects = effects  # type: ignore[method-assign, assignment]
    report = agent.turn()
    assert codes(r.problem for r in verdict(report).reasons) == ["step/crashed"]


def test_a_run_that_breaks_off_is_settled_by_the_next_cycle(agent: Agent) -> None:
    agent.release("1.0.0", "a", "b", a={"idempotent": False})
    journal = agent.breaking(3)  # remember, begin, started; not what came of it
    agent.turn()
    until(lambda: not agent.crew.running())
    assert agent.disk.history().of("shop").current
    journal.after = None
    report = agent.turns()
    assert verdict(report).word == "up-to-date"
    assert [agent.executor.count("apply", step) for step in "ab"] == [1, 1]


def test_what_stays_in_doubt_is_told_in_every_cycle(agent: Agent) -> None:
    agent.release("1.0.0", "a", a={"idempotent": False})
    journal = agent.breaking(3)
    agent.turn()
    until(lambda: not agent.crew.running())
    journal.after = None
    agent.executor.on("a").probe = Finding(Found.UNKNOWN)
    for _ in range(2):
        report = agent.turn()
        assert "run/in-doubt" in codes(report.problems)
        assert codes(r.problem for r in verdict(report).reasons) == ["constraint/in-doubt"]
    agent.start()
    assert "run/in-doubt" in codes(agent.turn().problems)


def test_what_could_not_be_pushed_is_told(agent: Agent) -> None:
    agent.release("1.0.0", "a")
    agent.reporter.pushed = False
    agent.reporter.problems = Away.of("git/away", url="x", why="y").problems
    report = agent.turns()
    assert not report.pushed
    assert codes(report.problems) == ["git/away"]
    assert not report.away, "the source was there"
    assert verdict(report).word == "up-to-date", "and work goes on"


@pytest.mark.parametrize(
    "restart",
    [
        lambda agent: agent.start(),
        lambda agent: (agent.disk.close(), setattr(agent, "disk", agent.open()), agent.start()),
    ],
)
def test_a_new_process_goes_on_where_the_old_one_was(agent: Agent, restart: Callable[[Agent], object]) -> None:
    agent.release("1.0.0", "a", "b")
    agent.turns()
    restart(agent)
    report = agent.turn()
    assert verdict(report).word == "up-to-date"
    assert report.outcome.ended == ()
