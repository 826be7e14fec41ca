"""The journal on disk: SQLite in WAL mode with full sync; every write returns only after it is safe.

One connection behind one lock. Times are kept as ISO 8601 in UTC. A file that isn't sound is set aside, never deleted.
"""

import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tiangong.errors import Failed, Place, Problem, problem
from tiangong.journal.replay import apply_events, fold
from tiangong.model.lifecycle import Event
from tiangong.model.stages import ChangeKind, History, Kept, Memory, Run, first_records
from tiangong.ports import StepEvent

SCHEMA_VERSION = 1
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
  clock_floor TEXT, accepted_history TEXT NOT NULL
) STRICT;
CREATE TABLE kept (
  repo TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL,
  digest TEXT NOT NULL, raw BLOB NOT NULL, signers TEXT NOT NULL, PRIMARY KEY (repo, path)
) STRICT;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
"""


class SqliteJournal:
    """Implements `ports.Journal`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take an open, sound database; use `open_journal`."""
        self._path = path
        self._connection = connection
        self._lock = threading.RLock()
        self._history: History | None = None
        self._memory: dict[str, Memory] = {}

    def close(self) -> None:
        """Close the file; nothing is lost by not doing so."""
        with self._lock:
            self._connection.close()

    # ── runs ─────────────────────────────────────────────────────────────────────────────────────────────
    def begin(self, run: Run) -> None:
        """Record that a run starts, with all its steps."""
        head = (
            run.id,
            run.installation,
            run.product,
            run.version,
            run.release,
            run.plan,
            str(run.kind),
            _text(run.started),
        )
        with self._write() as database:
            database.execute(
                "INSERT INTO runs (id, installation, product, version, release, plan, kind, started)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                head,
            )
            database.executemany(
                "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?)",
                [(run.id, at, s.name, s.digest, s.executor, int(s.undo)) for at, s in enumerate(run.steps)],
            )

    def record(self, event: StepEvent) -> None:
        """Record what happened to a step; ValueError when the lifecycle has no such transition."""
        with self._lock:
            run = self.run(event.run)
            if run is None:
                raise ValueError(f"no run {event.run}")
            apply_events(run, (event,))
            row = (
                event.run,
                event.step,
                event.digest,
                str(event.event),
                _text(event.at),
                event.detail,
                int(event.undo),
            )
            with self._write() as database:
                database.execute(
                    "INSERT INTO events (run, step, digest, event, at, detail, undo) VALUES (?, ?, ?, ?, ?, ?, ?)", row
                )

    def end(self, run: str, result: str, at: datetime) -> None:
        """Record that a run ended."""
        with self._write() as database:
            database.execute("UPDATE runs SET result = ?, ended = ? WHERE id = ?", (result, _text(at), run))

    def run(self, id_: str) -> Run | None:
        """One run, or None."""
        with self._lock:
            found = list(self._runs("WHERE id = ?", (id_,)))
        return apply_events(*found[0]) if found else None

    def history(self) -> History:
        """Everything folded; folded again only after something was written."""
        with self._lock:
            if self._history is None:
                self._history = fold(self._runs())
            return self._history

    # ── memory ───────────────────────────────────────────────────────────────────────────────────────────
    def memory(self, repo: str) -> Memory | None:
        """What verification must remember of a repository."""
        with self._lock:
            if repo not in self._memory:
                found = self._load_memory(repo)
                if found is None:
                    return None
                self._memory[repo] = found
            return self._memory[repo]

    def remember(self, memory: Memory) -> None:
        """Keep it, synced; writes only what differs from what is kept already."""
        with self._lock:
            before = self.memory(memory.repo)
            if before == memory:
                return
            known = before.kept if before else {}
            changed = [kept for path, kept in memory.kept.items() if known.get(path) != kept]
            gone = [path for path in known if path not in memory.kept]
            with self._write() as database:
                database.execute("INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?, ?, ?)", _memory_row(memory))
                database.executemany(
                    "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [_kept_row(memory.repo, k) for k in changed],
                )
                database.executemany("DELETE FROM kept WHERE repo = ? AND path = ?", [(memory.repo, p) for p in gone])
            self._memory[memory.repo] = memory

    def accept_history(self, repo: str, revision: str) -> None:
        """Remember that the host's operator accepted a rewritten branch at this commit (D11)."""
        memory = self.memory(repo)
        if memory:
            self.remember(replace(memory, accepted_history=revision))

    def counter(self, name: str) -> int:
        """Return the next number of a named sequence, starting with 1."""
        with self._write() as database:
            database.execute(
                "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", (name,)
            )
            (value,) = database.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
        return int(value)

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────
    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._history = None
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._undo_write()
                raise Failed.of("journal/cant-write", Place(str(self._path)), why=str(error)) from None

    def _undo_write(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _runs(self, where: str = "", values: Sequence[Any] = ()) -> Iterator[tuple[Run, list[StepEvent]]]:
        """Runs as they began, oldest first, with their events. `where` is one of our own constants."""
        heads = self._connection.execute(
            "SELECT id, installation, product, version, release, plan, kind, started, ended, result"
            f" FROM runs {where} ORDER BY seq",
            values,
        ).fetchall()
        only = (heads[0][0],) if where and heads else ()
        filter_ = "WHERE run = ?" if only else ""
        steps: dict[str, list[tuple[str, str, str, bool]]] = defaultdict(list)
        for run, name, digest, executor, undo in self._connection.execute(
            f"SELECT run, name, digest, executor, undo FROM steps {filter_} ORDER BY run, position",
            only,
        ):
            steps[run].append((name, digest, executor, bool(undo)))
        events: dict[str, list[StepEvent]] = defaultdict(list)
        for run, step, digest, event, at, detail, undo in self._connection.execute(
            f"SELECT run, step, digest, event, at, detail, undo FROM events {filter_} ORDER BY seq",
            only,
        ):
            events[run].append(StepEvent(run, step, digest, Event(event), _time(at), detail, bool(undo)))
        for head in heads:
            yield _run(head, steps[head[0]]), events[head[0]]

    def _load_memory(self, repo: str) -> Memory | None:
        row = self._connection.execute(
            "SELECT root_version, root_digest, revision, clock_floor, accepted_history FROM memory WHERE repo = ?",
            (repo,),
        ).fetchone()
        if row is None:
            return None
        kept = {
            path: Kept(path, kind, name, generation, digest, bytes(raw), tuple(json.loads(signers)))
            for path, kind, name, generation, digest, raw, signers in self._connection.execute(
                "SELECT path, kind, name, generation, digest, raw, signers FROM kept WHERE repo = ?", (repo,)
            )
        }
        version, digest, revision, floor, accepted = row
        return Memory(repo, version, digest, kept, revision, _time(floor) if floor else None, accepted)


def open_journal(path: Path, now: datetime) -> tuple[SqliteJournal, tuple[Problem, ...]]:
    """Open or make the journal. A file that isn't sound is renamed, and the problem says so (D26)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    problems: tuple[Problem, ...] = ()
    try:
        connection = _open(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise Failed.of("journal/cant-open", Place(str(path)), why=str(error)) from None
        aside = path.with_name(f"{path.name}.broken-{now:%Y%m%dT%H%M%SZ}")
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        problems = (problem("journal/set-aside", Place(str(path)), aside=str(aside), why=str(error)),)
        connection = _open(path)
    return SqliteJournal(path, connection), problems


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        elif version > SCHEMA_VERSION:
            raise Failed.of("journal/newer", Place(str(path)), found=version, known=SCHEMA_VERSION)
    except BaseException:
        connection.close()
        raise
    return connection


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


def _memory_row(memory: Memory) -> tuple[Any, ...]:
    floor = _text(memory.clock_floor) if memory.clock_floor else None
    return (memory.repo, memory.root_version, memory.root_digest, memory.revision, floor, memory.accepted_history)


def _kept_row(repo: str, kept: Kept) -> tuple[Any, ...]:
    signers = json.dumps(kept.signers)
    return (repo, kept.path, kept.kind, kept.name, kept.generation, kept.digest, kept.raw, signers)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
