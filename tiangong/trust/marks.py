"""What a document must be besides signed: of this repository, stamped, and never older than what was accepted (R11, R12)."""

from tiangong.documents.digest import sha512
from tiangong.errors import Place, Problem, problem
from tiangong.model.product import Release
from tiangong.model.stages import Kept
from tiangong.trust.reading import Checked

LONGEST_JUMP = 1_000_000


def judge_mark(checked: Checked, repo: str, kept: Kept | None) -> Problem | None:
    """Return what is wrong with a document's stamps against the mark kept of it, or None."""
    metadata, place = checked.document.metadata, Place(checked.path)
    if metadata.generation is None or metadata.repo is None or metadata.change is None:
        return problem("trust/unstamped", place)
    if metadata.repo != repo:
        return problem("trust/other-repo", place, found=metadata.repo, expected=repo)
    if isinstance(checked.document, Release) and metadata.generation != 1:
        return problem("trust/release-changed", place, generation=metadata.generation)
    before = kept.generation if kept else 0
    if metadata.generation < before:
        return problem("trust/rollback", place, found=metadata.generation, accepted=before)
    if kept and metadata.generation == before and checked.digest != kept.digest:
        return problem("trust/equivocation", place, generation=before)
    if metadata.generation > before + LONGEST_JUMP:
        return problem("trust/jump", place, found=metadata.generation, accepted=before)
    return None


def kept_of(checked: Checked, signers: tuple[str, ...]) -> Kept:
    """What to remember of an accepted document."""
    document = checked.document
    return Kept(
        path=checked.path,
        kind=document.kind,
        name=document.metadata.name,
        generation=document.metadata.generation or 0,
        digest=checked.digest,
        raw=checked.raw,
        signers=signers,
    )


def same_bytes(kept: Kept) -> bool:
    """Tell whether remembered bytes are still the bytes that were accepted."""
    return bool(kept.raw) and sha512(kept.raw) == kept.digest
