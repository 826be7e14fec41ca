"""The frame of the command line: quick, lazy, and with a word and a code for whatever happens."""

import importlib
import os
import resource
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Reads
from tests.person import Person
from tiangong import errors
from tiangong.cli import app
from tiangong.cli.examples import EXAMPLES
from tiangong.cli.table import ALIASES, COMMANDS, ELSEWHERE
from tiangong.testing.voice import Forge, installation

HEAVY = ("pygit2", "httpx", "cryptography", "git", "pydantic", "rich", "jinja2", "yaml", "nodesemver", "sqlite3")
SNAPPY = 0.35
"""seconds of processor time; measured: 0.11"""


def tiangong(*words: str, **more: Any) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-m", "tiangong", *words], check=False, capture_output=True, **more)


def commands(command: Any = None, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every command and verb that can be run."""
    found = {one: app.load(one) for one in COMMANDS} if command is None else getattr(command, "commands", {})
    if command is not None and not found:
        yield name, command
    for one, inner in found.items():
        yield from commands(inner, f"{name} {one}".strip())


# ── quick and lazy ───────────────────────────────────────────────────────────────────────────────────────────────
def test_help_loads_nothing_it_doesnt_use() -> None:
    code = f"import sys; from tiangong.cli.app import run; run(['--help']); print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_is_snappy() -> None:
    def spent() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert tiangong("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(spent() for _ in range(3)) < SNAPPY


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there(name: str) -> None:
    assert importlib.import_module(COMMANDS[name].module).app
    assert app.load(name).help
    assert COMMANDS[name].help.endswith(".")


def test_aliases_lead_to_commands_and_foreign_words_to_real_lines() -> None:
    assert set(ALIASES.values()) <= set(COMMANDS)
    assert not set(ELSEWHERE) & set(COMMANDS)
    assert not set(ALIASES) & set(COMMANDS)
    for line in ELSEWHERE.values():
        parse(line.split(), resilient_parsing=True)


def test_every_command_ends_its_help_with_examples() -> None:
    found = dict(commands())
    assert set(EXAMPLES) <= set(found), "examples of what isn't there"
    bare = [name for name, command in found.items() if not command.epilog or "Examples:" not in command.epilog]
    assert not bare, "without examples in tiangong/cli/examples.py: " + ", ".join(bare)


@pytest.mark.parametrize("line", [line for examples in EXAMPLES.values() for line, _ in examples])
def test_examples_can_be_typed(line: str) -> None:
    name, *words = shlex.split(line)
    assert name == "tiangong"
    parse(words[2:] if words[0] == "--context" else words)


def parse(words: list[str], **how: bool) -> None:
    """Read a line with the command's own parser, and do nothing."""
    command = app.load(words[0])
    context = command.make_context(words[0], words[1:], **how)
    while getattr(command, "commands", None):
        rest = [*context._protected_args, *context.args]
        command = command.commands[rest[0]]
        context = command.make_context(rest[0], rest[1:], parent=context, **how)


def test_every_exit_code_is_documented() -> None:
    codes = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "exit_code")}
    lines = {line.split()[0].rstrip(",") for line in app.EXIT_CODES.splitlines() if line.startswith("  ")}
    assert {str(code) for code in codes} | {"0", str(app.INTERRUPTED)} <= lines


# ── what was typed wrongly ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["status", "--nonsense"], 2, "tiangong status: No such option: --nonsense"),
        (["why"], 2, "tiangong why: Missing argument"),
        (["status", "a", "b"], 2, "unexpected extra argument"),
        (["status", "-o", "xml"], 2, "xml"),
        (["--nonsense"], 2, "fix: tiangong --help"),
        (["stauts"], 2, "did you mean: tiangong status"),
        (["xyzzy"], 2, "tiangong --help"),
        (["apply"], 2, "tiangong commit --push"),
        (["get"], 2, "tiangong status"),
        (["describe"], 2, "tiangong why"),
        (["rollback"], 2, "tiangong recall"),
        (["-C", "/nowhere/at/all", "status"], 2, "/nowhere/at/all"),
        ([], 2, "Usage: tiangong"),
    ],
)
def test_a_wrong_line_is_answered_with_the_right_one(words: list[str], code: int, part: str, reads: Reads) -> None:
    ran = reads(*words)
    assert (ran.code, ran.out) == (code, "")
    assert part in ran.err
    assert "Traceback" not in ran.err


def test_plurals_are_understood(reads: Reads) -> None:
    assert reads("envs", "--help").code == reads("releases", "--help").code == 0


def test_help_and_version_are_results(reads: Reads) -> None:
    for words in (["--help"], ["-h"], ["status", "-h"], ["--version"]):
        ran = reads(*words)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out


def test_as_if_started_elsewhere(reader: Person, forge: Forge, clone: Callable[[], Path], tmp_path: Path) -> None:
    forge.voice().say(installation())
    assert reader.run("status", cwd=tmp_path).code == 2
    assert reader.run("-C", str(clone()), "status", cwd=tmp_path).code == 0


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_fault_of_ours_is_one_line_without_what_it_was_about(reads: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the password is secret")

    monkeypatch.setattr("tiangong.cli.status.open_fleet", broken)
    ran = reads("status")
    assert (ran.code, ran.out) == (1, "")
    assert "RuntimeError" in ran.err
    assert "TIANGONG_DEBUG" in ran.err
    assert "Traceback" not in ran.err
    assert "secret" not in ran.err


def test_where_it_broke_is_shown_to_who_asks(
    reader: Person, clone: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("here")

    monkeypatch.setattr("tiangong.cli.status.open_fleet", broken)
    folder = clone()
    reader_environ = {**reader.environ, "TIANGONG_DEBUG": "1"}
    monkeypatch.setattr(Person, "environ", property(lambda _: reader_environ))
    ran = reader.run("status", cwd=folder)
    assert ran.code == 1
    assert "Traceback" in ran.err


def test_a_full_disk_is_said_as_such(reads: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/var/x")

    monkeypatch.setattr("tiangong.cli.status.open_fleet", full)
    ran = reads("status")
    assert ran.code == 1
    assert "/var/x" in ran.err
    assert "No space left on device" in ran.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_result_that_cant_be_written_is_a_failure(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tiangong", "--help"], check=False, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_who_stops_reading_hears_nothing_more() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tiangong", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        assert child.stderr.read() == b""
        assert child.wait() == 0


def test_without_any_stdout_it_works_too() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -m tiangong --version >&-', sys.executable], check=False, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_without_utf8_gets_what_it_can_show(forge: Forge, clone: Callable[[], Path], reader: Person) -> None:
    forge.voice().say(installation(target="1.1.0", verdict="ready"))
    environ = {**reader.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = tiangong("status", cwd=clone(), env=environ)
    assert done.returncode == 0
    assert b"1.0.0 \\u2192 1.1.0" in done.stdout


def test_ctrl_c_is_130(forge: Forge, clone: Callable[[], Path], reader: Person) -> None:
    forge.voice().say(installation())
    with subprocess.Popen(
        [sys.executable, "-m", "tiangong", "status", "-w", "--offline"],
        cwd=clone(),
        env=reader.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith(b"ENVIRONMENT")
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
        assert (child.returncode, err) == (130, b"")


def test_an_answer_that_never_comes_to_a_prompt_is_an_interruption(
    reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    import typer

    def asks(*_: object, **__: object) -> None:
        raise typer.Abort

    monkeypatch.setattr("tiangong.cli.status.open_fleet", asks)
    assert reads("status").code == 130


def test_the_module_is_the_command() -> None:
    done = tiangong("--version", env={**os.environ, "PYTHONWARNINGS": "error"})
    assert done.returncode == 0
    assert done.stdout.startswith(b"tiangong ")
