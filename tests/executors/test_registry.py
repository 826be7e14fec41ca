"""Executors are found by name, loaded when asked for, configured by the agent's own file; the seed's file loads as it is."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from tiangong.documents.parse import parse_model
from tiangong.errors import Misuse
from tiangong.executors import registry as registry_module
from tiangong.executors.file import File
from tiangong.executors.http import Http
from tiangong.executors.registry import PluginFile, PluginSettings, Registry, read_plugins
from tiangong.executors.shell import Shell
from tiangong.messages import render

SEED = Path(__file__).parent / "data" / "agent-plugins.yaml"


def plugins(*entries: dict[str, Any]) -> list[PluginSettings]:
    return [PluginSettings.model_validate(entry) for entry in entries]


def misuse(*entries: dict[str, Any], ask: str = "") -> Misuse:
    with pytest.raises(Misuse) as caught:
        Registry(plugins(*entries)).get(ask)
    return caught.value


def test_the_seeds_file_loads_as_it_is() -> None:
    """`type: api`, `base_path`, `verify_ssl`, plain seconds, and types that aren't built yet."""
    registry = Registry(read_plugins(SEED.read_bytes(), str(SEED)))
    assert registry.names() == {"shell", "http", "file"}
    assert registry.missing() == ("mysql", "postgres", "k8s")
    shell, http, file = registry.get("shell"), registry.get("api"), registry.get("file")
    assert isinstance(shell, Shell)
    assert isinstance(http, Http)
    assert isinstance(file, File)
    assert file.effects(File.Spec.model_validate({"delete": "x"})).paths == ("/tmp/tiangong-deploy/x",)


def test_its_values_mean_what_they_meant() -> None:
    by_type = {entry.type: entry.config for entry in read_plugins(SEED.read_bytes(), str(SEED))}
    shell, http = Shell.Config.model_validate(by_type["shell"]), Http.Config.model_validate(by_type["api"])
    assert shell.timeout is not None
    assert shell.timeout.total_seconds() == 1800
    assert (http.timeout.total_seconds(), http.verify_tls) == (30, True)
    assert str(File.Config.model_validate(by_type["file"]).base_path) == "/tmp/tiangong-deploy"


def test_enabled_without_being_listed() -> None:
    assert Registry([]).names() == {"file", "http"}
    assert Registry(plugins({"type": "file", "enabled": False}, {"type": "shell"})).names() == {"http", "shell"}


def test_one_instance_serves_all() -> None:
    registry = Registry([])
    assert registry.get("file") is registry.get("file")
    assert registry.get("http") is registry.get("api")


def test_names_load_nothing() -> None:
    """An agent that has nothing to do pays for no executor."""
    program = """
import sys
from tiangong.executors.registry import Registry
registry = Registry([])
assert registry.names() and not registry.missing()
print([name for name in ("httpx", "jinja2", "tiangong.executors.http", "tiangong.executors.shell.executor") if name in sys.modules])
registry.get("file")
print([name for name in ("httpx", "jinja2", "tarfile") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "[]"]


@pytest.mark.parametrize(
    ("entries", "ask", "code"),
    [
        ((), "shell", "executor/not-enabled"),
        (({"type": "file", "enabled": False},), "file", "executor/not-enabled"),
        ((), "mysql", "executor/unknown"),
        (({"type": "mysql"},), "mysql", "executor/unknown"),
        (({"type": "shell"}, {"type": "shell"}), "shell", "executor/listed-twice"),
        (({"type": "api"}, {"type": "http"}), "http", "executor/listed-twice"),
        (({"type": "file", "config": {"base_path": "relative"}},), "file", "executor/config"),
        (({"type": "file", "config": {"base_path": "/a", "basePath": "/b"}},), "file", "executor/config"),
        (({"type": "file", "config": {"largestUnpacked": "many"}},), "file", "executor/config"),
        (({"type": "file", "config": {"unknown": 1}},), "file", "executor/config"),
        (({"type": "shell", "config": {"timeout": "soon"}},), "shell", "executor/config"),
        (({"type": "shell", "config": {"timeout": 0}},), "shell", "executor/config"),
        (({"type": "shell", "config": {"secretEnv": "yes"}},), "shell", "executor/config"),
        (({"type": "shell", "config": {"user": "nobody-of-this-name"}},), "shell", "shell/no-user"),
        (({"type": "http", "config": {"proxy": "ftp://x"}},), "http", "executor/config"),
        (({"type": "http", "config": {"verify_ssl": True, "verifyTls": True}},), "http", "executor/config"),
    ],
)
def test_what_is_wrong_is_said(entries: tuple[dict[str, Any], ...], ask: str, code: str) -> None:
    (problem,) = misuse(*entries, ask=ask).problems
    assert problem.code == code
    assert "fix:" in render(problem)


def test_the_field_is_named() -> None:
    problem = misuse({"type": "file", "config": {"base_paht": "/srv"}}, ask="file").problems[0]
    assert "basePaht is not a field here" in render(problem)
    assert "agent.yaml plugins.file" in render(problem)


def test_sizes_and_durations() -> None:
    config = File.Config.model_validate({"largestUnpacked": "4GiB"})
    assert config.largest_unpacked == 4 << 30
    assert Shell.Config.model_validate({"timeout": "90s", "grace": 3}).grace.total_seconds() == 3


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, registry_module.GROUP)


def installed(monkeypatch: pytest.MonkeyPatch, *more: EntryPoint) -> None:
    real = registry_module.entry_points(group=registry_module.GROUP)
    monkeypatch.setattr(registry_module, "entry_points", lambda group: [*more, *real])


def test_a_package_may_bring_another(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, point("greeting", "tests.executors.test_conformance:Greeting"))
    registry = Registry(plugins({"type": "greeting", "config": {"word": "hi"}}))
    assert registry.names() == {"file", "http", "greeting"}
    assert registry.get("greeting").name == "greeting"


def test_ours_cant_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, point("file", "evil:File"))
    assert isinstance(Registry([]).get("file"), File)


def test_two_packages_for_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, point("greeting", "one:X"), point("greeting", "two:X"))
    with pytest.raises(Misuse) as caught:
        Registry([])
    assert caught.value.problems[0].code == "executor/two-packages"


def test_a_broken_package_stops_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, point("greeting", "no.such.module:X"))
    registry = Registry(plugins({"type": "greeting"}))
    with pytest.raises(Misuse) as caught:
        registry.get("greeting")
    assert caught.value.problems[0].code == "executor/broken"
    assert registry.get("file")


def test_a_file_of_plugins_with_mistakes() -> None:
    with pytest.raises(Misuse) as caught:
        read_plugins(b"plugins:\n  - type: shell\n    enabeld: true\n", "agent-plugins.yaml")
    assert str(caught.value.problems[0].place).startswith("agent-plugins.yaml:3")
    assert parse_model(b"plugins: []\n", "x", PluginFile).plugins == ()
