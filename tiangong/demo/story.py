"""The demo from start to end: everything people would do, by the commands they would use, and agents that really act.

Nothing here knows how a release is published or a plan is made: it starts processes, runs `tiangong` and waits for
what the agents say in their signed status.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from tiangong.demo.folder import ENVIRONMENTS, Folder, Processes, free_port
from tiangong.demo.material import change_app, control_files, write_app
from tiangong.errors import Away, Failed, Place, problem
from tiangong.fleet.clone import find_clone
from tiangong.fleet.refresh import refresh_environment
from tiangong.fleet.statuses import Fleet
from tiangong.model.status import InstallationStatus

PERSON, PRODUCT = "alice", "shop"
PIPELINE = (("dev", ""), ("staging", "canary"), ("prod", "stable"))
"""environment → the channel a release has to be promoted to for it; the first channel holds every release"""
VERSIONS = ("1.0.0", "1.1.0")
ARRIVES_WITHIN = 45.0
ORIGIN_WITHIN = 15.0
LOOK_EVERY = 0.2


class Tell(Protocol):
    """Shows progress: a code of the catalogue with its facts; `passing` ones may be overwritten by the next."""

    def __call__(self, code: str, /, *, passing: bool = False, **facts: str | int) -> None:
        """Show one line."""
        ...


def play(folder: Folder, tell: Tell) -> None:
    """Build the demo, send two releases through the whole pipeline, and stop everything; leaves the folder as it is."""
    folder.create({name: free_port() for name in ("origin", *ENVIRONMENTS)})
    processes = Processes(folder)
    try:
        _set_up(folder, processes, tell)
        for version in VERSIONS:
            _send(folder, processes, version, tell)
    finally:
        processes.stop()


def resume(folder: Folder, tell: Tell, stopped: threading.Event) -> None:
    """Start the origin and the agents again and keep them running until `stopped` is set."""
    folder.ports()
    processes = Processes(folder)
    processes.stop_leftovers()
    try:
        _start_origin(folder, processes, tell)
        _start_agents(folder, processes, tell)
        tell("demo/serving", urls=", ".join(shop_url(folder, environment) for environment in ENVIRONMENTS))
        while not stopped.wait(LOOK_EVERY) and processes.wanted:
            processes.check()
    finally:
        processes.stop()


def shop_url(folder: Folder, environment: str) -> str:
    """Where the shop of an environment answers."""
    return f"http://127.0.0.1:{folder.ports()[environment]}/"


# ── parts of the story ───────────────────────────────────────────────────────────────────────────────────────
def _set_up(folder: Folder, processes: Processes, tell: Tell) -> None:
    _start_origin(folder, processes, tell)
    _found(folder, tell)
    write_app(folder)
    with ThreadPoolExecutor(len(ENVIRONMENTS)) as hosts:
        requests = hosts.map(lambda environment: _join(folder, environment), ENVIRONMENTS)
        for environment, request in zip(ENVIRONMENTS, requests, strict=True):
            _tiangong(folder.control, "agent", "accept", request, "--yes", "--push")
            tell("demo/joined", environment=environment)
    _start_agents(folder, processes, tell)


def _start_origin(folder: Folder, processes: Processes, tell: Tell) -> None:
    port = folder.ports()["origin"]
    log = folder.root / "origin.log"
    processes.start("origin", ["tiangong.testing.origin", str(folder.origin), "--port", str(port)], log)
    waited = time.monotonic()
    while not _answers(port):
        processes.check()
        if time.monotonic() - waited > ORIGIN_WITHIN:
            raise Failed.of("demo/origin-silent", Place(str(folder.origin)), seconds=ORIGIN_WITHIN, log=str(log))
        time.sleep(LOOK_EVERY / 4)
    # Stronger than `http.sslCAInfo` of the clone; where it is set already, git would not believe the throw-away CA.
    os.environ["GIT_SSL_CAINFO"] = str(folder.ca)
    tell("demo/origin", url=folder.url)


def _start_agents(folder: Folder, processes: Processes, tell: Tell) -> None:
    for environment in ENVIRONMENTS:
        host = folder.host(environment)
        arguments = ["tiangong", "agent", "run", "--settings", str(folder.settings(environment))]
        processes.start(f"agent of {environment}", arguments, host / "agent.log")
    tell("demo/agents")


def _found(folder: Folder, tell: Tell) -> None:
    """Alice makes the control repository from the example, signs it and pushes it."""
    from tiangong.author.found import found
    from tiangong.author.keys import key_at

    _run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", PERSON, "-f", str(folder.key(PERSON))], folder.root)
    files = control_files(folder, folder.ports())
    found(folder.control, files, PERSON, key_at(folder.key(PERSON)), now())
    _git(folder, "remote", "add", "origin", folder.url)
    _git(folder, "config", f"http.{folder.url}.sslCAInfo", str(folder.ca))
    _git(folder, "push", "--quiet", "--set-upstream", "origin", "main")
    documents = sum(1 for path in files if path.endswith(".yaml"))
    tell("demo/repository", count=documents, person=PERSON)


def _join(folder: Folder, environment: str) -> str:
    """The first two commands of joining (D16): a token, and the host's answer to it, which is returned."""
    host = folder.host(environment)
    token = _last_word(_tiangong(folder.control, "agent", "token", environment), "tg1-")
    joined = _tiangong(
        host,
        *("agent", "join", token, "--settings", str(folder.settings(environment)), "--state", str(host / "state")),
        *("--ca", str(folder.ca), "--plugin", "shell", "--every", "1s"),
    )
    return _last_word(joined, "tgr1-")


def _send(folder: Folder, processes: Processes, version: str, tell: Tell) -> None:
    """Publish one release and let it pass through the pipeline, environment by environment."""
    if version != VERSIONS[0]:
        change_app(folder)
    publish = ("release", "publish", "--version", version, "--product", PRODUCT, "--yes", "--push")
    _tiangong(folder.app, *publish, "--repo", str(folder.control))
    tell("demo/published", version=version, person="release")
    for environment, channel in PIPELINE:
        if channel:
            promote = ("promote", f"{PRODUCT}@{version}", "--to", channel, "--as", "promoter", "--yes", "--push")
            _tiangong(folder.control, *promote)
            tell("demo/promoted", version=version, channel=channel.upper(), person="promoter")
        _wait(folder, processes, environment, version, tell)


def _wait(folder: Folder, processes: Processes, environment: str, version: str, tell: Tell) -> None:
    """Look at the signed status of an environment, as anybody with a clone can, until it has the version."""
    fleet = Fleet(find_clone(folder.control, {}))
    started, state, said = time.monotonic(), "", None
    while True:
        processes.check()
        try:
            refresh_environment(fleet.clone, environment)
        except Away as error:
            state = error.problems[0].code
        else:
            now = datetime.now(UTC)  # noqa: TID251 -- the age of a status is asked of the real clock
            status = fleet.one(environment, now).status
            said = next((i for i in status.spec.installations if i.name == PRODUCT), None) if status else None
        if said and said.version == version and said.health == "Healthy":
            tell("demo/arrived", environment=environment, version=version, url=shop_url(folder, environment))
            return
        if (news := _state(said)) != state:
            state = news
            code = "demo/waiting" if state else "demo/no-word"
            tell(code, environment=environment, version=version, state=state, passing=True)
        if time.monotonic() - started > ARRIVES_WITHIN:
            raise _too_slow(folder, environment, version, state)
        time.sleep(LOOK_EVERY)


def _too_slow(folder: Folder, environment: str, version: str, state: str) -> Failed:
    host = folder.host(environment)
    facts = {"environment": environment, "version": version, "state": state or "-", "log": str(host / "agent.log")}
    return Failed(problem("demo/too-slow", Place(str(host)), seconds=int(ARRIVES_WITHIN), **facts))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def now() -> datetime:
    """What the clock says; a demo happens now."""
    return datetime.now(UTC)  # noqa: TID251 -- as said


def _state(said: InstallationStatus | None) -> str:
    """Version, health, and verdict or `running`, as the status has them; empty without one."""
    if said is None:
        return ""
    running = said.run is not None and said.run.result == "running"
    return f"{said.version or '-'}, {said.health}, {'running' if running else said.verdict}"


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────
def _tiangong(cwd: Path, *arguments: str) -> str:
    """Run `tiangong` as a person would; Failed with its last words when it did not work."""
    return _run([sys.executable, "-m", "tiangong", *arguments], cwd, shown="tiangong")


def _git(folder: Folder, *arguments: str) -> None:
    _run(["git", *arguments], folder.control)


def _run(command: Sequence[str], cwd: Path, *, shown: str = "") -> str:
    quiet = {name: value for name, value in os.environ.items() if name != "TIANGONG_REPO"}
    done = subprocess.run(
        command, cwd=cwd, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = [shown, *command[3:5]] if shown else command[:1]
        why = done.stderr.strip() or done.stdout.strip()
        raise Failed.of("demo/command-failed", Place(str(cwd)), command=" ".join(words), code=done.returncode, why=why)
    return done.stdout


def _last_word(output: str, prefix: str) -> str:
    """The word that starts with a prefix in what a command printed."""
    return next(word for word in output.split() if word.startswith(prefix))
