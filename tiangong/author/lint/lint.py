"""lint: a tree → everything that is wrong in it, in the order of files and lines. Needs no key and no network."""

from collections.abc import Iterable
from datetime import datetime

from tiangong.author.lint.authority import authority
from tiangong.author.lint.books import open_books
from tiangong.author.lint.outlook import outlook
from tiangong.author.lint.references import references
from tiangong.author.lint.secrets import secrets
from tiangong.author.lint.times import times
from tiangong.author.listing import Listing
from tiangong.errors import Problem


def lint(tree: Listing, now: datetime) -> tuple[Problem, ...]:
    """Return every finding with its place; nobody's signature is looked at."""
    books, wrong = open_books(tree)
    found = [*wrong, *references(books, now), *times(books, now), *authority(books, now), *secrets(books)]
    found += outlook(books)
    return _once(map(books.placed, found))


def _once(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sorted; what several environments run into is said once."""
    unique = {(str(one.place), one.code, tuple(one.facts.items())): one for one in found}
    return tuple(sorted(unique.values(), key=_spot))


def _spot(found: Problem) -> tuple[str, int, int]:
    place = found.place
    return (place.path, place.line or 0, place.column or 0) if place else ("", 0, 0)
