"""Promoting: what may enter which channel, and what is on it already (D3, R13)."""

import pytest

from tiangong.author.promotion import promoting, split_release
from tiangong.author.shelf import Shelf
from tiangong.documents.parse import parse
from tiangong.errors import Misuse, Refused
from tiangong.model.product import Promotion
from tiangong.testing.simulator import World


@pytest.fixture
def world() -> World:
    world = World.small()
    for version in ("1.0.0", "1.1.0", "2.0.0-rc.1"):
        world.release("shop", version)
    return world


def shelf(world: World) -> Shelf:
    return Shelf(world.tree())


def test_a_promotion_as_it_is_written(world: World) -> None:
    found = promoting(shelf(world), "shop@1.0.0", "canary", 'soak passed: "ok"')
    assert found is not None
    assert (found.skipped, found.warnings) == ((), ())
    document = parse(found.raw, found.path)
    assert isinstance(document, Promotion)
    assert found.path == "products/shop/promotions/canary/1.0.0.yaml"
    assert (document.spec.release.name, document.spec.to) == ("shop@1.0.0", "canary")
    assert document.spec.reason == 'soak passed: "ok"'


def test_the_first_channel_holds_every_release_but_pre_releases(world: World) -> None:
    assert promoting(shelf(world), "shop@1.0.0", "release", "") is None
    assert promoting(shelf(world), "shop@2.0.0-rc.1", "release", "") is not None


def test_what_is_on_the_channel_already(world: World) -> None:
    world.promote("shop", "1.0.0", "canary")
    assert promoting(shelf(world), "shop@1.0.0", "canary", "") is None


def test_a_promotion_that_does_not_count_is_none(world: World) -> None:
    world.promote("shop", "1.0.0", "canary", "bob")
    assert promoting(shelf(world), "shop@1.0.0", "canary", "") is not None


def test_a_promotion_of_other_bytes_is_none(world: World) -> None:
    other = {"name": "shop@1.0.0", "digest": "sha512:" + "0" * 128}
    name = {"name": "shop@1.0.0/canary"}
    world.put({"kind": "Promotion", "metadata": name, "spec": {"release": other, "to": "canary"}})
    assert promoting(shelf(world), "shop@1.0.0", "canary", "") is not None
    assert not shelf(world).is_on("shop", "1.0.0", "canary")


def test_a_channel_left_out(world: World) -> None:
    found = promoting(shelf(world), "shop@1.0.0", "stable", "")
    assert found is not None
    assert found.skipped == ("canary",)
    world.promote("shop", "1.0.0", "canary")
    found = promoting(shelf(world), "shop@1.0.0", "stable", "")
    assert found is not None
    assert found.skipped == ()


def test_a_pre_release_need_not_be_on_the_first_channel(world: World) -> None:
    found = promoting(shelf(world), "shop@2.0.0-rc.1", "canary", "")
    assert found is not None
    assert found.skipped == ()
    found = promoting(shelf(world), "shop@2.0.0-rc.1", "stable", "")
    assert found is not None
    assert found.skipped == ("canary",)


def test_an_older_one_than_what_is_there_is_said(world: World) -> None:
    world.promote("shop", "1.1.0", "canary")
    found = promoting(shelf(world), "shop@1.0.0", "canary", "")
    assert found is not None
    (warning,) = found.warnings
    assert (warning.code, warning.facts["newest"]) == ("promote/older", "1.1.0")


@pytest.mark.parametrize(
    ("name", "channel", "code"),
    [
        ("shop", "canary", "promote/bad-name"),
        ("@1.0.0", "canary", "promote/bad-name"),
        ("web@1.0.0", "canary", "release/no-product"),
        ("shop@3.0.0", "canary", "release/no-release"),
        ("shop@../../x", "canary", "release/no-release"),
        ("shop@1.0.0", "beta", "promote/unknown-channel"),
    ],
)
def test_names_that_lead_nowhere(world: World, name: str, channel: str, code: str) -> None:
    with pytest.raises(Misuse, match=code):
        promoting(shelf(world), name, channel, "")


def test_a_release_nobody_may_sign_so(world: World) -> None:
    world.release("shop", "3.0.0", "alice")
    with pytest.raises(Refused, match="trust/no-authority"):
        promoting(shelf(world), "shop@3.0.0", "canary", "")


def test_a_release_whose_payload_was_changed(world: World) -> None:
    world.raw("products/shop/releases/1.0.0/app/index.html", b"evil")
    with pytest.raises(Refused, match="trust/payload-changed"):
        promoting(shelf(world), "shop@1.0.0", "canary", "")


def test_versions_and_channels_of_the_shelf(world: World) -> None:
    world.promote("shop", "1.0.0", "canary")
    world.promote("shop", "1.0.0", "stable")
    here = shelf(world)
    assert here.versions("shop") == ["2.0.0-rc.1", "1.1.0", "1.0.0"]
    assert here.channels_of("shop", "1.0.0") == ["release", "canary", "stable"]
    assert here.channels_of("shop", "2.0.0-rc.1") == []
    assert (here.newest_on("shop", "release"), here.newest_on("shop", "stable")) == ("1.1.0", "1.0.0")


def test_split() -> None:
    assert split_release("shop@1.0.0") == ("shop", "1.0.0")
