"""What this host's agent would do next, from a look at the host itself: the line stopped before act, leaving no trace.

Reads the journal and asks the remote with a mirror of its own, so that a running agent isn't disturbed.
"""

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tiangong.act.capabilities import capabilities_of
from tiangong.agent import remote_of, supplies_of
from tiangong.executors.registry import Registry
from tiangong.git.mirror import Mirror
from tiangong.journal.sqlite import open_journal
from tiangong.model.stages import Desired, History, Memory, Plan
from tiangong.planner.plan import make_plan
from tiangong.report.redact import Redactor
from tiangong.settings import AgentSettings
from tiangong.sources.git import GitSource
from tiangong.survey import Surveyor
from tiangong.trust.verify import Cache, verify


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan, and the wishes it was made from."""

    desired: Desired
    plan: Plan


def preview(settings: AgentSettings, at: datetime, now: datetime) -> Preview:
    """Plan as of a time. Away when the remote is, Refused when nothing at all can be trusted."""
    (well,) = settings.wells
    executors = Registry(settings.plugins)
    supplies = supplies_of(settings, Redactor(), keep=False)
    memory, history = _past(settings, well.repo, now)
    with tempfile.TemporaryDirectory(prefix="tiangong-plan-") as folder:
        source = GitSource(well.name, Mirror(Path(folder) / "mirror", remote_of(settings, well)), well.branch)
        snapshot = source.observe(memory.revision if memory else "")
        desired = verify(snapshot, settings.pins(well), memory, at, Cache())
        desired = replace(desired, vault=supplies.secrets.vault())
        busy = frozenset(name for name, past in history.installations.items() if past.current)
        actual = Surveyor(executors, settings.state, supplies=supplies).survey(desired, history, busy, at)
        return Preview(desired, make_plan(desired, actual, history, capabilities_of(executors), at))


def _past(settings: AgentSettings, repo: str, now: datetime) -> tuple[Memory | None, History]:
    """What the agent remembers; nothing when none ran here yet."""
    path = settings.state / "journal.db"
    if not path.exists():
        return None, History()
    journal, _ = open_journal(path, now)
    try:
        return journal.memory(repo), journal.history()
    finally:
        journal.close()
