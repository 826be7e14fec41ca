"""A journal in a temporary folder, and runs to write into it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tiangong.journal.sqlite import SqliteJournal, open_journal
from tiangong.model.lifecycle import Event
from tiangong.model.stages import ChangeKind, Kept, Memory, Run, first_records
from tiangong.ports import StepEvent

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    found, problems = open_journal(path, NOW)
    assert problems == ()
    yield found
    found.close()


def a_run(id_: str = "1", *steps: str, installation: str = "shop") -> Run:
    records = first_records((name, f"sha512:{name}", "fake", False) for name in steps or ("a", "b"))
    head = (id_, installation, "shop", "1.0.0", "sha512:release", "sha512:plan", ChangeKind.INSTALL)
    return Run(*head, NOW, None, None, records)


def an_event(run: str, step: str, event: Event) -> StepEvent:
    return StepEvent(run, step, f"sha512:{step}", event, NOW)


def a_whole_run(journal: SqliteJournal, id_: str, *steps: str, installation: str = "shop") -> None:
    run = a_run(id_, *steps, installation=installation)
    journal.begin(run)
    for step in run.steps:
        journal.record(an_event(id_, step.name, Event.STARTED))
        journal.record(an_event(id_, step.name, Event.SUCCEEDED))
    journal.end(id_, "succeeded", NOW)


def a_memory(revision: str = "one", **kept: int) -> Memory:
    marks = {n: Kept(n, "Release", n, g, f"sha512:{g}", b"raw\x00\xff", ("alice", "bob")) for n, g in kept.items()}
    return Memory("repo", 1, "sha512:root", marks, revision, NOW)
