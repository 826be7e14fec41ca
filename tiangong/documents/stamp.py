"""Stamping: the lines signing adds, written into the text so that comments and layout stay (R11, R12, D2).

`generation` and `change` stand on neighbouring lines of their own: with them any two parallel edits of one document
conflict in every merge tool, instead of being merged into bytes nobody signed.
"""

import re
from collections.abc import Mapping
from typing import Any

from tiangong.documents.strict import Parsed, load
from tiangong.errors import Misuse, Place

STAMPED = ("repo", "generation", "change")
METADATA = re.compile(r"^metadata:[ \t]*(?P<rest>[^#\n]*?)[ \t]*(?P<comment>#[^\n]*)?$", re.MULTILINE)


def stamp(raw: bytes, path: str, *, repo: str, generation: int, change: str, digests: Mapping[str, str]) -> bytes:
    """Return the document with its stamps.

    `digests`: for a Release the payload (path below the release folder → digest), for a Promotion `{"release": …}`.
    Misuse when the text can't take the stamps without changing what it says.
    """
    before = load(raw, path)
    stamps: dict[str, Any] = {"repo": repo, "generation": generation, "change": change}
    text = _metadata(raw.decode(), before, stamps)
    kind = before.data.get("kind")
    if kind == "Release":
        text = _payload(text, digests)
    if kind == "Promotion":
        text = _reference(text, digests["release"], path)
    after = text.encode()
    if content(after, path) != content(raw, path):
        raise Misuse.of("document/cant-stamp", Place(path))
    return after


def content(raw: bytes, path: str) -> dict[str, Any]:
    """Return what a document says, without its stamps: what a person wrote."""
    data = load(raw, path).data
    metadata = data.get("metadata")
    if isinstance(metadata, dict):
        data["metadata"] = {name: value for name, value in metadata.items() if name not in STAMPED}
    spec = data.get("spec")
    if isinstance(spec, dict) and data.get("kind") == "Release":
        spec.pop("payload", None)
    if isinstance(spec, dict) and data.get("kind") == "Promotion" and isinstance(spec.get("release"), dict):
        spec["release"].pop("digest", None)
    return data


def _metadata(text: str, parsed: Parsed, stamps: Mapping[str, Any]) -> str:
    found = METADATA.search(text)
    if not found or not isinstance(parsed.data.get("metadata"), dict):
        raise Misuse.of("document/cant-stamp", parsed.place(("metadata",)))
    if found["rest"]:
        return _from_flow(text, found, parsed, stamps)
    for name in STAMPED:
        text = re.sub(rf"(?m)^(metadata:[^\n]*\n(?:(?:[ \t][^\n]*|)\n)*?)[ \t]+{name}:[^\n]*\n", r"\1", text, count=1)
    body = METADATA.search(text)
    assert body is not None  # noqa: S101 -- only lines below it were removed
    lines = text[body.end() + 1 :].split("\n")
    indent = next((re.match(r"[ \t]*", line)[0] for line in lines if line.strip() and line[0] in " \t"), "  ")  # type: ignore[index]
    last = _last_line_of_block(lines)
    lines[last:last] = [f"{indent}{name}: {value}" for name, value in _written(stamps)]
    return text[: body.end() + 1] + "\n".join(lines)


def _from_flow(text: str, found: re.Match[str], parsed: Parsed, stamps: Mapping[str, Any]) -> str:
    """Write `metadata: {name: x}` as a block: stamps need lines of their own."""
    from tiangong.documents.dump import dump

    flow = found["rest"]
    if not flow.endswith("}"):
        raise Misuse.of("document/cant-stamp", parsed.place(("metadata",)))
    kept = {name: value for name, value in parsed.data["metadata"].items() if name not in STAMPED}
    block = "".join(f"  {line}\n" for line in dump(kept).decode().splitlines()) if kept else ""
    block += "".join(f"  {name}: {value}\n" for name, value in _written(stamps))
    comment = f"   {found['comment']}" if found["comment"] else ""
    return f"{text[: found.start()]}metadata:{comment}\n{block.rstrip()}{text[found.end() :]}"


def _written(stamps: Mapping[str, Any]) -> list[tuple[str, str]]:
    # Quoted: twelve hex digits may look like a number to a YAML reader.
    return [(name, str(value) if isinstance(value, int) else f'"{value}"') for name, value in stamps.items()]


def _last_line_of_block(lines: list[str]) -> int:
    """Index after the last line that belongs to the block which starts at the first line."""
    end = 0
    for index, line in enumerate(lines):
        if line.strip() and not line.startswith((" ", "\t")):
            break
        if line.strip():
            end = index + 1
    return end


def _payload(text: str, digests: Mapping[str, str]) -> str:
    text = re.sub(r"(?m)^  payload:[^\n]*\n(?:    [^\n]*\n)*", "", text)
    if not digests:
        return text
    block = "".join(f"    {_key(path)}: {digest}\n" for path, digest in sorted(digests.items()))
    return f"{text.rstrip()}\n  payload:\n{block}"


def _key(path: str) -> str:
    return path if re.fullmatch(r"[A-Za-z][A-Za-z0-9._/-]*", path) else f'"{path}"'


def _reference(text: str, digest: str, path: str) -> str:
    """Put the digest beside the name of the release, whichever way the reference is written."""
    block = re.compile(r"(?m)^(?P<indent>  +)release:[ \t]*\n(?P<body>(?:(?P=indent) +[^\n]*\n)+)")
    if found := block.search(text):
        kept = re.sub(r"(?m)^ +digest:[^\n]*\n", "", found["body"])
        return f"{text[: found.start('body')]}{kept}{found['indent']}  digest: {digest}\n{text[found.end('body') :]}"
    flow = re.compile(r"(?m)^(?P<head>  +release:[ \t]*\{)(?P<body>[^}\n]*)\}")
    if found := flow.search(text):
        kept = re.sub(r",?\s*digest:\s*[^,}]+", "", found["body"]).strip().strip(",")
        return f'{text[: found.start()]}{found["head"]}{kept}, digest: "{digest}"}}{text[found.end() :]}'
    raise Misuse.of("document/cant-stamp", Place(path, field="spec.release"))
