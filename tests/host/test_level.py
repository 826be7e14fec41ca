"""`agent set-level` (D10): what the host demands is said on the host, and nothing else in its file changes."""

from pathlib import Path

import pytest

from tiangong.errors import Misuse
from tiangong.host.level import Told, set_level
from tiangong.settings import read_settings

ONE = """\
environment: dev   # mine
source:
  git: https://forge.example/control.git
  repo: 0123456789abcdef0123456789abcdef
  root: {version: 1, digest: "sha512:DIGEST"}   # as joined
""".replace("DIGEST", "a" * 128)
LISTED = ONE.replace("source:\n  git", "sources:\n- name: control\n  git")


@pytest.mark.parametrize("text", [ONE, LISTED])
def test_only_the_level_changes(text: str, tmp_path: Path) -> None:
    file = tmp_path / "agent.yaml"
    file.write_text(text)
    assert set_level(file, "sealed") == Told("signatures", "sealed")
    assert read_settings(file).wells[0].level == "sealed"
    assert [line for line in file.read_text().splitlines() if "level" not in line] == text.splitlines()
    assert set_level(file, "sealed") == Told("sealed", "sealed")
    assert set_level(file, "signatures").now == read_settings(file).wells[0].level == "signatures"


def test_what_is_no_level_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "agent.yaml"
    file.write_text(ONE)
    with pytest.raises(Misuse, match="agent/no-level"):
        set_level(file, "none")
    assert file.read_text() == ONE
