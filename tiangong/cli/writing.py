"""What the writing commands share: clone and team, showing what will be signed by whom, asking, landing."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from tiangong.author.changes import FieldChange, field_changes
from tiangong.author.check import MAIN
from tiangong.author.choose import Choice
from tiangong.author.clone import Clone
from tiangong.author.draft import Draft, Signing
from tiangong.author.keys import machine_keys, my_keys
from tiangong.author.land import ALONE, Extent, Landed, land
from tiangong.author.listing import Listing
from tiangong.author.team import Team, team
from tiangong.cli.along import sealed_along
from tiangong.cli.contexts import looked_for, tell_chosen
from tiangong.cli.output import complain, raw, say, tell
from tiangong.errors import Misuse, Place, Problem, Refused, problem
from tiangong.messages.spoken import text
from tiangong.trust.authority import role_on

MOST_FIELDS = 12
INDENT = "          "
NEEDS_ROLE = "author/needs-role"
UNSIGNABLE = (NEEDS_ROLE, "author/needs-touch")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a change is to land, as typed."""

    message: str
    push: bool = False
    branch: str | None = None
    dry_run: bool = False


def open_clone() -> Clone:
    """The control repository a command works in: see `cli/contexts.py`."""
    start, environ = looked_for()
    clone = Clone.find(start, environ)
    tell_chosen(clone.root, start)
    return clone


def inside(clone: Clone, paths: Sequence[str]) -> list[str]:
    """Paths as typed, from the top of the clone; Misuse when one lies outside. Typed elsewhere, its top is meant."""
    found = []
    here = Path.cwd().resolve()
    for path in paths:
        full = (here if here.is_relative_to(clone.root) else clone.root) / path
        absolute = full.parent.resolve() / full.name if full.name not in ("", "..") else full.resolve()
        if not absolute.is_relative_to(clone.root):
            raise Misuse.of("author/outside", Place(path))
        relative = absolute.relative_to(clone.root).as_posix()
        found.append("" if relative == "." else relative)
    return found


def trusted(clone: Clone, tree: Listing) -> list[Listing]:
    """Where to read the policy: what is committed, then the tree that is being written."""
    return [clone.tree(clone.head), tree] if clone.head else [tree]


def team_of(
    clone: Clone, tree: Listing, key: Path | None = None, person: str | None = None, newer: str | None = None
) -> Team:
    """Who I am here, and the machine keys of this clone.

    `tree`: the tree that is being written; `newer`: a commit whose policy is newer than that of HEAD.
    """
    first = [clone.tree(newer)] if newer else []
    return team([*first, *trusted(clone, tree)], my_keys(clone, key, Path.home()), machine_keys(clone), person)


def finish(
    clone: Clone, draft: Draft, wanted: Wanted, *, ask: bool = False, extent: Extent = ALONE, shown: bool = False
) -> Landed | None:
    """Show a draft, refuse what may not be signed, ask, land it, say what is next; None on a dry run."""
    if not shown:
        show(clone, draft, clone.head)
    refuse(draft)
    if wanted.dry_run:
        tell("author/dry-run")
        return None
    if ask:
        confirm("author/sign-these", count=len(draft.signings))
    warn_of_touches(draft)
    push = wanted.push and sealed_along(clone, wanted.branch)
    landed = land(clone, draft, wanted.message, push=push, branch=wanted.branch, extent=extent)
    report(clone, landed)
    for missing in draft.warnings:
        note(missing)
    return landed


def refuse(draft: Draft, *, typed: bool = False) -> None:
    """Refused when I lack the role for one of the documents; `typed`: a command wrote them, no file holds them."""
    wrong = [found for found in draft.warnings if found.code in UNSIGNABLE]
    if typed:
        wrong = [replace(one, code="author/needs-role-typed") if one.code == NEEDS_ROLE else one for one in wrong]
    Refused.when_any(wrong)


def confirm(code: str, /, **facts: str | int) -> None:
    """Ask on the terminal; Misuse when there is none, or the answer is no."""
    if not sys.stdin.isatty():
        raise Misuse.of("author/no-terminal")
    if not typer.confirm(text(code, **facts), err=True):
        raise Misuse.of("author/not-confirmed")


# ── showing ──────────────────────────────────────────────────────────────────────────────────────────────────────
def announce(choice: Choice) -> None:
    """What stays behind, and what deleting a document doesn't do (D5)."""
    for path in choice.removed:
        say("author/deleted", path=path)
        note(problem("author/deleting", Place(path)))
    if choice.index_only:
        tell("author/further-edits", count=len(choice.index_only))
    if choice.left:
        tell("author/left", count=len(choice.left), first=choice.left[0])


def show(clone: Clone, draft: Draft, before: str | None) -> None:
    """Every document with the fields that changed since a commit, and who signs; other files by name."""
    for one in draft.signings:
        _show_document(clone, one, before)
    for path, content in draft.files.items():
        if not path.endswith(".sig"):
            say("author/other-written" if content is not None else "author/other-removed", path=path)


def _show_document(clone: Clone, one: Signing, commit: str | None) -> None:
    before = clone.read_at(commit, one.path) if commit else None
    say("author/edited" if before is not None else "author/new", path=one.path)
    show_fields(field_changes(before, one.raw, one.path) if before is not None else ())
    show_signer(one)


def show_fields(changes: Sequence[FieldChange]) -> None:
    """The fields that changed, the first ones of many."""
    for change in changes[:MOST_FIELDS]:
        raw(INDENT + sentence_of(change.field, change.old, change.new))
    if len(changes) > MOST_FIELDS:
        raw(INDENT + text("author/more-fields", count=len(changes) - MOST_FIELDS))


def show_signer(one: Signing) -> None:
    """Who signs with which role, and what will still be missing."""
    role = role_on(one.path, one.document) or ("root" if one.document.kind == "TrustRoot" else "policy")
    code = "author/signs" if one.missing is None else "author/signs-partly"
    if one.missing is None or one.missing.code not in UNSIGNABLE:
        raw(INDENT + text(code, person=one.signer.person, role=role, **_facts(one.missing)))


def _facts(missing: Problem | None) -> dict[str, str | int]:
    return {} if missing is None else {"more": int(missing.facts["more"] or 0), "who": str(missing.facts["who"])}


def sentence_of(field: str, old: object, new: object) -> str:
    """How one field changed."""
    if old is None:
        return text("author/field-added", field=field, new=str(new))
    if new is None:
        return text("author/field-removed", field=field, old=str(old))
    return text("author/field-changed", field=field, old=str(old), new=str(new))


def warn_of_touches(draft: Draft) -> None:
    """Say beforehand how often a security key has to be touched (D13)."""
    touched = sum(one.signer.key.is_touched for one in draft.signings)
    if touched:
        tell("author/touches", count=touched)


def report(clone: Clone, landed: Landed) -> None:
    """What was committed where, and the command that follows it."""
    say("author/committed", commit=landed.commit[:12], branch=landed.branch or "HEAD")
    if landed.next:
        tell("author/go-on", command=landed.next)
    elif landed.branch and not counts(clone, landed):
        _propose(landed.branch, landed.pushed)
    elif landed.pushed:
        tell("author/pushed", remote=landed.pushed)
    elif clone.git("remote").strip():
        tell("author/next-push")


def counts(clone: Clone, landed: Landed) -> bool:
    """Tell whether it was committed on the branch agents follow; on another it is a proposal, nothing comes of it."""
    return landed.branch in (None, MAIN) or not _has_main(clone)


def _has_main(clone: Clone) -> bool:
    names = (f"refs/heads/{MAIN}", *(f"refs/remotes/{name}/{MAIN}" for name in clone.remotes))
    return any(clone.commit_id(name) for name in names)


def _propose(branch: str, pushed: str | None) -> None:
    if pushed:
        tell("author/proposed", remote=pushed)
        say("author/review", remote=pushed)
    else:
        say("author/next-push-branch", branch=branch)


def note(found: Problem) -> None:
    """Print a problem that stops nothing."""
    complain(Misuse(found))
