"""`agent accept ENV`: the key an agent announces in its signed status becomes its key, and nobody else's word does (D16)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tiangong.testing.simulator import keyholder
from tiangong.testing.voice import Voice
from tiangong.trust.keys import parse_public
from tiangong.trust.tokens import write_request

REPO_LINE = "  repo: "


@pytest.fixture
def remote(site: Site, tmp_path: Path) -> Path:
    """Alice's control repository on a remote; the agent of dev has been accepted."""
    bare = tmp_path / "remote.git"
    site.git("clone", "-q", "--bare", str(site.control), str(bare))
    site.git("remote", "add", "origin", str(bare))
    ran = site.run("agent", "accept", request(site, "agent-of-dev"), "--push", "--yes")
    assert ran.code == 0, ran.said
    return bare


def repo(site: Site) -> str:
    lines = site.text("trust/policy.yaml").splitlines()
    return next(line for line in lines if line.startswith(REPO_LINE)).removeprefix(REPO_LINE).strip('"')


def request(site: Site, holder: str, environment: str = "dev") -> str:
    one = keyholder(holder)
    return write_request(environment, repo(site), one.line, one.private)


def speak(site: Site, bare: Path, holder: str, announced: str) -> None:
    voice = Voice(bare, "dev", keyholder(holder), datetime.now(UTC).replace(microsecond=0), repo(site), site.head)
    voice.say(nextKey=announced)


def test_what_its_agent_announces_is_accepted(site: Site, remote: Path) -> None:
    """D16: both keys are listed, the old one until a week from now."""
    speak(site, remote, "agent-of-dev", request(site, "next-of-dev"))
    assert "announces a new key: tiangong agent accept dev" in site.run("agent", "list").err
    out = site.good("agent", "accept", "dev", "--yes")
    old, new = (parse_public(keyholder(name).line) for name in ("agent-of-dev", "next-of-dev"))
    assert f"the agent's key is {new.fingerprint}" in out
    assert f"The key {old.fingerprint} counts until" in out
    text = site.text("environments/dev/agent.yaml")
    assert old.line.split()[1] in text
    assert new.line.split()[1] in text
    assert text.count("until:") == 1
    assert "counts already" in site.good("agent", "accept", "dev", "--yes")
    assert site.is_clean


def test_row_37_a_strangers_announcement_is_nobodys_word(site: Site, remote: Path) -> None:
    """Row 37, R21: only a status signed by the agent's present key announces."""
    speak(site, remote, "mallory", request(site, "next-of-dev"))
    site.bad(4, "trust/status-unsigned", "agent", "accept", "dev", "--yes")


def test_what_cant_be_accepted(site: Site, remote: Path) -> None:
    site.bad(4, "fleet/no-status", "agent", "accept", "dev", "--yes")
    speak(site, remote, "agent-of-dev", "")
    site.bad(2, "join/nothing-announced", "agent", "accept", "dev", "--yes")
    site.bad(4, "fleet/no-agent", "agent", "accept", "nowhere", "--yes")


@pytest.mark.parametrize("what", ["other", "alice", "damaged"])
def test_an_announcement_is_checked_like_any_request(site: Site, remote: Path, what: str) -> None:
    """R6, D16: for another environment, somebody else's key, or without its proof it is refused."""
    said = {"other": request(site, "x", "prod"), "damaged": request(site, "x")[:-9] + "AAAAAAAAA"}
    line = said.get(what) or request(site, "agent-of-dev", "prod")
    speak(site, remote, "agent-of-dev", line)
    sentence = {"damaged": "trust/bad-token"}.get(what, "join/other-environment")
    site.bad(2, sentence, "agent", "accept", "dev", "--yes")
