"""`tiangong recall` and `recalls`: one signature takes versions out of use, the maintainers bring them back."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Site
from tiangong.documents.strict import load

MAKE = ("recall", "shop", "1.1.0", "--reason", "CVE-2026-1234", "--id", "cve-1", "--yes")


def test_recalling_shows_what_follows_and_signs_once(site: Site) -> None:
    out = site.good(
        "recall", "shop", ">=1.0.5 <1.2", "--except", "1.1.5", "--reason", "CVE-1", "--id", "cve-1", "--yes"
    )
    assert "Recalled of shop: 1.1.0" in out
    assert "dev/shop: install 1.0.0" in out
    assert "alice signs as promoter" in out
    spec = load((site.control / "products/shop/recalls/cve-1.yaml").read_bytes(), "r").data["spec"]
    assert spec == {"versions": ">=1.0.5 <1.2", "except": "1.1.5", "reason": "CVE-1"}
    assert site.is_clean


def test_a_range_without_published_versions_counts_for_those_to_come(site: Site) -> None:
    assert "No published version" in site.good("recall", "shop", "^7", "--reason", "leaked", "--dry-run")
    site.good("recall", "shop", "^7", "--reason", "leaked", "--yes")
    (name,) = site.good("recalls", "list", "-o", "name").split()
    assert name.startswith("shop/")
    assert name.endswith("-leaked")


def test_list_show_withdraw(site: Site) -> None:
    assert "No recall is in force" in site.run("recalls", "list").err
    site.good(*MAKE)
    table = site.good("recalls", "list", "--product", "shop")
    assert all(word in table for word in ("shop/cve-1", "1.1.0", "CVE-2026-1234", "alice"))
    (item,) = json.loads(site.good("recalls", "list", "-o", "json"))["items"]
    assert (item["kind"], item["spec"]["versions"]) == ("Recall", "1.1.0")
    assert site.good("recalls", "show", "shop/cve-1") == site.text("products/shop/recalls/cve-1.yaml")
    site.bad(2, "there are:", "recalls", "show", "shop/cve-2")
    out = site.good("recalls", "withdraw", "shop/cve-1", "--reason", "false alarm", "--yes")
    assert "alice signs as maintainer" in out
    assert "dev/shop: install 1.1.0" in out
    assert site.good("recalls", "list", "-o", "name") == ""
    assert "(withdrawn)" in site.good("recalls", "list", "--all")
    site.bad(2, "recall/over", "recalls", "withdraw", "shop/cve-1", "--reason", "again", "--yes")
    assert site.is_clean


def test_a_recalled_release_isnt_promoted(site: Site) -> None:
    site.good(*MAKE)
    said = site.bad(2, "promote/recalled", "promote", "shop@1.1.0", "--to", "canary", "--yes")
    assert "shop/cve-1" in said
    site.good("promote", "shop@1.0.0", "--to", "canary", "--yes")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("list",), "recall/verb"),
        (("shop",), "recall/no-range"),
        (("shop", "1.1.0"), "recall/no-reason"),
        (("shop", "newest", "--reason", "r"), "document/wrong-value"),
        (("shop", "1.1.0", "--reason", "r", "--except", "old"), "document/wrong-value"),
        (("shp", "1.1.0", "--reason", "r"), "release/no-product"),
        (("shop", "1.1.0", "--reason", "r", "--roll-off", "freeze"), "recall/roll-off-later"),
        (("shop", "1.1.0", "--reason", "r", "--roll-off", "allow-downgrade"), "recall/roll-off-later"),
        (("shop", "1.1.0", "--reason", "r", "--roll-off", "away"), "recall/roll-off"),
        (("shop", "1.1.0", "--reason", "r", "--id", "A/b"), "suppress/bad-id"),
    ],
)
def test_what_cant_be(site: Site, words: tuple[str, ...], sentence: str) -> None:
    site.bad(2, sentence, "recall", *words, "--yes")
    assert site.is_clean


def test_a_name_is_never_used_twice_and_a_recall_never_edited(site: Site) -> None:
    site.good(*MAKE)
    site.bad(2, "recall/id-taken", *MAKE)
    site.replace("products/shop/recalls/cve-1.yaml", "CVE-2026-1234", "another")
    site.bad(2, "author/recall-written", "commit", "-a", "-m", "edited")


@pytest.mark.parametrize("how", ["freeze", "allowDowngrade", "testOn"])
def test_what_isnt_built_is_refused_by_name(site: Site, how: str) -> None:
    """A roll-off that would be ignored is no restriction: lint and commit say so."""
    text = "apiVersion: tiangong.dev/v1\nkind: Recall\nmetadata: {name: shop/r-1}\n"
    site.put("products/shop/recalls/r-1.yaml", f"{text}spec: {{versions: '*', reason: r, rollOff: {how}}}\n")
    said: Any = site.bad(2, "document/not-yet", "commit", "-a", "-m", "recall")
    assert "spec.rollOff" in said


def test_only_a_promoter_may(site: Site) -> None:
    site.bad(4, "author/needs-role", *MAKE, "--as", "release")
