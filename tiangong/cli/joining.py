"""What `env new` and `agent token|accept|list` do: tokens out, requests in, the roll of agents."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tiangong.author.clone import Clone
from tiangong.author.joining import OVERLAP, accepting, remote_url, token_of
from tiangong.author.shelf import Shelf
from tiangong.cli.clock import clock
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.output import Format, answers, complain, items, raw, say, tell
from tiangong.cli.reading import ago, local
from tiangong.cli.writing import Wanted, open_clone
from tiangong.errors import Misuse, Refused
from tiangong.fleet.statuses import Said
from tiangong.messages.spoken import text
from tiangong.model.answer import AgentKeySummary, AnswerMetadata
from tiangong.model.scalar import NAME, parse_duration
from tiangong.trust.keys import parse_public
from tiangong.trust.tokens import REQUEST, read_request, write_token

AGENTS = {"ENVIRONMENT": "name", "KEY": "fingerprint", "SINCE": "since", "UNTIL": "until", "HEARD": "heard"}
NOW = timedelta()


def duration(value: str) -> timedelta:
    """A length of time as typed; Misuse when it is none."""
    try:
        return parse_duration(value)
    except ValueError:
        raise Misuse.of("env/bad-time", value=value) from None


def token(environment: str, url: str | None, expires: str) -> None:
    """Print the token of an environment again."""
    clone = open_clone()
    within, address = duration(expires), remote_url(clone, url)
    print_token(clone, environment, address, within)


def print_token(clone: Clone, environment: str, url: str, within: timedelta) -> None:
    """The line that is run on the host; what it is for goes to stderr."""
    made = token_of(Shelf(head_of(clone)), environment, url, clock(), within)
    tell("join/on-host", environment=environment, until=local(made.expires))
    if url.startswith("ssh:") and not made.known_hosts:
        tell("join/hosts-unknown", host=url.split("/")[2].rpartition("@")[2])
    raw(text("join/command", token="") + write_token(made))


@dataclass(frozen=True, slots=True)
class Landing:
    """How the acceptance is to be signed and land, as typed."""

    push: bool
    branch: str | None
    key: Path | None
    person: str | None


def accept(request_line: str, landing: Landing, *, replace: bool, ask: bool) -> None:
    """Show whose key it is, sign it into the environment's agent.yaml, commit."""
    is_name = re.fullmatch(NAME, request_line) and not request_line.startswith(REQUEST)
    request = read_request(announced(request_line) if is_name else request_line)
    clone = open_clone()
    found = accepting(Shelf(head_of(clone)), request, clock(), NOW if replace else OVERLAP)
    if found is None:
        fingerprint = parse_public(request.key).fingerprint
        say("join/already", fingerprint=fingerprint, environment=request.environment)
        return
    say("join/accept", environment=found.environment, fingerprint=found.fingerprint)
    tell("join/compare")
    for fingerprint, until in found.retiring.items():
        say("join/retires", fingerprint=fingerprint, until=local(until))
    wanted = Wanted(f"Accept the agent of {found.environment}", push=landing.push, branch=landing.branch)
    signers = Signers(landing.key, landing.person)
    if land_documents(clone, {found.path: found.raw}, wanted, signers, ask=ask):
        say("join/next")


def announced(environment: str) -> str:
    """The request of the key an agent announces; Misuse when it announces none, Refused when it isn't its word."""
    from tiangong.cli.reading import open_fleet

    fleet, away = open_fleet(offline=False)
    if away:
        complain(away)
    said = fleet.one(environment, clock())
    if said.status is None:
        raise Refused(*said.problems)
    line = said.status.spec.next_key
    if not line:
        raise Misuse.of("join/nothing-announced", environment=environment)
    request = read_request(line)
    if request.environment != environment:
        raise Misuse.of("join/other-environment", environment=environment, found=request.environment)
    return line


def agents(form: Format, *, offline: bool) -> None:
    """Every key of every agent, as agents see them: on the remote's main as last fetched."""
    from tiangong.cli.reading import open_fleet

    fleet, away = open_fleet(offline=offline)
    now = clock()
    heard = list(fleet.all(now))
    found = [one for said in heard for one in _keys(said)]
    if form is not Format.TABLE:
        answers(found, form)
    elif found:
        items([_row(one, now) for one in found], form, columns=AGENTS)
    else:
        tell("join/no-agents")
    for said in heard:
        if said.status and said.status.spec.next_key:
            tell("join/announces", environment=said.environment)
    if away:
        raise away


def _keys(said: Said) -> list[AgentKeySummary]:
    name = AnswerMetadata(name=said.environment, labels=dict(said.labels))
    return [
        AgentKeySummary(
            metadata=name,
            fingerprint=parse_public(key.key).fingerprint,
            since=key.from_,
            until=key.until,
            heard=said.heard,
        )
        for key in (said.agent.spec.keys if said.agent else ())
    ]


def _row(one: AgentKeySummary, now: datetime) -> dict[str, Any]:
    return {
        "name": one.metadata.name,
        "fingerprint": one.fingerprint,
        "since": local(one.since) if one.since else None,
        "until": local(one.until) if one.until else None,
        "heard": ago(max(now - one.heard, timedelta())) if one.heard else text("join/never"),
    }
