"""The suite every executor passes, ours and those of third parties: subclass it in a test file and run pytest.

    class TestGreeting(ExecutorContract):
        def executor(self):
            return Greeting(Greeting.Config())

        def step(self, index=0):
            return {"write": "hello", "to": str(self.folder / f"greeting-{index}")}

        def observe(self):
            return sorted((path.name, path.read_text()) for path in self.folder.iterdir())

        def drift(self):
            (self.folder / "greeting-0").write_text("bye")

House rules: against the real thing, never a mock; `self.folder` is a fresh folder for every test. What a subclass
doesn't say (`drift`, `slow`, `noisy` …) skips the tests that need it, visibly.
"""

import contextlib
import re
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from pydantic import ValidationError

from tiangong.errors import TiangongError
from tiangong.messages import explain, render
from tiangong.model.environment import Envelope, ShellEnvelope
from tiangong.model.stages import Found
from tiangong.ports import Executor, Job
from tiangong.testing.watch import reads_only, untouched

WITHIN = 30.0
JUNK: tuple[Any, ...] = (None, True, -1, 0, 1.5, "", "\0", "..", "/", [], [[]], {}, {"": None}, "${x}", "\ud800")


class ExecutorContract:
    """What must hold for every executor. The methods above the line say what is tested, the tests come below."""

    payload: ClassVar[Mapping[str, bytes]] = {}
    """files of the release a step may use"""
    envelopes: ClassVar[tuple[Envelope, ...]] = (Envelope(shell=ShellEnvelope(commands=("sh",))),)
    stops_within: ClassVar[float] = 2.0
    """seconds a step may go on after it was cancelled or its time was up"""
    longest_log: ClassVar[int] = 16 << 20
    threads: ClassVar[int] = 4

    folder: Path
    """a fresh folder for what steps do"""
    logged: list[str]
    """what steps logged in this test"""

    def executor(self) -> Executor:
        """A new executor, configured. Required."""
        raise NotImplementedError

    def step(self, index: int = 0) -> dict[str, Any]:
        """What stands under `with:` of a step that succeeds; another `index` has an effect of its own. Required."""
        raise NotImplementedError

    def observe(self) -> object:
        """The effects of all steps as seen from outside, not through the executor; comparable. Required."""
        raise NotImplementedError

    def drift(self) -> None:
        """Change the effect of `step(0)` behind the executor's back."""
        self._skip("nothing that could drift")

    def slow(self) -> dict[str, Any]:
        """A step that takes more than 30 s."""
        self._skip("no step that takes long")

    def noisy(self) -> dict[str, Any]:
        """A step that logs many lines `line <number>`, the numbers rising, and far more than anybody reads."""
        self._skip("no step that logs much")

    def failing(self) -> Sequence[dict[str, Any]]:
        """Steps that fail when they are applied."""
        self._skip("no step that fails")

    def secretive(self) -> tuple[dict[str, Any], str]:
        """A step that fails, and a value in it that nobody may read in its log or its problems."""
        self._skip("no step with values of its own")

    def prepare(self) -> None:
        """Start what the steps need."""

    def clean(self) -> None:
        """Stop it, and whatever steps left running."""

    # ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def setup_method(self) -> None:
        """Before every test."""
        self._room = tempfile.TemporaryDirectory(prefix="tiangong-contract-")
        self.folder = Path(self._room.name).resolve() / "site"
        self.folder.mkdir()
        self._state = self.folder.parent / "state"
        self.logged = []
        self.prepare()

    def teardown_method(self) -> None:
        """After every test."""
        self.clean()
        self._room.cleanup()

    def job(
        self,
        values: Mapping[str, Any],
        *,
        index: int = 0,
        cancel: threading.Event | None = None,
        within: float = WITHIN,
        log: Callable[[str], None] | None = None,
    ) -> Job:
        """A job for a step with these values; installations are `one-<index>`."""
        state = self._state / f"one-{index}"
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Job(
            spec=self.executor().Spec.model_validate(values),
            installation=f"one-{index}",
            step="step",
            release="product@1.0.0",
            payload=self.payload.__getitem__,
            payload_paths=tuple(self.payload),
            state=state,
            envelopes=self.envelopes,
            deadline=time.monotonic() + within,
            cancel=cancel or threading.Event(),
            log=log or self.logged.append,
        )

    def test_spec_and_config_are_closed(self) -> None:
        """A field nobody knows is an error, never ignored; a value can't change once it was checked."""
        executor = self.executor()
        spec = executor.Spec.model_validate(self.step())
        for model, values in ((executor.Spec, self.step()), (executor.Config, {})):
            assert _is_refused(model, {**values, "noSuchField": 1}), f"{model.__name__} accepts unknown fields"
        assert executor.Spec.model_config.get("frozen"), "Spec isn't frozen"
        assert executor.Spec.model_validate(self.step()) == spec
        assert executor.Spec.model_json_schema()["additionalProperties"] is False

    def test_junk_is_refused_in_words(self) -> None:
        """Whatever stands under `with:`, checking it gives a model or a ValidationError."""
        spec = self.executor().Spec
        for field in self.step():
            for junk in JUNK:
                _is_refused(spec, {**self.step(), field: junk})
        assert _is_refused(spec, {}), "a step that says nothing is accepted"

    def test_traits_and_effects_are_pure(self) -> None:
        """They say the same every time and touch nothing."""
        executor = self.executor()
        spec = executor.Spec.model_validate(self.step())
        first = (executor.traits(spec), executor.effects(spec))
        with untouched():
            assert (executor.traits(spec), executor.effects(spec)) == first

    def test_probe_preview_and_health_only_read(self) -> None:
        """Before the step was done and after."""
        executor = self.executor()
        for _ in range(2):
            job = self.job(self.step())
            before = (self.observe(), _files(self._state))
            with reads_only():
                executor.probe(job)
                assert executor.preview(job).strip()
                executor.health(job)
            assert (self.observe(), _files(self._state)) == before
            executor.apply(job)

    def test_apply_puts_in_place(self) -> None:
        """A probe sees it, or says that it can't tell."""
        executor = self.executor()
        executor.apply(self.job(self.step()))
        assert executor.probe(self.job(self.step())).found in (Found.IN_PLACE, Found.UNKNOWN)

    def test_twice_is_like_once(self) -> None:
        """Of an idempotent step."""
        executor = self.executor()
        self._needs(trait="idempotent")
        executor.apply(self.job(self.step()))
        once = self.observe()
        executor.apply(self.job(self.step()))
        assert self.observe() == once

    def test_another_executor_sees_the_same(self) -> None:
        """Nothing rests on the memory of one process: an agent may be restarted at any time."""
        self.executor().apply(self.job(self.step()))
        assert self.executor().probe(self.job(self.step())) == self.executor().probe(self.job(self.step()))
        found = self.executor().probe(self.job(self.step())).found
        assert found in (Found.IN_PLACE, Found.UNKNOWN)

    def test_drift_is_seen_and_repaired(self) -> None:
        """A probe tells, and applying again brings back what was."""
        executor = self.executor()
        executor.apply(self.job(self.step()))
        good = self.observe()
        self.drift()
        finding = executor.probe(self.job(self.step()))
        assert finding.found in (Found.DRIFTED, Found.MISSING)
        assert finding.detail, "a finding says what it saw"
        executor.apply(self.job(self.step()))
        assert executor.probe(self.job(self.step())).found is Found.IN_PLACE
        assert self.observe() == good

    def test_undo_puts_back(self) -> None:
        """Of a reversible step; done twice it is as done once."""
        executor = self.executor()
        self._needs(trait="reversible")
        before = self.observe()
        executor.apply(self.job(self.step()))
        assert self.observe() != before, "the step has no effect that could be undone"
        executor.undo(self.job(self.step()))
        assert self.observe() == before
        executor.undo(self.job(self.step()))
        assert self.observe() == before

    def test_cancelled_before_it_begins(self) -> None:
        """Nothing happens."""
        cancel = threading.Event()
        cancel.set()
        before = self.observe()
        assert self._code_of(self.job(self.step(), cancel=cancel)) == "step/cancelled"
        assert self.observe() == before

    def test_cancel_ends_it(self) -> None:
        """Soon, and with nothing half done if the step is transactional."""
        cancel = threading.Event()
        before = self.observe()
        job = self.job(self.slow(), cancel=cancel)
        timer = threading.Timer(0.3, cancel.set)
        timer.start()
        started = time.monotonic()
        assert self._code_of(job) == "step/cancelled"
        assert time.monotonic() - started < 0.3 + self.stops_within
        self._expect_untouched(job, before)

    def test_deadline_ends_it(self) -> None:
        """Soon after it has passed."""
        before = self.observe()
        job = self.job(self.slow(), within=0.3)
        started = time.monotonic()
        assert self._code_of(job) == "step/deadline"
        assert time.monotonic() - started < 0.3 + self.stops_within
        self._expect_untouched(job, before)

    def test_log_is_bounded_and_in_order(self) -> None:
        """However much there is to log."""
        self.executor().apply(self.job(self.noisy()))
        words = "".join(self.logged)
        assert len(words) <= self.longest_log
        numbers = [int(number) for number in re.findall(r"^line (\d+)$", words, re.MULTILINE)]
        assert len(numbers) > 1000
        assert numbers == sorted(set(numbers))

    def test_failures_are_told(self) -> None:
        """With a code of the catalogue, a fix, and no traceback."""
        for values in self.failing():
            for problem in self._failure_of(self.job(values)).problems:
                assert explain(problem.code).fix, f"{problem.code} says no fix"
                assert "Traceback" not in render(problem)

    def test_values_stay_out_of_log_and_problems(self) -> None:
        """What a step was given may be a secret."""
        values, canary = self.secretive()
        error = self._failure_of(self.job(values))
        words = "".join([*self.logged, *map(render, error.problems), str(error)])
        assert canary not in words

    def test_many_threads_at_once(self) -> None:
        """One instance serves all installations."""
        executor = self.executor()
        jobs = [self.job(self.step(index), index=index) for index in range(self.threads)]
        errors: list[BaseException] = []

        def work(job: Job) -> None:
            try:
                executor.apply(job)
                assert executor.probe(job).found in (Found.IN_PLACE, Found.UNKNOWN)
            except BaseException as error:  # noqa: BLE001 -- handed to the test's own thread
                errors.append(error)

        threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors, errors

    def _failure_of(self, job: Job) -> TiangongError:
        """The error a job ends with; anything but a TiangongError is a fault of the executor."""
        try:
            self.executor().apply(job)
        except TiangongError as error:
            return error
        except Exception as error:
            raise AssertionError(f"the executor raises {type(error).__name__}, not a TiangongError") from error
        raise AssertionError("the step succeeds, and it should fail")

    def _code_of(self, job: Job) -> str:
        return self._failure_of(job).problems[0].code

    def _expect_untouched(self, job: Job, before: object) -> None:
        if self.executor().traits(job.spec).transactional:
            assert self.observe() == before, "what was cut off left something behind"

    def _needs(self, *, trait: str) -> None:
        executor = self.executor()
        if not getattr(executor.traits(executor.Spec.model_validate(self.step())), trait):
            self._skip(f"the step isn't {trait}")

    def _skip(self, why: str) -> NoReturn:
        import pytest

        pytest.skip(why)


def _is_refused(model: Any, values: Mapping[str, Any]) -> bool:
    with contextlib.suppress(ValidationError):
        model.model_validate(values)
        return False
    return True


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
