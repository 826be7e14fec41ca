"""The CI templates: YAML that calls the script which the page about it runs."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.blocks import DOCS

CI = DOCS / "how-to" / "ci"


def commands(name: str) -> tuple[list[str], dict[str, Any]]:
    """What a job runs, and the variables it sets."""
    data: Any = yaml.safe_load((CI / name).read_text(encoding="utf-8"))
    job = data["jobs"]["publish"] if name == "github.yml" else data["publish"]
    if name == "github.yml":
        return [step["run"] for step in job["steps"] if "run" in step], job["env"]
    return job["script"], job["variables"]


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_a_job_installs_and_runs_the_script(name: str) -> None:
    lines, variables = commands(name)
    assert lines == ["python -m pip install tiangong-deploy", "sh publish.sh"]
    needed = {"CONTROL_URL", "CONTROL_TOKEN", "TIANGONG_KEY", "VERSION"}
    said = (CI / name).read_text(encoding="utf-8")
    assert all(word in said for word in needed)
    assert "VERSION" in variables


def test_on_github_every_secret_comes_by_the_environment() -> None:
    """Never on a command line, where logs and other processes see it."""
    lines, variables = commands("github.yml")
    assert "${{" not in "".join(lines)
    assert set(variables) == {"CONTROL_URL", "CONTROL_TOKEN", "TIANGONG_KEY", "VERSION"}


def test_the_script_keeps_secrets_off_command_lines() -> None:
    text = Path(CI / "publish.sh").read_text(encoding="utf-8")
    body = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in body if "TIANGONG_KEY" in line] == ['printf \'%s\\n\' "$TIANGONG_KEY" > "$room/key"']
    assert "CONTROL_TOKEN@" not in text
