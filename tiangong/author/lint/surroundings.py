"""What this clone's git would do to signed bytes."""

from collections.abc import Iterator

from tiangong.author.clone import Clone
from tiangong.errors import Place, Problem, problem

FLEET = "tiangong.yaml"


def surroundings(clone: Clone) -> Iterator[Problem]:
    """Say when git may change line ends: then signatures fit the files of one machine only (D2)."""
    if clone.attribute(FLEET, "text") != "unset":
        yield problem("lint/converted", Place(".gitattributes"))
