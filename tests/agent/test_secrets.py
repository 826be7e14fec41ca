"""A secret reaches the step it is for, and nothing else: not a log, not a ref, not a file of the agent, not an argv."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.agent.conftest import Host
from tiangong.testing.memory import open_bare

CANARY = 'kdoe81hf"canary\\42'
NAME = "shop-db/password"
CONFIG = {"password": {"type": "secret"}}
SHOP = "environments/dev/installations/shop.yaml"


@pytest.fixture
def secret(host: Host) -> Path:
    """The secret on the host, named in its file and in the installation."""
    path = host.folder / "db-password"
    path.write_text(CANARY + "\n")
    path.chmod(0o600)
    with host.file.open("a") as file:
        file.write(f"secrets: {{{NAME}: {{file: {path}}}}}\n")
    host.world.edit(SHOP, spec__config={"password": {"secret": NAME}})
    return path


def shell(name: str, script: str, **spec: Any) -> dict[str, Any]:
    return {
        "name": name,
        "executor": "shell",
        "with": {"script": script, "secretFiles": {"PW": "${secret.password}"}, **spec},
    }


def everything(host: Host) -> bytes:
    """All that anybody could read: files of the agent but for what holds the secret itself, and every object pushed."""
    found = [path.read_bytes() for path in host.state.rglob("*") if path.is_file()]
    bare = open_bare(host.origin.git_dir)
    found += [bare[oid].read_raw() for oid in bare]
    return b"\n".join(found)


def forms() -> list[bytes]:
    return [CANARY.encode(), json.dumps(CANARY)[1:-1].encode(), CANARY.encode()[:12]]


def is_hidden(host: Host, *said: str) -> bool:
    whole = everything(host) + "".join(said).encode()
    return not any(form in whole for form in forms())


def test_it_reaches_the_step_and_nothing_else(host: Host, secret: Path) -> None:
    out = host.folder / "copy"
    look = f'cat "$PW_FILE" > {out}; cat "$PW_FILE"; echo; cat /proc/[0-9]*/cmdline | tr "\\0" " " > {host.folder}/argv; true'
    host.publish("1.0.0", shell("use", look), host.note("after"), config=CONFIG)
    plan = host.tg("plan", "-o", "json", "--settings", str(host.file))
    ran = host.once("-o", "json")
    assert ran.code == 0, ran.said
    assert out.read_text() == CANARY
    assert CANARY not in (host.folder / "argv").read_text(errors="replace")
    assert host.done == ["after"]
    assert is_hidden(host, ran.said, plan.said)
    said = host.said()
    assert said is not None
    assert list(said.secrets) == [NAME]
    assert said.secrets[NAME].startswith("hmac-sha256:")
    assert "***" in _log(host, "use")


def test_a_step_that_fails_with_it_says_nothing_either(host: Host, secret: Path) -> None:
    host.publish("1.0.0", shell("use", 'printf "wrong password: %s\\n" "$(cat "$PW_FILE")" >&2; exit 7'), config=CONFIG)
    ran = host.once()
    assert ran.code == 1
    assert "shell/exit" in ran.said
    assert is_hidden(host, ran.said)
    assert "wrong password: ***" in _log(host, "use")


def test_a_changed_value_is_brought_there_once(host: Host, secret: Path) -> None:
    count = f"echo x >> {host.folder}/done"
    host.publish("1.0.0", host.note("before"), shell("use", count), config=CONFIG)
    assert host.once().code == 0
    assert host.once().code == 0
    assert host.done == ["before", "x"]
    secret.write_text("another-secret-value")
    assert host.once().code == 0
    assert host.once().code == 0
    assert host.done == ["before", "x", "x"]
    assert b"another-secret-value" not in everything(host)


def test_a_secret_that_isnt_there_holds_before_anything_is_done(host: Host, secret: Path) -> None:
    host.publish("1.0.0", host.note("before"), shell("use", "true"), config=CONFIG)
    secret.unlink()
    ran = host.once()
    assert ran.code == 0, ran.said
    assert "can't be read: No such file" in ran.said
    assert host.done == []
    said = host.said()
    assert said is not None
    assert [reason.constraint for reason in said.installations[0].reasons] == ["secrets"]
    secret.write_text(CANARY)
    assert host.once().code == 0
    assert host.done == ["before"]


def test_a_secret_nobody_named_on_the_host_says_what_to_write(host: Host) -> None:
    host.world.edit(SHOP, spec__config={"password": {"secret": NAME}})
    host.publish("1.0.0", host.note("before"), shell("use", "true"), config=CONFIG)
    ran = host.once()
    assert ran.code == 0
    assert f"needs the secret {NAME}, which this host doesn't have" in ran.said
    assert host.done == []


def _log(host: Host, step: str) -> str:
    tree = host.tree()
    assert tree is not None
    (run,) = tree.folder("runs")
    entry = tree.entry(f"runs/{run.name}/{step}.log")
    assert entry is not None
    return tree.read(entry).decode()
