"""Runs of one environment: those under way as its agent last said, then those that ended, by their signed receipts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from tiangong.documents.parse import parse_model
from tiangong.errors import Refused, TiangongError
from tiangong.fleet.clone import Clone
from tiangong.fleet.signed import place_of, read_bounded
from tiangong.fleet.statuses import Said
from tiangong.model.environment import Agent
from tiangong.model.stages import Tree
from tiangong.model.status import SIGNATURE_SUFFIX, Receipt
from tiangong.trust.status import check_status

MOST_SHOWN = 8
MOST_READ = 64
UNDER_WAY = ("running", "in-doubt")


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in short. `result` is empty when its receipt is not to be trusted."""

    run: str
    installation: str = ""
    version: str = ""
    kind: str = ""
    result: str = ""
    started: datetime | None = None
    ended: datetime | None = None


def newest_runs(clone: Clone, said: Said, now: datetime, installation: str = "") -> list[RunLine]:
    """The newest runs, of one installation or of all; what is under way comes first."""
    going = {line.run: line for line in under_way(said)}
    ended = (line for line in _ended(clone, said, now) if line.run not in going)
    fitting = (line for line in (*going.values(), *ended) if installation in ("", line.installation))
    return list(islice(fitting, MOST_SHOWN))


def receipts_of(clone: Clone, said: Said, now: datetime) -> Mapping[str, Receipt]:
    """The receipts of each installation's newest run by id; one that is not in order is as good as none."""
    found: dict[str, Receipt] = {}
    tip = clone.tip(f"status/{said.environment}")
    if said.status is None or said.agent is None or not tip:
        return found
    tree = clone.tree(tip)
    for run in (installation.run for installation in said.status.spec.installations):
        if run is None or run.ended is None:
            continue
        try:
            found[run.id] = read_receipt(tree, run.id, said.agent, now)
        except TiangongError:
            continue
    return found


def read_receipt(tree: Tree, run: str, agent: Agent, now: datetime) -> Receipt:
    """The signed receipt of a run; Refused when it isn't the agent's, or is another run's.

    The key must have been the agent's when the run ended: receipts outlive keys.
    """
    path, environment = f"runs/{run}/receipt.yaml", agent.metadata.name
    raw = read_bounded(tree, path, environment)
    receipt = parse_model(raw, path, Receipt)
    check_status(raw, read_bounded(tree, path + SIGNATURE_SUFFIX, environment), agent, min(receipt.spec.ended, now))
    if receipt.metadata.name != run:
        raise Refused.of(
            "fleet/other-run", place_of(environment, path), found=receipt.metadata.name, environment=environment
        )
    return receipt


def under_way(said: Said) -> Iterator[RunLine]:
    """Runs that haven't ended, as the agent last said; one may come twice. A heartbeat may be older than the status."""
    over = set()
    for installation in said.status.spec.installations if said.status else ():
        run = installation.run
        if run and run.result in UNDER_WAY:
            yield RunLine(run.id, installation.name, run.version, run.kind, run.result, run.started)
        elif run:
            over.add(run.id)
    for step in said.heartbeat.spec.running if said.heartbeat else ():
        if step.run not in over:
            yield RunLine(step.run, step.installation, step.version, result="running")


def run_line(tree: Tree, run: str, agent: Agent, now: datetime) -> RunLine:
    """One run that ended, in short."""
    try:
        spec = read_receipt(tree, run, agent, now).spec
    except TiangongError:
        return RunLine(run)
    return RunLine(run, spec.installation, spec.version, spec.kind, spec.result, spec.started, spec.ended)


def run_names(tree: Tree) -> list[str]:
    """Runs that have a receipt in a tree, newest first: a run's id begins with the time it started."""
    return sorted((entry.name for entry in tree.folder("runs") if entry.is_folder), reverse=True)


def _ended(clone: Clone, said: Said, now: datetime) -> Iterator[RunLine]:
    """By receipt, newest first."""
    tip = clone.tip(f"status/{said.environment}")
    if said.agent is None or not tip:
        return
    tree = clone.tree(tip)
    for name in run_names(tree)[:MOST_READ]:
        yield run_line(tree, name, said.agent, now)
