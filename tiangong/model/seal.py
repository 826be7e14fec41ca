"""What a sealer says of one moment of the repository: signed YAML on the branch `seals`, with listings (R17, D7–D9).

A commit on `seals` holds `seal.yaml`, its signatures `seal.yaml.<signer>.sig` in namespace `seal.v1@tiangong.dev`, and
one listing per folder below `listings/` (`documents/listing.py`).
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tiangong.model.document import LARGEST_GENERATION, Model
from tiangong.model.scalar import Digest, Moment, Name, Seq

NAMESPACE = "seal.v1@tiangong.dev"
SEALS = "seals"
SEALS_REF = f"refs/heads/{SEALS}"
SEAL_FILE = "seal.yaml"
LONGEST_PATH = 400
MOST_QUARANTINED = 5000

ObjectId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


class LastGood(Model):
    """The bytes that counted before: `blob` and `signatures` (by signer) locate them in Git, the digest proves them.

    `since`: as their line in a listing said while they stood there.
    """

    digest: Digest
    since: Moment
    generation: int = Field(ge=1, le=LARGEST_GENERATION)
    blob: ObjectId
    signatures: dict[Name, ObjectId] = Field(default_factory=dict, max_length=32)


class Quarantined(Model):
    """A path where the sealed head holds nothing that counts. `why`: code of the first reason, for people (D9)."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_PATH)]
    why: Annotated[str, StringConstraints(max_length=100)] = ""
    last_good: LastGood | None = None


class SealSpec(Model):
    """`tree`: digest of the listing of the top; `previous`: digest of the seal before, absent for the first."""

    branch: Name
    head: ObjectId
    tree: Digest
    sequence: int = Field(ge=1, le=LARGEST_GENERATION)
    issued: Moment
    previous: Digest | None = None
    quarantine: Seq[Quarantined] = Field(default=(), max_length=MOST_QUARANTINED)


class SealMetadata(Model):
    """Of which repository; the name is the sequence."""

    name: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,15}$")]
    repo: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class Seal(Model):
    """`seal.yaml` on `seals`."""

    api_version: Literal["tiangong.dev/v1"] = Field(alias="apiVersion")
    kind: Literal["Seal"]
    metadata: SealMetadata
    spec: SealSpec
