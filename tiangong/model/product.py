"""What developers publish: fleet, channels, products, releases, promotions."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, JsonValue, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from tiangong.model.document import Document, Model, NotYet
from tiangong.model.scalar import Digest, Duration, FileDigest, Name, Seq, Version

DEEPEST_PAYLOAD, LONGEST_PAYLOAD_PATH = 8, 200
LARGEST_ARTIFACT = 1 << 40
DEFAULT_STORE = "default"
STORE = re.compile(
    r"(?:https?://[A-Za-z0-9\[][A-Za-z0-9.:\]_-]{0,300}(?:/[A-Za-z0-9._~%/+-]*)?|file:///[^?#\x00-\x1f\x7f]+)"
)
STORES_LATER = ("s3", "gs", "az", "azblob", "oci", "ftp", "sftp", "ssh")
_PART = r"[A-Za-z0-9_][A-Za-z0-9._@+-]{0,99}"
PAYLOAD_PATH = re.compile(rf"{_PART}(?:/{_PART}){{0,{DEEPEST_PAYLOAD - 1}}}")


def _once(names: Iterable[str], what: str) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise PydanticCustomError("twice", "{what} {name} twice", {"what": what, "name": twice[0]})


def _payload_path(value: str) -> str:
    if len(value) > LONGEST_PAYLOAD_PATH or not PAYLOAD_PATH.fullmatch(value):
        raise PydanticCustomError("payload", "is not a path of a file below the folder of its release")
    return value


def _payload(value: "dict[str, Digest]") -> "dict[str, Digest]":
    _once((path.casefold() for path in value), "names, when case is ignored,")
    return value


def _steps(value: "tuple[StepSpec, ...]") -> "tuple[StepSpec, ...]":
    _once((step.name for step in value), "has a step named")
    return value


def _artifacts(value: "tuple[Artifact, ...]") -> "tuple[Artifact, ...]":
    _once((one.name for one in value), "has an artifact named")
    return value


def _store_url(value: str) -> str:
    scheme = value.partition("://")[0]
    if scheme in STORES_LATER:
        raise PydanticCustomError("not-yet", "is not supported yet")
    if not STORE.fullmatch(value) or ".." in value.split("/"):
        raise PydanticCustomError("store", "is not a store such as https://files.example/tiangong or file:///srv/files")
    return value


def _channels(value: tuple[str, ...]) -> tuple[str, ...]:
    _once(value, "names")
    return value


PayloadPath = Annotated[
    str,
    AfterValidator(_payload_path),
    WithJsonSchema({"type": "string", "pattern": f"^{PAYLOAD_PATH.pattern}$", "maxLength": LONGEST_PAYLOAD_PATH}),
]


StoreUrl = Annotated[
    str, AfterValidator(_store_url), WithJsonSchema({"type": "string", "pattern": f"^{STORE.pattern}$"})
]


class ArtifactStore(Model):
    """Where artifacts lie: a folder that every host sees, or a web server; below it `sha256/<ab>/<hex>`."""

    url: StoreUrl


class FleetSpec(Model):
    """`channels` is the default pipeline, in order; the first one holds every signed release (D3)."""

    channels: Annotated[Seq[Name], AfterValidator(_channels)] = Field(min_length=1)
    artifact_stores: dict[Name, ArtifactStore] = Field(default_factory=dict)


class Fleet(Document):
    """`tiangong.yaml`: the repository's own settings."""

    path: ClassVar[str] = "tiangong.yaml"
    kind: Literal["Fleet"]
    spec: FleetSpec


class ChannelSpec(Model):
    """What a release must carry to enter."""

    description: str = ""
    require: NotYet = None


class Channel(Document):
    """`channels/<name>.yaml`."""

    path: ClassVar[str] = "channels/{name}.yaml"
    kind: Literal["Channel"]
    spec: ChannelSpec


class ProductSpec(Model):
    """Owner, and what holds for every installation of the product unless something nearer says otherwise."""

    owner: str = ""
    description: str = ""
    promotion: NotYet = None
    rollout: NotYet = None
    windows: NotYet = None
    scheme: NotYet = None


class Product(Document):
    """`products/<p>/product.yaml`."""

    path: ClassVar[str] = "products/{name}/product.yaml"
    kind: Literal["Product"]
    spec: ProductSpec


class ConfigItem(Model):
    """One item of a release's contract with environments."""

    type: Literal["string", "integer", "number", "boolean", "secret"]
    default: JsonValue = None
    description: str = ""


class StepSpec(Model):
    """One step of a release. `with` is validated by the executor's own `Spec` model."""

    name: Name
    executor: Name
    with_: dict[str, Any] = Field(alias="with", default_factory=dict)
    once: bool = False
    timeout: Duration | None = None


class Artifact(Model):
    """A file too large for the repository, by its SHA-256; `store`: a name of the fleet's `artifactStores`."""

    name: Name
    digest: FileDigest
    size: int = Field(ge=0, le=LARGEST_ARTIFACT)
    store: Name = DEFAULT_STORE


class ReleaseSpec(Model):
    """Immutable: generation 1 for ever. `payload` (path below the release folder: digest) is stamped (D3).

    `uninstall`: steps that remove it again; without any, `steps` that can be undone are, the last one first (D5).
    """

    downtime: bool = False
    duration: Duration | None = None
    config: dict[str, ConfigItem] = Field(default_factory=dict)
    steps: Annotated[Seq[StepSpec], AfterValidator(_steps)] = Field(min_length=1)
    health: Seq[Name] = ()
    payload: Annotated[dict[PayloadPath, Digest], AfterValidator(_payload)] = Field(default_factory=dict)
    artifacts: Annotated[Seq[Artifact], AfterValidator(_artifacts)] = ()
    requires: NotYet = None
    conflicts: NotYet = None
    upgrades_from: NotYet = None
    schema_: NotYet = Field(default=None, alias="schema")
    uninstall: Annotated[Seq[StepSpec], AfterValidator(_steps)] = ()

    @model_validator(mode="after")
    def _each_step_once(self) -> Self:
        _once((step.name for step in (*self.steps, *self.uninstall)), "has, under steps and uninstall, a step named")
        return self


class Release(Document):
    """`products/<p>/releases/<version>/release.yaml`; `metadata.name` is `<product>@<version>`."""

    path: ClassVar[str] = "products/{product}/releases/{version}/release.yaml"
    kind: Literal["Release"]
    spec: ReleaseSpec


class ReleaseReference(Model):
    """A release by name, and by the SHA-512 of its exact bytes (R13; the digest is added when signing)."""

    name: str
    digest: Digest | None = None


class PromotionSpec(Model):
    """One event: this release enters that channel."""

    release: ReleaseReference
    to: Name
    reason: str = ""
    evidence: NotYet = None


class Promotion(Document):
    """`products/<p>/promotions/<channel>/<version>.yaml`; `metadata.name` is `<product>@<version>/<channel>`."""

    path: ClassVar[str] = "products/{product}/promotions/{channel}/{version}.yaml"
    kind: Literal["Promotion"]
    spec: PromotionSpec


def release_of(name: str) -> tuple[str, Version]:
    """Split `shop@1.4.0` into product and version; ValueError when there is no `@`."""
    product, at, version = name.partition("@")
    if not (product and at and version):
        raise ValueError(name)
    return product, version
