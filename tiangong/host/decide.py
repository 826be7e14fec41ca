"""What only a person can know, said on the agent's host. The agent may be running: it notices in its next turn."""

import re
from datetime import datetime

from tiangong.act.recover import resolve_doubt
from tiangong.errors import Misuse, Place
from tiangong.journal.sqlite import SqliteJournal, open_journal
from tiangong.model.stages import Run
from tiangong.settings import AgentSettings

COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")


def resolve(settings: AgentSettings, run: str, *, done: bool, now: datetime) -> Run:
    """Settle the steps in doubt of a run (D26); Misuse when there is no such run, or nothing in doubt."""
    journal = _journal(settings, now)
    try:
        return resolve_doubt(journal, run, done=done, now=now)
    finally:
        journal.close()


def accept_history(settings: AgentSettings, sha: str, now: datetime) -> None:
    """Accept a rewritten branch at exactly this commit (D11); Misuse when nothing was ever verified here."""
    if not COMMIT.match(sha):
        raise Misuse.of("agent/no-commit", sha=sha)
    journal = _journal(settings, now)
    try:
        (well,) = settings.wells
        if journal.memory(well.repo) is None:
            raise Misuse.of("agent/not-seen", Place(str(settings.state)))
        journal.accept_history(well.repo, sha)
    finally:
        journal.close()


def _journal(settings: AgentSettings, now: datetime) -> SqliteJournal:
    """The agent's journal, which must be there already: these commands never begin one."""
    path = settings.state / "journal.db"
    if not path.exists():
        raise Misuse.of("agent/not-begun", Place(str(path)))
    return open_journal(path, now)[0]
