"""`tiangong set`: fields of a document in one line, signed and committed like everything else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.person import Person

SHOP = "environments/dev/installations/shop.yaml"
DEV = "environments/dev/environment.yaml"
PROFILE = "profiles/standard.yaml"


def test_a_field_is_set_shown_foreseen_and_signed(site: Site) -> None:
    out = site.good("set", "dev/shop", "config.listen=9090", "--yes")
    assert "spec.config.listen: 9090 (new)" in out
    assert "alice signs as operator" in out
    assert "dev/shop: install 1.1.0" in out
    assert "dev: no agent has joined yet" in out
    assert out.splitlines()[-1] == "Next: tiangong status dev/shop, or tiangong why dev/shop"
    assert site.git("log", "-1", "--format=%s") == "dev/shop: config.listen"
    assert site.is_clean


def test_comments_and_layout_stay(site: Site) -> None:
    before = [line for line in site.text(DEV).splitlines() if line.lstrip().startswith("#")]
    assert before
    site.good("set", "dev", "timezone=Europe/Berlin", "labels.region=eu", "-m", "Move", "--yes")
    lines = site.text(DEV).splitlines()
    assert [line for line in lines if line.lstrip().startswith("#")] == before
    assert "  timezone: Europe/Berlin" in lines
    assert site.git("log", "-1", "--format=%s") == "Move"
    assert site.is_clean


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("profile", "standard", "envelope.paths[+]=/data/**"), 'paths: ["/srv/**", /data/**]'),
        (("profile", "standard", "envelope.shell.commands=a, b"), "commands: [a, b]"),
        (("profile", "standard", "envelope.hosts=[]"), "hosts: []"),
        (("product", "shop", "description=10"), 'description: "10"'),
        (("product", "shop", "owner=no"), 'owner: "no"'),
        (("dev/shop", "config.listen=8081"), "listen: 8081"),
        (("dev/shop", "overrides[+]={versions: '>=2', config: {listen: 1}}"), "versions:"),
        ((SHOP, "spec.drift=repair"), "drift: repair"),
    ],
)
def test_values_get_the_type_of_their_field(site: Site, words: tuple[str, ...], line: str) -> None:
    site.good("set", *words, "--yes", "--no-lint")
    assert line in site.git("show", "HEAD")
    assert site.is_clean


def test_what_would_become_wrong_elsewhere_is_said_first(site: Site) -> None:
    """dev/shop starts python3, which the profile would allow no more."""
    words = ("set", "profile", "standard", "envelope.shell.commands=systemctl", "--yes")
    site.bad(2, "python3", *words)
    site.good(*words, "--no-lint")
    site.good("set", "profile", "standard", "drift=repair", "--yes")
    assert site.is_clean


def test_entries_are_found_by_their_name(site: Site) -> None:
    nights = "windows.allow[+]={name: nights, cron: '0 1 * * *', for: 4h}"
    site.good("set", "dev", nights, "--yes")
    site.good("set", "dev", "windows.allow[nights].for=2h", "--yes")
    assert "for: 2h" in site.text(DEV)
    site.bad(2, "edit/no-entry", "set", "dev", "windows.allow[days].for=2h", "--yes")
    site.good("set", "dev", "--unset", "windows.allow[nights]", "--yes")
    assert "for: 2h" not in site.text(DEV)
    assert site.is_clean


def test_an_installation_that_only_a_profile_names_gets_its_own_document(site: Site) -> None:
    site.good("set", "profile", "standard", "install[+]={product: shop, channel: stable, name: second}", "--yes")
    site.good("set", "dev/second", "config.listen=8082", "--yes")
    text = site.text("environments/dev/installations/second.yaml")
    assert "listen: 8082" in text
    assert "product" not in text
    site.bad(2, "edit/wrong-type", "set", "profile", "standard", "install[second].config.listen=x", "--yes")
    assert site.is_clean


def test_what_is_said_already_is_not_signed_again(site: Site) -> None:
    before = site.head
    assert "nothing to do" in site.good("set", "dev", "timezone=UTC", "--yes")
    assert site.head == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("dev/shop", "config.listen=many"), "edit/wrong-type"),
        (("dev/shop", "config.listen=1.5"), "edit/wrong-type"),
        (("dev", "nonsense=1"), "document/unknown-field"),
        (("dev", "drift=maybe"), "document/not-one-of"),
        (("dev", "timezone=Mars"), "document/wrong-value"),
        (("dev", "approvals=1"), "document/not-fields"),
        (("dev/shop", "pin=1.0.0"), "document/not-yet"),
        (("dev", "state=gone"), "document/not-one-of"),
        (("dev", "..=1"), "edit/bad-field"),
        (("dev", "a[b=1"), "edit/bad-field"),
        (("dev", "=1"), "edit/bad-pair"),
        (("dev", "windows={allow: [}"), "document/syntax"),
        (("dev", "windows={allow: [{name: n, cron: x, for: 1h}]}", "nothing"), "edit/bad-pair"),
        (("dev",), "edit/nothing-given"),
        (("dev", "--unset", "drift"), "edit/not-set"),
        (("prod", "drift=report"), "edit/no-environment"),
        (("dev/web", "drift=report"), "edit/no-installation"),
        (("product", "web", "owner=x"), "edit/no-target"),
        (("a", "b", "c", "owner=x"), "edit/bad-target"),
        (("README.yaml", "owner=x"), "author/no-document"),
        (("../x.yaml", "owner=x"), "author/outside"),
    ],
)
def test_what_cant_be_set(site: Site, words: tuple[str, ...], sentence: str) -> None:
    site.bad(2, sentence, "set", *words, "--yes")
    assert site.is_clean


def test_a_secret_is_never_taken_and_never_repeated(site: Site) -> None:
    release = "products/shop/releases/1.1.0/release.yaml"
    site.replace(release, "    listen:", "    password: {type: secret}\n    listen:")
    err = site.bad(2, "edit/secret-by-name", "set", "dev/shop", "config.password=hunter2", "--yes")
    assert "hunter2" not in err


def test_a_dry_run_changes_nothing(site: Site) -> None:
    before = site.head
    ran = site.run("set", "dev/shop", "config.listen=9090", "--dry-run")
    assert (ran.code, "dev/shop: install 1.1.0" in ran.out) == (0, True)
    assert site.head == before
    assert site.is_clean


# ── bad states ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_else_is_staged_or_edited_stays_as_it_is(site: Site) -> None:
    site.replace("products/shop/product.yaml", "team-shop", "team-web")
    site.git("add", "products/shop/product.yaml")
    site.replace(PROFILE, "drift: report", "drift: repair")
    site.good("set", "dev/shop", "config.listen=9090", "--yes")
    assert site.git("show", "--name-only", "--format=").splitlines() == [SHOP, f"{SHOP}.alice.sig"]
    assert site.git("diff", "--cached", "--name-only") == "products/shop/product.yaml"
    assert site.git("diff", "--name-only") == PROFILE


def test_without_a_branch(site: Site) -> None:
    site.git("checkout", "-q", "--detach")
    site.bad(2, "author/detached", "set", "dev/shop", "config.listen=9090", "--yes")
    site.good("set", "dev/shop", "config.listen=9090", "--yes", "--branch", "listen")
    assert site.git("branch", "--show-current") == "listen"
    site.bad(2, "author/branch-exists", "set", "dev", "drift=repair", "--yes", "--branch", "main")


def test_without_a_remote_nothing_is_signed(site: Site) -> None:
    site.bad(2, "author/no-remote", "set", "dev/shop", "config.listen=9090", "--yes", "--push")
    assert site.is_clean


def test_a_protected_branch_is_answered_with_the_way_to_a_pull_request(site: Site) -> None:
    site.git("clone", "-q", "--bare", str(site.control), str(site.root / "origin.git"))
    hook = site.root / "origin.git" / "hooks" / "update"
    hook.write_text('#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo "protected branch" >&2; exit 1; }\n')
    hook.chmod(0o755)
    site.git("remote", "add", "origin", str(site.root / "origin.git"))
    ran = site.run("set", "dev/shop", "config.listen=9090", "--yes", "--push")
    assert (ran.code, "author/push-refused" in ran.err, "--branch" in ran.err) == (1, True, True), ran.err
    assert "protected branch" in ran.err
    ran = site.run("set", "dev/shop", "config.listen=9091", "--yes", "--push", "--branch", "listen")
    assert ran.code == 0, ran.err
    assert site.alice.git("rev-parse", "listen", cwd=site.root / "origin.git") == site.head


def test_without_the_role_or_the_key(site: Site, tmp_path: Path) -> None:
    stranger = Person(tmp_path / "bob", "bob")
    ran = stranger.run("set", "dev", "drift=repair", "--yes", cwd=site.control)
    assert (ran.code, "author/unknown-key" in ran.err) == (2, True), ran.err
    nobody = Person(tmp_path / "carl", "carl", key=False)
    ran = nobody.run("set", "dev", "drift=repair", "--yes", cwd=site.control)
    assert (ran.code, "author/no-key" in ran.err) == (2, True), ran.err
    machine = str(site.control / ".git" / "tiangong" / "keys" / "release")
    site.bad(4, "author/needs-role", "set", "dev", "drift=repair", "--yes", "--key", machine)
    site.bad(2, "author/no-key-file", "set", "dev", "drift=repair", "--yes", "--key", "/nowhere")
    assert site.is_clean


def test_an_agent_that_is_gone(site: Site, tmp_path: Path) -> None:
    """The key is known by its public half only; its private half was in an ssh agent."""
    public = site.alice.key.with_name("id_ed25519.pub").read_text().strip()
    site.git("config", "user.signingkey", f"key::{public}")
    shutil.move(site.alice.key, tmp_path / "gone")
    environ = {"SSH_AUTH_SOCK": str(tmp_path / "socket")}
    err = site.bad(1, "author/cant-sign", "set", "dev", "drift=repair", "--yes", environ=environ)
    assert "ssh-add -L" in err
    assert site.is_clean


def test_two_at_once_never_mix(site: Site) -> None:
    """Both edit the same document: each either counts or is told to run again."""
    words = [sys.executable, "-m", "tiangong", "set", "dev/shop", "--yes"]
    running = [
        subprocess.Popen(
            [*words, f"config.listen={port}"],
            cwd=site.control,
            env=site.alice.environ,
            stderr=subprocess.PIPE,
            text=True,
        )
        for port in (8081, 8082, 8083)
    ]
    ended = [(child.communicate(timeout=100)[1], child.returncode) for child in running]
    codes = [code for _, code in ended]
    assert 0 in codes, ended
    assert set(codes) <= {0, 1}, ended
    assert all("Traceback" not in err and "fix:" in err for err, code in ended if code), ended
    assert int(site.git("rev-list", "--count", "HEAD", "--", SHOP)) == 2 + codes.count(0)
    assert site.is_clean
    assert site.run("verify").code == 0
