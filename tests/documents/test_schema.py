"""The JSON Schemas in `schemas/` are those of the code, and say what the code says."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tiangong.documents.schema import schemas, text_of
from tiangong.documents.strict import load
from tiangong.model.kinds import KINDS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "schemas"
EXAMPLES = sorted(path for path in (ROOT / "example-repo").rglob("*.yaml") if "apps" not in path.parts)


def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schemas()[f"{kind.lower()}.schema.json"])


def refused(kind: str, data: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        validator(kind).validate({"apiVersion": "tiangong.dev/v1", "kind": kind} | data)
    return caught.value.message


def test_every_kind_has_a_sound_schema() -> None:
    assert {f"{kind.lower()}.schema.json" for kind in KINDS} <= schemas().keys()
    for schema in schemas().values():
        Draft202012Validator.check_schema(schema)


def test_the_kept_schemas_are_fresh() -> None:
    kept = {name: (FOLDER / name).read_text(encoding="utf-8") for name in schemas()}
    assert kept == {name: text_of(schema) for name, schema in schemas().items()}, "run: make schemas"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_examples_are_valid(path: Path) -> None:
    data = load(path.read_bytes(), str(path)).data
    validator(data["kind"]).validate(data)


def test_what_is_not_supported_yet_is_forbidden() -> None:
    release = {"metadata": {"name": "a@1.0.0"}, "spec": {"steps": [{"name": "a", "executor": "file"}]}}
    validator("Release").validate({"apiVersion": "tiangong.dev/v1", "kind": "Release"} | release)
    release["spec"]["requires"] = []
    assert "should not be valid" in refused("Release", release)


def test_unknown_and_missing_fields_are_forbidden() -> None:
    assert "unexpected" in refused("Profile", {"metadata": {"name": "a"}, "spec": {"zone": "x"}})
    assert "'spec' is a required property" in refused("Profile", {"metadata": {"name": "a"}})
