"""The commands on the host, as they are typed."""

from pathlib import Path

import pytest

from tests.host.test_join import NOW, token
from tiangong.cli.app import run
from tiangong.cli.clock import clock
from tiangong.trust.tokens import read_request


@pytest.fixture
def lasting() -> str:
    return token(expires=clock().replace(year=clock().year + 1))


def test_join_prints_the_key_the_request_and_what_comes_next(
    lasting: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["agent", "join", lasting, "--settings", str(tmp_path / "agent.yaml"), "--state", str(tmp_path / "state")]
    assert run([*words, "--plugin", "shell"]) == 0
    out = capsys.readouterr().out
    (request,) = {word for word in out.split() if word.startswith("tgr1-")}
    assert read_request(request).environment == "dev"
    assert "ssh-ed25519 " in out
    assert "tiangong agent accept" in out
    assert f"tiangong agent once --settings {tmp_path}/agent.yaml" in out


def test_the_file_may_be_named_by_the_environment(
    lasting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIANGONG_AGENT", str(tmp_path / "elsewhere.yaml"))
    assert run(["agent", "join", lasting, "--state", str(tmp_path / "state")]) == 0
    assert (tmp_path / "elsewhere.yaml").exists()


def test_a_token_that_has_ended_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["agent", "join", token(expires=NOW.replace(year=2020)), "--settings", str(tmp_path / "agent.yaml")]
    assert run([*words, "--state", str(tmp_path / "state")]) == 2
    assert "trust/token-expired" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["resolve", "x", "--done"], ["accept-history", "a" * 40], ["once"], ["run"]])
def test_without_a_file_every_command_says_how_to_join(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["agent", *words, "--settings", str(tmp_path / "agent.yaml")]) == 2
    assert "tiangong agent join" in capsys.readouterr().err
