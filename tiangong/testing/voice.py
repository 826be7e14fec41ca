"""The agent of one environment as others hear it: its words, really signed, on its own refs in a bare repository.

For tests of whatever reads the fleet. Nothing runs behind it, so that it can say what no honest agent would.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tiangong.documents.digest import sha512
from tiangong.documents.dump import dump
from tiangong.model.document import API_VERSION
from tiangong.model.status import (
    HEARTBEAT_FILE,
    LIVE_REF,
    NAMESPACE,
    SIGNATURE_SUFFIX,
    STATUS_FILE,
    STATUS_REF,
)
from tiangong.testing.memory import open_bare
from tiangong.testing.simulator import REPO, Keyholder, World

DIGEST = f"sha512:{'0' * 128}"
AGENT = "0.1.0"
Value = Any


@dataclass(slots=True)
class Voice:
    """One agent's two refs. `counter` and `previous` go on by themselves; set them to lie."""

    bare: Path
    environment: str
    key: Keyholder
    now: datetime
    repo: str = REPO
    revision: str = "0" * 40
    counter: int = 0
    previous: str | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    """what stands on the status ref besides the status: receipts and logs"""

    def say(self, *installations: Mapping[str, Value], rewrite: bool = False, **spec: Value) -> str:
        """Push a status; `rewrite`: without what was said before. Returns the commit."""
        self.counter += 1
        raw = self.document("Status", self.environment, self.status(*installations, **spec))
        self.previous = sha512(raw)
        return self.push_status({STATUS_FILE: raw, **self.signature(STATUS_FILE, raw)}, rewrite=rewrite)

    def status(self, *installations: Mapping[str, Value], **spec: Value) -> dict[str, Value]:
        """The spec of a status as this agent would write it now."""
        whole: dict[str, Value] = {"counter": self.counter, "previous": self.previous, "repo": self.repo}
        whole |= {"instance": f"of-{self.environment}", "agent": AGENT, "revision": self.revision}
        whole |= {"at": self.now.isoformat()}
        whole |= {"rootVersion": 1, "level": "signatures", "plan": DIGEST, "installations": list(installations)}
        return {**whole, **spec}

    def beat(self, *running: Mapping[str, Value], logs: Mapping[str, bytes] | None = None, **spec: Value) -> str:
        """Replace the live ref: alive, what runs, and the tails of its logs by `<run>/<step>`."""
        whole = {"counter": self.counter, "instance": f"of-{self.environment}", "at": self.now.isoformat()}
        whole |= {"agent": AGENT, "revision": self.revision, "running": list(running)}
        raw = self.document("Heartbeat", self.environment, {**whole, **spec})
        tails = {f"logs/{name}.log": tail for name, tail in (logs or {}).items()}
        return self.push_live({HEARTBEAT_FILE: raw, **self.signature(HEARTBEAT_FILE, raw), **tails})

    def ran(self, run: str, logs: Mapping[str, bytes], **spec: Value) -> None:
        """Keep a receipt and its logs for the next status; `logs` by step."""
        steps = [
            {"name": name, "executor": "shell", "digest": DIGEST, "state": "done", "log": sha512(log)}
            for name, log in logs.items()
        ]
        ended = self.now
        whole = {"installation": "shop", "product": "shop", "version": "1.0.0", "release": DIGEST, "plan": DIGEST}
        whole |= {"kind": "install", "result": "succeeded", "started": (ended - timedelta(seconds=30)).isoformat()}
        raw = self.document("Receipt", run, {**whole, "ended": ended.isoformat(), "steps": steps, **spec})
        path = f"runs/{run}/receipt.yaml"
        self.files |= {path: raw, **self.signature(path, raw)}
        self.files |= {f"runs/{run}/{name}.log": log for name, log in logs.items()}

    def document(self, kind: str, name: str, spec: Mapping[str, Value]) -> bytes:
        """Bytes of a document."""
        return dump({"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": dict(spec)})

    def signature(self, path: str, raw: bytes) -> dict[str, bytes]:
        """The sidecar of a file."""
        return {path + SIGNATURE_SUFFIX: self.key.sign(raw, NAMESPACE)}

    def push_status(self, files: Mapping[str, bytes], *, rewrite: bool = False) -> str:
        """Put any files on the status ref, on top of what is there."""
        return self._push(STATUS_REF, {**self.files, **files}, parent=not rewrite)

    def push_live(self, files: Mapping[str, bytes]) -> str:
        """Put any files on the live ref, which has no past."""
        return self._push(LIVE_REF, files, parent=False)

    def move_status(self, commit: str) -> None:
        """Make the status ref point at another commit, as a forced push would."""
        self._move(STATUS_REF.format(environment=self.environment), commit)

    def _push(self, template: str, files: Mapping[str, bytes], *, parent: bool) -> str:
        from tiangong.git.objects import write_commit

        repository = open_bare(self.bare)
        ref = template.format(environment=self.environment)
        tip = str(repository.references[ref].target) if parent and ref in repository.references else ""
        commit = write_commit(
            repository,
            files,
            parents=[tip] if tip else [],
            base=tip,
            message=f"{self.environment}",
            when=self.now,
            author=f"agent of {self.environment}",
        )
        self._move(ref, commit)
        return commit

    def _move(self, ref: str, commit: str) -> None:
        open_bare(self.bare).references.create(ref, commit, force=True)


@dataclass(slots=True)
class Forge:
    """A bare repository that people and agents have pushed to. `now`: the time at which everything was said."""

    bare: Path
    world: World
    now: datetime
    commit: str = ""

    @classmethod
    def small(cls, bare: Path, now: datetime) -> "Forge":
        """A small world with one release, pushed; its policy is good for a year from now."""
        world = World.small()
        world.now = now
        world.set_policy(expires=(now + timedelta(days=365)).isoformat())
        world.release("shop", "1.0.0")
        return cls(bare, world, now).push()

    def push(self, branch: str = "main") -> "Forge":
        """Push the world as it is."""
        commit = self.world.commit_to(self.bare, branch)
        self.commit = commit if branch == "main" else self.commit
        return self

    def voice(self, environment: str = "dev", key: Keyholder | None = None, ago: timedelta = timedelta(0)) -> Voice:
        """The agent of an environment, or somebody who speaks in its place."""
        signer = key or self.world.agent(environment)
        return Voice(self.bare, environment, signer, self.now - ago, self.world.repo, self.commit)

    def clone(self, folder: Path, *options: str, url: str = "") -> Path:
        """Clone it with git; `options` such as `-c http.sslCAInfo=…` stay in the clone's configuration."""
        words = ["git", "clone", "--quiet", *options, url or str(self.bare), str(folder)]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(words, check=False, capture_output=True, text=True, env=environ)
        assert done.returncode == 0, done.stderr
        return folder


def installation(name: str = "shop", **spec: Value) -> dict[str, Value]:
    """One installation of a status: 1.0.0, healthy, up to date."""
    whole = {"name": name, "product": name, "channel": "release", "version": "1.0.0", "release": DIGEST}
    return {**whole, "health": "Healthy", "verdict": "up-to-date", "target": "1.0.0", **spec}


def reason(constraint: str, code: str, earliest: datetime | None = None, **facts: Value) -> dict[str, Value]:
    """One reason of a verdict."""
    whole: dict[str, Value] = {"constraint": constraint, "code": code, "facts": facts}
    return whole | ({"earliest": earliest.isoformat()} if earliest else {})
