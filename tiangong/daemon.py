"""The loop around the line: interval, signals, systemd's readiness and watchdog."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from tiangong.agent import Agent
from tiangong.errors import TiangongError
from tiangong.model.stages import Report
from tiangong.report.status import is_over

STOP_WITHIN = 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn of the loop came to: a report, or the error that kept it from being made."""

    report: Report | None
    error: TiangongError | None

    @property
    def is_last(self) -> bool:
        """Whether the environment is retired, as just seen on the remote, and the remote was told so."""
        report = self.report
        if report is None or report.away or not report.pushed:
            return False
        return is_over(report.desired, report.outcome)


class Bell:
    """Wakes the loop: a finished run, SIGHUP, or the order to stop."""

    def __init__(self) -> None:
        """Silent at first."""
        self._rung = threading.Event()
        self.stopping = False
        self.signal = 0
        """the signal that told us to stop"""

    def ring(self) -> None:
        """Wake the loop."""
        self._rung.set()

    def stop(self, number: int = 0) -> None:
        """Wake the loop for the last time."""
        self.signal = number
        self.stopping = True
        self._rung.set()

    def sleep(self, seconds: float) -> None:
        """Sleep until rung, at most `seconds`."""
        self._rung.wait(seconds)
        self._rung.clear()


def run(agent: Agent, bell: Bell, tell: Callable[[Turn], None]) -> bool:
    """Go down the line every interval until told to stop; an error never ends the loop, it is told.

    True when the environment was retired: all is said, and there is nothing to do any more (D5).
    """
    agent.start(bell.ring)
    notify("READY=1")
    try:
        while not bell.stopping:
            done = turn(agent)
            tell(done)
            if done.is_last:
                return True
            notify("WATCHDOG=1")
            bell.sleep(agent.every)
        return False
    finally:
        notify("STOPPING=1")
        agent.stop(STOP_WITHIN)


def once(agent: Agent, bell: Bell, tell: Callable[[Turn], None]) -> Turn:
    """Go down the line until nothing runs and nothing has just ended; return the last turn."""
    agent.start(bell.ring)
    try:
        while True:
            done = turn(agent)
            tell(done)
            if bell.stopping or done.report is None or not (done.report.outcome.running or done.report.outcome.ended):
                return done
            if not done.report.outcome.ended:
                bell.sleep(agent.every)
    finally:
        agent.stop(STOP_WITHIN)


def turn(agent: Agent) -> Turn:
    """One cycle; errors of the kinds we know become values."""
    try:
        return Turn(agent.cycle(), None)
    except TiangongError as error:
        return Turn(None, error)


@contextmanager
def signals(bell: Bell) -> Iterator[None]:
    """SIGTERM and SIGINT stop, SIGHUP starts a turn now."""

    def stop(number: int, _frame: FrameType | None) -> None:
        bell.stop(number)

    def wake(_number: int, _frame: FrameType | None) -> None:
        bell.ring()

    wanted = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: wake}
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def notify(message: str) -> None:
    """Tell systemd (sd_notify(3)); nothing when it didn't start us."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto(message.encode(), address)
        except OSError:
            return
