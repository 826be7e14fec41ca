"""What an executor gets for a step: verified payload only, its own model, words for what is wrong with its values."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tiangong.documents.digest import sha512
from tiangong.errors import Failed, Misuse, Refused, TiangongError
from tiangong.executors.file import File
from tiangong.executors.http import Http
from tiangong.executors.limits import Limits
from tiangong.executors.shell import Shell
from tiangong.job import LARGEST_PAYLOAD, MOST_FLAWS, Inquirer, Site, make_job
from tiangong.messages import render
from tiangong.model.stages import Step
from tiangong.ports import Executor, Job
from tiangong.testing.memory import MemoryTree

FOLDER = "products/shop/releases/1.0.0"
FILES = {"app/server.py": b"print(1)\n"}


def step(spec: dict[str, Any], executor: str = "file", payload: dict[str, bytes] | None = None, **more: Any) -> Step:
    digests = {path: sha512(raw) for path, raw in (FILES if payload is None else payload).items()}
    fields = {"once": False, "timeout": None, "digest": "", **more}
    return Step(name="place", executor=executor, spec=spec, payload=digests, folder=FOLDER, **fields)


def job(
    tmp_path: Path, of: Step, executor: Executor | None = None, files: dict[str, bytes] | None = None, **more: Any
) -> Job:
    tree = MemoryTree({f"{FOLDER}/{path}": raw for path, raw in (FILES if files is None else files).items()})
    site = Site(tree, "shop", "shop@1.0.0", (), tmp_path / "state")
    return make_job(site, of, executor or File(File.Config()), cancel=threading.Event(), log=lambda _: None, **more)


def test_payload_is_what_the_release_names(tmp_path: Path) -> None:
    made = job(tmp_path, step({"place": "app", "to": "/srv/x"}))
    assert made.payload_paths == ("app/server.py",)
    assert made.payload("app/server.py") == b"print(1)\n"
    assert made.state == tmp_path / "state/installations/shop"
    assert made.state.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("files", "error", "code"),
    [
        ({}, Failed, "step/no-payload"),
        ({"app/server.py/x": b"a folder"}, Failed, "step/no-payload"),
        ({"app/server.py": b"print(2)\n"}, Refused, "step/payload-changed"),
        ({"app/server.py": bytes(LARGEST_PAYLOAD + 1)}, Refused, "document/too-large"),
    ],
)
def test_payload_that_isnt_it_is_never_handed_out(
    tmp_path: Path, files: dict[str, bytes], error: type[TiangongError], code: str
) -> None:
    made = job(tmp_path, step({"place": "app/server.py", "to": f"{tmp_path}/x"}), files=files)
    with pytest.raises(error) as caught:
        made.payload("app/server.py")
    assert caught.value.problems[0].code == code
    assert FOLDER in render(caught.value.problems[0])
    with pytest.raises(error):
        File(File.Config()).apply(made)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("executor", "spec", "said"),
    [
        (File(File.Config()), {"place": "a", "to": "/x", "mod": "0644"}, ["mod is not a field here"]),
        (File(File.Config()), {"place": "a"}, ["place has to say where to"]),
        (File(File.Config()), {"place": "a", "to": "../x"}, ["to holds .. and paths are written without it"]),
        (
            File(File.Config()),
            {"place": 1.5, "to": [], "keep": 1},
            ["to should be a valid string", "keep should be greater"],
        ),
        (Shell(Shell.Config()), {"run": "sh -c x"}, ["run should be a valid tuple"]),
        (Shell(Shell.Config()), {"run": ["sh"], "secretFiles": []}, ["secretFiles should be a valid dictionary"]),
        (Http(Http.Config()), {"get": "h"}, ["get is not a URL such as https://host:8080/path"]),
        (Http(Http.Config()), {"get": "http://h/", "auth": "x"}, ["auth should be a valid dictionary"]),
    ],
)
def test_wrong_values_are_said_by_field(
    tmp_path: Path, executor: Executor, spec: dict[str, Any], said: list[str]
) -> None:
    with pytest.raises(Misuse) as caught:
        job(tmp_path, step(spec), executor)
    words = "\n".join(render(problem) for problem in caught.value.problems)
    assert all(part in words for part in said), words
    assert f"{FOLDER}/release.yaml step place" in words
    assert all(problem.code == "step/wrong-spec" for problem in caught.value.problems)


def test_very_many_mistakes_are_told_in_part(tmp_path: Path) -> None:
    with pytest.raises(Misuse) as caught:
        job(tmp_path, step({f"field{number}": "secret-value" for number in range(100)}))
    assert len(caught.value.problems) == MOST_FLAWS
    assert "secret-value" not in "".join(map(render, caught.value.problems))


def test_limits_of_a_job(tmp_path: Path) -> None:
    made = job(tmp_path, step({"place": "app", "to": "/srv/x"}), within=100)
    assert 99 < Limits(made).remaining <= 100
    assert Limits(made, at_most=5).remaining <= 5
    Limits(made).check()
    made.cancel.set()  # type: ignore[attr-defined]
    with pytest.raises(Failed) as caught:
        Limits(made).pause(50)
    assert caught.value.problems[0].code == "step/cancelled"
    late = job(tmp_path, step({"place": "app", "to": "/srv/x"}), within=0)
    with pytest.raises(Failed) as caught:
        Limits(late).check()
    assert caught.value.problems[0].code == "step/deadline"
    assert Limits(late).remaining == 0


def test_a_pause_ends_with_the_time(tmp_path: Path) -> None:
    made = job(tmp_path, step({"place": "app", "to": "/srv/x"}), within=0.1)
    started = time.monotonic()
    with pytest.raises(Failed):
        Limits(made).pause(50)
    assert time.monotonic() - started < 5


def test_a_question_that_hangs_keeps_nobody(tmp_path: Path) -> None:
    inquirer, hanging = Inquirer(), threading.Event()
    with pytest.raises(Failed) as caught:
        inquirer.ask("shop", lambda: hanging.wait(30), 0.05)
    assert caught.value.problems[0].code == "step/deadline"
    assert inquirer.begin("shop", lambda: True) is None, "one question about one subject"
    assert inquirer.ask("other", lambda: 7, 10) == 7
    hanging.set()
