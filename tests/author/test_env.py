"""Environments: new ones, the list, resolved values with the file each came from."""

import pytest

from tiangong.author.environments import Listed, as_wished, known_profiles, listed, new_environment, values
from tiangong.author.shelf import Shelf
from tiangong.documents.parse import parse
from tiangong.errors import Misuse, Refused
from tiangong.model.environment import Environment
from tiangong.testing.simulator import World

NOW = World().now


@pytest.fixture
def world() -> World:
    return World.small()


def profile(world: World, name: str, *signers: str, **spec: object) -> str:
    return world.put({"kind": "Profile", "metadata": {"name": name}, "spec": spec}, *signers)


def test_a_new_environment_says_what_was_asked(world: World) -> None:
    profile(world, "standard", drift="report")
    labels = {"tier": "prod", "on": "yes"}
    path, raw = new_environment(Shelf(world.tree()), "prod-eu", ["standard"], labels, "Europe/Berlin")
    found = parse(raw, path)
    assert path == "environments/prod-eu/environment.yaml"
    assert isinstance(found, Environment)
    assert found.metadata.labels == labels
    assert (found.spec.profiles, found.spec.timezone) == (("standard",), "Europe/Berlin")


def test_one_that_exists(world: World) -> None:
    with pytest.raises(Misuse, match="env/exists"):
        new_environment(Shelf(world.tree()), "dev", [], {}, "UTC")


def test_a_folder_alone_counts_as_existing(world: World) -> None:
    world.raw("environments/old/installations/shop.yaml", b"x")
    with pytest.raises(Misuse, match="env/exists"):
        new_environment(Shelf(world.tree()), "old", [], {}, "UTC")


@pytest.mark.parametrize("zone", ["Berlin", "../../etc/passwd", "", "Europe/Nowhere", "/etc/localtime"])
def test_a_zone_there_is_not(world: World, zone: str) -> None:
    with pytest.raises(Misuse, match="env/no-zone"):
        new_environment(Shelf(world.tree()), "prod", [], {}, zone)


def test_a_profile_there_is_not(world: World) -> None:
    profile(world, "standard")
    with pytest.raises(Misuse) as caught:
        new_environment(Shelf(world.tree()), "prod", ["strict"], {}, "UTC")
    assert caught.value.problems[0].facts["known"] == "standard"


def test_a_profile_nobody_may_sign_so(world: World) -> None:
    profile(world, "standard", "bob")
    with pytest.raises(Refused, match="trust/no-authority"):
        new_environment(Shelf(world.tree()), "prod", ["standard"], {}, "UTC")


def test_profiles_by_name(world: World) -> None:
    profile(world, "standard")
    profile(world, "strict")
    assert known_profiles(Shelf(world.tree())) == ["standard", "strict"]


def test_the_list_shows_what_counts_and_what_does_not(world: World) -> None:
    world.environment("prod", {"tier": "prod"})
    world.edit("environments/prod/environment.yaml", "bob", spec__drift="repair")
    dev, prod = listed(Shelf(world.tree()), NOW)
    assert isinstance(dev, Listed)
    assert (dev.name, dev.installations, len(dev.agents), dev.problems) == ("dev", ("shop",), 1, ())
    assert prod.labels == {}
    assert [found.code for found in prod.problems] == ["trust/no-authority"]


def test_an_agents_key_that_ended_is_not_listed(world: World) -> None:
    keys = [{"key": world.agent("dev").line, "until": "2026-11-25T11:00:00+00:00"}]
    world.put({"kind": "Agent", "metadata": {"name": "dev"}, "spec": {"keys": keys}})
    (dev,) = listed(Shelf(world.tree()), NOW)
    assert dev.agents == ()


def test_each_value_says_where_it_comes_from(world: World) -> None:
    deny = {"name": "year-end", "from": "2026-12-18T00:00:00+01:00", "until": "2027-01-07T00:00:00+01:00"}
    install = [{"product": "shop", "channel": "stable", "config": {"listen": 80, "home": "/srv/a"}}]
    profile(world, "base", drift="repair", install=install, windows={"deny": [deny]})
    world.environment("dev", {"tier": "dev"}, profiles=["base"], timezone="Europe/Berlin")
    world.put(
        {
            "kind": "Installation",
            "metadata": {"name": "shop", "environment": "dev"},
            "spec": {"channel": "canary", "config": {"home": "/srv/b"}},
        }
    )
    shelf = Shelf(world.tree())
    found = {one.field: (one.value, one.file) for one in values(as_wished(shelf, world.snapshot(), "dev", NOW))}
    own = "environments/dev/installations/shop.yaml"
    here = "environments/dev/environment.yaml"
    assert found["labels"] == ({"tier": "dev"}, here)
    assert found["installations.shop.product"] == ("shop", "profiles/base.yaml")
    assert found["installations.shop.channel"] == ("canary", own)
    assert found["installations.shop.config.listen"] == (80, "profiles/base.yaml")
    assert found["installations.shop.config.home"] == ("/srv/b", own)
    assert found["installations.shop.timezone"] == ("Europe/Berlin", here)
    assert found["installations.shop.drift"] == ("repair", "profiles/base.yaml")
    assert found["installations.shop.windows.deny.year-end"][1] == "profiles/base.yaml"


def test_a_default_comes_from_no_file(world: World) -> None:
    found = {one.field: one.file for one in values(as_wished(Shelf(world.tree()), world.snapshot(), "dev", NOW))}
    assert found["installations.shop.drift"] == ""


def test_an_environment_there_is_not(world: World) -> None:
    with pytest.raises(Misuse, match="join/no-environment"):
        as_wished(Shelf(world.tree()), world.snapshot(), "prod", NOW)
