"""The app's own `release.yaml`: read with exact places, and completed to the document that is published.

Short form: `apiVersion`, `kind` and `metadata` may be left out, and `spec.payload` may be a list of globs. Comments and
layout are kept; only where the text can't take the additions is the document written anew.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tiangong.documents.dump import dump
from tiangong.documents.parse import validate
from tiangong.documents.strict import Parsed, load
from tiangong.errors import Misuse, TiangongError
from tiangong.model.document import API_VERSION
from tiangong.model.product import Release

EDITOR_LINE = "# yaml-language-server:"
HEAD = ("apiVersion", "kind", "metadata")
SPEC_LINE = re.compile(r"(?m)^spec:[^\n]*\n")
SPEC_INDENT = re.compile(r"(?m)^spec:[^\n]*\n(?: *(?:#[^\n]*)?\n)*( +)\S")


@dataclass(frozen=True, slots=True)
class ShortForm:
    """A release as developers write it: not yet of a version."""

    parsed: Parsed
    text: str
    globs: tuple[str, ...]
    """what `spec.payload` lists besides what steps name"""
    artifacts: tuple[dict[str, Any], ...] | None = None
    """what `spec.artifacts` has to say; None: what it says"""

    def with_artifacts(self, entries: Sequence[dict[str, Any]]) -> "ShortForm":
        """The form with these artifacts, digest and size known."""
        return replace(self, artifacts=tuple(entries))

    @property
    def product(self) -> str | None:
        """The product, where the file says so."""
        name = self._metadata.get("name")
        return name.partition("@")[0] if isinstance(name, str) else None

    @property
    def _metadata(self) -> dict[str, Any]:
        found = self.parsed.data.get("metadata")
        return found if isinstance(found, dict) else {}

    def release(self, name: str, labels: Mapping[str, str]) -> Release:
        """The release as a model; Misuse with every problem, each with its place in the app's own file."""
        return validate(replace(self.parsed, data=self._complete(name, labels)), Release)

    def document(self, name: str, labels: Mapping[str, str]) -> bytes:
        """The document that is published, not yet stamped."""
        data = self._complete(name, labels)
        head = dump({key: data[key] for key in HEAD}).decode()
        text = (head + self._body()).encode()
        return text if _says(text, data) and re.search(rb"(?m)^spec:\s*(#.*)?$", text) else dump(data)

    def _body(self) -> str:
        """The text below the head, with the artifacts under `spec:`."""
        if self.artifacts is None:
            return _without_head(self.text)
        inner = SPEC_INDENT.search(self.text)
        block = textwrap.indent(dump({"artifacts": list(self.artifacts)}).decode(), inner[1] if inner else "  ")
        # A function: the block must not be read as a pattern.
        return SPEC_LINE.sub(lambda found: found[0] + block, _without_head(self.text, "payload", "artifacts"), count=1)

    def _complete(self, name: str, labels: Mapping[str, str]) -> dict[str, Any]:
        """What the document has to say."""
        data = self.parsed.data
        self._check_head(name)
        metadata = {"name": name, **{key: value for key, value in self._metadata.items() if key != "name"}}
        if labels:
            metadata["labels"] = {**metadata.get("labels", {}), **labels}
        spec = data.get("spec")
        if isinstance(spec, dict):
            spec = {key: value for key, value in spec.items() if key != "payload"}
            spec |= {"artifacts": list(self.artifacts)} if self.artifacts is not None else {}
        rest = {key: value for key, value in data.items() if key not in (*HEAD, "spec")}
        return {"apiVersion": API_VERSION, "kind": "Release", "metadata": metadata, **rest, "spec": spec}

    def _check_head(self, name: str) -> None:
        """What the file says of itself must be what is published."""
        expected: dict[str, tuple[Any, ...]] = {"apiVersion": (API_VERSION,), "kind": ("Release",)}
        for key, values in expected.items():
            if key in self.parsed.data and self.parsed.data[key] not in values:
                place = self.parsed.place((key,))
                raise Misuse.of("release/other-head", place, field=key, expected=str(values[0]))
        said = self._metadata.get("name", name)
        if said not in (name, name.partition("@")[0]):
            raise Misuse.of("release/other-name", self.parsed.place(("metadata", "name")), said=str(said), name=name)


def read_short(raw: bytes, shown: str) -> ShortForm:
    """Read the app's file; `shown`: its path in messages. Misuse with place."""
    parsed = load(raw, shown)
    return ShortForm(parsed, raw.decode(), _globs(parsed))


def _globs(parsed: Parsed) -> tuple[str, ...]:
    spec = parsed.data.get("spec")
    listed = spec.get("payload", []) if isinstance(spec, dict) else []
    if not isinstance(listed, list) or not all(isinstance(one, str) and one for one in listed):
        raise Misuse.of("release/payload-list", parsed.place(("spec", "payload")))
    return tuple(listed)


def _without_head(text: str, *fields_of_spec: str) -> str:
    """The text without the fields that are written anew and the editor's line, whose path means nothing elsewhere."""
    inner = SPEC_INDENT.search(text)
    below = "".join(f"|{inner[1]}{field}" for field in fields_of_spec or ("payload",)) if inner else ""
    written_anew = re.compile(rf"(?=(?P<indent> *))(?:apiVersion|kind|metadata{below}):")
    kept: list[str] = []
    above: str | None = None
    for line in text.splitlines(keepends=True):
        if above is not None and _goes_on(line, above):
            continue
        found = written_anew.match(line)
        above = found["indent"] if found else None
        if above is None and not line.startswith(EDITOR_LINE):
            kept.append(line)
    return "".join(kept)


def _goes_on(line: str, above: str) -> bool:
    """Tell whether a line belongs to a field that starts at an indentation."""
    rest = line.removeprefix(above)
    return line.startswith(above) and rest.startswith((" ", "- ")) and bool(rest.strip())


def _says(text: bytes, data: dict[str, Any]) -> bool:
    try:
        return load(text, "").data == data
    except TiangongError:
        return False
