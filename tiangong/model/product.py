"""What developers publish: fleet, channels, products, releases, promotions."""

from typing import Any, ClassVar, Literal

from pydantic import Field, JsonValue

from tiangong.model.document import Document, Model, NotYet
from tiangong.model.scalar import Digest, Duration, Name, Seq, Version


class FleetSpec(Model):
    """`channels` is the default pipeline, in order; the first one holds every signed release (D3)."""

    channels: Seq[Name] = Field(min_length=1)
    artifact_stores: NotYet = None


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


class ReleaseSpec(Model):
    """Immutable: generation 1 for ever. `payload` (path below the release folder: digest) is stamped (D3)."""

    downtime: bool = False
    duration: Duration | None = None
    config: dict[str, ConfigItem] = Field(default_factory=dict)
    steps: Seq[StepSpec] = Field(min_length=1)
    health: Seq[Name] = ()
    payload: dict[str, Digest] = Field(default_factory=dict)
    artifacts: NotYet = None
    requires: NotYet = None
    conflicts: NotYet = None
    upgrades_from: NotYet = None
    schema_: NotYet = Field(default=None, alias="schema")
    uninstall: NotYet = None


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
