"""The secrets of a host, as plans and reports may know of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tiangong.errors import Problem


@dataclass(frozen=True, slots=True)
class Vault:
    """Which secrets a host has, and what it may tell about them: never a value.

    `digests`: name → digest of the value, keyed, so that nobody can guess it; a step is due when it differs. `flaws`:
    name → why its value can't be had. `whole`: what isn't in it isn't on the host; else nobody here knows.
    """

    digests: Mapping[str, str] = field(default_factory=dict)
    flaws: Mapping[str, Problem] = field(default_factory=dict)
    whole: bool = False
