"""Going back after a failed change (D20): undo what can't just be run over, then the previous release's steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.product import Release
from tiangong.model.stages import Change, ChangeKind, Desired, Past, Run, Seen, Signed, Step, Wish
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.due import due
from tiangong.planner.steps import prepare


@dataclass(frozen=True, slots=True)
class Retreat:
    """What going back takes; `change` is None, and `problems` say why, when it can't be done."""

    failed: Run
    change: Change | None
    problems: tuple[Problem, ...] = ()


def retreat(desired: Desired, wish: Wish, past: Past, seen: Seen, capabilities: Capabilities) -> Retreat | None:
    """Return how to leave a failed release again; None when there is nothing to leave, or nothing to go back to."""
    failed, installed = past.leaving, past.installed
    if failed is None or installed is None:
        return None
    releases = desired.releases.get(wish.product, {})
    release = releases.get(installed.version)
    if release is None or release.digest != installed.release:
        place = Place(f"products/{wish.product}/releases/{installed.version}/release.yaml")
        gone = problem("constraint/no-way-back", place, version=installed.version, why="its release is not there")
        return Retreat(failed, None, (gone,))
    prepared = prepare(wish, release)
    undo, lost = _to_undo(wish, past, _left_first(releases.values(), failed), capabilities)
    if prepared.problems or lost:
        unlike = (_lost(step, failed.version) for step in lost)
        return Retreat(failed, None, (*prepared.problems, *unlike))
    undone = {step.name for step in undo}
    done = {name: digest for name, digest in past.steps.items() if name not in undone}
    steps = due(prepared.steps, done, seen.drifted, past.once)
    return Retreat(failed, Change(ChangeKind.ROLLBACK, installed.version, installed.release, steps, undo))


def _left_first(releases: Iterable[Signed[Release]], failed: Run) -> list[Signed[Release]]:
    return sorted(releases, key=lambda release: (release.digest != failed.release, release.path))


def _to_undo(
    wish: Wish, past: Past, releases: list[Signed[Release]], capabilities: Capabilities
) -> tuple[tuple[Step, ...], list[Step]]:
    """Done steps that can't be run over and can be undone, newest first; and those whose values aren't known any more.

    Steps may have been done by several runs, and towards several releases, since the installed one was left.
    """
    undo: list[Step] = []
    lost: list[Step] = []
    for name, digest in reversed([*past.towards.items()]):
        alike = list(_steps_named(name, wish, releases))
        step = next((step for step in alike if step.digest == digest), None)
        if step is not None and _must_undo(step, capabilities):
            undo.append(step)
        elif step is None and alike and _must_undo(alike[0], capabilities):
            lost.append(alike[0])
    return tuple(undo), lost


def _steps_named(name: str, wish: Wish, releases: list[Signed[Release]]) -> Iterator[Step]:
    for release in releases:
        if any(step.name == name for step in release.document.spec.steps):
            yield from (step for step in prepare(wish, release).steps if step.name == name)


def _must_undo(step: Step, capabilities: Capabilities) -> bool:
    try:
        traits = capabilities.traits(step)
    except Misuse:
        return False
    return traits.reversible and not traits.idempotent


def _lost(step: Step, version: str) -> Problem:
    place = Place(f"{step.folder}/release.yaml", field=f"step {step.name}")
    return problem("constraint/cant-undo", place, step=step.name, version=version)
