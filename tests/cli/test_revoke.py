"""`trust revoke`, `trust export`, `renew`, `expiring`: a key is lost, what follows is shown, signed, and mended."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.person import Person
from tiangong.author.clone import Clone
from tiangong.trust.audit import audit

POLICY = "trust/policy.yaml"
SHOP = "environments/dev/installations/shop.yaml"


@pytest.fixture
def bob(site: Site, tmp_path: Path) -> Person:
    """Bob operates, and signed dev's installation."""
    bob = Person(tmp_path / "bob", "bob")
    line = bob.key.with_suffix(".pub").read_text().strip()
    site.good("trust", "add-key", "bob", line, "--yes")
    site.good("trust", "set-role", "bob", "operator", "--yes")
    ran = bob.run("set", "dev/shop", "drift=repair", "--yes", cwd=site.control)
    assert ran.code == 0, ran.said
    return bob


def refused(site: Site) -> set[str]:
    clone = Clone(site.control)
    return {one.path for one in audit(clone.tree(clone.head or ""), None, datetime.now(UTC))}


def test_what_follows_is_shown_and_then_mended(site: Site, bob: Person) -> None:
    out = site.good("trust", "revoke", "bob", "--dry-run")
    assert f"{SHOP} (bob)" in out
    assert "1 environments hold" in out
    assert site.is_clean
    out = site.good("trust", "revoke", "bob", "--since", "2d", "--note", "laptop stolen", "--yes")
    assert "tiangong renew" in out
    assert refused(site) == {SHOP}
    assert "1 documents to be signed" in site.good("renew", "--dry-run")
    before = site.text(SHOP)
    site.good("renew", "--yes")
    assert refused(site) == set()
    assert site.text(SHOP) == before
    assert "Nothing that I may sign" in site.good("renew")


def test_a_revocation_by_fingerprint_or_file(site: Site, bob: Person) -> None:
    public = bob.key.with_suffix(".pub")
    shown = bob.call("ssh-keygen", "-l", "-f", str(public), cwd=bob.home).out.split()[1]
    for word in (shown, str(public)):
        assert SHOP in site.good("trust", "revoke", word, "--dry-run")
    site.bad(2, "revoking/nobody", "trust", "revoke", "mallory", "--yes")
    site.bad(2, "revoking/no-reason", "trust", "revoke", "bob", "--reason", "bored", "--yes")
    site.bad(2, "revoking/bad-time", "trust", "revoke", "bob", "--since", "yesterday", "--yes")


def test_only_the_policys_signers_revoke(site: Site, bob: Person) -> None:
    ran = bob.run("trust", "revoke", "promoter", "--yes", cwd=site.control)
    assert ran.code == 4
    assert "author/needs-role" in ran.err


def test_openssh_and_git_accept_the_views(site: Site, bob: Person, tmp_path: Path) -> None:
    """With the real ssh-keygen: alice's signature verifies, bob's doesn't once his key is in the list."""
    site.good("trust", "revoke", "bob", "--yes")
    site.good("trust", "export", str(tmp_path / "ssh"))
    signers, krl = tmp_path / "ssh" / "allowed_signers", tmp_path / "ssh" / "revoked.krl"

    def verified(path: str, who: str) -> bool:
        words = ["-Y", "verify", "-f", str(signers), "-r", str(krl), "-I", who, "-n", "document.v1@tiangong.dev"]
        sidecar = site.control / f"{path}.{who}.sig"
        done = subprocess.run(
            ["ssh-keygen", *words, "-s", str(sidecar)],
            input=(site.control / path).read_bytes(),
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    person = next(line.split()[0] for line in signers.read_text().splitlines())
    assert verified(POLICY, person)
    assert not verified(SHOP, "bob")
    signers.write_text(signers.read_text())
    krl.unlink()
    site.good("trust", "export", str(tmp_path / "ssh"))
    site.git("config", "gpg.ssh.allowedSignersFile", str(signers))
    site.git("config", "gpg.ssh.revocationFile", str(krl))
    site.git("config", "gpg.format", "ssh")
    site.git("config", "user.signingkey", str(site.alice.key))
    site.git("commit", "-q", "--allow-empty", "-S", "-m", "signed")
    assert 'Good "git" signature' in site.alice.call("git", "log", "-1", "--show-signature", cwd=site.control).said


def test_what_ends_is_listed_and_put_off(site: Site) -> None:
    soon = (datetime.now(UTC) + timedelta(days=2, hours=1)).isoformat(timespec="seconds")
    site.good("set", POLICY, f"expires={soon}", "--yes")
    site.good("suspend", "dev", "--for", "1h", "--reason", "r", "--yes")
    found = json.loads(site.good("expiring", "-o", "json"))["items"]
    assert [(one["what"], one["urgent"]) for one in found] == [("suppression", False), ("policy", True)]
    assert "policy policy ends in 2 days" in site.run("doctor").said
    assert "tiangong renew" in site.run("expiring").err
    assert "policy policy ends in 2 days" in site.run("status", "--offline").err
    assert json.loads(site.good("expiring", "--within", "1d", "-o", "json"))["items"][0]["what"] == "suppression"
    site.good("renew", "--yes")
    assert not [one for one in json.loads(site.good("expiring", "-o", "json"))["items"] if one["urgent"]]
    assert site.is_clean
