"""A real agent at work, and somebody with a clone who follows it: nothing between them but Git over TLS."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.agent.conftest import WITHIN, Host, until
from tests.person import Person
from tiangong.testing.origin import Origin
from tiangong.testing.simulator import World
from tiangong.testing.voice import Forge


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of what git is told on this machine."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "SSH_", "TIANGONG_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    world = World.small()
    world.now = datetime.now(UTC)
    world.set_policy(expires=(world.now + timedelta(days=365)).isoformat())
    world.edit("environments/dev/environment.yaml", spec__envelope={"shell": {"commands": ["sh"]}})
    with Origin(tmp_path / "origin") as origin:
        host = Host(tmp_path / "host", origin, world)
        host.folder.mkdir()
        host.join()
        host.accept()
        yield host
        host.end()


@pytest.fixture
def clone(host: Host, tmp_path: Path) -> Path:
    forge = Forge(host.origin.git_dir, host.world, host.world.now)
    return forge.clone(tmp_path / "clone", "-c", f"http.sslCAInfo={host.origin.ca}", url=host.origin.url)


@pytest.fixture
def reader(tmp_path: Path) -> Person:
    return Person(tmp_path / "reader", "rita", key=False)


def follow(reader: Person, clone: Path, *words: str) -> "subprocess.Popen[str]":
    line = [sys.executable, "-m", "tiangong", "logs", *words, "-f", "--exit-code"]
    return subprocess.Popen(
        line, cwd=clone, env=reader.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_running_step_is_followed_from_another_clone(host: Host, clone: Path, reader: Person) -> None:
    host.publish("1.0.0", host.hold("first"), host.note("second"))
    host.start("run")
    assert host.began() == "first"
    until(lambda: (beat := host.heard()) and beat.spec.running)

    with follow(reader, clone, "dev/shop") as logs:
        assert logs.stdout is not None
        assert logs.stdout.readline() == "first | first began\n"
        assert "running" in reader.run("status", "dev", cwd=clone).out
        host.go()
        out, err = logs.communicate(timeout=WITHIN)
    assert (logs.returncode, out) == (0, "second | second says hello\n")
    assert err.splitlines()[-1].endswith(": succeeded.")

    status = reader.run("status", "dev", "-o", "json", cwd=clone)
    assert status.code == 0
    (shop,) = json.loads(status.out)["status"]["spec"]["installations"]
    assert (shop["version"], shop["verdict"]) == ("1.0.0", "up-to-date")
    assert "up to date; 1.0.0 is the newest on RELEASE" in reader.run("why", "dev", cwd=clone).out
    assert "shop: up to date (1.0.0)" in reader.run("plan", "dev", cwd=clone).out
    assert "shop: up to date (1.0.0)" in host.tg("plan", "--settings", str(host.file)).out


def test_a_step_that_fails_is_seen_to_fail(host: Host, clone: Path, reader: Person) -> None:
    failing = {"name": "break", "executor": "shell", "with": {"script": "echo no luck; exit 3"}}
    host.publish("1.0.0", host.hold("first"), failing)
    host.start("run")
    host.began()
    until(lambda: (beat := host.heard()) and beat.spec.running)
    with follow(reader, clone, "dev") as logs:
        assert logs.stdout is not None
        assert logs.stdout.readline() == "first | first began\n"
        host.go()
        out, err = logs.communicate(timeout=WITHIN)
    assert logs.returncode == 1
    assert "break | no luck\n" in out
    assert err.splitlines()[-1].endswith(": failed.")
    why = reader.run("why", "dev/shop", cwd=clone)
    assert why.code == 0
    assert "dev/shop: " in why.out
