"""Laying out documents canonically before they are signed; bytes that somebody signed are never touched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tiangong.author.choose import covers, is_signed
from tiangong.author.clone import Clone
from tiangong.author.listing import Listing
from tiangong.documents.layout import canonical
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Tidied:
    """One document: `raw` is what it should be; None = it can't be done, and `problems` say why."""

    path: str
    raw: bytes | None
    problems: tuple[Problem, ...] = ()


def tidied(clone: Clone, tree: Listing, named: Sequence[str]) -> Iterator[Tidied]:
    """Documents that nobody signed as they are and that aren't canonical, in path order; all, or those named."""
    for one in named:
        if not any(covers(one, path) for path in tree.files) and not (clone.root / one).exists():
            raise Misuse.of("author/no-such-path", Place(one))
    for path in sorted(path for path in tree.files if kind_at(path)):
        if (not named or any(covers(one, path) for one in named)) and not is_signed(tree, path):
            found = _tidied(tree, path)
            if found.raw is None or found.raw != clone.on_disk(path):
                yield found


def _tidied(tree: Listing, path: str) -> Tidied:
    raw, model = tree.bytes_at(path), KINDS[kind_at(path) or ""]
    if raw is None:
        return Tidied(path, None, (problem("author/not-a-file", Place(path)),))
    try:
        after = canonical(raw, path, model)
    except Misuse as error:
        return Tidied(path, None, error.problems)
    return Tidied(path, after, () if after else (problem("fmt/cant", Place(path)),))
