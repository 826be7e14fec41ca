"""`tiangong init` as people type it: guesses, refusals, nothing left behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.person import Person


@pytest.fixture
def alice(tmp_path: Path) -> Person:
    return Person(tmp_path / "home")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_by_guesses_alone_as_a_process(work: Path, alice: Person) -> None:
    ran = alice.start("init", "acme", "--yes", cwd=work)
    assert ran.code == 0, ran.err
    assert "Control repository acme" in ran.out
    assert "sign with SHA256:" in ran.err
    assert "git remote add origin URL" in ran.out
    assert alice.git("log", "--format=%an: %s", cwd=work / "acme") == "Alice: Found the control repository"
    assert alice.git("symbolic-ref", "HEAD", cwd=work / "acme") == "refs/heads/main"
    assert alice.git("status", "--porcelain", cwd=work / "acme") == ""
    assert "alice:" in (work / "acme/trust/policy.yaml").read_text()
    assert (work / "acme/.gitattributes").read_text() == "* -text\n"


def test_in_the_current_folder(work: Path, alice: Person) -> None:
    ran = alice.run("init", "--name", "fleet-7", "--person", "al", "--product", "shop", "--yes", cwd=work)
    assert ran.code == 0, ran.err
    assert "  cd " not in ran.out
    assert "name: fleet-7" in (work / "tiangong.yaml").read_text()
    assert (work / "products/shop/product.yaml.al.sig").is_file()
    assert (work / "environments/dev/installations/shop.yaml.al.sig").is_file()


def test_in_a_fresh_clone_of_an_empty_remote(work: Path, alice: Person) -> None:
    alice.git("init", "-q", "--bare", "github.git", cwd=work)
    alice.git("clone", "-q", "github.git", "acme", cwd=work)
    ran = alice.run("init", "acme", "--yes", cwd=work)
    assert ran.code == 0, ran.err
    assert "git push -u origin main" in ran.out
    assert "remote add" not in ran.out
    assert "sh ci/verify.sh" in (work / "acme/.github/workflows/tiangong.yml").read_text()
    alice.git("push", "-q", "-u", "origin", "main", cwd=work / "acme")
    assert alice.git("ls-tree", "--name-only", "main", "tiangong.yaml", cwd=work / "github.git") == "tiangong.yaml"


@pytest.mark.parametrize(("ci", "file"), [("gitlab", ".gitlab-ci.yml"), ("github", ".github/workflows/tiangong.yml")])
def test_a_file_for_the_ci(work: Path, alice: Person, ci: str, file: str) -> None:
    assert alice.run("init", "--ci", ci, "--yes", cwd=work).code == 0
    assert "sh ci/verify.sh" in (work / file).read_text()
    check = (work / "ci/verify.sh").read_text()
    assert "tiangong lint" in check
    assert "tiangong verify" in check


def test_a_ci_nobody_knows(work: Path, alice: Person) -> None:
    ran = alice.run("init", "--ci", "jenkins", "--yes", cwd=work)
    assert (ran.code, "init/bad-ci" in ran.err) == (2, True)


def test_no_key_says_how_to_make_one(work: Path, tmp_path: Path) -> None:
    bob = Person(tmp_path / "bob", "bob", key=False)
    ran = bob.run("init", "acme", "--yes", cwd=work)
    assert ran.code == 2
    assert "ssh-keygen -t ed25519" in ran.err
    assert not (work / "acme").exists()


def test_a_key_of_its_own_is_remembered(work: Path, tmp_path: Path) -> None:
    bob = Person(tmp_path / "bob", "bob", key=False)
    key = bob.make_key(tmp_path / "keys" / "work")
    assert bob.run("init", "acme", "--key", str(key), "--yes", cwd=work).code == 0
    ran = bob.run("env", "new", "prod", "--url", "https://forge.example/c.git", "--yes", cwd=work / "acme")
    assert ran.code == 0, ran.err


def test_a_passphrase_nobody_can_type_leaves_nothing(work: Path, tmp_path: Path) -> None:
    bob = Person(tmp_path / "bob", "bob", key=False)
    key = bob.make_key(tmp_path / "keys" / "work", passphrase="secret")
    ran = bob.start("init", "acme", "--key", str(key), "--yes", cwd=work)
    assert (ran.code, "author/cant-sign" in ran.err) == (1, True), ran.err
    assert not (work / "acme").exists()


def test_everything_is_signed_with_one_prompt(work: Path, tmp_path: Path) -> None:
    bob = Person(tmp_path / "bob", "bob", key=False)
    key = bob.make_key(tmp_path / "keys" / "work", passphrase="secret")
    asked = tmp_path / "asked"
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\necho x >> {asked}\necho secret\n")
    ask.chmod(0o700)
    environ = {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
    words = ("init", "acme", "--key", str(key), "--product", "shop", "--yes")
    ran = bob.run(*words, cwd=work, environ=environ)
    assert ran.code == 0, ran.err
    assert asked.read_text() == "x\n"
    assert len(list((work / "acme").rglob("*.bob.sig"))) == 10
    words = ("env", "new", "prod", "--url", "https://forge.example/c.git", "--yes")
    ran = bob.run(*words, cwd=work / "acme", environ=environ)
    assert ran.code == 0, ran.err
    assert asked.read_text() == "x\nx\n"


@pytest.mark.parametrize(("found", "code"), [("notes.txt", "init/not-empty"), ("tiangong.yaml", "init/already")])
def test_a_folder_with_something_in_it(work: Path, alice: Person, found: str, code: str) -> None:
    (work / found).write_text("mine\n")
    ran = alice.run("init", "--yes", cwd=work)
    assert (ran.code, code in ran.err) == (2, True)
    assert [entry.name for entry in work.iterdir()] == [found]


def test_a_clone_with_commits(work: Path, alice: Person) -> None:
    alice.git("init", "-q", cwd=work)
    alice.git("commit", "-q", "--allow-empty", "-m", "x", cwd=work)
    ran = alice.run("init", "--yes", cwd=work)
    assert (ran.code, "commits in .git" in ran.err) == (2, True)
    assert alice.git("rev-list", "--count", "HEAD", cwd=work) == "1"


def test_twice(work: Path, alice: Person) -> None:
    assert alice.run("init", "--yes", cwd=work).code == 0
    ran = alice.run("init", "--yes", cwd=work)
    assert (ran.code, "init/already" in ran.err) == (2, True)


def test_without_a_terminal_and_without_yes(work: Path, alice: Person) -> None:
    ran = alice.run("init", "acme", cwd=work)
    assert (ran.code, "--yes" in ran.err) == (2, True)
    assert not (work / "acme").exists()


def test_nobody_says_who_it_is(work: Path, tmp_path: Path) -> None:
    nobody = Person(tmp_path / "nobody", "nobody", git_name="")
    ran = nobody.run("init", "acme", "--yes", cwd=work)
    assert (ran.code, "--person NAME" in ran.err) == (2, True)
    ran = nobody.run("init", "acme", "--person", "nobody", "--yes", cwd=work)
    assert ran.code == 0, ran.err
    assert "nobody <nobody@localhost>" in ran.out
    assert nobody.git("log", "--format=%an %ae", cwd=work / "acme") == "nobody nobody@localhost"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--person", "release"], "init/machine-name"),
        (["--person", "Alice Miller"], "init/bad-person"),
        (["--name", "Acme!"], "init/no-fleet-name"),
        (["--product", "../shop"], "release/bad-product"),
        (["--key", "/nowhere/key"], "author/no-key-file"),
    ],
)
def test_what_cant_be(work: Path, alice: Person, options: list[str], code: str) -> None:
    ran = alice.run("init", "acme", *options, "--yes", cwd=work)
    assert (ran.code, code in ran.err) == (2, True), ran.err
    assert not (work / "acme").exists()


def test_a_file_where_the_folder_would_be(work: Path, alice: Person) -> None:
    (work / "acme").write_text("mine\n")
    ran = alice.run("init", "acme", "--yes", cwd=work)
    assert (ran.code, "init/no-folder" in ran.err) == (2, True), ran.err
    assert (work / "acme").read_text() == "mine\n"


def test_on_a_terminal_it_asks_for_what_it_cant_guess(work: Path, tmp_path: Path) -> None:
    folder = work / "---"
    folder.mkdir()
    zoe = Person(tmp_path / "home", "zoe", git_name="")
    ran = zoe.answer("init", cwd=folder, typed=["zoe", "acme", "nobody", "y"])
    assert ran.code == 0, ran.err
    assert "Control repository acme" in ran.out
    assert (folder / "tiangong.yaml.zoe.sig").is_file()


def test_no_is_no(work: Path, alice: Person) -> None:
    ran = alice.answer("init", "acme", cwd=work, typed=["nobody", "n"])
    assert (ran.code, "author/not-confirmed" in ran.err) == (2, True), ran.err
    assert not (work / "acme").exists()


def test_the_hook_warns_about_what_nobody_signed(work: Path, alice: Person) -> None:
    assert alice.run("init", "--yes", cwd=work).code == 0
    file = work / "profiles" / "standard.yaml"
    file.write_text(file.read_text().replace("drift: report", "drift: repair"))
    done = alice.call("git", "commit", "-qam", "unsigned", cwd=work)
    assert (done.code, "profiles/standard.yaml" in done.err, "tiangong commit" in done.err) == (0, True, True)


def test_a_hook_of_somebody_else_stays(work: Path, alice: Person) -> None:
    alice.git("config", "--global", "core.hooksPath", str(alice.home / "hooks"), cwd=work)
    ran = alice.run("init", "--yes", cwd=work)
    assert (ran.code, "tiangong/pre-commit" in ran.out) == (0, True), ran.err


@pytest.mark.parametrize("sealer", ["push", "github", "gitlab", "timer", "cron"])
def test_who_seals_is_set_up(work: Path, alice: Person, sealer: str) -> None:
    """At level sealed from the first commit on, and the first seal goes through."""
    alice.git("init", "-q", "--bare", "origin.git", cwd=work)
    alice.git("clone", "-q", "origin.git", "acme", cwd=work)
    ran = alice.run("init", "acme", "--ci", "gitlab", "--seals", sealer, "--yes", cwd=work)
    assert ran.code == 0, ran.said
    here = work / "acme"
    assert "securityLevel: sealed" in (here / "trust/policy.yaml").read_text()
    assert "tiangong seal --push" in ran.out
    assert (here / "ci/seal.sh").is_file() == (sealer in ("github", "gitlab"))
    if sealer == "gitlab":
        text = (here / ".gitlab-ci.yml").read_text()
        assert "verify:" in text
        assert "sh ci/seal.sh" in text
    if sealer == "timer":
        assert str(here) in (alice.home / ".config/systemd/user/tiangong-promoter.service").read_text()
    if sealer == "cron":
        assert f"cd {here} && " in ran.out
    alice.git("push", "-q", "-u", "origin", "main", cwd=here)
    sealed = alice.run("seal", "--push", cwd=here)
    assert sealed.code == 0, sealed.said
    assert alice.git("ls-tree", "--name-only", "seals", "seal.yaml", cwd=work / "origin.git") == "seal.yaml"


def test_the_script_of_the_ci_seals(work: Path, alice: Person) -> None:
    """What a forge runs, run for real: a clone of its own, the key in a variable."""
    alice.git("init", "-q", "--bare", "origin.git", cwd=work)
    alice.git("clone", "-q", "origin.git", "acme", cwd=work)
    assert alice.run("init", "acme", "--seals", "github", "--yes", cwd=work).code == 0
    alice.git("push", "-q", "-u", "origin", "main", cwd=work / "acme")
    alice.git("clone", "-q", "-b", "main", "origin.git", "job", cwd=work)
    key = (work / "acme/.git/tiangong/keys/sealer").read_text()
    script = 'export TIANGONG_SEALER_KEY="$(cat)"; sh ci/seal.sh'
    done = subprocess.run(
        ["sh", "-c", script],
        input=key,
        cwd=work / "job",
        env={**alice.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "signed by sealer" in done.stdout
    assert alice.git("ls-tree", "--name-only", "seals", "seal.yaml", cwd=work / "origin.git") == "seal.yaml"


def test_nobody_seals_and_says_what_that_leaves_open(work: Path, alice: Person) -> None:
    ran = alice.run("init", "acme", "--seals", "nobody", "--yes", cwd=work)
    assert "that a remote withholds one doesn't show" in ran.out
    assert "securityLevel: signatures" in (work / "acme/trust/policy.yaml").read_text()
    refused = alice.run("init", "other", "--seals", "somebody", "--yes", cwd=work)
    assert (refused.code, "init/bad-sealer" in refused.err) == (2, True)
