"""Reads a case of `cases/*.yaml`: a signed repository in short form, what happened, what is seen, and what follows.

given:
  releases: {PRODUCT: {VERSION: {steps: [NAME or {NAME: {…}}], …}}}    steps are done by the fake executor
  promotions: {PRODUCT: {CHANNEL: [VERSION]}}
  environment, labels: spec and labels of the environment dev (Europe/Berlin)
  profiles: {NAME: spec}, installations: {NAME: spec}, suppressions: {NAME: spec}, products: [NAME]
  recalls: {NAME: {product, versions, except}}
  later: changes made after the agent has seen all that: [{edit|forge|delete|garble: PATH, …}]; fresh: it hasn't
  executors: types enabled on the host; secrets: [NAME/KEY] the host has, no others
history: [{release: PRODUCT@VERSION, installation, kind, result, at, only: [STEP], config,
           failed|running|doubt|before: STEP, undoes: PRODUCT@VERSION}]
actual: {INSTALLATION: {drifted: [STEP], health}}
now: TIME
then: {INSTALLATION: {verdict, kind, version, target, installed, steps, undo, reasons, earliest, candidates}}
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tiangong.journal.replay import events_of, fold
from tiangong.model.lifecycle import State
from tiangong.model.stages import (
    Actual,
    ChangeKind,
    Desired,
    Finding,
    Found,
    Health,
    History,
    Plan,
    Run,
    Seen,
    Step,
    StepRecord,
    Vault,
    Verdict,
    first_records,
)
from tiangong.planner.plan import make_plan
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.testing.fakes import FakeExecutor, FakeExecutors, fake_capabilities
from tiangong.testing.simulator import World
from tiangong.trust.verify import verify

STEP = ("once", "timeout", "executor")
STOPS = {"failed": State.FAILED, "running": State.RUNNING, "doubt": State.IN_DOUBT, "before": State.PENDING}
GIVEN = frozenset(
    {
        "releases",
        "promotions",
        "environment",
        "labels",
        "profiles",
        "installations",
        "suppressions",
        "products",
        "recalls",
    }
    | {"later", "fresh", "executors", "secrets"}
)
Case = Mapping[str, Any]


@dataclass(frozen=True)
class Situation:
    """A case, ready to be planned."""

    world: World
    desired: Desired
    actual: Actual
    history: History
    executors: FakeExecutors
    now: datetime

    def plan(self) -> Plan:
        return make_plan(self.desired, self.actual, self.history, fake_capabilities(self.executors), self.now)


def situation(case: Case) -> Situation:
    """Build what a case describes."""
    given = case.get("given", {})
    assert not given.keys() - GIVEN, given.keys() - GIVEN
    world = World.small()
    build(world, given)
    now = moment(case["now"]) if "now" in case else world.now
    first = verify(world.snapshot(), world.pins("dev"), None, now)
    for change in given.get("later", ()):
        _change(world, dict(change))
    memory = None if given.get("fresh") else first.memory
    desired = verify(world.snapshot(), world.pins("dev"), memory, now)
    vault = Vault({name: f"keyed:{name}" for name in given.get("secrets", ())}, whole=True)
    first, desired = replace(first, vault=vault), replace(desired, vault=vault)
    history = fold((_as_begun(run), [*events_of(run)]) for run in _runs(first, case.get("history", ()), now))
    seen = {name: _seen(history, name, said) for name, said in case.get("actual", {}).items()}
    installed = {name: _seen(history, name, {}) for name in history.installations}
    types = {name: FakeExecutor() for name in given.get("executors", ["fake"])}
    return Situation(world, desired, Actual({**installed, **seen}), history, FakeExecutors(types), now)


def build(world: World, given: Mapping[str, Any]) -> None:
    """Write and sign the documents of a case."""
    for name, spec in given.get("profiles", {}).items():
        world.put({"kind": "Profile", "metadata": {"name": name}, "spec": spec})
    if "environment" in given or "labels" in given:
        spec = {"timezone": "Europe/Berlin", **given.get("environment", {})}
        world.environment("dev", given.get("labels"), **spec)
    for name in given.get("products", ()):
        world.put({"kind": "Product", "metadata": {"name": name}, "spec": {"owner": "team"}})
    for name, spec in given.get("installations", {}).items():
        world.installation("dev", name, **spec)
    _publish(world, given)
    for name, spec in given.get("suppressions", {}).items():
        whole = {"until": "2026-12-01T08:00:00+01:00", "reason": "incident", **spec}
        world.put({"kind": "Suppression", "metadata": {"name": name}, "spec": whole})

    for name, spec in given.get("recalls", {}).items():
        rest = {"product": "shop", "reason": "CVE", **spec}
        world.put({"kind": "Recall", "metadata": {"name": f"{rest.pop('product')}/{name}"}, "spec": rest})


def _publish(world: World, given: Mapping[str, Any]) -> None:
    for product, versions in given.get("releases", {}).items():
        for version, spec in versions.items():
            rest = {**(spec or {})}
            world.release(product, version, steps=[*_steps(rest.pop("steps", ["place"]), version)], **rest)
    for product, channels in given.get("promotions", {}).items():
        for channel, promoted in channels.items():
            for version in promoted:
                world.promote(product, version, channel)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def said(verdict: Verdict, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict in the words of a case, as far as the case asks."""
    change = verdict.change
    answers: dict[str, Any] = {
        "verdict": str(verdict.word),
        "kind": str(change.kind) if change else None,
        "version": change.version if change else None,
        "target": verdict.target,
        "installed": verdict.installed,
        "steps": [step.name for step in change.steps] if change else None,
        "undo": [step.name for step in change.undo] if change else None,
        "reasons": [reason.problem.code for reason in verdict.reasons],
        "places": [str(reason.problem.place) for reason in verdict.reasons],
        "earliest": verdict.earliest,
        "candidates": {c.version: [reason.problem.code for reason in c.reasons] for c in verdict.candidates},
    }
    return {name: answers[name] for name in wanted}


def wanted(case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a case expects of each installation."""
    for name, answer in case["then"].items():
        whole = {"reasons": [], **answer} if answer["verdict"] != "held" else {**answer}
        if whole.get("earliest"):
            whole["earliest"] = moment(whole["earliest"])
        yield name, whole


def _steps(steps: list[Any], version: str) -> Iterator[dict[str, Any]]:
    """`place`, or `{place: {once: true, value: 1}}`; the value is the version when none is given."""
    for step in steps:
        name, spec = next(iter(step.items())) if isinstance(step, dict) else (step, {})
        own = {key: spec[key] for key in STEP if key in spec}
        rest = {key: value for key, value in spec.items() if key not in STEP}
        yield {"name": name, "executor": "fake", **own, "with": {"value": version, **rest}}


def _change(world: World, change: dict[str, Any]) -> None:
    match change:
        case {"edit": path, **fields}:
            world.edit(path, **fields)
        case {"forge": path, **fields}:
            world.edit(path, "bob", **fields)
        case {"delete": path}:
            world.raw(path, None)
        case {"garble": path}:
            world.raw(path, b"not: [yaml")
        case {"put": document}:
            build(world, document)
        case _:
            raise AssertionError(change)


def _runs(desired: Desired, runs: Any, now: datetime) -> Iterator[Run]:
    for number, said_ in enumerate(runs):
        run = dict(said_)
        product, _, version = run["release"].partition("@")
        name = run.get("installation", product)
        start = moment(run["at"]) if "at" in run else now - timedelta(days=30 - number)
        result = run.get(
            "result", "succeeded" if not STOPS.keys() & run.keys() else "failed" if "failed" in run else None
        )
        records = [*_records(desired, name, product, version, run)]
        yield Run(
            id=f"run-{number + 1}",
            installation=name,
            product=product,
            version=version,
            release=desired.releases[product][version].digest,
            plan="sha512:0",
            kind=ChangeKind(run.get("kind", "install")),
            started=start,
            ended=start if result else None,
            result=result,
            steps=tuple(records),
        )


def _as_begun(run: Run) -> Run:
    return replace(run, steps=first_records((s.name, s.digest, s.executor, s.undo) for s in run.steps))


def _records(desired: Desired, name: str, product: str, version: str, run: dict[str, Any]) -> Iterator[StepRecord]:
    wish = resolve(desired)[name]
    wish = replace(wish, config={**wish.config, **run.get("config", {})})
    if "undoes" in run:
        left = run["undoes"].partition("@")[2]
        for step in reversed(prepare(wish, desired.releases[product][left]).steps):
            if step.name in run.get("undone", ()):
                yield StepRecord(step.name, step.digest, State.UNDONE, undo=True, executor=step.executor)
    state = State.DONE
    prepared = prepare(wish, desired.releases[product][version])
    for step in prepared.uninstall if run.get("kind") == "uninstall" else prepared.steps:
        if step.name in run.get("only", [step.name]):
            stop = next((stop for word, stop in STOPS.items() if run.get(word) == step.name), None)
            yield _record(step, stop or state)
            state = State.PENDING if stop else state


def _record(step: Step, state: State) -> StepRecord:
    return StepRecord(step.name, step.digest, state, executor=step.executor)


def _seen(history: History, name: str, said_: Mapping[str, Any]) -> Seen:
    installed = history.of(name).installed
    drifted = {step: Finding(Found.DRIFTED) for step in said_.get("drifted", ())}
    health = Health(said_.get("health", "Healthy" if installed else "Missing"))
    return Seen(installed.version if installed else None, health, drifted)
