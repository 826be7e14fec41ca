"""A commit as agents would see it once some documents are signed: for looking ahead only, no agent ever acts on it.

The documents are signed with a key that exists only here, in a copy of the repository whose root and policy trust it.
So the rules agents go by judge everything, and nothing has to be taken for granted.
"""

from collections.abc import Iterator
from typing import Any, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tiangong.author.clone import Clone
from tiangong.author.draft import Draft, sidecars_of
from tiangong.author.listing import Listing
from tiangong.author.shelf import Shelf
from tiangong.documents.dump import dump, fields
from tiangong.documents.paths import kind_at, sidecars
from tiangong.model.document import API_VERSION
from tiangong.model.policy import Role
from tiangong.trust.court import POLICY_PATH
from tiangong.trust.keys import parse_blob
from tiangong.trust.roots import FOLDER, root_path
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, public_blob, sign

NOBODY = "looks-ahead"
STAMP = {"generation": 1, "change": "0" * 12}


def as_if_signed(clone: Clone, made: Draft, onto: Listing | None = None) -> Listing:
    """The commit that is checked out, or the files of `onto`, with a draft's documents in force.

    Refused when nothing in it can be trusted.
    """
    head = onto or clone.tree(clone.head or "")
    shelf, key = Shelf(head), Ed25519PrivateKey.generate()
    signed = {one.path: one.raw for one in made.signings if one.document.kind not in ("TrustRoot", "TrustPolicy")}
    signed |= dict(_trust(shelf, parse_blob(public_blob(key)).line))
    signatures = {sidecars(path, NOBODY): sign(key, raw, DOCUMENT_NAMESPACE) for path, raw in signed.items()}
    gone = dict.fromkeys(_old_trust(head))
    return head.with_files({**gone, **made.files, **signed, **signatures})


def _trust(shelf: Shelf, line: str) -> Iterator[tuple[str, bytes]]:
    """A first root that trusts one key, and the policy as it is, in which that key has every role besides."""
    root, policy = shelf.root.document, shelf.policy.document
    metadata = {"repo": root.metadata.repo, **STAMP}
    quorum = {"threshold": 1, "people": {NOBODY: [line]}}
    spec: dict[str, Any] = {"version": 1, "root": quorum, "policy": quorum}
    if root.spec.expires:
        spec["expires"] = root.spec.expires.isoformat()
    yield root_path(1), _document("TrustRoot", {"name": "1", **metadata}, spec)
    rules = fields(policy.spec)
    rules["people"] = {**rules["people"], NOBODY: {"keys": [line], "machine": True}}
    rules["roles"] = [*rules["roles"], *({"role": role, "who": [NOBODY]} for role in get_args(Role))]
    yield POLICY_PATH, _document("TrustPolicy", {"name": "policy", **metadata}, rules)


def _document(kind: str, metadata: dict[str, Any], spec: dict[str, Any]) -> bytes:
    return dump({"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec})


def _old_trust(head: Listing) -> Iterator[str]:
    """Roots, policy and their signatures, which are written anew."""
    roots = [entry.id for entry in head.folder(FOLDER) if kind_at(entry.id)]
    for path in (*roots, POLICY_PATH):
        yield from (path, *sidecars_of(head, path))
