"""The fields of a model, from its JSON Schema, and what stands in the source right below each of them."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from tiangong.documents.schema import schema_of
from tiangong.executors.config import SIZES, Size
from tiangong.model.product import PayloadPath, StoreUrl
from tiangong.model.scalar import Digest, Duration, FileDigest, Moment, Name, show_duration

WORDS: dict[str, Any] = {
    "duration": Duration,
    "time": Moment,
    "name": Name,
    "sha512 digest": Digest,
    "sha256 digest": FileDigest,
    "size": Size,
    "address of a store": StoreUrl,
    "path": PayloadPath,
}
PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null"}
DEEPEST = 8
ISO_DURATION = re.compile(r"PT?[0-9]")


@dataclass(frozen=True, slots=True)
class Field:
    """One field as people write it: `spec.windows.allow[].for`."""

    name: str
    type: str
    default: str
    about: str
    built: bool


def fields_of(model: type[BaseModel], start: str = "") -> Iterator[Field]:
    """Every field of a model, those of what stands inside it right after it."""
    schema = schema_of(model)
    yield from _below(schema, schema, start, _notes(model))


def doc_of(model: type) -> str:
    """What a class is for."""
    return inspect.cleandoc(model.__doc__ or "")


def _below(
    here: dict[str, Any], schema: dict[str, Any], start: str, notes: dict[tuple[str, str], str]
) -> Iterator[Field]:
    for name, shape in here.get("properties", {}).items():
        at = f"{start}{name}"
        about = notes.get((here.get("title", ""), name), "")
        yield Field(at, _type(shape, schema), _default(name, shape, here), about, shape.get("not") != {})
        mark, inner = _inside(shape, schema)
        if at.count(".") < DEEPEST:
            yield from _below(inner, schema, f"{at}{mark}.", notes)


def _inside(shape: dict[str, Any], schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The model a field holds, holds a list of, or a mapping to; and how that is written after its name."""
    here = _followed(shape, schema)
    if "items" in here:
        mark, inner = _inside(here["items"], schema)
        return f"[]{mark}", inner
    mapped = _mapped(here)
    if isinstance(mapped, dict) and "properties" not in here:
        mark, inner = _inside(mapped, schema)
        return f".NAME{mark}", inner
    return "", here


def _mapped(here: dict[str, Any]) -> Any:
    return next(iter(here.get("patternProperties", {}).values()), here.get("additionalProperties"))


def _followed(shape: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for _ in range(DEEPEST):
        if "$ref" in shape:
            shape = schema["$defs"][shape["$ref"].rpartition("/")[2]]
        elif "anyOf" in shape:
            shape = shape["anyOf"][0]
    return shape


def _type(shape: dict[str, Any], schema: dict[str, Any]) -> str:
    if "anyOf" in shape:
        ways = [_type(way, schema) for way in shape["anyOf"] if way.get("type") != "null"]
        return " or ".join(dict.fromkeys(ways))
    here = _followed(shape, schema)
    if "enum" in here:
        return ", ".join(f"`{one}`" for one in here["enum"])
    if "const" in here:
        return f"`{str(here['const']).lower() if isinstance(here['const'], bool) else here['const']}`"
    if "items" in here:
        return f"list of: {_type(here['items'], schema)}"
    if here.get("type") == "object":
        inner = None if "properties" in here else _mapped(here)
        return f"mapping to: {_type(inner, schema)}" if isinstance(inner, dict) else "mapping"
    return _known(here) or PLAIN.get(here.get("type", ""), "any value")


def _known(here: dict[str, Any]) -> str:
    return next((word for word, form in _forms() if all(here.get(key) == value for key, value in form.items())), "")


@cache
def _forms() -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple((word, TypeAdapter(kind).json_schema()) for word, kind in WORDS.items())


def _default(name: str, shape: dict[str, Any], here: dict[str, Any]) -> str:
    if name in here.get("required", ()):
        return "**required**"
    value = shape.get("default")
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, str) and ISO_DURATION.match(value) and "pattern" in shape | shape.get("anyOf", [{}])[0]:
        value = show_duration(TypeAdapter(timedelta).validate_python(value))
    if isinstance(value, int) and _known(shape) == "size":
        value = _size(value)
    if isinstance(value, list):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _size(value: int) -> str:
    unit, factor = next((u, f) for u, f in reversed(SIZES.items()) if value % f == 0)
    return f"{value // factor}{unit}"


def _notes(model: type[BaseModel]) -> dict[tuple[str, str], str]:
    """(class, field as in YAML) → the text right below the field in the source, of a model and all it holds."""
    found: dict[tuple[str, str], str] = {}
    waiting, seen = [model], set()
    while waiting:
        one = waiting.pop()
        seen.add(one)
        attributes = _texts(one)
        for name, field in one.model_fields.items():
            found[one.__name__, field.alias or name] = attributes.get(name, "")
            waiting += [inner for inner in _models(field.annotation) if inner not in seen]
    return found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)


def _texts(model: type[BaseModel]) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    if not isinstance(body, ast.ClassDef):
        return {}
    texts = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            texts[field.target.id] = inspect.cleandoc(str(ast.literal_eval(below.value)))
    return texts
