"""The fold: what a journal says happened, for every prefix of every journal."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiangong.journal.replay import Fold, apply_events, end_run, events_of, fold, folds, history_of
from tiangong.model.lifecycle import IN_DOUBT, TRANSITIONS, Event, State
from tiangong.model.stages import ChangeKind, Run, StepRecord, first_records
from tiangong.ports import StepEvent

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def run(id_: str, *steps: str, undo: Sequence[str] = (), release: str = "A", kind: str = "install") -> Run:
    """A run that begins; the digest of a step is its name and its release."""
    records = [(name, f"{name}-left", "fake", True) for name in undo]
    records += [(name, f"{name}-{release}", "fake", False) for name in steps]
    head = (id_, "shop", "shop", release, f"sha512:{release}", "plan", ChangeKind(kind))
    return Run(*head, NOW, None, None, first_records(records))


def event(run_: Run, step: str, event_: Event, *, undo: bool = False) -> StepEvent:
    digest = next((s.digest for s in run_.steps if (s.name, s.undo) == (step, undo)), "?")
    return StepEvent(run_.id, step, digest, event_, NOW, "", undo)


def happen(fold_: Fold, run_: Run, *events: tuple[str, Event], result: str | None = None) -> None:
    fold_.begin(run_)
    for step, what in events:
        fold_.event(event(run_, step, what, undo=what.startswith("undo")))
    if result:
        fold_.end(run_.id, result, NOW)


def done(*steps: str) -> list[tuple[str, Event]]:
    return [pair for step in steps for pair in ((step, Event.STARTED), (step, Event.SUCCEEDED))]


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_a_successful_run_leaves() -> None:
    fold_ = Fold()
    happen(fold_, run("1", "a", "b"), *done("a", "b"), result="succeeded")
    past = fold_.past()
    assert past.installed
    assert (past.installed.version, past.installed.product, past.installed.steps) == (
        "A",
        "shop",
        {"a": "a-A", "b": "b-A"},
    )
    assert past.steps == {"a": "a-A", "b": "b-A"}
    assert past.once == {"a-A", "b-A"}
    assert past.current is None
    assert past.last
    assert past.last.result == "succeeded"
    assert not past.towards


def test_a_run_that_broke_off_leaves_its_other_steps_due() -> None:
    fold_ = Fold()
    happen(fold_, run("1", "a", "b", "c"), *done("a", "b", "c"), result="succeeded")
    happen(fold_, run("2", "b", "c", release="B"), *done("b"), result="cancelled")
    assert fold_.past().steps == {"a": "a-A", "b": "b-B"}
    assert fold_.past().towards == {"b": "b-B"}
    assert fold_.installed
    assert fold_.installed.version == "A"


def test_a_run_that_touched_nothing_leaves_everything() -> None:
    fold_ = Fold()
    happen(fold_, run("1", "a", "b"), *done("a", "b"), result="succeeded")
    before = fold_.past().steps
    happen(fold_, run("2", "a", "b", release="B"), result="cancelled")
    assert fold_.past().steps == before


def test_a_step_that_was_started_again_is_not_done() -> None:
    fold_ = Fold()
    happen(fold_, run("1", "a"), *done("a"), result="succeeded")
    happen(fold_, run("2", "a", kind="repair"), ("a", Event.STARTED))
    assert fold_.past().steps == {}
    assert fold_.past().current


def test_undoing_takes_a_step_away_also_from_what_is_done_once() -> None:
    fold_ = Fold()
    happen(fold_, run("1", "z"), *done("z"), result="succeeded")
    left = run("2", "a", release="left", kind="upgrade")
    happen(fold_, left, *done("a"), result="failed")
    assert fold_.past().leaving == fold_.past().last
    back = run("3", undo=["a"], kind="rollback")
    happen(fold_, back, ("a", Event.UNDO_STARTED), ("a", Event.UNDO_SUCCEEDED), result="succeeded")
    past = fold_.past()
    assert "a-left" not in past.once
    assert "a" not in past.steps
    assert past.leaving is None
    assert past.failed.keys() == {"sha512:left"}


def test_failures_are_counted_for_each_release() -> None:
    fold_ = Fold()
    happen(fold_, run("1", "z"), *done("z"), result="succeeded")
    for number in range(3):
        happen(fold_, run(f"b{number}", "a", release="B"), ("a", Event.STARTED), ("a", Event.ERRORED), result="failed")
    happen(fold_, run("r", "z", kind="rollback"), ("z", Event.STARTED), ("z", Event.ERRORED), result="failed")
    past = fold_.past()
    assert past.failures == {"sha512:B": 3, "sha512:A": 1}
    assert past.leaving
    assert past.leaving.id == "b2", "going back failed, so the same is to be left"
    happen(fold_, run("s", "z", kind="rollback"), *done("z"), result="succeeded")
    assert fold_.past().failures == {"sha512:B": 3}


def test_since_when_stays_over_repairs() -> None:
    fold_ = Fold()
    happen(fold_, run("1", "a"), *done("a"), result="succeeded")
    second = run("2", "a", kind="repair")
    fold_.begin(second)
    fold_.end("2", "succeeded", NOW + timedelta(hours=1))
    assert fold_.installed
    assert fold_.installed.since == NOW


@pytest.mark.parametrize("undo", [False, True])
@pytest.mark.parametrize("done_", [False, True])
def test_a_persons_word(undo: bool, done_: bool) -> None:
    """`done` means that what was cut off happened: that the step was done, or that it was undone."""
    fold_ = Fold()
    run_ = run("1", undo=["a"]) if undo else run("1", "a")
    happen(fold_, run_, ("a", Event.UNDO_STARTED if undo else Event.STARTED))
    fold_.event(event(run_, "a", Event.CRASHED, undo=undo))
    assert fold_.past().current
    assert fold_.past().current.in_doubt == ("a",)
    fold_.event(event(run_, "a", Event.RESOLVED_DONE if done_ else Event.RESOLVED_AGAIN, undo=undo))
    (step,) = fold_.past().current.steps
    wanted = {
        (False, True): State.DONE,
        (False, False): State.PENDING,
        (True, True): State.UNDONE,
        (True, False): State.DONE,
    }
    assert step.state is wanted[undo, done_]


# ── what can't have happened ─────────────────────────────────────────────────────────────────────────────────
def test_one_run_at_a_time() -> None:
    fold_ = Fold()
    fold_.begin(run("1", "a"))
    with pytest.raises(ValueError, match="hasn't ended"):
        fold_.begin(run("2", "a"))


def test_only_the_run_that_is_under_way_goes_on() -> None:
    fold_ = Fold()
    one = run("1", "a")
    happen(fold_, one, result="cancelled")
    with pytest.raises(ValueError, match="under way"):
        fold_.event(event(one, "a", Event.STARTED))
    with pytest.raises(ValueError, match="under way"):
        fold_.end("1", "succeeded", NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        StepEvent("1", "b", "b-A", Event.STARTED, NOW),
        StepEvent("1", "a", "other", Event.STARTED, NOW),
        StepEvent("1", "a", "a-A", Event.UNDO_STARTED, NOW),
        StepEvent("1", "a", "a-A", Event.STARTED, NOW, "", undo=True),
        StepEvent("1", "a", "a-A", Event.SUCCEEDED, NOW),
    ],
)
def test_events_that_are_not_about_this_run(wrong: StepEvent) -> None:
    with pytest.raises(ValueError, match=r"."):
        apply_events(run("1", "a"), [wrong])


def test_results() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        end_run(run("1"), "nonsense", NOW)
    with pytest.raises(ValueError, match="has ended"):
        end_run(end_run(run("1"), "failed", NOW), "failed", NOW)


@given(st.sampled_from(State), st.sampled_from(Event), st.booleans())
def test_an_illegal_event_changes_nothing(state: State, what: Event, undo: bool) -> None:
    before = Run(
        "1",
        "shop",
        "shop",
        "A",
        "r",
        "p",
        ChangeKind.INSTALL,
        NOW,
        None,
        None,
        (StepRecord("a", "d", state, undo=undo),),
    )
    fold_ = Fold()
    fold_.begin(before)
    past = fold_.past()
    try:
        fold_.event(StepEvent("1", "a", "d", what, NOW, "", undo))
    except ValueError:
        assert fold_.past() == past
    else:
        assert (state, what) in TRANSITIONS


# ── every prefix of every journal ────────────────────────────────────────────────────────────────────────────
Happening = tuple[str, Run | StepEvent | str]


@st.composite
def journals(draw: st.DrawFn) -> list[Happening]:
    """Runs of one installation, one after the other, with whatever events the lifecycle allows."""
    found: list[Happening] = []
    for number in range(draw(st.integers(1, 4))):
        release = draw(st.sampled_from("ABC"))
        names = draw(st.lists(st.sampled_from("abcd"), max_size=4, unique=True))
        back = draw(st.lists(st.sampled_from("xy"), max_size=2, unique=True))
        now = run(f"r{number}", *names, undo=back, release=release, kind=draw(st.sampled_from(ChangeKind)))
        found.append(("begin", now))
        for _ in range(draw(st.integers(0, 8))):
            possible = [
                event(now, step.name, what, undo=step.undo)
                for step in now.steps
                for what in Event
                if (step.state, what) in TRANSITIONS
                and step.undo is not (what in (Event.STARTED, Event.SUCCEEDED, Event.ERRORED))
                and not (not step.undo and what.startswith("undo"))
            ]
            if not possible:
                break
            what_ = draw(st.sampled_from(possible))
            now = apply_events(now, [what_])
            found.append(("event", what_))
        if number < 3 or draw(st.booleans()):
            found.append(("end", draw(st.sampled_from(["succeeded", "failed", "cancelled"]))))
    return found


@settings(deadline=None, max_examples=150)
@given(journals())
def test_every_prefix_is_a_legal_state_and_folding_at_once_is_folding_as_it_goes(journal: list[Happening]) -> None:
    fold_ = Fold()
    told: list[tuple[Run, list[StepEvent]]] = []
    for kind, what in journal:
        if isinstance(what, Run):
            fold_.begin(what)
            told.append((what, []))
        elif isinstance(what, StepEvent):
            fold_.event(what)
            told[-1][1].append(what)
        elif fold_.current:
            fold_.end(fold_.current.id, what, NOW)
            told[-1] = (end_run(told[-1][0], what, NOW), told[-1][1])
        past = fold_.past()
        assert fold([*told]).of("shop") == past
        open_ = [run_ for run_, _ in told if run_.result is None]
        assert (past.current.id if past.current else None) == (open_[-1].id if open_ else None)
        if past.current:
            assert all(step.state in State for step in past.current.steps)
            assert set(past.current.in_doubt) == {s.name for s in past.current.steps if s.state in IN_DOUBT}
        assert set(past.towards.items()) <= {(e.step, e.digest) for _, events in told for e in events}
        assert set(past.steps.values()) <= past.once | {e.digest for _, events in told for e in events}
        assert (kind == "end") <= (past.last is not None)


@settings(deadline=None)
@given(journals())
def test_a_run_can_be_told_again_from_its_outcome(journal: list[Happening]) -> None:
    runs: dict[str, Run] = {}
    for _, what in journal:
        if isinstance(what, Run):
            runs[what.id] = what
        elif isinstance(what, StepEvent):
            runs[what.run] = apply_events(runs[what.run], [what])
    for run_ in runs.values():
        first = first_records((s.name, s.digest, s.executor, s.undo) for s in run_.steps)
        again = apply_events(Run(*[getattr(run_, n) for n in run_.__slots__[:-1]], first), events_of(run_))
        assert [(s.name, s.state) for s in again.steps] == [(s.name, s.state) for s in run_.steps]


def test_installations_are_folded_apart() -> None:
    one, two = run("1", "a"), run("2", "a")
    other = Run("3", "other", *[getattr(two, n) for n in two.__slots__[2:]])
    found = history_of(folds([(one, []), (other, [])]))
    assert found.installations.keys() == {"shop", "other"}
    assert found.of("nobody").current is None
