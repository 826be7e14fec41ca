"""Cancel and deadline of one step, in the same words for every executor."""

import time

from tiangong.errors import Failed, problem
from tiangong.ports import Job


class Limits:
    """Watches the cancel token and the deadline of a job; `at_most` (seconds) may bring the deadline forward."""

    def __init__(self, job: Job, at_most: float | None = None) -> None:
        """Start counting now."""
        now = time.monotonic()
        self._cancel = job.cancel
        self._deadline = job.deadline if at_most is None else min(job.deadline, now + at_most)
        self._given = max(0, round(self._deadline - now))

    @property
    def remaining(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._deadline - time.monotonic())

    def exceeded(self) -> Failed | None:
        """Why the step has to stop now, or None."""
        if self._cancel.is_set():
            return Failed(problem("step/cancelled"))
        if time.monotonic() >= self._deadline:
            return Failed(problem("step/deadline", seconds=self._given))
        return None

    def check(self) -> None:
        """Raise Failed when the step has to stop now."""
        if failure := self.exceeded():
            raise failure

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than the step may still take; raise Failed when it has to stop."""
        self._cancel.wait(min(seconds, self.remaining))
        self.check()
