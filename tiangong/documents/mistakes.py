"""What pydantic found wrong, as problems people understand: place, sentence of the catalogue, nearest known field."""

import difflib
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tiangong.documents.strict import Location, Parsed, dotted, shortened
from tiangong.errors import Place, Problem, problem
from tiangong.model.scalar import NAME

MOST_SHOWN = 20

# pydantic's word for a mistake → ours, where the value is the only fact
NOT_A = {
    "int_type": "document/not-integer",
    "int_from_float": "document/not-integer",
    "float_type": "document/not-number",
    "bool_type": "document/not-truth",
    "string_type": "document/not-text",
    "dict_type": "document/not-fields",
    "model_type": "document/not-fields",
    "model_attributes_type": "document/not-fields",
    "list_type": "document/not-list",
    "tuple_type": "document/not-list",
}
# … and where a limit is one more; the limit's name in pydantic's context
LIMIT = {
    "greater_than_equal": ("document/too-small", "ge"),
    "less_than_equal": ("document/too-big", "le"),
    "too_short": ("document/too-few", "min_length"),
}


def problems_of(error: ValidationError, parsed: Parsed, model: type[BaseModel]) -> list[Problem]:
    """One problem per mistake, in the order of the lines; of very many only some."""
    details = [detail for detail in error.errors(include_url=False) if not _follows(detail)]
    found = [_problem(detail, parsed, model) for detail in details[:MOST_SHOWN]]
    found.sort(key=_spot)
    if len(details) > MOST_SHOWN:
        found.append(problem("document/more", Place(parsed.path), count=len(details) - MOST_SHOWN))
    return found


def _spot(found: Problem) -> tuple[int, int]:
    place = found.place or Place()
    return place.line or 0, place.column or 0


def _problem(detail: ErrorDetails, parsed: Parsed, model: type[BaseModel]) -> Problem:
    word = detail["type"]
    location = _location(detail["loc"], parsed.data, is_missing=word == "missing")
    place = parsed.place(location)
    if word == "extra_forbidden":
        return _unknown_field(place, location, model)
    if word == "missing":
        return problem("document/missing-field", place, field=str(location[-1]))
    if word == "not-yet":
        return problem("document/not-yet", place, field=dotted(location))
    return _wrong_value(detail, place, parsed.written.get(location))


def _follows(detail: ErrorDetails) -> bool:
    """Tell a list that is too short only because its entries have mistakes of their own."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _wrong_value(detail: ErrorDetails, place: Place, written: str | None) -> Problem:
    word, context = detail["type"], detail.get("ctx", {})
    value = _shown(detail["input"], written)
    if word in ("string_type", "literal_error") and written:
        return problem("document/quote-it", place, value=value)
    if word in NOT_A:
        return problem(NOT_A[word], place, value=value)
    if word in LIMIT:
        code, limit = LIMIT[word]
        return problem(code, place, value=value, limit=context[limit])
    if word == "literal_error":
        return problem("document/not-one-of", place, value=value, allowed=context["expected"].replace("'", ""))
    if word == "string_pattern_mismatch":
        code = "document/not-a-name" if context["pattern"] == NAME else "document/not-as-pattern"
        return problem(code, place, value=value, pattern=context["pattern"])
    return problem("document/wrong-value", place, value=value, why=detail["msg"].removeprefix("Value error, "))


def _location(location: Sequence[str | int], data: Any, *, is_missing: bool) -> Location:
    """Drop what pydantic adds for unions and keys: keep what leads somewhere, and the name of a missing field."""
    kept: list[str | int] = []
    here = data
    for part in location:
        if _has(here, part):
            here = here[part]
            kept.append(part)
    if is_missing:
        kept.append(location[-1])
    return tuple(kept)


def _has(here: Any, part: str | int) -> bool:
    return part in here if isinstance(here, dict) else isinstance(here, list) and part in range(len(here))


def _unknown_field(place: Place, location: Location, model: type[BaseModel]) -> Problem:
    known = known_fields(model, location[:-1])
    name = shortened(str(location[-1]))
    if near := difflib.get_close_matches(name, known, n=1):
        return problem("document/unknown-field", place, name=name, guess=near[0])
    return problem("document/unknown-field-no-guess", place, name=name, known=", ".join(known) or "none")


def known_fields(model: type[BaseModel], location: Location) -> list[str]:
    """Return the YAML names of the fields at a place of a model, without those that are not supported yet."""
    from tiangong.documents.schema import shape_at  # with every kind there is: only when something is wrong

    fields = shape_at(model, location).get("properties", {})
    return [name for name, field in fields.items() if field.get("not") != {}]


def _shown(value: Any, written: str | None) -> str:
    if written is not None:
        return shortened(written) or "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else f'"{shortened(str(value))}"'
