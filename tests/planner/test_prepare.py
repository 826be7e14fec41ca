"""Steps with their values, digests that say when they are due, and where every value came from."""

from typing import Any

import pytest

from tests.planner.situation import build
from tiangong.model.stages import Step, Wish
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.testing.simulator import World
from tiangong.trust.verify import verify

PAYLOAD = {"app/index.html": b"<h1>1</h1>", "sql/V1.sql": b"CREATE TABLE t", "other.txt": b"1"}


def steps(world: World, version: str = "1.0.0") -> dict[str, Step]:
    desired = verify(world.snapshot(), world.pins(), None, world.now)
    prepared = prepare(resolve(desired)["shop"], desired.releases["shop"][version])
    assert prepared.problems == ()
    return {step.name: step for step in prepared.steps}


def wish(world: World, name: str = "shop") -> Wish:
    return resolve(verify(world.snapshot(), world.pins(), None, world.now))[name]


def publish(world: World, version: str, value: Any, payload: dict[str, bytes] = PAYLOAD, **rest: Any) -> Step:
    world.release(
        "shop", version, steps=[{"name": "a", "executor": "fake", "with": {"value": value}, **rest}], payload=payload
    )
    return steps(world, version)["a"]


def test_names_keep_their_type_as_whole_values_and_become_text_within_others() -> None:
    world = World.small()
    world.environment("dev", {"region": "eu"})
    config = {"n": {"type": "integer", "default": 80}, "yes": {"type": "boolean", "default": True}}
    value = {
        "whole": ["${config.n}", "${config.yes}"],
        "text": "${config.n}/${config.yes}/${release.version}",
        "who": "${env.name} ${env.labels.region} ${install.name}",
        "plain": "$HOME costs $5 {}",
    }
    step = [{"name": "a", "executor": "fake", "with": {"value": value}}]
    world.release("shop", "1.0.0", steps=step, config=config)
    assert steps(world)["a"].spec["value"] == {
        "whole": [80, True],
        "text": "80/true/1.0.0",
        "who": "dev eu shop",
        "plain": "$HOME costs $5 {}",
    }


def test_a_digest_differs_when_what_is_done_differs() -> None:
    world = World.small()
    first = publish(world, "1.0.0", "x")
    assert publish(world, "1.0.1", "x").digest == first.digest, "in another release, too"
    assert publish(world, "1.0.2", "y").digest != first.digest
    assert publish(world, "1.0.3", "x", once=True).digest != first.digest
    assert publish(world, "1.0.4", "x", timeout="5m").digest == first.digest, "how long it may take is not what is done"


@pytest.mark.parametrize(
    ("value", "changed", "differs"),
    [
        ("sql/V1.sql", "sql/V1.sql", True),
        ("sql/V1.sql", "other.txt", False),
        ("sql", "sql/V1.sql", True),
        ("sql/", "sql/V1.sql", True),
        (["other.txt", {"deep": "app"}], "app/index.html", True),
        ("nothing of it", "other.txt", False),
        ("", "other.txt", False),
        ("s", "sql/V1.sql", False),
    ],
)
def test_a_digest_covers_the_payload_a_step_names(value: Any, changed: str, differs: bool) -> None:
    world = World.small()
    before = publish(world, "1.0.0", value)
    after = publish(world, "1.0.1", value, {**PAYLOAD, changed: b"2"})
    assert (before.digest != after.digest) == differs


def test_where_everything_came_from() -> None:
    world = World.small()
    build(
        world,
        {
            "environment": {"profiles": ["base", "special"], "drift": "repair"},
            "profiles": {
                "base": {
                    "timezone": "Asia/Shanghai",
                    "drift": "ignore",
                    "install": [{"product": "shop", "channel": "stable", "config": {"a": 1, "b": 1}}],
                },
                "special": {"timezone": "UTC", "install": [{"product": "shop", "channel": "canary", "name": "shop"}]},
            },
            "installations": {"shop": {"product": None, "channel": None, "config": {"b": 2}}},
        },
    )
    found = wish(world)
    assert (found.product, found.channel, found.config) == ("shop", "canary", {"a": 1, "b": 2})
    assert (found.zone, found.drift) == ("Europe/Berlin", "repair")
    assert found.origins == {
        "product": "profiles/special.yaml",
        "channel": "profiles/special.yaml",
        "config.a": "profiles/base.yaml",
        "config.b": "environments/dev/installations/shop.yaml",
        "timezone": "environments/dev/environment.yaml",
        "staleAfter": "",
        "drift": "environments/dev/environment.yaml",
    }


def test_windows_and_envelopes_of_all_documents_count() -> None:
    world = World.small()
    night = {"name": "n", "cron": "0 1 * * *", "for": "1h"}
    build(
        world,
        {
            "environment": {"profiles": ["base", "empty"], "envelope": {"hosts": []}},
            "profiles": {
                "base": {"windows": {"allow": [night]}, "envelope": {"paths": ["/srv/**"]}},
                "empty": {},
            },
        },
    )
    found = wish(world)
    assert [named.path for named in found.windows] == ["profiles/base.yaml"]
    assert [(e.paths, e.hosts) for e in found.envelopes] == [(("/srv/**",), None), (None, ())]
