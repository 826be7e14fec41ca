"""`tiangong agent run` as a process: it goes on observing while steps run, and shows them as they run."""

import signal

from tests.agent.conftest import Host, until
from tiangong.testing.simulator import World


def test_a_suppression_seen_while_a_step_runs_stops_the_next_one(host: Host) -> None:
    host.publish("1.0.0", host.hold("one"), host.note("two"))
    process = host.start("run")
    assert host.began() == "one"
    host.world.suppress("inc-1", environments=["dev"])
    seen = host.push()
    until(lambda: (said := host.said()) and said.revision == seen)
    host.go()
    said = until(lambda: (s := host.said()) and s.installations[0].run.result == "cancelled" and s)
    assert said.installations[0].run.steps == {"one": "done", "two": "pending"}
    assert host.done == ["one"]
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=90)
    assert process.returncode == 0
    assert "suppressed by inc-1" in err


def test_what_runs_is_shown_on_the_live_ref(host: Host) -> None:
    host.publish("1.0.0", host.hold("one"))
    host.start("run")
    assert host.began() == "one"
    heartbeat = until(lambda: (h := host.heard()) and h.spec.running and h.spec.running[0].size and h)
    (step,) = heartbeat.spec.running
    tree = host.tree("refs/heads/live/dev")
    assert tree is not None
    entry = tree.entry(f"logs/{step.run}/one.log")
    assert entry is not None
    assert tree.read(entry) == b"one began\n"
    host.go()
    until(lambda: (h := host.heard()) and not h.spec.running)


def test_the_log_says_what_changes_and_nothing_else(host: Host, world: World) -> None:
    host.publish("1.0.0", host.note("one"))
    process = host.start("run")
    until(lambda: host.done == ["one"])
    until(lambda: (said := host.said()) and said.installations[0].verdict == "up-to-date")
    asked = len(host.origin.requests)
    until(lambda: len(host.origin.requests) > asked + 6)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=90)
    lines = [line.partition(" ")[2] for line in err.splitlines()]
    assert lines[0] == "agent of dev started"
    assert lines[-1] == "agent of dev stopped"
    assert len([line for line in lines if "up-to-date (Healthy)" in line]) == 1
    assert len(lines) <= 9, err


def test_a_remote_that_goes_away_and_comes_back_is_said_once(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    process = host.start("run")
    until(lambda: (said := host.said()) and said.installations[0].verdict == "up-to-date")
    host.origin.stop()
    host.origin.faults = type(host.origin.faults)(status=503)
    host.origin.start()
    asked = len(host.origin.requests)
    until(lambda: len(host.origin.requests) > asked + 3)
    host.origin.faults = type(host.origin.faults)()
    host.publish("1.1.0", host.note("two"))
    until(lambda: host.done == ["one", "two"])
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=90)
    assert err.count("no longer: ") == 1
    assert err.count("[git/") == 1


def test_told_to_stop_in_the_middle_it_says_what_came_of_it(host: Host) -> None:
    held = host.hold("one")
    held["with"]["creates"] = str(host.folder / "made")
    host.publish("1.0.0", held)
    process = host.start("run")
    assert host.began() == "one"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=90)
    assert process.returncode == 0
    said = host.said()
    assert said is not None
    assert said.installations[0].run.result == "cancelled"


def test_interrupted_once_ends_with_the_signal(host: Host) -> None:
    held = host.hold("one")
    held["with"]["creates"] = str(host.folder / "made")
    host.publish("1.0.0", held)
    process = host.start("once")
    assert host.began() == "one"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=90)
    assert process.returncode == 130
