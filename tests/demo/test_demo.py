"""The demo as a newcomer runs it: one command, then the three it names, then nothing is left."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tiangong.demo.folder import ENVIRONMENTS, Folder, Processes
from tiangong.demo.story import shop_url
from tiangong.errors import Failed

SLOWEST = 240


def tiangong(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tiangong", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=SLOWEST,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Folder, str]]:
    """A demo that was built and is stopped, and what it printed."""
    root = tmp_path_factory.mktemp("demo") / "here"
    done = tiangong("demo", "--folder", str(root), cwd=root.parent)
    assert done.returncode == 0, done.stderr
    yield Folder(root), done.stdout + done.stderr
    tiangong("demo", "--clean", "--folder", str(root), cwd=root.parent)


def living_in(folder: Path) -> list[str]:
    """Command lines of processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.mark.timeout(SLOWEST)
def test_both_releases_reach_all_environments(built: tuple[Folder, str]) -> None:
    folder, said = built
    for environment in ENVIRONMENTS:
        for version in ("1.0.0", "1.1.0"):
            assert f"{environment} runs shop {version} and is healthy" in said
    rows = [line.split() for line in said.splitlines() if line.startswith(ENVIRONMENTS)]
    assert [row[1:5] for row in rows] == [["shop", "1.1.0", "Healthy", "up-to-date"]] * 3
    runs = tiangong("status", "prod", "--offline", cwd=folder.control).stdout
    assert (runs.count("succeeded"), runs.count("running")) == (2, 0), runs
    assert not living_in(folder.root)


@pytest.mark.timeout(SLOWEST)
def test_what_was_installed_is_what_was_published(built: tuple[Folder, str]) -> None:
    folder, _ = built
    for environment in ENVIRONMENTS:
        current = folder.host(environment) / "srv" / "shop" / "current"
        assert "kettle" in (current / "goods.json").read_text()
        assert current.readlink().name == "1.1.0"


@pytest.mark.timeout(SLOWEST)
def test_the_named_commands_work_on_the_stopped_demo(built: tuple[Folder, str]) -> None:
    folder, said = built
    shown = said.partition("What to try next:\n")[2].splitlines()[:3]
    assert shown[2].endswith(f" demo --resume --folder {folder.root}")
    why, logs = (
        subprocess.run(line.split(), cwd=folder.root, capture_output=True, text=True, check=False, timeout=SLOWEST)
        for line in shown[:2]
    )
    assert (why.returncode, logs.returncode) == (0, 0), why.stderr + logs.stderr
    assert "up to date" in why.stdout
    assert "answered 200" in logs.stdout


@pytest.mark.timeout(SLOWEST)
def test_every_signature_holds(built: tuple[Folder, str]) -> None:
    folder, _ = built
    done = tiangong("verify", cwd=folder.control)
    assert done.returncode == 0, done.stderr


@pytest.mark.timeout(SLOWEST)
def test_resumed_until_told_to_stop(built: tuple[Folder, str]) -> None:
    folder, _ = built
    with resumed(folder) as process:
        for environment in ENVIRONMENTS:
            assert b"kettle" in answer(shop_url(folder, environment), process)
        assert len(living_in(folder.root)) >= 7
    assert process.returncode == 0
    assert not living_in(folder.root)


def test_who_cleans_stops_it_and_nothing_has_failed(tmp_path: Path) -> None:
    for cleaned in (True, False):
        folder = Folder(tmp_path / str(cleaned))
        folder.create({})
        processes = Processes(folder)
        processes.start("origin", ["tiangong.testing.origin", str(folder.origin)], folder.root / "log")
        processes.check()
        (pid,) = (folder.root / "pids").read_text().split()
        if cleaned:
            folder.clean()
            processes.check()
        else:
            os.kill(int(pid), signal.SIGKILL)
            wait_until_gone(int(pid))
            with pytest.raises(Failed):
                processes.check()
        processes.stop()


def wait_until_gone(pid: int) -> None:
    """Until it is a zombie: its parent has yet to ask for its exit code."""
    give_up = time.monotonic() + 30
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_only_a_git_server(tmp_path: Path) -> None:
    folder = tmp_path / "origin"
    command = [sys.executable, "-m", "tiangong", "demo", "--origin", str(folder)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = next(word for word in process.stdout.readline().split() if word.startswith("https://"))
            export = process.stdout.readline().partition("export ")[2].strip()
            name, _, ca = export.partition("=")
            asked = subprocess.run(["git", "ls-remote", url], env=os.environ | {name: ca}, check=False, timeout=60)
            port = url.rpartition(":")[2].partition("/")[0]
            again = tiangong("demo", "--origin", str(tmp_path / "other"), "--port", port, cwd=tmp_path)
        finally:
            process.terminate()
    assert (asked.returncode, process.returncode) == (0, 0)
    assert again.returncode == 1
    assert "demo/cannot-serve" in again.stderr


def test_a_second_demo_needs_the_first_gone(built: tuple[Folder, str]) -> None:
    folder, _ = built
    done = tiangong("demo", "--folder", str(folder.root), cwd=folder.root)
    assert done.returncode == 2
    assert "demo/exists" in done.stderr
    assert "--clean" in done.stderr


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    for words in ((), ("--clean",)):
        done = tiangong("demo", "--folder", str(tmp_path), *words, cwd=tmp_path)
        assert done.returncode == 2
    assert (tmp_path / "letter.txt").read_text() == "mine"


@contextmanager
def resumed(folder: Folder) -> "Iterator[subprocess.Popen[str]]":
    process = subprocess.Popen(
        [sys.executable, "-m", "tiangong", "demo", "--resume", "--folder", str(folder.root)],
        cwd=folder.root.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def answer(url: str, process: "subprocess.Popen[str]") -> bytes:
    """What a shop says, once it is there: its agent has to find out first that it isn't."""
    give_up = time.monotonic() + 90
    while True:
        assert process.poll() is None
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                body: bytes = response.read()
                return body
        except OSError:
            assert time.monotonic() < give_up
            time.sleep(0.2)


def test_the_default_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    from tiangong.demo.folder import default_folder

    monkeypatch.setenv("HOME", "/home/ann")
    assert default_folder({}) == Path("/home/ann/.local/share/tiangong/demo")
    assert default_folder({"XDG_DATA_HOME": "/data"}) == Path("/data/tiangong/demo")
    assert os.environ["HOME"] == "/home/ann"
