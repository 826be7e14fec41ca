"""kill -9 at every write of the journal and around every effect; then life goes on, and is killed again (D26).

Whatever the moment: no step that reported success runs again, none is lost, one that was caught is probed, and where
the probe can't tell it stays in doubt until a person decides.
"""

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.act.mortal import DONE, DOUBT, START, STEPS
from tiangong.act.recover import resolve_doubt
from tiangong.journal.sqlite import open_journal
from tiangong.model.lifecycle import Event

Order = Callable[..., dict[str, Any]]
SUCCESS = {"succeeded", "probed-done", "resolved-done"}


@pytest.fixture(scope="module")
def order() -> Iterator[Order]:
    """Sends one order to the process that dies for us."""
    command = [sys.executable, "-m", "tests.act.mortal"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        stdin, stdout = process.stdin, process.stdout

        def send(folder: Path, *, kill_at: int = 0, version: str = "1.0.0", hour: int = 0) -> dict[str, Any]:
            folder.mkdir(exist_ok=True)
            said = {"folder": str(folder), "kill_at": kill_at, "version": version, "hour": hour}
            stdin.write(json.dumps(said) + "\n")
            stdin.flush()
            return dict(json.loads(stdout.readline()))

        yield send
        stdin.close()


def book(folder: Path) -> Counter[str]:
    """How often each step was really done, less how often it was undone."""
    found: Counter[str] = Counter()
    lines = (folder / "book").read_text().splitlines() if (folder / "book").exists() else []
    for line in lines:
        word, step, _ = line.split()
        found[step] += 1 if word == "do" else -1
    return found


def decide(folder: Path) -> None:
    """A person looks at the book, and says what happened."""
    journal, _ = open_journal(folder / "journal.db", START)
    run = journal.history().of("shop").current
    assert run
    (name,) = run.in_doubt
    assert name == "silent", "all other steps tell, or may be done again"
    resolve_doubt(journal, run.id, done=book(folder)[name] > 0, now=START)
    journal.close()


def events(folder: Path) -> list[tuple[str, str, str]]:
    journal, _ = open_journal(folder / "journal.db", START)
    rows = journal._connection.execute("SELECT step, digest, event FROM events ORDER BY seq").fetchall()
    journal.close()
    return [(step, digest, event) for step, digest, event in rows]


def no_success_was_repeated(folder: Path) -> None:
    done: set[tuple[str, str]] = set()
    for step, digest, event in events(folder):
        if event == Event.STARTED:
            assert (step, digest) not in done, f"{step} was done, and was begun again"
        if event in SUCCESS:
            done.add((step, digest))


def go_on(order: Order, folder: Path, version: str = "1.0.0") -> int:
    """Live on until nothing is left to do; returns how often a person was asked."""
    for asked, hour in enumerate(range(1, 8)):
        said = order(folder, version=version, hour=hour)
        if said["ended"] == DONE:
            return asked
        assert said["ended"] == DOUBT, said
        assert order(folder, version=version, hour=hour)["ended"] == DOUBT, "it stays in doubt until somebody decides"
        decide(folder)
    raise AssertionError("never done")


def test_killed_at_every_point_of_an_installation(order: Order, tmp_path: Path) -> None:
    whole = order(tmp_path / "whole")
    assert whole["ended"] == DONE
    assert book(tmp_path / "whole") == Counter({step["name"]: 1 for step in STEPS})
    points, asked = whole["points"], 0
    assert points > 50
    for kill_at in range(1, points + 1):
        folder = tmp_path / f"{kill_at}"
        assert order(folder, kill_at=kill_at).get("signal") == 9
        asked += go_on(order, folder)
        found = book(folder)
        assert {step: found[step] for step in ("tells", "silent", "fails", "last")} == dict.fromkeys(
            ("tells", "silent", "fails", "last"), 1
        ), kill_at
        assert 1 <= found["again"] <= 2
        no_success_was_repeated(folder)
    assert asked > 3, "the silent step was caught in the middle some times"


def test_killed_again_while_recovering(order: Order, tmp_path: Path) -> None:
    points = order(tmp_path / "whole")["points"]
    chance = random.Random(4711)
    for life in range(25):
        folder = tmp_path / f"{life}"
        order(folder, kill_at=chance.randint(1, points))
        for hour in range(1, 4):
            said = order(folder, kill_at=chance.randint(1, 25), hour=hour)
            if said.get("ended") == DOUBT:
                decide(folder)
        go_on(order, folder)
        found = book(folder)
        assert [found[step] for step in ("tells", "silent", "fails", "last")] == [1, 1, 1, 1]
        no_success_was_repeated(folder)


def test_killed_at_every_point_of_a_change_that_fails_and_of_going_back(order: Order, tmp_path: Path) -> None:
    """The upgrade fails after a payment; whenever it is killed, the payment is taken back, once."""
    base = tmp_path / "base"
    order(base)
    whole = tmp_path / "whole"
    copy(base, whole)
    points = order(whole, version="1.1.0", hour=1)["points"]
    assert book(whole)["pay"] == 0
    assert [line for line in (whole / "book").read_text().splitlines() if "pay" in line] == [
        "do pay shop@1.1.0",
        "undo pay shop@1.1.0",
    ]
    for kill_at in range(1, points + 1, 3):
        folder = tmp_path / f"{kill_at}"
        copy(base, folder)
        assert order(folder, kill_at=kill_at, version="1.1.0", hour=1).get("signal") == 9
        go_on(order, folder, "1.1.0")
        lines = [line.split()[0] for line in (folder / "book").read_text().splitlines() if "pay" in line]
        assert lines == ["do", "undo"], kill_at
        journal, _ = open_journal(folder / "journal.db", START)
        past = journal.history().of("shop")
        assert past.installed
        assert past.installed.version == "1.0.0"
        assert past.last
        assert past.last.kind == "rollback"
        journal.close()


def copy(base: Path, folder: Path) -> None:
    folder.mkdir()
    for part in ("journal.db", "journal.db-wal", "book"):
        (folder / part).write_bytes((base / part).read_bytes())
