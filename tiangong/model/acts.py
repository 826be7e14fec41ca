"""Acts about other documents, one document each, written once: withdrawals end restrictions (D1)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from tiangong.model.document import Document, Model
from tiangong.model.scalar import Digest

LONGEST_SUBJECT = 300


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
