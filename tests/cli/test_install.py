"""`tiangong install`: one document for each chosen environment, or one entry of a profile."""

import pytest

from tests.cli.conftest import Site

URL = "https://forge.example/control.git"
EU = "environments/prod-eu/installations/shop.yaml"
US = "environments/prod-us/installations/shop.yaml"
PROFILE = "profiles/standard.yaml"


@pytest.fixture
def fleet(site: Site) -> Site:
    """Two environments more."""
    for name in ("prod-eu", "prod-us"):
        site.good("env", "new", name, "-l", "tier=prod", "-l", f"region={name[-2:]}", "--url", URL, "--yes")
    return site


def test_in_every_environment_with_a_label_and_signed_at_once(fleet: Site) -> None:
    out = fleet.good(
        "install", "shop", "-l", "tier=prod", "--channel", "RELEASE", "--config", "home=/srv/shop", "--yes"
    )
    assert "shop from channel RELEASE as shop in: prod-eu, prod-us" in out
    assert "prod-eu/shop: install 1.1.0" in out
    assert "prod-us: no agent has joined yet" in out
    assert fleet.git("log", "-1", "--format=%s") == "Install shop from release in prod-eu, prod-us"
    for path in (EU, US):
        assert "channel: release" in fleet.text(path)
        assert "home: /srv/shop" in fleet.text(path)
    assert fleet.is_clean
    before = fleet.head
    assert "nothing to do" in fleet.good("install", "shop", "-l", "tier=prod", "--channel", "release", "--yes")
    assert fleet.head == before


def test_a_passphrase_is_asked_for_once(fleet: Site) -> None:
    """The same key, now with a passphrase; the program that is asked for it counts."""
    fleet.alice.call("ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", str(fleet.alice.key), cwd=fleet.root)
    asked, askpass = fleet.root / "asked", fleet.root / "askpass"
    askpass.write_text(f"#!/bin/sh\necho x >> {asked}\necho secret\n")
    askpass.chmod(0o755)
    environ = {"SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
    words = ("install", "shop", "-l", "tier=prod", "--channel", "release", "--config", "home=/srv/x", "--yes")
    fleet.good(*words, environ=environ)
    assert asked.read_text() == "x\n"
    assert fleet.is_clean


def test_by_name_and_only_where_it_is_missing(fleet: Site) -> None:
    fleet.good("install", "shop", "--env", "prod-eu", "--channel", "stable", "--yes")
    out = fleet.good("install", "shop", "--env", "prod-*", "--channel", "stable", "--yes")
    assert US in out
    assert EU not in out
    assert fleet.is_clean


def test_config_that_is_missing_is_asked_for(fleet: Site) -> None:
    words = ("install", "shop", "--env", "prod-eu", "--channel", "release", "--yes")
    assert "--config home=VALUE" in fleet.bad(2, "plan/config-missing", *words)
    fleet.good(*words, "--no-lint")
    assert fleet.is_clean


def test_beside_another_one(fleet: Site) -> None:
    fleet.bad(2, "install/exists", "install", "shop", "--env", "dev", "--channel", "canary", "--yes")
    fleet.good("install", "shop", "--env", "dev", "--channel", "canary", "--name", "second", "--yes")
    assert "channel: canary" in fleet.text("environments/dev/installations/second.yaml")
    assert fleet.is_clean


def test_into_a_profile(fleet: Site) -> None:
    words = ("install", "shop", "--profile", "standard", "--name", "web", "--channel", "release")
    out = fleet.good(*words, "--config", "home=/srv/web", "--config", "listen=8088", "--yes")
    assert "prod-us/web: install 1.1.0" in out
    assert "listen: 8088" in fleet.text(PROFILE)
    assert fleet.is_clean
    before = fleet.head
    ran = fleet.run(*words, "--config", "home=/srv/web", "--config", "listen=8088", "--yes")
    assert (ran.code, "nothing to do" in ran.out, fleet.head) == (0, True, before)
    fleet.bad(2, "install/in-profile", *words, "--yes")
    fleet.bad(2, "env/no-profile", "install", "shop", "--profile", "strict", "--channel", "release", "--yes")
    assert "nothing to do" in fleet.good("install", "shop", "--env", "dev", "--name", "web", "--channel", "release")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("shop", "-l", "tier=qa", "--channel", "release"), "select/none"),
        (("shop", "--env", "x-*", "--channel", "release"), "select/none"),
        (("shop", "-l", "tier", "--channel", "release"), "fleet/bad-label"),
        (("shop", "--channel", "release"), "install/where"),
        (("shop", "--env", "dev"), "cli/usage"),
        (("shop", "--env", "dev", "--channel", "beta"), "install/unknown-channel"),
        (("shop", "--env", "dev", "--channel", "release", "--name", "Web"), "install/bad-name"),
        (("web", "--env", "dev", "--channel", "release"), "release/no-product"),
        (("shop", "--env", "prod-eu", "--channel", "release", "--config", "listen=x"), "edit/wrong-type"),
        (("shop", "--env", "prod-eu", "--channel", "release", "--config", "listen"), "edit/bad-pair"),
        (("shop", "--env", "dev", "--profile", "standard", "--channel", "release"), "select/one-way"),
    ],
)
def test_what_cant_be(fleet: Site, words: tuple[str, ...], sentence: str) -> None:
    fleet.bad(2, sentence, "install", *words, "--yes")
    assert fleet.is_clean


def test_it_asks_before(fleet: Site) -> None:
    words = ("install", "shop", "-l", "tier=prod", "--channel", "release", "--config", "home=/srv/x")
    fleet.bad(2, "--yes", *words)
    ran = fleet.alice.answer(*words, cwd=fleet.control, typed=["y"])
    assert (ran.code, "Sign these (2)" in ran.err) == (0, True), ran.said
    assert fleet.is_clean


def test_an_environment_that_isnt_trusted_is_named_and_left_out(fleet: Site) -> None:
    fleet.replace("environments/prod-us/environment.yaml", "tier: prod", "tier: prodd")
    fleet.git("commit", "-qam", "unsigned")
    ran = fleet.run("install", "shop", "-l", "tier=prod", "--channel", "release", "--config", "home=/srv/x", "--yes")
    assert (ran.code, "trust/" in ran.err, "prod-us" in ran.out) == (0, True, False), ran.said
    fleet.bad(4, "trust/", "install", "shop", "--env", "prod-us", "--channel", "release", "--yes")
