"""What a court says of one document: it counts, or why it doesn't."""

from dataclasses import dataclass

from tiangong.errors import Problem
from tiangong.model.document import Document
from tiangong.model.stages import Kept, Signed
from tiangong.trust.marks import kept_of
from tiangong.trust.reading import Found


@dataclass(frozen=True, slots=True)
class Accepted:
    """A document that counts, and what to remember of it. `remarks`: why nothing new may rest on it."""

    signed: Signed[Document]
    kept: Kept
    remarks: tuple[Problem, ...] = ()


Verdict = Accepted | tuple[Problem, ...]


def accepted(found: Found, document: Document, signers: tuple[str, ...], before: Kept | None) -> Accepted:
    """A document that counts, with the mark it leaves."""
    signed = Signed(document, found.path, found.raw, found.digest, signers)
    return Accepted(signed, kept_of(found, document, signers, before))
