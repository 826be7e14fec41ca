"""Promoting: one release enters one channel, by one signed document that names its exact bytes (R13)."""

from collections.abc import Iterator
from dataclasses import dataclass

from tiangong.author.recalling import recalled_by
from tiangong.author.shelf import Shelf, promotion_path
from tiangong.documents.dump import dump
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.document import API_VERSION
from tiangong.model.product import Release, release_of
from tiangong.model.stages import Signed
from tiangong.model.version import is_prerelease, precedence


@dataclass(frozen=True, slots=True)
class Promoting:
    """A promotion to be signed. `skipped`: channels before this one that don't hold the release."""

    product: str
    version: str
    channel: str
    release: Signed[Release]
    path: str
    raw: bytes
    skipped: tuple[str, ...]
    warnings: tuple[Problem, ...]

    @property
    def name(self) -> str:
        """`shop@1.4.0`."""
        return f"{self.product}@{self.version}"


def split_release(name: str) -> tuple[str, str]:
    """Product and version of `shop@1.4.0`; Misuse when it is none."""
    try:
        return release_of(name)
    except ValueError:
        raise Misuse.of("promote/bad-name", name=name) from None


def promoting(shelf: Shelf, name: str, channel: str, reason: str) -> Promoting | None:
    """What to sign so that a release enters a channel; None when it is on it already.

    Misuse for an unknown release or channel, or one that was recalled; Refused when the release isn't to be trusted.
    """
    product, version = split_release(name)
    shelf.product(product)
    release = shelf.release(product, version)
    if channel not in shelf.pipeline:
        raise Misuse.of("promote/unknown-channel", channel=channel, known=", ".join(shelf.pipeline))
    if shelf.is_on(product, version, channel):
        return None
    for recall in recalled_by(shelf, product, version):
        facts = {"release": name, "name": recall.document.metadata.name, "reason": recall.document.spec.reason}
        raise Misuse.of("promote/recalled", Place(recall.path), **facts)
    path = promotion_path(product, version, channel)
    spec = {"release": {"name": name}, "to": channel, **({"reason": reason} if reason else {})}
    metadata = {"name": f"{name}/{channel}"}
    raw = dump({"apiVersion": API_VERSION, "kind": "Promotion", "metadata": metadata, "spec": spec})
    skipped = tuple(_skipped(shelf, product, version, channel))
    warnings = tuple(_warnings(shelf, product, version, channel))
    return Promoting(product, version, channel, release, path, raw, skipped, warnings)


def _skipped(shelf: Shelf, product: str, version: str, channel: str) -> Iterator[str]:
    """Channels of the pipeline before this one that don't hold the release; a pre-release needn't be on the first."""
    before = shelf.pipeline[: shelf.pipeline.index(channel)]
    for one in before[1:] if is_prerelease(version) else before:
        if not shelf.is_on(product, version, one):
            yield one


def _warnings(shelf: Shelf, product: str, version: str, channel: str) -> Iterator[Problem]:
    newest = shelf.newest_on(product, channel)
    if newest is not None and precedence(newest) > precedence(version):
        place = Place(promotion_path(product, version, channel))
        yield problem("promote/older", place, version=version, channel=channel, newest=newest)
