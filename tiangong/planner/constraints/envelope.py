"""Whatever a release asks for, an agent keeps inside every envelope of its environment (D27)."""

from collections.abc import Iterator

from tiangong.errors import Misuse, Problem, problem
from tiangong.model.environment import Envelope
from tiangong.model.stages import Reason
from tiangong.planner.case import Case
from tiangong.planner.globs import is_inside
from tiangong.ports import Effects


def objections(case: Case) -> Iterator[Reason]:
    """Say which step would reach outside which part of an envelope."""
    for step in case.steps:
        if step.executor not in case.capabilities.names:
            continue
        try:
            effects = case.capabilities.effects(step)
        except Misuse:
            continue
        for envelope in case.wish.envelopes:
            for found in outside(effects, envelope, step.executor, step.name):
                yield Reason("envelope", found)


def outside(effects: Effects, envelope: Envelope, executor: str, step: str) -> Iterator[Problem]:
    """What a step would touch outside one envelope; an absent part of an envelope doesn't limit, but for the shell."""
    if envelope.executors is not None and executor not in envelope.executors:
        yield _problem(step, "executor", executor, envelope.executors)
    if envelope.paths is not None:
        for path in effects.paths:
            if not is_inside(path, envelope.paths):
                yield _problem(step, "path", path, envelope.paths)
    if envelope.hosts is not None:
        for host in effects.hosts:
            if host not in envelope.hosts:
                yield _problem(step, "host", host, envelope.hosts)
    allowed = envelope.shell.commands if envelope.shell else ()
    for command in effects.commands:
        if command not in allowed:
            yield _problem(step, "command", command, allowed)
    wanted = envelope.shell.user if envelope.shell else None
    if effects.user and wanted and effects.user != wanted:
        yield _problem(step, "user", effects.user, (wanted,))


def _problem(step: str, what: str, value: str, allowed: tuple[str, ...]) -> Problem:
    return problem("constraint/envelope", step=step, what=what, value=value, allowed=", ".join(allowed) or "nothing")
