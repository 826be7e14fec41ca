"""What a seal must name: paths where the head holds nothing that counts, with what counted there before (D9). Pure.

A sealer remembers nothing but the seal before: what counted under it is what must go on counting.
"""

from dataclasses import dataclass
from datetime import datetime

from tiangong.documents.paths import kind_at
from tiangong.model.approval import Approval
from tiangong.model.environment import Environment, Suppression
from tiangong.model.kinds import KINDS
from tiangong.model.policy import TrustPolicy
from tiangong.model.seal import LastGood, Quarantined
from tiangong.model.stages import Memory, Pins, Refusal, Tree
from tiangong.trust.audit import folders_of
from tiangong.trust.court import Court
from tiangong.trust.reading import Cache
from tiangong.trust.seal import Sealing, judge_seal
from tiangong.trust.withdrawal import WITHDRAWALS

ROOTS_OWN = ("TrustRoot", "TrustPolicy", "Revocation")


@dataclass(frozen=True, slots=True)
class SealedHead:
    """The seal before, with the files of the commit it seals."""

    sealing: Sealing
    tree: Tree


@dataclass(frozen=True, slots=True)
class Ward:
    """`quarantine`: what the next seal must name; `refusals`: why, in full."""

    quarantine: tuple[Quarantined, ...]
    refusals: tuple[Refusal, ...]
    policy: TrustPolicy


def quarantine(tree: Tree, pins: Pins, known: Court | None, now: datetime) -> Ward:
    """Judge a whole head as an agent that has accepted the seal before would; Refused when its trust can't be.

    `known`: everything that counted under the seal before; see `accepted_under`.
    """
    cache = known.cache if known else Cache()
    memory = _memory(known, pins) if known else None
    court = Court(
        tree, pins, memory, cache, times=known.sealing.listings if known and known.sealing else None, presumed=now
    )
    _judge_all(court, tree)
    wrong = {r.path: r for r in reversed(court.refusals) if r.kind and not _may_go(court, known, r.path, now)}
    assert court.policy is not None  # noqa: S101 -- open() comes first
    return Ward(
        tuple(_entry(path, wrong[path].problem.code, _good(known, path)) for path in sorted(wrong)),
        tuple(refusal for refusal in court.refusals if not refusal.kind or refusal.path in wrong),
        court.policy.document,
    )


def _entry(path: str, why: str, good: LastGood | None) -> Quarantined:
    return Quarantined.model_validate({"path": path, "why": why, "lastGood": good})


def accepted_under(before: SealedHead, pins: Pins) -> Court:
    """Everything that counts under a seal; Refused when the seal itself doesn't."""
    court = Court(before.tree, pins, None, Cache(), sealing=before.sealing)
    _judge_all(court, before.tree)
    assert court.policy is not None  # noqa: S101 -- open() comes first
    judge_seal(before.sealing, court.policy.document.spec, court.ring, pins, None)
    return court


def _judge_all(court: Court, tree: Tree) -> None:
    court.open()
    court.take_withdrawals()
    there = {path for folder in folders_of(tree) for path in court.files.folder(folder).files}
    named = set(court.sealing.quarantine) if court.sealing else set()
    for path in sorted({*there, *named, *court.marks}):
        kind = kind_at(path)
        if kind and kind not in ROOTS_OWN and not path.startswith(f"{WITHDRAWALS}/"):
            court.one(path, KINDS[kind])


def _memory(known: Court, pins: Pins) -> Memory:
    assert known.root is not None  # noqa: S101 -- open() comes first
    return Memory(pins.repo, known.root.version, known.root.digest, {**known.marks, **known.kept})


def _may_go(court: Court, known: Court | None, path: str, now: datetime) -> bool:
    """Tell whether a document may be gone: what it said is over."""
    kept = known.kept.get(path) if known else None
    if kept is None or court.tree.entry(path) is not None:
        return False
    if (path, kept.digest) in court.withdrawn:
        return True
    document = court.files.document(path, kept.raw, kept.digest)
    if isinstance(document, Suppression | Approval):
        return now >= document.spec.until
    return _is_retired(known, path)


def _is_retired(known: Court | None, path: str) -> bool:
    """Tell whether a path belongs to an environment that was retired before it was removed (D5)."""
    parts = path.split("/")
    there = f"environments/{parts[1]}/environment.yaml" if parts[0] == "environments" and len(parts) > 2 else ""
    kept = known.kept.get(there) if known else None
    found = known.files.document(there, kept.raw, kept.digest) if known and kept else None
    return isinstance(found, Environment) and found.spec.state == "retired"


def _good(known: Court | None, path: str) -> LastGood | None:
    """Where the bytes stand that counted at a path under the seal before."""
    kept = known.kept.get(path) if known else None
    if known is None or kept is None:
        return None
    before = known.sealing.quarantine.get(path) if known.sealing else None
    if before and before.last_good and before.last_good.digest == kept.digest:
        return before.last_good
    file = known.files.at(path)
    if file is None:
        return None
    line = known.files.sealed_line(path)
    since = line.since if line else None
    if since is None:
        return None
    signatures = {name: entry.id for name, entry in file.sidecars}
    return LastGood(
        digest=kept.digest, since=since, generation=kept.generation, blob=file.entry.id, signatures=signatures
    )
