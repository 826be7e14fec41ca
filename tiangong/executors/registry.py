"""Finds executors by entry point, without importing them; loads and configures one when it is first asked for."""

import threading
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import Field, ValidationError

from tiangong.documents.parse import parse_model
from tiangong.errors import Misuse, Place, problem
from tiangong.job import flaws_of
from tiangong.model.document import Model
from tiangong.model.scalar import Seq
from tiangong.ports import Executor

GROUP = "tiangong.executors"
OWN = "tiangong.executors."
ENABLED_BY_DEFAULT = ("file", "http")
ALIASES = {"api": "http"}


class PluginSettings(Model):
    """One entry of `plugins:` in the agent's `agent.yaml`."""

    type: str
    enabled: bool = True
    config: dict[str, Any] = Field(default_factory=dict)


class PluginFile(Model):
    """A file that holds nothing but plugins, as some hosts have one already."""

    plugins: Seq[PluginSettings] = ()


def read_plugins(raw: bytes, path: str) -> tuple[PluginSettings, ...]:
    """Read such a file; Misuse with every problem and its place."""
    return parse_model(raw, path, PluginFile).plugins


class Registry:
    """Implements `ports.Executors`; built once per agent. What is listed but not installed is named by `missing`."""

    def __init__(self, plugins: Sequence[PluginSettings]) -> None:
        """Look at names only. Misuse when one type is listed twice, or two packages claim it."""
        self._settings = _by_type(plugins)
        self._points = _installed()
        self._loaded: dict[str, Executor] = {}
        self._lock = threading.Lock()

    def names(self) -> frozenset[str]:
        """Types that are enabled and installed; loads nothing."""
        return frozenset(name for name, settings in self._settings.items() if settings.enabled) & self._points.keys()

    def missing(self) -> tuple[str, ...]:
        """Types that are enabled in the configuration, but not installed here."""
        return tuple(name for name, settings in self._settings.items() if settings.enabled and name not in self._points)

    def get(self, type_: str) -> Executor:
        """Return the executor of a type; Misuse when it isn't enabled or installed, or its configuration is wrong."""
        name = ALIASES.get(type_, type_)
        settings = self._settings.get(name)
        if name not in self._points:
            raise Misuse.of("executor/unknown", _place(name), type=type_, known=", ".join(sorted(self._points)))
        if settings is None or not settings.enabled:
            raise Misuse.of("executor/not-enabled", _place(name), type=name)
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = _load(self._points[name], settings)
            return self._loaded[name]


def _by_type(plugins: Sequence[PluginSettings]) -> dict[str, PluginSettings]:
    found: dict[str, PluginSettings] = {}
    for settings in plugins:
        name = ALIASES.get(settings.type, settings.type)
        if name in found:
            raise Misuse.of("executor/listed-twice", _place(name), type=name)
        found[name] = settings
    return {**{name: PluginSettings(type=name) for name in ENABLED_BY_DEFAULT}, **found}


def _installed() -> dict[str, EntryPoint]:
    """Entry points by type. Ours can't be replaced by another package; two others may not claim the same type."""
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: not point.value.startswith(OWN)):
        first = found.setdefault(point.name, point)
        if first.value != point.value and not first.value.startswith(OWN):
            raise Misuse.of("executor/two-packages", type=point.name, first=first.value, second=point.value)
    return found


def _load(point: EntryPoint, settings: PluginSettings) -> Executor:
    try:
        kind: type[Executor] = point.load()
    except Exception as error:  # a third party's import may fail in any way; the agent goes on without it
        raise Misuse.of("executor/broken", _place(point.name), type=point.name, why=f"{error}") from error
    try:
        config = kind.Config.model_validate(settings.config)
    except ValidationError as error:
        place = _place(point.name)
        raise Misuse(
            *(
                problem("executor/config", place, type=point.name, field=field, why=why)
                for field, why in flaws_of(error)
            )
        ) from None
    return kind(config)


def _place(name: str) -> Place:
    return Place("agent.yaml", field=f"plugins.{name}")
