"""Environments as an author sees them: a new one, the list, and one with every value and the file it came from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tiangong.author.joining import agent_path, environment_path, fingerprints
from tiangong.author.shelf import Shelf
from tiangong.author.starter import environment_file
from tiangong.documents.dump import fields
from tiangong.errors import Misuse, Place, Problem, Refused
from tiangong.model.environment import Agent, Environment, Installation, Profile
from tiangong.model.scalar import show_duration
from tiangong.model.stages import Desired, NamedWindows, Pins, Snapshot, Wish
from tiangong.planner.resolve import resolve
from tiangong.trust.verify import verify


@dataclass(frozen=True, slots=True)
class Listed:
    """One environment in short; `problems`: why its document isn't accepted."""

    name: str
    labels: Mapping[str, str]
    profiles: tuple[str, ...]
    installations: tuple[str, ...]
    agents: tuple[str, ...]
    """fingerprints of the keys of its agent that count now"""
    problems: tuple[Problem, ...] = ()
    state: Literal["active", "retired"] = "active"


@dataclass(frozen=True, slots=True)
class Value:
    """One resolved value, and the file it came from; empty = the tool's default."""

    field: str
    value: Any
    file: str


def new_environment(
    shelf: Shelf, name: str, profiles: Sequence[str], labels: Mapping[str, str], timezone: str
) -> tuple[str, bytes]:
    """Where a new environment stands, and its text; Misuse when it exists, or a profile or the zone doesn't."""
    path = environment_path(name)
    if shelf.tree.entry(f"environments/{name}") is not None:
        raise Misuse.of("env/exists", Place(path), environment=name)
    for profile in profiles:
        if shelf.one(f"profiles/{profile}.yaml", Profile) is None:
            why = shelf.why_not(f"profiles/{profile}.yaml")
            known = ", ".join(known_profiles(shelf)) or "none"
            raise Refused(*why) if why else Misuse.of("env/no-profile", profile=profile, known=known)
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        raise Misuse.of("env/no-zone", zone=timezone) from None
    _, text = environment_file(name, profiles=tuple(profiles), labels=labels, timezone=timezone)
    return path, text.encode()


def known_profiles(shelf: Shelf) -> list[str]:
    """Names of the profiles."""
    return [name.removesuffix(".yaml") for name in _yaml(shelf, "profiles")]


def listed(shelf: Shelf, now: datetime) -> Iterator[Listed]:
    """Every environment that has a folder, in order."""
    for entry in shelf.tree.folder("environments"):
        if entry.is_folder:
            yield one_listed(shelf, entry.name, now)


def one_listed(shelf: Shelf, name: str, now: datetime) -> Listed:
    """One environment in short, whether or not it is accepted."""
    path = environment_path(name)
    found, agent = shelf.one(path, Environment), shelf.one(agent_path(name), Agent)
    folder = f"environments/{name}/installations"
    documents = (shelf.one(f"{folder}/{one}", Installation) for one in _yaml(shelf, folder))
    return Listed(
        name=name,
        labels=found.document.metadata.labels if found else {},
        profiles=found.document.spec.profiles if found else (),
        installations=tuple(one.document.metadata.name for one in documents if one),
        agents=tuple(fingerprints(agent.document, now)) if agent else (),
        problems=() if found else shelf.why_not(path),
        state=found.document.spec.state if found else "active",
    )


def as_wished(shelf: Shelf, snapshot: Snapshot, name: str, now: datetime) -> Desired:
    """One environment as its agent would accept it; Misuse when there is none, Refused when it isn't to be trusted."""
    if shelf.tree.entry(environment_path(name)) is None:
        known = ", ".join(entry.name for entry in shelf.tree.folder("environments") if entry.is_folder) or "none"
        raise Misuse.of("join/no-environment", environment=name, known=known)
    repo = shelf.root.document.metadata.repo or ""
    return verify(snapshot, Pins(repo, name, shelf.root.version, shelf.root.digest), None, now)


def values(desired: Desired) -> Iterator[Value]:
    """Every resolved value of an environment, installation by installation."""
    here = desired.environment
    yield Value("profiles", list(here.document.spec.profiles), here.path)
    yield Value("labels", dict(here.document.metadata.labels), here.path)
    for name, wish in resolve(desired).items():
        yield from _of_wish(f"installations.{name}", wish)


def _of_wish(prefix: str, wish: Wish) -> Iterator[Value]:
    plain = {"product": wish.product, "channel": wish.channel, "timezone": wish.zone, "drift": wish.drift}
    plain["staleAfter"] = show_duration(wish.stale_after)
    plain |= {"state": "absent"} if wish.absent else {}
    for key, value in plain.items():
        yield Value(f"{prefix}.{key}", value, wish.origins.get(key, ""))
    for key, value in wish.config.items():
        yield Value(f"{prefix}.config.{key}", value, wish.origins.get(f"config.{key}", ""))
    own = f"environments/{wish.environment}/installations/{wish.name}.yaml"
    for versions, config in wish.overrides:
        yield Value(f"{prefix}.overrides[{versions}]", dict(config), own)
    for named in wish.windows:
        yield from _windows(f"{prefix}.windows", named)


def _windows(prefix: str, named: NamedWindows) -> Iterator[Value]:
    for allow in named.windows.allow:
        yield Value(f"{prefix}.allow.{allow.name}", f"{allow.cron} for {show_duration(allow.for_)}", named.path)
    for deny in named.windows.deny:
        yield Value(f"{prefix}.deny.{deny.name}", fields(deny), named.path)


def _yaml(shelf: Shelf, folder: str) -> list[str]:
    return [entry.name for entry in shelf.tree.folder(folder) if entry.name.endswith(".yaml")]
