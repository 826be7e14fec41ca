"""survey: what is installed, how it is, and what drifted. Read-only probes with deadlines; it never raises."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tiangong.errors import TiangongError
from tiangong.job import Site, make_job
from tiangong.messages import text
from tiangong.model.product import Release
from tiangong.model.stages import (
    Actual,
    Desired,
    Finding,
    Found,
    Health,
    History,
    Installed,
    Seen,
    Signed,
    Step,
    Wish,
)
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.ports import Executor, Executors, Job

PROBE_WITHIN = 10.0
AT_ONCE = 4
WORST_FIRST = (Health.DEGRADED, Health.MISSING, Health.SUSPENDED, Health.PROGRESSING, Health.UNKNOWN, Health.HEALTHY)


def survey(desired: Desired, history: History, executors: Executors, state: Path, running: frozenset[str]) -> Actual:
    """Return how every wished installation is. Installations being worked on aren't probed: they are progressing."""
    wishes = resolve(desired)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="survey") as pool:
        seen = {
            name: pool.submit(_see, desired, wish, history.of(name).installed, executors, state)
            for name, wish in wishes.items()
            if name not in running
        }
        return Actual({name: seen[name].result() if name in seen else _busy(history, name) for name in wishes})


def _busy(history: History, name: str) -> Seen:
    installed = history.of(name).installed
    return Seen(installed.version if installed else None, Health.PROGRESSING)


def _see(desired: Desired, wish: Wish, installed: Installed | None, executors: Executors, state: Path) -> Seen:
    if installed is None:
        return Seen(None, Health.MISSING)
    release = _release(desired, wish.product, installed.release)
    if release is None:
        return Seen(installed.version, Health.UNKNOWN, detail=text("survey/no-release", version=installed.version))
    steps = [step for step in prepare(wish, release).steps if installed.steps.get(step.name) == step.digest]
    site = Site(desired.tree, wish.name, release.document.metadata.name, wish.envelopes, state)
    probes = {step.name: _Probe(site, step, executors) for step in steps}
    findings = {name: probe.finding() for name, probe in probes.items() if not probe.step.once}
    healths = [probes[name].health() for name in release.document.spec.health if name in probes]
    return Seen(installed.version, _worst(healths), findings)


def _release(desired: Desired, product: str, digest: str) -> Signed[Release] | None:
    return next((r for r in desired.releases.get(product, {}).values() if r.digest == digest), None)


def _worst(healths: Sequence[Health]) -> Health:
    """The worst of several; healthy when nobody has anything to say."""
    return min(healths, key=WORST_FIRST.index, default=Health.HEALTHY)


@dataclass(frozen=True, slots=True)
class _Probe:
    """Asks one executor about one step; whatever goes wrong is Unknown."""

    site: Site
    step: Step
    executors: Executors

    def finding(self) -> Finding:
        try:
            executor, job = self._job()
            return executor.probe(job)
        except TiangongError as error:
            return Finding(Found.UNKNOWN, error.problems[0].code)
        except Exception as error:  # noqa: BLE001 -- a probe's bug must not stop the line
            return Finding(Found.UNKNOWN, type(error).__name__)

    def health(self) -> Health:
        try:
            executor, job = self._job()
            return executor.health(job)
        except TiangongError:
            return Health.UNKNOWN
        except Exception:  # noqa: BLE001 -- as above
            return Health.UNKNOWN

    def _job(self) -> tuple[Executor, Job]:
        executor = self.executors.get(self.step.executor)
        job = make_job(
            self.site, self.step, executor, cancel=threading.Event(), log=lambda _: None, within=PROBE_WITHIN
        )
        return executor, job
