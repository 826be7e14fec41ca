"""Programs: what they see, who they are, what is left of them, what is told of them (D21, D22, D27)."""

import contextlib
import os
import pwd
import re
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.executors.conftest import Hand, MakeHand
from tiangong.errors import Misuse, Refused
from tiangong.executors.shell import Shell
from tiangong.executors.shell.output import LONGEST_LINE, TAIL, Output
from tiangong.messages import render
from tiangong.model.environment import Envelope, ShellEnvelope
from tiangong.model.stages import Found, Health

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")


def make(hand: MakeHand, **config: object) -> Hand:
    return hand(Shell(Shell.Config.model_validate(config)))


@pytest.fixture
def me(hand: MakeHand) -> Hand:
    return make(hand)


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent doesn't."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    return False


def wait_for(path: Path) -> str:
    """The content of a file a program writes; fails after 10 s."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if path.exists() and (text := path.read_text()).endswith("\n"):
            return text
        time.sleep(0.01)
    raise AssertionError(f"{path} never came")


def gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not alive(pid)


# ── what a program sees ──────────────────────────────────────────────────────────────────────────────────────
def test_it_sees_nothing_of_the_agents_environment(me: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_SECRET", "secret")
    monkeypatch.setenv("LD_PRELOAD_NOT", "x")
    monkeypatch.setenv("PATH", f"relative:.:{os.environ['PATH']}")
    me.apply(run=["sh", "-c", "env"], env={"GREETING": "hello", "PORT": 8080})
    seen = dict(line.split("=", 1) for line in me.log.splitlines())
    assert set(seen) <= {
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "PWD",
        "SHLVL",
        "_",
        "OLDPWD",
        "GREETING",
        "PORT",
        "TIANGONG_MARK",
    }
    assert seen["HOME"] == pwd.getpwuid(os.geteuid()).pw_dir
    assert seen["LANG"] == "C.UTF-8"
    assert (seen["GREETING"], seen["PORT"]) == ("hello", "8080")
    assert all(folder.startswith("/") for folder in seen["PATH"].split(":"))


def test_stdin_is_empty_and_files_of_the_agent_are_closed(me: Hand, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        me.apply(script="cat; ls -l /proc/self/fd")
    assert str(tmp_path) not in me.log
    assert "/dev/null" in me.log


def test_it_has_no_terminal_and_a_session_of_its_own(me: Hand) -> None:
    me.apply(script="cut -d' ' -f6 /proc/$$/stat; echo $$; (: < /dev/tty) 2>/dev/null || echo none")
    session, own, terminal = me.log.split()
    assert session == own
    assert terminal == "none"


def test_folder_umask_and_words(me: Hand, tmp_path: Path) -> None:
    me.apply(
        run=["sh", "-c", 'pwd; umask; printf "%s|" "$@"', "sh", "a b", "", "$HOME", "*", 1, True],
        cwd=str(tmp_path),
        umask="027",
    )
    assert me.log == f"{tmp_path}\n0027\na b||$HOME|*|1|true|"


def test_a_script_stops_at_the_first_failure(me: Hand) -> None:
    assert me.code(script="echo one\nfalse\necho two") == "shell/exit"
    assert me.log.splitlines() == ["one"]


def test_the_program_is_found_by_the_hosts_path_not_the_steps(me: Hand, tmp_path: Path) -> None:
    fake = tmp_path / "cat"
    fake.write_text("#!/bin/sh\necho fake\n")
    fake.chmod(0o755)
    me.apply(run=["cat", "/dev/null"], env={"PATH": str(tmp_path)})
    assert me.log == ""


@root_only
def test_as_another_user(hand: MakeHand) -> None:
    me = make(hand, user="nobody")
    me.apply(script="id -un; id -G; echo $HOME")
    name, groups, home = me.log.splitlines()
    account = pwd.getpwnam("nobody")
    assert (name, home) == ("nobody", account.pw_dir)
    assert "0" not in groups.split()
    assert me.executor.effects(me.job(run=["sh"]).spec).user == "nobody"


@root_only
def test_a_step_may_name_its_user_where_the_host_doesnt(hand: MakeHand, me: Hand) -> None:
    me.apply(script="id -un", user="nobody")
    assert me.log == "nobody\n"
    assert me.executor.effects(me.job(run=["sh"], user="nobody").spec).user == "nobody"
    fixed = make(hand, user="daemon")
    with pytest.raises(Misuse) as caught:
        fixed.executor.effects(fixed.job(run=["sh"], user="root").spec)
    assert caught.value.problems[0].code == "shell/other-user"
    assert fixed.code(run=["sh", "-c", "id"], user="root") == "shell/other-user"
    assert me.code(run=["sh"], user="nobody-of-this-name") == "shell/no-user"


def test_users_that_cant_be(hand: MakeHand, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misuse) as caught:
        make(hand, user="nobody-of-this-name")
    assert caught.value.problems[0].code == "shell/no-user"
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    with pytest.raises(Misuse) as caught:
        make(hand, user="root")
    assert caught.value.problems[0].code == "shell/not-root"


# ── envelope ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("envelopes", "allowed"),
    [
        ((), False),
        ((Envelope(),), False),
        ((Envelope(shell=ShellEnvelope()),), False),
        ((Envelope(shell=ShellEnvelope(commands=("cat",))),), False),
        ((Envelope(shell=ShellEnvelope(commands=("sh",))),), True),
        ((Envelope(shell=ShellEnvelope(commands=("sh",))), Envelope(shell=ShellEnvelope(commands=("cat",)))), False),
        ((Envelope(shell=ShellEnvelope(commands=("sh",), user="somebody-else")),), False),
        ((Envelope(executors=("file",), shell=ShellEnvelope(commands=("sh",))),), False),
    ],
)
def test_programs_are_denied_unless_they_are_named(me: Hand, envelopes: tuple[Envelope, ...], allowed: bool) -> None:
    me.envelopes = envelopes
    if allowed:
        me.apply(script="echo ran")
        assert me.log == "ran\n"
        return
    error = me.failure(script="echo ran")
    assert isinstance(error, Refused)
    assert error.problems[0].code == "constraint/envelope"
    assert me.log == ""


def test_everything_a_step_may_start_has_to_be_named(me: Hand) -> None:
    spec = me.job(run=["cat", "x"], unless=["grep", "x"], undo=["rm", "x"]).spec
    effects = me.executor.effects(spec)
    assert effects.commands == ("cat", "grep", "rm")
    assert not effects.enforced


# ── how it ends ──────────────────────────────────────────────────────────────────────────────────────────────
def test_exit_codes(me: Hand) -> None:
    me.apply(script="exit 7", exitCodes=[0, 7])
    error = me.failure(script="exit 7")
    assert error.problems[0].facts == {"program": "sh", "code": 7, "allowed": "0"}
    assert me.failure(script="kill -TERM $$").problems[0].facts == {"program": "sh", "signal": 15}
    assert me.code(script="exit 0", exitCodes=[7]) == "shell/exit"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"run": ["no-such-program"]}, "shell/no-program"),
        ({"run": ["/no/such/program"]}, "shell/cannot-start"),
        ({"run": ["/etc/hostname"]}, "shell/cannot-start"),
        ({"run": ["sh", "-c", "x" * 200_000]}, "shell/cannot-start"),
        ({"run": ["sh"], "cwd": "/no/such/folder"}, "shell/no-folder"),
        ({"run": ["sh"], "cwd": "/etc/hostname"}, "shell/no-folder"),
    ],
)
def test_what_cant_be_started(me: Hand, step: dict[str, object], code: str) -> None:
    me.envelopes = (
        Envelope(shell=ShellEnvelope(commands=("sh", "no-such-program", "/no/such/program", "/etc/hostname"))),
    )
    assert me.code(**step) == code


def test_cancel_ends_the_whole_group_and_who_left_it(me: Hand, tmp_path: Path) -> None:
    """Children, children's children, and one that made a session of its own."""
    script = """
        echo $$ >> pids
        sh -c 'echo $$ >> pids; sh -c "echo \\$\\$ >> pids; exec sleep 300" & sleep 300' &
        setsid sh -c 'echo $$ >> pids; trap "" TERM; sleep 300; sleep 300' &
        while [ "$(wc -l < pids)" -lt 4 ]; do sleep 0.01; done
        echo ready > ready
        sleep 300
    """
    cancel = threading.Event()

    def soon() -> None:
        wait_for(tmp_path / "ready")
        cancel.set()

    waiter = threading.Thread(target=soon)
    waiter.start()
    assert me.code(script=script, cwd=str(tmp_path), cancel=cancel) == "step/cancelled"
    waiter.join()
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 4
    assert all(gone(pid) for pid in pids)


def test_who_ignores_being_told_is_killed(hand: MakeHand, tmp_path: Path) -> None:
    me = make(hand, grace="1s")
    started = time.monotonic()
    script = f"trap '' TERM; echo $$ > {tmp_path}/pid; while true; do sleep 0.1; done"
    assert me.code(script=script, seconds=0.5) == "step/deadline"
    assert 1.0 < time.monotonic() - started < 4
    assert gone(int((tmp_path / "pid").read_text()))


def test_who_cleans_up_when_told_gets_the_time(me: Hand, tmp_path: Path) -> None:
    script = f"trap 'echo cleaned up; exit 1' TERM; echo x > {tmp_path}/on; while true; do sleep 0.05; done"
    assert me.code(script=script, seconds=0.5) == "step/deadline"
    assert "cleaned up\n" in me.log


def test_the_hosts_own_limit(hand: MakeHand) -> None:
    me = make(hand, timeout=1)
    started = time.monotonic()
    assert me.failure(script="sleep 60").problems[0].facts == {"seconds": 1}
    assert time.monotonic() - started < 4


def test_a_step_ends_when_its_leader_does(me: Hand, tmp_path: Path) -> None:
    """What goes on in the background is left alone; its output is read for a second more, and that is said."""
    started = time.monotonic()
    me.apply(script=f"echo before; (sleep 0.3; echo after; exec sleep 300) & echo $! > {tmp_path}/pid")
    assert 0.9 < time.monotonic() - started < 4
    assert re.match(r"before\nafter\n\n\[the program ended; something it started still held its output", me.log)
    pid = int((tmp_path / "pid").read_text())
    assert alive(pid)
    os.kill(pid, signal.SIGKILL)


def test_no_pipes_and_processes_are_left_over(me: Hand) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        me.apply(script="true")
    assert len(os.listdir("/proc/self/fd")) == before


# ── guards ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_guards(me: Hand, tmp_path: Path) -> None:
    me.envelopes = (Envelope(shell=ShellEnvelope(commands=("sh", "test"))),)
    path = tmp_path / "made"
    step = {"script": f"echo x >> {path}", "unless": ["test", "-e", str(path)]}
    assert me.probe(**step).found is Found.MISSING
    me.apply(**step)
    me.apply(**step)
    assert path.read_text() == "x\n"
    assert me.probe(**step).found is Found.IN_PLACE
    assert "nothing to do" in me.log
    assert me.code(script="true", creates=str(tmp_path / "never")) == "shell/no-effect"
    assert me.probe(script="true").found is Found.UNKNOWN
    assert me.executor.health(me.job(script="true")) is Health.UNKNOWN
    assert not me.executor.traits(me.job(script="true").spec).idempotent


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"run": []},
        {"run": "sh"},
        {"run": ["sh"], "script": "true"},
        {"script": ""},
        {"script": "x" * 40_000},
        {"run": ["a\0b"]},
        {"run": ["sh"], "cwd": "relative"},
        {"run": ["sh"], "creates": "relative"},
        {"run": ["sh"], "umask": 22},
        {"run": ["sh"], "umask": "999"},
        {"run": ["sh"], "env": {"A-B": "x"}},
        {"run": ["sh"], "exitCodes": [256]},
        {"run": ["sh"], "exitCodes": []},
        {"run": ["sh"], "service": "Web"},
        {"script": "true", "service": "web"},
        {"run": ["sh"], "service": "web", "creates": "/x"},
        {"run": ["sh"], "user": "a b"},
    ],
)
def test_steps_that_make_no_sense(spec: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Shell.Spec.model_validate(spec)


# ── output ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_both_streams_in_the_order_they_came(me: Hand) -> None:
    script = "import sys\nfor i in range(2000): (sys.stdout, sys.stderr)[i % 2].write(f'{i}\\n'), (sys.stdout, sys.stderr)[i % 2].flush()"
    me.envelopes = (Envelope(shell=ShellEnvelope(commands=(sys.executable,))),)
    me.apply(run=[sys.executable, "-c", script])
    assert me.log.split() == [str(number) for number in range(2000)]


def test_output_comes_while_it_runs(me: Hand, tmp_path: Path) -> None:
    """The program waits for a file that is only made once its first line was logged."""
    sign = tmp_path / "sign"

    def log(text: str) -> None:
        if "first" in text:
            sign.write_text("x")

    job = me.job(script=f"echo first; while [ ! -e {sign} ]; do sleep 0.01; done; echo last")
    me.executor.apply(replace(job, log=log))
    assert sign.exists()


def test_a_flood_is_read_as_fast_as_it_comes(me: Hand) -> None:
    """200 MB: the program isn't held up, the log stays small."""
    started = time.monotonic()
    me.apply(script="head -c 200000000 /dev/zero | tr '\\0' 'x'")
    assert time.monotonic() - started < 20
    assert len(me.log) < 100_000


def test_what_isnt_text(me: Hand) -> None:
    me.apply(script=r"printf '\377\376 \303'; printf '\251 \342\202'; printf '\033[31mred\000'")
    assert me.log.startswith("\ufffd\ufffd é \ufffd")
    assert "\x1b[31mred" in me.log, "made harmless where it is shown, not where it is kept"


def collected(*chunks: bytes, most: int = 1 << 20) -> str:
    found: list[str] = []
    output = Output(found.append, most)
    for chunk in chunks:
        output.feed(chunk)
    output.close()
    return "".join(found)


def test_long_lines_are_cut_however_they_come() -> None:
    line = b"x" * (LONGEST_LINE + 5000)
    expected = "x" * LONGEST_LINE + "…\nnext\n"
    assert collected(line + b"\nnext\n") == expected
    assert collected(*(line[at : at + 999] for at in range(0, len(line), 999)), b"\nne", b"xt\n") == expected
    assert collected(b"a\n" + line, b"more\nnext\n") == "a\n" + expected


def test_the_beginning_and_the_end_are_kept() -> None:
    lines = [b"line %d\n" % number for number in range(200_000)]
    words = collected(*lines, most=1000)
    head, _, rest = words.partition("\n[")
    note, _, tail = rest.partition("]\n")
    assert head.splitlines() == [f"line {number}" for number in range(len(head.splitlines()))]
    assert 1000 <= len(head) < 1020
    dropped = int(note.split()[0])
    assert len(head) + dropped + len(tail) == sum(map(len, lines))
    assert tail.endswith("line 199999\n")
    assert TAIL / 2 < len(tail) <= 2 * TAIL


def test_messages_have_no_surprises(me: Hand) -> None:
    me.envelopes = (Envelope(shell=ShellEnvelope(commands=("no\x1b[31mprogram",))),)
    assert "\x1b" not in render(me.failure(run=["no\x1b[31mprogram"]).problems[0])
