"""What each environment would run: whether its config covers the newest release, and the steps make sense there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from typing import Any

from tiangong.act.capabilities import capabilities_of
from tiangong.author.lint.books import Books
from tiangong.documents.paths import names_in
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.executors.registry import GROUP, PluginSettings, Registry
from tiangong.model.environment import Environment, Installation, InstallEntry, Profile
from tiangong.model.product import Fleet, Product, Promotion, Release
from tiangong.model.stages import Refusal, Signed, Step, Vault, Wish
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.constraints.envelope import outside
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.planner.substitute import unsafe_in_shell
from tiangong.planner.versions import versions_on

ELSEWHERE = ("plan/unknown-product", "plan/unknown-channel", "plan/unknown-profile")
"""said once, where the name stands"""


@dataclass(frozen=True, slots=True)
class Supposed:
    """The documents of one environment as if all were signed; lint looks at it as the planner looks at a `Desired`."""

    environment: Signed[Environment]
    fleet: Signed[Fleet]
    profiles: Mapping[str, Signed[Profile]]
    installations: Mapping[str, Signed[Installation]]
    products: Mapping[str, Signed[Product]]
    releases: Mapping[str, Mapping[str, Signed[Release]]]
    promotions: Mapping[str, Mapping[str, Mapping[str, Signed[Promotion]]]]
    refusals: tuple[Refusal, ...] = ()
    vault: Vault = field(default_factory=Vault)


def outlook(books: Books) -> Iterator[Problem]:
    """Everything that would hold an installation for reasons that stand in the repository."""
    for path, release in books.all(Release).items():
        yield from _shell(path, release.document)
    host = _here()
    for environment in _supposed(books):
        for wish in resolve(environment).values():
            yield from (found for found in wish.problems if found.code not in ELSEWHERE)
            yield from () if wish.absent else _newest(books, environment, wish, host)


def _shell(path: str, release: Release) -> Iterator[Problem]:
    for part, steps in (("steps", release.spec.steps), ("uninstall", release.spec.uninstall)):
        for index, step in enumerate(steps):
            if step.executor == "shell":
                yield from unsafe_in_shell(step.with_, Place(path), f"spec.{part}[{index}].with")


def _here() -> Capabilities:
    """Every executor that is installed on this machine, as it is without configuration."""
    names = sorted({point.name for point in entry_points(group=GROUP)})
    return capabilities_of(Registry([PluginSettings(type=name) for name in names]))


def _supposed(books: Books) -> Iterator[Supposed]:
    fleet = books.all(Fleet).get("tiangong.yaml")
    if fleet is None:
        return
    products, profiles = books.named(Product), books.named(Profile)
    releases: dict[str, dict[str, Signed[Release]]] = {}
    for path, release in books.all(Release).items():
        names = names_in("Release", path)
        releases.setdefault(names["product"], {})[names["version"]] = release
    promotions: dict[str, dict[str, dict[str, Signed[Promotion]]]] = {}
    for path, promotion in books.all(Promotion).items():
        names = names_in("Promotion", path)
        by_channel = promotions.setdefault(names["product"], {}).setdefault(names["channel"], {})
        by_channel[names["version"]] = promotion
    installations: dict[str, dict[str, Signed[Installation]]] = {}
    for one in books.all(Installation).values():
        metadata = one.document.metadata
        installations.setdefault(metadata.environment or "", {})[metadata.name] = one
    for name, environment in books.named(Environment).items():
        mine = {name: profiles[name] for name in environment.document.spec.profiles if name in profiles}
        here = installations.get(name, {})
        yield Supposed(environment, fleet, mine, here, products, releases, promotions)


def _newest(books: Books, environment: Supposed, wish: Wish, host: Capabilities) -> Iterator[Problem]:
    """What is wrong with the newest release on the channel, in this environment."""
    versions = versions_on(environment, wish.product, wish.channel) if wish.product and wish.channel else []
    release = environment.releases.get(wish.product, {}).get(versions[0]) if versions else None
    if release is None:
        return
    prepared = prepare(wish, release)
    yield from (_of_origin(environment, wish, found) for found in prepared.problems)
    if prepared.problems:
        return
    for part, steps in (("steps", prepared.steps), ("uninstall", prepared.uninstall)):
        for index, step in enumerate(steps):
            yield from _step(books, wish, release, ("spec", part, index, "with"), step, host)


def _of_origin(environment: Supposed, wish: Wish, found: Problem) -> Problem:
    """Config that comes from a profile stands in an entry of its list."""
    place = found.place
    if place is None or not place.field.startswith("spec.config.") or not place.path.startswith("profiles/"):
        return found
    profile = next((one for one in environment.profiles.values() if one.path == place.path), None)
    entries = profile.document.spec.install if profile else ()
    index = next((i for i, entry in enumerate(entries) if _name(entry) == wish.name), None)
    field = place.field.replace("spec.", f"spec.install[{index}].", 1) if index is not None else "spec.install"
    return replace(found, place=Place(place.path, field=field))


def _name(entry: InstallEntry) -> str:
    return entry.name or entry.product


def _step(
    books: Books, wish: Wish, release: Signed[Release], at: tuple[Any, ...], step: Step, host: Capabilities
) -> Iterator[Problem]:
    """What the executor says of a step, where it is installed; and whether the step keeps inside the envelope."""
    if step.executor not in host.names:
        return
    try:
        effects = replace(host.effects(step), user=None)
    except Misuse as error:
        for found in error.problems:
            field = str(found.facts.get("field") or "")
            parts = [int(part) if part.isdigit() else part for part in field.split(".") if field != "it"]
            yield problem(found.code, books.place(release.path, *at, *parts), **found.facts)
        return
    for found in outside(effects, wish.envelopes, step.executor, step.name):
        where = Place(f"environments/{wish.environment}/environment.yaml")
        yield replace(found, place=where)
