"""`tiangong approve` and `approval`: what is shown is what is signed, once for many environments."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.person import Person

PROFILE = "profiles/standard.yaml"


@pytest.fixture
def bob(site: Site, tmp_path: Path) -> Person:
    """Two production environments that ask for one approval; bob may give it."""
    bob = Person(tmp_path / "bob", "bob")
    line = bob.key.with_suffix(".pub").read_text().strip()
    site.good("trust", "add-key", "bob", line, "--yes")
    site.good("trust", "set-role", "bob", "approver", "--env", "prod-*", "--yes")
    for name in ("prod-eu", "prod-us"):
        site.good("env", "new", name, "--profile", "standard", "--url", "https://forge.example/c.git", "--yes")
        site.good("set", name, 'approvals=[{"require": 1}]', "--yes")
    where = ("--config", "home=/srv/shop", "--channel", "release")
    site.good("install", "shop", "--env", "prod-*", *where, "--yes")
    return bob


def plans(site: Site) -> dict[str, str]:
    found = json.loads(site.good("plan", "--env", "prod-*", "-o", "json"))["items"]
    return {one["metadata"]["name"]: one["verdicts"][0]["verdict"] for one in found}


def test_one_signature_for_all_of_them(site: Site, bob: Person) -> None:
    assert plans(site) == {"prod-eu": "held", "prod-us": "held"}
    out = site.good("approval", "pending")
    assert "prod-eu/shop" in out
    assert "bob" in out
    pending = json.loads(site.good("approval", "pending", "-o", "json"))["items"]
    assert [(one["have"], one["need"], one["who"][-1]) for one in pending] == [(0, 1, "bob")] * 2
    ran = bob.run("approve", "shop@1.1.0", "--env", "prod-*", "--yes", cwd=site.control)
    assert ran.code == 0, ran.said
    assert "prod-us/shop: install, - → 1.1.0" in ran.out
    assert plans(site) == {"prod-eu": "ready", "prod-us": "ready"}
    assert "Nothing waits" in site.good("approval", "pending")
    assert "bob" in site.good("approval", "list")
    assert len(list((site.control / "approvals").glob("*.yaml"))) == 1
    assert site.is_clean


def test_taken_back(site: Site, bob: Person) -> None:
    bob.run("approve", "shop@1.1.0", "--env", "prod-*", "--yes", cwd=site.control)
    name = next((site.control / "approvals").glob("*.yaml")).stem
    ran = bob.run("approval", "withdraw", name[:6], "--reason", "wrong night", "--yes", cwd=site.control)
    assert ran.code == 0, ran.said
    assert plans(site) == {"prod-eu": "held", "prod-us": "held"}
    assert site.good("approval", "list", "-o", "name") == ""


def test_what_cant_be_approved(site: Site, bob: Person) -> None:
    site.bad(2, "approval/nothing-waits", "approve", "shop@9.9.9", "--env", "prod-*", "--yes")
    site.bad(2, "promote/bad-name", "approve", "shop", "--yes")
    site.bad(2, "approval/too-long", "approve", "shop@1.1.0", "--for", "60d", "--yes")
    site.bad(2, "approval/which", "approval", "withdraw", "ffff", "--reason", "r", "--yes")


def test_a_rule_nobody_could_meet(site: Site, bob: Person) -> None:
    site.bad(2, "lint/approvals-unreachable", "set", "prod-eu", 'approvals=[{"require": 7}]', "--yes")


def test_who_may_not_is_told_who_may(site: Site, bob: Person, tmp_path: Path) -> None:
    carol = Person(tmp_path / "carol", "carol")
    site.good("trust", "add-key", "carol", carol.key.with_suffix(".pub").read_text().strip(), "--yes")
    ran = carol.run("approve", "shop@1.1.0", "--env", "prod-*", "--yes", cwd=site.control)
    assert ran.code == 4
    assert "bob" in ran.err
