"""A small service: detached, found again by pid and start time, also by an agent that was restarted (D21)."""

import json
import os
import secrets
import subprocess
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tiangong.documents.digest import digest_of
from tiangong.errors import Failed
from tiangong.executors.limits import Limits
from tiangong.executors.shell.child import Command
from tiangong.executors.shell.follow import marked, stop_group
from tiangong.messages import text
from tiangong.model.stages import Finding, Found, Health

SETTLE = 0.4
"""seconds a new service is watched, so that one that can't start fails its own step"""
SHOWN = 4096
LARGEST_RECORD = 65_536


@dataclass(frozen=True, slots=True)
class _Record:
    """What is written down of a service. `pid` 0: about to be started; then its mark finds it."""

    mark: str
    command: str
    pid: int = 0
    started: int = 0
    boot: str = ""

    @property
    def alive(self) -> bool:
        """Whether the process it names runs, and is the one that was started."""
        return self.pid > 0 and self.boot == _boot() and started_at(self.pid) == self.started


class Service:
    """One named service of one installation; its record and its output stand in `folder`."""

    def __init__(self, folder: Path, name: str, command: Command, grace: float) -> None:
        """Touch nothing yet."""
        self._folder, self._name, self._command, self._grace = folder, name, command, grace
        self._path = folder / f"{name}.json"
        self._output = folder / f"{name}.log"
        self._digest = digest_of(
            [list(command.words), command.cwd, dict(command.env), command.account.name, command.umask]
        )

    def probe(self) -> Finding:
        """In place: it runs, started with exactly this command."""
        record = self._read()
        if record is None:
            return Finding(Found.MISSING, text("shell/service-never", name=self._name))
        if not record.alive:
            return Finding(Found.MISSING, text("shell/service-gone", name=self._name))
        if record.command != self._digest:
            return Finding(Found.DRIFTED, text("shell/service-other", name=self._name))
        return Finding(Found.IN_PLACE, text("shell/service-runs", name=self._name, pid=record.pid))

    def health(self) -> Health:
        """Healthy while it runs."""
        record = self._read()
        if record is None:
            return Health.MISSING
        return Health.HEALTHY if record.alive else Health.DEGRADED

    def stop(self) -> None:
        """End it and all it started; nothing to do when it doesn't run."""
        record = self._read()
        if record is None:
            return
        for pid in {record.pid} if record.alive else set(marked(record.mark)):
            stop_group(pid, record.mark, self._grace)
        self._path.unlink(missing_ok=True)

    def start(self, limits: Limits) -> str:
        """Start it anew and watch it for a moment; return a line about it. Failed when it ends at once."""
        self.stop()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        record = _Record(secrets.token_hex(16), self._digest)
        self._write(record)
        if self._output.exists():
            self._output.replace(self._output.with_suffix(".log.1"))
        # Appended to, so that the host's log rotation may cut the file off while the service writes.
        with self._output.open("ab") as output:
            process = replace(self._command, mark=record.mark).start(output)
        # Somebody has to wait for it, else it stays a zombie when it ends; a thread asks for nothing else.
        threading.Thread(target=process.wait, name=f"service-{self._name}", daemon=True).start()
        self._write(replace(record, pid=process.pid, started=started_at(process.pid) or 0, boot=_boot()))
        self._watch(process, limits)
        return text("shell/service-started", name=self._name, pid=process.pid, output=str(self._output))

    def _watch(self, process: "subprocess.Popen[bytes]", limits: Limits) -> None:
        until = time.monotonic() + SETTLE
        while time.monotonic() < until:
            if process.returncode is not None or started_at(process.pid) is None:
                raise Failed.of("shell/service-ended", name=self._name, output=self._last_words())
            if failure := limits.exceeded():
                self.stop()
                raise failure
            time.sleep(0.02)

    def _last_words(self) -> str:
        with self._output.open("rb") as output:
            output.seek(max(0, self._output.stat().st_size - SHOWN))
            return output.read().decode(errors="replace").strip()

    def _read(self) -> _Record | None:
        try:
            with self._path.open("rb") as file:
                return _Record(**json.loads(file.read(LARGEST_RECORD)))
        except (OSError, ValueError, TypeError):
            return None

    def _write(self, record: _Record) -> None:
        new = self._path.with_suffix(".new")
        with new.open("w") as file:
            json.dump(asdict(record), file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)


def started_at(pid: int) -> int | None:
    """When a process started, in clock ticks since the machine did; None when it doesn't run (any more)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The name in parentheses may hold spaces and parentheses itself. Field 3 is the state, field 22 the start time.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else int(fields[19])


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
