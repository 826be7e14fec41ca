"""What is published: releases and promotions of one commit, as an agent that starts from its root sees them."""

from collections.abc import Sequence
from typing import TypeVar

from tiangong.errors import Misuse, Place, Problem, Refused
from tiangong.model.document import Document
from tiangong.model.policy import TrustRoot
from tiangong.model.product import Fleet, Product, Promotion, Release
from tiangong.model.revocation import Revocation
from tiangong.model.stages import Signed, Tree
from tiangong.model.version import is_prerelease, precedence
from tiangong.trust.audit import found_pins, payload_flaws
from tiangong.trust.court import Court
from tiangong.trust.reading import Cache

D = TypeVar("D", bound=Document)
SHOWN = 12


class Shelf:
    """Judges what it is asked for, nothing else; Refused when root, policy or fleet aren't to be trusted."""

    def __init__(self, tree: Tree) -> None:
        """Follow the root and accept policy and fleet."""
        self.tree = tree
        self._court = Court(tree, found_pins(tree), None, Cache())
        self.root, self.policy = self._court.open()
        self._court.presume()
        self._court.take_withdrawals()
        self.fleet = self._needed("tiangong.yaml", Fleet)

    @property
    def pipeline(self) -> tuple[str, ...]:
        """The fleet's channels, in order."""
        return self.fleet.document.spec.channels

    def products(self) -> list[str]:
        """Names of products that have a folder."""
        return [entry.name for entry in self.tree.folder("products") if entry.is_folder]

    def versions(self, product: str) -> list[str]:
        """Versions that have a release folder, newest first; what can't be a version is left out."""
        names = [entry.name for entry in self.tree.folder(f"products/{product}/releases") if entry.is_folder]
        return sorted((name for name in names if _is_version(name)), key=precedence, reverse=True)

    def product(self, name: str) -> Signed[Product]:
        """A product; Misuse when there is none, Refused when it isn't to be trusted."""
        path = product_path(name)
        if self.tree.entry(path) is None:
            raise Misuse.of("release/no-product", Place(path), product=name, known=_listed(self.products()))
        return self._needed(path, Product)

    def release(self, product: str, version: str) -> Signed[Release]:
        """A release with its payload; Misuse when there is none, Refused when either isn't to be trusted."""
        found = self.document(product, version)
        Refused.when_any(why for _, why in payload_flaws(self.tree, found.path, found.document))
        return found

    def document(self, product: str, version: str) -> Signed[Release]:
        """A release without a look at its payload, which may be large."""
        path = release_path(product, version)
        if self.tree.entry(path) is None:
            known = _listed(self.versions(product))
            raise Misuse.of("release/no-release", Place(path), product=product, version=version, known=known)
        return self._needed(path, Release)

    def promotion(self, product: str, version: str, channel: str) -> Signed[Promotion] | None:
        """The promotion of exactly this release's bytes to a channel, if there is one that counts."""
        found = self._court.one(promotion_path(product, version, channel), Promotion)
        release = self._court.one(release_path(product, version), Release)
        return found if found and release and found.document.spec.release.digest == release.digest else None

    def is_on(self, product: str, version: str, channel: str) -> bool:
        """Tell whether a release is on a channel: promoted, or on the first one without a pre-release tag (D3)."""
        if channel == self.pipeline[0] and not is_prerelease(version):
            return self._court.one(release_path(product, version), Release) is not None
        return self.promotion(product, version, channel) is not None

    def channels_of(self, product: str, version: str) -> list[str]:
        """Channels a release is on, in the order of the pipeline."""
        return [channel for channel in self.pipeline if self.is_on(product, version, channel)]

    def newest_on(self, product: str, channel: str) -> str | None:
        """The newest version on a channel."""
        return next((v for v in self.versions(product) if self.is_on(product, v, channel)), None)

    def one(self, path: str, kind: type[D]) -> Signed[D] | None:
        """Any accepted document."""
        return self._court.one(path, kind)

    def revocation(self, path: str) -> Signed[Revocation] | None:
        """A revocation that counts; they were all read when the court opened."""
        kept = self._court.kept.get(path)
        document = self._court.files.document(path, kept.raw, kept.digest) if kept else None
        if kept is None or not isinstance(document, Revocation):
            return None
        return Signed(document, path, kept.raw, kept.digest, kept.signers)

    @property
    def root_signed(self) -> Signed[TrustRoot]:
        """The newest trusted root, as a document like any other."""
        kept = self.root.kept[-1]
        return Signed(self.root.document, kept.path, kept.raw, kept.digest, kept.signers)

    def is_withdrawn(self, signed: Signed[D]) -> bool:
        """Tell whether a restriction was withdrawn."""
        return self._court.is_withdrawn(signed)

    def why_not(self, path: str) -> tuple[Problem, ...]:
        """Why what stands at a path isn't accepted."""
        return tuple(refusal.problem for refusal in self._court.refusals if refusal.path == path)

    def _needed(self, path: str, kind: type[D]) -> Signed[D]:
        found = self._court.one(path, kind)
        if found is None:
            raise Refused(*self.why_not(path))
        return found


def product_path(product: str) -> str:
    """Where a product stands."""
    return f"products/{product}/product.yaml"


def release_path(product: str, version: str) -> str:
    """Where a release stands."""
    return f"products/{product}/releases/{version}/release.yaml"


def promotion_path(product: str, version: str, channel: str) -> str:
    """Where a promotion stands."""
    return f"products/{product}/promotions/{channel}/{version}.yaml"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return (", ".join(names[:SHOWN]) or "none") + more


def _is_version(word: str) -> bool:
    try:
        precedence(word)
    except ValueError:
        return False
    return True
