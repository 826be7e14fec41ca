"""Paths and globs of envelopes: `*` within one component, `**` over any number of them."""

import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache


def is_inside(path: str, globs: Iterable[str]) -> bool:
    """Tell whether a path lies in one of the globs; a path with `..` is judged by where it leads."""
    normal = posixpath.normpath(path)
    return any(_pattern(glob).fullmatch(normal) is not None for glob in globs)


@lru_cache(1024)
def _pattern(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", posixpath.normpath(glob))
    words = {"**": ".*", "*": "[^/]*"}
    body = "".join(words.get(part, re.escape(part)) for part in parts)
    # `/srv/**` covers `/srv` itself, as people expect of "everything in it".
    return re.compile(body.removesuffix("/.*") + "(/.*)?" if body.endswith("/.*") else body, re.DOTALL)
