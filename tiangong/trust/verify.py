"""verify: Snapshot, memory, now → Desired. Pure; the only place that builds a `Desired`."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from tiangong.errors import Place, Problem, problem
from tiangong.model.acts import Recall
from tiangong.model.stages import Desired, Memory, Pins, Refusal, Snapshot
from tiangong.trust.closure import Closure, closure_of
from tiangong.trust.court import LOST, POLICY_PATH, UNREAD
from tiangong.trust.reading import Cache
from tiangong.trust.roots import expired

CLOCK_TOLERANCE = timedelta(minutes=10)

__all__ = ["Cache", "verify"]


def verify(snapshot: Snapshot, pins: Pins, memory: Memory | None, now: datetime, cache: Cache | None = None) -> Desired:
    """Return what may be acted on; Refused only when nothing at all can be trusted (root, policy, no environment)."""
    closure = closure_of(snapshot.tree, pins, memory, cache or Cache())
    over = _over(closure, now)
    rewritten = snapshot.rewritten and not (memory and memory.accepted_history == snapshot.revision)
    return Desired(
        environment=closure.environment,
        revision=snapshot.revision,
        tree=snapshot.tree,
        policy=closure.policy,
        fleet=closure.fleet,
        agent=closure.agent,
        channels=closure.channels,
        profiles=closure.profiles,
        installations=closure.installations,
        products=closure.products,
        releases=closure.releases,
        promotions=closure.promotions,
        suppressions=tuple(one for one in closure.suppressions if one.path not in over),
        secrets=closure.secrets,
        holds=tuple(_holds(closure, memory, now, rewritten=snapshot.revision if rewritten else "")),
        # Of a history that was rewritten and not accepted nothing is remembered: the old marks stay (D11).
        memory=memory if rewritten and memory else _memory(closure, pins, memory, snapshot.revision, now),
        refusals=tuple(_refusals(closure, over)),
        recalls=closure.recalls,
    )


def _over(closure: Closure, now: datetime) -> frozenset[str]:
    """Paths of restrictions that hold nothing any more: their time has come, or they were withdrawn."""
    return closure.ended | {one.path for one in closure.suppressions if now >= one.document.spec.until}


def _refusals(closure: Closure, over: Collection[str]) -> Iterator[Refusal]:
    """What is over may go: deleting it is no news then (D1)."""
    return (r for r in closure.refusals if r.path not in over or r.problem.code != "trust/disappeared")


def _holds(closure: Closure, memory: Memory | None, now: datetime, *, rewritten: str) -> Iterator[Problem]:
    """What keeps the whole environment from starting anything new, while what runs goes on.

    `rewritten`: the commit of a history that was rewritten and not accepted, else empty.
    """
    if found := expired(closure.root, now):
        yield found
    until = closure.policy.document.spec.expires
    if now >= until:
        yield problem("trust/policy-expired", Place(POLICY_PATH, field="spec.expires"), until=until.isoformat())
    ends = closure.environment.document.spec.expires
    if ends is not None and now >= ends:
        place = Place(closure.environment.path, field="spec.expires")
        yield problem("trust/environment-expired", place, until=ends.isoformat())
    if closure.environment.document.spec.state == "retired":
        yield problem("trust/retired", Place(closure.environment.path, field="spec.state"))
    floor = memory.clock_floor if memory else None
    if floor is not None and now < floor - CLOCK_TOLERANCE:
        yield problem("trust/clock", floor=floor.isoformat(), now=now.isoformat())
    if rewritten:
        yield problem("trust/history-rewritten", Place("main"), revision=rewritten)
    yield from (refusal.problem for refusal in closure.refusals if _holds_everything(refusal))


def _holds_everything(refusal: Refusal) -> bool:
    """A recall concerns one product, which the planner's constraint `recall` holds then (R24)."""
    return refusal.problem.code in (UNREAD, LOST) and refusal.kind != Recall.__name__


def _memory(closure: Closure, pins: Pins, before: Memory | None, revision: str, now: datetime) -> Memory:
    # An hour is fine enough to notice a clock that was turned back, and spares a write every cycle.
    floor = now.replace(minute=0, second=0, microsecond=0)
    if before and before.clock_floor and before.clock_floor > floor:
        floor = before.clock_floor
    accepted = before.accepted_history if before else ""
    return Memory(pins.repo, closure.root.version, closure.root.digest, closure.kept, revision, floor, accepted)
