"""The live ref: a heart that beats, logs of what runs now, and never more than one commit."""

import threading
from datetime import timedelta

import pytest

from tests.report.conftest import LIVE, Desk, later
from tiangong.git.mirror import Mirror
from tiangong.model.lifecycle import Event
from tiangong.model.status import BEAT, Heartbeat
from tiangong.report import live as live_module
from tiangong.report.live import Live, Pulse, next_beat
from tiangong.report.told import read_heartbeat
from tiangong.testing.memory import open_bare
from tiangong.testing.simulator import NOW


class Heart:
    """The live ref of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.speaks = desk, True
        mirror = Mirror(desk.folder / "live", desk.mirror.remote)
        pulse = Pulse(lambda: self.speaks, lambda: desk.reporter.counter, lambda: "", desk.journal.history)
        self.live = Live(mirror, desk.identity, pulse, desk.logs, desk.clock)

    def heard(self) -> Heartbeat:
        return read_heartbeat(self.desk.tree(LIVE), "dev", self.desk.keys)


@pytest.fixture
def heart(desk: Desk) -> Heart:
    return Heart(desk)


def test_the_first_beat_is_signed_and_has_no_past(desk: Desk, heart: Heart) -> None:
    desk.report()
    wait = heart.live.turn()
    said = heart.heard().spec
    assert (said.counter, said.instance, said.at, said.running) == (1, "first", NOW, ())
    assert said.next_due == next_beat("dev", NOW)
    assert wait == (next_beat("dev", NOW) - NOW).total_seconds()
    assert not open_bare(desk.origin.git_dir)[desk.tip(LIVE)].parent_ids


def test_between_beats_nothing_is_pushed_and_then_it_is(desk: Desk, heart: Heart) -> None:
    heart.live.turn()
    first = desk.tip(LIVE)
    desk.clock.now = next_beat("dev", NOW) - timedelta(seconds=1)
    heart.live.turn()
    assert desk.tip(LIVE) == first
    desk.clock.now = next_beat("dev", NOW)
    heart.live.turn()
    assert desk.tip(LIVE) != first
    assert not open_bare(desk.origin.git_dir)[desk.tip(LIVE)].parent_ids


def test_the_next_process_knows_when_the_heart_beat_last(desk: Desk, heart: Heart) -> None:
    heart.live.turn()
    first, asked = desk.tip(LIVE), len(desk.origin.requests)
    later(desk, seconds=1)
    Heart(desk).live.turn()
    assert (desk.tip(LIVE), len(desk.origin.requests)) == (first, asked)


def test_every_environment_beats_at_its_own_time() -> None:
    beats = {name: next_beat(name, NOW) for name in (f"env-{n}" for n in range(100))}
    assert all(NOW < beat <= NOW + BEAT for beat in beats.values())
    assert len(set(beats.values())) > 80
    assert next_beat("dev", next_beat("dev", NOW)) == next_beat("dev", NOW) + BEAT


def test_a_step_that_runs_shows_the_end_of_its_log(desk: Desk, heart: Heart) -> None:
    heart.live.turn()
    run = desk.begin()
    desk.event(run, "one", Event.STARTED)
    desk.logs.line(run.id, "one", "hello\n")
    assert heart.live.turn() <= live_module.SLOWEST
    (said,) = heart.heard().spec.running
    assert (said.run, said.installation, said.step, said.offset, said.size) == (run.id, "shop", "one", 0, 6)
    assert desk.words(f"logs/{run.id}/one.log", LIVE) == b"hello\n"


def test_a_log_that_outgrows_the_tail_says_where_the_tail_begins(
    desk: Desk, heart: Heart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiangong.report.logs.TAIL", 10)
    run = desk.begin()
    desk.event(run, "one", Event.STARTED)
    desk.logs.line(run.id, "one", "0123456789\nabcdefgh\n")
    heart.live.turn()
    (said,) = heart.heard().spec.running
    assert (said.offset, said.size) == (10, 20)
    assert desk.words(f"logs/{run.id}/one.log", LIVE) == b"\nabcdefgh\n"


def test_it_is_pushed_less_often_the_longer_a_run_takes(desk: Desk, heart: Heart) -> None:
    run = desk.begin()
    desk.event(run, "one", Event.STARTED)
    waits = []
    for number in range(8):
        desk.logs.line(run.id, "one", f"{number}\n")
        waits.append(heart.live.turn())
    assert waits[0] == live_module.FASTEST
    assert waits == sorted(waits)
    assert waits[-1] > 1.5 * waits[0]


def test_silence_is_not_pushed_again(desk: Desk, heart: Heart) -> None:
    run = desk.begin()
    desk.event(run, "one", Event.STARTED)
    heart.live.turn()
    first = desk.tip(LIVE)
    heart.live.turn()
    assert desk.tip(LIVE) == first


def test_when_a_run_is_over_nothing_is_shown_as_running(desk: Desk, heart: Heart) -> None:
    run = desk.begin()
    desk.event(run, "one", Event.STARTED)
    heart.live.turn()
    desk.event(run, "one", Event.SUCCEEDED)
    desk.journal.end(run.id, "cancelled", desk.clock())
    heart.live.turn()
    assert heart.heard().spec.running == ()


def test_who_doesnt_speak_doesnt_beat(desk: Desk, heart: Heart) -> None:
    heart.speaks = False
    heart.live.turn()
    assert desk.tip(LIVE) == ""


def test_a_remote_that_is_away_is_asked_less_and_less_often(desk: Desk, heart: Heart) -> None:
    desk.origin.stop()
    assert heart.live.turn() > 0
    assert heart.live.problems[0].code.startswith("git/")
    desk.origin.start()
    assert heart.live.turn() == live_module.SLOWEST
    assert desk.tip(LIVE) == ""


def test_outdated_objects_are_thrown_away(desk: Desk, heart: Heart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MOST_COMMITS", 3)
    run = desk.begin()
    desk.event(run, "one", Event.STARTED)
    for number in range(10):
        desk.logs.line(run.id, "one", f"{number}\n")
        heart.live.turn()
    objects = list((desk.folder / "live" / "objects").glob("??/*"))
    assert len(objects) <= 4 * live_module.OBJECTS_EACH * 2
    assert heart.heard().spec.running[0].size == 20


def test_the_thread_beats_by_itself_and_ends(desk: Desk, heart: Heart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "FIRST_LOOK", 0.0)
    pushed = threading.Event()
    real = heart.live._push_commit

    def push(*words: object) -> None:
        real(*words)
        pushed.set()

    monkeypatch.setattr(heart.live, "_push_commit", push)
    heart.live.start()
    assert pushed.wait(60)
    run = desk.begin()
    desk.event(run, "one", Event.STARTED)
    pushed.clear()
    heart.live.look()
    assert pushed.wait(60)
    assert heart.heard().spec.running[0].step == "one"
    heart.live.stop(30)
    assert not any(thread.name == "live" for thread in threading.enumerate())


def test_a_fault_of_its_own_ends_nothing(desk: Desk, heart: Heart, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()

    def break_down() -> float:
        failed.set()
        raise RuntimeError("a fault")

    monkeypatch.setattr(heart.live, "turn", break_down)
    heart.live.start()
    assert failed.wait(60)
    heart.live.stop(30)
    assert heart.live.problems[0].code == "report/no-beat"
