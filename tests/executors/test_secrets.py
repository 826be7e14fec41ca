"""Secrets in steps: they reach the program, the file, the server, and nothing else that anybody reads."""

import os
import stat
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.executors.conftest import Hand, MakeHand
from tests.executors.server import Asked, Reply, WebServer
from tiangong.errors import Misuse, TiangongError
from tiangong.executors.file import File
from tiangong.executors.http import Http
from tiangong.executors.shell import Shell
from tiangong.executors.shell.secret import IN_MEMORY
from tiangong.messages import render
from tiangong.model.reference import Takes, misplaced
from tiangong.model.stages import Found
from tiangong.ports import Job

CANARY = "kdoe81hf-canary"
NAMED = "${secret:shop-db/password}"


def with_secret(me: Hand, *fields: str, **values: Any) -> Job:
    return replace(me.job(**values), secrets=frozenset(fields))


# ── where a secret may stand ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("spec", "values"),
    [
        (File.Spec, {"to": NAMED}),
        (File.Spec, {"template": NAMED}),
        (Shell.Spec, {"run": ["echo", NAMED]}),
        (Shell.Spec, {"script": NAMED}),
        (Shell.Spec, {"undo": ["echo", NAMED]}),
        (Shell.Spec, {"cwd": NAMED}),
        (Http.Spec, {"get": f"http://localhost/{NAMED}"}),
        (Http.Spec, {"expect": {"json": {"a": [NAMED]}}}),
    ],
)
def test_where_everybody_would_see_it_it_cant(spec: Any, values: dict[str, Any]) -> None:
    assert [*misplaced(values, spec)] == [(next(iter(values)), Takes.SECRET)]


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        (File.Spec, {"values": {"a": {"b": [NAMED]}}}),
        (Shell.Spec, {"secretFiles": {"A": NAMED}, "env": {"A": NAMED}}),
        (Http.Spec, {"headers": {"X": f"a {NAMED}"}, "body": NAMED, "json": {"a": NAMED}, "auth": {"bearer": NAMED}}),
    ],
)
def test_where_it_may_stand(spec: Any, values: dict[str, Any]) -> None:
    assert [*misplaced(values, spec)] == []


# ── shell ────────────────────────────────────────────────────────────────────────────────────────────────────────
def shell(hand: MakeHand, **config: Any) -> Hand:
    return hand(Shell(Shell.Config.model_validate(config)))


def left_in_memory() -> list[Path]:
    return [path for folder in IN_MEMORY if folder.is_dir() for path in folder.glob("tiangong-*")]


LOOK = 'stat -c %a "$PW_FILE" > look; cat "$PW_FILE" > copy; echo "$PW_FILE" > path; tr "\\0" "\\n" < /proc/$$/environ > env'


def test_a_program_gets_a_file_that_is_gone_afterwards(hand: MakeHand, tmp_path: Path) -> None:
    me = shell(hand)
    me.apply(script=LOOK, cwd=str(tmp_path), secretFiles={"PW": CANARY})
    assert (tmp_path / "copy").read_text() == CANARY
    assert (tmp_path / "look").read_text() == "600\n"
    path = Path((tmp_path / "path").read_text().strip())
    assert not path.exists()
    assert not path.parent.exists()
    assert CANARY not in (tmp_path / "env").read_text()
    assert CANARY not in me.log


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_another_user_can_read_its_own(hand: MakeHand) -> None:
    with tempfile.TemporaryDirectory() as open_:
        Path(open_).chmod(0o777)
        me = shell(hand, user="nobody")
        me.apply(script='id -un > who; cat "$PW_FILE" > copy', cwd=open_, secretFiles={"PW": CANARY}, user="nobody")
        assert (Path(open_) / "copy").read_text() == CANARY
        assert (Path(open_) / "who").read_text() == "nobody\n"


def test_it_is_gone_when_the_step_fails_too(hand: MakeHand) -> None:
    before = left_in_memory()
    error = shell(hand).failure(script='test -s "$PW_FILE" && exit 3', secretFiles={"PW": CANARY})
    assert error.problems[0].facts["code"] == 3
    assert left_in_memory() == before


def test_it_is_gone_when_the_step_is_cut_off(hand: MakeHand) -> None:
    before = left_in_memory()
    cancel = threading.Event()
    me = shell(hand, grace="1s")
    threading.Timer(0.3, cancel.set).start()
    assert me.code(script="sleep 60", secretFiles={"PW": CANARY}, cancel=cancel) == "step/cancelled"
    assert left_in_memory() == before


def test_what_a_killed_agent_left_is_cleaned_up(
    hand: MakeHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiangong.executors.shell.secret.IN_MEMORY", ())
    me = shell(hand)
    me.apply(script='dirname "$PW_FILE" > folder', cwd=str(tmp_path), secretFiles={"PW": CANARY})
    left = Path((tmp_path / "folder").read_text().strip())
    left.mkdir()
    (left / "PW").write_text(CANARY)
    me.apply(script="true", secretFiles={"PW": CANARY})
    assert not left.exists()
    assert "no place in memory" in me.log


@pytest.mark.parametrize(
    "values",
    [
        {"run": ["x"], "service": "x", "secretFiles": {"A": "b"}},
        {"run": ["x"], "env": {"A_FILE": "x"}, "secretFiles": {"A": "b"}},
        {"run": ["x"], "secretFiles": {"A B": "b"}},
        {"run": ["x"], "secretFiles": {"A": ""}},
    ],
)
def test_what_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Shell.Spec.model_validate(values)


def test_env_only_where_the_host_allows_it(hand: MakeHand, tmp_path: Path) -> None:
    me = shell(hand)
    spec = {"script": 'printf %s "$PW" > copy', "cwd": str(tmp_path)}
    with pytest.raises(Misuse) as planned:
        me.executor.effects(Shell.Spec.model_validate({**spec, "env": {"PW": NAMED}}))
    with pytest.raises(Misuse) as done:
        me.executor.apply(with_secret(me, "env", **spec, env={"PW": CANARY}))
    assert [error.value.problems[0].code for error in (planned, done)] == ["shell/secret-env"] * 2
    assert not (tmp_path / "copy").exists()
    open_ = shell(hand, secretEnv=True)
    open_.executor.apply(with_secret(open_, "env", **spec, env={"PW": CANARY}))
    assert (tmp_path / "copy").read_text() == CANARY


# ── file ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def writer(hand: MakeHand, tmp_path: Path) -> Hand:
    base = tmp_path / "srv"
    base.mkdir()
    config = File.Config.model_validate({"basePath": str(base)})
    return hand(File(config), payload={"env.j2": b"PW={{ pw }}\n", "bad.j2": b"{{ pw.missing }}", "plain": b"PW=\n"})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def template(me: Hand, pw: str, **more: Any) -> Job:
    return with_secret(me, "values", **{"template": "env.j2", "to": "shop.env", "values": {"pw": pw}, **more})


def test_a_file_with_a_secret_is_its_owners_alone(writer: Hand, tmp_path: Path) -> None:
    path = tmp_path / "srv" / "shop.env"
    writer.apply(place="plain", to="shop.env")
    assert mode(path) == 0o644
    job = template(writer, CANARY)
    writer.executor.apply(job)
    assert (path.read_text(), mode(path)) == (f"PW={CANARY}\n", 0o600)
    assert writer.executor.probe(job).found is Found.IN_PLACE
    path.chmod(0o644)
    assert writer.executor.probe(job).found is Found.DRIFTED
    assert CANARY not in writer.log


def test_backups_are_closed_even_where_the_file_is_open(writer: Hand, tmp_path: Path) -> None:
    path = tmp_path / "srv" / "shop.env"
    writer.executor.apply(template(writer, "first-" + CANARY, mode="0644"))
    writer.executor.apply(template(writer, "second-" + CANARY, mode="0644"))
    (backup,) = (writer.state / "installations" / "one" / "file").glob("*.old")
    assert CANARY in backup.read_text()
    assert (mode(path), mode(backup)) == (0o644, 0o600)
    writer.executor.undo(template(writer, "second-" + CANARY, mode="0644"))
    assert (path.read_text(), mode(path)) == (f"PW=first-{CANARY}\n", 0o644)


def test_records_hold_no_value(writer: Hand) -> None:
    writer.executor.apply(template(writer, CANARY))
    for file in (writer.state / "installations").rglob("*.json"):
        assert CANARY not in file.read_text()


def test_a_template_that_fails_says_no_value(writer: Hand) -> None:
    with pytest.raises(TiangongError) as caught:
        writer.executor.apply(template(writer, CANARY, template="bad.j2"))
    words = "".join([str(caught.value), *map(render, caught.value.problems), writer.log])
    assert CANARY not in words


# ── http ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ({"bearer": CANARY}, f"Bearer {CANARY}"),
        ({"basic": {"user": "joe", "password": "hünter:22"}}, "Basic am9lOmjDvG50ZXI6MjI="),
    ],
)
def test_who_asks_is_said(hand: MakeHand, web: WebServer, auth: dict[str, Any], header: str) -> None:
    me = hand(Http(Http.Config()))
    me.apply(get=web.url, auth=auth)
    assert {name.lower(): value for name, value in web.asked[0].headers.items()}["authorization"] == header
    assert CANARY not in me.log


@pytest.mark.parametrize(
    "values",
    [
        {"auth": {}},
        {"auth": {"bearer": "a", "basic": {"user": "a", "password": "b"}}},
        {"auth": {"bearer": "a\nX: b"}},
        {"auth": {"basic": {"user": "a:b", "password": "b"}}},
        {"auth": {"bearer": "a"}, "headers": {"authorization": "b"}},
    ],
)
def test_auth_that_makes_no_sense(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Http.Spec.model_validate({"get": "http://localhost/", **values})


@pytest.mark.parametrize("status", [200, 500])
def test_a_server_that_repeats_a_secret_isnt_repeated(hand: MakeHand, web: WebServer, status: int) -> None:
    def echo(asked: Asked) -> Reply:
        return Reply(status, f'{{"status": "{asked.headers.get("Authorization")}"}}'.encode())

    web.reply = echo
    me = hand(Http(Http.Config()))
    job = with_secret(me, "auth", get=web.url, auth={"bearer": CANARY}, expect={"json": {"status": "ok"}})
    with pytest.raises(TiangongError) as caught:
        me.executor.apply(job)
    finding = me.executor.probe(job)
    assert CANARY not in "".join([str(caught.value), *map(render, caught.value.problems), me.log, finding.detail])
