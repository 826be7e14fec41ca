"""make_plan: for every installation the newest version that fits, and whether it may be approached now. Pure.

Same input, same plan digest, whatever the order of files. Nothing is ever downgraded by the plan itself, except to go
back after a failed change (D20).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tiangong.documents.digest import digest_of
from tiangong.errors import Place, problem
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
    Verdict,
    VerdictWord,
    Wish,
)
from tiangong.model.version import precedence
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.case import Case
from tiangong.planner.constraints import FITNESS, RETREAT, TIMING, Constraint, ask, recall
from tiangong.planner.due import due
from tiangong.planner.farewell import farewell
from tiangong.planner.identity import identity
from tiangong.planner.resolve import resolve
from tiangong.planner.retreat import Retreat, retreat
from tiangong.planner.steps import Prepared, prepare
from tiangong.planner.versions import versions_on

NOTHING_SEEN = Seen(None, Health.MISSING)
MOST_TRIES = 32
"""how often the earliest time is looked for again because another reason stands at the time found"""


def make_plan(desired: Desired, actual: Actual, history: History, capabilities: Capabilities, now: datetime) -> Plan:
    """Return the verdict for every installation of the environment."""
    verdicts = tuple(
        _Planner(
            desired, wish, actual.installations.get(name, NOTHING_SEEN), history.of(name), capabilities, now
        ).verdict()
        for name, wish in resolve(desired).items()
    )
    environment = desired.environment.document.metadata.name
    return Plan(
        environment, desired.revision, verdicts, digest_of([identity(v.installation, v.change) for v in verdicts])
    )


@dataclass(slots=True)
class _Planner:
    """The question of one installation."""

    desired: Desired
    wish: Wish
    seen: Seen
    past: Past
    capabilities: Capabilities
    now: datetime
    _prepared: dict[str, Prepared] = field(default_factory=dict)

    def verdict(self) -> Verdict:
        """The answer; where nothing is to be done although what is installed was recalled, that is what holds it."""
        found = self._verdict()
        if found.change is not None or found.installed is None or self.wish.absent:
            return found
        recalled = recall.of_installed(self.desired, self.wish, found.installed)
        if not recalled:
            return found
        return replace(found, word=VerdictWord.HELD, reasons=(*found.reasons, *recalled), earliest=None)

    def _verdict(self) -> Verdict:
        installed = self.past.installed
        if installed and self.wish.product and installed.product not in ("", self.wish.product):
            facts = {"installation": self.wish.name, "installed": installed.product, "product": self.wish.product}
            place = Place(self.wish.origins.get("product", ""), field="spec.product")
            return self._held(None, (Reason("hold", problem("constraint/other-product", place, **facts)),))
        if self.wish.absent:
            return self._leave()
        back = retreat(self.desired, self.wish, self.past, self.seen, self.capabilities)
        if back and back.change:
            return self._back(back)
        considered: list[Candidate] = []
        for version in versions_on(self.desired, self.wish.product, self.wish.channel):
            if self._is_passed_over(version, considered):
                continue
            case = self._case(version, self._kind(version))
            case = replace(case, change=self._change(case))
            reasons = ask(FITNESS, case)
            considered.append(Candidate(version, reasons))
            if not reasons:
                return self._towards(case, considered, back)
        return self._back(back, considered) if back else self._nothing_fits(considered)

    def _leave(self) -> Verdict:
        """Uninstall what is there, whatever its channel holds by now; nothing to do when nothing is (D5)."""
        last = farewell(self.desired, self.wish, self.past, self.capabilities)
        if last is None:
            holds = self._holds()
            return self._held(None, holds) if holds else self._answer(VerdictWord.UP_TO_DATE, None, None)
        if last.change is None:
            return self._held(None, (*self._holds(), *(Reason("hold", found) for found in last.problems)))
        case = replace(self._case(last.change.version, ChangeKind.UNINSTALL), change=last.change)
        return self._timed(case, RETREAT, ())

    def _is_passed_over(self, version: str, considered: Sequence[Candidate]) -> bool:
        """After a release that failed here, nothing between it and the installed one is tried by itself."""
        installed = self.past.installed
        failed = any(reason.constraint == "failed" for candidate in considered for reason in candidate.reasons)
        return failed and installed is not None and precedence(version) > precedence(installed.version)

    def _towards(self, case: Case, considered: Sequence[Candidate], stuck: Retreat | None) -> Verdict:
        """The newest version that fits: nothing to do, something to do, or older than what is there."""
        if stuck and precedence(case.version) <= precedence(stuck.failed.version):
            return self._back(stuck, considered)
        installed = self.past.installed
        older = bool(installed and precedence(case.version) < precedence(installed.version))
        if (begun := self._begun()) and (older or self._is_installed(case)):
            return self._give_up(begun, considered)
        if installed and older:
            return self._nothing_newer(case, installed.version, considered)
        if case.change is not None:
            return self._timed(case, TIMING, considered)
        return self._nothing_due(case, considered)

    def _begun(self) -> Run | None:
        """The run that began to lead to another release than the installed one, and was cancelled."""
        last, installed = self.past.last, self.past.installed
        left = last and installed and self.past.towards and last.release != installed.release
        return last if left and self.past.leaving is None else None

    def _give_up(self, begun: Run, considered: Sequence[Candidate]) -> Verdict:
        """Go back from what was begun and isn't wanted any more; but not because a document was tampered with (D5)."""
        refused = next((c.reasons for c in considered if c.version == begun.version), ())
        if any(reason.constraint == "signature" for reason in refused):
            return self._held(begun.version, (*self._holds(), *refused), considered)
        past = replace(self.past, leaving=begun)
        back = retreat(self.desired, self.wish, past, self.seen, self.capabilities)
        assert back is not None  # noqa: S101 -- there is something to leave, and something installed
        return self._back(back, considered)

    def _nothing_due(self, case: Case, considered: Sequence[Candidate]) -> Verdict:
        """Up to date, unless something newer was refused, or a hold would keep news from being acted on."""
        holds = self._holds()
        newer = considered[0].reasons
        if newer:
            return self._held(considered[0].version, (*holds, *newer), considered)
        if holds:
            return self._held(case.version, holds, considered)
        return self._answer(VerdictWord.UP_TO_DATE, case.version, None, considered=considered)

    def _back(self, back: Retreat, considered: Sequence[Candidate] = ()) -> Verdict:
        """Go back if it can be done, and may be done now."""
        if back.change is None:
            reasons = tuple(Reason("failure", found) for found in back.problems)
            return self._held(back.failed.version, reasons, considered)
        case = replace(self._case(back.change.version, ChangeKind.ROLLBACK), change=back.change)
        return self._timed(case, RETREAT, considered)

    def _nothing_newer(self, case: Case, installed: str, considered: Sequence[Candidate]) -> Verdict:
        """What is installed isn't the target: everything newer was refused, or it isn't on the channel."""
        newest = considered[0]
        if newest.reasons:
            return self._held(newest.version, (*self._holds(), *newest.reasons), considered)
        place = Place(self.wish.origins.get("channel", ""), field="spec.channel")
        facts = {"installed": installed, "newest": case.version, "channel": self.wish.channel}
        reason = Reason("channel", problem("constraint/newer-installed", place, **facts))
        return self._held(installed, (*self._holds(), reason), considered)

    def _nothing_fits(self, considered: Sequence[Candidate]) -> Verdict:
        holds = self._holds()
        if considered:
            return self._held(considered[0].version, (*holds, *considered[0].reasons), considered)
        if holds:
            return self._held(None, holds)
        place = Place(self.wish.origins.get("channel", ""), field="spec.channel")
        empty = problem("constraint/empty-channel", place, product=self.wish.product, channel=self.wish.channel)
        return self._held(None, (Reason("channel", empty),))

    def _holds(self) -> tuple[Reason, ...]:
        return tuple(Reason("hold", found) for found in (*self.desired.holds, *self.wish.problems))

    def _timed(self, case: Case, constraints: Sequence[Constraint], considered: Sequence[Candidate]) -> Verdict:
        """Whether the case's change may be made now."""
        reasons = ask(constraints, case)
        target = None if case.leaves else case.version
        if not reasons:
            return self._answer(VerdictWord.READY, target, case.change, considered=considered)
        earliest = _earliest(case, constraints, reasons)
        return self._answer(VerdictWord.HELD, target, case.change, reasons, considered, earliest)

    def _change(self, case: Case) -> Change | None:
        """The steps that are due towards a version; None when there are none, or no release."""
        if case.release is None:
            return None
        drifted = self.seen.drifted if self.wish.drift == "repair" and self._is_installed(case) else ()
        steps = due(case.steps, self._standing(), drifted, self.past.once)
        if not steps and self._is_installed(case):
            return None
        return Change(case.kind, case.version, case.release.digest, steps)

    def _standing(self) -> Mapping[str, str]:
        """Steps whose last success still stands: of the installed release, or done since it was left.

        What a release in between didn't have may have been run over; it is done again.
        """
        installed = self.past.installed
        releases = self.desired.releases.get(self.wish.product, {}).values()
        release = next((r for r in releases if installed and r.digest == installed.release), None)
        if release is None:
            return self.past.steps
        names = {step.name for step in release.document.spec.steps}
        return {n: d for n, d in self.past.steps.items() if n in names or self.past.towards.get(n) == d}

    def _is_installed(self, case: Case) -> bool:
        installed = self.past.installed
        return bool(installed and case.release and installed.release == case.release.digest)

    def _kind(self, version: str) -> ChangeKind:
        installed = self.past.installed
        if installed is None:
            return ChangeKind.INSTALL
        if installed.version != version:
            return ChangeKind.UPGRADE
        steps = self._case(version, ChangeKind.CONFIG).steps
        same = all(
            installed.steps.get(step.name) == step.digest or (step.once and step.digest in self.past.once)
            for step in steps
        )
        return ChangeKind.REPAIR if same else ChangeKind.CONFIG

    def _case(self, version: str, kind: ChangeKind) -> Case:
        release = self.desired.releases.get(self.wish.product, {}).get(version)
        if release and version not in self._prepared:
            self._prepared[version] = prepare(self.wish, release)
        prepared = self._prepared.get(version)
        return Case(self.desired, self.wish, version, release, prepared, self.past, kind, self.capabilities, self.now)

    def _held(self, target: str | None, reasons: tuple[Reason, ...], considered: Sequence[Candidate] = ()) -> Verdict:
        """Held by something that no time is known to end."""
        return self._answer(VerdictWord.HELD, target, None, reasons, considered)

    def _answer(
        self,
        word: VerdictWord,
        target: str | None,
        change: Change | None,
        reasons: tuple[Reason, ...] = (),
        considered: Sequence[Candidate] = (),
        earliest: datetime | None = None,
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
            candidates=tuple(candidate for candidate in considered if candidate.reasons),
            earliest=earliest,
        )


def _earliest(case: Case, constraints: Sequence[Constraint], reasons: tuple[Reason, ...]) -> datetime | None:
    """The first time at which nothing that is known now speaks against the change; None when somebody can't tell.

    The latest time the reasons name isn't enough: a suppression may end while the window is closed again.
    """
    at = case.now
    for _ in range(MOST_TRIES):
        times = [reason.earliest for reason in reasons]
        known = [time for time in times if time is not None]
        if len(known) < len(times) or max(known) <= at:
            return None
        at = max(known)
        reasons = ask(constraints, replace(case, now=at))
        if not reasons:
            return at
    return None
