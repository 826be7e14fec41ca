"""The agent's reference: its YAML loads, its table names the real fields, its exit codes are the real ones."""

import re
from pathlib import Path

from tiangong import errors
from tiangong.settings import AgentSettings, GitSettings, Network, SourceSettings, read_settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "agent.md").read_text()


def test_the_example_loads(tmp_path: Path) -> None:
    (found,) = re.findall(r"```yaml kind=AgentSettings\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "agent.yaml"
    file.write_text(found)
    assert read_settings(file).environment == "prod-eu"


def test_every_field_is_described() -> None:
    described = set(re.findall(r"`([A-Za-z.]+)`", PAGE))
    built = {
        *_names(AgentSettings, "", without={"source", "sources", "network", "git"}),
        *_names(SourceSettings, "source.", without={"name", "credentials"}),
        *_names(Network, "network.", without=set()),
        *_names(GitSettings, "git.", without=set()),
    }
    assert built <= described


def _names(model: type, prefix: str, *, without: set[str]) -> set[str]:
    fields = model.model_json_schema()["properties"]
    return {prefix + name for name, shape in fields.items() if name not in without and shape.get("not") != {}}


def test_exit_codes_are_documented() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)}
    classes = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.TiangongError)
    ]
    assert {kind.exit_code for kind in classes} | {0} == documented
