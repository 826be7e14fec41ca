"""What the models of executors share: spellings people already use for the same thing, words, paths on the host."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from tiangong.model.document import Model
from tiangong.model.scalar import Duration

SIZES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
LONGEST_PATH = 4096
LONGEST_NAME = 255


def _plain_seconds(value: Any) -> Any:
    """`1800` is half an hour; everything else is left to `Duration`."""
    return timedelta(seconds=value) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else value


def _as_word(value: Any) -> Any:
    """`${config.port}` keeps its type when filled in; a program, a header, a path get text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _no_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("holds the character U+0000")
    return value


def _size(value: Any) -> Any:
    match = re.fullmatch(r"([1-9][0-9]{0,11})(B|[KMGT]iB)", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("is not a size such as 512MiB or 4GiB")
    return int(match[1]) * SIZES[match[2]]


def _plain_path(value: str) -> str:
    """One way to write a path: no `..`, nothing a terminal or a log would trip over."""
    parts = [part for part in value.split("/") if part not in ("", ".")]
    if not parts or not value.isprintable():
        raise ValueError("is not a path such as /srv/shop/shop.env")
    if ".." in parts:
        raise ValueError("holds .. and paths are written without it")
    if len(value.encode()) >= LONGEST_PATH or any(len(part.encode()) > LONGEST_NAME for part in parts):
        raise ValueError("is too long for a path")
    return "/" * value.startswith("/") + "/".join(parts)


Seconds = Annotated[Duration, BeforeValidator(_plain_seconds)]
"""A duration such as `30m`, or plain seconds."""
Size = Annotated[
    int,
    BeforeValidator(lambda value: value if isinstance(value, int) and not isinstance(value, bool) else _size(value)),
    PlainSerializer(lambda size: f"{size}B"),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,11}(B|[KMGT]iB)$"}),
]
"""A size such as `4GiB`."""
Word = Annotated[str, BeforeValidator(_as_word), AfterValidator(_no_nul)]
"""Text a program gets."""
PlainPath = Annotated[str, BeforeValidator(_as_word), AfterValidator(_plain_path)]
"""A path without `..`, written in one way; absolute or not."""
HostPath = Annotated[Path, BeforeValidator(lambda value: Path(value) if isinstance(value, str) else value)]
"""A path in an agent's own configuration."""


class PluginConfig(Model):
    """Base of `Config`: `base_path` is read as `basePath`; `spellings` names what differs in more than its form."""

    spellings: ClassVar[dict[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _one_spelling(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        plain: dict[Any, Any] = {}
        for key, inner in value.items():
            name = cls.spellings.get(key) or (to_camel(key) if isinstance(key, str) and "_" in key else key)
            if name in plain:
                raise ValueError(f"{name} is given twice")
            plain[name] = inner
        return plain
