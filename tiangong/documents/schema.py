"""JSON Schemas of all kinds, for editors and scripts: `python -m tiangong.documents.schema DIR` writes them."""

import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from tiangong.model.answers import ANSWERS
from tiangong.model.kinds import KINDS
from tiangong.model.seal import Seal
from tiangong.model.status import Heartbeat, Receipt, Status

SAID: dict[str, type[BaseModel]] = {"Status": Status, "Receipt": Receipt, "Heartbeat": Heartbeat, "Seal": Seal}
MODELS: dict[str, type[BaseModel]] = {**KINDS, **SAID, **ANSWERS}
DEEPEST = 8


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON Schema with the names of the YAML."""
    return model.model_json_schema(by_alias=True, schema_generator=_Closed)


def shape_at(model: type[BaseModel], location: Sequence[str | int]) -> dict[str, Any]:
    """Return the schema of one place of a model, references followed; empty where anything may stand."""
    schema = schema_of(model)
    here = schema
    for part in location:
        here = _followed(_below(_followed(here, schema), part), schema)
    return _followed(here, schema)


def items_of(shape: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of the entries of a list."""
    return _followed(shape.get("items", {}), schema_of(model))


def _below(here: dict[str, Any], part: str | int) -> dict[str, Any]:
    by_name = here.get("properties", {}).get(part)
    by_form = next(iter(here.get("patternProperties", {}).values()), None)
    inner = by_name or by_form or here.get("items" if isinstance(part, int) else "additionalProperties")
    return inner if isinstance(inner, dict) else {}


def _followed(here: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow references, and the first way of an optional field."""
    for _ in range(DEEPEST):
        if "$ref" in here:
            here = schema["$defs"][here["$ref"].rpartition("/")[2]]
        elif "anyOf" in here:
            here = here["anyOf"][0]
    return here


class _Closed(GenerateJsonSchema):
    """Where names must be of a form, others are refused."""

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        found = super().dict_schema(schema)
        return {**found, "additionalProperties": False} if "patternProperties" in found else found


def schemas() -> dict[str, dict[str, Any]]:
    """Return file name → JSON Schema (2020-12)."""
    return {f"{kind.lower()}.schema.json": _schema(kind, model) for kind, model in MODELS.items()}


def _schema(kind: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema_of(model), "title": kind}


def text_of(schema: dict[str, Any]) -> str:
    """Return a schema as it is kept in `schemas/`."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write all schemas into the folder named by the first argument."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(text_of(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
