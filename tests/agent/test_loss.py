"""State that was lost, folders that can't be used, a disk that is full: one clear message each, and nothing done twice."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.conftest import Host, kill, until


def wipe(host: Host) -> None:
    """Everything but the key."""
    for entry in host.state.iterdir():
        if entry.name not in ("key", "key.pub"):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def test_a_wiped_agent_goes_on_from_its_own_words(host: Host) -> None:
    host.publish("1.0.0", host.note("one"), host.note("two"))
    host.once()
    before = host.counters()
    wipe(host)
    ran = host.once()
    assert ran.code == 0
    assert "agent/recalled" in ran.err
    assert "shop 1.0.0" in ran.err
    assert host.done == ["one", "two"]
    assert host.counters()[: len(before)] == before
    assert host.counters() == list(range(1, len(host.counters()) + 1))
    host.publish("1.1.0", host.note("two"), host.note("three"))
    assert host.once().code == 0
    said = host.said()
    assert said is not None
    assert said.installations[0].version == "1.1.0"


def test_a_wiped_agent_refuses_the_world_before(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    old = dict(host.world.files)
    host.world.edit("environments/dev/environment.yaml", spec__drift="repair")
    host.push()
    host.once()
    wipe(host)
    host.world.files = old
    host.push()
    ran = host.once()
    assert ran.code == 4
    assert "trust/rollback" in ran.err


@pytest.mark.parametrize("act", ["recall", "suppression"])
def test_row_10_a_wiped_agent_isnt_talked_out_of_what_held_it(host: Host, act: str) -> None:
    """Row 10, R20: it knows from its own signed status that something held it, and starts nothing until it is shown."""
    path = host.world.recall("shop", "1.0.0") if act == "recall" else host.world.suppress("inc-1", hours=9)
    kept = {one: raw for one, raw in host.world.files.items() if one.startswith(path)}
    host.publish("1.0.0", host.note("one"))
    host.once()
    assert host.done == []
    wipe(host)
    host.world.raw(path, None)
    host.push()
    for _ in range(2):
        host.once()
        assert host.done == [], f"R20: a wiped agent forgot a {act} that nobody shows any more"
    said = host.said()
    assert said is not None
    assert {"trust/lost-restriction"} <= {one.code for one in (*said.refusals, *said.holds)}
    assert path in said.marks, "R20: the mark isn't handed on"
    host.world.files.update(kept)
    host.world.withdraw(path)
    host.push()
    host.once()
    assert host.done == ["one"]
    wipe(host)
    for one in (path, "withdrawals/w-1.yaml"):
        host.world.raw(one, None)
    host.push()
    host.publish("1.1.0", host.note("two"))
    host.once()
    assert host.done[-1] == "two", "what was withdrawn and cleared away holds a wiped agent"


def test_a_step_under_way_when_all_was_lost_is_in_doubt(host: Host) -> None:
    host.publish("1.0.0", host.note("one"), host.hold("two"))
    process = host.start("once")
    assert host.began() == "two"
    until(lambda: (said := host.said()) and said.installations[0].run.result == "running")
    kill(process)
    host.go()
    wipe(host)
    ran = host.once()
    assert ran.code == 6
    assert host.done == ["one", "two"]


def test_a_broken_journal_is_set_aside_and_nothing_is_done_twice(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    host.once()
    for part in host.state.glob("journal.db-*"):
        part.unlink()
    (host.state / "journal.db").write_bytes(b"not a database " * 1000)
    ran = host.once()
    assert ran.code == 0
    assert "journal/set-aside" in ran.err
    assert host.done == ["one"]
    assert host.once().code == 0


def test_a_lost_mirror_is_built_again(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    host.once()
    shutil.rmtree(host.state / "mirror")
    shutil.rmtree(host.state / "live")
    assert host.once().code == 0
    assert host.done == ["one"]


def test_a_missing_key_says_how_to_get_one(host: Host) -> None:
    (host.state / "key").unlink()
    ran = host.once()
    assert ran.code == 2
    assert "tiangong agent join" in ran.err


@pytest.mark.parametrize(("raw", "mode", "code"), [(b"nonsense", 0o600, "bad-key"), (None, 0o644, "open-key")])
def test_a_key_that_isnt_in_order_is_not_used(host: Host, raw: bytes | None, mode: int, code: str) -> None:
    key = host.state / "key"
    if raw is not None:
        key.write_bytes(raw)
    key.chmod(mode)
    ran = host.once()
    assert ran.code == 2
    assert f"agent/{code}" in ran.err


def test_no_settings_say_how_to_get_them(host: Host) -> None:
    host.file.unlink()
    ran = host.once()
    assert (ran.code, "agent/no-settings" in ran.err) == (2, True)


def test_a_state_folder_that_cant_be_used_is_named(host: Host) -> None:
    host.state.rename(host.folder / "away")
    host.state.write_text("in the way")
    ran = host.once()
    assert ran.code == 2
    assert "agent/cant-use-state" in ran.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MiB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs root and the right to mount")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_starts_nothing_and_loses_nothing(host: Host, small_disk: Path) -> None:
    shutil.move(host.state, small_disk / "state")
    host.state.symlink_to(small_disk / "state")
    host.publish("1.0.0", host.note("one"))
    assert host.once().code == 0
    filler = small_disk / "filler"
    fill(filler)
    host.publish("1.1.0", host.note("two"))
    full = host.once()
    assert full.code == 1, full.err
    assert host.done == ["one"]
    filler.unlink()
    assert host.once().code == 0
    assert host.done == ["one", "two"]
    assert host.counters() == list(range(1, len(host.counters()) + 1))


def test_a_read_only_state_folder_is_named(host: Host, small_disk: Path) -> None:
    shutil.move(host.state, small_disk / "state")
    host.state.symlink_to(small_disk / "state")
    host.publish("1.0.0", host.note("one"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    ran = host.once()
    assert ran.code == 2
    assert "agent/cant-use-state" in ran.err
    assert host.done == []


def test_a_disk_that_fills_up_in_the_middle_of_a_step_loses_nothing(host: Host, small_disk: Path) -> None:
    shutil.move(host.state, small_disk / "state")
    host.state.symlink_to(small_disk / "state")
    host.publish("1.0.0", host.note("one"), host.hold("two"), host.note("three"))
    process = host.start("once")
    assert host.began() == "two"
    filler = small_disk / "filler"
    fill(filler)
    host.go()
    _, err = process.communicate(timeout=90)
    assert process.returncode in (1, 6), err
    assert "Traceback" not in err
    filler.unlink()
    ran = host.once()
    if ran.code == 6:
        said = host.said()
        assert said is not None
        assert host.agent("resolve", said.installations[0].run.id, "--done").code == 0
        ran = host.once()
    assert ran.code == 0, ran.err
    assert host.done == ["one", "two", "three"]


def fill(path: Path) -> None:
    """Until not one byte more goes onto this disk."""
    with path.open("wb", 0) as file:
        for size in (1 << 16, 1 << 10, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
