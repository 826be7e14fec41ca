"""A real agent uninstalls files and a service, and ends when its environment is retired (D5)."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.agent.conftest import WITHIN, Host, Ran, until
from tiangong.executors.shell.service import started_at

SHOP = "environments/dev/installations/shop.yaml"
ENVIRONMENT = "environments/dev/environment.yaml"


@pytest.fixture
def home(host: Host) -> Iterator[Path]:
    """A folder of the host that something stands in already; no service outlives the test."""
    home = host.folder / "home"
    (home / "etc").mkdir(parents=True)
    (home / "etc/motd").write_text("the host's own\n")
    envelope: dict[str, Any] = {"shell": {"commands": ["sh", "sleep"]}, "paths": [f"{home}/**"]}
    host.world.edit(ENVIRONMENT, spec__envelope=envelope)
    yield home
    if pid := service(host):
        os.kill(pid, signal.SIGKILL)


def release(host: Host, home: Path, version: str, **spec: Any) -> None:
    steps = [
        {"name": "files", "executor": "file", "with": {"place": "app", "to": f"{home}/releases/{version}", "keep": 2}},
        {"name": "motd", "executor": "file", "with": {"place": "motd", "to": f"{home}/etc/motd"}},
        {
            "name": "current",
            "executor": "file",
            "with": {"link": f"{home}/current", "to": f"{home}/releases/{version}"},
        },
        {
            "name": "run",
            "executor": "shell",
            "with": {"run": ["sleep", "300"], "service": "shop", "env": {"VERSION": version}},
        },
    ]
    payload = {"app/server.py": version.encode(), "motd": version.encode()}
    host.world.release("shop", version, steps=steps, payload=payload, health=["run"], **spec)
    host.push()


def service(host: Host) -> int:
    """The process of the service, if it runs."""
    record = host.state / "installations/shop/services/shop.json"
    pid = int(json.loads(record.read_text())["pid"]) if record.exists() else 0
    return pid if pid and started_at(pid) else 0


def absent(host: Host, state: str = "absent") -> Ran:
    host.world.edit(SHOP, spec__state=state)
    host.push()
    return host.once()


def test_files_and_a_service_come_and_go_and_come_again(host: Host, home: Path) -> None:
    for version in ("1.0.0", "1.1.0"):
        release(host, home, version)
        assert host.once().code == 0
    assert (home / "current/server.py").read_text() == "1.1.0"
    pid = service(host)
    assert pid

    ran = absent(host)
    assert (ran.code, ran.out) == (0, "shop: absent, as asked for\n"), ran.said
    assert "shop: uninstall 1.1.0 begins" in ran.err
    assert (started_at(pid), service(host)) == (None, 0)
    assert sorted(str(path.relative_to(home)) for path in home.rglob("*")) == ["etc", "etc/motd"]
    assert (home / "etc/motd").read_text() == "the host's own\n"
    assert host.once().err == ""

    ran = absent(host, "present")
    assert (ran.code, "shop: install 1.1.0 begins" in ran.err) == (0, True), ran.said
    assert (home / "etc/motd").read_text() == "1.1.0"
    assert service(host)
    assert absent(host).code == 0
    assert service(host) == 0


def test_the_plan_can_be_made_again_from_git(host: Host, home: Path) -> None:
    """Also after an upgrade, when journal and status have the steps in different orders (D14)."""
    for version in ("1.0.0", "1.1.0"):
        release(host, home, version)
        host.once()
    until_then = (host.world.now + timedelta(days=1)).isoformat()
    spec = {"environments": ["dev"], "until": until_then, "reason": "not now"}
    host.world.put({"kind": "Suppression", "metadata": {"name": "freeze"}, "spec": spec})
    ran = absent(host)
    assert "shop: 1.1.0 held: " in ran.out
    assert service(host)
    said = host.said()
    assert said
    clone = host.folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(host.origin.git_dir), str(clone)], check=True)
    answer = json.loads(host.tg("-C", str(clone), "plan", "dev", "-o", "json").out)
    (verdict,) = answer["verdicts"]
    assert [step["name"] for step in verdict["change"]["undo"]] == ["run", "current", "motd", "files"]
    assert (verdict["change"]["kind"], verdict["target"]) == ("uninstall", None)
    assert answer["digest"] == said.plan


def test_it_is_said_and_signed(host: Host, home: Path) -> None:
    release(host, home, "1.0.0")
    host.once()
    absent(host)
    said, tree = host.said(), host.tree()
    assert said
    assert tree
    (one,) = said.installations
    assert (one.state, one.version, one.release, one.done_steps) == ("absent", None, None, {})
    assert (one.verdict, one.target) == ("up-to-date", None)
    assert one.run
    assert (one.run.kind, one.run.result) == ("uninstall", "succeeded")
    assert one.run.steps == dict.fromkeys(("undo run", "undo current", "undo motd", "undo files"), "undone")
    receipt = tree.entry(f"runs/{one.run.id}/receipt.yaml")
    assert receipt
    assert b"kind: uninstall" in tree.read(receipt)


def test_an_agent_that_lost_its_memory_knows_that_it_is_gone(host: Host) -> None:
    host.publish("1.0.0", host.note("one"), {**host.note("seed"), "once": True}, uninstall=[host.note("gone")])
    host.once()
    absent(host)
    for path in host.state.glob("journal.db*"):
        path.unlink()
    assert host.once().out == "shop: absent, as asked for\n"
    assert host.done == ["one", "seed", "gone"]
    assert absent(host, "present").code == 0
    assert host.done == ["one", "seed", "gone", "one", "seed"]


def test_a_release_says_itself_how_it_goes(host: Host) -> None:
    last = [host.note("drain"), host.note("gone")]
    host.publish("1.0.0", host.note("one"), uninstall=last)
    host.once()
    ran = absent(host)
    assert (ran.code, ran.out) == (0, "shop: absent, as asked for\n"), ran.said
    assert host.done == ["one", "drain", "gone"]


def test_what_fails_is_tried_again_from_there_and_said(host: Host) -> None:
    fails = {"name": "gone", "executor": "shell", "with": {"script": f"test -e {host.folder}/may\n"}}
    host.publish("1.0.0", host.note("one"), uninstall=[host.note("drain"), fails])
    host.once()
    ran = absent(host)
    assert ran.code == 1
    assert "failed here (run" in ran.out
    said = host.said()
    assert said is not None
    assert (said.installations[0].version, said.installations[0].state) == ("1.0.0", "absent")
    assert host.done == ["one", "drain"]


def test_wished_again_in_the_middle_it_stops_before_the_next_step(host: Host) -> None:
    host.publish("1.0.0", host.note("one"), uninstall=[host.hold("drain"), host.note("gone")])
    host.once()
    host.world.edit(SHOP, spec__state="absent")
    host.push()
    process = host.start("run")
    assert host.began() == "drain"
    host.world.edit(SHOP, spec__state="present")
    revision = host.push()
    until(lambda: (said := host.said()) and said.revision == revision)
    host.go()
    until(lambda: host.done == ["one", "drain", "one"])
    process.terminate()
    process.wait(WITHIN)


def test_a_retired_environment_is_told_and_left(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    process = host.start("run")
    until(lambda: host.done == ["one"])
    host.world.edit(ENVIRONMENT, spec__state="retired")
    host.push()
    assert process.wait(WITHIN) == 0
    _, err = process.communicate(timeout=WITHIN)
    assert "dev is retired" in err
    said = host.said()
    assert said is not None
    assert said.state == "retired"
    assert [hold.code for hold in said.holds] == ["trust/retired"]
    assert said.installations[0].version == "1.0.0"

    host.publish("1.1.0", host.note("two"))
    ran = host.once()
    assert (ran.code, "dev is retired" in ran.err, host.done) == (0, True, ["one"])

    host.world.edit(ENVIRONMENT, spec__state="active")
    host.push()
    assert host.once().code == 0
    assert host.done == ["one", "two"]
    said = host.said()
    assert said is not None
    assert said.state == "active"


def test_what_runs_ends_before_the_last_word(host: Host) -> None:
    host.publish("1.0.0", host.hold("one"), host.note("two"))
    process = host.start("run")
    assert host.began() == "one"
    host.world.edit(ENVIRONMENT, spec__state="retired")
    revision = host.push()
    until(lambda: (said := host.said()) and said.revision == revision)
    said = host.said()
    assert said is not None
    assert said.state == "active"
    assert process.poll() is None
    host.go()
    assert process.wait(WITHIN) == 0
    assert host.done == ["one"]
    said = host.said()
    assert said is not None
    assert said.state == "retired"


def test_its_last_word_has_to_reach_the_remote(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    host.once()
    host.world.edit(ENVIRONMENT, spec__state="retired")
    host.push()
    refuse = host.origin.git_dir / "hooks" / "update"
    refuse.write_text('#!/bin/sh\ncase "$1" in refs/heads/status/*) echo asked >> "$GIT_DIR/asked"; exit 1;; esac\n')
    refuse.chmod(0o755)
    process = host.start("run")
    asked = host.origin.git_dir / "asked"
    until(lambda: asked.exists() and asked.read_text().count("asked") > 1)
    assert process.poll() is None
    refuse.unlink()
    assert process.wait(WITHIN) == 0
    said = host.said()
    assert said
    assert said.state == "retired"
