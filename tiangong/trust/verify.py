"""verify: Snapshot, memory, now → Desired. Pure; the only place that builds a `Desired`."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tiangong.errors import Place, Problem, Refused, problem
from tiangong.model.acts import Recall
from tiangong.model.seal import SEALS
from tiangong.model.stages import Desired, Memory, Pins, Refusal, Snapshot, Tree
from tiangong.trust.closure import MOST_FILES, Closure, closure_of
from tiangong.trust.court import LOST, POLICY_PATH, UNREAD, Court
from tiangong.trust.reading import Cache, remarked
from tiangong.trust.roots import expired
from tiangong.trust.seal import Sealing, level_of, read_sealing, too_early

CLOCK_TOLERANCE = timedelta(minutes=10)

__all__ = ["Cache", "verify"]


def verify(snapshot: Snapshot, pins: Pins, memory: Memory | None, now: datetime, cache: Cache | None = None) -> Desired:
    """Return what may be acted on; Refused only when nothing at all can be trusted (root, policy, no environment)."""
    cache = cache or Cache()
    ground = _ground(snapshot, pins, memory, now, cache)
    closure, sealing = ground.closure, ground.sealing
    over = _over(closure, now)
    rewritten = snapshot.rewritten and not (memory and memory.accepted_history == snapshot.revision)
    # Under a seal it is the seal that can't go back; where its head came from is only remarked (D11).
    held = snapshot.revision if rewritten and not sealing else ""
    return Desired(
        environment=closure.environment,
        revision=ground.revision,
        tree=ground.tree,
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
        holds=tuple(_holds(closure, memory, now, rewritten=held)),
        # Of a history that was rewritten and not accepted nothing is remembered: the old marks stay (D11).
        memory=memory if held and memory else _memory(closure, pins, memory, ground, now),
        refusals=(*_refusals(closure, over), *_remarks(snapshot, rewritten=rewritten and not held)),
        recalls=closure.recalls,
        approvals=closure.approvals,
        level=level_of(closure.policy.document.spec, pins),
        seal=sealing.mark if sealing else None,
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is stood on: the tip of the branch, or the head that was sealed; and what it says."""

    closure: Closure
    tree: Tree
    revision: str
    sealing: Sealing | None = None


def _ground(snapshot: Snapshot, pins: Pins, memory: Memory | None, now: datetime, cache: Cache) -> _Ground:
    """The newest sealed head where a seal is demanded; Refused when there is none that may be acted on."""
    if snapshot.draft or not _demands_seal(snapshot, pins, memory, cache):
        closure = closure_of(snapshot.tree, pins, memory, cache, draft=snapshot.draft)
        if snapshot.draft or closure.policy.document.spec.security_level == "signatures":
            return _Ground(closure, snapshot.tree, snapshot.revision)
    if snapshot.seals is None:
        raise Refused.of("seal/none", Place(SEALS))
    sealing = read_sealing(snapshot.seals.tree, snapshot.seals.commit)
    if found := too_early(sealing, memory.seal if memory else None, now):
        raise Refused(found)
    if snapshot.seals.sealed is None:
        raise Refused.of("seal/no-head", Place(SEALS), head=sealing.seal.spec.head)
    tree = snapshot.seals.sealed
    return _Ground(closure_of(tree, pins, memory, cache, sealing), tree, sealing.seal.spec.head, sealing)


def _demands_seal(snapshot: Snapshot, pins: Pins, memory: Memory | None, cache: Cache) -> bool:
    """Tell whether the host was told to demand one, or one was demanded before and the policy still says so.

    The newest policy decides, sealed or not: it is signed by its quorum.
    """
    if pins.level != "signatures":
        return True
    if memory is None or memory.seal is None:
        return False
    try:
        _, policy = Court(snapshot.tree, pins, memory, cache, MOST_FILES).open()
    except Refused:
        return True
    return policy.document.spec.security_level != "signatures"


def _remarks(snapshot: Snapshot, *, rewritten: bool) -> Iterator[Refusal]:
    if rewritten:
        yield remarked("main", problem("trust/history-rewritten", Place("main"), revision=snapshot.revision))


def _over(closure: Closure, now: datetime) -> frozenset[str]:
    """Paths of restrictions that hold nothing any more: their time has come, or they were withdrawn."""
    ends = {one.path: one.document.spec.until for one in closure.suppressions}
    ends |= {one.path: one.document.spec.until for one in closure.approvals}
    return closure.ended | {path for path, until in ends.items() if now >= until}


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


def _memory(closure: Closure, pins: Pins, before: Memory | None, ground: _Ground, now: datetime) -> Memory:
    # An hour is fine enough to notice a clock that was turned back, and spares a write every cycle.
    floor = now.replace(minute=0, second=0, microsecond=0)
    if before and before.clock_floor and before.clock_floor > floor:
        floor = before.clock_floor
    mark = ground.sealing.mark if ground.sealing else before.seal if before else None
    if mark and mark.issued > floor:
        floor = mark.issued  # attested by somebody who may (R18)
    accepted = before.accepted_history if before else ""
    root = closure.root
    return Memory(pins.repo, root.version, root.digest, closure.kept, ground.revision, floor, accepted, mark)
