"""What is edited by hand, or published, is foreseen before it is signed; on a branch it is a proposal."""

from tests.cli.conftest import EXAMPLE, Site

SHOP = "environments/dev/installations/shop.yaml"
DEV = "environments/dev/environment.yaml"


def test_what_is_committed_is_foreseen(site: Site) -> None:
    site.replace(SHOP, "config: {home: /srv/dev/shop}", "config: {home: /srv/dev/shop, listen: 9090}")
    out = site.good("commit", "-a", "-m", "Port")
    assert "What follows:" in out
    assert "dev/shop: install 1.1.0 (steps: " in out
    assert out.index("What follows:") < out.index("committed ")


def test_a_dry_run_foresees_too(site: Site) -> None:
    site.replace(SHOP, "channel: release", "channel: stable")
    out = site.good("commit", "-a", "--dry-run")
    assert "What follows:\n  dev/shop: is not installed: " in out


def test_what_no_agent_acts_on_is_said(site: Site) -> None:
    site.put("products/other/product.yaml", site.text("products/shop/product.yaml").replace("shop", "other"))
    ran = site.run("commit", "-a", "-m", "A product")
    assert ran.code == 0, ran.said
    assert "No agent does anything because of this." in ran.err


def test_what_others_signed_is_foreseen(site: Site) -> None:
    """Signed by `tiangong sign`, committed later: the bytes stay as they are, what follows is said."""
    site.replace(SHOP, "channel: release", "channel: stable")
    site.good("commit", "-a", "-m", "Stable")
    site.git("reset", "-q", "--mixed", "HEAD~1")
    assert "dev/shop: is not installed: " in site.good("commit", "-a", "-m", "Again")


def test_that_nothing_can_be_told_stops_nobody(site: Site) -> None:
    """The policy on main is broken: the commit that mends it can't be foreseen, and is made."""
    right = site.text("trust/policy.yaml")
    site.put("trust/policy.yaml", "kind: TrustPolicy\n")
    site.git("commit", "-qam", "Broken")
    site.put("trust/policy.yaml", right.replace("expires:", "# mended\n  expires:"))
    site.replace(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    ran = site.run("commit", "-a", "-m", "Mend", "--no-lint")
    assert ran.code == 0, ran.said
    assert "What agents will do can't be told: " in ran.err


def test_a_release_is_foreseen(site: Site) -> None:
    words = ("release", "publish", "--version", "1.2.0", "--repo", str(site.control), "--yes")
    ran = site.alice.run(*words, cwd=EXAMPLE)
    assert ran.code == 0, ran.said
    assert "dev/shop: install 1.2.0 (steps: " in ran.out
    assert ran.out.splitlines()[-1] == "Next: tiangong promote shop@1.2.0 --to canary"


def test_a_release_nobody_follows_is_to_be_installed_next(site: Site) -> None:
    app = site.root / "fresh"
    app.mkdir()
    assert site.alice.run("release", "new", "--product", "fresh", cwd=app).code == 0
    words = ("release", "publish", "--version", "1.0.0", "--repo", str(site.control), "--create-product", "--yes")
    ran = site.alice.run(*words, cwd=app)
    assert "No installation follows fresh yet." in ran.err
    assert ran.out.splitlines()[-1] == "Next: tiangong install fresh --env ENVIRONMENT --channel release"


def test_on_a_branch_it_is_a_proposal(site: Site) -> None:
    out = site.good("set", "dev/shop", "drift=repair", "--branch", "later", "--yes")
    assert out.splitlines()[-1] == "Next: git push -u origin later, then open a pull request"


def test_who_may_not_is_told_what_helps(site: Site) -> None:
    """A command's own documents lie in no file: git commit -a would find nothing."""
    err = site.bad(
        4,
        "needs role owner; release doesn't have it, alice has",
        "set",
        "dev",
        "timezone=Europe/Berlin",
        "--as",
        "release",
        "--yes",
    )
    assert "ask alice to run the same command" in err
    site.replace(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    assert "git switch -c NAME" in site.bad(4, "needs role owner", "commit", "-a", "-m", "x", "--as", "release")
