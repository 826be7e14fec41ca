"""What a store of artifacts is: a place where bytes lie under `sha256/<ab>/<hex>`, in a folder or behind a web server.

A store is not trusted: whoever takes bytes from it compares their digest.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from tiangong.model.product import Artifact

CHUNK = 1 << 20
Bytes: TypeAlias = Generator[bytes, None, None]
"""a file piece by piece; to be closed by whoever takes it"""


@dataclass(frozen=True, slots=True)
class Network:
    """How stores on the net are reached. `environment`: as this person's variables say (`https_proxy` and others)."""

    proxy: str | None = field(default=None, repr=False)
    ca: Path | None = None
    environment: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach stores. `credentials`: name of the store → file; `hide` hears of every secret before it is used."""

    network: Network = field(default_factory=Network)
    credentials: Mapping[str, Path] = field(default_factory=dict)
    hide: Callable[[Iterable[str]], None] = lambda _: None


class Line:
    """A read that is under way, so that it can be cut from outside."""

    def __init__(self) -> None:
        """Nothing to cut yet."""
        self.cut: Callable[[], None] = lambda: None


class Bytewise(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""
        ...


class Store(Protocol):
    """One store."""

    @property
    def shown(self) -> str:
        """Its address, for messages."""
        ...

    def has(self, artifact: Artifact) -> bool:
        """Tell whether it holds a file of this digest and size; Away or Failed when it can't be asked."""
        ...

    def read(self, artifact: Artifact, start: int, line: Line) -> tuple[int, Bytes]:
        """The bytes from `start` on, or from 0 where it can only begin anew; the number says which it is.

        Away when another try may go better, Failed when it won't.
        """
        ...

    def write(self, artifact: Artifact, source: Bytewise, moved: Callable[[int], None]) -> None:
        """Put bytes there, whole or not at all; `moved` hears how many went."""
        ...


def place_of(artifact: Artifact) -> str:
    """Where the bytes lie below a store, and in the cache of a host."""
    digest = artifact.digest.removeprefix("sha256:")
    return f"sha256/{digest[:2]}/{digest}"
