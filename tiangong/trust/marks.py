"""What a document must be besides signed: of this repository, stamped, never older than what was accepted (R11 R12)."""

from tiangong.documents.digest import sha512
from tiangong.errors import Place, Problem, problem
from tiangong.model.document import Document
from tiangong.model.stages import Kept
from tiangong.trust.reading import Found

LONGEST_JUMP = 1_000_000
ALARMS = frozenset(
    {"trust/equivocation", "trust/rollback", "trust/jump", "trust/root-replaced", "trust/history-rewritten"}
    | {"trust/lost-restriction"}
)
"""what no honest hand does by an oversight alone: somebody should look into it (R12, R21)"""
ONCE = {
    "Release": "trust/release-changed",
    "Suppression": "trust/suppression-changed",
    "Recall": "trust/recall-changed",
    "Withdrawal": "trust/withdrawal-changed",
    "Revocation": "trust/revocation-changed",
    "Approval": "trust/approval-changed",
}
"""kinds that are written once and never edited, and what is said of an edit (D1, D3)"""


def judge_mark(found: Found, document: Document, repo: str, kept: Kept | None) -> Problem | None:
    """Return what is wrong with a document's stamps, or with them against the mark kept of it, or None."""
    metadata, place = document.metadata, Place(found.path)
    if metadata.generation is None or metadata.repo is None or metadata.change is None:
        return problem("trust/unstamped", place)
    if metadata.repo != repo:
        return problem("trust/other-repo", place, found=metadata.repo, expected=repo)
    if document.kind in ONCE and metadata.generation != 1:
        return problem(ONCE[document.kind], place, generation=metadata.generation)
    return _against(metadata.generation, found.digest, kept, place)


def _against(generation: int, digest: str, kept: Kept | None, place: Place) -> Problem | None:
    before = kept.generation if kept else 0
    # A mark that the root has reset knows the number alone: whatever its owners sign from there on counts.
    if generation < before:
        return problem("trust/rollback", place, found=generation, accepted=before)
    if kept and kept.digest and generation == before and digest != kept.digest:
        return problem("trust/equivocation", place, generation=before)
    if generation > before + LONGEST_JUMP:
        return problem("trust/jump", place, found=generation, accepted=before)
    return None


def kept_of(found: Found, document: Document, signers: tuple[str, ...], before: Kept | None = None) -> Kept:
    """What to remember of an accepted document: what is remembered already, when it says the same."""
    if before and before.digest == found.digest and before.signers == signers:
        return before
    return Kept(
        path=found.path,
        kind=document.kind,
        name=document.metadata.name,
        generation=document.metadata.generation or 0,
        digest=found.digest,
        raw=found.raw,
        signers=signers,
    )


def same_bytes(kept: Kept) -> bool:
    """Tell whether remembered bytes are still the bytes that were accepted."""
    return bool(kept.raw) and sha512(kept.raw) == kept.digest
