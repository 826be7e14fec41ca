"""Property tests judge results, not the load of the machine; a hand that does steps for tests beyond the contract."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tiangong.errors import TiangongError
from tiangong.model.environment import Envelope, ShellEnvelope
from tiangong.model.stages import Finding
from tiangong.ports import Executor, Job

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

PROGRAMS = ("sh", "sleep", "python3", "cat", "printf")


@dataclass
class Hand:
    """Does steps with one executor in one folder, and remembers what they logged."""

    executor: Executor
    state: Path
    payload: Mapping[str, bytes] = field(default_factory=dict)
    envelopes: tuple[Envelope, ...] = (Envelope(shell=ShellEnvelope(commands=PROGRAMS)),)
    logged: list[str] = field(default_factory=list)

    def job(
        self, seconds: float = 30.0, cancel: threading.Event | None = None, step: str = "step", **values: Any
    ) -> Job:
        """A job for a step with these values."""
        state = self.state / "installations" / "one"
        state.mkdir(parents=True, exist_ok=True)
        return Job(
            spec=self.executor.Spec.model_validate(values),
            installation="one",
            step=step,
            release="product@1.0.0",
            payload=self.payload.__getitem__,
            payload_paths=tuple(self.payload),
            state=state,
            envelopes=self.envelopes,
            deadline=time.monotonic() + seconds,
            cancel=cancel or threading.Event(),
            log=self.logged.append,
        )

    def apply(self, **values: Any) -> None:
        """Do a step."""
        self.executor.apply(self.job(**values))

    def undo(self, **values: Any) -> None:
        """Take a step back."""
        self.executor.undo(self.job(**values))

    def leave(self, **values: Any) -> None:
        """Take a step back for good."""
        self.executor.undo(replace(self.job(**values), final=True))

    def probe(self, **values: Any) -> Finding:
        """Look at a step."""
        return self.executor.probe(self.job(**values))

    def failure(self, **values: Any) -> TiangongError:
        """The error a step ends with."""
        with pytest.raises(TiangongError) as caught:
            self.apply(**values)
        return caught.value

    def code(self, **values: Any) -> str:
        """The code of the error a step ends with."""
        return self.failure(**values).problems[0].code

    @property
    def log(self) -> str:
        """Everything that was logged."""
        return "".join(self.logged)


MakeHand = Callable[..., Hand]


@pytest.fixture
def hand(tmp_path: Path) -> MakeHand:
    """Make a hand for an executor; its state stands beside whatever the test makes in `tmp_path`."""

    def make(executor: Executor, **more: Any) -> Hand:
        return Hand(executor, tmp_path / "state", **more)

    return make
