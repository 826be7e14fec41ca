"""kill -9 in the middle: nothing that was done is done again, nothing is lost, and what can't be known is asked."""

import random
import subprocess

import pytest

from tests.agent.conftest import Host, kill, until


def cut_off(host: Host) -> str:
    """The agent is killed while step two runs; returns the run's id."""
    process = host.start("once")
    assert host.began() == "two"
    said = until(host.said)
    until(lambda: any(log.read_bytes() for log in host.state.glob("runs/*/two.log")))
    kill(process)
    return str(said.installations[0].run.id)


@pytest.fixture
def caught(host: Host) -> str:
    host.publish("1.0.0", host.note("one"), host.hold("two"), host.note("three"))
    run = cut_off(host)
    host.go()
    until(lambda: host.done == ["one", "two"])
    return run


def test_a_step_caught_in_the_middle_is_in_doubt(host: Host, caught: str) -> None:
    ran = host.once()
    assert ran.code == 6
    assert f"tiangong agent resolve {caught} --done" in ran.err
    assert "in-doubt" in ran.said
    again = host.once()
    assert again.code == 6
    assert host.done == ["one", "two"]
    said = host.said()
    assert said is not None
    assert said.installations[0].run.result == "in-doubt"


def test_what_a_person_saw_happen_is_not_done_again(host: Host, caught: str) -> None:
    host.once()
    settled = host.agent("resolve", caught, "--done")
    assert settled.code == 0
    assert caught in settled.out
    assert host.once().code == 0
    assert host.done == ["one", "two", "three"]


def test_what_a_person_wants_again_is_done_again(host: Host, caught: str) -> None:
    host.once()
    assert host.agent("resolve", caught, "--again").code == 0
    process = host.start("once")
    assert host.began() == "two"
    host.go()
    process.communicate(timeout=90)
    assert process.returncode == 0
    assert host.done == ["one", "two", "two", "three"]


def test_resolving_asks_for_a_word_and_for_something_in_doubt(host: Host, caught: str) -> None:
    assert host.agent("resolve", caught).code == 2
    assert host.agent("resolve", caught, "--done", "--again").code == 2
    unknown = host.agent("resolve", "20261125t120000-ffffff", "--done")
    assert (unknown.code, "run/unknown" in unknown.err) == (2, True)
    assert host.agent("resolve", caught, "--done").code == 2
    host.once()
    assert host.agent("resolve", caught, "--done").code == 0
    assert host.agent("resolve", caught, "--done").code == 2


def test_resolving_works_while_the_agent_runs(host: Host, caught: str) -> None:
    host.start("run")
    until(lambda: (said := host.said()) and said.installations[0].run.result == "in-doubt")
    assert host.agent("resolve", caught, "--done").code == 0
    until(lambda: host.done == ["one", "two", "three"])


def test_a_guard_tells_what_happened(host: Host) -> None:
    held = host.hold("two")
    held["with"]["creates"] = str(host.folder / "made")
    held["with"]["script"] += f"touch {host.folder}/made\n"
    host.publish("1.0.0", host.note("one"), held, host.note("three"))
    cut_off(host)
    host.go()
    until((host.folder / "made").exists)
    assert host.once().code == 0
    assert host.done == ["one", "two", "three"]


def test_the_log_of_a_step_that_was_cut_off_is_not_lost(host: Host, caught: str) -> None:
    host.once()
    host.agent("resolve", caught, "--done")
    host.once()
    tree = host.tree()
    assert tree is not None
    entry = tree.entry(f"runs/{caught}/two.log")
    assert entry is not None
    assert tree.read(entry) == b"two began\n"


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_every_step_is_done_once(host: Host, seed: int) -> None:
    names = [f"step{number}" for number in range(8)]
    host.publish("1.0.0", *(host.note(name) for name in names))
    chance = random.Random(seed)
    for _ in range(3):
        process = host.start("once")
        if chance.random() < 0.7:
            until(lambda process=process: host.done or process.poll() is not None)
        try:
            process.wait(chance.random() * 0.3)
        except subprocess.TimeoutExpired:
            kill(process)
    finish(host)
    assert sorted(host.done) == names
    said = host.said()
    assert said is not None
    assert said.installations[0].version == "1.0.0"


def finish(host: Host) -> None:
    """Go on until all is well; a person looks at the host and says what is there."""
    for _ in range(10):
        ran = host.once()
        if ran.code == 0:
            return
        assert ran.code == 6, ran.err
        said = host.said()
        assert said is not None
        run = said.installations[0].run
        assert run is not None
        doubtful = next(name for name, state in run.steps.items() if state == "in-doubt")
        assert host.agent("resolve", run.id, "--done" if doubtful in host.done else "--again").code == 0
    raise AssertionError("it never ended")
