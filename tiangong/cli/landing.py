"""From documents a command has written to a commit: one draft, shown, signed, landed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tiangong.author.clone import Clone
from tiangong.author.draft import Desk, desk, draft
from tiangong.author.land import Landed
from tiangong.author.listing import Listing
from tiangong.cli.writing import Wanted, finish, team_of
from tiangong.errors import Misuse, Place


@dataclass(frozen=True, slots=True)
class Signers:
    """With which key and as whom to sign, as typed."""

    key: Path | None = None
    person: str | None = None


def land_documents(
    clone: Clone, documents: Mapping[str, bytes], wanted: Wanted, signers: Signers, *, ask: bool
) -> Landed | None:
    """Sign and commit documents by path, whatever else lies in the work tree; None on a dry run."""
    made = draft(desk_for(clone, documents, signers), documents)
    return finish(clone, made, wanted, ask=ask)


def desk_for(clone: Clone, documents: Mapping[str, bytes], signers: Signers) -> Desk:
    """A desk on which these documents lie in the work tree already."""
    tree = clone.work().with_files(documents)
    return desk(clone, tree, team_of(clone, tree, signers.key, signers.person))


def head_of(clone: Clone) -> Listing:
    """The files of the commit that is checked out; Misuse before the first."""
    if clone.head is None:
        raise Misuse.of("fleet/no-main", Place(str(clone.root)))
    return clone.tree(clone.head)
