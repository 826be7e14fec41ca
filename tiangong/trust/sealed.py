"""The SOPS file of a signed secret: its bytes count only when they are the ones the document names (R13, D23).

Nothing in it is decrypted here; who wrote it is known by the document's signature alone, SOPS itself tells no origin.
"""

from tiangong.documents.digest import sha512
from tiangong.documents.listing import FILE_MODES
from tiangong.documents.paths import sealed_beside
from tiangong.documents.strict import LARGEST
from tiangong.errors import Place, Problem, problem
from tiangong.model.secret import Secret
from tiangong.model.stages import Sealed, Signed, Tree


def sealed(tree: Tree, signed: Signed[Secret]) -> Sealed:
    """A signed secret with the bytes of its file, or why those don't count."""
    found = sealed_bytes(tree, signed.path, signed.document)
    return Sealed(signed, None, found) if isinstance(found, Problem) else Sealed(signed, found)


def sealed_bytes(tree: Tree, document: str, secret: Secret) -> bytes | Problem:
    """The bytes of the SOPS file of a secret whose document stands at a path, bounded and compared."""
    path = sealed_beside(document)
    entry = tree.entry(path)
    if entry is None or entry.mode not in FILE_MODES:
        return problem("trust/sealed-missing", Place(path))
    if (size := tree.size(entry)) > LARGEST:
        return problem("document/too-large", Place(path), size=size, limit=LARGEST)
    raw = tree.read(entry)
    if sha512(raw) != secret.spec.digest:
        return problem("trust/sealed-changed", Place(path))
    return raw
