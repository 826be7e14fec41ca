"""Sealing: everything is verified, then one signed document vouches for all of it on the branch `seals` (R17, D7–D9).

No work tree is touched: what is sealed is a commit, and the seal is a commit of its own, written beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tiangong.author.clone import Clone
from tiangong.author.sign import sign_all
from tiangong.author.team import Signer
from tiangong.documents.dump import dump
from tiangong.documents.listing import Line
from tiangong.documents.merkle import Before, list_tree
from tiangong.errors import Failed, Misuse, Place, Problem, Refused, problem
from tiangong.git.objects import GitTree, write_commit
from tiangong.model.document import API_VERSION
from tiangong.model.policy import TrustPolicy
from tiangong.model.seal import NAMESPACE, SEAL_FILE, SEALS, SEALS_REF, Seal
from tiangong.model.stages import Refusal
from tiangong.trust.audit import found_pins
from tiangong.trust.court import Court
from tiangong.trust.quarantine import SealedHead, Ward, accepted_under, quarantine
from tiangong.trust.seal import parse_seal, read_sealing

MOST_PASSED_OVER = 100
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Base:
    """The newest seal that counts. `tip`: where `seals` stands; `passed_over`: why commits above it don't count."""

    tip: str = ""
    head: SealedHead | None = None
    known: Court | None = None
    passed_over: tuple[Problem, ...] = ()

    @property
    def commit(self) -> str:
        """Where the newest seal that counts stands; empty when there is none."""
        return self.head.sealing.commit if self.head else ""


@dataclass(frozen=True, slots=True)
class SealDraft:
    """A seal before it is signed. `files`: what differs on `seals` besides the seal itself."""

    raw: bytes
    seal: Seal
    files: Mapping[str, bytes | None]
    ward: Ward
    base: Base
    read: int

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Everything in the head that doesn't count, and why."""
        return self.ward.refusals


def base_of(clone: Clone, remote: str | None) -> Base:
    """The seal to go on from: the newest on `seals` that counts; an empty base when there was never one.

    Refused when none of the newest commits of `seals` counts.
    """
    tip = (clone.commit_id(f"refs/remotes/{remote}/{SEALS}") if remote else clone.commit_id(SEALS_REF)) or ""
    passed: list[Problem] = []
    for commit in _line(clone, tip):
        try:
            head = _sealed_head(clone, commit)
            return Base(tip, head, accepted_under(head, found_pins(head.tree)), tuple(passed))
        except Refused as error:
            passed += error.problems
    if tip:
        raise Refused(*passed[:3], problem("sealing/none-counts", Place(SEALS), count=len(passed)))
    return Base()


def draft_seal(clone: Clone, head: str, base: Base, now: datetime) -> SealDraft:
    """Verify a commit as agents will, and write its seal; Refused when its root or policy can't be trusted at all."""
    tree = GitTree(clone.objects, head)
    before = base.head
    # The first root as it stood when it was sealed last: nobody who pushes can put another in its place.
    pins = found_pins(before.tree if before else tree)
    issued = now.replace(microsecond=0)
    if before and before.sealing.seal.spec.issued > issued + AHEAD:
        found = before.sealing.seal.spec.issued.isoformat()
        raise Refused.of("sealing/clock", Place(SEALS), issued=found, now=issued.isoformat())
    ward = quarantine(tree, pins, base.known, issued)
    listed = list_tree(tree, issued, _before(before) if before else None)
    last = before.sealing.seal.spec if before else None
    named = [one.model_dump(by_alias=True, exclude_none=True) for one in ward.quarantine]
    spec: dict[str, Any] = {
        "branch": "main",
        "head": head,
        "tree": listed.root,
        "sequence": last.sequence + 1 if last else 1,
        "issued": max(issued, last.issued if last else issued).isoformat(),
        **({"previous": before.sealing.found.digest} if before else {}),
        **({"quarantine": named} if named else {}),
    }
    metadata = {"name": str(spec["sequence"]), "repo": pins.repo}
    raw = dump({"apiVersion": API_VERSION, "kind": "Seal", "metadata": metadata, "spec": spec})
    return SealDraft(raw, parse_seal(raw), listed.files, ward, base, listed.read)


def sealer_among(policy: TrustPolicy, signers: tuple[Signer, ...]) -> Signer | None:
    """Whoever of the signers at hand may seal, machines first: their keys ask nobody."""
    names = {person for grant in policy.spec.roles if grant.role == "sealer" for person in grant.who}
    mine = [one for one in signers if one.person in names]
    machines = [one for one in mine if policy.spec.people[one.person].machine] if mine else []
    return next(iter((*machines, *mine)), None)


def write_seal(clone: Clone, draft: SealDraft, signer: Signer, now: datetime) -> str:
    """Sign a seal and write the commit that holds it; no branch moves. Returns its id."""
    signature = sign_all(signer.key, {SEAL_FILE: draft.raw}, NAMESPACE)[SEAL_FILE]
    mine = {SEAL_FILE: draft.raw, f"{SEAL_FILE}.{signer.person}.sig": signature}
    old = _signatures(clone, draft.base.commit)
    files = {**dict.fromkeys(old), **draft.files, **mine}
    spec = draft.seal.spec
    return _commit(clone, draft.base, files, f"Seal {spec.sequence} of {spec.head[:12]}", now)


def add_signature(clone: Clone, commit: str, signer: Signer, now: datetime) -> str:
    """Add my signature to a seal as it stands, in a commit of its own; what it says must have been checked before."""
    raw = clone.read_at(commit, SEAL_FILE) or b""
    signature = sign_all(signer.key, {SEAL_FILE: raw}, NAMESPACE)[SEAL_FILE]
    spec = parse_seal(raw).spec
    files = {f"{SEAL_FILE}.{signer.person}.sig": signature}
    words = f"Seal {spec.sequence}, signed by {signer.person} too"
    return _write(clone, files, (commit, commit), words, now)


def agrees(clone: Clone, commit: str) -> SealDraft:
    """What I would have sealed in the place of whoever wrote a seal; compare its `raw` with theirs.

    Misuse when what it seals, or what it follows, isn't here.
    """
    theirs = parse_seal(clone.read_at(commit, SEAL_FILE) or b"").spec
    if clone.commit_id(theirs.head) is None:
        raise Misuse.of("sealing/no-head", Place(SEALS), head=theirs.head)
    before = next((one for one in _line(clone, commit) if _sequence(clone, one) != theirs.sequence), "")
    base = Base()
    if before:
        head = _sealed_head(clone, before)
        base = Base(before, head, accepted_under(head, found_pins(head.tree)))
    return draft_seal(clone, theirs.head, base, theirs.issued)


def keep(clone: Clone, commit: str) -> None:
    """Let this clone's branch `seals` name a commit."""
    clone.git("update-ref", SEALS_REF, commit)


def seal_now(clone: Clone, head: str, remote: str | None, signers: tuple[Signer, ...], now: datetime) -> str | None:
    """The commit that seals a head, for it to be pushed along; None when no signer at hand may seal.

    Raises what sealing raises.
    """
    base = base_of(clone, remote)
    made = draft_seal(clone, head, base, now)
    signer = sealer_among(made.ward.policy, signers)
    if signer is None:
        return None
    commit = write_seal(clone, made, signer, now)
    keep(clone, commit)
    return commit


def _commit(clone: Clone, base: Base, files: Mapping[str, bytes | None], message: str, now: datetime) -> str:
    """Beside the newest seal that counts, whatever was written over it since; `seals` never goes back."""
    return _write(clone, files, (base.commit, base.tip), message, now)


def _write(clone: Clone, files: Mapping[str, bytes | None], above: tuple[str, str], message: str, now: datetime) -> str:
    """`above`: the commit whose files these change, and the one that is the parent."""
    base, parent = above
    name, address = clone.config("user.name") or "tiangong", clone.config("user.email") or "none"
    parents = (parent,) if parent else ()
    author = f"{name} <{address}>"
    return write_commit(clone.objects, files, parents=parents, base=base, message=message, when=now, author=author)


def _signatures(clone: Clone, tip: str) -> list[str]:
    if not tip:
        return []
    names = (entry.name for entry in GitTree(clone.objects, tip).folder(""))
    return [name for name in names if name.startswith(f"{SEAL_FILE}.")]


def _sealed_head(clone: Clone, commit: str) -> SealedHead:
    sealing = read_sealing(GitTree(clone.objects, commit), commit)
    head = sealing.seal.spec.head
    try:
        return SealedHead(sealing, GitTree(clone.objects, head))
    except (Failed, Misuse):
        raise Refused.of("sealing/no-head", Place(SEALS), head=head) from None


def _before(head: SealedHead) -> Before:
    def lines(folder: str) -> Mapping[str, Line]:
        return head.sealing.listings.lines(folder)

    return Before(head.tree, lines)


def _line(clone: Clone, tip: str) -> Iterator[str]:
    """A commit of `seals` and those before it, newest first."""
    here = tip
    for _ in range(MOST_PASSED_OVER):
        if not here:
            return
        yield here
        here = next(iter(clone.parents_of(here)), "")


def _sequence(clone: Clone, commit: str) -> int:
    try:
        return parse_seal(clone.read_at(commit, SEAL_FILE) or b"").spec.sequence
    except Refused:
        return 0
