"""What one cycle found out, as the status document says it. Pure: findings in, values out; nothing is left to wording.

A status stays far below the size a reader takes: of what is long, the part that is needed least is left out first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from tiangong.documents.dump import dump
from tiangong.documents.paths import kind_at, names_in
from tiangong.errors import Fact, Problem, problem
from tiangong.messages.catalogue import printable
from tiangong.model.document import API_VERSION
from tiangong.model.reference import texts
from tiangong.model.stages import (
    Candidate,
    Desired,
    Findings,
    Health,
    Kept,
    Outcome,
    Past,
    Reason,
    Run,
    SealMark,
    Seen,
    Verdict,
    VerdictWord,
    Wish,
)
from tiangong.model.status import (
    UNDO,
    InstallationStatus,
    SaidMark,
    SaidReason,
    SaidRun,
    SaidSeal,
    Status,
    StatusMetadata,
    StatusSpec,
)
from tiangong.planner.identity import change_digest
from tiangong.planner.resolve import resolve
from tiangong.report.redact import Redactor
from tiangong.report.signer import Identity
from tiangong.trust.roles import RESTRICTIONS

LARGEST_STATUS = 768 << 10
LONGEST_FACT = 400
MOST_CANDIDATES = 20
MOST_REFUSALS = 200
MOST_MARKS = 3000
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
VOLATILE = frozenset({"now"})
"""facts that differ every time they are said, and would make every status a new one"""
WORDS: dict[VerdictWord, Literal["ready", "held", "up-to-date"]] = {
    VerdictWord.READY: "ready",
    VerdictWord.HELD: "held",
    VerdictWord.UP_TO_DATE: "up-to-date",
}
SPARED = ("Release", "Promotion", "Approval")
"""kinds whose marks are left out first: they are written once and never change"""
ACTS = frozenset({*RESTRICTIONS, "Withdrawal"})
"""kinds whose marks are left out last: without them a wiped agent forgets what holds it (R20)"""
NOTHING_SEEN = Seen(None, Health.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Voice:
    """How this agent says things: as whom, and with which values hidden."""

    identity: Identity
    redactor: Redactor

    def describe(self, findings: Findings) -> StatusSpec:
        """Everything one cycle found out. Counter, previous and time are filled in when it is written down."""
        desired = findings.desired
        return self._blank(findings.desired.memory.root_version).model_copy(
            update={
                "revision": desired.revision,
                "level": desired.level,
                "seal": said_seal(desired.memory.seal),
                "plan": findings.plan.digest,
                "state": "retired" if is_over(desired, findings.outcome) else "active",
                "installations": self._installations(findings),
                "refusals": tuple(
                    self.reason("refused", refusal.problem) for refusal in desired.refusals[:MOST_REFUSALS]
                ),
                "holds": tuple(self.reason("hold", found) for found in desired.holds),
                "marks": _marks(desired),
                "secrets": _secrets(desired),
                "next_key": self.identity.signer.announcement,
            }
        )

    def trouble(self, last: StatusSpec | None, problems: Iterable[Problem]) -> StatusSpec:
        """What was said last, held by what keeps the whole environment from being looked at."""
        holds = tuple(self.reason("hold", found) for found in problems)
        return (last or self._blank(0)).model_copy(
            update={"holds": holds, "instance": self.identity.instance, "agent": self.identity.version}
        )

    def reason(self, constraint: str, found: Problem, earliest: datetime | None = None) -> SaidReason:
        """A problem by code and facts."""
        facts = {name: self._fact(value) for name, value in found.facts.items() if name not in VOLATILE}
        place = self._words(str(found.place)) if found.place else ""
        return SaidReason.model_construct(
            constraint=constraint, code=found.code, facts=facts, path=place, earliest=earliest
        )

    def _blank(self, root_version: int) -> StatusSpec:
        me = self.identity
        return StatusSpec.model_construct(
            counter=0,
            previous=None,
            instance=me.instance,
            at=NEVER,
            agent=me.version,
            repo=me.repo,
            revision="",
            root_version=root_version,
            level=me.level,
            plan="",
        )

    def _installations(self, findings: Findings) -> tuple[InstallationStatus, ...]:
        wishes, history = resolve(findings.desired), findings.history
        wished = [
            self._installation(
                verdict,
                wishes[verdict.installation],
                findings.actual.installations.get(verdict.installation, NOTHING_SEEN),
                history.of(verdict.installation),
            )
            for verdict in findings.plan.verdicts
        ]
        left = [self._left(name, past) for name, past in history.installations.items() if name not in wishes]
        return tuple(sorted((*wished, *(one for one in left if one)), key=lambda one: one.name))

    def _installation(self, verdict: Verdict, wish: Wish, seen: Seen, past: Past) -> InstallationStatus:
        return InstallationStatus.model_construct(
            name=verdict.installation,
            product=verdict.product,
            channel=wish.channel,
            state="absent" if wish.absent else "present",
            **_installed(past),
            health=str(seen.health),
            drifted=seen.drifted,
            verdict=WORDS[verdict.word],
            change=change_digest(verdict.installation, verdict.change) if verdict.change else "",
            target=verdict.target,
            reasons=tuple(self._said(reason) for reason in verdict.reasons),
            candidates=self._candidates(verdict.candidates),
            earliest=verdict.earliest,
        )

    def _left(self, name: str, past: Past) -> InstallationStatus | None:
        """What is still installed although nobody wishes for it any more; deleting never acts (D5)."""
        run = past.current or past.last
        if past.installed is None:
            return None
        return InstallationStatus.model_construct(
            name=name,
            product=run.product if run else name,
            channel="",
            **_installed(past),
            health=str(Health.UNKNOWN),
            verdict="held",
            reasons=(self.reason("hold", problem("report/not-wished")),),
        )

    def _said(self, reason: Reason) -> SaidReason:
        return self.reason(reason.constraint, reason.problem, reason.earliest)

    def _candidates(self, candidates: Iterable[Candidate]) -> dict[str, tuple[SaidReason, ...]]:
        newest = tuple(candidates)[:MOST_CANDIDATES]
        return {one.version: tuple(self._said(reason) for reason in one.reasons) for one in newest}

    def _fact(self, value: Fact) -> Fact:
        return self._words(value) if isinstance(value, str) else value

    def _words(self, value: str) -> str:
        return printable(self.redactor.clean(value)[:LONGEST_FACT])


def said_seal(mark: SealMark | None) -> SaidSeal | None:
    """The mark of a seal as a status repeats it."""
    if mark is None:
        return None
    return SaidSeal(sequence=mark.sequence, digest=mark.digest, issued=mark.issued, head=mark.head, commit=mark.commit)


def is_over(desired: Desired, outcome: Outcome) -> bool:
    """Tell whether the environment is retired and nothing runs there any more."""
    return desired.environment.document.spec.state == "retired" and not outcome.running


def write_down(environment: str, spec: StatusSpec) -> bytes:
    """A status as it stands on the ref: as much of it as a reader takes."""
    raw = b""
    for lighter in _lighter(spec):
        metadata = StatusMetadata.model_construct(name=environment)
        raw = dump(Status.model_construct(api_version=API_VERSION, kind="Status", metadata=metadata, spec=lighter))
        if len(raw) <= LARGEST_STATUS:
            break
    return raw


def same(one: StatusSpec, other: StatusSpec) -> bool:
    """Tell whether two statuses say the same, but for when and in which place."""
    return _content(one) == _content(other)


def _content(spec: StatusSpec) -> StatusSpec:
    return spec.model_copy(update={"counter": 0, "previous": None, "at": NEVER})


def _installed(past: Past) -> dict[str, Any]:
    """What is there, and which run came last."""
    installed = past.installed
    run = past.current or past.last
    return {
        "version": installed.version if installed else None,
        "release": installed.release if installed else None,
        "since": installed.since if installed else None,
        "run": said_run(run) if run else None,
        "done_steps": dict(sorted(past.steps.items())),
    }


def said_run(run: Run) -> SaidRun:
    """A run in short; of one that has not ended also what its receipt will say."""
    steps = {(UNDO if step.undo else "") + step.name: step for step in run.steps}
    goes_on = run.result is None
    return SaidRun.model_construct(
        id=run.id,
        version=run.version,
        kind=str(run.kind),
        result=run.result or ("in-doubt" if run.in_doubt else "running"),
        started=run.started,
        ended=run.ended,
        steps={name: str(step.state) for name, step in steps.items()},
        plan=run.plan if goes_on else "",
        release=run.release if goes_on else "",
        digests={name: step.digest for name, step in steps.items()} if goes_on else {},
    )


def _marks(desired: Desired) -> dict[str, SaidMark]:
    """What a wiped agent must know again; what is over and gone it would take for something that is hidden (R20).

    Shown again, what is over says so itself, or is withdrawn; written anew under its name, it restricts as a new one.
    """
    in_force = {one.path for one in desired.suppressions}
    in_force |= {one.path for recalls in desired.recalls.values() for one in recalls}

    def is_over(kept: Kept) -> bool:
        looked_at = kept.kind == "Suppression" or (
            kept.kind == "Recall" and names_in("Recall", kept.path).get("product") in desired.recalls
        )
        return looked_at and bool(kept.raw) and kept.path not in in_force

    def order(kept: Kept) -> tuple[bool, bool, str]:
        kind = kind_at(kept.path)
        return kind not in ACTS, kind in SPARED, kept.path

    known = (kept for kept in desired.memory.kept.values() if not is_over(kept))
    first = sorted(known, key=order)[:MOST_MARKS]
    return {
        kept.path: SaidMark.model_construct(generation=kept.generation, digest=kept.digest)
        for kept in sorted(first, key=lambda kept: kept.path)
    }


def _secrets(desired: Desired) -> dict[str, str]:
    """Keyed digests of the secrets that installations name; which others this host has is nobody's business."""
    named = {word for wish in resolve(desired).values() for word in texts((wish.config, wish.overrides))}
    return {name: digest for name, digest in sorted(desired.vault.digests.items()) if name in named}


def _lighter(spec: StatusSpec) -> Iterable[StatusSpec]:
    """The same status with less and less of what a reader can do without, the lightest last."""
    yield spec
    bare: Mapping[str, object] = {
        "installations": tuple(one.model_copy(update={"candidates": {}}) for one in spec.installations)
    }
    yield spec.model_copy(update=bare)
    yield spec.model_copy(update={**bare, "refusals": spec.refusals[:20]})
    few = {path: mark for path, mark in spec.marks.items() if kind_at(path) not in SPARED}
    yield spec.model_copy(update={**bare, "refusals": spec.refusals[:20], "marks": few})
