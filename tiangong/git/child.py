"""Runs the git binary so that neither this host's surroundings nor the other side decide what it does.

House rules: the environment is written from nothing; every call has a clock, bounds on output, file size, memory and
processor time, and a process group that ends with it; secrets go in by environment or file, never by argument, and
nothing git says leaves this file before they are taken out.
"""

import functools
import os
import re
import selectors
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tiangong.errors import Misuse
from tiangong.git.remote import Remote, authorization, check_files, secrets

if TYPE_CHECKING:
    from tiangong.ports import CancelToken

SHELL = "/bin/sh"
LIMITED = '{ ulimit -c 0; ulimit -f "$1"; ulimit -v "$2"; ulimit -t "$3"; } 2>/dev/null; shift 3; exec "$@"'
"""a limit that can't be set is one this host has set lower already, and that one holds"""
TICK = 0.2
SHORTEST = 0.0005
GRACE = 2.0
CHUNK = 1 << 16
TRUSTED_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

OLDEST_GIT = (2, 34)
"""the oldest that distributions still mend; older than 2.31 would pass over what its environment says"""

SETTINGS: Mapping[str, str] = {
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.ssh.allow": "always",
    "protocol.version": "2",
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.bigFileThreshold": "1m",
    "core.alternateRefsCommand": ":",
    "credential.helper": "",
    "http.followRedirects": "false",
    "http.sslVerify": "true",
    "http.emptyAuth": "false",
    "http.delegation": "none",
    "http.saveCookies": "false",
    "transfer.credentialsInUrl": "die",
    "transfer.bundleURI": "false",
    "transfer.fsckObjects": "true",
    "fetch.unpackLimit": "1",
    "fetch.recurseSubmodules": "false",
    "fetch.writeCommitGraph": "false",
    "push.recurseSubmodules": "no",
    "push.followTags": "false",
    "push.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "pack.threads": "1",
    "pack.windowMemory": "64m",
    "safe.bareRepository": "explicit",
    "ssh.variant": "ssh",
}
"""what git would otherwise take from files on this host (G3)"""

JUDGED_BY_PATH = (
    *("badFilemode", "duplicateEntries", "emptyName", "fullPathname", "hasDot", "hasDotdot", "hasDotgit", "nullSha1"),
    *("treeNotSorted", "zeroPaddedFilemode", "gitattributesBlob", "gitattributesLarge", "gitattributesLineLength"),
    *("gitattributesMissing", "gitmodulesBlob", "gitmodulesLarge", "gitmodulesMissing", "gitmodulesName"),
    *("gitmodulesParse", "gitmodulesPath", "gitmodulesSymlink", "gitmodulesUpdate", "gitmodulesUrl"),
    *("missingSpaceBeforeDate", "badTimezone", "zeroPaddedDate"),
)
"""what git checks because a work tree could be harmed: there is none, and reading refuses such a path by itself (G4)"""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one call of git. Bytes and seconds; `slow_bytes` a second for `slow_seconds` is too slow."""

    seconds: float = 600.0
    output: int = 32 << 20
    file: int = 2 << 30
    memory: int = 4 << 30
    processor: int = 600
    slow_bytes: int = 1000
    slow_seconds: int = 30


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call of git ended. `said`: stderr without secrets. `cut`: what it ran into: time, output, size, cancel."""

    code: int
    stdout: bytes
    said: str
    cut: str = ""

    @property
    def is_good(self) -> bool:
        """Tell whether it did what it was asked."""
        return self.code == 0 and not self.cut


def git_path(environ: Mapping[str, str]) -> str:
    """Where git and ssh are searched: absolute folders of PATH."""
    folders = [one for one in environ.get("PATH", "").split(os.pathsep) if one.startswith("/")]
    return os.pathsep.join(folders) or TRUSTED_PATH


@functools.cache
def check_git() -> tuple[int, ...]:
    """Return the version of git; Misuse when there is none, or one that doesn't know what keeps it harmless (G8)."""
    try:
        said = subprocess.run(
            ("git", "version"), env={"PATH": git_path(os.environ)}, capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Misuse.of("git/no-git", why=str(error)) from None
    version = tuple(int(part) for part in re.findall(rb"\d+", said.stdout)[:3])
    if version < OLDEST_GIT:
        shown, oldest = (".".join(map(str, one)) for one in (version, OLDEST_GIT))
        raise Misuse.of("git/too-old", found=shown or "unknown", oldest=oldest)
    return version


def run_git(
    git_dir: Path,
    words: Sequence[str],
    remote: Remote | None = None,
    limits: Limits | None = None,
    cancel: "CancelToken | None" = None,
) -> Ended:
    """Run one git command on a bare repository. Misuse when git, or a file the remote names, isn't there."""
    limits = limits or Limits()
    header = None
    if remote is not None:
        check_files(remote)
        header = authorization(remote)
    argv = [SHELL, "-c", LIMITED, "git", *_bounds(limits), "git", f"--git-dir={git_dir.absolute()}", *words]
    env = environment(remote, header, limits)
    try:
        child = subprocess.Popen(
            argv,
            env=env,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise Misuse.of("git/no-git", why=error.strerror or str(error)) from None
    stdout, stderr, cut = _attend(child, limits, cancel)
    if child.returncode == 127 and b"git: not found" in stderr:
        raise Misuse.of("git/no-git", why="there is none in " + env["PATH"])
    hidden = secrets(remote, header) if remote is not None else ()
    return Ended(child.returncode, stdout, redact(stderr.decode("utf-8", "replace"), hidden), cut)


def environment(remote: Remote | None, header: str | None, limits: Limits) -> dict[str, str]:
    """Everything git sees of this host. Settings go in by environment too: an argument would show in `ps` (G6)."""
    settings = dict(SETTINGS) | {f"fetch.fsck.{name}": "ignore" for name in JUDGED_BY_PATH}
    settings["http.lowSpeedLimit"] = str(limits.slow_bytes)
    settings["http.lowSpeedTime"] = str(limits.slow_seconds)
    settings["http.proxy"] = (remote.proxy if remote else None) or ""
    if remote is not None and remote.ca is not None:
        settings["http.sslCAInfo"] = str(remote.ca.absolute())
    pairs = list(settings.items())
    if header:
        pairs.append(("http.extraHeader", header))
    return {
        "PATH": git_path(os.environ),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "SSH_ASKPASS": "/bin/false",
        "SSH_ASKPASS_REQUIRE": "never",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_SSH_COMMAND": ssh_command(remote, limits),
        "GIT_CONFIG_COUNT": str(len(pairs)),
        **{f"GIT_CONFIG_KEY_{i}": key for i, (key, _) in enumerate(pairs)},
        **{f"GIT_CONFIG_VALUE_{i}": value for i, (_, value) in enumerate(pairs)},
    }


def ssh_command(remote: Remote | None, limits: Limits) -> str:
    """The ssh git starts: no file of a user's or the host's counts, nothing is asked, only listed keys are believed."""
    if remote is None or not remote.is_ssh:
        return "/bin/false"
    options = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": _quoted(remote.known_hosts),
        "GlobalKnownHostsFile": "/dev/null",
        "UpdateHostKeys": "no",
        "ProxyCommand": "none",
        "ForwardAgent": "no",
        "ForwardX11": "no",
        "ClearAllForwardings": "yes",
        "ControlPath": "none",
        "PermitLocalCommand": "no",
        "EscapeChar": "none",
        "IdentityAgent": "none",
        "IdentitiesOnly": "yes",
        "IdentityFile": _quoted(remote.credentials),
        "ConnectTimeout": str(limits.slow_seconds),
        "ServerAliveInterval": "10",
        "ServerAliveCountMax": "3",
        "LogLevel": "ERROR",
    }
    return shlex.join(["ssh", "-F", "/dev/null", *(word for o in options.items() for word in ("-o", "=".join(o)))])


def _quoted(path: Path | None) -> str:
    """A path as a value of an option of ssh, which would split it at spaces and read % as its own."""
    return '"' + str(path.absolute()).replace("%", "%%") + '"' if path is not None else "none"


def redact(said: str, hidden: Sequence[str]) -> str:
    """Take known secrets, passwords in addresses and authorization headers out of what a program said."""
    for secret in hidden:
        said = said.replace(secret, "…")
    said = re.sub(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]*@", r"\1…@", said)
    return re.sub(r"(?i)(authorization:\s*\w+\s+)\S+", r"\1…", said)


def _bounds(limits: Limits) -> tuple[str, str, str]:
    return str(max(1, limits.file // 512)), str(max(1, limits.memory // 1024)), str(limits.processor)


def _attend(child: "subprocess.Popen[bytes]", limits: Limits, cancel: "CancelToken | None") -> tuple[bytes, bytes, str]:
    """Read what the child says until it ends or has to; its whole group is gone when this returns."""
    deadline = time.monotonic() + limits.seconds
    assert child.stdout is not None  # noqa: S101 -- opened as pipes
    assert child.stderr is not None  # noqa: S101
    heard: dict[IO[bytes], bytearray] = {child.stdout: bytearray(), child.stderr: bytearray()}
    cut = ""
    pause = TICK
    try:
        with selectors.DefaultSelector() as selector:
            for pipe in heard:
                selector.register(pipe, selectors.EVENT_READ)
            while not cut and not _has_ended(child):
                pause = TICK if selector.get_map() else min(TICK, pause * 2 if pause < TICK else SHORTEST)
                _listen(selector, heard, min(pause, max(0.0, deadline - time.monotonic())))
                cut = _why_stop(deadline, cancel, full=sum(map(len, heard.values())) > limits.output)
            _end(child, politely=bool(cut))
            drained = time.monotonic() + GRACE
            while selector.get_map() and time.monotonic() < drained:
                _listen(selector, heard, TICK)
            cut = cut or ("output" if sum(map(len, heard.values())) > limits.output else "")
    finally:
        _end(child, politely=False)
        child.stdout.close()
        child.stderr.close()
    return bytes(heard[child.stdout][: limits.output]), bytes(heard[child.stderr][: limits.output]), cut


def _listen(selector: selectors.BaseSelector, heard: Mapping[IO[bytes], bytearray], pause: float) -> None:
    if not selector.get_map():
        time.sleep(pause)
        return
    for key, _ in selector.select(pause):
        pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]
        chunk = os.read(key.fd, CHUNK)
        heard[pipe].extend(chunk)
        if not chunk:
            selector.unregister(pipe)


def _why_stop(deadline: float, cancel: "CancelToken | None", *, full: bool) -> str:
    if full:
        return "output"
    if cancel is not None and cancel.is_set():
        return "cancel"
    return "time" if time.monotonic() >= deadline else ""


def _has_ended(child: "subprocess.Popen[bytes]") -> bool:
    """Look without reaping, so that the group's number stays taken until the group is gone."""
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(child: "subprocess.Popen[bytes]", *, politely: bool) -> None:
    """End the whole group; git takes its lock files and half-written packs along when asked politely."""
    if child.returncode is not None:
        return
    if politely:
        os.killpg(child.pid, signal.SIGTERM)
        patience = time.monotonic() + GRACE
        while time.monotonic() < patience and not _has_ended(child):
            time.sleep(0.01)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
