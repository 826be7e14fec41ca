"""The executors: what a step may say, how a host configures them, what may be expected of a step."""

from collections.abc import Iterator
from dataclasses import fields as names_of

from docs.generate.fields import doc_of, fields_of
from docs.generate.markdown import code, plain, table, whole
from tiangong.executors.registry import ENABLED_BY_DEFAULT, PluginSettings, Registry
from tiangong.ports import Executor, Traits

INTRO = """\
What stands under `with:` of a step, and under `config:` of a plugin in the agent's file. Executors of other packages
are found by the entry point `tiangong.executors`: [add one](../how-to/add-an-executor.md)."""
TYPES = ("file", "http", "shell")
SAMPLES: dict[str, tuple[dict[str, object], ...]] = {
    "file": (
        {"place": "app", "to": "/srv/shop"},
        {"template": "shop.env.j2", "to": "/srv/shop.env", "backup": False},
    ),
    "http": ({"get": "https://host/"}, {"put": "https://host/"}, {"post": "https://host/"}),
    "shell": (
        {"run": ["program"]},
        {"run": ["program"], "creates": "/srv/made"},
        {"run": ["program"], "undo": ["program"]},
        {"run": ["program"], "service": "shop"},
    ),
}
"""steps that differ in what may be expected of them"""


def page() -> str:
    """`reference/executors.md`."""
    registry = Registry([PluginSettings(type=name) for name in TYPES])
    return whole("Executors", INTRO, *(part for name in TYPES for part in _executor(name, registry.get(name))))


def _executor(name: str, executor: Executor) -> Iterator[str]:
    yield f"## {name}\n"
    yield plain(doc_of(type(executor))) + "\n"
    yield "On without being listed.\n" if name in ENABLED_BY_DEFAULT else "Off until a host lists it.\n"
    yield "### A step\n"
    yield plain(doc_of(executor.Spec)) + "\n"
    yield table(
        ("field", "type", "default", ""), ((code(f.name), f.type, f.default, f.about) for f in fields_of(executor.Spec))
    )
    yield "### Its configuration\n"
    yield plain(doc_of(executor.Config)) + "\n"
    yield table(
        ("field", "type", "default", ""),
        ((code(f.name), f.type, f.default, f.about) for f in fields_of(executor.Config)),
    )
    yield "### What may be expected\n"
    yield plain(doc_of(Traits)) + "\n"
    traits = [field.name for field in names_of(Traits)]
    rows = ((code(_flow(sample)), *_traits(executor, sample, traits)) for sample in SAMPLES[name])
    yield table(("step", *traits), rows)


def _traits(executor: Executor, sample: dict[str, object], names: list[str]) -> list[str]:
    found = executor.traits(executor.Spec.model_validate(sample))
    return ["yes" if getattr(found, name) else "no" for name in names]


def _flow(sample: dict[str, object]) -> str:
    def word(value: object) -> str:
        return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value).replace("False", "false")

    return ", ".join(f"{key}: {word(value)}" for key, value in sample.items())
