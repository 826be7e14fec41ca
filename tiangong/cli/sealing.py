"""What `tiangong seal` and `tiangong promoter run` share: verify everything, show it, sign one seal, push it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tiangong.author.check import MAIN
from tiangong.author.clone import Clone
from tiangong.author.push import push_seals
from tiangong.author.sealing import (
    Base,
    SealDraft,
    add_signature,
    agrees,
    base_of,
    draft_seal,
    keep,
    sealer_among,
    write_seal,
)
from tiangong.author.team import Signer, Team
from tiangong.cli.output import say, tell
from tiangong.errors import Fact, Misuse, Place, Refused
from tiangong.messages.spoken import render
from tiangong.model.seal import SEALS, Seal
from tiangong.trust.authority import keyring

MOST_SHOWN = 20
UNSIGNED = "seal/unsigned"


@dataclass(frozen=True, slots=True)
class Sealed:
    """`seal`: the newest one; `commit`: where it was written just now, None when nothing was."""

    seal: Seal
    commit: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """`head`: what to seal, empty = the newest main. `older`: seal anew what is sealed, when the seal is older."""

    head: str = ""
    older: timedelta | None = None
    rewritten: bool = False
    dry_run: bool = False
    quiet: bool = False
    """whatever is said goes to stderr: stdout is for the seal as data"""

    def say(self, code: str, /, **facts: Fact) -> None:
        """Say what is done."""
        (tell if self.quiet else say)(code, **facts)


def remote_of(clone: Clone) -> str | None:
    """The remote whose main is sealed, or None when this clone has none."""
    names = clone.remotes
    configured = clone.config(f"branch.{MAIN}.remote")
    usual = "origin" if "origin" in names else names[0] if len(names) == 1 else None
    return configured if configured in names else usual


def seal_head(clone: Clone, team: Team, wanted: Wanted, now: datetime) -> Sealed:
    """Seal a commit; Refused when it can't be, or nobody at hand may."""
    remote = remote_of(clone)
    head = _head(clone, remote, wanted.head)
    if second := _second(clone, remote, head, team, wanted, now):
        return second
    base = base_of(clone, remote)
    if base.head and base.head.sealing.seal.spec.head == head and not _is_old(base.head.sealing.seal, wanted, now):
        seal = base.head.sealing.seal
        wanted.say("sealing/already", sequence=seal.spec.sequence, head=head[:12], issued=seal.spec.issued.isoformat())
        return Sealed(seal, None)
    _check_descends(clone, base, head, wanted)
    made = draft_seal(clone, head, base, now)
    _show(clone, made, wanted)
    signer = _signer(made, team.signers)
    if wanted.dry_run:
        tell("author/dry-run")
        return Sealed(made.seal, None)
    commit = write_seal(clone, made, signer, now)
    keep(clone, commit)
    wanted.say("sealing/sealed", sequence=made.seal.spec.sequence, head=head[:12], person=signer.person)
    return Sealed(made.seal, commit)


def publish(clone: Clone, commit: str) -> None:
    """Push the branch `seals`; Misuse without a remote, Failed when somebody sealed meanwhile."""
    remote = remote_of(clone)
    if remote is None:
        raise Misuse.of("author/no-remote", known="none")
    push_seals(clone, remote, commit)
    tell("sealing/pushed", remote=remote)


def fetch(clone: Clone) -> None:
    """Ask the remote for the newest main and seals; a clone without one has all there is."""
    remote = remote_of(clone)
    if remote is not None:
        clone.git("fetch", "--quiet", remote)


def _second(clone: Clone, remote: str | None, head: str, team: Team, wanted: Wanted, now: datetime) -> Sealed | None:
    """My signature beside that of the first sealer, when the newest seal waits for it; checked as if it were mine."""
    tip = clone.commit_id(f"refs/remotes/{remote}/{SEALS}" if remote else f"refs/heads/{SEALS}")
    if tip is None:
        return None
    try:
        passed = base_of(clone, remote).passed_over
    except Refused as error:
        passed = error.problems
    if not passed or passed[0].code != UNSIGNED:
        return None
    mine = agrees(clone, tip)
    if mine.seal.spec.head != head or (clone.read_at(tip, "seal.yaml") or b"") != mine.raw:
        return None
    _show(clone, mine, wanted)
    signer = _signer(mine, team.signers, without=_who_signed(clone, tip, mine))
    if wanted.dry_run:
        tell("author/dry-run")
        return Sealed(mine.seal, None)
    commit = add_signature(clone, tip, signer, now)
    keep(clone, commit)
    wanted.say("sealing/sealed", sequence=mine.seal.spec.sequence, head=head[:12], person=signer.person)
    return Sealed(mine.seal, commit)


def _who_signed(clone: Clone, tip: str, made: SealDraft) -> frozenset[str]:
    from tiangong.git.objects import GitTree
    from tiangong.trust.authority import signatures_of
    from tiangong.trust.seal import read_sealing

    people = made.ward.policy.spec.people
    ring, _ = keyring(((name, person.keys) for name, person in people.items()), "trust/policy.yaml")
    return frozenset(one.person for one in signatures_of(read_sealing(GitTree(clone.objects, tip), tip).found, ring))


def _head(clone: Clone, remote: str | None, typed: str) -> str:
    name = typed or (f"refs/remotes/{remote}/{MAIN}" if remote else f"refs/heads/{MAIN}")
    found = clone.commit_id(name) or (None if typed else clone.head)
    if found is None:
        raise Misuse.of("author/no-commit", revision=name)
    return found


def _is_old(seal: Seal, wanted: Wanted, now: datetime) -> bool:
    return wanted.older is not None and now >= seal.spec.issued + wanted.older


def _check_descends(clone: Clone, base: Base, head: str, wanted: Wanted) -> None:
    before = base.head.sealing.seal.spec.head if base.head else head
    if not wanted.rewritten and not clone.is_ancestor(before, head):
        raise Refused.of("sealing/rewritten", Place(MAIN), head=head[:12], before=before[:12])


def _signer(made: SealDraft, signers: tuple[Signer, ...], without: frozenset[str] = frozenset()) -> Signer:
    policy = made.ward.policy
    found = sealer_among(policy, tuple(one for one in signers if one.person not in without))
    if found is None:
        who = ", ".join(dict.fromkeys(p for grant in policy.spec.roles if grant.role == "sealer" for p in grant.who))
        me = ", ".join(dict.fromkeys(one.person for one in signers))
        raise Refused.of("sealing/no-sealer", Place("trust/policy.yaml"), who=who or "nobody", me=me)
    return found


def _show(clone: Clone, made: SealDraft, wanted: Wanted) -> None:
    """What will be vouched for: how much is new, and everything in it that doesn't count."""
    for found in made.base.passed_over[:3]:
        tell("sealing/passed-over", what=render(found))
    spec = made.seal.spec
    before = made.base.head.sealing.seal.spec.head if made.base.head else ""
    span = f"{before}..{spec.head}" if before and clone.is_ancestor(before, spec.head) else spec.head
    commits = int(clone.git("rev-list", "--count", span).strip() or 0)
    wanted.say("sealing/of", sequence=spec.sequence, head=spec.head[:12], commits=commits, files=made.read)
    for one in spec.quarantine[:MOST_SHOWN]:
        code = "sealing/quarantined" if one.last_good else "sealing/quarantined-nothing"
        wanted.say(code, path=one.path, generation=one.last_good.generation if one.last_good else 0)
    if len(spec.quarantine) > MOST_SHOWN:
        wanted.say("sealing/more", count=len(spec.quarantine) - MOST_SHOWN)
    for refusal in made.refusals[:MOST_SHOWN]:
        wanted.say("sealing/why", what=render(refusal.problem))
    if made.ward.policy.spec.security_level == "signatures":
        tell("sealing/not-demanded")
