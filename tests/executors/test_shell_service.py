"""Small services: detached, found again by another agent process, replaced when the step says otherwise (D21)."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.executors.conftest import Hand, MakeHand
from tests.executors.test_shell import alive, gone
from tiangong.errors import Failed
from tiangong.executors.shell import Shell
from tiangong.executors.shell.service import started_at
from tiangong.model.stages import Found, Health

STEP = {"service": "web", "run": ["sh", "-c", "echo serving; exec sleep 300"]}


@pytest.fixture
def me(hand: MakeHand) -> Iterator[Hand]:
    mine = hand(Shell(Shell.Config.model_validate({"grace": "1s"})))
    yield mine
    mine.undo(**STEP)


def record(me: Hand) -> dict[str, object]:
    found: dict[str, object] = json.loads((me.state / "installations/one/services/web.json").read_text())
    return found


def pid(me: Hand) -> int:
    number = record(me)["pid"]
    assert isinstance(number, int)
    return number


def again(me: Hand) -> Hand:
    """The same host, seen by an agent that was just started."""
    return Hand(Shell(Shell.Config()), me.state, envelopes=me.envelopes)


def test_it_outlives_the_agent_and_is_found_again(me: Hand) -> None:
    assert me.probe(**STEP).found is Found.MISSING
    me.apply(**STEP)
    other = again(me)
    assert other.probe(**STEP).found is Found.IN_PLACE
    assert other.executor.health(other.job(**STEP)) is Health.HEALTHY
    assert os.getsid(pid(me)) == pid(me)
    other.undo(**STEP)
    assert me.probe(**STEP).found is Found.MISSING


def test_applying_again_starts_it_anew(me: Hand) -> None:
    me.apply(**STEP)
    first = pid(me)
    me.apply(**STEP)
    assert gone(first)
    assert alive(pid(me))


def test_another_command_is_drift(me: Hand) -> None:
    me.apply(**STEP)
    for other in ({"env": {"A": "b"}}, {"cwd": "/tmp"}, {"umask": "077"}, {"run": ["sleep", "300"]}):
        finding = me.probe(**{**STEP, **other})
        assert finding.found is Found.DRIFTED
        assert finding.detail


def test_dead_is_missing(me: Hand) -> None:
    me.apply(**STEP)
    os.kill(pid(me), signal.SIGKILL)
    assert gone(pid(me))
    assert me.probe(**STEP).found is Found.MISSING
    assert me.executor.health(me.job(**STEP)) is Health.DEGRADED


def test_a_number_that_belongs_to_somebody_else_now(me: Hand) -> None:
    """The process number was given away again, or the host was started anew."""
    me.apply(**STEP)
    real = pid(me)
    path = me.state / "installations/one/services/web.json"
    for change in ({"started": 1}, {"boot": "another"}):
        saved = record(me)
        path.write_text(json.dumps({**saved, **change, "pid": os.getpid()}))
        assert me.probe(**STEP).found is Found.MISSING
        path.write_text(json.dumps(saved))
    assert alive(real)
    assert me.probe(**STEP).found is Found.IN_PLACE


def test_a_crash_between_start_and_record(me: Hand) -> None:
    """The mark in its environment finds what the record doesn't name yet."""
    me.apply(**STEP)
    lost = pid(me)
    path = me.state / "installations/one/services/web.json"
    path.write_text(json.dumps({"mark": record(me)["mark"], "command": record(me)["command"]}))
    assert me.probe(**STEP).found is Found.MISSING
    me.apply(**STEP)
    assert gone(lost)
    assert alive(pid(me))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"mark": 1, "command": 2, "more": 3}'])
def test_a_damaged_record(me: Hand, content: str) -> None:
    folder = me.state / "installations/one/services"
    folder.mkdir(parents=True)
    (folder / "web.json").write_text(content)
    assert me.probe(**STEP).found is Found.MISSING
    me.apply(**STEP)
    assert me.probe(**STEP).found is Found.IN_PLACE


def test_one_that_ends_at_once_fails_with_its_last_words(me: Hand) -> None:
    error = me.failure(service="web", run=["sh", "-c", "echo cannot bind port >&2; exit 1"])
    assert isinstance(error, Failed)
    assert error.problems[0].code == "shell/service-ended"
    assert error.problems[0].facts["output"] == "cannot bind port"


def test_its_output_goes_to_a_file_that_may_be_cut_off(me: Hand) -> None:
    me.apply(service="web", run=["sh", "-c", "while true; do echo serving; sleep 0.02; done"])
    output = me.state / "installations/one/services/web.log"
    while output.stat().st_size < 100:
        time.sleep(0.01)
    os.truncate(output, 0)
    while output.stat().st_size == 0:
        time.sleep(0.01)
    assert output.read_bytes().startswith(b"serving\n"), "no hole where the file was cut off"
    assert str(output) in me.log


def test_cancelled_while_it_starts_leaves_nothing(me: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiangong.executors.shell.service.SETTLE", 30.0)
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    assert me.code(cancel=cancel, **STEP) == "step/cancelled"
    assert not (me.state / "installations/one/services/web.json").exists()


def test_who_ignores_being_told_is_killed_with_its_children(me: Hand, tmp_path: Path) -> None:
    script = f"trap '' TERM; sleep 300 & echo $! > {tmp_path}/child; while true; do sleep 0.1; done"
    me.apply(service="web", run=["sh", "-c", script])
    leader, child = pid(me), int((tmp_path / "child").read_text())
    me.undo(**STEP)
    assert gone(leader)
    assert gone(child)
    assert started_at(leader) is None
