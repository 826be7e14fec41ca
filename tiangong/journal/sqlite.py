"""The journal on disk: SQLite in WAL mode with full sync; every write returns only after it is safe.

One connection behind one lock. What every cycle asks for is kept folded in memory and follows the writes; when another
process has written (`agent resolve`, `agent accept-history`), it is read again.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path

from tiangong.errors import Failed, Place, Problem, problem
from tiangong.journal import tables
from tiangong.journal.replay import Fold, apply_events, end_run, events_of, folds, history_of
from tiangong.model.stages import History, Memory, Run
from tiangong.ports import StepEvent

LOCKED_AT_MOST = 10.0
PARTS = ("", "-wal", "-shm")


class SqliteJournal:
    """Implements `ports.Journal`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take an open database; use `open_journal`. ValueError when what it says can't have happened."""
        self._path = path
        self._connection = connection
        self._lock = threading.RLock()
        self._folds: dict[str, Fold] = {}
        self._memory: dict[str, Memory] = {}
        self.heard: Callable[[StepEvent], None] = lambda _: None
        """told of every step's event once it is safe, in the thread that recorded it"""
        self._version = self._load()

    def close(self) -> None:
        """Close the file; nothing is lost by not doing so."""
        with self._lock:
            self._connection.close()

    # ── runs ─────────────────────────────────────────────────────────────────────────────────────────────
    def begin(self, run: Run) -> None:
        """Record that a run starts, with all its steps; ValueError while another one of its installation goes on."""
        with self._lock:
            with self._write() as database:
                known = self._folds.get(run.installation)
                if known is not None and known.current is not None:
                    raise ValueError(f"run {known.current.id} of {run.installation} hasn't ended")
                tables.insert_run(database, run)
            self._folds.setdefault(run.installation, Fold()).begin(run)

    def record(self, event: StepEvent) -> None:
        """Record what happened to a step; ValueError when the lifecycle has no such transition."""
        with self._lock:
            with self._write() as database:
                known, run = self._under_way(event.run)
                apply_events(run, (event,))
                tables.insert_event(database, event)
            known.event(event)
        with suppress(Exception):  # what is written is written, whatever a listener makes of it
            self.heard(event)

    def end(self, run: str, result: str, at: datetime) -> None:
        """Record that a run ended; ValueError when it isn't under way, or there is no such result."""
        with self._lock:
            with self._write() as database:
                known, current = self._under_way(run)
                end_run(current, result, at)
                tables.end_run(database, run, result, at)
            known.end(run, result, at)

    def run(self, id_: str) -> Run | None:
        """One run, or None."""
        with self._read() as database:
            recent = [run for known in self._folds.values() for run in (known.current, known.last) if run is not None]
            for run in recent:
                if run.id == id_:
                    return run
            found = tables.one_run(database, id_)
            return apply_events(*found) if found else None

    def ended(self, most: int) -> tuple[Run, ...]:
        """The runs that ended last, newest first."""
        with self._read() as database:
            return tuple(run for id_ in tables.ended_runs(database, most) if (run := self.run(id_)))

    def adopt(self, memory: Memory, history: History) -> None:
        """Begin with what this agent told the world before it lost its journal (D19, R20); all of it or nothing.

        ValueError when that can't have happened.
        """
        with self._write() as database:
            self._version = -1  # whatever happens now, what is in memory is read again
            for name, past in history.installations.items():
                tables.write_recovered(database, name, past)
                if run := past.current or past.last:
                    tables.insert_run(database, run)
                    for event in events_of(run):
                        tables.insert_event(database, event)
                    if run.result is not None:
                        tables.end_run(database, run.id, run.result, run.ended or run.started)
            tables.write_memory(database, memory, None)
            folds(tables.all_runs(database), tables.all_recovered(database))

    def history(self) -> History:
        """Everything folded."""
        with self._read():
            return history_of(self._folds)

    # ── memory ───────────────────────────────────────────────────────────────────────────────────────────
    def memory(self, repo: str) -> Memory | None:
        """What verification must remember of a repository."""
        with self._read():
            return self._memory.get(repo)

    def remember(self, memory: Memory) -> None:
        """Keep it, synced; writes only what differs. What an operator accepted meanwhile stays accepted."""
        with self._lock:
            if self.memory(memory.repo) == memory:
                return
            with self._write() as database:
                before = self._memory.get(memory.repo)
                tables.write_memory(database, memory, before)
            accepted = before.accepted_history if before else memory.accepted_history
            self._memory[memory.repo] = replace(memory, accepted_history=accepted)

    def accept_history(self, repo: str, revision: str) -> None:
        """Remember that the host's operator accepted a rewritten branch at this commit (D11)."""
        with self._lock:
            with self._write() as database:
                before = self._memory.get(repo)
                tables.accept(database, repo, revision)
            if before:
                self._memory[repo] = replace(before, accepted_history=revision)

    def counter(self, name: str) -> int:
        """Return the next number of a named sequence, starting with 1."""
        with self._write() as database:
            return tables.next_of(database, name)

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────
    def _under_way(self, run: str) -> tuple[Fold, Run]:
        for known in self._folds.values():
            if known.current is not None and known.current.id == run:
                return known, known.current
        raise ValueError(f"run {run} isn't under way")

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """One transaction on what is newest; nothing of it stays when anything goes wrong."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._refresh()
                yield self._connection
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._undo()
                raise Failed.of("journal/cant-write", Place(str(self._path)), why=str(error)) from None
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._refresh()
                yield self._connection
            except sqlite3.Error as error:
                raise Failed.of("journal/cant-read", Place(str(self._path)), why=str(error)) from None

    def _refresh(self) -> None:
        """Read everything again when another connection has written since."""
        if self._data_version() == self._version:
            return
        try:
            self._version = self._load()
        except (ValueError, KeyError, TypeError) as error:
            raise Failed.of("journal/cant-read", Place(str(self._path)), why=str(error)) from None

    def _load(self) -> int:
        """Read everything as it is at one moment; return the version of that moment."""
        mine = not self._connection.in_transaction
        if mine:
            self._connection.execute("BEGIN")
        try:
            # A transaction begins with its first read; the version that belongs to it is asked afterwards.
            self._folds = folds(tables.all_runs(self._connection), tables.all_recovered(self._connection))
            self._memory = tables.all_memories(self._connection)
            return self._data_version()
        finally:
            if mine:
                self._undo()

    def _data_version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


def open_journal(path: Path, now: datetime) -> tuple[SqliteJournal, tuple[Problem, ...]]:
    """Open or make the journal. A file that isn't sound is set aside, never deleted, and the problem says so (D26).

    Failed when it can't be opened, or was written by a newer version.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return _open(path), ()
        except (sqlite3.DatabaseError, ValueError, TypeError, KeyError) as error:
            if isinstance(error, sqlite3.OperationalError) and not str(error).startswith("no such"):
                raise  # a full disk, a lock or a permission says nothing about what the file holds
            aside = _set_aside(path, now)
            found = problem("journal/set-aside", Place(str(path)), aside=str(aside), why=str(error))
            return _open(path), (found,)
    except (OSError, sqlite3.Error) as error:
        raise Failed.of("journal/cant-open", Place(str(path)), why=str(error)) from None


def _open(path: Path) -> SqliteJournal:
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=LOCKED_AT_MOST)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > tables.SCHEMA_VERSION:
            raise Failed.of("journal/newer", Place(str(path)), found=version, known=tables.SCHEMA_VERSION)
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if version == 0:
            _make(connection)
        elif version < tables.SCHEMA_VERSION:
            _upgrade(connection)
        return SqliteJournal(path, connection)
    except BaseException:
        connection.close()
        raise


def _make(connection: sqlite3.Connection) -> None:
    """Make the tables, all or none, once, whoever comes first."""
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for statement in tables.SCHEMA.split(";") if version == 0 else ():
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {tables.SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _upgrade(connection: sqlite3.Connection) -> None:
    """Bring the tables of an older version up to this one, all steps or none, once, whoever comes first."""
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for step in range(version, tables.SCHEMA_VERSION):
        for statement in tables.UPGRADES[step]:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {tables.SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _set_aside(path: Path, now: datetime) -> Path:
    """Rename all parts of the journal to a name that nobody has."""
    names = (path.with_name(f"{path.name}.broken-{now:%Y%m%dT%H%M%SZ}-{number}") for number in count(1))
    aside = next(name for name in names if not any(_part(name, part).exists() for part in PARTS))
    for part in PARTS:
        with suppress(FileNotFoundError):
            _part(path, part).rename(_part(aside, part))
    return aside


def _part(path: Path, part: str) -> Path:
    return path.with_name(path.name + part)
