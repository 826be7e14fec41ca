"""Joining: a key and a file are made once, a request comes out, and nothing of another agent's is touched."""

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tiangong.errors import Failed, Misuse
from tiangong.host.join import Joined, Wanted, join
from tiangong.report.signer import read_key
from tiangong.settings import read_settings
from tiangong.trust.keys import parse_public
from tiangong.trust.tokens import Token, read_request, write_token

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
REPO = "0123456789abcdef0123456789abcdef"
DIGEST = f"sha512:{'a' * 128}"
HOSTS = "forge.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH3k7h7yuiQOdAec78Cz76Ad0xnIZRTEmylasvyIZ62Z\n"


def token(**other: Any) -> str:
    facts = {
        "url": "https://forge.example/control.git",
        "repo": REPO,
        "root_version": 1,
        "root_digest": DIGEST,
        "environment": "dev",
        "level": "signatures",
        "expires": NOW + timedelta(days=1),
        "known_hosts": "",
    }
    return write_token(Token.model_construct(**(facts | other)))


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    return Wanted(token(), tmp_path / "etc" / "agent.yaml", tmp_path / "state")


def code_of(wanted: Wanted, error: type[Exception] = Misuse) -> str:
    with pytest.raises(error) as raised:
        join(wanted, NOW)
    return raised.value.problems[0].code  # type: ignore[attr-defined]


def test_key_and_file_are_made_and_the_request_proves_the_key(wanted: Wanted) -> None:
    joined = join(wanted, NOW)
    assert joined.key_made
    assert joined.settings_written
    request = read_request(joined.request)
    assert (request.environment, request.repo) == ("dev", REPO)
    signer = read_key(joined.key)
    assert parse_public(request.key).blob == signer.public.blob == parse_public(joined.public).blob
    assert stat.S_IMODE(joined.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(joined.key.parent.stat().st_mode) == 0o700
    assert (joined.key.with_name("key.pub")).read_text().split()[:2] == joined.public.split()[:2]


def test_the_file_pins_what_the_token_said_and_enables_no_shell(wanted: Wanted) -> None:
    join(wanted, NOW)
    settings = read_settings(wanted.settings)
    (well,) = settings.wells
    assert (settings.environment, settings.state, well.git) == (
        "dev",
        wanted.state,
        "https://forge.example/control.git",
    )
    assert (well.repo, well.root.version, well.root.digest, well.level) == (REPO, 1, DIGEST, "signatures")
    assert settings.plugins == ()
    assert well.credentials is None


def test_plugins_interval_and_files_are_as_asked(wanted: Wanted, tmp_path: Path) -> None:
    for name in ("ca.pem", "secret"):
        (tmp_path / name).write_text("x")
    asked = replace(wanted, ca=tmp_path / "ca.pem", credentials=tmp_path / "secret", plugins=("shell",), every="5s")
    join(asked, NOW)
    settings = read_settings(wanted.settings)
    assert [(plugin.type, plugin.enabled) for plugin in settings.plugins] == [("shell", True)]
    assert settings.network.ca == tmp_path / "ca.pem"
    (well,) = settings.wells
    assert well.credentials is not None
    assert (well.credentials.file, well.every) == (tmp_path / "secret", timedelta(seconds=5))


def test_over_ssh_the_agents_key_is_its_deploy_key(wanted: Wanted) -> None:
    asked = replace(wanted, token=token(url="ssh://git@forge.example/control.git", known_hosts=HOSTS))
    joined = join(asked, NOW)
    (well,) = read_settings(wanted.settings).wells
    assert well.credentials is not None
    assert well.credentials.file == joined.key
    assert well.credentials.known_hosts is not None
    assert well.credentials.known_hosts.read_text() == HOSTS


def test_joining_again_changes_nothing(wanted: Wanted) -> None:
    first = join(wanted, NOW)
    raw = wanted.settings.read_bytes()
    again = join(replace(wanted, token=token(expires=NOW + timedelta(days=9)), plugins=("shell",)), NOW)
    assert again == Joined(
        again.request, first.public, first.fingerprint, first.key, key_made=False, settings_written=False
    )
    assert read_request(again.request).key == read_request(first.request).key
    assert wanted.settings.read_bytes() == raw


def test_a_lost_file_is_written_again_with_the_same_key(wanted: Wanted) -> None:
    first = join(wanted, NOW)
    wanted.settings.unlink()
    again = join(wanted, NOW)
    assert (again.public, again.key_made, again.settings_written) == (first.public, False, True)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"environment": "prod"}, "agent/other-environment"),
        ({"repo": "f" * 32}, "agent/other-environment"),
        ({"root_digest": f"sha512:{'b' * 128}"}, "agent/other-pins"),
        ({"url": "https://elsewhere.example/control.git"}, "agent/other-pins"),
    ],
)
def test_what_is_another_agents_is_never_overwritten(wanted: Wanted, other: dict[str, str], code: str) -> None:
    join(wanted, NOW)
    before = {path: path.read_bytes() for path in wanted.settings.parent.parent.rglob("*") if path.is_file()}
    assert code_of(replace(wanted, token=token(**other))) == code
    assert before == {path: path.read_bytes() for path in before}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": "tg1-nonsense"}, "trust/bad-token"),
        ({"token": token(expires=NOW)}, "trust/token-expired"),
        ({"token": token(url="http://forge.example/control.git")}, "git/bad-transport"),
        ({"token": token(url="ssh://git@forge.example/control.git")}, "git/no-known-hosts"),
        ({"plugins": ("sehll",)}, "agent/no-plugin"),
        ({"every": "often"}, "agent/bad-every"),
        ({"ca": Path("/nowhere/ca.pem")}, "agent/no-file"),
        ({"credentials": Path("/nowhere/secret")}, "agent/no-file"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_made(wanted: Wanted, change: dict[str, Any], code: str) -> None:
    assert code_of(replace(wanted, **change)) == code
    assert not wanted.settings.exists()
    assert wanted.state is not None
    assert not (wanted.state / "key").exists()


def test_a_place_that_cant_be_written_is_named(wanted: Wanted, tmp_path: Path) -> None:
    (tmp_path / "etc").write_text("in the way")
    assert code_of(wanted, Failed) == "agent/cant-write"


def test_a_file_that_cant_be_read_is_left_alone(wanted: Wanted) -> None:
    wanted.settings.parent.mkdir()
    wanted.settings.write_text("environment: [\n")
    with pytest.raises(Misuse):
        join(wanted, NOW)
    assert wanted.settings.read_text() == "environment: [\n"
