"""What every agent said last, and whether it really was that agent who said it (R21)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse_model
from tiangong.documents.strict import LARGEST
from tiangong.errors import Place, Problem, Refused, TiangongError, problem
from tiangong.fleet.clone import Clone
from tiangong.fleet.roster import Member, Roster
from tiangong.fleet.seen import Seen
from tiangong.model.environment import Agent
from tiangong.model.stages import Tree
from tiangong.model.status import BEAT, HEARTBEAT_FILE, SIGNATURE_SUFFIX, STATUS_FILE, Heartbeat, Receipt, Status
from tiangong.trust.status import check_status

MISSED_BEATS = 3
M = TypeVar("M", Status, Heartbeat, Receipt)


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
        """Tell whether the agent missed three beats."""
        age = self.age(now)
        return age is not None and age > MISSED_BEATS * BEAT


def read_statuses(clone: Clone, now: datetime, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[Said]:
    """What each wanted environment said; also those that have a status and no folder any more."""
    roster, seen = Roster(clone.tree(clone.main())), Seen.of(clone)
    for name in sorted({*roster.names(), *clone.branches("status")}):
        if wanted(name):
            yield read_status(clone, roster, seen, name, now)
    seen.save()


def read_status(clone: Clone, roster: Roster, seen: Seen, name: str, now: datetime) -> Said:
    """What one environment's agent said last; never raises for what is wrong with it."""
    member = roster.member(name)
    said = Said(name, member.labels, member.agent, problems=member.problems)
    if member.agent is None:
        return said
    tip = clone.tip(f"status/{name}")
    if not tip:
        return replace(said, problems=(problem("fleet/no-status", environment=name),))
    try:
        status, digest = _read(clone.tree(tip), STATUS_FILE, Status, member.agent, now)
        _check_name(STATUS_FILE, status.metadata.name, name)
        _check_home(status, roster.repo)
        Refused.when_any(filter(None, [seen.judge(status, digest, member.agent)]))
    except TiangongError as error:
        return replace(said, problems=error.problems)
    heartbeat, why = _heartbeat(clone, member, member.agent, now)
    return replace(said, status=status, heartbeat=heartbeat, problems=why)


def read_signed(tree: Tree, path: str, model: type[M], agent: Agent, now: datetime) -> M:
    """Read YAML an agent signed; Refused when it isn't there or isn't that agent's, Misuse when it can't be read."""
    return _read(tree, path, model, agent, now)[0]


def _read(tree: Tree, path: str, model: type[M], agent: Agent, now: datetime) -> tuple[M, str]:
    environment = agent.metadata.name
    raw = read_bounded(tree, path, environment)
    check_status(raw, read_bounded(tree, path + SIGNATURE_SUFFIX, environment), agent, now)
    return parse_model(raw, path, model), sha512(raw)


def read_bounded(tree: Tree, path: str, environment: str, limit: int = LARGEST) -> bytes:
    """The bytes of a file of an agent's ref; Refused when there is none, or it is too large to be one."""
    entry = tree.entry(path)
    if entry is None or entry.is_folder or tree.size(entry) > limit:
        raise Refused.of("fleet/no-file", Place(path), environment=environment)
    return tree.read(entry)


def _check_name(path: str, found: str, environment: str) -> None:
    if found != environment:
        raise Refused.of("fleet/other-environment", Place(path), found=found, environment=environment)


def _check_home(status: Status, repo: str) -> None:
    if status.spec.repo != repo:
        raise Refused.of("trust/other-repo", Place(STATUS_FILE), found=status.spec.repo, expected=repo)


def _heartbeat(
    clone: Clone, member: Member, agent: Agent, now: datetime
) -> tuple[Heartbeat | None, tuple[Problem, ...]]:
    tip = clone.tip(f"live/{member.name}")
    if not tip:
        return None, ()
    try:
        beat = read_signed(clone.tree(tip), HEARTBEAT_FILE, Heartbeat, agent, now)
        _check_name(HEARTBEAT_FILE, beat.metadata.name, member.name)
    except TiangongError as error:
        return None, error.problems
    return beat, ()
