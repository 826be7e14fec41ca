"""What step values stand for until a step is done: `${secret:name/key}` and `${artifact:name}`, put there by planning.

Nobody can write these words: `${…}` of a release is looked up by name, and config that holds one is refused. So a
plan, a log or a status shows the name of a secret where its value would stand.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

SECRET_NAME = r"[a-z0-9][a-z0-9._-]{0,62}/[A-Za-z0-9][A-Za-z0-9._-]{0,62}"  # noqa: S105 -- the form of names
SECRET = re.compile(rf"\$\{{secret:({SECRET_NAME})\}}")
ARTIFACT = re.compile(r"\$\{artifact:([a-z0-9][a-z0-9._-]{0,62})\}")
RESERVED = re.compile(r"\$\{(?:secret|artifact):")
"""how these words begin; what comes from config must not hold it"""


class Takes(StrEnum):
    """What a field of an executor's `Spec` takes besides plain values: `Annotated[str, Takes.SECRET]`."""

    SECRET = "secret"  # noqa: S105 -- a word
    ARTIFACT = "artifact"


def to_secret(name: str) -> str:
    """The word that stands for a secret."""
    return "${secret:" + name + "}"


def to_artifact(name: str) -> str:
    """The word that stands for an artifact."""
    return "${artifact:" + name + "}"


def artifact_named(word: str) -> str | None:
    """The artifact a whole value stands for, or None."""
    found = ARTIFACT.fullmatch(word)
    return found[1] if found else None


def secrets_in(value: Any) -> frozenset[str]:
    """Names of all secrets a value stands for, however deep in it."""
    return frozenset(name for text in texts(value) for name in SECRET.findall(text))


def artifacts_in(value: Any) -> frozenset[str]:
    """Names of all artifacts a value stands for, however deep in it."""
    return frozenset(name for text in texts(value) for name in ARTIFACT.findall(text))


def revealed(value: Any, look_up: Callable[[str], str]) -> Any:
    """The same value with secrets in place of their names."""
    if isinstance(value, str):
        return SECRET.sub(lambda found: look_up(found[1]), value)
    if isinstance(value, Mapping):
        return {key: revealed(inner, look_up) for key, inner in value.items()}
    return [revealed(inner, look_up) for inner in value] if isinstance(value, list | tuple) else value


def misplaced(values: Mapping[str, Any], spec: type[BaseModel]) -> Iterator[tuple[str, Takes]]:
    """Fields that stand for a secret or an artifact, and don't take one."""
    takes = {field.alias or name: frozenset(field.metadata) for name, field in spec.model_fields.items()}
    for name, value in values.items():
        for what, found in ((Takes.SECRET, secrets_in(value)), (Takes.ARTIFACT, artifacts_in(value))):
            if found and what not in takes.get(name, frozenset()):
                yield name, what


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep in it; keys are not values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
