"""Killed at every single step it takes: what stands there is the old or the new, whole; going on ends as if nothing was."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# One process tries every point: it puts the old in place, lets a fork of itself die at the n-th change of the file
# system, looks, goes on, and takes it back.
CRASHER = """
import json, os, shutil, sys, threading, time
from pathlib import Path
from tiangong.executors.file import File, swap
from tiangong.ports import Job

room, old, new, values, method, can_exchange = json.load(sys.stdin)
base, state = Path(room, "base"), Path(room, "state")
if not can_exchange:
    swap.exchange = lambda *_: False
executor = File(File.Config.model_validate({"basePath": str(base)}))
CHANGES = ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.symlink", "os.chmod", "open")


def do(method, payload):
    payload = {path: text.encode() for path, text in payload.items()}
    spec = executor.Spec.model_validate(values)
    getattr(executor, method)(Job(spec, "one", "step", "product@1.0.0", payload.__getitem__, tuple(payload), state, (),
                                  time.monotonic() + 60, threading.Event(), lambda _: None))


def content():
    return {str(p.relative_to(base)): p.readlink().name if p.is_symlink() else p.read_text()
            for p in sorted(base.rglob("*")) if (p.is_file() or p.is_symlink()) and ".tg-" not in str(p)}


def prepare():
    shutil.rmtree(room, ignore_errors=True)
    base.mkdir(parents=True)
    state.mkdir()
    (base / "link-1").mkdir()
    (base / "link-2").mkdir()
    if old is not None:
        do("apply", old)
    if method == "undo":
        do("apply", new)


def dies_at(point):
    child = os.fork()
    if child == 0:
        seen = 0

        def crash(event, args):
            nonlocal seen
            if event in CHANGES:
                seen += 1
                if seen == point:
                    os._exit(9)

        sys.addaudithook(crash)
        do(method, new)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


found, point, dead = [], 0, True
while dead:
    point += 1
    prepare()
    dead = dies_at(point)
    record = {"dead": content()}
    do(method, new)
    record["again"] = content()
    if method == "apply":
        do("undo", new)
        record["undone"] = content()
    record["hidden"] = [str(p) for p in base.rglob(".tg-*")]
    found.append(record)
print(json.dumps(found))
"""
V1 = {"app/server.py": "v1", "app/old/gone": "gone", "file": "v1"}
V2 = {"app/server.py": "v2", "app/new/come": "come", "file": "v2"}


def crash(room: Path, old: Any, new: Any, values: Any, method: str = "apply", exchange: bool = True) -> list[Any]:
    request = json.dumps([str(room / "room"), old, new, values, method, exchange])
    done = subprocess.run([sys.executable, "-c", CRASHER], input=request, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    assert len(found) > 3
    return found


def placed(payload: dict[str, str] | None) -> dict[str, str]:
    return {path: text for path, text in (payload or {}).items() if path.startswith("app/")}


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("old", [None, V1])
def test_a_folder(tmp_path: Path, old: dict[str, str] | None, exchange: bool) -> None:
    for record in crash(tmp_path, old, V2, {"place": "app", "to": "app"}, exchange=exchange):
        # Where the system can't exchange two names at once, there is a moment without either; going on ends it.
        whole = [placed(old), placed(V2)] if exchange else [placed(old), placed(V2), {}]
        assert record["dead"] in whole
        assert record["again"] == placed(V2)
        assert record["undone"] == placed(old)
        assert record["hidden"] == []


@pytest.mark.parametrize("exchange", [True, False])
def test_undoing_a_folder(tmp_path: Path, exchange: bool) -> None:
    for record in crash(tmp_path, V1, V2, {"place": "app", "to": "app"}, "undo", exchange):
        assert record["dead"] in ([placed(V1), placed(V2)] if exchange else [placed(V1), placed(V2), {}])
        assert record["again"] == placed(V1)
        assert record["hidden"] == []


@pytest.mark.parametrize("old", [None, V1])
def test_a_file(tmp_path: Path, old: dict[str, str] | None) -> None:
    before = {"file": "v1"} if old else {}
    for record in crash(tmp_path, old, V2, {"place": "file", "to": "file"}):
        assert record["dead"] in (before, {"file": "v2"})
        assert record["again"] == {"file": "v2"}
        assert record["undone"] == before
        assert record["hidden"] == []


def test_undoing_a_file(tmp_path: Path) -> None:
    for record in crash(tmp_path, V1, V2, {"place": "file", "to": "file"}, "undo"):
        assert record["dead"] in ({"file": "v1"}, {"file": "v2"})
        assert record["again"] == {"file": "v1"}


def test_a_link(tmp_path: Path) -> None:
    for record in crash(tmp_path, None, V1, {"link": "current", "to": "link-2"}):
        assert record["dead"] in ({}, {"current": "link-2"})
        assert record["again"] == {"current": "link-2"}
        assert record["undone"] == {}
        assert record["hidden"] == []
