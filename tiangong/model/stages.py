"""The values that travel down the line: Snapshot → Desired → Actual (+ History) → Plan → Outcome → Report.

Each stage hands over one frozen value of its own type; only `trust.verify` builds a `Desired`, so unverified bytes
can't reach the planner. Times are aware UTC datetimes; digests are `sha512:<hex>` of exact bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

from tiangong.errors import Problem
from tiangong.model.acts import Recall
from tiangong.model.approval import Approval, ApprovalRule
from tiangong.model.document import Document
from tiangong.model.environment import Agent, Envelope, Environment, Installation, Profile, Suppression, Windows
from tiangong.model.history import ChangeKind, History, Installed, Past, Run, StepRecord, first_records
from tiangong.model.observed import Entry, Seals, Snapshot, Tree
from tiangong.model.policy import Level, TrustPolicy
from tiangong.model.product import Artifact, Channel, Fleet, Product, Promotion, Release
from tiangong.model.secret import Secret
from tiangong.model.vault import Vault

__all__ = [
    "ChangeKind",
    "Entry",
    "History",
    "Installed",
    "Past",
    "Run",
    "Seals",
    "Snapshot",
    "StepRecord",
    "Tree",
    "Vault",
    "first_records",
]
"""handed on: readers of this page need not know that these parts stand on pages of their own"""

D_co = TypeVar("D_co", bound=Document, covariant=True)


# ── verify ───────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Signed(Generic[D_co]):
    """A document with the bytes it was read from and the people whose signatures counted."""

    document: D_co
    path: str
    raw: bytes
    digest: str
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """The last accepted bytes of one document (R12, R24, D5): the mark, and what goes on counting."""

    path: str
    kind: str
    name: str
    generation: int
    digest: str
    raw: bytes
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealMark:
    """The seal that was accepted last: `head` is the commit it seals, `commit` where it stands on `seals`."""

    sequence: int
    digest: str
    issued: datetime
    head: str
    commit: str


@dataclass(frozen=True, slots=True)
class Pins:
    """What the join token fixed on the host: nothing in Git can change it (R1, D10, D16)."""

    repo: str
    environment: str
    root_version: int
    root_digest: str
    level: Level = "signatures"


@dataclass(frozen=True, slots=True)
class Memory:
    """What an agent must never forget of one repository (R20). `kept` by path.

    `revision`: the commit accepted last; `accepted_history`: a rewritten head the host's operator accepted (D11);
    `clock_floor`: highest time ever attested.
    """

    repo: str
    root_version: int
    root_digest: str
    kept: Mapping[str, Kept] = field(default_factory=dict)
    revision: str = ""
    clock_floor: datetime | None = None
    accepted_history: str = ""
    seal: SealMark | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that doesn't count, or counts only as it was last accepted (R24)."""

    path: str
    kind: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed secret. `raw`: its SOPS file, encrypted as it lies in Git; None when `flaw` says why not."""

    signed: Signed[Secret]
    raw: bytes | None
    flaw: Problem | None = None


@dataclass(frozen=True, slots=True)
class Desired:
    """What may be acted on: typed documents of one environment's closure, who signed them, and what was refused.

    `refusals` by path; documents they name are present in their last accepted form where there is one.
    `tree` serves payload files; their bytes count only when their digest is the one the release names.
    """

    environment: Signed[Environment]
    revision: str
    tree: Tree
    policy: Signed[TrustPolicy]
    fleet: Signed[Fleet]
    agent: Signed[Agent] | None
    channels: Mapping[str, Signed[Channel]]
    profiles: Mapping[str, Signed[Profile]]
    installations: Mapping[str, Signed[Installation]]
    products: Mapping[str, Signed[Product]]
    releases: Mapping[str, Mapping[str, Signed[Release]]]
    """product → version → release"""
    promotions: Mapping[str, Mapping[str, Mapping[str, Signed[Promotion]]]]
    """product → channel → version → promotion"""
    suppressions: tuple[Signed[Suppression], ...]
    refusals: tuple[Refusal, ...]
    holds: tuple[Problem, ...]
    """what holds the whole environment: expired policy, clock behind the floor, rewritten history"""
    memory: Memory
    """what to remember, to be synced before any action"""
    secrets: Mapping[str, Sealed] = field(default_factory=dict)
    """the environment's secrets in Git, by name, as encrypted as they lie there"""
    vault: Vault = field(default_factory=Vault)
    """the host's secrets; the line puts them here, so that everything that is planned from is in one value"""
    recalls: Mapping[str, tuple[Signed[Recall], ...]] = field(default_factory=dict)
    """product → recalls in force"""
    approvals: tuple[Signed[Approval], ...] = ()
    """approvals that name the environment and were not withdrawn; their time is looked at when they are needed"""
    level: Level = "signatures"
    """what it was verified to (D10)"""
    seal: SealMark | None = None
    """the seal all of it stands under; None at level `signatures`"""


# ── resolve: profiles, environment and installation merged (D4) ──────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class NamedWindows:
    """The windows one document contributes: allow windows of different documents intersect, deny windows unite."""

    path: str
    windows: Windows


@dataclass(frozen=True, slots=True)
class Wish:
    """One installation as wished, after merging. `origins`: dotted field → path of the document it came from."""

    name: str
    environment: str
    labels: Mapping[str, str]
    product: str
    channel: str
    config: Mapping[str, Any]
    overrides: tuple[tuple[str, Mapping[str, Any]], ...]
    windows: tuple[NamedWindows, ...]
    zone: str
    envelopes: tuple[Envelope, ...]
    drift: Literal["report", "repair", "ignore"]
    origins: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    """why this wish can't be planned: an unknown product, a missing profile, a document that disappeared"""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """secret → keyed digest of its value, where it is known"""
    absent: bool = False
    """nothing is to be installed, and what is there is to be uninstalled (D5)"""
    approvals: tuple[tuple[str, ApprovalRule], ...] = ()
    """who must agree to a change, with the path of the document that says so; all of them count (D4)"""
    stale_after: timedelta = timedelta(days=7)
    """how old the newest seal may be for anything new to begin (D8)"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a release for one installation, values filled in. `digest` is the resolved spec digest (D19)."""

    name: str
    executor: str
    spec: Mapping[str, Any]
    once: bool
    timeout: timedelta | None
    payload: Mapping[str, str]
    """path in the release folder → sha512, for every payload file of the release"""
    folder: str
    """the release folder in the control repository"""
    digest: str
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    """the artifacts it uses, by name"""
    secrets: tuple[str, ...] = ()
    """names of the secrets it uses; their values come in when it is done"""


# ── survey ───────────────────────────────────────────────────────────────────────────────────────────────────
class Found(StrEnum):
    """What a probe saw of a step."""

    IN_PLACE = "in-place"
    DRIFTED = "drifted"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Health(StrEnum):
    """How an installation is (words of Kubernetes tooling)."""

    HEALTHY = "Healthy"
    PROGRESSING = "Progressing"
    DEGRADED = "Degraded"
    SUSPENDED = "Suspended"
    MISSING = "Missing"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe saw, with a short sentence for people."""

    found: Found
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One installation as it is. `version` is None when nothing is installed."""

    version: str | None
    health: Health
    findings: Mapping[str, Finding] = field(default_factory=dict)
    detail: str = ""

    @property
    def drifted(self) -> tuple[str, ...]:
        """Names of the steps that are not as they were left."""
        return tuple(name for name, f in self.findings.items() if f.found in (Found.DRIFTED, Found.MISSING))


@dataclass(frozen=True, slots=True)
class Actual:
    """Every installation as it is, by name."""

    installations: Mapping[str, Seen]


# ── plan ─────────────────────────────────────────────────────────────────────────────────────────────────────
class VerdictWord(StrEnum):
    """The answer for one installation."""

    READY = "ready"
    HELD = "held"
    UP_TO_DATE = "up-to-date"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not now: the constraint that says so, in words of the catalogue, and the earliest time it may pass."""

    constraint: str
    problem: Problem
    earliest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One version that was considered, newest first, and what spoke against it."""

    version: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What to do to one installation: the steps that are due, in order, towards one release."""

    kind: ChangeKind
    version: str
    release: str
    steps: tuple[Step, ...]
    undo: tuple[Step, ...] = ()
    """steps of the release being left, to be undone first in this order (D20)"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one installation: a change when ready or held, all reasons when held."""

    installation: str
    product: str
    word: VerdictWord
    installed: str | None
    target: str | None
    change: Change | None
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    earliest: datetime | None = None
    """the earliest time all reasons may have passed, where it is known"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every verdict of one environment. `digest` covers ordered steps, no `now` and no verdict words (D14)."""

    environment: str
    revision: str
    verdicts: tuple[Verdict, ...]
    digest: str

    @property
    def ready(self) -> tuple[Verdict, ...]:
        """Verdicts that may be acted on now."""
        return tuple(v for v in self.verdicts if v.word is VerdictWord.READY)


# ── act, report ──────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Outcome:
    """What acting left behind: runs that ended in this cycle and runs that go on."""

    ended: tuple[Run, ...] = ()
    running: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """All that one cycle found out, for the status."""

    snapshot: Snapshot
    desired: Desired
    actual: Actual
    plan: Plan
    outcome: Outcome
    history: History
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What one cycle had to say. `pushed`: all that was ever said reached the remote (False: some of it is spooled).

    `away`: the source could not be asked, the newest snapshot on this machine was taken.
    """

    desired: Desired
    actual: Actual
    plan: Plan
    outcome: Outcome
    pushed: bool
    problems: tuple[Problem, ...] = ()
    away: bool = False
