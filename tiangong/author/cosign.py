"""Adding my signature to documents as they are: nothing is stamped, no byte of them changes (D2)."""

from collections.abc import Iterator, Sequence

from tiangong.author.clone import Clone, blob_id
from tiangong.author.draft import Draft, Signing, ended_by, sidecars_of
from tiangong.author.history import Newest, newest
from tiangong.author.listing import Listing
from tiangong.author.team import Team
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse, Place, Problem, TiangongError
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, check
from tiangong.trust.wire import SigError


def cosigning(clone: Clone, tree: Listing, team: Team, paths: Sequence[str]) -> tuple[Draft, tuple[str, ...]]:
    """What I will sign, and what I have signed already; Misuse with everything that can't be signed as it is."""
    before = newest(clone, paths, clone.parents, team.root.spec.reset_marks)
    wrong: list[Problem] = []
    signings: list[Signing] = []
    already: list[str] = []
    for path in dict.fromkeys(paths):
        try:
            one, people = _signing(tree, team, path, before.get(path, Newest()))
        except Misuse as error:
            wrong.extend(error.problems)
            continue
        if one.signer.person in people:
            already.append(path)
        else:
            signings.append(one)
    Misuse.when_any(wrong)
    return Draft(tuple(signings), {}, {one.path: clone.on_disk(one.path) for one in signings}), tuple(already)


def _signing(tree: Listing, team: Team, path: str, before: Newest) -> tuple[Signing, set[str]]:
    raw = tree.bytes_at(path)
    if raw is None or kind_at(path) is None:
        raise _misuse("author/no-document", path)
    document = parse(raw, path)
    metadata = document.metadata
    if not (metadata.repo and metadata.change and metadata.generation):
        raise _misuse("author/unstamped", path)
    is_other = metadata.generation == before.generation and before.blobs != {blob_id(raw)}
    if metadata.generation < before.generation or is_other:
        raise _misuse("author/edited-since", path)
    people = set(_people(tree, team, path, raw))
    signer, missing = team.signer_for(path, document, people, ended_by(tree, document))
    return Signing(path, raw, document, signer, missing), people


def _people(tree: Listing, team: Team, path: str, raw: bytes) -> Iterator[str]:
    """Whose signatures fit already."""
    for one in sidecars_of(tree, path):
        try:
            key = check(tree.bytes_at(one) or b"", raw, DOCUMENT_NAMESPACE).key
        except SigError:
            continue
        if person := team.owners.get(key.blob):
            yield person


def _misuse(code: str, path: str) -> TiangongError:
    return Misuse.of(code, Place(path), path=path)
