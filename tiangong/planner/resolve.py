"""Profiles, environment and installation files merged into wishes by the table of D4. Pure.

Nearest wins: product < profiles as listed (later wins) < environment < installation. Allow windows of different
documents intersect, deny windows unite, envelopes intersect. `origins` says which document each value came from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tiangong.documents.paths import names_in
from tiangong.errors import Place, Problem, problem
from tiangong.model.environment import Drift, Envelope, Environment, InstallEntry, Windows
from tiangong.model.stages import NamedWindows, Signed, Wish
from tiangong.planner.declared import Declared

DEFAULT_ZONE = "UTC"
STALE_AFTER = {"connected": timedelta(days=7), "intermittent": timedelta(days=14)}
DEFAULT_DRIFT: Drift = "report"


@dataclass(slots=True)
class _Draft:
    """One installation while its sources are put on top of each other."""

    name: str
    product: str | None = None
    channel: str | None = None
    config: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)

    def put(self, path: str, product: str | None, channel: str | None, config: dict[str, Any]) -> None:
        self.paths.append(path)
        if product:
            self.product, self.origins["product"] = product, path
        if channel:
            self.channel, self.origins["channel"] = channel, path
        for key, value in config.items():
            self.config[key] = value
            self.origins[f"config.{key}"] = path


def resolve(desired: Declared) -> dict[str, Wish]:
    """Return every installation of the environment as wished, by name; what can't be planned carries its problems."""
    drafts: dict[str, _Draft] = {}
    for profile in desired.profiles.values():
        for entry in profile.document.spec.install:
            name = _name(entry)
            drafts.setdefault(name, _Draft(name)).put(profile.path, entry.product, entry.channel, entry.config)
    for name, installation in desired.installations.items():
        spec = installation.document.spec
        drafts.setdefault(name, _Draft(name)).put(installation.path, spec.product, spec.channel, spec.config)
    for name, path in _refused_installations(desired):
        drafts.setdefault(name, _Draft(name)).paths.append(path)
    return {name: _wish(desired, drafts[name]) for name in sorted(drafts)}


def _name(entry: InstallEntry) -> str:
    return entry.name or entry.product


def _refused_installations(desired: Declared) -> Iterator[tuple[str, str]]:
    """Installations of which there is a document, but none that counts: named, so that it can be said why."""
    here = desired.environment.document.metadata.name
    for refusal in desired.refusals:
        if refusal.kind == "Installation":
            names = names_in("Installation", refusal.path)
            if names.get("environment") == here:
                yield names["name"], refusal.path


def _wish(desired: Declared, draft: _Draft) -> Wish:
    environment = desired.environment
    installation = desired.installations.get(draft.name)
    spec = installation.document.spec if installation else None
    zone, zone_path = _nearest(desired, "timezone") or (DEFAULT_ZONE, "")
    drift, drift_path = _nearest(desired, "drift") or (DEFAULT_DRIFT, "")
    if installation and spec and spec.drift:
        drift, drift_path = spec.drift, installation.path
    stale_after, stale_path = _nearest(desired, "stale_after") or _usual_age(environment)
    absent = {"state": installation.path} if installation and spec and spec.state == "absent" else {}
    return Wish(
        name=draft.name,
        environment=environment.document.metadata.name,
        labels=environment.document.metadata.labels,
        product=draft.product or "",
        channel=draft.channel or "",
        config=draft.config,
        overrides=tuple((o.versions, o.config) for o in spec.overrides) if spec else (),
        windows=tuple(_windows(desired)),
        zone=zone,
        envelopes=tuple(_envelopes(desired)),
        drift=drift,
        origins={**draft.origins, "timezone": zone_path, "drift": drift_path, "staleAfter": stale_path, **absent},
        problems=tuple(_problems(desired, draft, leaves=bool(absent))),
        secrets=desired.vault.digests,
        absent=bool(absent),
        stale_after=stale_after,
        approvals=tuple((one.path, rule) for one in _layers(desired) for rule in one.document.spec.approvals),
    )


def _usual_age(environment: Signed[Environment]) -> tuple[timedelta, str]:
    """How old a seal may be where no document says it."""
    return STALE_AFTER[environment.document.spec.connectivity], ""


def _layers(desired: Declared) -> list[Signed[Any]]:
    """Profiles as listed, then the environment: later wins."""
    return [*desired.profiles.values(), desired.environment]


def _nearest(desired: Declared, name: str) -> tuple[Any, str] | None:
    for layer in reversed(_layers(desired)):
        value = getattr(layer.document.spec, name)
        if value is not None:
            return value, layer.path
    return None


def _windows(desired: Declared) -> Iterator[NamedWindows]:
    for layer in _layers(desired):
        windows: Windows = layer.document.spec.windows
        if windows.allow or windows.deny:
            yield NamedWindows(layer.path, windows)


def _envelopes(desired: Declared) -> Iterator[Envelope]:
    for layer in _layers(desired):
        if layer.document.spec.envelope is not None:
            yield layer.document.spec.envelope


def _problems(desired: Declared, draft: _Draft, *, leaves: bool) -> Iterator[Problem]:
    """Why this installation can't be planned at all. `leaves`: it is to go, and needs neither product nor channel."""
    refused = tuple(_refused_parts(desired, draft))
    yield from refused
    if not (draft.product and draft.channel) and not leaves:
        if not refused:
            yield problem("plan/no-product-or-channel", Place(draft.paths[-1]), installation=draft.name)
        return
    yield from () if leaves else _unknown(desired, draft, refused=bool(refused))
    for name in desired.environment.document.spec.profiles:
        if name not in desired.profiles and not refused:
            yield problem("plan/unknown-profile", Place(desired.environment.path, field="spec.profiles"), profile=name)


def _unknown(desired: Declared, draft: _Draft, *, refused: bool) -> Iterator[Problem]:
    """Product or channel that isn't there."""
    where = Place(draft.paths[-1])
    if draft.product and draft.product not in desired.products and not refused:
        yield problem("plan/unknown-product", where, product=draft.product)
    if draft.channel not in desired.fleet.document.spec.channels:
        known = ", ".join(desired.fleet.document.spec.channels)
        yield problem("plan/unknown-channel", where, channel=draft.channel or "", known=known)


def _refused_parts(desired: Declared, draft: _Draft) -> Iterable[Problem]:
    """Refusals of documents this installation rests on: their old form counts, but nothing new is built on it (R24)."""
    environment = desired.environment
    mine = {
        f"products/{draft.product}/product.yaml",
        f"channels/{draft.channel}.yaml",
        f"environments/{environment.document.metadata.name}/installations/{draft.name}.yaml",
        *(f"profiles/{name}.yaml" for name in environment.document.spec.profiles),
        "tiangong.yaml",
        environment.path,
    }
    for refusal in desired.refusals:
        if refusal.path in mine or refusal.kind in ("TrustPolicy", "TrustRoot"):
            yield refusal.problem
