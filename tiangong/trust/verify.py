"""verify: Snapshot, memory, now → Desired. Pure; the only place that builds a `Desired`.

Reads the closure of one environment only: fleet, trust, channels, suppressions, the environment with its profiles and
installations, and the products those name. One bad document never stops another (R24).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from tiangong.errors import Place, Problem, Refused, problem
from tiangong.model.document import Document
from tiangong.model.environment import Agent, Environment, Installation, Profile, Suppression
from tiangong.model.policy import TrustPolicy
from tiangong.model.product import Channel, Fleet, Product, Promotion, Release
from tiangong.model.stages import Desired, Kept, Memory, Pins, Refusal, Signed, Snapshot
from tiangong.trust.court import POLICY_PATH, Court
from tiangong.trust.reading import Cache, folders_in
from tiangong.trust.roots import Root, expired

CLOCK_TOLERANCE = timedelta(minutes=10)

D = TypeVar("D", bound=Document)

__all__ = ["Cache", "verify"]


def verify(snapshot: Snapshot, pins: Pins, memory: Memory | None, now: datetime, cache: Cache | None = None) -> Desired:
    """Return what may be acted on; Refused only when nothing at all can be trusted (root, policy, no environment)."""
    court = Court(snapshot.tree, pins, memory, cache or Cache())
    court.cache.trim()
    root, policy = court.open()
    fleet = _needed(court.one("tiangong.yaml", Fleet), "tiangong.yaml", court)
    here = f"environments/{pins.environment}"
    environment = _needed(court.one(f"{here}/environment.yaml", Environment), f"{here}/environment.yaml", court)
    installations = {i.document.metadata.name: i for i in court.all_in(f"{here}/installations", Installation)}
    profiles = _profiles(court, environment)
    products = _product_names(profiles, installations)
    rewritten = snapshot.rewritten and not (memory and memory.accepted_history == snapshot.revision)
    return Desired(
        environment=environment,
        revision=snapshot.revision,
        tree=snapshot.tree,
        policy=policy,
        fleet=fleet,
        agent=court.one(f"{here}/agent.yaml", Agent),
        channels={c.document.metadata.name: c for c in court.all_in("channels", Channel)},
        profiles=profiles,
        installations=installations,
        products={p: found for p in products if (found := court.one(f"products/{p}/product.yaml", Product))},
        releases={p: _releases(court, p) for p in products},
        promotions={p: _promotions(court, p) for p in products},
        suppressions=_suppressions(court, now),
        holds=tuple(_holds(root, policy, environment, memory, now, rewritten=rewritten)),
        memory=_memory(court, root, snapshot, now, rewritten=rewritten),
        refusals=_once(court.refusals),
    )


def _once(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """A folder may be looked at twice; each thing is said once."""
    return tuple({(r.path, r.problem.code): r for r in refusals}.values())


def _needed(found: Signed[D] | None, path: str, court: Court) -> Signed[D]:
    """A document without which there is nothing to do; Refused with why it isn't there."""
    if found is None:
        raise Refused(
            *(r.problem for r in court.refusals if r.path == path) or (problem("trust/missing", Place(path)),),
        )
    return found


def _profiles(court: Court, environment: Signed[Environment]) -> dict[str, Signed[Profile]]:
    names = dict.fromkeys(environment.document.spec.profiles)
    return {name: found for name in names if (found := court.one(f"profiles/{name}.yaml", Profile))}


def _product_names(
    profiles: Mapping[str, Signed[Profile]], installations: Mapping[str, Signed[Installation]]
) -> list[str]:
    listed = [entry.product for profile in profiles.values() for entry in profile.document.spec.install]
    named = [i.document.spec.product for i in installations.values() if i.document.spec.product]
    return sorted({*listed, *named})


def _releases(court: Court, product: str) -> dict[str, Signed[Release]]:
    """Version → release. Fresh ones by folder, remembered ones although their folder is gone."""
    folder = f"products/{product}/releases"
    versions = {*folders_in(court.tree, folder, court.refusals), *_remembered(court, folder)}
    found = {v: court.one(f"{folder}/{v}/release.yaml", Release) for v in sorted(versions)}
    return {version: release for version, release in found.items() if release}


def _promotions(court: Court, product: str) -> dict[str, dict[str, Signed[Promotion]]]:
    """Channel → version → promotion."""
    folder = f"products/{product}/promotions"
    channels = {*folders_in(court.tree, folder, court.refusals), *_remembered(court, folder)}
    return {
        channel: {
            p.path.rpartition("/")[2].removesuffix(".yaml"): p for p in court.all_in(f"{folder}/{channel}", Promotion)
        }
        for channel in sorted(channels)
    }


def _remembered(court: Court, folder: str) -> Iterable[str]:
    """Names directly below a folder of which something is remembered."""
    kept = court.memory.kept if court.memory else {}
    prefix = f"{folder}/"
    return {path[len(prefix) :].partition("/")[0] for path in kept if path.startswith(prefix)}


def _suppressions(court: Court, now: datetime) -> tuple[Signed[Suppression], ...]:
    """Those that haven't ended; deleting one doesn't end it (D1)."""
    return tuple(s for s in court.all_in("suppressions", Suppression) if now < s.document.spec.until)


def _holds(
    root: Root,
    policy: Signed[TrustPolicy],
    environment: Signed[Environment],
    memory: Memory | None,
    now: datetime,
    *,
    rewritten: bool,
) -> Iterable[Problem]:
    """What keeps the whole environment from starting anything new, while what runs goes on."""
    if found := expired(root, now):
        yield found
    until = policy.document.spec.expires
    if now >= until:
        yield problem("trust/policy-expired", Place(POLICY_PATH, field="spec.expires"), until=until.isoformat())
    ends = environment.document.spec.expires
    if ends is not None and now >= ends:
        yield problem(
            "trust/environment-expired", Place(environment.path, field="spec.expires"), until=ends.isoformat()
        )
    floor = memory.clock_floor if memory else None
    if floor is not None and now < floor - CLOCK_TOLERANCE:
        yield problem("trust/clock", floor=floor.isoformat(), now=now.isoformat())
    if rewritten:
        yield problem("trust/history-rewritten", Place("main"))


def _memory(court: Court, root: Root, snapshot: Snapshot, now: datetime, *, rewritten: bool) -> Memory:
    """What to remember. Of a history that was rewritten and not accepted, nothing: the old marks stay."""
    before = court.memory
    if rewritten and before:
        return before
    kept: dict[str, Kept] = {**(before.kept if before else {}), **court.kept}
    # An hour is fine enough to notice a clock that was turned back, and spares a write every cycle.
    floor = now.replace(minute=0, second=0, microsecond=0)
    if before and before.clock_floor and before.clock_floor > floor:
        floor = before.clock_floor
    fresh = Memory(court.pins.repo, root.version, root.digest, kept, snapshot.revision, floor)
    return replace(fresh, accepted_history=before.accepted_history) if before else fresh
