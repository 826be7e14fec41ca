"""Whatever a release asks for, an agent keeps inside every envelope of its environment (D27)."""

from collections.abc import Iterator, Sequence

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
            continue  # the executor constraint says so
        for found in outside(effects, case.wish.envelopes, step.executor, step.name):
            yield Reason("envelope", found)


def outside(effects: Effects, envelopes: Sequence[Envelope], executor: str, step: str) -> Iterator[Problem]:
    """What a step would touch outside the envelopes; an absent part doesn't limit, but commands must be named (D27)."""
    for envelope in envelopes:
        if envelope.executors is not None and executor not in envelope.executors:
            yield _problem(step, "executor", executor, envelope.executors)
        if envelope.paths is not None:
            yield from _each(
                step, "path", [p for p in effects.paths if not is_inside(p, envelope.paths)], envelope.paths
            )
        if envelope.hosts is not None:
            yield from _each(step, "host", [h for h in effects.hosts if h not in envelope.hosts], envelope.hosts)
    yield from _outside_shell(effects, envelopes, step)


def _outside_shell(effects: Effects, envelopes: Sequence[Envelope], step: str) -> Iterator[Problem]:
    """Commands are denied unless every envelope that speaks of the shell, and at least one, names them."""
    speaking = [envelope.shell for envelope in envelopes if envelope.shell is not None]
    named = [command for command in effects.commands if speaking and all(command in s.commands for s in speaking)]
    allowed = [word for word in speaking[0].commands if all(word in s.commands for s in speaking)] if speaking else []
    yield from _each(step, "command", [c for c in effects.commands if c not in named], allowed)
    if effects.commands or effects.user:
        users = dict.fromkeys(shell.user for shell in speaking if shell.user is not None)
        for user in users:
            if effects.user != user:
                yield _problem(step, "user", effects.user or "the agent's own", (user,))


def _each(step: str, what: str, values: Sequence[str], allowed: Sequence[str]) -> Iterator[Problem]:
    for value in values:
        yield _problem(step, what, value, allowed)


def _problem(step: str, what: str, value: str, allowed: Sequence[str]) -> Problem:
    return problem("constraint/envelope", step=step, what=what, value=value, allowed=", ".join(allowed) or "nothing")
