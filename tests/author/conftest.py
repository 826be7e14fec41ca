"""People with real SSH keys and real clones of one real repository; git sees nothing of this machine's own settings."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

from tests.author.office import NOW, POLICY, Desk, Office, git
from tiangong.author.clone import Clone
from tiangong.author.draft import desk, draft
from tiangong.author.found import found
from tiangong.author.keys import key_at
from tiangong.author.land import land
from tiangong.author.starter import Wishes, product_file, starter_files
from tiangong.author.team import team

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith(("GIT_", "SSH_", "TIANGONG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    (home / ".gitconfig").write_text("[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n")


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository alice has founded, with bob as operator, carol as second owner and a product nobody runs; copied by every test."""
    folder = tmp_path_factory.mktemp("founded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "alice")
            patch.setenv(f"GIT_{role}_EMAIL", "alice@example.org")
        (folder / "keys").mkdir()
        for person in ("alice", "bob", "carol", "mallory"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", person, "-f", f"{folder}/keys/{person}"],
                check=True,
            )
        files = starter_files(Wishes("acme", "shop"))
        alice = key_at(folder / "keys" / "alice")
        found(folder / "first", files, "alice", alice, NOW)
        clone = Clone(folder / "first")
        clone.write(POLICY, _hired(folder, clone.on_disk(POLICY) or b""))
        extra, text = product_file("extra")
        clone.write(extra, text.encode())
        tree = clone.work()
        land(clone, draft(desk(clone, tree, team([tree], [alice], [])), [POLICY, extra]), "Hire bob and carol")
        git(folder, "clone", "-q", "--bare", "first", "origin.git")
    return folder


def _hired(folder: Path, policy: bytes) -> bytes:
    """The policy with bob as operator and carol as second owner."""
    lines = {name: (folder / "keys" / f"{name}.pub").read_text().rsplit(" ", 1)[0] for name in ("bob", "carol")}
    people = "".join(f'    {name}:\n      keys: ["{line}"]\n' for name, line in lines.items())
    text = policy.decode().replace("  roles:\n", people + "  roles:\n", 1)
    text = text.replace("{role: operator, who: [alice]", "{role: operator, who: [alice, bob]")
    return text.replace("{role: owner, who: [alice]", "{role: owner, who: [alice, carol]").encode()


@pytest.fixture
def office(
    away: None, founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Office:
    shutil.copytree(founded / "origin.git", tmp_path / "origin.git")
    shutil.copytree(founded / "keys", tmp_path / "keys")
    shutil.copytree(founded / "first" / ".git" / "tiangong" / "keys", tmp_path / "machines")
    return Office(tmp_path, monkeypatch, capsys)


@pytest.fixture
def alice(office: Office) -> Desk:
    return office.desk("alice")
