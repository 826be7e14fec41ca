"""The fold of what uninstalls: nothing is left of it, and nothing counts as done that may be gone (D5)."""

from tests.journal.test_replay import done, event, happen, run
from tiangong.journal.replay import Fold
from tiangong.model.lifecycle import Event
from tiangong.model.stages import Past


def undone(*steps: str) -> list[tuple[str, Event]]:
    return [pair for step in steps for pair in ((step, Event.UNDO_STARTED), (step, Event.UNDO_SUCCEEDED))]


def installed() -> Fold:
    fold_ = Fold()
    happen(fold_, run("0", "a", "b", release="0"), *done("a", "b"), result="succeeded")
    happen(fold_, run("1", "a", "b"), *done("a", "b"), result="succeeded")
    happen(
        fold_, run("2", "a", release="B", kind="upgrade"), ("a", Event.STARTED), ("a", Event.ERRORED), result="failed"
    )
    return fold_


def test_afterwards_nothing_is_known_but_the_run_itself() -> None:
    for steps, undo in (((), ("b", "a")), (("drain", "remove"), ())):
        fold_ = installed()
        last = run("3", *steps, undo=undo, kind="uninstall")
        happen(fold_, last, *done(*steps), *undone(*undo), result="succeeded")
        past = fold_.past()
        assert past.last
        assert past.last.id == "3"
        assert past == Past(last=past.last)


def test_what_is_undone_is_due_again() -> None:
    fold_ = installed()
    happen(fold_, run("3", undo=("b", "a"), kind="uninstall"), *undone("b"), result="cancelled")
    past = fold_.past()
    assert past.installed
    assert past.installed.version == "A"
    assert "b" not in past.steps
    assert past.leaving, "it is still to be gone back, or away, from"


def test_once_a_step_made_for_it_begins_no_other_one_counts() -> None:
    fold_ = installed()
    fold_.begin(run("3", "drain", "remove", kind="uninstall"))
    assert fold_.past().steps
    fold_.event(event(run("3", "drain", "remove", kind="uninstall"), "drain", Event.STARTED))
    assert fold_.past().steps == {}
    assert fold_.past().once == frozenset()


def test_what_broke_off_goes_on_however_often() -> None:
    fold_ = installed()
    fails = (("remove", Event.STARTED), ("remove", Event.ERRORED))
    happen(fold_, run("3", "drain", "remove", kind="uninstall"), *done("drain"), *fails, result="failed")
    for number in "456":
        happen(fold_, run(number, "remove", kind="uninstall"), *fails, result="failed")
        assert fold_.past().steps == {"drain": "drain-A"}
    assert fold_.past().failures["sha512:A"] == 4


def test_installed_again_in_between_it_is_uninstalled_from_the_start() -> None:
    fold_ = installed()
    happen(fold_, run("3", "drain", "remove", kind="uninstall"), *done("drain"), result="cancelled")
    happen(fold_, run("4", "a", "b", kind="repair"), *done("a", "b"), result="succeeded")
    assert fold_.past().steps == {"a": "a-A", "b": "b-A"}
    assert fold_.past().installed
