"""From values to YAML that the strict loader reads back as the same values; everything the tool writes goes through here."""

from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel

from tiangong.documents.strict import DATE_LIKE, DECIMAL, INTEGER, NUMBER_LIKE, TRUTH_LIKE


def dump(value: Mapping[str, Any] | BaseModel) -> bytes:
    """Write a document in field order; of a model only what was set, in the names of the YAML."""
    data = plain(value) if isinstance(value, BaseModel) else value
    return yaml.dump(data, Dumper=_Strict, sort_keys=False, allow_unicode=True, width=110).encode()


def plain(model: BaseModel) -> dict[str, Any]:
    """Return a model as plain data: YAML names, times and durations as text, without what is default."""
    return model.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class _Strict(yaml.SafeDumper):
    """No aliases, lists indented below their key, and quotes wherever the strict loader asks for them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- PyYAML's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, False)  # noqa: FBT003


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    ambiguous = value.lower() in TRUTH_LIKE or any(
        pattern.match(value) for pattern in (INTEGER, DECIMAL, NUMBER_LIKE, DATE_LIKE)
    )
    # A time with an offset is plain text to the strict loader, as people write it.
    style = '"' if ambiguous or "\n" in value or value in ("", "~") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Strict.add_representer(str, _text)
_Strict.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
