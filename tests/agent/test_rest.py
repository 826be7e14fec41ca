"""An agent at rest answers the short way as long as nothing changed, and whatever changed leads the whole way."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.agent.conftest import STATUS, Host, joined, kill, until, young_world
from tiangong.cli import turns
from tiangong.cli.output import Format
from tiangong.cli.resting import manner, rested
from tiangong.documents.schema import schemas
from tiangong.host.decide import accept_history
from tiangong.host.rotate import rotate_key
from tiangong.messages.spoken import Language, speak
from tiangong.rest import look, marks
from tiangong.rest.note import NAME, Note, read_note
from tiangong.testing.memory import open_bare
from tiangong.testing.origin import Origin

ENVIRONMENT = "environments/dev/environment.yaml"
SHOP = "environments/dev/installations/shop.yaml"
SAID = "shop: 1.0.0 up-to-date (Healthy)\n"
SECRET = "shop-db/password"
MINUTES = timedelta(minutes=1)


def clock() -> datetime:
    return datetime.now(UTC)


def rest(host: Host) -> Note:
    """Come to rest."""
    assert turns.once(host.file, Format.TABLE) == 0
    note = read_note(host.state)
    assert note is not None
    return note


def is_short(host: Host, at: timedelta = timedelta()) -> bool:
    """Whether the short way would be gone now, or then."""
    found = look.undisturbed(host.file, manner(Format.TABLE), lambda: clock() + at, look.Stop())
    return found is not None


@pytest.fixture
def settled(host: Host) -> Host:
    return settle(host)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """One for all changes after which the next cycle comes to rest again."""
    folder = tmp_path_factory.mktemp("lasting")
    with Origin(folder / "origin") as origin, joined(folder / "host", origin, young_world()) as host:
        yield settle(host)


@pytest.fixture
def resting(lasting: Host) -> Host:
    rest(lasting)
    assert is_short(lasting)
    return lasting


def settle(host: Host) -> Host:
    """Installed, with a secret of its own and one that isn't there, and at rest; looked at every ten minutes."""
    for name in ("there", "missing"):
        with host.file.open("a") as file:
            file.write("secrets:\n" if name == "there" else "")
            file.write(f"  {SECRET}-{name}: {{file: {host.folder}/{name}}}\n")
    (host.folder / "there").write_text("secret canary\n")
    (host.folder / "there").chmod(0o600)
    host.file.write_text(host.file.read_text().replace("every: 1s", "every: 10m"))
    host.publish("1.0.0", host.note("one"))
    rest(host)
    assert is_short(host)
    return host


# ── as it is typed ───────────────────────────────────────────────────────────────────────────────────────────────
def script(host: Host, *words: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """The installed command; `python -m` would lean on the folder it is started in."""
    line = [sys.executable, str(Path(sys.executable).with_name("tiangong")), *words, "--settings", str(host.file)]
    return subprocess.run(line, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **options)


def written(host: Host) -> tuple[int, int]:
    """Which note it is."""
    found = (host.state / NAME).stat()
    return found.st_ino, found.st_mtime_ns


def test_the_short_way_says_what_the_whole_way_said(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    first = script(host, "agent", "once")
    before = written(host)
    again = script(host, "agent", "once")
    assert (first.returncode, first.stdout) == (again.returncode, again.stdout) == (0, SAID)
    assert again.stderr == ""
    assert written(host) == before, "the whole way begins by taking the note away"
    assert script(host, "agent", "once", "--fresh").stdout == SAID
    assert written(host) != before
    assert host.done == ["one"]


def test_an_answer_for_programs_is_given_now(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    assert script(host, "agent", "once").returncode == 0
    first, again = (json.loads(script(host, "agent", "once", "-o", "json").stdout) for _ in range(2))
    Draft202012Validator(schemas()["turn.schema.json"]).validate(again)
    assert first.pop("at") < again.pop("at")
    assert first == again
    assert again["runs"] == []


def test_another_language_is_another_answer(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    words = ("--lang", "zh", "agent", "once")
    first, again = script(host, *words), script(host, *words)
    english = script(host, "agent", "once", env={**os.environ, "LANG": "C.UTF-8"})
    assert first.stdout == again.stdout != english.stdout == SAID


def test_told_to_stop_it_stops(settled: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = look._there

    def slow(*arguments: Any) -> bool:
        os.kill(os.getpid(), 15)
        return asked(*arguments)

    monkeypatch.setattr(look, "_there", slow)
    assert rested(settled.file, Format.TABLE) == 128 + 15
    monkeypatch.setattr(look, "_there", asked)
    assert is_short(settled)


# ── what changed ─────────────────────────────────────────────────────────────────────────────────────────────────
def _ref(host: Host, name: str, there: str = "") -> None:
    bare = open_bare(host.origin.git_dir)
    if there:
        bare.references.create(name, str(bare.references[there].target), force=True)
    else:
        bare.references.delete(name)


def _rewrite(host: Host) -> None:
    host.world.release("shop", "1.1.0", steps=[host.note("two")], payload={})
    host.push(rewrite=True)


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def _swap(path: Path) -> None:
    """The same bytes, another file."""
    path.with_name("new").write_bytes(path.read_bytes())
    path.with_name("new").chmod(path.stat().st_mode & 0o777)
    path.with_name("new").replace(path)


def _same_size(path: Path) -> None:
    """Other bytes, with the old time put back."""
    before = path.stat()
    path.write_bytes(path.read_bytes().swapcase())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _missing_comes(host: Host) -> None:
    (host.folder / "missing").write_text("here now\n")


def _daemon(host: Host) -> None:
    """Another agent was at work in between."""
    daemon = host.start("run")
    until(lambda: not (host.state / NAME).exists())
    kill(daemon)


BREAKS: dict[str, Callable[[Host], object]] = {
    "main was rewritten": _rewrite,
    "main is gone": lambda host: _ref(host, "refs/heads/main"),
    "somebody else moved the status": lambda host: _ref(host, STATUS, "refs/heads/main"),
    "somebody took the status away": lambda host: _ref(host, STATUS),
    "the remote is away": lambda host: host.origin.stop(),
    "the settings are gone": lambda host: host.file.unlink(),
    "the agent is another instance": lambda host: (host.state / "instance").write_text("0123456789abcdef\n"),
    "the journal is gone": lambda host: (host.state / "journal.db").unlink(),
}
"""after them that agent has more to do, or to say, than a next cycle"""
CHANGES: dict[str, Callable[[Host], object]] = {
    "main moved": lambda host: host.publish("1.1.0", host.note("two")),
    "main moved to a commit with the same files": lambda host: host.push(message="the same again"),
    "a comment in the settings": lambda host: _append(host.file, "# a comment\n"),
    "a plugin in the settings": lambda host: _append(host.file, "workers: 2\n"),
    "a secret has another value": lambda host: _same_size(host.folder / "there"),
    "a secret is another file": lambda host: _swap(host.folder / "there"),
    "a secret may be read by others": lambda host: (host.folder / "there").chmod(0o644),
    "a secret is gone": lambda host: (host.folder / "there").unlink(),
    "a secret has come": _missing_comes,
    "the authority of the remote is another": lambda host: _append(host.origin.ca, "\n"),
    "the agent's key is another file": lambda host: _swap(host.state / "key"),
    "an operator decided something": lambda host: accept_history(host.settings, "0" * 40, clock()),
    "a next key was made": lambda host: rotate_key(host.settings),
    "the journal was left open": lambda host: (host.state / "journal.db-wal").touch(),
    "the mirror is gone": lambda host: subprocess.run(["rm", "-r", host.state / "mirror"], check=True),
    "the heart is gone": lambda host: subprocess.run(["rm", "-r", host.state / "live"], check=True),
    "a daemon ran": _daemon,
    "the note is gone": lambda host: (host.state / NAME).unlink(),
    "the note is damaged": lambda host: (host.state / NAME).write_text('{"format": 1}'),
}


@pytest.mark.parametrize("change", BREAKS)
def test_what_breaks_the_agent_leads_the_whole_way(change: str, settled: Host) -> None:
    BREAKS[change](settled)
    assert not is_short(settled)


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_leads_the_whole_way(change: str, resting: Host) -> None:
    CHANGES[change](resting)
    assert not is_short(resting)
    (resting.folder / "there").write_text("secret canary\n")
    (resting.folder / "there").chmod(0o600)
    (resting.folder / "missing").unlink(missing_ok=True)


SURROUNDINGS: dict[str, Callable[[pytest.MonkeyPatch, Path], object]] = {
    "the host was booted": lambda patch, tmp: patch.setattr(marks, "BOOT", tmp / "boot"),
    "the agent is another version": lambda patch, _: patch.setattr("tiangong.__version__", "0.0.1"),
    "a package came": lambda patch, tmp: patch.setattr(sys, "path", [*sys.path, str(tmp)]),
    "another python": lambda patch, _: patch.setattr(sys, "version", "3.99"),
    "another git": lambda patch, tmp: patch.setenv("PATH", f"{tmp}:{os.environ['PATH']}"),
    "another language": lambda _, __: speak(Language.ZH),
}


@pytest.mark.parametrize("change", SURROUNDINGS)
def test_other_surroundings_lead_the_whole_way(
    change: str, resting: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        SURROUNDINGS[change](monkeypatch, tmp_path)
        assert not is_short(resting)
    finally:
        speak(Language.EN)


def test_source_files_of_the_program_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "tiangong"
    (package / "room").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "room" / "file.py").write_text("a = 1\n")
    monkeypatch.setattr("tiangong.__file__", str(package / "__init__.py"))
    before = marks.surroundings({})
    (package / "room" / "__pycache__").mkdir()
    assert marks.surroundings({}) == before
    _same_size(package / "room" / "file.py")
    assert marks.surroundings({}) != before


def test_time_alone_leads_the_whole_way(resting: Host) -> None:
    note = rest(resting)
    assert note.rest.until <= note.rest.since + 5 * MINUTES, "drift is looked for as often as a daemon does"
    left = note.rest.until - clock()
    assert is_short(resting, left - timedelta(seconds=5))
    assert not is_short(resting, left)
    assert not is_short(resting, -MINUTES), "the clock was turned back"


def test_while_another_agent_has_the_folder_the_whole_way_says_so(resting: Host) -> None:
    with (resting.state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not is_short(resting)
        ran = script(resting, "agent", "once")
    assert ran.returncode == 2
    assert "agent/already-running" in ran.stderr


@pytest.mark.parametrize("state", ['"{}"', "{}  # a comment", "{}\nstate: {}"])
def test_a_state_folder_that_isnt_named_plainly_leads_the_whole_way(state: str, settled: Host) -> None:
    text = settled.file.read_text()
    settled.file.write_text(text.replace(f"state: {settled.state}", f"state: {state.format(*[settled.state] * 2)}"))
    assert not is_short(settled)


def test_a_note_carried_to_another_folder_is_none(settled: Host, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["cp", "-a", settled.state, other], check=True)
    text = settled.file.read_text()
    settled.file.write_text(text.replace(f"state: {settled.state}", f"state: {other}"))
    assert not is_short(settled)


# ── what is no rest ──────────────────────────────────────────────────────────────────────────────────────────────
def _held(host: Host) -> None:
    host.world.suppress("inc-1", environments=["dev"])
    host.publish("1.1.0", host.note("two"))


def _outside(host: Host) -> None:
    deny = {"name": "never", "from": "2020-01-01T00:00:00Z", "until": "2090-01-01T00:00:00Z", "reason": "test"}
    host.world.edit(ENVIRONMENT, spec__windows={"deny": [deny]})
    host.publish("1.1.0", host.note("two"))


def _refused(host: Host) -> None:
    host.world.raw("products/shop/releases/1.1.0/release.yaml", b"kind: Release\n")
    host.push()


def _failing(host: Host) -> None:
    host.publish("1.1.0", {"name": "two", "executor": "shell", "with": {"script": "exit 3"}})


def _expired(host: Host) -> None:
    host.world.edit(ENVIRONMENT, spec__expires=(clock() - MINUTES).isoformat())
    host.push()


NO_REST: dict[str, Callable[[Host], object]] = {
    "held by a suppression": _held,
    "outside its window": _outside,
    "something is refused": _refused,
    "a step failed": _failing,
    "its rules have ended": _expired,
    "the remote is away": lambda host: host.origin.stop(),
}


@pytest.mark.parametrize("cause", NO_REST)
def test_where_something_is_left_to_do_or_to_say_nothing_is_noted(cause: str, settled: Host) -> None:
    NO_REST[cause](settled)
    turns.once(settled.file, Format.TABLE)
    assert not (settled.state / NAME).exists()
    assert not is_short(settled)


def test_what_ends_soon_is_looked_at_when_it_ends(settled: Host) -> None:
    ends = clock() + MINUTES
    settled.world.put(
        {
            "kind": "Suppression",
            "metadata": {"name": "inc-1"},
            "spec": {"environments": ["prod"], "until": ends.isoformat(), "reason": "elsewhere"},
        }
    )
    settled.push()
    assert rest(settled).rest.until <= ends


def test_health_is_asked_as_often_as_a_daemon_would(settled: Host) -> None:
    settled.file.write_text(settled.file.read_text().replace("every: 10m", "every: 1m"))
    settled.publish("1.1.0", settled.note("two", unless=["sh", "-c", "true"]), health=["two"])
    note = rest(settled)
    assert note.rest.until <= note.rest.since + MINUTES


def test_a_file_that_changes_while_it_looks_is_looked_at_again(settled: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    done = turns.daemon.once

    def meanwhile(*arguments: Any) -> Any:
        found = done(*arguments)
        _same_size(settled.folder / "there")
        return found

    monkeypatch.setattr(turns.daemon, "once", meanwhile)
    assert turns.once(settled.file, Format.TABLE) == 0
    assert not (settled.state / NAME).exists()
