"""Goes through the steps of a release as an agent will, with made-up values where environments decide.

What an agent would refuse whatever the environment says is found here: unknown names, names in scripts (D22), values
an executor can't take, health that names no step. Executors that aren't installed here can't be asked.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from typing import Any

from tiangong.documents.digest import sha512
from tiangong.documents.parse import validate
from tiangong.documents.strict import Location, Parsed, dotted
from tiangong.errors import Misuse, Place, Problem
from tiangong.executors.registry import GROUP, PluginSettings, Registry
from tiangong.job import misplaced_in
from tiangong.model.product import Release, StepSpec
from tiangong.model.stages import Signed, Step, Wish
from tiangong.planner.steps import Prepared, prepare
from tiangong.planner.substitute import NAME
from tiangong.ports import Executor

SAMPLES: dict[str, Any] = {
    "string": "/sample",
    "integer": 8080,
    "number": 1.5,
    "boolean": True,
    "secret": {"secret": "sample/value"},
}
LABEL = "env.labels."


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was found. `unknown`: executors that aren't installed here, so that nothing can be said of their steps."""

    problems: tuple[Problem, ...]
    unknown: tuple[str, ...]


def rehearse(release: Release, path: str, source: Parsed) -> Rehearsal:
    """Try every step; problems have their places in `source`, the YAML the release was read from."""
    sample = Signed(release, path, b"", sha512(b""), ())
    prepared = prepare(_sample_wish(release), sample)
    names = sorted({point.name for point in entry_points(group=GROUP)})
    registry = Registry([PluginSettings(type=name) for name in names])
    found = [_placed(one, source) for one in prepared.problems]
    unknown: list[str] = []
    for above, spec, step in _each(release, prepared):
        executor = _executor(registry, step.executor)
        if executor is None:
            unknown.append(step.executor)
        else:
            found += _flaws(executor, above, spec, step, source)
    once = {(one.code, str(one.place), str(dict(one.facts))): one for one in found}
    problems = sorted(once.values(), key=lambda one: (one.place and one.place.line) or 0)
    return Rehearsal(tuple(problems), tuple(dict.fromkeys(unknown)))


def _each(release: Release, prepared: Prepared) -> Iterator[tuple[Location, StepSpec, Step]]:
    """Every step, those that uninstall too, with the place of its values."""
    for part, specs, steps in (
        ("steps", release.spec.steps, prepared.steps),
        ("uninstall", release.spec.uninstall, prepared.uninstall),
    ):
        for index, (spec, step) in enumerate(zip(specs, steps, strict=True)):
            yield ("spec", part, index, "with"), spec, step


def _sample_wish(release: Release) -> Wish:
    """An installation that sets what has no default, in an environment with every label that is asked for."""
    product = release.metadata.name.partition("@")[0]
    config = {name: SAMPLES[item.type] for name, item in release.spec.config.items() if item.default is None}
    names = {name for step in (*release.spec.steps, *release.spec.uninstall) for name in _names(step.with_)}
    labels = {name.removeprefix(LABEL): "sample" for name in names if name.startswith(LABEL)}
    return Wish(
        name=product,
        environment="sample",
        labels=labels,
        product=product,
        channel="",
        config=config,
        overrides=(),
        windows=(),
        zone="UTC",
        envelopes=(),
        drift="report",
    )


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (found[1] for found in NAME.finditer(value))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _names(inner)


def _executor(registry: Registry, name: str) -> Executor | None:
    try:
        return registry.get(name)
    except Misuse:
        return None


def _flaws(executor: Executor, above: Location, spec: StepSpec, step: Step, source: Parsed) -> Iterator[Problem]:
    """Values the executor can't take, but for those that only an environment knows."""
    for found in misplaced_in(step, executor):
        yield replace(found, place=source.place((*above, str(found.facts["field"]))))
    try:
        validate(_below(source, above, dict(step.spec)), executor.Spec)
    except Misuse as error:
        for found in error.problems:
            place = found.place or Place()
            first = re.split(r"[.\[]", place.field)[0]
            if next(_names(spec.with_.get(first)), None) is None:
                facts = found.facts if place.field else {**found.facts, "value": f"step {step.name}"}
                field = f"{dotted(above)}.{place.field}".rstrip(".")
                yield Problem(found.code, facts, Place(place.path, place.line, place.column, field))


def _below(source: Parsed, above: Location, data: dict[str, Any]) -> Parsed:
    """A part of the source as if it stood alone; places stay where they are."""
    marks = {spot[len(above) :]: mark for spot, mark in source.marks.items() if spot[: len(above)] == above}
    written = {spot[len(above) :]: word for spot, word in source.written.items() if spot[: len(above)] == above}
    start = source.place(above)
    return Parsed(data, source.path, {(): (start.line or 1, start.column or 1), **marks}, written)


def _placed(found: Problem, source: Parsed) -> Problem:
    """The same problem with its place in the source: line and column where the field stands there."""
    field = found.place.field if found.place else ""
    locations: dict[str, Location] = {dotted(location): location for location in source.marks}
    while field and field not in locations:
        field = re.sub(r"(\.[^.\[]*|\[\d+\]|^[^.\[]*)$", "", field)
    place = source.place(locations[field]) if field else Place(source.path)
    shown = found.place.field if found.place else ""
    return Problem(found.code, found.facts, Place(place.path, place.line, place.column, shown))
