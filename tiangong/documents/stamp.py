"""Stamping: the lines signing adds, written into the text so that comments and layout stay (R11, R12, D2).

`generation` and `change` stand on neighbouring lines of their own: with them any two parallel edits of one document
conflict in every merge tool, instead of being merged into bytes nobody signed.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from yaml import MappingNode, Node, ScalarNode

from tiangong.documents.dump import dump
from tiangong.documents.nodes import Edit, column, compose, edited, end, indented, line_end, line_start, start
from tiangong.documents.strict import load
from tiangong.errors import Misuse, Place, TiangongError

NAMING = ("Release", "Promotion", "Secret")
"""kinds that name other files by digest"""
STAMPED = ("repo", "generation", "change")

Found = tuple[Node, Node]
"""Key and value."""


def stamp(raw: bytes, path: str = "", *, repo: str, generation: int, change: str, digests: Mapping[str, str]) -> bytes:
    """Return the document with its stamps; doing it twice changes nothing more.

    `digests`: for a Release its payload (path below the release folder → digest), for a Promotion `{"release": …}`, for
    a Secret `{"sealed": …}`, otherwise empty. Misuse when the text can't take the stamps without changing what it says.
    """
    written = content(raw, path)
    stamps: dict[str, Any] = {"repo": repo, "generation": generation, "change": change}
    text = raw.decode() if raw.endswith(b"\n") else raw.decode() + "\n"
    root = compose(text)
    edits = [*_metadata(text, _child(root, "metadata", path), stamps, path)]
    if written.get("kind") in NAMING:
        edits += _named(text, str(written["kind"]), _child(root, "spec", path)[1], digests, path)
    after = edited(text, edits).encode()
    if load(after, path).data != _stamped(written, stamps, digests):
        raise Misuse.of("document/cant-stamp", Place(path))
    return after


def _named(text: str, kind: str, spec: Node, digests: Mapping[str, str], path: str) -> Iterator[Edit]:
    """What a document says of other files."""
    if kind == "Release":
        yield from _payload(text, spec, digests, path)
    elif kind == "Promotion":
        yield from _reference(text, _child(spec, "release", path)[1], digests["release"], path)
    else:
        yield from _sealed(text, spec, digests["sealed"], path)


def content(raw: bytes, path: str) -> dict[str, Any]:
    """Return what a document says, without its stamps: what a person wrote."""
    data = load(raw, path).data
    metadata, spec = data.get("metadata"), data.get("spec")
    if isinstance(metadata, dict):
        data["metadata"] = {name: value for name, value in metadata.items() if name not in STAMPED}
    if isinstance(spec, dict) and data.get("kind") in ("Release", "Secret"):
        spec.pop("payload" if data["kind"] == "Release" else "digest", None)
    if isinstance(spec, dict) and data.get("kind") == "Promotion" and isinstance(spec.get("release"), dict):
        spec["release"].pop("digest", None)
    return data


def _stamped(data: dict[str, Any], stamps: Mapping[str, Any], digests: Mapping[str, str]) -> dict[str, Any]:
    """What must be read back; the parts exist, or there was nothing to edit."""
    data["metadata"].update(stamps)
    if data.get("kind") == "Release" and digests:
        data["spec"]["payload"] = dict(digests)
    if data.get("kind") == "Promotion":
        data["spec"]["release"]["digest"] = digests["release"]
    if data.get("kind") == "Secret":
        data["spec"]["digest"] = digests["sealed"]
    return data


def _metadata(text: str, found: Found, stamps: Mapping[str, Any], path: str) -> Iterator[Edit]:
    key, value = found
    # Words are quoted: twelve hex digits may look like a number.
    lines = "".join(f"{name}: {json.dumps(word)}\n" for name, word in stamps.items())
    if not isinstance(value, MappingNode) or not value.value or key.start_mark.column:
        raise _cant(path, "metadata")
    last = line_end(text, value)
    if not value.flow_style:
        yield from _without_lines(text, value, STAMPED)
        yield last, last, indented(lines, column(value))
        return
    # `metadata: {name: acme}` becomes a block: stamps need lines of their own.
    if "#" in text[end(key) : end(value)]:
        raise _cant(path, "metadata")
    kept = {k: v for k, v in load(text.encode(), path).data["metadata"].items() if k not in STAMPED}
    rest = text[end(value) : last].strip()
    block = (dump(kept).decode() if kept else "") + lines
    yield end(key), last, f":{'   ' if rest else ''}{rest}\n{indented(block, 2)}"


def _payload(text: str, spec: Node, digests: Mapping[str, str], path: str) -> Iterator[Edit]:
    if not isinstance(spec, MappingNode) or spec.flow_style:
        raise _cant(path, "spec")
    yield from _without_lines(text, spec, ("payload",))
    if digests:
        last = line_end(text, spec)
        block = dump({"payload": dict(sorted(digests.items()))}).decode()
        yield last, last, indented(block, column(spec))


def _sealed(text: str, spec: Node, digest: str, path: str) -> Iterator[Edit]:
    """Put the digest of its SOPS file at the end of a secret's spec."""
    if not isinstance(spec, MappingNode) or spec.flow_style or not spec.value:
        raise _cant(path, "spec")
    yield from _without_lines(text, spec, ("digest",))
    last = line_end(text, spec)
    yield last, last, indented(f'digest: "{digest}"\n', column(spec))


def _reference(text: str, release: Node, digest: str, path: str) -> Iterator[Edit]:
    """Put the digest beside the name of the release, whichever way the reference is written."""
    if not isinstance(release, MappingNode) or not release.value:
        raise _cant(path, "spec.release")
    old = next((value for key, value in release.value if key.value == "digest"), None)
    last = release.value[-1][1]
    if old and not isinstance(old, ScalarNode):
        raise _cant(path, "spec.release.digest")
    if old:
        yield start(old), end(old), f'{" " * (not old.value)}"{digest}"'
    elif release.flow_style:
        yield end(last), end(last), f', digest: "{digest}"'
    else:
        after = line_end(text, last)
        yield after, after, indented(f'digest: "{digest}"\n', column(release))


def _child(node: Node | None, name: str, path: str) -> Found:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == name:
                return key, value
    raise _cant(path, name)


def _without_lines(text: str, block: MappingNode, names: tuple[str, ...]) -> Iterator[Edit]:
    for key, value in block.value:
        if key.value in names:
            yield line_start(text, start(key)), line_end(text, value), ""


def _cant(path: str, field: str) -> TiangongError:
    return Misuse.of("document/cant-stamp", Place(path, field=field))
