"""Joining (D16): what a token holds, whose key is accepted, how keys are replaced."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.person import Person
from tiangong.author.clone import Clone
from tiangong.author.joining import accepting, fingerprints, known_hosts, remote_url, token_of
from tiangong.author.shelf import Shelf
from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse
from tiangong.errors import Misuse, Refused
from tiangong.model.environment import Agent
from tiangong.testing.simulator import Keyholder, World, keyholder
from tiangong.trust.tokens import Request, read_request, read_token, write_request, write_token

NOW = World().now
WEEK = timedelta(days=7)
URL = "https://forge.example/control.git"


@pytest.fixture
def world() -> World:
    return World.small()


def request(world: World, holder: Keyholder, environment: str = "dev", repo: str = "") -> Request:
    return read_request(write_request(environment, repo or world.repo, holder.line, holder.private))


def keys(raw: bytes) -> Agent:
    found = parse(raw, "environments/dev/agent.yaml")
    assert isinstance(found, Agent)
    return found


# ── the token ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_token_pins_what_the_host_needs(world: World) -> None:
    line = write_token(token_of(Shelf(world.tree()), "dev", URL, NOW, WEEK))
    token = read_token(line, NOW)
    assert (token.url, token.environment, token.level) == (URL, "dev", "signatures")
    assert (token.repo, token.root_version) == (world.repo, 1)
    assert token.root_digest == sha512(world.files["trust/root/1.yaml"])
    assert token.expires == NOW + WEEK
    with pytest.raises(Misuse, match="trust/token-expired"):
        read_token(line, NOW + WEEK)


def test_a_token_pins_the_newest_root(world: World) -> None:
    from tiangong.testing.simulator import quorum

    world.set_root(2, quorum(1, "alice"), quorum(1, "alice"), "alice")
    token = token_of(Shelf(world.tree()), "dev", URL, NOW, WEEK)
    assert (token.root_version, token.root_digest) == (2, sha512(world.files["trust/root/2.yaml"]))


def test_no_token_for_what_is_not_there_or_not_signed(world: World) -> None:
    with pytest.raises(Misuse, match="join/no-environment"):
        token_of(Shelf(world.tree()), "prod", URL, NOW, WEEK)
    world.edit("environments/dev/environment.yaml", "bob", spec__drift="repair")
    with pytest.raises(Refused, match="trust/no-authority"):
        token_of(Shelf(world.tree()), "dev", URL, NOW, WEEK)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    subprocess.run(["git", "init", "-q", str(tmp_path / "clone")], check=True)
    return Clone(tmp_path / "clone")


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        (URL, URL),
        ("git@forge.example:ops/control.git", "ssh://git@forge.example/ops/control.git"),
        ("ssh://git@forge.example:2222/control.git", "ssh://git@forge.example:2222/control.git"),
    ],
)
def test_the_address_is_the_clones_own(clone: Clone, remote: str, address: str) -> None:
    clone.git("remote", "add", "origin", remote)
    assert remote_url(clone, None) == address
    assert remote_url(clone, "https://other.example/c.git") == "https://other.example/c.git"


@pytest.mark.parametrize(
    "url",
    ["/srv/control.git", "file:///srv/control.git", "http://forge.example/c.git", "git://forge.example/c.git",
     "https://user:secret@forge.example/c.git", "ext::sh -c id", "-oProxyCommand=id", "C:\\control.git"],
)  # fmt: skip
def test_addresses_no_agent_uses(clone: Clone, url: str) -> None:
    with pytest.raises(Misuse) as caught:
        remote_url(clone, url)
    assert "secret" not in str(caught.value)


def test_no_address_at_all(clone: Clone) -> None:
    with pytest.raises(Misuse, match="join/no-url"):
        remote_url(clone, None)


def test_lines_of_known_hosts_go_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = Person(tmp_path / "home")
    host_key = " ".join(alice.make_key(tmp_path / "host").with_suffix(".pub").read_text().split()[:2])
    file = tmp_path / "known_hosts"
    file.write_text(f"forge.example {host_key}\n[forge.example]:2222 {host_key}\nother.example {host_key}\n")
    real = subprocess.run

    def here(command: list[str], **options: object) -> object:
        return real([*command, "-f", str(file)], **options) if command[:2] == ["ssh-keygen", "-F"] else None

    monkeypatch.setattr("tiangong.author.joining.subprocess.run", here)
    assert known_hosts("ssh://git@forge.example/c.git") == f"forge.example {host_key}\n"
    assert known_hosts("ssh://git@forge.example:2222/c.git") == f"[forge.example]:2222 {host_key}\n"
    assert known_hosts("ssh://git@unknown.example/c.git") == ""
    assert known_hosts(URL) == ""


# ── the agent's key ──────────────────────────────────────────────────────────────────────────────────────────────
def test_the_first_key(world: World) -> None:
    world.raw("environments/dev/agent.yaml", None)
    found = accepting(Shelf(world.tree()), request(world, world.agent("dev")), NOW)
    assert found is not None
    assert found.path == "environments/dev/agent.yaml"
    assert found.retiring == {}
    (key,) = keys(found.raw).spec.keys
    assert (key.key, key.from_, key.until) == (world.agent("dev").line, NOW, None)
    assert fingerprints(keys(found.raw), NOW) == [found.fingerprint]


def test_a_key_that_counts_already(world: World) -> None:
    assert accepting(Shelf(world.tree()), request(world, world.agent("dev")), NOW) is None


def test_a_new_key_lets_the_old_one_count_for_a_week(world: World) -> None:
    found = accepting(Shelf(world.tree()), request(world, keyholder("new")), NOW)
    assert found is not None
    old, new = keys(found.raw).spec.keys
    assert (old.key, old.until) == (world.agent("dev").line, NOW + WEEK)
    assert (new.key, new.until) == (keyholder("new").line, None)
    assert list(found.retiring.values()) == [NOW + WEEK]
    assert len(fingerprints(keys(found.raw), NOW + WEEK - timedelta(seconds=1))) == 2
    assert fingerprints(keys(found.raw), NOW + WEEK) == [found.fingerprint]


def test_a_lost_hosts_key_ends_at_once(world: World) -> None:
    found = accepting(Shelf(world.tree()), request(world, keyholder("new")), NOW, timedelta())
    assert found is not None
    assert fingerprints(keys(found.raw), NOW) == [found.fingerprint]


def test_an_end_never_moves_back(world: World) -> None:
    """Accepting a third key doesn't prolong a first one that ends sooner."""
    soon = NOW + timedelta(days=1)
    first = {"key": world.agent("dev").line, "until": soon.isoformat()}
    second = {"key": keyholder("second").line}
    world.put({"kind": "Agent", "metadata": {"name": "dev"}, "spec": {"keys": [first, second]}})
    found = accepting(Shelf(world.tree()), request(world, keyholder("third")), NOW)
    assert found is not None
    assert [key.until for key in keys(found.raw).spec.keys] == [soon, NOW + WEEK, None]


def test_a_key_that_ended_comes_back(world: World) -> None:
    ended = {"key": world.agent("dev").line, "until": (NOW - timedelta(days=1)).isoformat()}
    world.put({"kind": "Agent", "metadata": {"name": "dev"}, "spec": {"keys": [ended]}})
    found = accepting(Shelf(world.tree()), request(world, world.agent("dev")), NOW)
    assert found is not None
    assert [(key.key, key.until) for key in keys(found.raw).spec.keys] == [(world.agent("dev").line, None)]


def test_a_request_for_another_repository(world: World) -> None:
    with pytest.raises(Misuse, match="join/other-repo"):
        accepting(Shelf(world.tree()), request(world, keyholder("new"), repo="f" * 32), NOW)


def test_a_request_for_another_environment(world: World) -> None:
    with pytest.raises(Misuse, match="join/no-environment"):
        accepting(Shelf(world.tree()), request(world, keyholder("new"), "prod"), NOW)


def test_a_persons_key_is_no_agents(world: World) -> None:
    with pytest.raises(Refused) as caught:
        accepting(Shelf(world.tree()), request(world, keyholder("bob")), NOW)
    assert caught.value.problems[0].facts["owner"] == "bob"


def test_one_agents_key_is_not_anothers(world: World) -> None:
    world.environment("prod")
    with pytest.raises(Refused) as caught:
        accepting(Shelf(world.tree()), request(world, world.agent("prod")), NOW)
    assert caught.value.problems[0].facts["owner"] == "the agent of prod"


def test_an_agent_document_nobody_may_sign_so_is_not_built_on(world: World) -> None:
    world.edit("environments/dev/agent.yaml", "bob", spec__keys=[{"key": keyholder("evil").line}])
    with pytest.raises(Refused, match="trust/no-authority"):
        accepting(Shelf(world.tree()), request(world, keyholder("new")), NOW)


def test_a_request_somebody_changed(world: World) -> None:
    line = write_request("dev", world.repo, keyholder("new").line, keyholder("other").private)
    with pytest.raises(Misuse, match="trust/bad-token"):
        read_request(line)


def test_times_are_whole_seconds(world: World) -> None:
    odd = datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)
    found = accepting(Shelf(world.tree()), request(world, keyholder("new")), odd)
    assert found is not None
    assert b".123" not in found.raw
