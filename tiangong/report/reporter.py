"""Who tells the world: a new status when something changed, a receipt with its logs for every run that ended.

What ended is asked of the journal and compared with what stands on the ref, so that nothing is lost by a crash in
between. Whatever keeps the status from the remote is a problem of the report, never of the line.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from tiangong.documents.digest import sha512
from tiangong.errors import Away, Problem, TiangongError, problem
from tiangong.model.environment import Agent
from tiangong.model.stages import Findings, History, Outcome, Pins, Run
from tiangong.model.status import StatusSpec
from tiangong.ports import Clock
from tiangong.report.chain import Chain
from tiangong.report.logs import Logs
from tiangong.report.recall import Recalled, recall
from tiangong.report.receipt import LOG, RECEIPT, receipt_of
from tiangong.report.status import Voice, same
from tiangong.report.told import Keys, keys_of

MOST_RECEIPTS = 100
DISPLACED = "report/other-instance"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""seconds; a remote that is away is asked less and less often"""


Describe = Callable[[], StatusSpec]


class Ledger(Protocol):
    """The journal, as far as runs that ended are asked for."""

    def ended(self, most: int) -> Sequence[Run]:
        """The runs that ended last, newest first."""
        ...


class Reporter:
    """Implements `cycle.Reporter`. `displaced`: why another agent speaks for this environment; then nothing is said."""

    def __init__(self, chain: Chain, voice: Voice, ledger: Ledger, logs: Logs, clock: Clock) -> None:
        """Say nothing yet."""
        self._chain, self._voice, self._ledger, self._logs, self._clock = chain, voice, ledger, logs, clock
        self._agent: Agent | None = None
        self._problems: tuple[Problem, ...] = ()
        self._receipts_checked = False
        self._pause, self._not_before = FIRST_PAUSE, 0.0
        self._last: Findings | None = None
        self.displaced: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What kept the newest report from the remote, or was odd about it."""
        return self._problems

    @property
    def speaks(self) -> bool:
        """Tell whether this agent is known to be the one that speaks for its environment."""
        return self._chain.tip is not None and not self.displaced

    @property
    def counter(self) -> int:
        """The place of the newest status in the row."""
        return self._chain.tip.spec.counter if self._chain.tip else 0

    @property
    def revision(self) -> str:
        """What the newest status was made from."""
        return self._chain.tip.spec.revision if self._chain.tip else ""

    def begin(self, pins: Pins, agent: Agent | None) -> Recalled | None:
        """Called by an agent that remembers nothing, before it acts: what it said itself in an earlier life.

        Away when that can't be known now, Refused while another agent speaks for this environment. What an earlier
        instance said is taken over openly: that the ref is ours from now on stands on the remote when this returns.
        """
        self._agent = agent
        now, me = self._clock(), self._voice.identity
        keys = keys_of(me.signer.public.blob, agent, now)
        self._chain.open(keys, now)
        told, tree = self._chain.tip, self._chain.tree
        if told is None or tree is None or told.spec.repo != me.repo:
            return None
        if told.spec.instance != me.instance:
            self._chain.add(told.spec.model_copy(update={"instance": me.instance, "agent": me.version}), {}, now)
            self._chain.push(keys, now)
        return recall(told, tree, pins, keys)

    def report(self, findings: Findings) -> bool:
        """Push the signed status when it changed; False when something is spooled."""
        self._last = findings
        if findings.desired.agent is not None:
            self._agent = findings.desired.agent.document
            self._voice.identity.signer.turn(self._agent, self._clock())
        for run in findings.outcome.ended:
            self._logs.close(run.id)
            self._receipts_checked = False
        return self._say(lambda: self._voice.describe(findings))

    def finish(self, outcome: Outcome, history: History) -> bool:
        """Say what came of the runs that were under way when the agent was told to stop."""
        if self._last is None or not outcome.ended:
            return True
        return self.report(replace(self._last, outcome=outcome, history=history))

    def trouble(self, problems: Iterable[Problem]) -> bool:
        """Push what was said last, with what keeps the whole environment from being looked at; False when spooled."""
        held = tuple(problems)
        return self._say(lambda: self._voice.trouble(self._chain.tip.spec if self._chain.tip else None, held))

    def retry(self) -> bool:
        """Try again to be the one that speaks; False while it can't."""
        last = self._chain.tip
        if last is None:
            self.displaced = ()
            return True
        return self._say(lambda: last.spec) or not self.displaced

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────────
    def _say(self, describe: Describe) -> bool:
        now = self._clock()
        keys = keys_of(self._voice.identity.signer.public.blob, self._agent, now)
        self._problems = ()
        try:
            self._chain.open(keys, now)
            self._problems = self._chain.notes
            self._write(describe(), now)
            return self._send(keys, now)
        except TiangongError as error:
            self._problems = (*error.problems, problem("report/spooled"))
            if error.problems[0].code == DISPLACED:
                self._problems = self.displaced = error.problems
        return False

    def _write(self, spec: StatusSpec, now: datetime) -> None:
        """Add a commit when there is something to say."""
        tip = self._chain.tip
        files = {} if self._receipts_checked else dict(self._receipts())
        # The last word is said again with a new key: the old one ends, and readers believe only what counts (D16).
        turned = tip is not None and tip.key not in (b"", self._voice.identity.signer.public.blob)
        if files or tip is None or turned or not same(tip.spec, spec):
            self._chain.add(spec, files, now)
        self._receipts_checked = True

    def _send(self, keys: Keys, now: datetime) -> bool:
        """Push what waits, not more often than a remote that is away should be asked."""
        if not self._chain.waiting:
            return True
        if time.monotonic() < self._not_before:
            self._problems = (*self._problems, problem("report/spooled"))
            return False
        try:
            self._chain.push(keys, now)
        except Away:
            self._not_before, self._pause = time.monotonic() + self._pause, min(self._pause * 2, LONGEST_PAUSE)
            raise
        self._problems = (*self._problems, *self._chain.notes)
        self._pause, self._not_before, self.displaced = FIRST_PAUSE, 0.0, ()
        self._tidy()
        return True

    def _receipts(self) -> Iterator[tuple[str, bytes]]:
        """Receipt and logs of every run that ended and has none yet."""
        tree = self._chain.tree
        for run in self._ledger.ended(MOST_RECEIPTS):
            path = RECEIPT.format(run=run.id)
            if tree is not None and tree.entry(path) is not None:
                continue
            digests: dict[str, str] = {}
            for step in dict.fromkeys(step.name for step in run.steps):
                log = self._logs.final(run.id, step)
                if log is not None:
                    digests[step] = sha512(log)
                    yield LOG.format(run=run.id, step=step), log
            yield from self._voice.identity.signer.sealed(path, receipt_of(run, digests)).items()

    def _tidy(self) -> None:
        """Logs that are on the remote need not be kept here."""
        tree = self._chain.pushed
        for run in self._logs.runs() if tree is not None else ():
            if tree is not None and tree.entry(RECEIPT.format(run=run)) is not None:
                self._logs.forget(run)
