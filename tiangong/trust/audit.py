"""The same rules on a whole repository: what an author's `verify` and CI's required check say. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from tiangong.documents.digest import sha512
from tiangong.documents.listing import FILE_MODES
from tiangong.documents.parse import parse
from tiangong.documents.paths import TOP_FOLDERS, is_ours, kind_at, names_in, sealed_beside, secret_beside, signed_by
from tiangong.errors import Misuse, Place, Problem, Refused, problem
from tiangong.model.document import Document
from tiangong.model.environment import Suppression
from tiangong.model.kinds import KINDS
from tiangong.model.product import Promotion, Release
from tiangong.model.secret import Secret
from tiangong.model.stages import Entry, Pins, Refusal, Signed, Tree
from tiangong.trust.closure import once
from tiangong.trust.court import Court
from tiangong.trust.reading import Cache, Found, refused
from tiangong.trust.roots import LARGEST as LARGEST_ROOT
from tiangong.trust.roots import root_path
from tiangong.trust.sealed import sealed_bytes

LARGEST_PAYLOAD = 16 << 20
DEEPEST = 16
ROOTS_OWN = ("TrustRoot", "TrustPolicy", "Revocation")


def audit(tree: Tree, pins: Pins | None, now: datetime) -> tuple[Refusal, ...]:
    """Return what an agent without memory would refuse; `pins` None = the first root as it is found here.

    What has expired by `now` holds changes, it doesn't become wrong; of suppressions that have ended nothing is said.
    """
    try:
        court = Court(tree, pins or found_pins(tree), None, Cache())
        court.open()
        court.presume()
        court.take_withdrawals()
    except (Refused, Misuse) as error:
        return tuple(refused(found.place.path if found.place else "trust", found) for found in error.problems)
    accepted = {signed.path: signed for folder in folders_of(tree) for signed in _accepted(court, folder)}
    for signed in accepted.values():
        for path, why in _bytes_named(tree, signed, accepted):
            court.refuse(path, why)
    for path in TOP_FOLDERS:
        court.files.folder(path)
    said = {refusal.path for refusal in court.refusals}
    for path in _strays(tree, accepted):
        if path not in said:
            court.refuse(path, problem("trust/stray", Place(path)))
    return tuple(refusal for refusal in once(court.refusals) if not _is_over(court, refusal, now))


def _is_over(court: Court, refusal: Refusal, now: datetime) -> bool:
    """Tell whether a refused document is a suppression that has ended: whoever signed it, it never counts again."""
    file = court.files.at(refusal.path) if refusal.kind == Suppression.__name__ else None
    found = court.files.read(file) if file else None
    document = court.files.document(found.path, found.raw, found.digest) if isinstance(found, Found) else None
    return isinstance(document, Suppression) and document.spec.until <= now


def found_pins(tree: Tree) -> Pins:
    """Pins on the first root as it stands in a tree; Refused when there is none that can be read."""
    path = root_path(1)
    entry = tree.entry(path)
    if entry is None or entry.mode not in FILE_MODES:
        raise Refused.of("trust/missing", Place(path))
    if tree.size(entry) > LARGEST_ROOT:
        raise Refused.of("document/too-large", Place(path), size=tree.size(entry), limit=LARGEST_ROOT)
    raw = tree.read(entry)
    try:
        return Pins(parse(raw, path).metadata.repo or "", "", 1, sha512(raw))
    except Misuse as error:
        raise Refused(*error.problems) from None


def folders_of(tree: Tree, folder: str = "", depth: int = 0) -> Iterator[str]:
    """Every folder where this tool reads, the top first."""
    yield folder
    for entry in tree.folder(folder):
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_folder and depth < DEEPEST and is_ours(f"{path}/"):
            yield from folders_of(tree, path, depth + 1)


def every_path(court: Court) -> Iterator[tuple[str, str]]:
    """Path and kind of every document of an open court's tree that roles answer for."""
    for folder in folders_of(court.tree):
        for path in court.files.folder(folder).files:
            if (kind := kind_at(path)) and kind not in ROOTS_OWN:
                yield path, kind


def _accepted(court: Court, folder: str) -> Iterator[Signed[Document]]:
    """The accepted documents of one folder; root and policy were judged when the court opened."""
    kinds = {kind_at(path) for path in court.files.folder(folder).files}
    for kind in sorted(kind for kind in kinds if kind and kind not in ROOTS_OWN):
        yield from court.all_in(folder, KINDS[kind])


def _bytes_named(
    tree: Tree, signed: Signed[Document], accepted: dict[str, Signed[Document]]
) -> Iterator[tuple[str, Problem]]:
    """What a document names by digest must be those bytes (R13)."""
    document = signed.document
    if isinstance(document, Release):
        yield from payload_flaws(tree, signed.path, document)
    if isinstance(document, Secret):
        flaw = sealed_bytes(tree, signed.path, document)
        yield from [(sealed_beside(signed.path), flaw)] if isinstance(flaw, Problem) else []
    if isinstance(document, Promotion):
        names = names_in("Promotion", signed.path)
        release = accepted.get("products/{product}/releases/{version}/release.yaml".format_map(names))
        if release is None or release.digest != document.spec.release.digest:
            place = Place(signed.path, field="spec.release")
            yield signed.path, problem("trust/other-release", place, release=document.spec.release.name)


def payload_flaws(tree: Tree, path: str, release: Release) -> Iterator[tuple[str, Problem]]:
    """Payload files of the release at a path that aren't the ones it was signed with."""
    folder = path.rpartition("/")[0]
    for name, digest in release.spec.payload.items():
        if why := _payload_flaw(tree, f"{folder}/{name}", digest):
            yield f"{folder}/{name}", why


def _payload_flaw(tree: Tree, path: str, digest: str) -> Problem | None:
    entry = tree.entry(path)
    if entry is None or entry.mode not in FILE_MODES:
        return problem("trust/payload-missing", Place(path))
    if tree.size(entry) > LARGEST_PAYLOAD:
        return problem("trust/payload-too-large", Place(path), size=tree.size(entry), limit=LARGEST_PAYLOAD)
    return None if sha512(tree.read(entry)) == digest else problem("trust/payload-changed", Place(path))


def _strays(tree: Tree, accepted: Mapping[str, Signed[Document]]) -> Iterator[str]:
    """Files where documents belong that are neither a document, nor a signature of one, nor payload."""
    payload = {
        f"{signed.path.rpartition('/')[0]}/{name}"
        for signed in accepted.values()
        if isinstance(signed.document, Release)
        for name in signed.document.spec.payload
    }
    for folder in folders_of(tree):
        entries = {entry.name: entry for entry in tree.folder(folder)}
        for entry in entries.values():
            path = f"{folder}/{entry.name}" if folder else entry.name
            known = path in payload or (is_payload(path) and _release_of(path) not in accepted)
            if is_ours(path) and not entry.is_folder and not known and not _belongs(path, entries):
                yield path


def _belongs(path: str, siblings: Mapping[str, Entry]) -> bool:
    if kind_at(path) is not None:
        return True
    if secret := secret_beside(path):
        return secret.rpartition("/")[2] in siblings
    claimed = signed_by(path)
    return bool(claimed and kind_at(claimed[0]) and claimed[0].rpartition("/")[2] in siblings)


def _release_of(path: str) -> str:
    return "/".join([*path.split("/")[:4], "release.yaml"])


def is_payload(path: str) -> bool:
    """Tell whether a path lies in a release's folder, beside or below its `release.yaml`."""
    beside = _release_of(path)
    return path.count("/") > 3 and signed_by(path) is None and kind_at(beside) == "Release" and path != beside
