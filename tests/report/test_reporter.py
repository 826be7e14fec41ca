"""The reporter before a real remote: says what changed, once; loses nothing; harms nobody."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.report.conftest import DIGEST, Desk, later
from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse_model
from tiangong.errors import problem
from tiangong.model.lifecycle import Event
from tiangong.model.stages import Health, Outcome
from tiangong.model.status import Receipt
from tiangong.report.told import read_receipt
from tiangong.testing.origin import Faults
from tiangong.testing.simulator import World

RUN = "20261125t120000-000001"


def test_a_first_status_is_signed_and_stands_on_the_own_ref(desk: Desk) -> None:
    assert desk.report()
    told = desk.told()
    assert (told.spec.counter, told.spec.previous, told.spec.instance) == (1, None, "first")
    assert told.spec.at == desk.clock()
    assert told.spec.installations[0].verdict == "ready"
    assert told.spec.marks["trust/policy.yaml"].generation == 1
    assert not desk.reporter.problems


def test_what_is_the_same_is_not_said_again(desk: Desk) -> None:
    desk.report()
    first, asked = desk.tip(), len(desk.origin.requests)
    later(desk, minutes=3)
    assert desk.report()
    assert desk.tip() == first
    assert len(desk.origin.requests) == asked


def test_what_is_the_same_is_not_said_again_by_the_next_process(desk: Desk) -> None:
    desk.report(desk.ran())
    first = desk.tip()
    desk.start()
    assert desk.report()
    assert desk.tip() == first


def test_a_change_makes_the_next_in_the_row(desk: Desk) -> None:
    desk.report()
    desk.report(health=Health.DEGRADED)
    desk.start()
    desk.report()
    assert desk.counters() == [1, 2, 3]


def test_a_run_that_ended_leaves_its_receipt_and_logs(desk: Desk) -> None:
    desk.report(desk.ran())
    receipt = read_receipt(desk.tree(), f"runs/{RUN}/receipt.yaml", desk.keys)
    assert (receipt.metadata.name, receipt.spec.result, receipt.spec.installation) == (RUN, "succeeded", "shop")
    log = desk.words(f"runs/{RUN}/one.log")
    assert log == f"one of {RUN} says hello\n".encode()
    assert [step.log for step in receipt.spec.steps] == [sha512(log), sha512(desk.words(f"runs/{RUN}/two.log"))]
    assert desk.told().spec.installations[0].run.result == "succeeded"


def test_logs_are_kept_here_until_they_are_there(desk: Desk) -> None:
    desk.origin.stop()
    assert not desk.report(desk.ran())
    kept = desk.folder / "runs" / RUN / "one.log"
    assert kept.exists()
    desk.origin.start()
    desk.start()
    assert desk.report()
    assert not kept.parent.exists()


def test_a_run_that_ended_just_before_a_crash_is_told_by_the_next_process(desk: Desk) -> None:
    desk.report()
    desk.ran("20261125t120000-000001")
    desk.ran("20261125t120000-000002")
    desk.start()
    desk.report()
    assert {entry.name for entry in desk.tree().folder("runs")} == {"20261125t120000-000001", "20261125t120000-000002"}


def test_a_run_under_way_says_what_its_steps_are(desk: Desk) -> None:
    run = desk.begin()
    desk.do(run, "one")
    desk.event(run, "two", Event.STARTED)
    desk.report()
    said = desk.told().spec.installations[0].run
    assert (said.result, said.steps) == ("running", {"one": "done", "two": "running"})
    assert (said.digests, said.release, said.plan) == ({"one": DIGEST, "two": DIGEST}, DIGEST, DIGEST)


def test_while_the_remote_is_away_all_is_spooled_in_order(desk: Desk) -> None:
    desk.report()
    desk.origin.stop()
    assert not desk.report(desk.ran("20261125t120000-000001"))
    assert desk.reporter.problems[-1].code == "report/spooled"
    desk.start()
    assert not desk.report(desk.ran("20261125t120000-000002"), health=Health.DEGRADED)
    desk.start()
    desk.origin.start()
    assert desk.report()
    assert desk.counters() == [1, 2, 3, 4]
    assert len(desk.tree().folder("runs")) == 2


def test_a_remote_that_is_away_is_not_asked_in_every_cycle(desk: Desk) -> None:
    desk.report()
    desk.origin.stop()
    desk.report(health=Health.DEGRADED)
    desk.origin.start()
    asked = len(desk.origin.requests)
    assert not desk.report(health=Health.HEALTHY)
    assert len(desk.origin.requests) == asked


def test_a_remote_away_from_the_first_moment_loses_nothing(desk: Desk) -> None:
    desk.origin.stop()
    assert not desk.report(desk.ran())
    assert {found.code.partition("/")[0] for found in desk.reporter.problems} == {"git", "report"}
    desk.origin.start()
    desk.start()
    assert desk.report()
    assert desk.counters() == [1]
    assert desk.words(f"runs/{RUN}/one.log") is not None


def test_a_mirror_that_was_lost_goes_on_from_what_the_remote_has(desk: Desk, tmp_path: Path) -> None:
    desk.report(desk.ran("20261125t120000-000001"))
    desk.origin.stop()
    desk.report(desk.ran("20261125t120000-000002"))
    (desk.folder / "mirror").rename(tmp_path / "lost")
    desk.start()
    desk.origin.start()
    assert desk.report()
    assert desk.counters() == [1, 2]
    assert len(desk.tree().folder("runs")) == 2
    assert desk.words("runs/20261125t120000-000002/one.log") is not None


def test_a_push_that_is_refused_is_a_problem_of_the_report(desk: Desk) -> None:
    hook = desk.origin.git_dir / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
    hook.chmod(0o755)
    assert not desk.report()
    assert [found.code for found in desk.reporter.problems] == ["git/rejected", "report/spooled"]


def test_an_answer_that_got_lost_is_no_race(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.report()
    real = desk.mirror.push

    def push(commit: str, ref: str, expected: str | None) -> None:
        real(commit, ref, expected)
        desk.origin.faults = Faults(status=500)
        real(commit, ref, expected)

    monkeypatch.setattr(desk.mirror, "push", push)
    assert not desk.report(health=Health.DEGRADED)
    monkeypatch.undo()
    desk.origin.faults = Faults()
    desk.start()
    assert desk.report(health=Health.DEGRADED)
    assert desk.counters() == [1, 2]


def test_trouble_keeps_what_was_said_last_and_says_what_is_wrong(desk: Desk) -> None:
    desk.report()
    assert desk.reporter.trouble([problem("trust/no-policy")])
    spec = desk.told().spec
    assert [hold.code for hold in spec.holds] == ["trust/no-policy"]
    assert spec.installations[0].name == "shop"
    desk.report()
    assert desk.told().spec.holds == ()
    assert desk.counters() == [1, 2, 3]


def test_trouble_from_the_first_moment_leaves_a_trace(desk: Desk) -> None:
    assert desk.reporter.trouble([problem("trust/no-policy")])
    assert [hold.code for hold in desk.told().spec.holds] == ["trust/no-policy"]
    assert desk.told().spec.installations == ()


def test_trouble_never_writes_over_a_status_it_cannot_judge(desks: Callable[..., Desk], world: World) -> None:
    old = desks("old", key="an older key")
    world.put({"kind": "Agent", "metadata": {"name": "dev"}, "spec": {"keys": [{"key": old.signer.public.line}]}})
    old.report()
    new = desks("new", instance="second")
    assert not new.reporter.trouble([problem("trust/no-policy")])
    assert [found.code for found in new.reporter.problems] == ["report/foreign-status", "report/spooled"]
    assert new.tip() == old.chain.tip.commit


def test_what_came_of_runs_at_the_end_is_told(desk: Desk) -> None:
    run = desk.begin()
    desk.report(Outcome(running=(run,)))
    desk.do(run, "one")
    desk.journal.end(run.id, "cancelled", desk.clock())
    assert desk.reporter.finish(Outcome(ended=(desk.journal.run(run.id),)), desk.journal.history())
    assert desk.told().spec.installations[0].run.result == "cancelled"
    assert parse_model(desk.words(f"runs/{run.id}/receipt.yaml"), "receipt.yaml", Receipt).spec.result == "cancelled"
