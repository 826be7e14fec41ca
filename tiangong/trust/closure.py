"""What the documents of one environment say, whatever the time: the part of verification that is worth keeping.

Reads the closure of one environment only: fleet, trust, channels, suppressions, withdrawals, the environment with its
profiles and installations, and the products those name. One bad document never stops another (R24).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tiangong.documents.paths import TOP_FOLDERS
from tiangong.errors import Place, Refused, problem
from tiangong.model.acts import Recall
from tiangong.model.approval import Approval
from tiangong.model.document import Document
from tiangong.model.environment import Agent, Environment, Installation, Profile, Suppression
from tiangong.model.policy import TrustPolicy
from tiangong.model.product import Channel, Fleet, Product, Promotion, Release
from tiangong.model.secret import Secret
from tiangong.model.stages import Entry, Kept, Memory, Pins, Refusal, Sealed, Signed, Tree
from tiangong.trust.approval import FOLDER as APPROVALS
from tiangong.trust.court import Court
from tiangong.trust.reading import Cache
from tiangong.trust.revocations import FOLDER as REVOCATIONS
from tiangong.trust.roots import Root
from tiangong.trust.seal import Sealing, judge_seal
from tiangong.trust.sealed import sealed

LARGEST_SECRETS = 16 << 20
"""bytes of all SOPS files of one environment"""
MOST_FILES = 20_000
"""in the folders of one environment's closure, signatures and payload included (D6)"""

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class Closure:
    """Accepted documents, refusals, and what to remember."""

    root: Root
    policy: Signed[TrustPolicy]
    fleet: Signed[Fleet]
    environment: Signed[Environment]
    agent: Signed[Agent] | None
    channels: Mapping[str, Signed[Channel]]
    profiles: Mapping[str, Signed[Profile]]
    installations: Mapping[str, Signed[Installation]]
    products: Mapping[str, Signed[Product]]
    releases: Mapping[str, Mapping[str, Signed[Release]]]
    promotions: Mapping[str, Mapping[str, Mapping[str, Signed[Promotion]]]]
    secrets: Mapping[str, Sealed]
    suppressions: tuple[Signed[Suppression], ...]
    approvals: tuple[Signed[Approval], ...]
    """those that name the environment and were not withdrawn"""
    recalls: Mapping[str, tuple[Signed[Recall], ...]]
    """product → what was recalled and not withdrawn"""
    ended: frozenset[str]
    """paths of restrictions that were withdrawn"""
    refusals: tuple[Refusal, ...]
    kept: Mapping[str, Kept]


def closure_of(
    tree: Tree, pins: Pins, memory: Memory | None, cache: Cache, sealing: Sealing | None = None, *, draft: bool = False
) -> Closure:
    """Return the closure, at once when nothing it depends on differs from the last time; Refused when there is none.

    `sealing`: the seal the tree must fit, and whose sealers the policy found in it must know; `draft`: looking ahead.
    """
    marks = (memory.root_version, memory.root_digest, memory.kept, memory.seal) if memory else ()
    made_from = (pins, _shown(tree, pins.environment), marks, sealing.found if sealing else None, draft)
    if cache.closure is not None and cache.closure[0] == made_from and isinstance(cache.closure[1], Closure):
        return cache.closure[1]
    cache.trim()
    closure = _read(Court(tree, pins, memory, cache, MOST_FILES, sealing), draft=draft)
    cache.closure = (made_from, closure)
    return closure


def _shown(tree: Tree, environment: str) -> tuple[Entry | None, ...]:
    """The ids of everything that may be read: of `environments` only the own one."""
    top = [e for e in tree.folder("") if e.name in TOP_FOLDERS or e.name.startswith("tiangong.yaml")]
    return (*(e for e in top if e.name != "environments"), tree.entry(f"environments/{environment}"))


def _read(court: Court, *, draft: bool) -> Closure:
    root, policy = court.open()
    if draft:
        court.presume()
    if court.sealing:
        mark = court.memory.seal if court.memory else None
        judge_seal(court.sealing, policy.document.spec, court.ring, court.pins, mark)
    fleet = _needed(court.one("tiangong.yaml", Fleet), "tiangong.yaml", court)
    here = f"environments/{court.pins.environment}"
    environment = _needed(court.one(f"{here}/environment.yaml", Environment), f"{here}/environment.yaml", court)
    installations = {i.document.metadata.name: i for i in court.all_in(f"{here}/installations", Installation)}
    profiles = _profiles(court, environment)
    products = _product_names(profiles, installations)
    court.take_withdrawals(("suppressions/", "approvals/", "trust/", *(f"products/{product}/" for product in products)))
    for folder in (REVOCATIONS, *(f"products/{product}/recalls" for product in products)):
        court.unread_in(folder)
    suppressions = tuple(court.all_in("suppressions", Suppression))
    recalls = [one for product in products for one in court.all_in(f"products/{product}/recalls", Recall)]
    over = (path for path, _ in court.withdrawn if path.startswith((f"{REVOCATIONS}/", f"{APPROVALS}/")))
    ended = frozenset({*over, *(one.path for one in (*suppressions, *recalls) if court.is_withdrawn(one))})
    return Closure(
        root=root,
        policy=policy,
        fleet=fleet,
        environment=environment,
        agent=court.one(f"{here}/agent.yaml", Agent),
        channels={c.document.metadata.name: c for c in court.all_in("channels", Channel)},
        profiles=profiles,
        installations=installations,
        products={p: found for p in products if (found := court.one(f"products/{p}/product.yaml", Product))},
        releases={p: _releases(court, p) for p in products},
        promotions={p: _promotions(court, p) for p in products},
        suppressions=suppressions,
        approvals=_approvals(court),
        recalls={product: _of_product(recalls, product, ended) for product in products},
        ended=ended,
        secrets=_secrets(court, f"{here}/secrets"),
        refusals=once(court.refusals),
        kept=_kept(court),
    )


def _approvals(court: Court) -> tuple[Signed[Approval], ...]:
    """Those that name the environment and were not withdrawn."""
    named = (
        one for one in court.all_in(APPROVALS, Approval) if court.pins.environment in one.document.spec.environments
    )
    return tuple(one for one in named if not court.is_withdrawn(one))


def once(refusals: list[Refusal]) -> tuple[Refusal, ...]:
    """Each thing said once, in an order of its own."""
    found = {(r.path, r.problem.code, str(r.problem.place)): r for r in refusals}
    return tuple(found[key] for key in sorted(found))


def _needed(found: Signed[D] | None, path: str, court: Court) -> Signed[D]:
    """A document without which there is nothing to do; Refused with why it isn't there."""
    if found is not None:
        return found
    ways = {path, *(path[:at] for at, sign in enumerate(path) if sign == "/")}
    why = tuple(refusal.problem for refusal in court.refusals if refusal.path in ways)
    raise Refused(*why or (problem("trust/missing", Place(path)),))


def _profiles(court: Court, environment: Signed[Environment]) -> dict[str, Signed[Profile]]:
    names = dict.fromkeys(environment.document.spec.profiles)
    return {name: found for name in names if (found := court.one(f"profiles/{name}.yaml", Profile))}


def _product_names(
    profiles: Mapping[str, Signed[Profile]], installations: Mapping[str, Signed[Installation]]
) -> list[str]:
    listed = [entry.product for profile in profiles.values() for entry in profile.document.spec.install]
    named = [i.document.spec.product for i in installations.values() if i.document.spec.product]
    return sorted({*listed, *named})


def _of_product(recalls: Sequence[Signed[Recall]], product: str, ended: Collection[str]) -> tuple[Signed[Recall], ...]:
    start = f"products/{product}/"
    return tuple(one for one in recalls if one.path.startswith(start) and one.path not in ended)


def _releases(court: Court, product: str) -> dict[str, Signed[Release]]:
    """Version → release."""
    folder = f"products/{product}/releases"
    found = {name: court.one(f"{folder}/{name}/release.yaml", Release) for name in court.folders_in(folder)}
    return {version: release for version, release in found.items() if release}


def _promotions(court: Court, product: str) -> dict[str, dict[str, Signed[Promotion]]]:
    """Channel → version → promotion."""
    folder = f"products/{product}/promotions"
    return {
        channel: {
            p.path.rpartition("/")[2].removesuffix(".yaml"): p for p in court.all_in(f"{folder}/{channel}", Promotion)
        }
        for channel in court.folders_in(folder)
    }


def _secrets(court: Court, folder: str) -> dict[str, Sealed]:
    """Name → secret with its SOPS file; what is wrong with a file is a refusal that takes nothing away from others."""
    found = {s.document.metadata.name: sealed(court.tree, s) for s in court.all_in(folder, Secret)}
    if sum(len(one.raw or b"") for one in found.values()) > LARGEST_SECRETS:
        raise Refused.of("trust/too-much", Place(folder), limit=LARGEST_SECRETS)
    for one in found.values():
        if one.flaw and one.flaw.place:
            court.refuse(one.flaw.place.path, one.flaw)
    return found


def _kept(court: Court) -> dict[str, Kept]:
    """What was kept before, with what was accepted now on top."""
    return {**court.marks, **court.kept}
