"""What one document stands on: who signed it, which of them counted, and the rule that accepts or refuses it. Pure."""

from dataclasses import dataclass

from tiangong.documents.paths import kind_at
from tiangong.errors import Place, Problem, problem
from tiangong.model.document import Document
from tiangong.model.kinds import KINDS
from tiangong.model.stages import Pins, Signed, Tree
from tiangong.trust.authority import Keyring, quorum_ring, speaker
from tiangong.trust.court import Court
from tiangong.trust.reading import Cache, Found
from tiangong.trust.roles import role_for
from tiangong.trust.roots import Root, root_path


@dataclass(frozen=True, slots=True)
class Mark:
    """One signature as it was found. `person`: whose key it is, or empty; `why`: why it is no good, or empty."""

    person: str
    key: str
    touched: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One document. `role`: what its kind takes; `accepted` is None when it doesn't count: `problems` say why."""

    path: str
    kind: str
    role: str
    accepted: Signed[Document] | None
    marks: tuple[Mark, ...]
    problems: tuple[Problem, ...]


def standing(tree: Tree, pins: Pins, path: str) -> Standing:
    """Judge one document of a tree as an agent without memory does; Refused when root or policy aren't in order."""
    court = Court(tree, pins, None, Cache())
    root, policy = court.open()
    court.presume()
    kind = kind_at(path) or ""
    file = court.files.at(path)
    found = court.files.read(file) if file else None
    if kind == "TrustPolicy":
        accepted: Signed[Document] | None = _plain(policy)
    elif kind == "TrustRoot":
        accepted = _root(root, path, found)
    else:
        accepted = _plain(court.one(path, KINDS[kind])) if kind else None
    problems = [refusal.problem for refusal in court.refusals if refusal.path == path]
    if file is None and not problems:
        problems.append(problem("trust/missing", Place(path)))
    ring = _ring(kind, root, court.ring)
    marks = _marks(court.heard(found), ring) if isinstance(found, Found) else ()
    return Standing(path, kind, role_for(kind) or _quorum(kind), accepted, marks, tuple(problems))


def _plain(signed: Signed[Document] | None) -> Signed[Document] | None:
    return signed


def _quorum(kind: str) -> str:
    return "root" if kind == "TrustRoot" else "policy"


def _root(root: Root, path: str, found: Found | Problem | None) -> Signed[Document] | None:
    """A root that is part of the chain."""
    for kept in root.kept:
        if kept.path == path and isinstance(found, Found) and found.digest == kept.digest:
            return Signed(root.document, path, kept.raw, kept.digest, kept.signers)
    return None


def _ring(kind: str, root: Root, ring: Keyring) -> Keyring:
    """Whose keys count for a kind."""
    if kind not in ("TrustRoot", "TrustPolicy", "Revocation"):
        return ring
    quorum = root.document.spec.root if kind == "TrustRoot" else root.document.spec.policy
    return quorum_ring(quorum, root_path(root.version))[0]


def _marks(found: Found, ring: Keyring) -> tuple[Mark, ...]:
    good = [Mark(speaker(sig, ring), sig.key.fingerprint, sig.touched) for sig in found.signatures]
    bad = [Mark(one.signer, "", touched=False, why=one.why) for one in found.bad]
    return (*good, *bad)
