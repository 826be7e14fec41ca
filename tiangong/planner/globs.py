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
    if not glob.startswith("/"):
        return re.compile(r"(?!)")  # a relative glob covers nothing
    body = ""
    for part in posixpath.normpath(glob).split("/")[1:]:
        # `/srv/**` covers `/srv` itself, as people expect of "everything in it"; `/srv/**/x` covers `/srv/x`.
        words = "[^/]*".join(re.escape(word) for word in re.split(r"\*+", part))
        # A component is never empty: `/*` doesn't cover `/`.
        body += "(/.*)?" if part == "**" else f"/(?=[^/]){words}" if part else "/"
    return re.compile(body or "/", re.DOTALL)
