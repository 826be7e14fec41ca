"""make_plan: for every installation the newest version that fits, and whether it may be approached now. Pure.

Same input, same plan digest, whatever the order of files. Nothing is ever downgraded by the plan itself, except to go
back after a failed change (D20): the steps of that failed run which can't simply be run again are undone in reverse,
then the previous release's steps run forward from the first due one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tiangong.documents.digest import digest_of
from tiangong.documents.paths import names_in
from tiangong.errors import Misuse, Place, problem
from tiangong.model.lifecycle import State
from tiangong.model.product import Release
from tiangong.model.stages import (
    Actual,
    Candidate,
    Change,
    ChangeKind,
    Desired,
    Health,
    History,
    Past,
    Plan,
    Reason,
    Run,
    Seen,
    Signed,
    Step,
    Verdict,
    VerdictWord,
    Wish,
)
from tiangong.model.version import is_prerelease, precedence
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.case import Case
from tiangong.planner.constraints import FITNESS, TIMING, Constraint
from tiangong.planner.due import due
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare

NOTHING_SEEN = Seen(None, Health.MISSING)


def make_plan(desired: Desired, actual: Actual, history: History, capabilities: Capabilities, now: datetime) -> Plan:
    """Return the verdict for every installation of the environment."""
    verdicts = tuple(
        _Planner(
            desired, wish, actual.installations.get(name, NOTHING_SEEN), history.of(name), capabilities, now
        ).verdict()
        for name, wish in resolve(desired).items()
    )
    environment = desired.environment.document.metadata.name
    return Plan(environment, desired.revision, verdicts, digest_of([_identity(v) for v in verdicts]))


def _identity(verdict: Verdict) -> object:
    """What the plan's digest covers: ordered steps and where they lead, no time and no verdict (D14)."""
    change = verdict.change
    return {
        "installation": verdict.installation,
        "kind": str(change.kind) if change else "",
        "release": change.release if change else "",
        "steps": [[step.name, step.digest] for step in change.steps] if change else [],
        "undo": [[step.name, step.digest] for step in change.undo] if change else [],
    }


def versions_on(desired: Desired, product: str, channel: str) -> list[str]:
    """Versions on a channel, newest first: promoted ones, and on the first channel every release without a pre-release
    tag (D3). Refused ones are in the list, so that they can be explained.
    """
    releases = desired.releases.get(product, {})
    versions = set(desired.promotions.get(product, {}).get(channel, {}))
    if channel == desired.fleet.document.spec.channels[0]:
        versions.update(version for version in releases if not is_prerelease(version))
    for refusal in desired.refusals:
        if refusal.kind in ("Release", "Promotion"):
            names = names_in(refusal.kind, refusal.path)
            wanted = names.get("channel", channel) == channel and (
                refusal.kind == "Promotion" or _first(desired, channel)
            )
            if names.get("product") == product and wanted and _is_version(names.get("version", "")):
                versions.add(names["version"])
    return sorted(versions, key=precedence, reverse=True)


def _first(desired: Desired, channel: str) -> bool:
    return channel == desired.fleet.document.spec.channels[0]


def _is_version(version: str) -> bool:
    try:
        precedence(version)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class _Planner:
    """The question of one installation."""

    desired: Desired
    wish: Wish
    seen: Seen
    past: Past
    capabilities: Capabilities
    now: datetime

    def verdict(self) -> Verdict:
        if back := self._rollback():
            return self._timed(*back, ())
        considered: list[Candidate] = []
        for version in versions_on(self.desired, self.wish.product, self.wish.channel):
            case = self._case(version, self._kind(version))
            reasons = tuple(_ask(FITNESS, case))
            considered.append(Candidate(version, reasons))
            if not reasons:
                return self._towards(case, tuple(considered))
        return self._no_candidate(tuple(considered))

    def _towards(self, case: Case, considered: tuple[Candidate, ...]) -> Verdict:
        """The newest version that fits: nothing to do, something to do, or older than what is there."""
        installed = self.past.installed
        if installed and precedence(case.version) < precedence(installed.version):
            place = Place(f"channels/{self.wish.channel}.yaml")
            facts = {"installed": installed.version, "newest": case.version, "channel": self.wish.channel}
            reason = Reason("channel", problem("constraint/newer-installed", place, **facts))
            return self._answer(VerdictWord.HELD, installed.version, None, (reason,), considered)
        change = self._change(case)
        if change is not None:
            return self._timed(case, change, considered)
        newer = next((c for c in considered if c.reasons), None)
        if newer:
            return self._answer(VerdictWord.HELD, newer.version, None, newer.reasons, considered)
        if self.desired.holds or self.wish.problems:
            reasons = tuple(Reason("hold", found) for found in (*self.desired.holds, *self.wish.problems))
            return self._answer(VerdictWord.HELD, case.version, None, reasons, considered)
        return self._answer(VerdictWord.UP_TO_DATE, case.version, None, (), considered)

    def _no_candidate(self, considered: tuple[Candidate, ...]) -> Verdict:
        holds = (*self.desired.holds, *self.wish.problems)
        reasons = tuple(Reason("hold", found) for found in holds)
        if considered:
            return self._answer(
                VerdictWord.HELD, considered[0].version, None, (*reasons, *considered[0].reasons), considered
            )
        if not reasons:
            empty = problem("constraint/empty-channel", product=self.wish.product, channel=self.wish.channel)
            reasons = (Reason("channel", empty),)
        return self._answer(VerdictWord.HELD, None, None, reasons, ())

    def _timed(self, case: Case, change: Change, considered: tuple[Candidate, ...]) -> Verdict:
        reasons = tuple(_ask(TIMING, case))
        word = VerdictWord.HELD if reasons else VerdictWord.READY
        return self._answer(word, case.version, change, reasons, considered)

    def _change(self, case: Case) -> Change | None:
        """The steps that are due towards a version, or None when there are none."""
        assert case.release is not None  # noqa: S101 -- the channel constraint asked for it
        drifted = self.seen.drifted if self.wish.drift == "repair" and self._is_installed(case) else ()
        steps = due(case.steps, self.past.steps, drifted, self.past.once)
        if not steps and self._is_installed(case):
            return None
        return Change(case.kind, case.version, case.release.digest, steps)

    def _is_installed(self, case: Case) -> bool:
        installed = self.past.installed
        return bool(installed and case.release and installed.release == case.release.digest)

    def _kind(self, version: str) -> ChangeKind:
        installed = self.past.installed
        if installed is None:
            return ChangeKind.INSTALL
        if installed.version != version:
            return ChangeKind.UPGRADE
        prepared = self._case(version, ChangeKind.CONFIG).steps
        same = all(self.past.steps.get(step.name) == step.digest or step.once for step in prepared)
        return ChangeKind.REPAIR if same else ChangeKind.CONFIG

    def _rollback(self) -> tuple[Case, Change] | None:
        """After a failed change to another release: go back to what was installed (D20)."""
        last, installed = self.past.last, self.past.installed
        if not (last and installed and last.result == "failed"):
            return None
        left = self._release(last.release)
        leaving = last.release != installed.release
        if not leaving and last.kind is not ChangeKind.ROLLBACK:
            return None
        case = self._case(installed.version, ChangeKind.ROLLBACK)
        if (
            case.release is None
            or case.release.digest != installed.release
            or (case.prepared and case.prepared.problems)
        ):
            return None
        steps = due(case.steps, self.past.steps, self.seen.drifted, self.past.once)
        undo = self._undo(last, left) if leaving else ()
        return case, Change(ChangeKind.ROLLBACK, installed.version, installed.release, steps, undo)

    def _undo(self, failed: Run, release: Signed[Release] | None) -> tuple[Step, ...]:
        """Steps the failed run did that can't just be run over, and can be undone; newest first."""
        done = {record.name: record.digest for record in failed.steps if record.state is State.DONE}
        steps = prepare(self.wish, release).steps if release else ()
        return tuple(step for step in reversed(steps) if done.get(step.name) == step.digest and self._must_undo(step))

    def _must_undo(self, step: Step) -> bool:
        try:
            traits = self.capabilities.traits(step)
        except Misuse:
            return False
        return traits.reversible and not traits.idempotent

    def _release(self, digest: str) -> Signed[Release] | None:
        releases = self.desired.releases.get(self.wish.product, {})
        return next((release for release in releases.values() if release.digest == digest), None)

    def _case(self, version: str, kind: ChangeKind) -> Case:
        release = self.desired.releases.get(self.wish.product, {}).get(version)
        prepared = prepare(self.wish, release) if release else None
        return Case(self.desired, self.wish, version, release, prepared, self.past, kind, self.capabilities, self.now)

    def _answer(
        self,
        word: VerdictWord,
        target: str | None,
        change: Change | None,
        reasons: tuple[Reason, ...],
        considered: tuple[Candidate, ...],
    ) -> Verdict:
        installed = self.past.installed
        return Verdict(
            installation=self.wish.name,
            product=self.wish.product,
            word=word,
            installed=installed.version if installed else None,
            target=target,
            change=change,
            reasons=reasons,
            candidates=tuple(c for c in considered if c.reasons),
            earliest=_earliest(reasons),
        )


def _ask(constraints: Iterable[Constraint], case: Case) -> Iterable[Reason]:
    for constraint in constraints:
        yield from constraint(case)


def _earliest(reasons: tuple[Reason, ...]) -> datetime | None:
    """When all reasons may have passed; None as soon as one of them can't tell."""
    times = [reason.earliest for reason in reasons]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None
