"""The envelope all documents share, and what every document model has in common.

An unknown field is an error. A field that interfaces promise but whose effect isn't built yet is declared with
`NotYet`, so that it is refused with its own message instead of being accepted and ignored.
"""

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from tiangong.model.scalar import Name

API_VERSION: Final = "tiangong.dev/v1"
LARGEST_GENERATION = 2**53 - 1


def _not_yet(_value: Any) -> Any:
    raise PydanticCustomError("not-yet", "is not supported yet")


NotYet = Annotated[None, BeforeValidator(_not_yet), WithJsonSchema({"not": {}})]
"""A field of the documented shape whose effect isn't built: present = refused."""


class Model(BaseModel):
    """Frozen, closed, camelCase in YAML, and strict: `1.10` is never read as text.

    How a model is validated is worked out when it is first used: a process uses few of all there are, and pays at its
    start for the others too otherwise. Many threads may be first: pydantic does it under a lock (read in 2.14.3, the
    oldest accepted).
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_name=False,
        validate_by_alias=True,
        defer_build=True,
    )


class Metadata(Model):
    """Who the document is. `repo`, `generation`, `change` are stamped by signing, never typed (R11, R12, D2)."""

    name: str
    environment: Name | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    repo: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")
    generation: int | None = Field(default=None, ge=1, le=LARGEST_GENERATION)
    change: str | None = Field(default=None, pattern=r"^[0-9a-f]{12}$")


class Document(Model):
    """Base of all kinds; a subclass narrows `kind` and `spec` and says where it lives.

    `path` is a template over `{name}`, `{environment}`, `{product}`, `{channel}`, `{version}`; one-to-one (R11).
    """

    path: ClassVar[str]

    api_version: Literal["tiangong.dev/v1"] = Field(alias="apiVersion")
    kind: str
    metadata: Metadata
