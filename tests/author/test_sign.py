"""One prompt for any number of documents; co-signing changes no byte of them."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.author.office import DEV, POLICY, SHOP, Desk, Office

CHANNEL = "channels/stable.yaml"


@pytest.fixture
def prompts(office: Office, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that grows by a line whenever ssh-keygen asks for a passphrase; alice's key has one."""
    count = office.folder / "prompts"
    count.write_text("")
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", office.key("alice")], check=True)
    asking = office.folder / "askpass"
    asking.write_text(f'#!/bin/sh\necho "$1" >> {count}\necho "open sesame"\n')
    asking.chmod(0o755)
    monkeypatch.setenv("SSH_ASKPASS", str(asking))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("DISPLAY", ":0")
    return count


def asked(prompts: Path) -> int:
    return len(prompts.read_text().splitlines())


def two_owners(alice: Desk) -> None:
    alice.edit(
        POLICY,
        'who: [alice, carol], environments: ["*"], threshold: 1',
        'who: [alice, carol], environments: ["*"], threshold: 2',
    )
    alice.commit("two owners", "-a")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.commit("tz", "-a", "--push")


def test_a_passphrase_is_asked_once(alice: Desk, prompts: Path) -> None:
    for path, old, new in (
        (DEV, "timezone: UTC", "timezone: Europe/Berlin"),
        (CHANNEL, "everybody", "all"),
        (SHOP, "{}", "{a: 1}"),
    ):
        alice.edit(path, old, new)
    assert alice.run("commit", "--dry-run").code == 0
    assert asked(prompts) == 0
    alice.commit("three", "-a")
    assert asked(prompts) == 1
    assert alice.refused() == []


def test_a_wrong_passphrase_signs_nothing(alice: Desk, prompts: Path, office: Office) -> None:
    (office.folder / "askpass").write_text("#!/bin/sh\necho wrong\n")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    before = alice.state()
    said = alice.commit("tz", "-a", code=1)
    assert "incorrect passphrase" in said
    assert "author/cant-sign" in said
    assert alice.state() == before


def test_a_second_signature(office: Office, alice: Desk) -> None:
    two_owners(alice)
    raw = (alice.root / DEV).read_bytes()
    assert (DEV, "trust/threshold") in alice.refused()
    carol = office.desk("carol")
    said = carol.run("sign", DEV)
    assert said.code == 0
    assert f"signed    {DEV} (generation 2)" in said
    assert "spec.timezone: UTC → Europe/Berlin" in said
    assert "carol signs as owner\n" in said.out
    assert carol.git("status", "--porcelain") == f"?? {DEV}.carol.sig\n"
    said = carol.run("sign", DEV)
    assert (said.code, "carol has signed" in said) == (0, True)
    carol.commit("co-sign", "-a")
    assert (carol.root / DEV).read_bytes() == raw
    assert DEV not in dict(carol.refused())


def test_signed_and_committed_and_pushed(office: Office, alice: Desk) -> None:
    two_owners(alice)
    carol = office.desk("carol")
    carol.edit(CHANNEL, "everybody", "all")
    carol.git("add", CHANNEL)
    said = carol.run("sign", DEV, "--push")
    assert said.code == 0
    assert carol.git("show", "--name-only", "--format=%s").split("\n\n") == [f"Sign {DEV}", f"{DEV}.carol.sig\n"]
    assert carol.git("status", "--porcelain") == f"M  {CHANNEL}\n"
    alice.git("pull", "-q")
    assert DEV not in dict(alice.refused())


def test_what_can_not_be_signed_as_it_is(office: Office, alice: Desk) -> None:
    alice.write("channels/next.yaml", "apiVersion: tiangong.dev/v1\nkind: Channel\nmetadata: {name: next}\nspec: {}\n")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    before = alice.state()
    for path, code in (
        ("channels/next.yaml", "author/unstamped"),
        (DEV, "author/edited-since"),
        ("README.md", "author/no-document"),
        ("channels/none.yaml", "author/no-document"),
        ("../x", "author/outside"),
    ):
        said = alice.run("sign", path, CHANNEL)
        assert (said.code, code in said) == (2, True), said
    assert alice.state() == before


def test_without_the_role(office: Office) -> None:
    bob = office.desk("bob")
    said = bob.run("sign", DEV)
    assert said.code == 4
    assert "needs role owner; bob doesn't have it" in said
    assert bob.git("status", "--porcelain") == ""


def test_keys_are_found_where_ssh_has_them(office: Office, alice: Desk) -> None:
    home = office.folder / "home"
    (home / ".ssh").mkdir(mode=0o700)
    mine = home / ".ssh" / "id_ed25519"
    mine.write_bytes(office.key("alice").read_bytes())
    mine.chmod(0o600)
    for number, zone in enumerate(("Berlin", "Paris"), 2):
        alice.edit(DEV, "timezone: ", f"timezone: Europe/{zone} # ")
        assert office.run(alice.root, "", "commit", "-a", "-m", zone).code == 0
        assert alice.generation(DEV) == number
        alice.git("config", "user.signingkey", str(office.key("alice")))
        alice.git("config", "gpg.format", "ssh")
        mine.unlink(missing_ok=True)


def test_the_ssh_agent_signs(office: Office, alice: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = office.folder / "agent"
    started = subprocess.run(["ssh-agent", "-s", "-a", str(socket)], capture_output=True, text=True, check=True).stdout
    pid = int(started.split("SSH_AGENT_PID=")[1].split(";")[0])
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        subprocess.run(["ssh-add", "-q", str(office.key("alice"))], check=True)
        office.key("alice").rename(office.folder / "away")
        alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
        assert office.run(alice.root, "", "commit", "-a", "-m", "tz").code == 0
    finally:
        os.kill(pid, signal.SIGTERM)
    assert alice.generation(DEV) == 2
    assert alice.refused() == []
