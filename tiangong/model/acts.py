"""Acts about other documents, one document each, written once: recalls restrict, withdrawals end restrictions (D1)."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from tiangong.model.document import Document, Model
from tiangong.model.scalar import Digest, VersionRange

ROLL_OFF = ("forward", "allowDowngrade", "freeze", "testOn")
LONGEST_SUBJECT = 300


def _roll_off(value: str) -> str:
    if value in ROLL_OFF and value != ROLL_OFF[0]:
        raise PydanticCustomError("not-yet", "is not supported yet")
    if value != ROLL_OFF[0]:
        raise PydanticCustomError("roll-off", "is not a way to leave a recalled version; there is: forward")
    return value


class WithdrawalSpec(Model):
    """What ends: the document at `subject`, when its exact bytes have this digest, and nothing else (R13)."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_SUBJECT)]
    digest: Digest
    reason: str = Field(min_length=1)


class Withdrawal(Document):
    """`withdrawals/<id>.yaml`: ends a restriction before its time; at the threshold of the owners (R3, D1)."""

    path: ClassVar[str] = "withdrawals/{name}.yaml"
    kind: Literal["Withdrawal"]
    spec: WithdrawalSpec


class RecallSpec(Model):
    """Versions that nobody may install or upgrade to any more. `except`: versions of the range that stay good.

    `rollOff: forward`: what is installed leaves a recalled version for the newest good one above it.
    """

    versions: VersionRange
    except_: VersionRange | None = Field(default=None, alias="except")
    reason: str = Field(min_length=1)
    roll_off: Annotated[str, AfterValidator(_roll_off)] = "forward"


class Recall(Document):
    """`products/<p>/recalls/<id>.yaml`; `metadata.name` is `<product>/<id>`. Ended by a withdrawal alone (D1, D12)."""

    path: ClassVar[str] = "products/{product}/recalls/{name}.yaml"
    kind: Literal["Recall"]
    spec: RecallSpec
