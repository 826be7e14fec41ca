"""From bytes to typed documents: every mistake with its place and a sentence, all of them at once."""

import difflib
from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tiangong.documents.dump import dump
from tiangong.documents.mistakes import problems_of
from tiangong.documents.paths import kind_at, names_in, path_of
from tiangong.documents.strict import Location, Parsed, load, shortened
from tiangong.errors import Misuse, problem
from tiangong.model.document import API_VERSION, Document
from tiangong.model.kinds import KINDS
from tiangong.model.policy import TrustRoot
from tiangong.model.product import Promotion

__all__ = ["dump", "parse", "parse_model", "validate"]

M = TypeVar("M", bound=BaseModel)


def parse(raw: bytes, path: str) -> Document:
    """Read a document of any kind and check that it stands where its name says; Misuse with every problem."""
    parsed = load(raw, path)
    document = validate(parsed, _model_of(parsed))
    _check_place(document, parsed)
    _check_claims(document, parsed)
    return document


def parse_model(raw: bytes, path: str, model: type[M]) -> M:
    """Read YAML that isn't a document of the repository: an agent's file, a status."""
    return validate(load(raw, path), model)


def validate(parsed: Parsed, model: type[M]) -> M:
    """Turn plain data into a model; Misuse with one problem per error, each with its place."""
    try:
        return model.model_validate(parsed.data)
    except ValidationError as error:
        raise Misuse(*problems_of(error, parsed, model)) from None


def _model_of(parsed: Parsed) -> type[Document]:
    version, kind = parsed.data.get("apiVersion"), parsed.data.get("kind")
    if version != API_VERSION:
        raise Misuse.of("document/wrong-api-version", parsed.place(("apiVersion",)), expected=API_VERSION)
    place = parsed.place(("kind",))
    if kind is None:
        raise Misuse.of("document/missing-field", place, field="kind")
    if not isinstance(kind, str) or kind not in KINDS:
        near = difflib.get_close_matches(shortened(str(kind)), KINDS, n=1)
        raise Misuse.of("document/unknown-kind", place, kind=shortened(str(kind)), known=", ".join(near or KINDS))
    return KINDS[kind]


def _check_place(document: Document, parsed: Parsed) -> None:
    name = parsed.place(("metadata", "name"))
    wants_environment = "{environment}" in document.path
    if wants_environment and document.metadata.environment is None:
        raise Misuse.of("document/missing-field", parsed.place(("metadata", "environment")), field="environment")
    if not wants_environment and document.metadata.environment is not None:
        place = parsed.place(("metadata", "environment"))
        raise Misuse.of("document/environment-here", place, kind=document.kind)
    belongs = path_of(document)
    if kind_at(belongs) != document.kind:
        raise Misuse.of("document/bad-name", name, name=shortened(document.metadata.name), path=document.path)
    if belongs == parsed.path:
        return
    expected = kind_at(parsed.path)
    if expected is not None and expected != document.kind:
        raise Misuse.of("document/kind-elsewhere", parsed.place(("kind",)), kind=document.kind, expected=expected)
    raise Misuse.of("document/wrong-path", name, belongs=belongs)


def _check_claims(document: Document, parsed: Parsed) -> None:
    """A field that repeats a part of the name must say the same: nobody reads one and signs for the other."""
    Misuse.when_any(
        problem("document/not-as-named", parsed.place(location), value=shortened(value), expected=expected)
        for location, value, expected in _claims(document)
        if value != expected
    )


def _claims(document: Document) -> Iterator[tuple[Location, str, str]]:
    if isinstance(document, Promotion):
        names = names_in("Promotion", path_of(document))
        release = "{product}@{version}".format_map(names)
        yield ("spec", "release", "name"), document.spec.release.name, release
        yield ("spec", "to"), document.spec.to, names["channel"]
    if isinstance(document, TrustRoot):
        yield ("spec", "version"), str(document.spec.version), document.metadata.name
