"""What every agent said last, and whether it really was that agent who said it, and said it last (R21)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tiangong.documents.digest import sha512
from tiangong.errors import Place, Problem, Refused, TiangongError, problem
from tiangong.fleet.clone import Clone
from tiangong.fleet.roster import Roster
from tiangong.fleet.seen import Seen
from tiangong.fleet.signed import Words, place_of, read_bounded
from tiangong.model.environment import Agent
from tiangong.model.status import BEAT, HEARTBEAT_FILE, STATUS_FILE, Heartbeat, Status

NOBODY = ("fleet/no-agent", "fleet/no-status")
"""codes of problems that say nobody has spoken yet; all others say that a word is not to be trusted"""
MISSED_BEATS = 3
MOST_BELOW = 20


@dataclass(frozen=True, slots=True)
class Said:
    """One environment as its agent last described it; only what verified stands in `status` and `heartbeat`.

    `problems`: why there is no status, or none to be trusted.
    """

    environment: str
    labels: Mapping[str, str] = field(default_factory=dict)
    agent: Agent | None = None
    status: Status | None = None
    heartbeat: Heartbeat | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def heard(self) -> datetime | None:
        """When the agent was last heard, by its own clock."""
        times = [said.spec.at for said in (self.status, self.heartbeat) if said]
        return max(times) if times else None

    def age(self, now: datetime) -> timedelta | None:
        """How long ago that was; never negative."""
        return max(now - self.heard, timedelta()) if self.heard else None

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the agent missed three beats; of one that has ended for good none is expected."""
        age = self.age(now)
        return age is not None and age > MISSED_BEATS * BEAT and not self.is_retired

    @property
    def is_retired(self) -> bool:
        """Tell whether the agent has said its last word."""
        return self.status is not None and self.status.spec.state == "retired"


class Fleet:
    """Every environment of one clone. May be asked again after the clone was refreshed: only what is new is read."""

    def __init__(self, clone: Clone) -> None:
        """Read nothing yet."""
        self.clone = clone
        self._words = Words()
        self._seen = Seen.of(clone)
        self._rosters: dict[str, Roster] = {}

    @property
    def roster(self) -> Roster:
        """Whose word counts, on the newest main."""
        main = self.clone.main()
        if main not in self._rosters:
            self._rosters = {main: Roster(self.clone.tree(main))}
        return self._rosters[main]

    def names(self) -> list[str]:
        """Every environment that has a folder, or only a status any more."""
        return sorted({*self.roster.names(), *self.clone.branches("status")})

    def all(
        self, now: datetime, wanted: Callable[[str], bool] = lambda _: True, *, labelled: bool = True
    ) -> Iterator[Said]:
        """What each wanted environment said. Without labels its own document needn't be read."""
        for name in self.names():
            if wanted(name):
                yield self._one(name, now, labelled=labelled)
        self._seen.save()

    def one(self, name: str, now: datetime) -> Said:
        """What one environment's agent said last; never raises for what is wrong with it."""
        said = self._one(name, now, labelled=True)
        self._seen.save()
        return said

    def _one(self, name: str, now: datetime, *, labelled: bool) -> Said:
        member = self.roster.member(name, labelled=labelled)
        said = Said(name, member.labels, member.agent, problems=member.problems)
        tip = self.clone.tip(f"status/{name}")
        if member.agent is None:
            return said
        if not tip:
            return replace(said, problems=(problem("fleet/no-status", environment=name),))
        try:
            status = self._status(tip, member.agent, now)
            said = replace(said, status=status)
            beat = self._heartbeat(member.agent, now)
        except TiangongError as error:
            return replace(said, problems=error.problems)
        return replace(said, heartbeat=beat, problems=tuple(_behind(status, beat)))

    def _status(self, tip: str, agent: Agent, now: datetime) -> Status:
        name = agent.metadata.name
        status, digest = self._words.read(self.clone.tree(tip), STATUS_FILE, Status, agent, now)
        _check_name(STATUS_FILE, status.metadata.name, name)
        if status.spec.repo != self.roster.repo:
            place = place_of(name, STATUS_FILE)
            raise Refused.of("trust/other-repo", place, found=status.spec.repo, expected=self.roster.repo)
        older = self._newer_below(tip, status, agent, now) or self._seen.judge(status, digest, agent)
        if older:
            raise Refused(older)
        return status

    def _newer_below(self, tip: str, status: Status, agent: Agent, now: datetime) -> Problem | None:
        """A status put on top of a newer one: asked only where a status does not follow the one below it."""
        name, counter = agent.metadata.name, status.spec.counter
        for commit in self.clone.ancestors(tip, MOST_BELOW):
            tree = self.clone.tree(commit)
            try:
                if sha512(read_bounded(tree, STATUS_FILE, name)) == status.spec.previous:
                    return None
                below, _ = self._words.read(tree, STATUS_FILE, Status, agent, now)
            except TiangongError:
                continue
            if below.spec.counter > counter:
                place, seen = Place(f"status/{name}"), below.spec.counter
                return problem("fleet/older-status", place, environment=name, counter=counter, seen=seen)
        return None

    def _heartbeat(self, agent: Agent, now: datetime) -> Heartbeat | None:
        name = agent.metadata.name
        tip = self.clone.tip(f"live/{name}")
        if not tip:
            return None
        beat, _ = self._words.read(self.clone.tree(tip), HEARTBEAT_FILE, Heartbeat, agent, now)
        _check_name(HEARTBEAT_FILE, beat.metadata.name, name)
        return beat


def _behind(status: Status, beat: Heartbeat | None) -> Iterator[Problem]:
    """The heartbeat names the newest status its agent has written; the remote may not show it (yet)."""
    shown = status.spec.counter
    if beat is not None and beat.spec.counter > shown:
        name = status.metadata.name
        yield problem("fleet/behind", Place(f"status/{name}"), environment=name, shown=shown, said=beat.spec.counter)


def _check_name(path: str, found: str, environment: str) -> None:
    if found != environment:
        place = place_of(environment, path)
        raise Refused.of("fleet/other-environment", place, found=found, environment=environment)
