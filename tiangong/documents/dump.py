"""From values to YAML which the strict loader reads back as the same values; all the tool writes goes through here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml
from pydantic import BaseModel

from tiangong.documents.scalars import DECIMAL, FORBIDDEN, INTEGER, is_ambiguous, plain
from tiangong.errors import Misuse

WIDTH = 110


def dump(value: Mapping[str, Any] | BaseModel) -> bytes:
    """Write a document in field order; of a model only what differs from its defaults, in the names of the YAML.

    NUL and lone surrogates, which no document may hold, become U+FFFD. Misuse for numbers no document may hold.
    """
    data = fields(value) if isinstance(value, BaseModel) else value
    text = yaml.dump(data, Dumper=_Strict, sort_keys=False, allow_unicode=True, width=WIDTH)
    return _escaped(text).encode()


def inline(value: Any) -> str:
    """Write a value as it stands on one line, also inside brackets: `{cron: "0 1 * * *", for: 4h}`."""
    text = yaml.dump([value], Dumper=_Strict, sort_keys=False, allow_unicode=True, default_flow_style=True, width=1e9)
    return _escaped(text)[1:-2]


def _escaped(text: str) -> str:
    """Characters people can't see, as escapes; they stand inside double quotes only: see _text."""
    return FORBIDDEN.sub(lambda found: f"\\U{ord(found[0]):08x}", text)


def fields(model: BaseModel) -> dict[str, Any]:
    """Return a model as plain data: YAML names, times and durations as text, without what is default."""
    return model.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class _Strict(yaml.SafeDumper):
    """No aliases, lists indented below their key, and quotes wherever the strict loader asks for them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- PyYAML's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, False)  # noqa: FBT003


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    writable = "".join("\N{REPLACEMENT CHARACTER}" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in value)
    quoted = (
        is_ambiguous(writable) or not isinstance(plain(writable), str) or "\n" in writable or FORBIDDEN.search(writable)
    )
    return dumper.represent_scalar("tag:yaml.org,2002:str", writable, style='"' if quoted else None)


def _integer(dumper: yaml.SafeDumper, value: int) -> yaml.ScalarNode:
    return _number(dumper, "tag:yaml.org,2002:int", str(value), fits=bool(INTEGER.match(str(value))))


def _decimal(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    word = format(Decimal(repr(value)), "f")
    word = word if "." in word else f"{word}.0"
    return _number(dumper, "tag:yaml.org,2002:float", word, fits=bool(DECIMAL.match(word)))


def _number(dumper: yaml.SafeDumper, tag: str, word: str, *, fits: bool) -> yaml.ScalarNode:
    if not fits:
        raise Misuse.of("document/number-too-long", value=word)
    return dumper.represent_scalar(tag, word)


_Strict.add_representer(str, _text)
_Strict.add_representer(int, _integer)
_Strict.add_representer(float, _decimal)
# A time with an offset is plain text to the strict loader, as people write it.
_Strict.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
