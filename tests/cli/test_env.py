"""`tiangong env` and the agent verbs of a clone, as people type them."""

import json
import shutil
from collections.abc import Callable
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

URL = "https://forge.example/control.git"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder and a control repository, made once and copied by every test."""
    root = tmp_path_factory.mktemp("env")
    ran = Person(root / "home").run("init", str(root / "control"), "--product", "shop", "--yes", cwd=root)
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


@pytest.fixture
def clean(control: Path) -> Callable[[], bool]:
    """Tell whether everything committed is accepted, and nothing else lies about."""

    def ask() -> bool:
        clone = Clone(control)
        return audit(clone.tree(clone.head or ""), None, datetime.now(UTC)) == () and clone.status() == []

    return ask


def request(control: Path, environment: str, private: Ed25519PrivateKey | None = None, repo: str = "") -> str:
    key = private or Ed25519PrivateKey.generate()
    line = parse_blob(public_blob(key)).line
    return write_request(environment, repo or _repo(control), line, key)


def _repo(control: Path) -> str:
    lines = (control / "tiangong.yaml").read_text().splitlines()
    return next(line.split('"')[1] for line in lines if line.strip().startswith("repo:"))


def test_a_new_environment_and_its_token(alice: Person, control: Path, clean: Callable[[], bool]) -> None:
    words = ("--profile", "standard", "-l", "tier=prod", "--label", "region=eu", "--timezone", "Europe/Berlin")
    ran = alice.run("env", "new", "prod-eu", *words, "--url", URL, "--expires", "12h", "--yes", cwd=control)
    assert ran.code == 0, ran.err
    assert "alice signs as owner" in ran.out
    command = ran.out.splitlines()[-1]
    assert command.startswith("tiangong agent join tg1-")
    token = read_token(command.split()[-1], datetime.now(UTC))
    assert (token.url, token.environment) == (URL, "prod-eu")
    assert 11 < (token.expires - datetime.now(UTC)).total_seconds() / 3600 <= 12
    assert clean()
    again = alice.run("agent", "token", "prod-eu", "--url", URL, cwd=control)
    assert read_token(again.out.split()[-1], datetime.now(UTC)).root_digest == token.root_digest


def test_nothing_is_written_when_something_is_wrong(alice: Person, control: Path) -> None:
    head = alice.git("rev-parse", "HEAD", cwd=control)
    for words, code in {
        ("Prod",): "env/bad-name",
        ("../prod",): "env/bad-name",
        ("dev",): "env/exists",
        ("prod", "--profile", "strict"): "env/no-profile",
        ("prod", "--profile", "standard", "--no-profile"): "env/one-of",
        ("prod", "--timezone", "Berlin"): "env/no-zone",
        ("prod", "--label", "tier"): "fleet/bad-label",
        ("prod", "--expires", "soon"): "env/bad-time",
        ("prod", "--url", "http://forge.example/c.git"): "git/bad-transport",
    }.items():
        more = () if "--url" in words else ("--url", URL)
        ran = alice.run("env", "new", *words, *more, "--yes", cwd=control)
        assert (ran.code, code in ran.err) == (2, True), (words, ran.err)
    ran = alice.run("env", "new", "prod", "--yes", cwd=control)
    assert (ran.code, "join/no-url" in ran.err) == (2, True)
    ran = alice.run("env", "new", "prod", "--url", URL, cwd=control)
    assert (ran.code, "--yes" in ran.err) == (2, True)
    assert alice.git("status", "--porcelain", cwd=control) == ""
    assert alice.git("rev-parse", "HEAD", cwd=control) == head


def test_a_dry_run_changes_nothing(alice: Person, control: Path) -> None:
    ran = alice.run("env", "new", "prod", "--url", URL, "--dry-run", cwd=control)
    assert ran.code == 0, ran.err
    assert "environments/prod/environment.yaml" in ran.out
    assert "tg1-" not in ran.out
    assert alice.git("status", "--porcelain", cwd=control) == ""


def test_list_and_show(alice: Person, control: Path) -> None:
    ran = alice.run("env", "list", cwd=control)
    assert (ran.code, "tier=dev" in ran.out, "no agent has joined" in ran.out) == (0, True, True)
    assert alice.run("envs", "list", "-o", "name", cwd=control).out == "dev\n"
    (item,) = json.loads(alice.run("env", "list", "-o", "json", cwd=control).out)["items"]
    assert (item["metadata"]["name"], item["profiles"], item["agents"], item["accepted"]) == (
        "dev",
        ["standard"],
        [],
        True,
    )
    shown = alice.run("env", "show", "dev", cwd=control).out
    assert shown == (control / "environments/dev/environment.yaml").read_text()
    assert json.loads(alice.run("env", "show", "dev", "-o", "json", cwd=control).out)["kind"] == "Environment"
    rows = json.loads(alice.run("env", "show", "dev", "--resolved", "-o", "json", cwd=control).out)["items"]
    values = {row["metadata"]["name"]: (row["value"], row["file"]) for row in rows}
    assert values["installations.shop.drift"] == ("report", "profiles/standard.yaml")
    assert "profiles/standard.yaml" in alice.run("env", "show", "dev", "--resolved", cwd=control).out
    ran = alice.run("env", "show", "prod", cwd=control)
    assert (ran.code, "there are: dev" in ran.err) == (2, True)


def test_an_edited_environment_is_listed_as_not_accepted(alice: Person, control: Path) -> None:
    file = control / "environments/dev/environment.yaml"
    file.write_text(file.read_text().replace("tier: dev", "tier: prod"))
    alice.git("commit", "-qam", "unsigned", cwd=control)
    ran = alice.run("env", "list", cwd=control)
    assert (ran.code, "not accepted" in ran.out, "trust/" in ran.err) == (0, True, True)
    assert alice.run("env", "show", "dev", cwd=control).code == 4
    assert alice.run("agent", "token", "dev", "--url", URL, cwd=control).code == 4


def test_accepting_an_agent(alice: Person, control: Path, clean: Callable[[], bool]) -> None:
    private = Ed25519PrivateKey.generate()
    fingerprint = parse_blob(public_blob(private)).fingerprint
    ran = alice.run("agent", "accept", request(control, "dev", private), "--yes", cwd=control)
    assert ran.code == 0, ran.err
    assert fingerprint in ran.out
    assert clean()
    head = alice.git("rev-parse", "HEAD", cwd=control)
    ran = alice.run("agent", "accept", request(control, "dev", private), "--yes", cwd=control)
    assert (ran.code, "nothing to do" in ran.out) == (0, True)
    assert alice.git("rev-parse", "HEAD", cwd=control) == head
    assert fingerprint in alice.run("env", "list", cwd=control).out
    (row,) = json.loads(alice.run("agent", "list", "-o", "json", cwd=control).out)["items"]
    assert (row["metadata"]["name"], row["fingerprint"], row["until"], row["heard"]) == ("dev", fingerprint, None, None)
    assert "never" in alice.run("agents", "list", cwd=control).out


def test_replacing_a_key(alice: Person, control: Path, clean: Callable[[], bool]) -> None:
    for more in ((), (), ("--replace",)):
        ran = alice.run("agent", "accept", request(control, "dev"), *more, "--yes", cwd=control)
        assert ran.code == 0, ran.err
    assert ran.out.count("counts until") == 2
    rows = json.loads(alice.run("agent", "list", "-o", "json", cwd=control).out)["items"]
    now = datetime.now(UTC)
    assert [row["until"] is None or datetime.fromisoformat(row["until"]) > now for row in rows] == [False, False, True]
    assert clean()


def test_requests_that_are_not_accepted(alice: Person, control: Path) -> None:
    head = alice.git("rev-parse", "HEAD", cwd=control)
    good = request(control, "dev")
    for line, code, exit_code in (
        (good[:-4] + "AAAA", "trust/bad-token", 2),
        ("tg1-" + good[5:], "trust/bad-token", 2),
        ("", "trust/bad-token", 2),
        (request(control, "prod"), "join/no-environment", 2),
        (request(control, "dev", repo="f" * 32), "join/other-repo", 2),
    ):
        ran = alice.run("agent", "accept", line, "--yes", cwd=control)
        assert (ran.code, code in ran.err) == (exit_code, True), (line, ran.err)
    ran = alice.run("agent", "accept", good, cwd=control)
    assert (ran.code, "--yes" in ran.err) == (2, True)
    assert alice.git("rev-parse", "HEAD", cwd=control) == head


def test_somebody_without_the_role(place: Path, control: Path, tmp_path: Path) -> None:
    bob = Person(tmp_path / "bob", "bob")
    ran = bob.run("agent", "accept", request(control, "dev"), "--yes", cwd=control)
    assert (ran.code, "author/unknown-key" in ran.err) == (2, True), ran.err
    machine = control / ".git" / "tiangong" / "keys" / "release"
    ran = bob.run("agent", "accept", request(control, "dev"), "--key", str(machine), "--yes", cwd=control)
    assert (ran.code, "author/needs-role" in ran.err) == (4, True), ran.err


def test_outside_of_any_control_repository(alice: Person, place: Path) -> None:
    for words in (("env", "list"), ("env", "new", "x"), ("agent", "token", "dev"), ("agent", "accept", "tgr1-x")):
        ran = alice.run(*words, cwd=place)
        assert ran.code == 2, (words, ran.err)
        assert "Traceback" not in ran.err
