"""What the configuration models of executors share: spellings people already use for the same thing."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, model_validator
from pydantic.alias_generators import to_camel

from tiangong.model.document import Model
from tiangong.model.scalar import Duration


def _plain_seconds(value: Any) -> Any:
    """`1800` is half an hour; everything else is left to `Duration`."""
    return timedelta(seconds=value) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else value


Seconds = Annotated[Duration, BeforeValidator(_plain_seconds)]
"""A duration such as `30m`, or plain seconds."""


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
