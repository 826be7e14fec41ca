"""The steps of a release for one installation: config checked, names filled in, digests taken (D19, D4)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tiangong.documents.digest import digest_of
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.product import Artifact, ConfigItem, Release, StepSpec, release_of
from tiangong.model.reference import SECRET_NAME, artifacts_in, secrets_in, to_artifact, to_secret
from tiangong.model.stages import Signed, Step, Wish
from tiangong.model.version import is_within
from tiangong.planner.substitute import Values, unsafe_in_shell

TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Steps and config of one release for one installation, or why there are none."""

    steps: tuple[Step, ...]
    config: dict[str, Any]
    problems: tuple[Problem, ...]
    uninstall: tuple[Step, ...] = ()


def steps_of(wish: Wish, release: Signed[Release]) -> tuple[Step, ...]:
    """Return the steps with all values filled in; Misuse with every reason why the config doesn't cover them."""
    prepared = prepare(wish, release)
    Misuse.when_any(prepared.problems)
    return prepared.steps


def prepare(wish: Wish, release: Signed[Release]) -> Prepared:
    """Return steps, config and problems of a release for a wish."""
    problems: list[Problem] = []
    spec = release.document.spec
    _, version = release_of(release.document.metadata.name)
    config = _config(wish, release, version, problems)
    names = {**_names(wish, version), **_from_contract(release, config)}
    known = _Known(release, Values(names, Place(release.path)), wish.secrets)
    steps = tuple(_step(s, f"spec.steps[{index}]", known, problems) for index, s in enumerate(spec.steps))
    last = tuple(_step(s, f"spec.uninstall[{index}]", known, problems) for index, s in enumerate(spec.uninstall))
    problems.extend(_unknown_health(release))
    return Prepared(steps, config, tuple(problems), last)


def _names(wish: Wish, version: str) -> dict[str, Any]:
    return {
        "release.version": version,
        "env.name": wish.environment,
        "install.name": wish.name,
        **{f"env.labels.{label}": value for label, value in wish.labels.items()},
    }


def _from_contract(release: Signed[Release], config: dict[str, Any]) -> dict[str, Any]:
    """What a release declares. Values of secrets, and where artifacts lie, come in only when a step is done."""
    spec = release.document.spec
    secret = {name for name, item in spec.config.items() if item.type == "secret"}
    return {
        **{f"config.{name}": value for name, value in config.items() if name not in secret},
        **{f"secret.{name}": to_secret(v["secret"]) if _is_secret(v := config[name]) else "" for name in secret},
        **{f"artifact.{one.name}": to_artifact(one.name) for one in spec.artifacts},
    }


@dataclass(frozen=True, slots=True)
class _Known:
    """What steps of one release are filled in from. `secrets`: keyed digests by name."""

    release: Signed[Release]
    values: Values
    secrets: Mapping[str, str]


def _step(step: StepSpec, at: str, known: _Known, problems: list[Problem]) -> Step:
    release = known.release
    field = f"{at}.with"
    unsafe = tuple(unsafe_in_shell(step.with_, Place(release.path), field)) if step.executor == "shell" else ()
    problems.extend(unsafe)
    filled = step.with_ if unsafe else known.values.fill(step.with_, field, problems)
    payload = release.document.spec.payload
    identity = {"executor": step.executor, "with": filled, "payload": _used(filled, payload), "once": step.once}
    artifacts = _artifacts(filled, release.document.spec.artifacts)
    secrets = {name: known.secrets.get(name, "") for name in sorted(secrets_in(filled))}
    identity |= {"artifacts": {name: one.digest for name, one in artifacts.items()}} if artifacts else {}
    identity |= {"secrets": secrets} if secrets else {}
    return Step(
        name=step.name,
        executor=step.executor,
        spec=filled,
        once=step.once,
        timeout=step.timeout,
        payload=payload,
        folder=release.path.rpartition("/")[0],
        digest=digest_of(identity),
        artifacts=artifacts,
        secrets=tuple(secrets),
    )


def _artifacts(value: Any, known: tuple[Artifact, ...]) -> dict[str, Artifact]:
    """The artifacts a step uses."""
    used = artifacts_in(value)
    return {one.name: one for one in known if one.name in used}


def _used(value: Any, payload: dict[str, str]) -> dict[str, str]:
    """The payload files a step names anywhere in its values: a file by its path, or all files of a folder."""
    words = set(_words(value))
    return {
        path: digest
        for path, digest in sorted(payload.items())
        if any(path == word or path.startswith(word.rstrip("/") + "/") for word in words if word)
    }


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


def _config(wish: Wish, release: Signed[Release], version: str, problems: list[Problem]) -> dict[str, Any]:
    """The wish's config with overrides of this version and the release's defaults, checked against its contract."""
    contract = release.document.spec.config
    wished = {**wish.config, **_override(wish, version, problems)}
    for name in wished:
        if name not in contract:
            place = Place(wish.origins.get(f"config.{name}", ""), field=f"spec.config.{name}")
            problems.append(problem("plan/unknown-config", place, name=name, release=release.document.metadata.name))
    config: dict[str, Any] = {}
    for name, item in contract.items():
        value = wished.get(name, item.default)
        found = _flaw(wish, name, item, value, release.document.metadata.name)
        if found:
            problems.append(found)
        config[name] = value
    return config


def _override(wish: Wish, version: str, problems: list[Problem]) -> dict[str, Any]:
    matching = [(range_, config) for range_, config in wish.overrides if is_within(version, range_)]
    if len(matching) > 1:
        ranges = " and ".join(range_ for range_, _ in matching)
        place = Place(f"environments/{wish.environment}/installations/{wish.name}.yaml", field="spec.overrides")
        problems.append(problem("plan/overlapping-overrides", place, ranges=ranges, version=version))
    return dict(matching[0][1]) if matching else {}


def _flaw(wish: Wish, name: str, item: ConfigItem, value: Any, release: str) -> Problem | None:
    path = wish.origins.get(f"config.{name}") or f"environments/{wish.environment}/installations/{wish.name}.yaml"
    place = Place(path, field=f"spec.config.{name}")
    if value is None:
        return problem("plan/config-missing", place, name=name, type=item.type, release=release)
    if item.type == "secret":
        # What stands there instead may be the secret itself.
        return None if _is_secret(value) else problem("plan/secret-by-name", place, name=name, release=release)
    fits = isinstance(value, TYPES[item.type]) and (item.type == "boolean" or not isinstance(value, bool))
    return (
        None
        if fits
        else problem("plan/config-type", place, value=str(value), type=item.type, name=name, release=release)
    )


def _is_secret(value: Any) -> bool:
    """Tell whether a value is `{secret: name/key}`."""
    named = value.get("secret") if isinstance(value, dict) and len(value) == 1 else None
    return isinstance(named, str) and re.fullmatch(SECRET_NAME, named) is not None


def _unknown_health(release: Signed[Release]) -> Iterator[Problem]:
    names = {step.name for step in release.document.spec.steps}
    for name in release.document.spec.health:
        if name not in names:
            yield problem("plan/unknown-health", Place(release.path, field="spec.health"), name=name)
