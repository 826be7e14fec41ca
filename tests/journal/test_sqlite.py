"""The journal on disk: what was written is there, what can't be written is refused, what is broken is set aside."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journal.conftest import NOW, a_memory, a_run, a_whole_run, an_event
from tiangong.errors import Failed
from tiangong.journal import tables
from tiangong.journal.sqlite import SqliteJournal, open_journal
from tiangong.messages import render
from tiangong.model.lifecycle import Event, State
from tiangong.model.stages import History


def opened(path: Path) -> SqliteJournal:
    found, problems = open_journal(path, NOW)
    assert problems == ()
    return found


# ── what was written is there ────────────────────────────────────────────────────────────────────────────────
def test_what_was_written_is_there_after_reopening(journal: SqliteJournal, path: Path) -> None:
    a_whole_run(journal, "1", "a", "b")
    journal.begin(a_run("2", "a"))
    journal.record(an_event("2", "a", Event.STARTED))
    a_whole_run(journal, "3", installation="other")
    journal.remember(a_memory(x=1))
    history, memory, runs = journal.history(), journal.memory("repo"), [journal.run(n) for n in "123"]
    journal.close()

    again = opened(path)
    assert again.history() == history
    assert again.memory("repo") == memory == a_memory(x=1)
    assert [again.run(n) for n in "123"] == runs
    assert runs[0]
    assert runs[0].result == "succeeded"
    assert runs[1]
    assert runs[1].steps[0].state is State.RUNNING
    assert again.run("4") is None
    again.close()


def test_synced_and_private(journal: SqliteJournal, path: Path) -> None:
    connection = journal._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    a_whole_run(journal, "1")
    for part in path.parent.iterdir():
        assert stat.S_IMODE(part.stat().st_mode) == 0o600, part
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="strace")
def test_every_write_is_synced_before_it_returns(path: Path) -> None:
    """The system calls of a real process: between two events there is an fsync."""
    script = (
        "import os, sys; from pathlib import Path; from tests.journal.conftest import *\n"
        "journal, _ = open_journal(Path(sys.argv[1]), NOW); journal.begin(a_run('1'))\n"
        "for name, event in (('a', Event.STARTED), ('a', Event.SUCCEEDED)):\n"
        "    os.write(2, b'<event>'); journal.record(an_event('1', name, event)); os.write(2, b'</event>')\n"
    )
    command = ["strace", "-f", "-e", "trace=fsync,fdatasync,write", "-s", "16", sys.executable, "-c", script, str(path)]
    try:
        traced = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    except FileNotFoundError:
        pytest.skip("strace is not installed")
    if "</event>" not in traced:
        pytest.skip("strace is not allowed here")
    parts = traced.split('"<event>"')[1:]
    assert len(parts) == 2
    for part in parts:
        assert "sync(" in part.split('"</event>"')[0]


def test_memory_follows_what_is_remembered(journal: SqliteJournal, path: Path) -> None:
    assert journal.memory("repo") is None
    journal.remember(a_memory("one", x=1, y=1))
    journal.remember(a_memory("two", x=2, z=1))
    assert journal.memory("repo") == a_memory("two", x=2, z=1)
    journal.remember(replace(a_memory("other", w=1), repo="other", clock_floor=None))
    journal.close()
    again = opened(path)
    assert again.memory("repo") == a_memory("two", x=2, z=1)
    other = again.memory("other")
    assert other
    assert (other.kept.keys(), other.clock_floor) == ({"w"}, None)
    again.close()


def test_what_is_remembered_already_is_not_written_again(journal: SqliteJournal) -> None:
    journal.remember(a_memory(x=1))
    before = journal._connection.total_changes
    journal.remember(a_memory(x=1))
    assert journal._connection.total_changes == before


def test_what_an_operator_accepted_stays_accepted(journal: SqliteJournal, path: Path) -> None:
    """The agent verified with what it knew before; what the operator said meanwhile isn't lost."""
    journal.remember(a_memory("one"))
    old = journal.memory("repo")
    operator = opened(path)
    operator.accept_history("repo", "rewritten")
    operator.close()
    assert old
    journal.remember(replace(old, revision="two"))
    found = journal.memory("repo")
    assert found
    assert (found.revision, found.accepted_history) == ("two", "rewritten")
    journal.close()
    again = opened(path).memory("repo")
    assert again
    assert again.accepted_history == "rewritten"


def test_counters_never_give_a_number_twice(journal: SqliteJournal, path: Path) -> None:
    assert [journal.counter("x"), journal.counter("x"), journal.counter("y")] == [1, 2, 1]
    journal.close()
    assert opened(path).counter("x") == 3


def test_events_are_heard_after_they_are_safe(journal: SqliteJournal) -> None:
    heard: list[Event] = []

    def listen(event: Any) -> None:
        heard.append(event.event)
        assert journal.history().of("shop").current
        raise RuntimeError("a listener's fault is its own")

    journal.heard = listen
    a_whole_run(journal, "1", "a")
    assert heard == [Event.STARTED, Event.SUCCEEDED]


# ── what can't have happened ─────────────────────────────────────────────────────────────────────────────────
def illegal() -> list[Callable[[SqliteJournal], object]]:
    return [
        lambda j: j.begin(a_run("2")),
        lambda j: j.record(an_event("1", "a", Event.SUCCEEDED)),
        lambda j: j.record(an_event("1", "c", Event.STARTED)),
        lambda j: j.record(an_event("nobody", "a", Event.STARTED)),
        lambda j: j.end("1", "nonsense", NOW),
        lambda j: j.end("nobody", "failed", NOW),
    ]


@pytest.mark.parametrize("what", illegal())
def test_what_cant_have_happened_changes_nothing(
    journal: SqliteJournal, path: Path, what: Callable[[SqliteJournal], object]
) -> None:
    journal.begin(a_run("1"))
    before = journal.history()
    with pytest.raises(ValueError, match=r"."):
        what(journal)
    assert journal.history() == before
    journal.record(an_event("1", "a", Event.STARTED))
    after = journal.history()
    journal.close()
    assert opened(path).history() == after


# ── two processes, many threads ──────────────────────────────────────────────────────────────────────────────
def test_another_processes_words_are_heard(journal: SqliteJournal, path: Path) -> None:
    journal.begin(a_run("1", "a"))
    journal.record(an_event("1", "a", Event.STARTED))
    journal.record(an_event("1", "a", Event.CRASHED))
    assert journal.history().of("shop").current
    script = (
        "import sys; from pathlib import Path; from tests.journal.conftest import *\n"
        "from tiangong.act.recover import resolve_doubt\n"
        "journal, _ = open_journal(Path(sys.argv[1]), NOW); resolve_doubt(journal, '1', done=True, now=NOW)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    past = journal.history().of("shop")
    assert past.current is None
    assert past.installed
    run = journal.run("1")
    assert run
    assert run.result == "succeeded"
    with pytest.raises(ValueError, match="under way"):
        journal.end("1", "failed", NOW)


def test_two_processes_count_together(path: Path) -> None:
    opened(path).close()
    script = (
        "import sys; from pathlib import Path; from tests.journal.conftest import *\n"
        "journal, _ = open_journal(Path(sys.argv[1]), NOW)\n"
        "print(*[journal.counter('x') for _ in range(40)])\n"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True) for _ in "12"
    ]
    numbers = [int(n) for process in both for n in process.communicate()[0].split()]
    assert sorted(numbers) == [*range(1, 81)]


def test_many_threads(journal: SqliteJournal, path: Path) -> None:
    def work(name: str) -> None:
        for number in range(5):
            a_whole_run(journal, f"{name}-{number}", installation=name)
            journal.history()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = journal.history()
    assert {name: past.last.id for name, past in history.installations.items() if past.last} == {
        n: f"{n}-4" for n in "abcd"
    }
    journal.close()
    assert opened(path).history() == history


def test_a_lock_that_is_held_is_told(journal: SqliteJournal, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiangong.journal.sqlite.LOCKED_AT_MOST", 0.05)
    mine = opened(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Failed) as caught:
        mine.begin(a_run("1"))
    assert caught.value.problems[0].code == "journal/cant-write"
    other.execute("ROLLBACK")
    other.close()
    mine.begin(a_run("1"))
    mine.close()


# ── disks ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_full_disk_refuses_and_loses_nothing(journal: SqliteJournal, path: Path) -> None:
    """SQLite's own limit of pages fails in the same place as a disk without space."""
    journal.begin(a_run("1"))
    before = journal.history()
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Failed) as caught:
        journal.begin(a_run("2", *(f"step-{n}" for n in range(2000)), installation="other"))
    (problem,) = caught.value.problems
    assert problem.code == "journal/cant-write"
    assert "full" in render(problem)
    assert journal.history() == before
    journal._connection.execute("PRAGMA max_page_count = 1000000")
    journal.record(an_event("1", "a", Event.STARTED))
    after = journal.history()
    journal.close()
    assert opened(path).history() == after


def test_a_file_system_that_became_read_only(journal: SqliteJournal) -> None:
    journal.begin(a_run("1"))
    journal._connection.execute("PRAGMA query_only = ON")
    for write in (
        lambda: journal.begin(a_run("2", installation="other")),
        lambda: journal.record(an_event("1", "a", Event.STARTED)),
        lambda: journal.end("1", "failed", NOW),
        lambda: journal.counter("x"),
        lambda: journal.remember(a_memory()),
        lambda: journal.accept_history("repo", "x"),
    ):
        with pytest.raises(Failed) as caught:
            write()
        assert caught.value.problems[0].code == "journal/cant-write"
    assert journal.history().of("shop").current, "reading goes on"


def test_a_closed_journal_is_told_and_no_traceback(journal: SqliteJournal) -> None:
    journal.close()
    with pytest.raises(Failed) as caught:
        journal.history()
    assert caught.value.problems[0].code == "journal/cant-read"
    with pytest.raises(Failed) as caught:
        journal.counter("x")
    assert caught.value.problems[0].code == "journal/cant-write"


def test_a_folder_that_cant_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Failed) as caught:
        open_journal(tmp_path / "file" / "journal.db", NOW)
    assert caught.value.problems[0].code == "journal/cant-open"


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(Failed) as caught:
        open_journal(path, NOW)
    assert caught.value.problems[0].code == "journal/cant-open"
    assert path.is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may everything")
def test_a_file_without_permission(path: Path) -> None:
    opened(path).close()
    path.chmod(0)
    with pytest.raises(Failed) as caught:
        open_journal(path, NOW)
    assert caught.value.problems[0].code == "journal/cant-open"


# ── what is broken ───────────────────────────────────────────────────────────────────────────────────────────
def break_header(path: Path) -> None:
    path.write_bytes(b"this is no database" * 400)


def break_pages(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    path.write_bytes(raw)


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def sql(*statements: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return change


BREAKS: dict[str, Callable[[Path], None]] = {
    "header": break_header,
    "pages": break_pages,
    "cut short": cut_short,
    "no table": sql("DROP TABLE events"),
    "unknown event": sql("UPDATE events SET event = 'exploded'"),
    "unknown result": sql("UPDATE runs SET result = 'exploded' WHERE result IS NOT NULL"),
    "unknown kind": sql("UPDATE runs SET kind = 'exploded'"),
    "no time": sql("UPDATE events SET at = 'yesterday'"),
    "impossible": sql("DELETE FROM events WHERE event = 'started'"),
    "two runs at once": sql("UPDATE runs SET result = NULL, ended = NULL"),
    "signers": sql("UPDATE kept SET signers = '{'"),
}


@pytest.mark.parametrize("how", BREAKS)
def test_what_is_not_sound_is_set_aside_and_never_deleted(path: Path, how: str) -> None:
    journal = opened(path)
    for number in range(30):
        a_whole_run(journal, f"{number}", *(f"step-{n}" for n in range(6)))
    journal.remember(a_memory(x=1))
    journal.close()
    BREAKS[how](path)
    broken = path.read_bytes()

    again, (problem,) = open_journal(path, NOW)
    assert again.history() == History()
    assert again.memory("repo") is None
    assert problem.code == "journal/set-aside"
    aside = Path(str(problem.facts["aside"]))
    assert aside.parent == path.parent
    assert aside.read_bytes()[:100] == broken[:100]
    assert str(aside) in render(problem)
    a_whole_run(again, "new")
    again.close()

    break_header(path)
    third, (second,) = open_journal(path, NOW)
    assert second.facts["aside"] != problem.facts["aside"], "a name that nobody has"
    assert aside.exists()
    third.close()


def test_torn_pages_that_were_never_synced_are_no_damage(journal: SqliteJournal, path: Path, tmp_path: Path) -> None:
    """A power cut leaves a torn end of the WAL: what was written before it is there, nothing is set aside (D26)."""
    a_whole_run(journal, "1")
    history = journal.history()
    length = (path.parent / "journal.db-wal").stat().st_size
    journal.begin(a_run("2"))
    torn = tmp_path / "torn"
    torn.mkdir()
    (torn / "journal.db").write_bytes(path.read_bytes())
    wal = (path.parent / "journal.db-wal").read_bytes()
    assert len(wal) > length
    (torn / "journal.db-wal").write_bytes(wal[: length + 1000] + b"\0" * 3000)
    again = opened(torn / "journal.db")
    assert again.history() == history
    again.close()


def test_a_journal_of_a_newer_version_is_left_alone(path: Path) -> None:
    opened(path).close()
    sql(f"PRAGMA user_version = {tables.SCHEMA_VERSION + 1}")(path)
    before = path.read_bytes()
    with pytest.raises(Failed) as caught:
        open_journal(path, NOW)
    (problem,) = caught.value.problems
    assert problem.code == "journal/newer"
    assert render(problem)
    assert path.read_bytes() == before
    assert [part.name for part in path.parent.iterdir()] == ["journal.db"]


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    opened(path).close()


def test_two_processes_may_make_it_together(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.journal.conftest import *\n"
        "sys.stdin.readline(); journal, problems = open_journal(Path(sys.argv[1]), NOW); print(len(problems))\n"
        "print(journal.counter('x'))\n"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in "123"
    ]
    for process in both:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[0].split() for process in both]
    assert sorted(said) == [["0", "1"], ["0", "2"], ["0", "3"]]


# ── what it costs ────────────────────────────────────────────────────────────────────────────────────────────
def test_the_cost_of_a_write_does_not_grow_with_what_was_written(journal: SqliteJournal, path: Path) -> None:
    """Ten thousand runs: a write and the history after it read no more than the run they are about."""
    fill(journal, 10_000)
    journal.close()
    big = opened(path)
    statements: list[str] = []
    big._connection.set_trace_callback(statements.append)
    big.begin(a_run("new", installation="shop-3"))
    big.record(an_event("new", "a", Event.STARTED))
    past = big.history().of("shop-3")
    assert past.current
    assert past.current.id == "new"
    assert big.memory("repo") is None
    big._connection.set_trace_callback(None)
    assert len(statements) < 20
    assert not [said for said in statements if said.startswith("SELECT")]
    start = time.perf_counter()
    for _ in range(100):
        big.history()
    assert time.perf_counter() - start < 1.0
    big.close()


def fill(journal: SqliteJournal, runs: int) -> None:
    """Written at once, as nobody has the time to sync so often in a test."""
    connection = journal._connection
    connection.execute("BEGIN")
    for number in range(runs):
        at = NOW + timedelta(minutes=number)
        run = replace(a_run(f"r{number}", installation=f"shop-{number % 10}"), started=at)
        tables.insert_run(connection, run)
        for step in run.steps:
            tables.insert_event(connection, an_event(run.id, step.name, Event.STARTED))
            tables.insert_event(connection, an_event(run.id, step.name, Event.SUCCEEDED))
        tables.end_run(connection, run.id, "succeeded", at)
    connection.execute("COMMIT")
