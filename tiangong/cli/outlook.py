"""What a promotion will lead to, before it is signed: each environment's own plan, as if the promotion counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from tiangong.author.clone import Clone as Work
from tiangong.author.promotion import Promoting
from tiangong.cli.reading import clock
from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse
from tiangong.errors import Fact, Problem, TiangongError
from tiangong.fleet.clone import find_clone
from tiangong.fleet.foresight import unknown_host
from tiangong.fleet.receipts import receipts_of
from tiangong.fleet.roster import Roster, pins_found
from tiangong.fleet.statuses import Fleet
from tiangong.messages import render
from tiangong.model.product import Promotion
from tiangong.model.stages import Desired, Signed, Snapshot, Verdict, VerdictWord
from tiangong.planner.plan import make_plan
from tiangong.planner.resolve import resolve
from tiangong.report.past import actual_of, history_of
from tiangong.trust.reading import Cache
from tiangong.trust.verify import verify

Line = tuple[str, dict[str, Fact]]
"""code of a sentence, and its facts"""
MOST = 20


def outlook(clone: Work, wanted: Promoting) -> Iterator[Line]:
    """One line for each installation that follows the channel; at most `MOST` environments are looked at closely."""
    fleet, now = Fleet(find_clone(clone.root, {})), clock()
    snapshot = fleet.clone.snapshot(clone.head or "")
    forecast = _Forecast(fleet, snapshot, wanted, now)
    names = Roster(snapshot.tree).names()
    for count, name in enumerate(names):
        if forecast.looked == MOST:
            yield "promote/more", {"count": len(names) - count}
            return
        try:
            yield from forecast.lines(name)
        except TiangongError as error:
            yield "promote/unknown", {"environment": name, "reason": _words(error.problems[0])}


@dataclass(slots=True)
class _Forecast:
    """Plans one environment after the other; `looked` counts those that follow the channel."""

    fleet: Fleet
    snapshot: Snapshot
    wanted: Promoting
    now: datetime
    looked: int = 0
    cache: Cache = field(default_factory=Cache)

    def lines(self, name: str) -> Iterator[Line]:
        """What each installation of an environment will do that follows the channel."""
        desired = verify(self.snapshot, pins_found(self.snapshot.tree, name), None, self.now, self.cache)
        wishes = resolve(desired)
        mine = {n for n, w in wishes.items() if (w.product, w.channel) == (self.wanted.product, self.wanted.channel)}
        if not mine:
            return
        self.looked += 1
        said = self.fleet.one(name, self.now)
        history = history_of(said.status, receipts_of(self.fleet.clone, said, self.now))
        after = _as_if(desired, self.wanted)
        plan = make_plan(after, actual_of(said.status), history, unknown_host(), self.now)
        yield from (_line(name, verdict) for verdict in plan.verdicts if verdict.installation in mine)
        if said.agent is None:
            yield "promote/no-agent", {"environment": name}


def _as_if(desired: Desired, wanted: Promoting) -> Desired:
    """The same wishes with the promotion in force; only for looking ahead, no agent ever sees it."""
    promotion = parse(wanted.raw, wanted.path)
    assert isinstance(promotion, Promotion)  # noqa: S101 -- it was written as one
    reference = promotion.spec.release.model_copy(update={"digest": wanted.release.digest})
    spec = promotion.spec.model_copy(update={"release": reference})
    document = promotion.model_copy(update={"spec": spec})
    signed = Signed(document, wanted.path, wanted.raw, sha512(wanted.raw), ())
    channels = desired.promotions.get(wanted.product, {})
    versions = {**channels.get(wanted.channel, {}), wanted.version: signed}
    promotions = {**desired.promotions, wanted.product: {**channels, wanted.channel: versions}}
    refusals = tuple(refusal for refusal in desired.refusals if refusal.path != wanted.path)
    return replace(desired, promotions=promotions, refusals=refusals)


def _line(environment: str, verdict: Verdict) -> Line:
    name = f"{environment}/{verdict.installation}"
    if verdict.word is VerdictWord.UP_TO_DATE:
        return "promote/stays", {"name": name, "version": verdict.installed}
    reason = _words(verdict.reasons[0].problem) if verdict.reasons else ""
    if verdict.change is None:
        code = "promote/held-at" if verdict.installed else "promote/held-out"
        return code, {"name": name, "version": verdict.installed, "reason": reason}
    facts: dict[str, Fact] = {"name": name, "change": str(verdict.change.kind), "version": verdict.change.version}
    if verdict.word is VerdictWord.READY:
        return "promote/ready", facts
    return "promote/held", facts | {"reason": reason}


def _words(found: Problem) -> str:
    """A problem in one line: its place and what is wrong."""
    lines = [line.strip() for line in render(found).split("\n")]
    return ": ".join(line for line in lines if not line.startswith("fix: ")).partition("        [")[0]
