"""What merging profiles and finding versions look at: a `Desired`, or documents that nobody has verified yet (lint)."""

from collections.abc import Mapping
from typing import Protocol

from tiangong.model.environment import Environment, Installation, Profile
from tiangong.model.product import Fleet, Product, Promotion, Release
from tiangong.model.stages import Refusal, Signed, Vault


class Declared(Protocol):
    """The documents of one environment, by name, as in `Desired`."""

    @property
    def environment(self) -> Signed[Environment]:
        """The environment."""
        ...

    @property
    def fleet(self) -> Signed[Fleet]:
        """The fleet."""
        ...

    @property
    def profiles(self) -> Mapping[str, Signed[Profile]]:
        """Its profiles, in the order in which it names them."""
        ...

    @property
    def installations(self) -> Mapping[str, Signed[Installation]]:
        """Its installations."""
        ...

    @property
    def products(self) -> Mapping[str, Signed[Product]]:
        """Products."""
        ...

    @property
    def releases(self) -> Mapping[str, Mapping[str, Signed[Release]]]:
        """Product → version → release."""
        ...

    @property
    def promotions(self) -> Mapping[str, Mapping[str, Mapping[str, Signed[Promotion]]]]:
        """Product → channel → version → promotion."""
        ...

    @property
    def vault(self) -> Vault:
        """The host's secrets, as far as they are known."""
        ...

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What doesn't count."""
        ...
