"""What `tiangong commit` does with lint: a mistake that this commit makes stops it, older ones are counted."""

from collections.abc import Collection

from tiangong.author.clone import Clone
from tiangong.author.lint.lint import lint
from tiangong.author.listing import Listing
from tiangong.cli.clock import clock
from tiangong.cli.output import tell
from tiangong.errors import Misuse, Problem

Known = tuple[str, str, tuple[tuple[str, object], ...]]


def check_mistakes(clone: Clone, tree: Listing, paths: Collection[str]) -> None:
    """Misuse with what is wrong in these files of a tree, or becomes wrong elsewhere because of them."""
    found = lint(tree, clock())
    mine = [one for one in found if one.place and one.place.path in paths]
    elsewhere = [one for one in found if one not in mine]
    before = {_known(one) for one in lint(clone.tree(clone.head), clock())} if elsewhere and clone.head else set()
    broken = [one for one in elsewhere if clone.head and _known(one) not in before]
    Misuse.when_any([*mine, *broken])
    if elsewhere:
        tell("lint/elsewhere", count=len(elsewhere))


def _known(found: Problem) -> Known:
    """What makes a finding the same although lines above it have moved."""
    place = found.place
    return (f"{place.path} {place.field}" if place else "", found.code, tuple(found.facts.items()))
