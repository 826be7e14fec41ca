"""Path = f(kind, name), one-to-one (R11): where a document must stand, and what may stand at a path."""

import re
from collections.abc import Iterator
from functools import lru_cache

from tiangong.model.acts import Recall
from tiangong.model.document import Document
from tiangong.model.environment import Installation
from tiangong.model.kinds import KINDS
from tiangong.model.product import Promotion, Release
from tiangong.model.secret import Secret

TOP_FOLDERS = frozenset(
    {"trust", "channels", "products", "profiles", "environments", "suppressions", "approvals", "tasks", "reviews"}
    | {"withdrawals", "bundles"}
)
# A name that is a file name everywhere, also where case doesn't count; SemVer without build part, lower case too.
COMPONENT = r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?"
_NUMBER = r"(?:0|[1-9][0-9]{0,8})"
_TAG = rf"(?:{_NUMBER}|[0-9]{{0,18}}[a-z-][0-9a-z-]{{0,31}})"
VERSION = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_TAG}(?:\.{_TAG}){{0,7}})?"
SEALED, PLAIN = ".sops.yaml", ".yaml"
"""how the SOPS file of a secret ends, and its document"""
SIDECAR = re.compile(rf"(?P<document>.+\.yaml)\.(?P<signer>{COMPONENT})\.sig\Z")


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", template)
    return re.compile("".join(_placeholder(p) if p.startswith("{") else re.escape(p) for p in parts) + r"\Z")


def _placeholder(part: str) -> str:
    return f"(?P<{part[1:-1]}>{VERSION if part == '{version}' else COMPONENT})"


PATTERNS: dict[str, re.Pattern[str]] = {kind: _pattern(model.path) for kind, model in KINDS.items()}


def path_of(document: Document) -> str:
    """Return where a document must stand. A name that can't be a path gives one where `kind_at` finds nothing."""
    return document.path.format_map(dict(_names(document)))


def _names(document: Document) -> Iterator[tuple[str, str]]:
    name = document.metadata.name
    yield "name", name
    if isinstance(document, Installation | Secret):
        yield "environment", document.metadata.environment or ""
    if isinstance(document, Release):
        product, _, version = name.partition("@")
        yield from (("product", product), ("version", version))
    if isinstance(document, Recall):
        product, _, name = name.partition("/")
        yield from (("product", product), ("name", name))
    if isinstance(document, Promotion):
        product, _, rest = name.partition("@")
        version, _, channel = rest.partition("/")
        yield from (("product", product), ("version", version), ("channel", channel))


@lru_cache(1 << 16)
def kind_at(path: str) -> str | None:
    """Return the kind that must stand at a path, or None when no document may."""
    if path.endswith(SEALED):
        return None
    return next((kind for kind, pattern in PATTERNS.items() if pattern.match(path)), None)


def sealed_beside(secret: str) -> str:
    """Where the SOPS file of a secret stands, by the path of its document."""
    return secret.removesuffix(PLAIN) + SEALED


def secret_beside(path: str) -> str | None:
    """The document of a SOPS file, or None when a path is none of a secret."""
    document = path.removesuffix(SEALED) + PLAIN
    return document if path.endswith(SEALED) and kind_at(document) == Secret.__name__ else None


def names_in(kind: str, path: str) -> dict[str, str]:
    """Return the names a path of this kind holds, such as product and version; empty when it doesn't fit."""
    found = PATTERNS[kind].match(path)
    return found.groupdict() if found else {}


def is_ours(path: str) -> bool:
    """Tell whether a path lies where this tool reads; everything else is never read (D6)."""
    top, slash, _ = path.partition("/")
    return path == "tiangong.yaml" or path.startswith("tiangong.yaml.") or bool(slash and top in TOP_FOLDERS)


def sidecars(path: str, signer: str) -> str:
    """Return where a signer's signature of a document stands."""
    return f"{path}.{signer}.sig"


def signed_by(path: str) -> tuple[str, str] | None:
    """Split a sidecar's path into document and signer, or None when it is no sidecar."""
    found = SIDECAR.match(path)
    return (found["document"], found["signer"]) if found else None
