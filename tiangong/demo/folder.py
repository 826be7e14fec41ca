"""Where the demo keeps everything: one folder, its layout, and the processes that were started from it."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tiangong.errors import Failed, Misuse, Place

ENVIRONMENTS = ("dev", "staging", "prod")
MARK = "demo.json"
STOP_WITHIN = 10.0


def default_folder(environ: Mapping[str, str]) -> Path:
    """`${XDG_DATA_HOME:-~/.local/share}/tiangong/demo` (D34)."""
    base = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "tiangong" / "demo"


@dataclass(frozen=True, slots=True)
class Folder:
    """The demo's folder; every path the demo uses is named here."""

    root: Path

    @property
    def origin(self) -> Path:
        """Bare repository, throw-away CA and certificate of the Git server."""
        return self.root / "origin"

    @property
    def control(self) -> Path:
        """Alice's clone of the control repository."""
        return self.root / "control"

    @property
    def app(self) -> Path:
        """The shop's own code, as its developers have it."""
        return self.root / "shop"

    def key(self, person: str) -> Path:
        """A person's private key."""
        return self.root / "keys" / person

    def host(self, environment: str) -> Path:
        """The folder that stands for one host: `agent.yaml`, `state/`, `srv/`, `agent.log`."""
        return self.root / "hosts" / environment

    def settings(self, environment: str) -> Path:
        """The agent's own file."""
        return self.host(environment) / "agent.yaml"

    @property
    def url(self) -> str:
        """Where the origin is served."""
        return f"https://127.0.0.1:{self.ports()['origin']}/control.git"

    @property
    def ca(self) -> Path:
        """The certificate of the origin's throw-away CA."""
        return self.origin / "tls" / "ca.pem"

    @property
    def exists(self) -> bool:
        """Tell whether a demo was built here."""
        return (self.root / MARK).is_file()

    def create(self, ports: Mapping[str, int]) -> None:
        """Make the folder; Misuse when there is something in it that isn't a demo."""
        if self.root.exists() and any(self.root.iterdir()):
            raise Misuse.of("demo/folder-in-use", Place(str(self.root)))
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / MARK).write_text(json.dumps({"ports": dict(ports)}) + "\n")
        for environment in ENVIRONMENTS:
            (self.host(environment) / "srv").mkdir(parents=True)
        self.key("alice").parent.mkdir(mode=0o700)

    def ports(self) -> dict[str, int]:
        """The loopback ports of this demo: `origin` and one per environment."""
        try:
            ports: dict[str, int] = json.loads((self.root / MARK).read_text())["ports"]
        except (OSError, ValueError, KeyError):
            raise Misuse.of("demo/no-demo", Place(str(self.root))) from None
        return ports

    def clean(self) -> None:
        """Stop what runs and remove the folder; only a folder that a demo made."""
        self.ports()
        Processes(self).stop_leftovers()
        shutil.rmtree(self.root)


class Processes:
    """Background processes of the demo; their pids are written down, so that a killed demo leaves none for ever."""

    def __init__(self, folder: Folder) -> None:
        """Take the folder; nothing is started."""
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: dict[str, str] = {}

    def start(self, name: str, arguments: Sequence[str], log: Path) -> None:
        """Start `python -m …` in a session of its own, output to a file."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self._folder.root,
            )
        self._running[name] = process
        self._logs[name] = str(log)
        self._note()

    def check(self) -> None:
        """Raise Failed when a process ended by itself."""
        for name, process in self._running.items():
            if (code := process.poll()) is not None and self.wanted:
                raise Failed.of("demo/process-ended", name=name, code=code, log=self._logs[name])

    @property
    def wanted(self) -> bool:
        """Tell whether nobody else cleaned the demo away, or started it anew, since these were started."""
        return {process.pid for process in self._running.values()} <= set(self._written())

    def stop(self) -> None:
        """Stop all, the last started first."""
        for process in reversed(self._running.values()):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        self.stop_leftovers()

    def stop_leftovers(self) -> None:
        """Stop what a killed demo left running, and the services its agents started."""
        left = {*self._noted(), *_working_below(self._folder.root)}
        (self._folder.root / "pids").unlink(missing_ok=True)
        for pid in left:
            _stop(pid)

    def _note(self) -> None:
        lines = "".join(f"{process.pid}\n" for process in self._running.values())
        (self._folder.root / "pids").write_text(lines)

    def _noted(self) -> list[int]:
        return [pid for pid in self._written() if _is_ours(pid, self._folder.root)]

    def _written(self) -> list[int]:
        try:
            return [int(line) for line in (self._folder.root / "pids").read_text().split()]
        except (OSError, ValueError):
            return []


def free_port() -> int:
    """A loopback port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _working_below(root: Path) -> list[int]:
    """Pids of processes whose working folder lies in the demo: the shop's servers (Linux; elsewhere none)."""
    pids = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return [pid for pid in pids if pid != os.getpid() and _is_ours(pid, root)]


def _is_ours(pid: int, root: Path) -> bool:
    try:
        folder = str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return False
    return Path(folder.removesuffix(" (deleted)")).is_relative_to(root)


def _stop(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGTERM)
        for _ in range(50):
            time.sleep(0.02)
            os.kill(pid, 0)
        os.kill(pid, signal.SIGKILL)
