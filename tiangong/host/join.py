"""Joins a host to an environment (D16): a token in, the agent's key and `agent.yaml` on disk, a request out.

May be run again: the key and the file are kept, and the same request comes out. Nothing of another environment's agent
is ever touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from tiangong.documents.dump import dump
from tiangong.errors import Failed, Misuse, Place
from tiangong.executors.registry import ALIASES, ENABLED_BY_DEFAULT, GROUP
from tiangong.git.remote import parse_remote
from tiangong.model.host import DEFAULT_STATE
from tiangong.model.scalar import parse_duration
from tiangong.report.keyfile import make_key, write_whole
from tiangong.report.signer import read_key
from tiangong.settings import AgentSettings, read_settings
from tiangong.trust.tokens import Token, read_token, write_request


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked for."""

    token: str
    settings: Path
    state: Path | None = None
    credentials: Path | None = None
    ca: Path | None = None
    plugins: tuple[str, ...] = ()
    every: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of it, for the operator to carry on with."""

    request: str
    public: str
    fingerprint: str
    key: Path
    key_made: bool
    settings_written: bool


def join(wanted: Wanted, now: datetime) -> Joined:
    """Make key and file where there are none yet, and return the request; Misuse before anything is touched."""
    token = read_token(wanted.token, now)
    known = _known(wanted.settings, token)
    state = known.state if known else (wanted.state or DEFAULT_STATE).absolute()
    document = {} if known else _document(wanted, token, state)
    _private_folder(state)
    key = state / "key"
    key_made = not key.exists()
    signer = make_key(key, token.environment) if key_made else read_key(key)
    if known is None:
        if token.known_hosts:
            write_whole(state / "known_hosts", token.known_hosts.encode(), 0o644)
        write_whole(wanted.settings, dump(document), 0o644)
        read_settings(wanted.settings)
    line = f"{signer.public.line}"
    return Joined(
        request=write_request(token.environment, token.repo, line, signer.private),
        public=f"{line} tiangong-agent-{token.environment}",
        fingerprint=signer.public.fingerprint,
        key=key,
        key_made=key_made,
        settings_written=known is None,
    )


def _known(path: Path, token: Token) -> AgentSettings | None:
    """The file that is there already; Misuse when it is another environment's, or pins something else."""
    if not path.exists():
        return None
    settings = read_settings(path)
    (well,) = settings.wells
    if (settings.environment, well.repo) != (token.environment, token.repo):
        raise Misuse.of("agent/other-environment", Place(str(path)), found=settings.environment, repo=well.repo)
    newer = token.root_version != well.root.version
    if well.git != token.url or (not newer and well.root.digest != token.root_digest):
        raise Misuse.of("agent/other-pins", Place(str(path)), path=str(path))
    return settings


def _document(wanted: Wanted, token: Token, state: Path) -> Mapping[str, Any]:
    """`agent.yaml` as it will be; everything that was typed is checked first."""
    ssh = token.url.startswith("ssh:")
    credentials = _file(wanted.credentials, "--credentials") or (state / "key" if ssh else None)
    known_hosts = state / "known_hosts" if ssh and token.known_hosts else None
    ca = _file(wanted.ca, "--ca")
    parse_remote(token.url, ca=ca, credentials=credentials, known_hosts=known_hosts)
    source: dict[str, Any] = {"git": token.url}
    if wanted.every is not None:
        source["every"] = _every(wanted.every)
    source |= {
        "repo": token.repo,
        "root": {"version": token.root_version, "digest": token.root_digest},
        "level": token.level,
    }
    if credentials:
        source["credentials"] = {"file": str(credentials)}
        if known_hosts:
            source["credentials"]["knownHosts"] = str(known_hosts)
    plugins = [{"type": type_, "enabled": True} for type_ in map(_plugin, wanted.plugins)]
    return {
        "environment": token.environment,
        "source": source,
        **({"network": {"ca": str(ca)}} if ca else {}),
        **({"plugins": plugins} if plugins else {}),
        "state": str(state),
    }


def _file(path: Path | None, option: str) -> Path | None:
    if path is None:
        return None
    try:
        with path.open("rb"):
            return path.absolute()
    except OSError as error:
        raise Misuse.of("agent/no-file", option=option, path=str(path), why=error.strerror or str(error)) from None


def _every(value: str) -> str:
    try:
        parse_duration(value)
    except ValueError:
        raise Misuse.of("agent/bad-every", value=value) from None
    return value


def _plugin(type_: str) -> str:
    known = sorted({*(point.name for point in entry_points(group=GROUP)), *ENABLED_BY_DEFAULT})
    if ALIASES.get(type_, type_) not in known:
        raise Misuse.of("agent/no-plugin", type=type_, known=", ".join(known))
    return type_


def _private_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failed.of("agent/cant-write", Place(str(path)), why=error.strerror or str(error)) from None
