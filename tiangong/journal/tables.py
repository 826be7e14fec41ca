"""The tables of the journal, and how runs, events and memory stand in their rows. Times: ISO 8601 in UTC."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from tiangong.model.lifecycle import Event
from tiangong.model.stages import ChangeKind, Installed, Kept, Memory, Past, Run, SealMark, first_records
from tiangong.ports import StepEvent

SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE runs (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, installation TEXT NOT NULL, product TEXT NOT NULL,
  version TEXT NOT NULL, release TEXT NOT NULL, plan TEXT NOT NULL, kind TEXT NOT NULL,
  started TEXT NOT NULL, ended TEXT, result TEXT
) STRICT;
CREATE TABLE steps (
  run TEXT NOT NULL REFERENCES runs(id), position INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,
  executor TEXT NOT NULL, undo INTEGER NOT NULL, PRIMARY KEY (run, position)
) STRICT;
CREATE TABLE events (
  seq INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs(id), step TEXT NOT NULL, digest TEXT NOT NULL,
  event TEXT NOT NULL, at TEXT NOT NULL, detail TEXT NOT NULL, undo INTEGER NOT NULL
) STRICT;
CREATE INDEX events_of_run ON events (run, seq);
CREATE TABLE memory (
  repo TEXT PRIMARY KEY, root_version INTEGER NOT NULL, root_digest TEXT NOT NULL, revision TEXT NOT NULL,
  clock_floor TEXT, accepted_history TEXT NOT NULL, seal TEXT
) STRICT;
CREATE TABLE kept (
  repo TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL,
  digest TEXT NOT NULL, raw BLOB NOT NULL, signers TEXT NOT NULL, PRIMARY KEY (repo, path)
) STRICT;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE recovered (
  installation TEXT PRIMARY KEY, product TEXT NOT NULL, version TEXT, release TEXT, since TEXT,
  steps TEXT NOT NULL, once TEXT NOT NULL
) STRICT;
"""

UPGRADES: dict[int, tuple[str, ...]] = {1: ("ALTER TABLE memory ADD COLUMN seal TEXT",)}
"""version → what makes it the next one"""

ALL_RUNS = """SELECT id, installation, product, version, release, plan, kind, started, ended, result
  FROM runs ORDER BY seq"""
ONE_RUN = """SELECT id, installation, product, version, release, plan, kind, started, ended, result
  FROM runs WHERE id = ?"""
ENDED_RUNS = "SELECT id FROM runs WHERE result IS NOT NULL ORDER BY ended DESC, seq DESC LIMIT ?"
ALL_STEPS = "SELECT run, name, digest, executor, undo FROM steps ORDER BY run, position"
ONE_STEPS = "SELECT run, name, digest, executor, undo FROM steps WHERE run = ? ORDER BY position"
ALL_EVENTS = "SELECT run, step, digest, event, at, detail, undo FROM events ORDER BY seq"
ONE_EVENTS = "SELECT run, step, digest, event, at, detail, undo FROM events WHERE run = ? ORDER BY seq"


def insert_run(database: sqlite3.Connection, run: Run) -> None:
    """Write a run that begins, with its steps."""
    head = (run.id, run.installation, run.product, run.version, run.release, run.plan, str(run.kind))
    database.execute(
        "INSERT INTO runs (id, installation, product, version, release, plan, kind, started)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*head, _text(run.started)),
    )
    database.executemany(
        "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?)",
        [(run.id, at, s.name, s.digest, s.executor, int(s.undo)) for at, s in enumerate(run.steps)],
    )


def insert_event(database: sqlite3.Connection, event: StepEvent) -> None:
    """Write one event."""
    row = (event.run, event.step, event.digest, str(event.event), _text(event.at), event.detail, int(event.undo))
    database.execute(
        "INSERT INTO events (run, step, digest, event, at, detail, undo) VALUES (?, ?, ?, ?, ?, ?, ?)", row
    )


def end_run(database: sqlite3.Connection, run: str, result: str, at: datetime) -> None:
    """Write how a run ended."""
    database.execute("UPDATE runs SET result = ?, ended = ? WHERE id = ?", (result, _text(at), run))


def all_runs(database: sqlite3.Connection) -> Iterator[tuple[Run, Sequence[StepEvent]]]:
    """Every run, oldest first, as it began, with its events."""
    heads = database.execute(ALL_RUNS).fetchall()
    steps, events = _steps(database.execute(ALL_STEPS)), _events(database.execute(ALL_EVENTS))
    for head in heads:
        yield _run(head, steps[head[0]]), events[head[0]]


def one_run(database: sqlite3.Connection, id_: str) -> tuple[Run, Sequence[StepEvent]] | None:
    """One run as it began, with its events."""
    head = database.execute(ONE_RUN, (id_,)).fetchone()
    if head is None:
        return None
    steps, events = _steps(database.execute(ONE_STEPS, (id_,))), _events(database.execute(ONE_EVENTS, (id_,)))
    return _run(head, steps[id_]), events[id_]


def all_memories(database: sqlite3.Connection) -> dict[str, Memory]:
    """What is remembered, by repository."""
    kept: dict[str, dict[str, Kept]] = defaultdict(dict)
    for repo, path, kind, name, generation, digest, raw, signers in database.execute(
        "SELECT repo, path, kind, name, generation, digest, raw, signers FROM kept"
    ):
        kept[repo][path] = Kept(path, kind, name, generation, digest, bytes(raw), tuple(json.loads(signers)))
    heads = database.execute(
        "SELECT repo, root_version, root_digest, revision, clock_floor, accepted_history, seal FROM memory"
    ).fetchall()
    return {
        repo: Memory(repo, version, digest, kept[repo], revision, floor and _time(floor), accepted, _seal(seal))
        for repo, version, digest, revision, floor, accepted, seal in heads
    }


def write_memory(database: sqlite3.Connection, memory: Memory, before: Memory | None) -> None:
    """Write what differs from before. What an operator accepted is only ever set by `accept`."""
    floor = _text(memory.clock_floor) if memory.clock_floor else None
    database.execute(
        "INSERT INTO memory VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (repo) DO UPDATE SET"
        " root_version = excluded.root_version, root_digest = excluded.root_digest, revision = excluded.revision,"
        " clock_floor = excluded.clock_floor, seal = excluded.seal",
        (
            *(memory.repo, memory.root_version, memory.root_digest, memory.revision, floor, memory.accepted_history),
            _seal_text(memory.seal),
        ),
    )
    known = before.kept if before else {}
    database.executemany(
        "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [_kept_row(memory.repo, kept) for path, kept in memory.kept.items() if known.get(path) != kept],
    )
    gone = [(memory.repo, path) for path in known if path not in memory.kept]
    database.executemany("DELETE FROM kept WHERE repo = ? AND path = ?", gone)


def accept(database: sqlite3.Connection, repo: str, revision: str) -> None:
    """Write which rewritten head the host's operator accepted."""
    database.execute("UPDATE memory SET accepted_history = ? WHERE repo = ?", (revision, repo))


def write_recovered(database: sqlite3.Connection, name: str, past: Past) -> None:
    """Write what is known of an installation from the time before this journal began (D19)."""
    there = past.installed
    head = (there.product, there.version, there.release, _text(there.since)) if there else ("", None, None, None)
    rest = (json.dumps(dict(past.steps)), json.dumps(sorted(past.once)))
    database.execute("INSERT OR REPLACE INTO recovered VALUES (?, ?, ?, ?, ?, ?, ?)", (name, *head, *rest))


def all_recovered(database: sqlite3.Connection) -> dict[str, Past]:
    """The same, by installation."""
    found = {}
    for name, product, version, release, since, steps, once in database.execute(
        "SELECT installation, product, version, release, since, steps, once FROM recovered"
    ):
        done = json.loads(steps)
        installed = Installed(version, release, _time(since), done, product) if version and release and since else None
        found[name] = Past(installed=installed, steps=done, once=frozenset(json.loads(once)))
    return found


def ended_runs(database: sqlite3.Connection, most: int) -> list[str]:
    """Ids of the runs that ended, the newest first."""
    rows = database.execute(
        "SELECT id FROM runs WHERE result IS NOT NULL ORDER BY ended DESC, seq DESC LIMIT ?", (most,)
    )
    return [id_ for (id_,) in rows]


def next_of(database: sqlite3.Connection, name: str) -> int:
    """Count a named sequence up by one."""
    database.execute("INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", (name,))
    (value,) = database.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
    return int(value)


def _steps(rows: Iterable[Any]) -> dict[str, list[tuple[str, str, str, bool]]]:
    steps: dict[str, list[tuple[str, str, str, bool]]] = defaultdict(list)
    for run, name, digest, executor, undo in rows:
        steps[run].append((name, digest, executor, bool(undo)))
    return steps


def _events(rows: Iterable[Any]) -> dict[str, list[StepEvent]]:
    events: dict[str, list[StepEvent]] = defaultdict(list)
    for run, step, digest, event, at, detail, undo in rows:
        events[run].append(StepEvent(run, step, digest, Event(event), _time(at), detail, bool(undo)))
    return events


def _run(head: Sequence[Any], steps: Sequence[tuple[str, str, str, bool]]) -> Run:
    id_, installation, product, version, release, plan, kind, started, ended, result = head
    return Run(
        id=id_,
        installation=installation,
        product=product,
        version=version,
        release=release,
        plan=plan,
        kind=ChangeKind(kind),
        started=_time(started),
        ended=_time(ended) if ended else None,
        result=result,
        steps=first_records(steps),
    )


def _kept_row(repo: str, kept: Kept) -> tuple[Any, ...]:
    signers = json.dumps(kept.signers)
    return (repo, kept.path, kept.kind, kept.name, kept.generation, kept.digest, kept.raw, signers)


def _seal_text(seal: SealMark | None) -> str | None:
    if seal is None:
        return None
    return json.dumps([seal.sequence, seal.digest, _text(seal.issued), seal.head, seal.commit])


def _seal(text: str | None) -> SealMark | None:
    if text is None:
        return None
    sequence, digest, issued, head, commit = json.loads(text)
    return SealMark(sequence, digest, _time(issued), head, commit)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
