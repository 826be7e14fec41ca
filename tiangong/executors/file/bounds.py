"""How much may come out of an archive, and the words for what may not."""

from dataclasses import dataclass
from typing import NoReturn

from tiangong.errors import Place, Refused

RATIO = 200
"""unpacked to packed; text packs 10 to 50 to 1"""
FREE = 64 << 20
"""bytes below which nobody asks for the ratio"""
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of an archive of `packed` bytes; `largest`: all that comes out."""

    path: str
    packed: int
    largest: int

    def refuse(self, what: str, name: str = "") -> NoReturn:
        """Say what is wrong with the archive; `name`: of the member."""
        raise Refused.of("file/bad-archive", Place(self.path, field=ascii(name[:SHOWN])[1:-1]), what=what)

    def check(self, unpacked: int) -> None:
        """Refuse a bomb."""
        if unpacked > self.largest:
            raise Refused.of("file/archive-too-large", Place(self.path), largest=self.largest)
        if unpacked > FREE and unpacked > RATIO * self.packed:
            raise Refused.of("file/archive-ratio", Place(self.path), ratio=RATIO)
