"""Following a program until it ends, is cancelled or out of time; then nothing of it is left (D21)."""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tiangong.executors.limits import Limits
from tiangong.executors.shell.child import MARK
from tiangong.executors.shell.output import Output
from tiangong.messages import text

TICK = 0.05
DRAIN = 1.0
ROUNDS = 5
CHUNK = 1 << 18


def follow(process: "subprocess.Popen[bytes]", limits: Limits, output: Output, mark: str, grace: float) -> int:
    """Hand on what a program prints until its leader exits; return the exit code (negative: the signal).

    Cancelled or out of time: its whole process group gets TERM, after `grace` seconds KILL, and Failed is raised.
    """
    pipe = _Pipe(process, output)
    try:
        while process.poll() is None:
            if failure := limits.exceeded():
                stop_group(process.pid, mark, grace, pump=lambda: _pump_and_reap(pipe, process))
                pipe.drain()
                raise failure
            pipe.pump()
        if not pipe.drain():
            output.feed(f"\n{text('shell/still-open', seconds=int(DRAIN))}\n".encode())
    finally:
        pipe.close()
        output.close()
    return process.returncode


def stop_group(leader: int, mark: str, grace: float, *, pump: Callable[[], None] = lambda: time.sleep(TICK)) -> None:
    """End a process group: TERM, patience, KILL; then what left the group but carries our mark."""
    _signal_group(leader, signal.SIGTERM)
    patience = time.monotonic() + grace
    while (lives := _group_lives(leader)) and time.monotonic() < patience:
        pump()
    if lives:
        _signal_group(leader, signal.SIGKILL)
    for _ in range(ROUNDS):
        left = marked(mark)
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        pump()
        if not left:
            break


def marked(mark: str) -> list[int]:
    """Pids of the processes that were started with a mark and of their children (Linux; elsewhere none)."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*") if mark else ():
        with contextlib.suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


class _Pipe:
    """The reading end of a program's output."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Output) -> None:
        self._process, self._output = process, output
        self._file = process.stdout
        self._poll = select.poll()
        if self._file:
            os.set_blocking(self._file.fileno(), False)
            self._poll.register(self._file, select.POLLIN)

    def pump(self, timeout: float = TICK) -> bool:
        """Hand on what there is, waiting a moment for it; False when the program closed its output."""
        if self._file is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
            return False
        if self._poll.poll(timeout * 1000):
            chunk = os.read(self._file.fileno(), CHUNK)
            if not chunk:
                self.close()
            self._output.feed(chunk)
        return True

    def drain(self) -> bool:
        """Hand on what is still in the pipe, at most for a second; False when somebody keeps it open."""
        until = time.monotonic() + DRAIN
        while self._file is not None and time.monotonic() < until:
            self.pump()
        return self._file is None

    def close(self) -> None:
        """Give the pipe back."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _pump_and_reap(pipe: _Pipe, process: "subprocess.Popen[bytes]") -> None:
    pipe.pump()
    process.poll()


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def _group_lives(leader: int) -> bool:
    """Whether a process of a group still runs; one that ended and only waits for its parent to notice doesn't."""
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return any(_runs_in(entry, leader) for entry in Path("/proc").glob("[0-9]*"))


def _runs_in(entry: Path, group: int) -> bool:
    try:
        # After the name in parentheses: state, parent, process group.
        state, _, found = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:3]
    except (OSError, ValueError):
        return False
    return int(found) == group and state not in ("Z", "X")
