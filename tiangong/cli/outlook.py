"""What a change will lead to, before it is signed: each environment's own plan, as if the documents counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tiangong.author.clone import Clone as Work
from tiangong.author.draft import Draft, ended_by
from tiangong.author.listing import Listing
from tiangong.author.whatif import NOBODY, as_if_signed
from tiangong.cli.clock import clock
from tiangong.cli.output import say, tell
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at, names_in
from tiangong.errors import Fact, Problem, TiangongError
from tiangong.fleet.clone import find_clone
from tiangong.fleet.foresight import unknown_host
from tiangong.fleet.receipts import receipts_of
from tiangong.fleet.roster import pins_found
from tiangong.fleet.statuses import Fleet
from tiangong.messages.catalogue import printable
from tiangong.messages.spoken import text
from tiangong.model.acts import Recall, Withdrawal
from tiangong.model.approval import Approval
from tiangong.model.document import Document
from tiangong.model.environment import Environment, Installation, Profile, Suppression
from tiangong.model.product import Channel, Product, Promotion, Release
from tiangong.model.product import Fleet as FleetDocument
from tiangong.model.stages import ChangeKind, Desired, Snapshot, Verdict, VerdictWord, Wish
from tiangong.planner.constraints.suppression import selects
from tiangong.planner.farewell import Farewell, farewell
from tiangong.planner.plan import make_plan
from tiangong.planner.resolve import resolve
from tiangong.report.past import actual_of, history_of
from tiangong.trust.reading import Cache
from tiangong.trust.verify import verify

Line = tuple[str, dict[str, Fact]]
"""code of a sentence, and its facts"""
MOST = 20
OWN = (Environment, Installation)
"""kinds that reach the one environment their path names"""


def show_outlook(clone: Work, made: Draft, nobody: Problem | None = None, onto: Listing | None = None) -> bool:
    """Say what each agent would do; `nobody`: what is said when none would do anything.

    `onto`: the files it will stand among, where those aren't HEAD's. That nothing can be told stops nobody.
    False when no installation is reached.
    """
    try:
        lines = list(outlook(clone, made, onto))
    except TiangongError as error:
        tell("outlook/untold", reason=_words(error.problems[0]))
        return True
    if lines:
        say("outlook/what-next")
        for code, facts in lines:
            say(code, **facts)
    elif nobody:
        tell(nobody.code, **nobody.facts)
    return bool(lines)


def outlook(clone: Work, made: Draft, onto: Listing | None = None) -> Iterator[Line]:
    """One line for each installation the change reaches; at most `MOST` environments are looked at closely."""
    documents = {path: document for path, document in _documents(made) if _acts(document)}
    if not documents or clone.head is None:
        return
    now, tree = clock(), as_if_signed(clone, made, onto)
    # What a withdrawal sets free is what it ends held.
    documents = {path: ended_by(tree, document) or document for path, document in documents.items()}
    forecast = _Forecast(
        Fleet(find_clone(clone.root, {})), Snapshot("clone", clone.head, tree, now, draft=True), documents
    )
    names = _names(documents) or [entry.name for entry in tree.folder("environments") if entry.is_folder]
    for count, name in enumerate(names):
        if forecast.looked == MOST:
            yield "outlook/more", {"count": len(names) - count}
            return
        try:
            yield from forecast.lines(name, now)
        except TiangongError as error:
            yield "outlook/unknown", {"environment": name, "reason": _words(error.problems[0])}


def _documents(made: Draft) -> Iterator[tuple[str, Document]]:
    """What is to be signed, and what others have signed already."""
    for one in made.signings:
        yield one.path, one.document
    for path, raw in made.files.items():
        if raw is not None and kind_at(path):
            yield path, parse(raw, path)


def _acts(document: Document) -> bool:
    """Tell whether an agent's plan may depend on a document."""
    other = (Profile, Approval, Suppression, Product, Channel, FleetDocument, Release, Promotion, Recall, Withdrawal)
    return isinstance(document, (*OWN, *other))


def _names(documents: Mapping[str, Document]) -> list[str]:
    """The environments that are reached when their paths say it; otherwise nothing, which means: ask each."""
    if not all(isinstance(document, OWN) for document in documents.values()):
        return []
    return sorted({path.split("/")[1] for path in documents})


@dataclass(slots=True)
class _Forecast:
    """Plans one environment after the other; `looked` counts those that are reached."""

    fleet: Fleet
    snapshot: Snapshot
    documents: Mapping[str, Document]
    looked: int = 0
    cache: Cache = field(default_factory=Cache)

    def lines(self, name: str, now: datetime) -> Iterator[Line]:
        """What each installation of an environment will do that the change reaches."""
        desired = verify(self.snapshot, pins_found(self.snapshot.tree, name), None, now, self.cache)
        wishes, host = resolve(desired), unknown_host()
        mine = {n for n, wish in wishes.items() if self._reaches(desired, wish)}
        if not mine:
            return
        self.looked += 1
        said = self.fleet.one(name, now)
        history = history_of(said.status, receipts_of(self.fleet.clone, said, now))
        plan = make_plan(desired, actual_of(said.status), history, host, now)
        for verdict in plan.verdicts:
            if verdict.installation in mine:
                yield self._line(name, verdict)
            if verdict.installation in mine and verdict.change and verdict.change.kind is ChangeKind.UNINSTALL:
                wish, past = wishes[verdict.installation], history.of(verdict.installation)
                yield from _kept(f"{name}/{wish.name}", farewell(desired, wish, past, host))
        if said.agent is None:
            yield "outlook/no-agent", {"environment": name}

    def _reaches(self, desired: Desired, wish: Wish) -> bool:
        return any(_touches(path, document, desired, wish) for path, document in self.documents.items())

    def _line(self, environment: str, verdict: Verdict) -> Line:
        name = f"{environment}/{verdict.installation}"
        if verdict.word is VerdictWord.UP_TO_DATE:
            code = "outlook/stays" if verdict.installed else "outlook/absent"
            return code, {"name": name, "version": verdict.installed}
        reason = self._reason(verdict)
        if verdict.change is None:
            code = "outlook/held-at" if verdict.installed else "outlook/held-out"
            return code, {"name": name, "version": verdict.installed, "reason": reason}
        facts: dict[str, Fact] = {"name": name, "change": str(verdict.change.kind), "version": verdict.change.version}
        if verdict.word is VerdictWord.READY and verdict.change.kind is ChangeKind.UNINSTALL:
            undo, steps = (
                ", ".join(step.name for step in part) for part in (verdict.change.undo, verdict.change.steps)
            )
            return "outlook/uninstalls", facts | {"undo": undo or "-", "steps": steps or "-"}
        if verdict.word is VerdictWord.READY:
            return "outlook/ready", facts | {"steps": ", ".join(step.name for step in verdict.change.steps)}
        return "outlook/held", facts | {"reason": reason}

    def _reason(self, verdict: Verdict) -> str:
        """What holds it in one line: what this change brings, where it is that."""
        reasons = [reason.problem for reason in verdict.reasons]
        reasons.sort(key=lambda found: (found.place.path if found.place else "") not in self.documents)
        if len(reasons) > 1:
            return text("outlook/reasons", first=_words(reasons[0]), more=len(reasons) - 1)
        return _words(reasons[0]) if reasons else ""


def _kept(name: str, last: Farewell | None) -> Iterator[Line]:
    """What an uninstallation leaves behind."""
    if last and last.stays:
        yield "outlook/keeps", {"name": name, "steps": ", ".join(last.stays)}


def _touches(path: str, document: Document, desired: Desired, wish: Wish) -> bool:
    """Tell whether a document has a say in what an installation does."""
    name = document.metadata.name
    match document:
        case Suppression():
            return selects(document.spec, wish)
        case Approval() | Recall():
            own = name.partition("/")[0] == wish.product
            return own if isinstance(document, Recall) else f"{wish.environment}/{wish.name}" in document.spec.plans
        case Installation():
            return (document.metadata.environment, name) == (wish.environment, wish.name)
        case Release() | Promotion():
            names = names_in(document.kind, path)
            return (names["product"], names.get("channel", wish.channel)) == (wish.product, wish.channel)
        case FleetDocument():
            return True
        case _:
            here = {"Environment": (wish.environment,), "Product": (wish.product,), "Channel": (wish.channel,)}
            return name in here.get(document.kind, desired.profiles)


def _words(found: Problem) -> str:
    """A problem in one line: its place and what is wrong."""
    facts = found.facts
    if NOBODY in str(facts.get("who", "")):  # made up for looking ahead, and nobody to be asked
        others = [name for name in str(facts["who"]).split(", ") if name != NOBODY]
        facts = {**facts, "who": ", ".join(others) or "nobody"}
    said = " ".join(text(found.code, **facts).split())
    return f"{printable(str(found.place))}: {said}" if found.place else said
