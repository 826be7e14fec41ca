"""Runs that broke off: what a probe can tell is settled, what it can't is asked (D26)."""

import time
from datetime import timedelta

import pytest

from tests.act.conftest import Stage
from tiangong.act import recover
from tiangong.act.crew import _new_run
from tiangong.act.recover import LOOK_AGAIN, resolve_doubt
from tiangong.errors import InDoubt, Misuse
from tiangong.model.lifecycle import Event, State
from tiangong.model.stages import Finding, Found, Run
from tiangong.ports import StepEvent

UNKNOWN, MISSING = Finding(Found.UNKNOWN), Finding(Found.MISSING)
IN_PLACE, DRIFTED = Finding(Found.IN_PLACE, "it is there"), Finding(Found.DRIFTED)


def kill(stage: Stage, at: str, *, undo: bool = False) -> Run:
    """What the journal of an agent says that was killed in the middle of a step of the change that is planned."""
    (verdict,) = stage.plan().ready
    assert verdict.change
    run = _new_run(verdict, verdict.change, stage.plan(), stage.clock())
    stage.disk.begin(run)
    for step in run.steps:
        note(stage, run, step.name, Event.UNDO_STARTED if step.undo else Event.STARTED, undo=step.undo)
        if (step.name, step.undo) == (at, undo):
            break
        note(stage, run, step.name, Event.UNDO_SUCCEEDED if step.undo else Event.SUCCEEDED, undo=step.undo)
    return run


def note(stage: Stage, run: Run, step: str, event: Event, *, undo: bool = False, detail: str = "") -> None:
    digest = next(s.digest for s in run.steps if (s.name, s.undo) == (step, undo))
    stage.disk.record(StepEvent(run.id, step, digest, event, stage.clock(), detail, undo))


def states(stage: Stage, run: Run) -> list[State]:
    found = stage.disk.run(run.id)
    assert found
    return [step.state for step in found.steps]


@pytest.mark.parametrize(
    ("finding", "idempotent", "state", "result"),
    [
        (IN_PLACE, False, State.DONE, "cancelled"),
        (IN_PLACE, True, State.DONE, "cancelled"),
        (MISSING, False, State.PENDING, "cancelled"),
        (MISSING, True, State.PENDING, "cancelled"),
        (DRIFTED, True, State.PENDING, "cancelled"),
        (UNKNOWN, True, State.PENDING, "cancelled"),
        (DRIFTED, False, State.IN_DOUBT, None),
        (UNKNOWN, False, State.IN_DOUBT, None),
        ("fail", False, State.IN_DOUBT, None),
        ("fail", True, State.PENDING, "cancelled"),
        ("crash", False, State.IN_DOUBT, None),
    ],
)
def test_what_a_probe_tells(
    stage: Stage, finding: Finding | str, idempotent: bool, state: State, result: str | None
) -> None:
    stage.release("1.0.0", "a", "b", "c", b={"idempotent": idempotent})
    run = kill(stage, "b")
    stage.executor.on("b").probe = finding
    told = stage.crew.recover(stage.desired())
    assert states(stage, run) == [State.DONE, state, State.PENDING]
    found = stage.disk.run(run.id)
    assert found
    assert found.result == result
    assert [p.code for p in told] == ([] if result else ["run/in-doubt"])
    assert stage.executor.count("probe") == 1, "only what was caught is probed"


def test_then_the_rest_is_done(stage: Stage) -> None:
    stage.release("1.0.0", "a", "b", "c")
    kill(stage, "b")
    stage.executor.on("b").probe = IN_PLACE
    stage.crew.recover(stage.desired())
    stage.go()
    assert stage.rest().ended[-1].result == "succeeded"
    assert [call.step for call in stage.executor.calls if call.method == "apply"] == ["c"]
    assert stage.past().installed


def test_a_run_whose_last_step_was_in_place_has_succeeded(stage: Stage) -> None:
    stage.release("1.0.0", "a", "b")
    run = kill(stage, "b")
    stage.executor.on("b").probe = IN_PLACE
    stage.crew.recover(stage.desired())
    assert stage.past().installed
    (ended,) = stage.crew.outcome().ended
    assert (ended.id, ended.result) == (run.id, "succeeded")


def test_killed_between_two_steps(stage: Stage) -> None:
    stage.release("1.0.0", "a", "b")
    run = kill(stage, "a")
    note(stage, run, "a", Event.SUCCEEDED)
    assert stage.crew.recover(stage.desired()) == ()
    assert stage.executor.count("probe") == 0
    assert states(stage, run) == [State.DONE, State.PENDING]
    assert stage.past().current is None


def test_killed_between_a_failure_and_its_end(stage: Stage) -> None:
    stage.release("1.0.0", "a")
    run = kill(stage, "a")
    note(stage, run, "a", Event.ERRORED, detail="shell/exit")
    stage.crew.recover(stage.desired())
    assert stage.past().failed
    assert stage.past().last
    assert stage.past().last.result == "failed"


def test_killed_between_a_cancelled_step_and_its_end(stage: Stage) -> None:
    stage.release("1.0.0", "a")
    run = kill(stage, "a")
    note(stage, run, "a", Event.ERRORED, detail="step/cancelled")
    stage.crew.recover(stage.desired())
    assert not stage.past().failed


# ── undoing ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("finding", "state"),
    [
        (MISSING, State.UNDONE),
        (IN_PLACE, State.DONE),
        (UNKNOWN, State.UNDO_IN_DOUBT),
        (DRIFTED, State.UNDO_IN_DOUBT),
    ],
)
def test_an_undo_that_was_cut_off(stage: Stage, finding: Finding, state: State) -> None:
    run = kill_in_undo(stage)
    stage.executor.on("p").probe = finding
    stage.crew.recover(stage.desired())
    assert states(stage, run)[0] is state
    assert [c.release for c in stage.executor.calls if c.method == "probe"] == ["shop@1.1.0"]
    if state is State.UNDO_IN_DOUBT:
        return
    stage.executor.on("p").probe = None
    stage.go()
    assert stage.rest().ended[-1].kind == "rollback"
    assert stage.executor.count("undo", "p") == (1 if state is State.DONE else 0)
    assert stage.past().installed
    assert not stage.past().leaving


@pytest.mark.parametrize("done", [True, False])
def test_a_person_decides_about_an_undo(stage: Stage, done: bool) -> None:
    run = kill_in_undo(stage)
    stage.executor.on("p").probe = UNKNOWN
    stage.crew.recover(stage.desired())
    resolve_doubt(stage.disk, run.id, done=done, now=stage.clock())
    stage.go()
    stage.rest()
    assert stage.executor.count("undo", "p") == (0 if done else 1)
    assert not stage.past().leaving


def kill_in_undo(stage: Stage) -> Run:
    stage.release("1.0.0", "z")
    stage.go()
    stage.rest()
    stage.release("1.1.0", "p", "z", p={"idempotent": False, "reversible": True})
    stage.executor.on("z").apply = "fail"
    stage.go()
    stage.rest()
    stage.executor.on("z").apply = "succeed"
    return kill(stage, "p", undo=True)


# ── what isn't known ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_step_whose_values_changed_meanwhile_isnt_probed_with_others(stage: Stage) -> None:
    stage.world.installation("dev", "shop", config={"n": 1})
    contract = {"n": {"type": "integer"}}
    for version, idempotent in (("1.0.0", False),):
        spec = {"value": "${config.n}", "idempotent": idempotent}
        stage.world.release("shop", version, config=contract, steps=[{"name": "a", "executor": "fake", "with": spec}])
    run = kill(stage, "a")
    stage.world.edit("environments/dev/installations/shop.yaml", **{"spec.config": {"n": 2}})
    stage.executor.on("a").probe = MISSING
    (problem,) = stage.crew.recover(stage.desired())
    assert problem.code == "run/in-doubt"
    assert stage.executor.count("probe") == 0
    assert states(stage, run) == [State.IN_DOUBT]


def test_but_what_may_be_done_again_needs_no_probe(stage: Stage) -> None:
    stage.world.installation("dev", "shop", config={"n": 1})
    stage.world.release(
        "shop",
        "1.0.0",
        config={"n": {"type": "integer"}},
        steps=[{"name": "a", "executor": "fake", "with": {"value": "${config.n}"}}],
    )
    run = kill(stage, "a")
    stage.world.edit("environments/dev/installations/shop.yaml", **{"spec.config": {"n": 2}})
    assert stage.crew.recover(stage.desired()) == ()
    assert states(stage, run) == [State.PENDING]


@pytest.mark.parametrize("gone", ["release", "installation", "executor", "other executor"])
def test_what_cant_be_looked_at_stays_in_doubt(stage: Stage, gone: str) -> None:
    stage.release("1.0.0", "a")
    run = kill(stage, "a")
    if gone == "release":
        stage.world.raw("products/shop/releases/1.0.0/release.yaml", None)
    elif gone == "installation":
        stage.world.raw("environments/dev/installations/shop.yaml", None)
    elif gone == "executor":
        stage.executors.enabled.clear()
    else:
        stage.disk._connection.execute("UPDATE steps SET executor = 'other'")
        stage.disk._version = -1
    (problem,) = stage.crew.recover(stage.desired())
    assert problem.code == "run/in-doubt"
    assert states(stage, run) == [State.IN_DOUBT]


def test_a_probe_that_hangs_is_left_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recover, "PROBE_WITHIN", 0.05)
    monkeypatch.setattr(recover, "GRACE", 0.0)
    stage.release("1.0.0", "a", a={"idempotent": False})
    run = kill(stage, "a")
    stage.executor.on("a").probe = "stubborn"
    start = time.monotonic()
    assert [p.code for p in stage.crew.recover(stage.desired())] == ["run/in-doubt"]
    assert time.monotonic() - start < 5
    stage.clock.advance(LOOK_AGAIN)
    stage.crew.recover(stage.desired())
    assert stage.executor.count("probe") == 1, "what hangs, hangs once"
    assert states(stage, run) == [State.IN_DOUBT]


def test_doubt_is_looked_at_again_later(stage: Stage) -> None:
    """The database was away when the agent came back; it is there now."""
    stage.release("1.0.0", "a", a={"idempotent": False})
    run = kill(stage, "a")
    stage.executor.on("a").probe = UNKNOWN
    assert stage.crew.recover(stage.desired())
    stage.executor.on("a").probe = IN_PLACE
    assert stage.crew.recover(stage.desired()), "not at once"
    stage.clock.advance(LOOK_AGAIN)
    assert stage.crew.recover(stage.desired()) == ()
    assert states(stage, run) == [State.DONE]


def test_what_is_being_worked_on_is_left_alone(stage: Stage) -> None:
    stage.release("1.0.0", "a")
    stage.executor.on("a").apply = "wait"
    stage.go()
    assert stage.crew.recover(stage.desired()) == ()
    assert stage.executor.count("probe") == 0
    stage.executor.on("a").released.set()
    assert stage.rest().ended[0].result == "succeeded"


def test_one_installation_in_doubt_doesnt_stop_the_other(stage: Stage) -> None:
    stage.release("1.0.0", "a", a={"idempotent": False})
    kill(stage, "a")
    stage.executor.on("a").probe = UNKNOWN
    stage.world.installation("dev", "other", product="shop")
    stage.crew.recover(stage.desired())
    stage.go()
    (run,) = stage.rest().ended
    assert (run.installation, run.result) == ("other", "succeeded")


# ── a person's word ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("done", [True, False])
def test_a_person_decides(stage: Stage, done: bool) -> None:
    stage.release("1.0.0", "a", "b", a={"idempotent": False})
    run = kill(stage, "a")
    stage.executor.on("a").probe = UNKNOWN
    stage.crew.recover(stage.desired())
    ended = resolve_doubt(stage.disk, run.id, done=done, now=stage.clock())
    assert ended.result == "cancelled"
    stage.go()
    assert stage.rest().ended[-1].result == "succeeded"
    assert stage.executor.count("apply", "a") == (0 if done else 1)
    assert stage.executor.count("apply", "b") == 1


def test_a_word_about_nothing(stage: Stage) -> None:
    with pytest.raises(Misuse) as caught:
        resolve_doubt(stage.disk, "nothing", done=True, now=stage.clock())
    assert caught.value.problems[0].code == "run/unknown"
    stage.release("1.0.0", "a")
    stage.go()
    (run,) = stage.rest().ended
    with pytest.raises(Misuse) as caught:
        resolve_doubt(stage.disk, run.id, done=True, now=stage.clock())
    assert caught.value.problems[0].code == "run/not-in-doubt"


def test_in_doubt_has_its_own_exit_code() -> None:
    assert InDoubt.exit_code == 6


def test_the_clock_may_go_back_while_in_doubt(stage: Stage) -> None:
    stage.release("1.0.0", "a", a={"idempotent": False})
    kill(stage, "a")
    stage.executor.on("a").probe = UNKNOWN
    stage.crew.recover(stage.desired())
    stage.executor.on("a").probe = IN_PLACE
    stage.clock.advance(-timedelta(minutes=2))
    assert stage.crew.recover(stage.desired()) == ()
