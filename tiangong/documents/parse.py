"""From bytes to typed documents: every mistake with its place and a sentence, all of them at once."""

import difflib
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tiangong.documents.paths import kind_at, path_of
from tiangong.documents.strict import Parsed, dotted, load
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.document import API_VERSION, Document
from tiangong.model.kinds import KINDS

M = TypeVar("M", bound=BaseModel)


def parse(raw: bytes, path: str) -> Document:
    """Read a document of any kind and check that it stands where its name says; Misuse with every problem."""
    parsed = load(raw, path)
    model = _model_of(parsed)
    document = validate(parsed, model)
    if path_of(document) != path:
        raise Misuse.of("document/wrong-path", parsed.place(("metadata", "name")), belongs=path_of(document))
    return document


def parse_model(raw: bytes, path: str, model: type[M]) -> M:
    """Read YAML that isn't a document of the repository: an agent's file, a status."""
    return validate(load(raw, path), model)


def validate(parsed: Parsed, model: type[M]) -> M:
    """Turn plain data into a model; Misuse with one problem per error, each with its place."""
    try:
        return model.model_validate(parsed.data)
    except ValidationError as error:
        found = [_problem(detail, parsed, model) for detail in error.errors(include_url=False)]
        raise Misuse(*found) from None


def _model_of(parsed: Parsed) -> type[Document]:
    version, kind = parsed.data.get("apiVersion"), parsed.data.get("kind")
    if version != API_VERSION:
        raise Misuse.of("document/wrong-api-version", parsed.place(("apiVersion",)), expected=API_VERSION)
    if not isinstance(kind, str) or kind not in KINDS:
        guess = _closest(str(kind), list(KINDS))
        raise Misuse.of(
            "document/unknown-kind", parsed.place(("kind",)), kind=str(kind), guess=guess or ", ".join(KINDS)
        )
    expected = kind_at(parsed.path)
    if expected is not None and expected != kind:
        raise Misuse.of("document/kind-elsewhere", parsed.place(("kind",)), kind=kind, expected=expected)
    return KINDS[kind]


def _problem(detail: ErrorDetails, parsed: Parsed, model: type[BaseModel]) -> Problem:
    location = _yaml_location(detail["loc"], parsed.data)
    place = parsed.place(location)
    name = str(location[-1]) if location else ""
    match detail["type"]:
        case "extra_forbidden":
            return _unknown_field(place, name, location, model)
        case "not-yet":
            return problem("document/not-yet", place, field=dotted(location))
        case "missing":
            return problem("document/missing-field", place, field=dotted(location))
        case "string_type" if isinstance(detail["input"], int | float | bool):
            return problem("document/quote-it", place, value=_shown(detail["input"]))
        case _:
            return problem("document/wrong-value", place, value=_shown(detail["input"]), why=_why(detail["msg"]))


def _yaml_location(location: Sequence[str | int], data: Any) -> tuple[str | int, ...]:
    """Drop what pydantic adds for unions and keys: keep only parts that lead somewhere, and the last one."""
    kept: list[str | int] = []
    here = data
    for index, part in enumerate(location):
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        elif index != len(location) - 1 or part == "[key]":
            continue
        kept.append(part)
    return tuple(kept)


def _unknown_field(place: Place, name: str, location: Sequence[str | int], model: type[BaseModel]) -> Problem:
    known = _fields_at(model, tuple(part for part in location[:-1] if isinstance(part, str)))
    guess = _closest(name, known)
    if guess:
        return problem("document/unknown-field", place, name=name, guess=guess)
    return problem("document/unknown-field-no-guess", place, name=name, known=", ".join(known) or "none")


def _fields_at(model: type[BaseModel], names: Sequence[str]) -> list[str]:
    """Return the YAML names of the fields at a place of a model, as its JSON Schema has them."""
    schema = schema_of(model)
    here: dict[str, Any] = schema
    for name in names:
        here = _resolved(here.get("properties", {}).get(name, {}), schema)
    return [name for name, field in here.get("properties", {}).items() if field.get("not") != {}]


def _resolved(here: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for _ in range(4):
        if "$ref" in here:
            here = schema["$defs"][here["$ref"].rpartition("/")[2]]
        elif "items" in here:
            here = here["items"]
        elif "anyOf" in here:
            here = here["anyOf"][0]
        elif isinstance(here.get("additionalProperties"), dict):
            here = here["additionalProperties"]
        else:
            break
    return here


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON Schema with the names of the YAML."""
    return model.model_json_schema(by_alias=True)


def _closest(name: str, known: Sequence[str]) -> str:
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.6)), "")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return {None: "nothing", True: "true", False: "false"}.get(value, str(value)) if _is_word(value) else str(value)


def _is_word(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _why(message: str) -> str:
    for start in ("Input should be ", "String should ", "Value error, "):
        if message.startswith(start):
            return {"Input should be ": "should be ", "String should ": "should ", "Value error, ": ""}[
                start
            ] + message[len(start) :]
    return message
