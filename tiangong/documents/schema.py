"""JSON Schemas of all kinds, for editors and scripts: `python -m tiangong.documents.schema DIR` writes them."""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from tiangong.model.answer import ANSWERS
from tiangong.model.kinds import KINDS
from tiangong.model.status import Heartbeat, Receipt, Status

SAID: dict[str, type[BaseModel]] = {"Status": Status, "Receipt": Receipt, "Heartbeat": Heartbeat}
MODELS: dict[str, type[BaseModel]] = {**KINDS, **SAID, **ANSWERS}


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON Schema with the names of the YAML."""
    return model.model_json_schema(by_alias=True, schema_generator=_Closed)


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
