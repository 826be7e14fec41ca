"""`tiangong commit --onto BRANCH`: my edits replayed on the newer documents of another branch, and signed anew."""

import sys
from dataclasses import dataclass, replace

from tiangong.author.choose import choose
from tiangong.author.clone import Clone
from tiangong.author.draft import desk, draft
from tiangong.author.onto import Resolved, fetch_onto, find_onto, merge_in_memory, resolve_stopped
from tiangong.cli.landing import Signers, lay_out
from tiangong.cli.linting import check_mistakes
from tiangong.cli.output import say, tell
from tiangong.cli.writing import Wanted, announce, finish, note, team_of
from tiangong.errors import Failed, Misuse, problem
from tiangong.messages import text as written


@dataclass(frozen=True, slots=True)
class Takes:
    """What of the work tree goes along, as typed."""

    paths: tuple[str, ...] = ()
    everything: bool = False
    linted: bool = True


def replay_onto(clone: Clone, name: str, takes: Takes, wanted: Wanted, signers: Signers) -> bool:
    """Put my edits on the newer branch, and land; in a stopped merge or rebase what git left is resolved.

    False when the branch has nothing that isn't here already: then there is nothing to replay.
    """
    try:
        fetch_onto(clone, name)
    except Failed as error:
        note(problem("author/fetch-away", label=name, why=str(error.problems[0].facts["why"])))
    onto, label = find_onto(clone, name)
    if clone.stopped or clone.unmerged(mine=2):
        finish_stopped(clone, label, takes, wanted, signers)
        return True
    head = clone.head
    if head is None or clone.is_ancestor(onto, head):
        tell("author/nothing-newer", label=label)
        return False
    if resolved := _in_memory(clone, takes, onto, label):
        _land(clone, resolved, (label, takes), wanted, signers)
    return True


def finish_stopped(clone: Clone, label: str, takes: Takes, wanted: Wanted, signers: Signers) -> None:
    """Resolve and commit what git stopped in; `label`: how people know the other side."""
    _land(clone, resolve_stopped(clone, label), (label, takes), wanted, signers)


def _in_memory(clone: Clone, takes: Takes, onto: str, label: str) -> Resolved | None:
    """None when I have no edits: then this branch just moves on."""
    choice = choose(clone, takes.paths, everything=takes.everything)
    is_sure = choice.staged or takes.everything or takes.paths or choice.is_empty
    if not is_sure and not sys.stdin.isatty():
        raise Misuse.of("author/no-terminal")
    if choice.is_empty and clone.is_ancestor(clone.head or "", onto):
        clone.git("merge", "--quiet", "--ff-only", onto)
        say("author/fast-forward", label=label)
        return None
    announce(choice)
    return replace(merge_in_memory(clone, choice, onto, label), ask=not is_sure)


def _land(clone: Clone, resolved: Resolved, typed: tuple[str, Takes], wanted: Wanted, signers: Signers) -> None:
    label, takes = typed
    team = team_of(clone, resolved.tree, signers.key, signers.person, resolved.newer)
    made = draft(desk(clone, resolved.tree, team, resolved.tips), resolved.documents)
    made = replace(made, files={**resolved.files, **made.files}, index_only=resolved.index_only)
    if takes.linted:
        check_mistakes(clone, resolved.tree.with_files(made.files), {*resolved.documents, *resolved.files})
    tell("author/replaying", label=label)
    lay_out(clone, made, before=resolved.newer, onto=resolved.tree)
    message = wanted.message or written("author/bring-together", label=label)
    finish(clone, made, replace(wanted, message=message), ask=resolved.ask, extent=resolved.extent, shown=True)
