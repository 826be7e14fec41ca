"""What is installed and how it is: read-only, in time, and no more often than needed."""

import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tiangong.model.stages import (
    Actual,
    ChangeKind,
    Desired,
    Finding,
    Found,
    Health,
    History,
    Installed,
    Past,
    Run,
    Seen,
)
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.survey import EVERY, Surveyor
from tiangong.testing.fakes import NOON, FakeExecutor, FakeExecutors
from tiangong.testing.simulator import World
from tiangong.trust.verify import verify


class Site:
    """A world with a release that is installed, and a surveyor."""

    def __init__(self, state: Path) -> None:
        self.world = World.small()
        self.executor = FakeExecutor()
        self.executors = FakeExecutors({"fake": self.executor})
        self.surveyor = Surveyor(self.executors, state, within=5.0)
        self.now = NOON
        self.busy: frozenset[str] = frozenset()
        self.pasts: dict[str, Past] = {}

    def release(self, version: str, *steps: str, health: tuple[str, ...] = (), **specs: dict[str, Any]) -> None:
        whole = [{"name": n, "executor": "fake", "with": {"value": version}, **specs.get(n, {})} for n in steps]
        self.world.release("shop", version, steps=whole, **({"health": [*health]} if health else {}))

    def desired(self) -> Desired:
        return verify(self.world.snapshot(), self.world.pins(), None, self.now)

    def install(self, version: str, *names: str, run: str = "1") -> None:
        """As if an agent had installed it: the history, and what is there."""
        desired = self.desired()
        release = desired.releases["shop"][version]
        for name in names or ("shop",):
            steps = prepare(resolve(desired)[name], release).steps
            done = {step.name: step.digest for step in steps}
            head = (run, name, "shop", version, release.digest, "plan", ChangeKind.INSTALL)
            last = Run(*head, NOON, NOON, "succeeded", ())
            self.pasts[name] = Past(Installed(version, release.digest, NOON, done, "shop"), last=last, steps=done)
            self.executor.world.update({(name, step.name): step.spec["value"] for step in steps})

    def look(self) -> Mapping[str, Seen]:
        return self.all().installations

    def all(self) -> Actual:
        return self.surveyor.survey(self.desired(), History(self.pasts), self.busy, self.now)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_nothing_is_installed(site: Site) -> None:
    site.release("1.0.0", "a")
    assert site.look() == {"shop": Seen(None, Health.MISSING)}
    assert not site.executor.calls


def test_all_is_well(site: Site) -> None:
    site.release("1.0.0", "a", "b", health=("b",))
    site.install("1.0.0")
    (seen,) = site.look().values()
    assert (seen.version, seen.health, seen.drifted) == ("1.0.0", Health.HEALTHY, ())
    assert seen.findings == {"a": Finding(Found.IN_PLACE), "b": Finding(Found.IN_PLACE)}


def test_drift_is_found(site: Site) -> None:
    site.release("1.0.0", "a", "b", "c")
    site.install("1.0.0")
    site.executor.world["shop", "a"] = "something else"
    del site.executor.world["shop", "b"]
    assert site.look()["shop"].drifted == ("a", "b")


@pytest.mark.parametrize(
    ("healths", "worst"),
    [
        ((Health.HEALTHY, Health.HEALTHY), Health.HEALTHY),
        ((Health.HEALTHY, Health.PROGRESSING), Health.PROGRESSING),
        ((Health.DEGRADED, Health.MISSING), Health.DEGRADED),
        ((Health.HEALTHY, "fail"), Health.UNKNOWN),
        ((Health.HEALTHY, "crash"), Health.UNKNOWN),
        ((Health.DEGRADED, "crash"), Health.DEGRADED),
    ],
)
def test_the_worst_health_counts(site: Site, healths: tuple[Any, Any], worst: Health) -> None:
    site.release("1.0.0", "a", "b", health=("a", "b"))
    site.install("1.0.0")
    site.executor.on("a").health, site.executor.on("b").health = healths
    assert site.look()["shop"].health is worst


def test_what_a_probe_cant_say_is_no_drift(site: Site) -> None:
    site.release("1.0.0", "a", "b")
    site.install("1.0.0")
    site.executor.on("a").probe = "fail"
    site.executor.on("b").probe = "crash"
    seen = site.look()["shop"]
    assert seen.findings == {
        "a": Finding(Found.UNKNOWN, "step/deadline"),
        "b": Finding(Found.UNKNOWN, "RuntimeError"),
    }
    assert seen.drifted == ()


def test_an_executor_that_is_gone_is_told(site: Site) -> None:
    site.release("1.0.0", "a", health=("a",))
    site.install("1.0.0")
    site.executors.enabled.clear()
    seen = site.look()["shop"]
    assert seen.findings == {"a": Finding(Found.UNKNOWN, "executor/not-enabled")}
    assert seen.health is Health.UNKNOWN


def test_steps_that_are_done_once_are_not_probed(site: Site) -> None:
    site.release("1.0.0", "a", "b", a={"once": True})
    site.install("1.0.0")
    assert site.look()["shop"].findings.keys() == {"b"}


def test_drift_that_is_ignored_is_not_looked_for(site: Site) -> None:
    site.world.installation("dev", "shop", drift="ignore")
    site.release("1.0.0", "a", health=("a",))
    site.install("1.0.0")
    assert site.look()["shop"].findings == {}
    assert site.executor.count("probe") == 0
    assert site.executor.count("health") == 1


def test_what_is_being_worked_on_is_progressing(site: Site) -> None:
    site.release("1.0.0", "a")
    site.busy = frozenset({"shop"})
    assert site.look() == {"shop": Seen(None, Health.PROGRESSING)}
    site.install("1.0.0")
    assert site.look() == {"shop": Seen("1.0.0", Health.PROGRESSING)}
    assert not site.executor.calls


def test_a_release_that_is_gone(site: Site) -> None:
    site.release("1.0.0", "a")
    site.install("1.0.0")
    site.world.raw("products/shop/releases/1.0.0/release.yaml", None)
    seen = site.look()["shop"]
    assert (seen.version, seen.health) == ("1.0.0", Health.UNKNOWN)
    assert "1.0.0" in seen.detail


# ── what is there counts, not what is wished ─────────────────────────────────────────────────────────────────
def test_with_other_wishes_the_installed_values_are_looked_for(site: Site) -> None:
    site.world.installation("dev", "shop", config={"n": 1})
    site.world.release(
        "shop",
        "1.0.0",
        config={"n": {"type": "integer"}},
        health=["a"],
        steps=[{"name": "a", "executor": "fake", "with": {"value": "${config.n}"}}],
    )
    site.install("1.0.0")
    assert site.look()["shop"].drifted == ()
    site.world.edit("environments/dev/installations/shop.yaml", **{"spec.config": {"n": 2}})
    seen = site.look()["shop"]
    assert (seen.drifted, seen.health) == ((), Health.HEALTHY)
    site.executor.world["shop", "a"] = 2
    site.now += EVERY
    assert site.look()["shop"].drifted == ("a",), "the value wished for isn't the one that was left there"


def test_an_agent_that_never_saw_the_installed_values_says_so(site: Site) -> None:
    site.world.installation("dev", "shop", config={"n": 1})
    site.world.release(
        "shop",
        "1.0.0",
        config={"n": {"type": "integer"}},
        health=["a"],
        steps=[{"name": "a", "executor": "fake", "with": {"value": "${config.n}"}}],
    )
    site.install("1.0.0")
    site.world.edit("environments/dev/installations/shop.yaml", **{"spec.config": {"n": 2}})
    assert site.look()["shop"] == Seen("1.0.0", Health.UNKNOWN)


# ── no more often than needed ────────────────────────────────────────────────────────────────────────────────
def test_drift_is_looked_for_now_and_then_and_health_always(site: Site) -> None:
    site.release("1.0.0", "a", "b", health=("b",))
    site.install("1.0.0")
    for _ in range(5):
        site.look()
        site.now += timedelta(seconds=10)
    assert (site.executor.count("probe"), site.executor.count("health")) == (2, 5)
    site.now += EVERY
    site.executor.world["shop", "a"] = "something else"
    assert site.look()["shop"].drifted == ("a",)
    assert site.look()["shop"].drifted == ("a",), "and remembered"
    assert site.executor.count("probe") == 4


def test_without_health_steps_nothing_at_all_is_asked(site: Site) -> None:
    site.release("1.0.0", "a")
    site.install("1.0.0")
    first = site.look()
    calls = len(site.executor.calls)
    threads = threading.active_count()
    assert site.look() == first
    assert len(site.executor.calls) == calls
    assert threading.active_count() == threads


@pytest.mark.parametrize("what", ["run", "release", "drift", "clock"])
def test_it_is_looked_for_at_once_when_something_happened(site: Site, what: str) -> None:
    site.release("1.0.0", "a")
    site.install("1.0.0")
    site.look()
    if what == "run":
        site.install("1.0.0", run="2")
    elif what == "release":
        site.release("1.1.0", "a")
        site.install("1.1.0")
    elif what == "drift":
        site.world.edit("environments/dev/environment.yaml", **{"spec.drift": "repair"})
    else:
        site.now -= timedelta(hours=1)
    site.look()
    assert site.executor.count("probe") == 2


# ── in time ──────────────────────────────────────────────────────────────────────────────────────────────────
def hanging(tmp_path: Path, within: float = 0.2) -> Site:
    site = Site(tmp_path)
    site.surveyor = Surveyor(site.executors, tmp_path, within=within)
    for name in ("one", "two", "three", "four", "five", "six"):
        site.world.installation("dev", name, product="shop")
    site.release("1.0.0", "a", "b")
    site.install("1.0.0", "one", "two", "three", "four", "five", "six", "shop")
    return site


def test_one_probe_that_hangs_stops_neither_the_line_nor_the_others(tmp_path: Path) -> None:
    site = hanging(tmp_path, within=2.0)
    real = site.executor.probe

    def probe(job: Any) -> Finding:
        if job.installation == "two":
            site.executor.on("a").released.wait()
        return real(job)

    site.executor.probe = probe  # type: ignore[method-assign]
    start = time.monotonic()
    seen = site.look()
    assert time.monotonic() - start < 10
    assert seen["two"] == Seen("1.0.0", Health.UNKNOWN, {}, seen["two"].detail)
    assert "in time" in seen["two"].detail
    assert {name for name, found in seen.items() if found.health is Health.HEALTHY} == site.pasts.keys() - {"two"}
    start = time.monotonic()
    again = site.look()
    assert time.monotonic() - start < 1.0, "it isn't waited for again"
    assert again["two"].health is Health.UNKNOWN
    site.executor.on("a").released.set()


def test_a_late_answer_is_used_the_next_time(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.surveyor = Surveyor(site.executors, tmp_path, within=0.05)
    site.release("1.0.0", "a")
    site.install("1.0.0")
    site.executor.world["shop", "a"] = "something else"
    site.executor.on("a").probe = "stubborn"
    assert site.look()["shop"].health is Health.UNKNOWN
    site.executor.on("a").released.set()
    end = time.monotonic() + 20
    while site.surveyor._inquirer._open:
        assert time.monotonic() < end
        time.sleep(0.002)
    assert site.look()["shop"].drifted == ("a",)
    assert site.executor.count("probe") == 1


def test_all_probes_hang_and_the_line_goes_on(tmp_path: Path) -> None:
    site = hanging(tmp_path)
    site.executor.on("a").probe = "stubborn"
    threads = threading.active_count()
    start = time.monotonic()
    for _ in range(5):
        assert {seen.health for seen in site.look().values()} == {Health.UNKNOWN}
    assert time.monotonic() - start < 15
    assert threading.active_count() - threads <= len(site.pasts), "no thread more than there are installations"
    site.executor.on("a").released.set()


def test_a_hanging_probe_does_not_keep_the_process(tmp_path: Path) -> None:
    script = """
import sys; from pathlib import Path
from tests.survey.test_survey import hanging
site = hanging(Path(sys.argv[1]))
site.executor.on("a").probe = "stubborn"
site.look()
print("ended")
"""
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout == "ended\n"


def test_the_probes_of_one_installation_share_the_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    deadlines: list[float] = []
    real = site.executor.probe

    def probe(job: Any) -> Finding:
        deadlines.append(job.deadline)
        return real(job)

    monkeypatch.setattr(site.executor, "probe", probe)
    site.release("1.0.0", "a", "b", "c")
    site.install("1.0.0")
    end = time.monotonic() + 5.0
    site.look()
    assert len(deadlines) == 3
    assert max(deadlines) <= end + 1.0


def test_an_installation_nobody_wishes_for_is_not_looked_at(site: Site) -> None:
    site.release("1.0.0", "a")
    site.install("1.0.0")
    site.pasts["gone"] = replace(site.pasts["shop"])
    assert site.look().keys() == {"shop"}
