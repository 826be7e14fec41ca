"""`tiangong promote`, and the whole way of a newcomer: from nothing to an accepted agent."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.person import Person
from tiangong.author.clone import Clone
from tiangong.trust.audit import audit
from tiangong.trust.keys import parse_blob
from tiangong.trust.sshsig import public_blob
from tiangong.trust.tokens import read_token, write_request

EXAMPLE = Path(__file__).parents[2] / "example-repo" / "apps" / "shop"


def is_clean(control: Path) -> bool:
    clone = Clone(control)
    return audit(clone.tree(clone.head or ""), None, datetime.now(UTC)) == () and clone.status() == []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A control repository with three releases, made once and copied by every test."""
    root = tmp_path_factory.mktemp("promote")
    alice = Person(root / "home")
    assert alice.run("init", str(root / "control"), "--product", "shop", "--yes", cwd=root).code == 0
    for version in ("1.0.0", "1.1.0", "2.0.0-rc.1"):
        words = ("release", "publish", "--version", version, "--repo", str(root / "control"), "--yes")
        ran = alice.run(*words, cwd=EXAMPLE)
        assert ran.code == 0, ran.err
    return root


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def alice(place: Path) -> Person:
    return Person.at(place / "home")


@pytest.fixture
def control(place: Path) -> Path:
    return place / "control"


def head(alice: Person, control: Path) -> str:
    return alice.git("rev-parse", "HEAD", cwd=control)


def test_through_the_pipeline(alice: Person, control: Path) -> None:
    ran = alice.run("promote", "shop@1.0.0", "--to", "canary", "--reason", "soak: ok", "--yes", cwd=control)
    assert ran.code == 0, ran.err
    assert "alice signs as promoter" in ran.out
    assert alice.run("promote", "shop@1.0.0", "--to", "STABLE", "--yes", cwd=control).code == 0
    assert is_clean(control)
    shown = json.loads(alice.run("release", "show", "shop@1.0.0", "-o", "json", cwd=control).out)
    assert shown["channels"] == ["release", "canary", "stable"]
    assert alice.git("log", "-1", "--format=%s", cwd=control) == "Promote shop@1.0.0 to stable"
    before = head(alice, control)
    ran = alice.run("promote", "shop@1.0.0", "--to", "stable", "--yes", cwd=control)
    assert (ran.code, "nothing to do" in ran.out) == (0, True)
    ran = alice.run("promote", "shop@1.1.0", "--to", "release", "--yes", cwd=control)
    assert (ran.code, "nothing to do" in ran.out) == (0, True)
    assert head(alice, control) == before


def test_a_channel_is_left_out_on_purpose_only(alice: Person, control: Path) -> None:
    before = head(alice, control)
    ran = alice.run("promote", "shop@1.0.0", "--to", "stable", "--yes", cwd=control)
    assert (ran.code, "promote/skips" in ran.err, "--to canary" in ran.err) == (2, True, True)
    assert head(alice, control) == before
    ran = alice.run("promote", "shop@1.0.0", "--to", "stable", "--skip", "--yes", cwd=control)
    assert ran.code == 0, ran.err
    assert is_clean(control)


def test_an_older_one_is_promoted_with_a_warning(alice: Person, control: Path) -> None:
    assert alice.run("promote", "shop@1.1.0", "--to", "canary", "--yes", cwd=control).code == 0
    ran = alice.run("promote", "shop@1.0.0", "--to", "canary", "--yes", cwd=control)
    assert (ran.code, "promote/older" in ran.err) == (0, True)
    assert is_clean(control)


def test_a_pre_release_enters_the_first_channel_by_promotion_only(alice: Person, control: Path) -> None:
    ran = alice.run("promote", "shop@2.0.0-rc.1", "--to", "release", "--yes", cwd=control)
    assert ran.code == 0, ran.err
    shown = json.loads(alice.run("release", "show", "shop@2.0.0-rc.1", "-o", "json", cwd=control).out)
    assert shown["channels"] == ["release"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("shop", "--to", "canary"), "promote/bad-name"),
        (("web@1.0.0", "--to", "canary"), "release/no-product"),
        (("shop@9.0.0", "--to", "canary"), "release/no-release"),
        (("shop@1.0.0", "--to", "beta"), "promote/unknown-channel"),
        (("shop@1.0.0",), "cli/usage"),
    ],
)
def test_what_cant_be(alice: Person, control: Path, words: tuple[str, ...], code: str) -> None:
    ran = alice.run("promote", *words, "--yes", cwd=control)
    assert (ran.code, code in ran.err) == (2, True), ran.err
    assert is_clean(control)


def test_a_release_that_is_not_to_be_trusted(alice: Person, control: Path) -> None:
    (control / "products/shop/releases/1.0.0/app/server.py").write_text("evil\n")
    alice.git("commit", "-qam", "evil", cwd=control)
    ran = alice.run("promote", "shop@1.0.0", "--to", "canary", "--yes", cwd=control)
    assert (ran.code, "trust/payload-changed" in ran.err) == (4, True)


def test_without_a_terminal_and_without_yes(alice: Person, control: Path) -> None:
    ran = alice.run("promote", "shop@1.0.0", "--to", "canary", cwd=control)
    assert (ran.code, "--yes" in ran.err) == (2, True)
    assert is_clean(control)


# ── what follows ─────────────────────────────────────────────────────────────────────────────────────────────────
def follow(alice: Person, control: Path, channel: str, commands: str = "[python3]") -> None:
    """Let dev's installation follow a channel, and its envelope allow what the example starts."""
    for path, old, new in (
        ("environments/dev/installations/shop.yaml", "channel: release", f"channel: {channel}"),
        ("environments/dev/installations/shop.yaml", "config: {}", "config: {home: /srv/dev/shop}"),
        ("profiles/standard.yaml", "commands: []", f"commands: {commands}"),
    ):
        file = control / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
    ran = alice.run("commit", "-a", "-m", "follow", cwd=control)
    assert ran.code == 0, ran.err


def test_nobody_follows_the_channel(alice: Person, control: Path) -> None:
    ran = alice.run("promote", "shop@1.0.0", "--to", "canary", "--yes", cwd=control)
    assert "No installation follows channel CANARY" in ran.err


def test_who_follows_it_would_install_it(alice: Person, control: Path) -> None:
    follow(alice, control, "canary")
    ran = alice.run("promote", "shop@1.0.0", "--to", "canary", "--dry-run", cwd=control)
    assert ran.code == 0, ran.err
    assert "dev/shop: install 1.0.0" in ran.out
    assert "dev: no agent has joined yet" in ran.out
    assert is_clean(control)


def test_why_it_would_be_held(alice: Person, control: Path) -> None:
    follow(alice, control, "canary", commands="[systemctl]")
    ran = alice.run("promote", "shop@1.0.0", "--to", "canary", "--yes", cwd=control)
    assert ran.code == 0, ran.err
    assert "python3" in ran.out
    assert "dev/shop: install 1.0.0" not in ran.out.replace("held", "")


# ── a newcomer ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_newcomers_way(tmp_path: Path) -> None:
    """init → release new → publish → promote → verify → env new → token read back → accept."""
    zoe = Person(tmp_path / "home", "zoe")
    zoe.git("init", "-q", "--bare", "origin.git", cwd=tmp_path)
    zoe.git("clone", "-q", "origin.git", "control", cwd=tmp_path)
    control, code = tmp_path / "control", tmp_path / "web"
    code.mkdir()

    def tiangong(*words: str, cwd: Path = control) -> str:
        ran = zoe.run(*words, cwd=cwd)
        assert ran.code == 0, (words, ran.said)
        return ran.out

    tiangong("init", "--yes")
    tiangong("release", "new", "--product", "web", cwd=code)
    publish = ("release", "publish", "--version", "1.0.0", "--repo", str(control), "--create-product")
    tiangong(*publish, "--yes", "--push", cwd=code)
    tiangong("promote", "web@1.0.0", "--to", "canary", "--yes", "--push")
    tiangong("verify")
    url = "https://forge.example/control.git"
    out = tiangong("env", "new", "prod", "--url", url, "--yes", "--push")
    token = read_token(next(word for word in out.split() if word.startswith("tg1-")), datetime.now(UTC))
    assert (token.url, token.environment) == (url, "prod")
    private = Ed25519PrivateKey.generate()
    line = parse_blob(public_blob(private)).line
    tiangong("agent", "accept", write_request(token.environment, token.repo, line, private), "--yes", "--push")
    assert is_clean(control)
    assert zoe.git("rev-parse", "HEAD", cwd=control) == zoe.git("rev-parse", "main", cwd=tmp_path / "origin.git")
