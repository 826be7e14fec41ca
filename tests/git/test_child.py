"""What git sees of this host, and how it ends: real git processes, watched from outside."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tiangong.errors import Misuse
from tiangong.git import child
from tiangong.git.child import Limits, environment, git_path, redact, run_git, ssh_command
from tiangong.git.mirror import Mirror
from tiangong.git.remote import parse_remote
from tiangong.testing.origin import Faults, Origin


def _processes(mark: str) -> dict[int, tuple[str, str]]:
    """Arguments and environment of every process one of whose arguments holds a mark, other than this one."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            arguments = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
            surroundings = (folder / "environ").read_bytes().decode("utf-8", "replace")
            if mark in arguments and int(folder.name) != os.getpid():
                found[int(folder.name)] = (arguments, surroundings)
    return found


@pytest.fixture
def slow_call(origin: Origin, mirror: Mirror) -> Iterator[Callable[..., threading.Thread]]:
    """Start a call of git that hangs at the origin; join it when the test ends."""
    threads: list[threading.Thread] = []
    origin.faults = Faults(delay=60)

    def start(use: Mirror = mirror) -> threading.Thread:
        def call() -> None:
            with contextlib.suppress(Exception):
                use.listed(["refs/heads/main"])

        threads.append(threading.Thread(target=call))
        threads[-1].start()
        return threads[-1]

    yield start
    origin.stop()
    for thread in threads:
        thread.join()


def _wait_for(condition: Callable[[], object]) -> object:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("it never happened")


def test_nothing_of_this_host_reaches_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hostile = {
        "GIT_DIR": "/x",
        "GIT_SSL_NO_VERIFY": "1",
        "GIT_TRACE_CURL": "1",
        "GIT_CONFIG_PARAMETERS": "'core.pager=id'",
        "GIT_EXEC_PATH": "/x",
        "LD_PRELOAD": "/x.so",
        "PYTHONPATH": "/x",
        "SSH_AUTH_SOCK": "/x",
        "https_proxy": "http://x",
        "HOME": "/root",
        "XDG_CONFIG_HOME": "/x",
    }
    for name, value in hostile.items():
        monkeypatch.setenv(name, value)
    seen = environment(None, None, Limits())
    assert not [name for name, value in hostile.items() if seen.get(name) == value]
    assert {name for name in seen if not name.startswith(("GIT_", "SSH_ASKPASS"))} == {"PATH", "HOME", "LC_ALL"}
    repository = tmp_path / "r"
    subprocess.run(["git", "init", "-q", "--bare", repository], env={"PATH": os.environ["PATH"]}, check=True)
    listed = run_git(repository, ["config", "--list", "--show-origin"])
    assert listed.is_good
    origins = {line.partition(b"\t")[0] for line in listed.stdout.splitlines()}
    assert origins == {b"file:" + bytes(repository / "config"), b"command line:"}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("protocol.allow", "never"),
        ("core.hooksPath", "/dev/null"),
        ("http.followRedirects", "false"),
        ("transfer.credentialsInUrl", "die"),
        ("transfer.fsckObjects", "true"),
        ("credential.helper", ""),
        ("http.lowSpeedTime", "7"),
        ("fetch.fsck.hasDotgit", "ignore"),
    ],
)
def test_settings_arrive_in_git(mirror: Mirror, setting: str, value: str) -> None:
    ended = run_git(Path(mirror.repository.path), ["config", "--get", setting], mirror.remote, Limits(slow_seconds=7))
    assert ended.stdout.decode() == value + "\n"


@pytest.mark.parametrize(
    "url", ["file://{}", "ext::sh -c 'touch {}.ran'", "git://127.0.0.1:9/x", "http://127.0.0.1:9/x"]
)
def test_other_transports_are_closed(mirror: Mirror, tmp_path: Path, url: str) -> None:
    target = tmp_path / "other"
    ended = run_git(Path(mirror.repository.path), ["ls-remote", "--end-of-options", url.format(target)])
    assert "not allowed" in ended.said
    assert not ended.is_good
    assert not list(tmp_path.glob("*.ran"))


def test_hooks_and_programs_named_in_the_mirror_do_not_run(
    origin: Origin, mirror: Mirror, commit: Callable[..., str], tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    hooks = Path(mirror.repository.path) / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-push", "reference-transaction", "post-index-change", "post-checkout"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (hooks / name).chmod(0o755)
    for name in ("core.fsmonitor", "core.sshCommand", "credential.helper", "core.askPass"):
        mirror.repository.config[name] = f"touch {ran}"
    mirror.push(commit(mirror.repository, {"a": b"1"}), "refs/heads/main", "")
    mirror.fetch({"refs/heads/main": "refs/tiangong/control/main"})
    origin.faults = Faults(status=401)
    with pytest.raises(Exception, match="password-asked"):
        mirror.listed(["refs/heads/main"])
    assert not ran.exists()


def test_a_call_that_takes_too_long_ends_with_all_it_started(origin: Origin, mirror_of: Callable[..., Mirror]) -> None:
    mirror = mirror_of(origin, limits=Limits(seconds=0.8))
    origin.faults = Faults(delay=60)
    before = time.monotonic()
    with pytest.raises(Exception, match="git/timeout"):
        mirror.listed(["refs/heads/main"])
    assert time.monotonic() - before < 10
    assert not _processes(origin.url)


def test_cancel_ends_a_call(
    origin: Origin, mirror_of: Callable[..., Mirror], slow_call: Callable[..., threading.Thread]
) -> None:
    cancel = threading.Event()
    use = mirror_of(origin, "cancelled")
    stoppable = Mirror(use.folder, use.remote, cancel=cancel)
    thread = slow_call(stoppable)
    _wait_for(lambda: _processes(origin.url))
    cancel.set()
    thread.join(20)
    assert not thread.is_alive()
    assert not _processes(origin.url)
    with pytest.raises(Exception, match="git/cancelled"):
        stoppable.listed(["refs/heads/main"])


def test_a_killed_git_takes_its_helpers_along(
    origin: Origin, mirror: Mirror, slow_call: Callable[..., threading.Thread]
) -> None:
    errors: list[BaseException] = []

    def call() -> None:
        try:
            mirror.listed(["refs/heads/main"])
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    origin.faults = Faults(delay=60)
    thread = threading.Thread(target=call)
    thread.start()
    helpers = _wait_for(lambda: [pid for pid, (argv, _) in _processes(origin.url).items() if "remote-https" in argv])
    (leader,) = [pid for pid, (argv, _) in _processes(origin.url).items() if argv.startswith("git\0--git-dir")]
    os.kill(leader, 9)
    thread.join(20)
    assert helpers
    assert not _processes(origin.url)
    assert [error.problems[0].code for error in errors] == ["git/killed"]  # type: ignore[attr-defined]
    origin.stop()


def test_secrets_are_not_arguments(
    origin: Origin, mirror_of: Callable[..., Mirror], slow_call: Callable[..., threading.Thread], tmp_path: Path
) -> None:
    file = tmp_path / "credentials"
    file.write_text("alice:s3cret")
    file.chmod(0o600)
    slow_call(mirror_of(origin, credentials=file))
    _wait_for(lambda: [1 for argv, _ in _processes(origin.url).values() if "remote-https" in argv])
    seen = _processes(origin.url)
    assert "YWxpY2U6czNjcmV0" in "".join(surroundings for _, surroundings in seen.values())
    for arguments, _ in seen.values():
        assert "s3cret" not in arguments
        assert "YWxpY2U6czNjcmV0" not in arguments


def test_limits_hold_for_git_and_what_it_starts(
    origin: Origin, mirror_of: Callable[..., Mirror], slow_call: Callable[..., threading.Thread]
) -> None:
    slow_call(mirror_of(origin, limits=Limits(file=1 << 20, memory=1 << 30, processor=99)))
    _wait_for(lambda: [1 for argv, _ in _processes(origin.url).values() if "remote-https" in argv])
    for pid in _processes(origin.url):
        lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
        limits = {line[:26].strip(): line[26:].split()[:2] for line in lines}
        assert limits["Max file size"] == ["1048576", "1048576"]
        assert limits["Max address space"] == [str(1 << 30)] * 2
        assert limits["Max cpu time"] == ["99", "99"]
        assert limits["Max core file size"] == ["0", "0"]


def test_where_the_host_allows_less_that_holds(mirror: Mirror) -> None:
    script = (
        "from pathlib import Path; from tiangong.git.child import run_git;"
        f"print(run_git(Path({mirror.repository.path!r}), ['config', 'core.bare']))"
    )
    limited = f'ulimit -f 1000; ulimit -v 2000000; ulimit -t 50; exec {sys.executable} -c "{script}"'
    done = subprocess.run(["sh", "-c", limited], capture_output=True, text=True, check=True)
    assert "code=0" in done.stdout
    assert "said=''" in done.stdout


def test_output_is_bounded(mirror: Mirror, commit: Callable[..., str]) -> None:
    big = commit(mirror.repository, {"big": b"x" * 3_000_000})
    ended = run_git(mirror.folder, ["cat-file", "blob", f"{big}:big"], limits=Limits(output=100_000))
    assert ended.cut == "output"
    assert len(ended.stdout) == 100_000
    whole = run_git(mirror.folder, ["cat-file", "blob", f"{big}:big"])
    assert whole.is_good
    assert len(whole.stdout) == 3_000_000


def test_output_that_came_at_once_is_bounded_too(mirror: Mirror, commit: Callable[..., str]) -> None:
    some = commit(mirror.repository, {"some": b"x" * 5000})
    ended = run_git(mirror.folder, ["cat-file", "blob", f"{some}:some"], limits=Limits(output=1000))
    assert (ended.cut, len(ended.stdout)) == ("output", 1000)


def test_relative_paths_mean_the_folder_we_are_in(
    origin: Origin, commit: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    remote = parse_remote(origin.url, ca=origin.ca.relative_to(tmp_path))
    assert Mirror(Path("relative"), remote).listed(["refs/heads/main"]) == {}
    assert (tmp_path / "relative" / "HEAD").is_file()


def test_what_git_says_is_redacted() -> None:
    said = "fatal: https://alice:pw@host/x and Authorization: Basic YWxpY2U6cHc= and t0ken (t0ken)"
    assert redact(said, ["t0ken"]) == "fatal: https://…@host/x and Authorization: Basic … and … (…)"


def test_path_without_relative_folders() -> None:
    assert git_path({"PATH": ".:/usr/bin::bin:/bin"}) == "/usr/bin:/bin"
    assert git_path({"PATH": "."}) == git_path({}) == child.TRUSTED_PATH


def test_no_git_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    child.check_git.cache_clear()
    with pytest.raises(Misuse, match="git/no-git"):
        child.check_git()
    with pytest.raises(Misuse, match="git/no-git"):
        run_git(tmp_path, ["version"])


def test_an_old_git_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.17.1\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    child.check_git.cache_clear()
    try:
        with pytest.raises(Misuse) as caught:
            child.check_git()
    finally:
        child.check_git.cache_clear()
    assert caught.value.problems[0].code == "git/too-old"
    assert caught.value.problems[0].facts["found"] == "2.17.1"


def test_ssh_takes_nothing_from_this_host(tmp_path: Path) -> None:
    remote = parse_remote(
        "ssh://git@forge.example/x", known_hosts=tmp_path / "known hosts", credentials=tmp_path / "100%"
    )
    command = ssh_command(remote, Limits())
    for word in (
        "-F /dev/null",
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        "ProxyCommand=none",
        "IdentityAgent=none",
    ):
        assert word in command
    shown = subprocess.run(
        ["sh", "-c", f"{command} -G forge.example"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    settings = dict(line.partition(" ")[::2] for line in shown)
    assert settings["userknownhostsfile"].strip('"') == str(tmp_path / "known hosts")
    assert settings["identityfile"].strip('"') in (str(tmp_path / "100%"), str(tmp_path / "100%%"))
    assert settings["stricthostkeychecking"] in ("yes", "true")
    assert settings["globalknownhostsfile"] == "/dev/null"
