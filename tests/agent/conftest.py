"""A host with one agent: joined for real, run as a process, before a real remote over TLS."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tiangong.documents.digest import sha512
from tiangong.git.objects import GitTree
from tiangong.host.join import Wanted, join
from tiangong.model.status import Heartbeat, StatusSpec
from tiangong.report.told import Keys, keys_of, read_heartbeat, read_status
from tiangong.settings import AgentSettings, read_settings
from tiangong.testing.memory import open_bare
from tiangong.testing.origin import Origin
from tiangong.testing.simulator import World
from tiangong.trust.keys import parse_public
from tiangong.trust.roots import root_path
from tiangong.trust.tokens import Token, write_token

WITHIN = 90.0
STATUS, LIVE = "refs/heads/status/dev", "refs/heads/live/dev"
ROOT = 1


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass
class Host:
    folder: Path
    origin: Origin
    world: World
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    # ── the host ─────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def file(self) -> Path:
        return self.folder / "agent.yaml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def settings(self) -> AgentSettings:
        return read_settings(self.file)

    def token(self, **other: Any) -> str:
        facts = {
            "url": self.origin.url,
            "repo": self.world.repo,
            "root_version": ROOT,
            "root_digest": sha512(self.world.files[root_path(ROOT)]),
            "environment": "dev",
            "level": "signatures",
            "expires": self.world.now + timedelta(days=1),
        }
        return write_token(Token.model_construct(**(facts | other), known_hosts=""))

    def join(self) -> None:
        wanted = Wanted(self.token(), self.file, self.state, ca=self.origin.ca, plugins=("shell",), every="1s")
        join(wanted, self.world.now)

    def accept(self) -> None:
        line = " ".join((self.state / "key.pub").read_text().split()[:2])
        spec = {"keys": [{"key": line}]}
        self.world.put({"kind": "Agent", "metadata": {"name": "dev"}, "spec": spec})
        self.push()

    def push(self, **options: Any) -> str:
        return self.world.commit_to(self.origin.git_dir, **options)

    def publish(self, version: str, *steps: Mapping[str, Any], **spec: Any) -> None:
        self.world.release("shop", version, steps=steps, payload={}, **spec)
        self.push()

    # ── commands ─────────────────────────────────────────────────────────────────────────────────────────────
    def tg(self, *words: str, **options: Any) -> Ran:
        ended = subprocess.run(
            [sys.executable, "-m", "tiangong", *words],
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            **options,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    def agent(self, *words: str, **options: Any) -> Ran:
        return self.tg("agent", *words, "--settings", str(self.file), **options)

    def once(self, *words: str, **options: Any) -> Ran:
        return self.agent("once", *words, **options)

    def start(self, verb: str) -> "subprocess.Popen[str]":
        words = [sys.executable, "-m", "tiangong", "agent", verb, "--settings", str(self.file)]
        process = subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=self.folder,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def end(self) -> None:
        """Show what the agents said: pytest prints it when a test fails."""
        for process in self.running:
            if process.poll() is None:
                process.kill()
            print(*process.communicate(timeout=WITHIN))

    # ── the remote ───────────────────────────────────────────────────────────────────────────────────────────
    @property
    def keys(self) -> Keys:
        return keys_of(parse_public((self.state / "key.pub").read_text()).blob, None, datetime.now(UTC))

    def tree(self, ref: str = STATUS) -> GitTree | None:
        bare = open_bare(self.origin.git_dir)
        return GitTree(bare, str(bare.references[ref].target)) if ref in bare.references else None

    def said(self) -> StatusSpec | None:
        tree = self.tree()
        return read_status(tree, tree.commit, "dev", self.keys).spec if tree else None

    def heard(self) -> Heartbeat | None:
        tree = self.tree(LIVE)
        return read_heartbeat(tree, "dev", self.keys) if tree else None

    def counters(self) -> list[int]:
        bare = open_bare(self.origin.git_dir)
        here, found = str(bare.references[STATUS].target), []
        while here:
            found.append(read_status(GitTree(bare, here), here, "dev", self.keys).spec.counter)
            parents = bare[here].parent_ids
            here = str(parents[0]) if parents else ""
        return found[::-1]

    # ── what steps leave behind ──────────────────────────────────────────────────────────────────────────────
    @property
    def done(self) -> list[str]:
        path = self.folder / "done"
        return path.read_text().split() if path.exists() else []

    def note(self, name: str, **spec: Any) -> dict[str, Any]:
        """A step that notes that it was done."""
        script = f"echo {name} says hello; echo {name} >> {self.folder}/done"
        return {"name": name, "executor": "shell", "with": {"script": script, **spec}}

    def hold(self, name: str) -> dict[str, Any]:
        """A step that says when it has begun and waits for leave to go on."""
        for pipe in ("began", "go"):
            if not (self.folder / pipe).exists():
                os.mkfifo(self.folder / pipe)
        script = f"echo {name} began\necho {name} > {self.folder}/began\nread word < {self.folder}/go\n"
        return {"name": name, "executor": "shell", "with": {"script": script + f"echo {name} >> {self.folder}/done\n"}}

    def began(self) -> str:
        return (self.folder / "began").read_text().strip()

    def go(self) -> None:
        (self.folder / "go").write_text("go\n")


def until(condition: Callable[[], Any], within: float = WITHIN) -> Any:
    end = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)
    return found


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    with Origin(tmp_path / "origin") as origin:
        yield origin


@pytest.fixture
def world() -> World:
    return young_world()


def young_world() -> World:
    world = World.small()
    world.now = datetime.now(UTC)
    world.edit("environments/dev/environment.yaml", spec__envelope={"shell": {"commands": ["sh", "touch"]}})
    return world


@pytest.fixture
def host(tmp_path: Path, origin: Origin, world: World) -> Iterator[Host]:
    with joined(tmp_path / "host", origin, world) as host:
        yield host


@contextmanager
def joined(folder: Path, origin: Origin, world: World) -> Iterator[Host]:
    host = Host(folder, origin, world)
    host.folder.mkdir()
    host.join()
    host.accept()
    yield host
    host.end()


def kill(process: "subprocess.Popen[str]") -> None:
    """As the kernel does it, or the power."""
    process.send_signal(signal.SIGKILL)
    process.wait(WITHIN)


__all__ = ["LIVE", "STATUS", "WITHIN", "Host", "Ran", "joined", "kill", "until", "young_world"]
