"""From documents a command has written to a commit: one draft, shown, signed, landed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tiangong.author.clone import Clone
from tiangong.author.draft import Desk, Draft, desk, draft
from tiangong.author.land import Landed
from tiangong.author.listing import Listing
from tiangong.cli.linting import check_mistakes
from tiangong.cli.outlook import show_outlook
from tiangong.cli.output import say
from tiangong.cli.writing import Wanted, counts, finish, refuse, show, team_of
from tiangong.documents.paths import kind_at, names_in
from tiangong.errors import Misuse, Place, Problem


@dataclass(frozen=True, slots=True)
class Signers:
    """With which key and as whom to sign, as typed."""

    key: Path | None = None
    person: str | None = None


def land_documents(
    clone: Clone,
    documents: Mapping[str, bytes],
    wanted: Wanted,
    signers: Signers,
    *,
    ask: bool,
    linted: bool = False,
    nobody: Problem | None = None,
) -> Landed | None:
    """Sign and commit documents by path, whatever else lies in the work tree.

    None when nothing comes of it yet: on a dry run, and on a branch that is to be reviewed.

    First it is shown what changes, who signs, and what each agent will do because of it; `nobody`: what is said when
    none will do anything; `linted`: Misuse when something becomes wrong that wasn't before.
    """
    here = desk_for(clone, documents, signers)
    made = draft(here, documents)
    if linted:
        check_mistakes(clone, here.tree, ())
    show(clone, made, clone.head)
    refuse(made, typed=True)
    show_outlook(clone, made, nobody)
    landed = finish(clone, made, wanted, ask=ask, shown=True)
    return landed if landed and counts(clone, landed) else None


def lay_out(
    clone: Clone, made: Draft, nobody: Problem | None = None, before: str | None = None, onto: Listing | None = None
) -> bool:
    """Show what changes since HEAD (or the commit `before`) and who signs, refuse, say what each agent will do.

    False when no installation is reached. `nobody`: what is said then; `onto`: the files it will stand among, where
    not HEAD's.
    """
    show(clone, made, before or clone.head)
    refuse(made)
    return show_outlook(clone, made, nobody, onto)


def desk_for(clone: Clone, documents: Mapping[str, bytes], signers: Signers) -> Desk:
    """A desk on which these documents lie in the work tree already."""
    tree = clone.work().with_files(documents)
    return desk(clone, tree, team_of(clone, tree, signers.key, signers.person))


def head_of(clone: Clone) -> Listing:
    """The files of the commit that is checked out; Misuse before the first."""
    if clone.head is None:
        raise Misuse.of("fleet/no-main", Place(str(clone.root)))
    return clone.tree(clone.head)


def follow(path: str) -> None:
    """Say which command shows what comes of a document that was changed."""
    kind = kind_at(path) or ""
    names = names_in(kind, path)
    about = {"Environment": "name", "Installation": "environment", "Agent": "name"}.get(kind)
    if about is None:
        say("outlook/follow-all")
    else:
        here = names[about] if kind != "Installation" else f"{names['environment']}/{names['name']}"
        say("outlook/follow", target=here)
