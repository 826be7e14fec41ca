"""The suite finds what it is for: an executor that keeps the contract passes, each broken one fails its own test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tiangong.errors import Failed, problem
from tiangong.executors.limits import Limits
from tiangong.model.document import Model
from tiangong.model.stages import Finding, Found, Health
from tiangong.ports import Effects, Job, Traits
from tiangong.testing.conformance import ExecutorContract


class GreetingConfig(Model):
    """What a host says."""

    word: str = "hello"


class GreetingSpec(Model):
    """What a step says."""

    to: str
    fail: bool = False
    wait: bool = False


class Greeting:
    """As short as an executor of a third party may be: writes one word to a file."""

    name: ClassVar[str] = "greeting"
    Config: ClassVar[type[GreetingConfig]] = GreetingConfig
    Spec: ClassVar[type[GreetingSpec]] = GreetingSpec

    def __init__(self, config: GreetingConfig) -> None:
        self.word = config.word

    def traits(self, spec: GreetingSpec) -> Traits:
        return Traits(idempotent=True, reversible=True, transactional=True)

    def effects(self, spec: GreetingSpec) -> Effects:
        return Effects(paths=(spec.to,))

    def probe(self, job: Job) -> Finding:
        path = Path(job.spec.to)
        if not path.exists():
            return Finding(Found.MISSING, "no greeting")
        return Finding(Found.IN_PLACE) if path.read_text() == self.word else Finding(Found.DRIFTED, "another greeting")

    def preview(self, job: Job) -> str:
        return f"greets in {job.spec.to}"

    def apply(self, job: Job) -> None:
        limits = Limits(job)
        limits.check()
        if job.spec.fail:
            raise Failed(problem("step/no-payload"))
        if job.spec.wait:
            limits.pause(100)
        for number in range(2000):
            job.log(f"line {number}\n")
        Path(job.spec.to).write_text(self.word)

    def health(self, job: Job) -> Health:
        return Health.HEALTHY

    def undo(self, job: Job) -> None:
        Path(job.spec.to).unlink(missing_ok=True)


class TestGreeting(ExecutorContract):
    def executor(self) -> Any:
        return Greeting(Greeting.Config())

    def step(self, index: int = 0) -> dict[str, Any]:
        return {"to": str(self.folder / f"greeting-{index}")}

    def observe(self) -> object:
        return sorted((path.name, path.read_text()) for path in self.folder.iterdir())

    def drift(self) -> None:
        (self.folder / "greeting-0").write_text("bye")

    def slow(self) -> dict[str, Any]:
        return {**self.step(), "wait": True}

    def noisy(self) -> dict[str, Any]:
        return self.step()

    def failing(self) -> list[dict[str, Any]]:
        return [{**self.step(), "fail": True}]

    def secretive(self) -> tuple[dict[str, Any], str]:
        return {"to": str(self.folder / "canary"), "fail": True}, "canary"


class OpenSpec(GreetingSpec, extra="ignore"):
    """Accepts and ignores what it doesn't know."""


def _touching_effects(_: Any, spec: Any) -> Effects:
    return Effects(paths=(str(Path(spec.to).exists()), str(list(Path("/").iterdir()))[:1]))


def _writing_probe(_: Any, job: Job) -> Finding:
    (job.state / "seen").write_text("x")
    return Finding(Found.IN_PLACE)


def _crashing(_: Any, job: Job) -> None:
    raise KeyError(job.spec.to)


def _deaf(me: Any, job: Job) -> None:
    Path(job.spec.to).write_text(me.word)


def _appending(me: Any, job: Job) -> None:
    Limits(job).check()
    with Path(job.spec.to).open("a") as file:
        file.write(me.word)


def _careless(me: Any, job: Job) -> None:
    Path(job.spec.to).write_text("half")
    Limits(job).pause(100 if job.spec.wait else 0)
    _deaf(me, job)


def _telling(_: Any, job: Job) -> None:
    job.log(f"writing {job.spec.to}\n")
    raise Failed(problem("step/no-payload"))


def _unordered(me: Any, job: Job) -> None:
    for number in reversed(range(2000)):
        job.log(f"line {number}\n")
    _deaf(me, job)


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "ignores fields": ({"Spec": OpenSpec}, "test_spec_and_config_are_closed"),
    "effects that look": ({"effects": _touching_effects}, "test_traits_and_effects_are_pure"),
    "a probe that writes": ({"probe": _writing_probe}, "test_probe_preview_and_health_only_read"),
    "says nothing is there": ({"probe": lambda *_: Finding(Found.MISSING, "x")}, "test_apply_puts_in_place"),
    "more every time": ({"apply": _appending}, "test_twice_is_like_once"),
    "sees no drift": ({"probe": lambda *_: Finding(Found.IN_PLACE)}, "test_drift_is_seen_and_repaired"),
    "undoes nothing": ({"undo": lambda *_: None}, "test_undo_puts_back"),
    "deaf before it begins": ({"apply": _deaf}, "test_cancelled_before_it_begins"),
    "leaves half": ({"apply": _careless}, "test_cancel_ends_it"),
    "leaves half at the deadline": ({"apply": _careless}, "test_deadline_ends_it"),
    "raises what it likes": ({"apply": _crashing}, "test_failures_are_told"),
    "tells values": ({"apply": _telling}, "test_values_stay_out_of_log_and_problems"),
    "logs as it likes": ({"apply": _unordered}, "test_log_is_bounded_and_in_order"),
    "crashes in threads": ({"apply": _crashing}, "test_many_threads_at_once"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_the_suite_finds(fault: str) -> None:
    members, test = BROKEN[fault]
    broken = type("Broken", (Greeting,), members)
    suite = type("Suite", (TestGreeting,), {"executor": lambda _: broken(GreetingConfig())})()
    suite.setup_method()
    check: Callable[[], None] = getattr(suite, test)
    try:
        with pytest.raises(AssertionError):
            check()
    finally:
        suite.teardown_method()
