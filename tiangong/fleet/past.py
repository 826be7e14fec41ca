"""What an environment's agent did: its runs by their signed receipts, and since which wishes things are as they are."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from tiangong.errors import TiangongError
from tiangong.fleet.clone import Clone
from tiangong.fleet.receipts import RunLine, run_line, run_names, under_way
from tiangong.fleet.signed import Words
from tiangong.fleet.statuses import Said
from tiangong.model.environment import Agent
from tiangong.model.stages import Tree
from tiangong.model.status import STATUS_FILE, InstallationStatus, Status
from tiangong.report.chain import MOST_RUNS

MOST_BACK = 2000
"""commits of a status ref that are looked at for runs the newest one doesn't show any more"""
MOST_STATUSES = 300


def runs(clone: Clone, said: Said, now: datetime, installation: str = "") -> Iterator[RunLine]:
    """Every run of an environment or of one installation, newest first; what is under way comes before all others.

    One whose receipt isn't the agent's word has nothing but its id.
    """
    going = {line.run: line for line in under_way(said)}
    ended = (run_line(tree, name, agent, now) for tree, name, agent in _receipts(clone, said) if name not in going)
    yield from (line for line in going.values() if installation in ("", line.installation))
    yield from (line for line in ended if installation in ("", line.installation) or line.started is None)


def _receipts(clone: Clone, said: Said) -> Iterator[tuple[Tree, str, Agent]]:
    """Every receipt there is, newest first; the newest commit shows only so many, older ones are further back."""
    tip = clone.tip(f"status/{said.environment}")
    seen: set[str] = set()
    if said.agent is None or not tip:
        return
    for commit in chain([tip], clone.ancestors(tip, MOST_BACK)):
        tree = clone.tree(commit)
        names = run_names(tree)
        for name in names:
            if name not in seen:
                seen.add(name)
                yield tree, name, said.agent
        if len(names) < MOST_RUNS:
            return


def since(clone: Clone, said: Said, one: InstallationStatus, now: datetime) -> str:
    """The commit the agent had when an installation became what it is, as far back as its statuses tell.

    Empty when that commit isn't here.
    """
    tip = clone.tip(f"status/{said.environment}")
    if said.agent is None or said.status is None or not tip:
        return ""
    found, words = said.status.spec.revision, Words()
    for commit in clone.ancestors(tip, MOST_STATUSES):
        try:
            status, _ = words.read(clone.tree(commit), STATUS_FILE, Status, said.agent, now)
        except TiangongError:
            break
        before = next((other for other in status.spec.installations if other.name == one.name), None)
        if before is None or (before.release, before.done_steps) != (one.release, one.done_steps):
            break
        found = status.spec.revision
    return found if clone.has(found) else ""
