"""Joining: the token that goes to an agent's host, and the agent's key that comes back and is signed (D16)."""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tiangong.author.clone import Clone
from tiangong.author.shelf import Shelf
from tiangong.documents.dump import dump, fields
from tiangong.errors import Misuse, Place, Refused
from tiangong.git.remote import LIKE_SCP, parse_remote
from tiangong.model.document import API_VERSION
from tiangong.model.environment import Agent, AgentKey, Environment
from tiangong.model.policy import TrustPolicy
from tiangong.trust.authority import keyring
from tiangong.trust.court import POLICY_PATH
from tiangong.trust.keys import parse_public
from tiangong.trust.tokens import Request, Token

OVERLAP = timedelta(days=7)
"""how long the key before a new one goes on counting (D16)"""
KNOWN_HOSTS_WITHIN = 10.0
LARGEST_KNOWN_HOSTS = 4096


# ── the token ────────────────────────────────────────────────────────────────────────────────────────────────────
def remote_url(clone: Clone, explicit: str | None) -> str:
    """Where agents fetch from: as given, else this clone's remote; Misuse when it is none that agents use (D32)."""
    url = explicit or clone.config("remote.origin.url")
    if not url:
        raise Misuse.of("join/no-url")
    if (found := LIKE_SCP.match(url)) and "://" not in url:
        url = f"ssh://{found['who']}/{found['path']}"
    place = Place("--url" if explicit else "remote.origin.url")
    return parse_remote(url, known_hosts=Path("known_hosts"), place=place).url


def token_of(shelf: Shelf, environment: str, url: str, now: datetime, within: timedelta) -> Token:
    """The token of an environment; Misuse when there is none, Refused when it isn't to be trusted."""
    path = environment_path(environment)
    if shelf.tree.entry(path) is None:
        known = [e.name for e in shelf.tree.folder("environments") if e.is_folder]
        raise Misuse.of("join/no-environment", Place(path), environment=environment, known=", ".join(known) or "none")
    if shelf.one(path, Environment) is None:
        raise Refused(*shelf.why_not(path))
    root = shelf.root
    return Token.model_validate(
        {
            "url": url,
            "repo": root.document.metadata.repo,
            "rootVersion": root.version,
            "rootDigest": root.digest,
            "environment": environment,
            "level": shelf.policy.document.spec.security_level,
            "expires": (now + within).replace(microsecond=0),
            "knownHosts": known_hosts(url),
        }
    )


def known_hosts(url: str) -> str:
    """Lines of this person's known_hosts about an ssh host, so that the agent's host needs no first trust."""
    parts = urlsplit(url)
    if parts.scheme != "ssh" or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]:{parts.port}" if parts.port and parts.port != 22 else parts.hostname
    try:
        found = subprocess.run(
            ["ssh-keygen", "-F", host],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=KNOWN_HOSTS_WITHIN,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = [line for line in found.stdout.splitlines() if line and not line.startswith("#")]
    text = "".join(f"{line}\n" for line in lines)
    return text if len(text) <= LARGEST_KNOWN_HOSTS else ""


# ── the agent's key ──────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Accepted:
    """An agent's document to be signed. `retiring`: fingerprints of keys that end, and when."""

    environment: str
    path: str
    raw: bytes
    fingerprint: str
    retiring: Mapping[str, datetime]


def accepting(shelf: Shelf, request: Request, now: datetime, overlap: timedelta = OVERLAP) -> Accepted | None:
    """What to sign so that an agent's key counts; None when it does already.

    Keys that counted so far end after `overlap`. Misuse for another repository or environment, Refused for a key that
    belongs to somebody else.
    """
    repo = shelf.root.document.metadata.repo or ""
    if request.repo != repo:
        raise Misuse.of("join/other-repo", found=request.repo, expected=repo)
    path = agent_path(request.environment)
    if shelf.one(environment_path(request.environment), Environment) is None:
        why = shelf.why_not(environment_path(request.environment))
        raise Refused(*why) if why else Misuse.of("join/no-environment", environment=request.environment, known="-")
    _check_key(shelf, request)
    key = parse_public(request.key)
    before = _agent(shelf, path)
    if any(_same(one.key, key.line) and _counts(one, now) for one in before):
        return None
    ends = now.replace(microsecond=0) + overlap
    kept = [one for one in before if not _same(one.key, key.line)]
    keys = [*(_ending(one, ends) for one in kept), AgentKey(key=key.line, **{"from": now.replace(microsecond=0)})]
    retiring = {parse_public(one.key).fingerprint: ends for one in kept if one.until is None or one.until > ends}
    metadata = {"name": request.environment}
    spec = {"keys": [fields(one) for one in keys]}
    raw = dump({"apiVersion": API_VERSION, "kind": "Agent", "metadata": metadata, "spec": spec})
    return Accepted(request.environment, path, raw, key.fingerprint, retiring)


def fingerprints(agent: Agent, now: datetime) -> list[str]:
    """Fingerprints of the keys that count now, the newest last."""
    return [parse_public(one.key).fingerprint for one in agent.spec.keys if _counts(one, now)]


def environment_path(name: str) -> str:
    """Where an environment stands."""
    return Environment.path.format(name=name)


def agent_path(environment: str) -> str:
    """Where an environment's agent stands."""
    return Agent.path.format(name=environment)


def _agent(shelf: Shelf, path: str) -> tuple[AgentKey, ...]:
    """The keys as they are signed now; Refused when there is a document and it isn't to be trusted."""
    found = shelf.one(path, Agent)
    if found is None and shelf.tree.entry(path) is not None:
        raise Refused(*shelf.why_not(path))
    return found.document.spec.keys if found else ()


def _check_key(shelf: Shelf, request: Request) -> None:
    """One key speaks for one: neither for a person of the policy, nor for another environment's agent (R6)."""
    blob = parse_public(request.key).blob
    owners = dict(_owners(shelf, request.environment))
    if blob in owners:
        raise Refused.of("join/shared-key", Place(agent_path(request.environment)), owner=owners[blob])


def _owners(shelf: Shelf, but: str) -> Iterator[tuple[bytes, str]]:
    policy: TrustPolicy = shelf.policy.document
    ring, _ = keyring(((name, person.keys) for name, person in policy.spec.people.items()), POLICY_PATH)
    yield from ring.items()
    for entry in shelf.tree.folder("environments"):
        found = shelf.one(agent_path(entry.name), Agent) if entry.is_folder and entry.name != but else None
        for key in found.document.spec.keys if found else ():
            yield parse_public(key.key).blob, f"the agent of {entry.name}"


def _ending(key: AgentKey, ends: datetime) -> AgentKey:
    if key.until is not None and key.until <= ends:
        return key
    return key.model_copy(update={"until": ends})


def _counts(key: AgentKey, now: datetime) -> bool:
    return (key.from_ is None or key.from_ <= now) and (key.until is None or now < key.until)


def _same(line: str, other: str) -> bool:
    return line.split()[:2] == other.split()[:2]
