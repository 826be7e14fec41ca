"""Uninstalling (D5): the release's `uninstall:` steps, else its steps that can be undone are, the last one first."""

from collections.abc import Iterable
from dataclasses import dataclass

from semver import Version

from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.product import Release
from tiangong.model.stages import Change, ChangeKind, Desired, Past, Signed, Step, Wish
from tiangong.model.version import precedence
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.due import due
from tiangong.planner.steps import prepare

MOST_LOOKED_AT = 100
"""how many releases are looked at for a step that was done, besides the installed one"""


@dataclass(frozen=True, slots=True)
class Farewell:
    """What uninstalling takes; `change` is None, and `problems` say why, when it can't be done.

    `stays`: steps that were done and can't be undone, so that what they did stays.
    """

    change: Change | None
    problems: tuple[Problem, ...] = ()
    stays: tuple[str, ...] = ()


def farewell(desired: Desired, wish: Wish, past: Past, capabilities: Capabilities) -> Farewell | None:
    """Return how to remove what is installed, or was begun to be; None when nothing is there."""
    there = _there(past)
    if there is None:
        return None
    version, digest = there
    releases = desired.releases.get(wish.product, {})
    release = releases.get(version)
    if release is None or release.digest != digest:
        return Farewell(None, (_gone(wish, version),))
    prepared = prepare(wish, release)
    if not release.document.spec.uninstall:
        return _undone(wish, past, [release, *_others(release, releases.values())], capabilities)
    if prepared.problems:
        return Farewell(None, prepared.problems)
    begun = past.last is not None and past.last.kind is ChangeKind.UNINSTALL and past.last.release == digest
    steps = due(prepared.uninstall, past.steps if begun else {}, (), ())
    return Farewell(Change(ChangeKind.UNINSTALL, version, digest, steps))


def _there(past: Past) -> tuple[str, str] | None:
    """Version and digest of the release that is there, or of the one a first run left half done."""
    if past.installed:
        return past.installed.version, past.installed.release
    return (past.last.version, past.last.release) if past.last and past.steps else None


def _others(installed: Signed[Release], releases: Iterable[Signed[Release]]) -> list[Signed[Release]]:
    return sorted((r for r in releases if r is not installed), key=_precedence, reverse=True)


def _undone(wish: Wish, past: Past, releases: list[Signed[Release]], capabilities: Capabilities) -> Farewell:
    """Undo what was done, release by release; hold when the values a step was done with aren't known any more."""
    installed = releases[0]
    found = _found(wish, past, releases)
    reversible = {step.name: _is_reversible(step, capabilities) for step in found}
    lost = [
        step
        for step in prepare(wish, installed).steps
        if step.name in past.steps and step.name not in reversible and _is_reversible(step, capabilities)
    ]
    if lost:
        return Farewell(None, tuple(_lost(step) for step in lost))
    version = installed.document.metadata.name.partition("@")[2]
    undo = tuple(step for step in found if reversible[step.name])
    stays = tuple(step.name for step in found if not reversible[step.name])
    return Farewell(Change(ChangeKind.UNINSTALL, version, installed.digest, (), undo), stays=stays)


def _found(wish: Wish, past: Past, releases: list[Signed[Release]]) -> list[Step]:
    """The steps that are done, with the values they were done with, the last one first."""
    left = dict(past.steps)
    by_release: list[tuple[Signed[Release], list[Step]]] = []
    for release in releases[: MOST_LOOKED_AT + 1]:
        if left.keys().isdisjoint(step.name for step in release.document.spec.steps):
            continue
        mine = [step for step in prepare(wish, release).steps if left.get(step.name) == step.digest]
        by_release.append((release, mine[::-1]))
        for step in mine:
            del left[step.name]
    # Newest first, so that what a failed upgrade left is undone before what was installed.
    by_release.sort(key=lambda one: _precedence(one[0]), reverse=True)
    return [step for _, steps in by_release for step in steps]


def _precedence(release: Signed[Release]) -> Version:
    return precedence(release.document.metadata.name.partition("@")[2])


def _is_reversible(step: Step, capabilities: Capabilities) -> bool:
    try:
        return capabilities.traits(step).reversible
    except Misuse:
        return False


def _gone(wish: Wish, version: str) -> Problem:
    if not wish.product:
        place = Place(wish.origins.get("state", ""), field="spec.product")
        return problem("constraint/which-product", place, installation=wish.name)
    place = Place(f"products/{wish.product}/releases/{version}/release.yaml")
    return problem("constraint/no-way-out", place, version=version)


def _lost(step: Step) -> Problem:
    place = Place(f"{step.folder}/release.yaml", field=f"step {step.name}")
    return problem("constraint/cant-uninstall", place, step=step.name)
