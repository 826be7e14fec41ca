"""`tiangong product`, `channel` and `profile`: made, listed, shown, edited."""

import json

import pytest

from tests.cli.conftest import Site


def test_a_new_product(site: Site) -> None:
    out = site.good("product", "new", "web", "--owner", "team-a", "--description", "the web: shop", "--yes")
    assert "alice signs as maintainer" in out
    assert out.splitlines()[-1].startswith("Next: tiangong release publish --product web")
    assert "owner: team-a" in site.text("products/web/product.yaml")
    assert site.is_clean
    site.bad(2, "noun/exists", "product", "new", "web", "--yes")
    site.bad(2, "noun/bad-name", "product", "new", "Web", "--yes")
    site.bad(2, "noun/bad-name", "product", "new", "../web", "--yes")


def test_products_are_listed_with_how_far_they_have_come(site: Site) -> None:
    site.good("promote", "shop@1.0.0", "--to", "canary", "--yes")
    table = site.good("products", "list")
    assert all(word in table for word in ("shop", "team-shop", "RELEASE 1.1.0", "CANARY 1.0.0", "dev/shop"))
    assert site.good("product", "list", "-o", "name") == "shop\n"
    (item,) = json.loads(site.good("product", "list", "-o", "json"))["items"]
    assert item["kind"] == "ProductSummary"
    assert item["installations"] == ["dev/shop"]
    assert {held["channel"]: held["newest"] for held in item["channels"]} == {
        "release": "1.1.0",
        "canary": "1.0.0",
        "stable": None,
    }
    shown = site.good("product", "show", "shop")
    assert shown.startswith(site.text("products/shop/product.yaml"))
    assert "CANARY" in shown
    assert json.loads(site.good("product", "show", "shop", "-o", "json"))["kind"] == "Product"
    site.bad(2, "there are: shop", "product", "show", "web")


def test_a_new_channel_takes_its_place(site: Site) -> None:
    out = site.good("channel", "new", "beta", "--after", "CANARY", "--description", "friends", "--yes")
    assert "spec.channels: [release, canary, stable] → [release, canary, beta, stable]" in out
    assert site.good("channel", "list", "-o", "name").split() == ["release", "canary", "beta", "stable"]
    assert site.is_clean
    site.bad(2, "noun/exists", "channel", "new", "beta", "--yes")
    site.bad(2, "noun/no-such-channel", "channel", "new", "gamma", "--after", "alpha", "--yes")
    assert "description: friends" in site.good("channel", "show", "BETA")
    site.good("promote", "shop@1.0.0", "--to", "canary", "--yes")
    site.good("promote", "shop@1.0.0", "--to", "beta", "--yes")


def test_a_channel_the_pipeline_names_already(site: Site) -> None:
    site.good("set", "fleet", "channels=release,canary,stable,late", "--yes", "--no-lint")
    site.bad(2, "noun/in-pipeline", "channel", "new", "late", "--yes")


def test_a_new_profile_begins_small_or_as_a_copy(site: Site) -> None:
    site.good("profile", "new", "small", "--yes")
    site.good("profile", "new", "copy", "--from", "standard", "--yes")
    assert "commands: [python3]" in site.text("profiles/copy.yaml")
    assert site.is_clean
    site.bad(2, "edit/no-target", "profile", "new", "other", "--from", "strict", "--yes")
    table = site.good("profiles", "list")
    assert any("standard" in line and "dev" in line for line in table.splitlines())
    assert site.good("profile", "list", "-o", "name").split() == ["copy", "small", "standard"]
    assert site.good("profile", "show", "copy") == site.text("profiles/copy.yaml")


@pytest.mark.parametrize(("noun", "name"), [("product", "shop"), ("channel", "canary"), ("profile", "standard")])
def test_editing_is_the_same_as_edit(site: Site, noun: str, name: str) -> None:
    environ = {"EDITOR": "sed -i s/^spec:/metadata_labels:/"}
    said = site.run(noun, "edit", name, "--yes", environ=environ)
    assert (said.code, "document/unknown-field" in said.err) == (2, True), said.err
    assert f"tiangong edit {noun} {name}" in said.err
    assert site.run(noun, "edit", "nothing", environ=environ).code == 2


def test_a_document_that_isnt_accepted_is_named(site: Site) -> None:
    site.replace("products/shop/product.yaml", "team-shop", "mallory")
    site.git("commit", "-qam", "unsigned")
    ran = site.run("product", "list")
    assert (ran.code, "mallory" in ran.out, "trust/" in ran.err) == (0, False, True)
    assert site.run("product", "show", "shop").code == 4


@pytest.mark.parametrize("noun", ["product", "channel", "profile"])
def test_somebody_without_the_role(site: Site, noun: str) -> None:
    machine = str(site.control / ".git" / "tiangong" / "keys" / "promoter")
    site.bad(4, "author/needs-role", noun, "new", "x", "--yes", "--key", machine)
