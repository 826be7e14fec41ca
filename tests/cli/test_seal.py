"""`tiangong seal` and `promoter run` over real git: what is verified is vouched for, what isn't holds only its own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.person import Person
from tiangong.author.clone import Clone
from tiangong.git.mirror import Mirror
from tiangong.git.remote import parse_remote
from tiangong.model.stages import Desired, Pins
from tiangong.sources.git import GitSource
from tiangong.testing.origin import Origin
from tiangong.trust.audit import found_pins
from tiangong.trust.verify import verify

POLICY = "trust/policy.yaml"
PROFILE = "profiles/standard.yaml"
INSTALLATION = "environments/{}/installations/shop.yaml"


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    with Origin(tmp_path / "origin") as running:
        yield running


@pytest.fixture
def remote(site: Site, origin: Origin) -> Origin:
    """Alice's repository on a remote, with two more environments; agents demand seals."""
    for name in ("prod-eu", "prod-us"):
        site.good("env", "new", name, "--profile", "standard", "--url", origin.url, "--yes")
    where = ("--config", "home=/srv/shop", "--channel", "release")
    site.good("install", "shop", "--env", "prod-*", *where, "--yes")
    site.good("set", POLICY, "securityLevel=sealed", "--yes")
    site.git("remote", "add", "origin", str(origin.git_dir))
    site.git("push", "-q", "-u", "origin", "main")
    return origin


def agent_sees(site: Site, remote: Origin, environment: str, folder: Path) -> Desired:
    """What a fresh agent of an environment, told to demand seals, takes from the remote."""
    mirror = Mirror(folder / "mirrors" / environment, parse_remote(remote.url, ca=remote.ca))
    snapshot = GitSource("control", mirror).observe("")
    clone = Clone(site.control)
    first = found_pins(clone.tree(clone.head or ""))
    pins = Pins(first.repo, environment, 1, first.root_digest, "sealed")
    return verify(snapshot, pins, None, datetime.now(UTC))


def test_a_seal_is_made_once_and_again_when_something_changed(site: Site, remote: Origin, tmp_path: Path) -> None:
    assert "[seal/none" in site.run("plan", "dev").err
    out = site.good("seal", "--push")
    assert "Sealed" in out
    assert "signed by sealer" in out
    assert "Sealed already" in site.good("seal", "--push")
    assert site.git("rev-parse", "origin/seals") == site.git("rev-parse", "seals")
    desired = agent_sees(site, remote, "dev", tmp_path)
    assert (desired.level, desired.seal and desired.seal.head) == ("sealed", site.head)
    seal = json.loads(site.good("seal", "--renew", "--push", "-o", "json"))
    assert (seal["kind"], seal["spec"]["sequence"], seal["spec"]["head"]) == ("Seal", 2, site.head)
    desired = agent_sees(site, remote, "dev", tmp_path)
    assert desired.seal
    assert desired.seal.sequence == 2
    assert not desired.refusals


def test_a_small_team_pays_no_extra_step(site: Site, remote: Origin, tmp_path: Path) -> None:
    site.good("seal", "--push")
    ran = site.run("set", "prod-eu/shop", "drift=repair", "--push", "--yes")
    assert ran.code == 0, ran.said
    assert "in the same push" in ran.err
    desired = agent_sees(site, remote, "prod-eu", tmp_path)
    assert desired.seal
    assert (desired.seal.sequence, desired.seal.head) == (2, site.head)
    assert desired.installations["shop"].document.spec.drift == "repair"


def test_two_bad_pull_requests_on_prod_eu_hold_nobody_else(site: Site, remote: Origin, tmp_path: Path) -> None:
    """D9: what was merged badly is named in the seal; prod-us is sealed and served."""
    site.good("seal", "--push")
    path = INSTALLATION.format("prod-eu")
    good = site.text(path)
    for number, words in enumerate(("home: /srv/one", "home: /srv/two")):
        site.git("checkout", "-q", "-b", f"wrong-{number}", "origin/main")
        site.put(path, good.replace("home: /srv/shop", words))  # edited by hand, never signed
        site.git("commit", "-q", "-a", "-m", words, "--no-verify")
        site.git("checkout", "-q", "main")
        site.git("merge", "-q", "-X", "theirs", "--no-edit", "--no-verify", f"wrong-{number}")
    site.good("set", "prod-us/shop", "drift=repair", "--yes")
    site.git("push", "-q", "origin", "main")
    ran = site.run("promoter", "run")
    assert ran.code == 0, ran.said
    assert f"in quarantine: {path}" in ran.out
    us = agent_sees(site, remote, "prod-us", tmp_path)
    assert us.seal
    assert (us.seal.head, us.refusals) == (site.head, ())
    assert us.installations["shop"].document.spec.drift == "repair"
    eu = agent_sees(site, remote, "prod-eu", tmp_path)
    assert eu.seal
    assert eu.seal.head == site.head
    assert eu.installations["shop"].document.spec.config["home"] == "/srv/shop"
    assert {one.path for one in eu.refusals} == {path}


def test_who_may_not_seal_is_told_who_may(site: Site, remote: Origin) -> None:
    keys = site.control / ".git" / "tiangong" / "keys"
    for file in keys.glob("sealer*"):
        file.unlink()
    assert "sealer has it" in site.bad(4, "sealing/no-sealer", "seal", "--push")


def test_a_rewritten_main_is_not_sealed_by_an_oversight(site: Site, remote: Origin) -> None:
    site.good("seal", "--push")
    site.git("reset", "-q", "--hard", "HEAD~1")
    site.good("set", "prod-us/shop", "drift=repair", "--yes")
    site.git("push", "-q", "--force", "origin", "main")
    site.bad(4, "sealing/rewritten", "seal", "--push")
    assert "Sealed" in site.good("seal", "--push", "--rewritten")


def test_garbage_on_the_branch_of_seals_is_passed_over(site: Site, remote: Origin, tmp_path: Path) -> None:
    site.good("seal", "--push")
    site.git("checkout", "-q", "seals")
    site.put("seal.yaml", site.text("seal.yaml").replace("sequence: 1", "sequence: 99"))
    site.put("listings/.listing", "garbage\n")
    site.git("commit", "-q", "-a", "-m", "garbage", "--no-verify")
    site.git("push", "-q", "origin", "seals")
    site.git("checkout", "-q", "main")
    ran = site.run("seal", "--push", "--renew")
    assert ran.code == 0, ran.said
    assert "Passed over" in ran.err
    desired = agent_sees(site, remote, "dev", tmp_path)
    assert desired.seal
    assert desired.seal.sequence == 2


def test_somebody_sealed_meanwhile(site: Site, remote: Origin, tmp_path: Path) -> None:
    site.good("seal", "--push")
    site.good("seal", "--renew", "--push")
    site.git("update-ref", "refs/remotes/origin/seals", "origin/seals~1")
    site.good("set", "prod-us/shop", "drift=repair", "--yes")
    assert "somebody sealed meanwhile" in site.bad(1, "sealing/raced", "seal", "main", "--push", "--offline")


def test_two_sealers_witness_one_seal(site: Site, remote: Origin, tmp_path: Path) -> None:
    bob = Person(tmp_path / "bob", "bob")
    line = bob.key.with_suffix(".pub").read_text().strip()
    site.good("trust", "add-key", "bob", line, "--yes")
    site.good("trust", "set-role", "bob", "sealer", "--yes")
    site.good("set", POLICY, "securityLevel=witnessed", "--yes")
    site.git("push", "-q", "origin", "main")
    site.good("seal", "--push")
    with pytest.raises(Exception, match="seal/unsigned"):
        agent_sees(site, remote, "dev", tmp_path)
    clone = tmp_path / "bobs"
    bob.git("clone", "-q", str(remote.git_dir), str(clone), cwd=tmp_path)
    ran = bob.run("seal", "--push", cwd=clone)
    assert ran.code == 0, ran.said
    desired = agent_sees(site, remote, "dev", tmp_path)
    assert desired.level == "witnessed"
    assert desired.seal
    assert desired.seal.sequence == 1


def test_a_machine_that_seals_gets_no_other_right(site: Site, remote: Origin, tmp_path: Path) -> None:
    site.bad(2, "promoter/bad-name", "promoter", "init", "No Name")
    out = site.good("promoter", "init", "witness", "--folder", str(tmp_path / "keys"))
    key = tmp_path / "keys" / "witness"
    assert key.stat().st_mode & 0o077 == 0
    assert f"tiangong trust add-key witness {key}.pub --machine" in out
    assert "tiangong trust set-role witness sealer" in out
    site.good("trust", "add-key", "witness", f"{key}.pub", "--machine", "--yes")
    site.good("trust", "set-role", "witness", "sealer", "--yes")
    site.git("push", "-q", "origin", "main")
    assert "signed by witness" in site.good("seal", "--push", "--key", str(key))
    site.bad(4, "author/needs-role", "set", "dev/shop", "drift=repair", "--key", str(key), "--yes")
    assert "set-role" not in site.good("promoter", "init", "witness", "--folder", str(tmp_path / "keys"))
