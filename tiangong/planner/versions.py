"""Which versions are on a channel (D3)."""

from tiangong.documents.paths import names_in
from tiangong.model.stages import Refusal
from tiangong.model.version import is_prerelease, precedence
from tiangong.planner.declared import Declared


def versions_on(desired: Declared, product: str, channel: str) -> list[str]:
    """Return the versions on a channel, newest first: promoted ones, and on the first channel all but pre-releases.

    Refused ones are in the list, so that they can be explained.
    """
    versions = set(desired.promotions.get(product, {}).get(channel, {}))
    if _is_first(desired, channel):
        versions.update(version for version in desired.releases.get(product, {}) if not is_prerelease(version))
    for refusal in desired.refusals:
        versions.update(_refused(desired, refusal, product, channel))
    return sorted(versions, key=precedence, reverse=True)


def _refused(desired: Declared, refusal: Refusal, product: str, channel: str) -> tuple[str, ...]:
    """The version a refusal is about, if it would be on the channel."""
    if refusal.kind not in ("Release", "Promotion"):
        return ()
    names = names_in(refusal.kind, refusal.path)
    version = names.get("version", "")
    if names.get("product") != product or not _is_version(version):
        return ()
    if refusal.kind == "Promotion":
        return (version,) if names.get("channel") == channel else ()
    return (version,) if _is_first(desired, channel) and not is_prerelease(version) else ()


def _is_first(desired: Declared, channel: str) -> bool:
    return channel == desired.fleet.document.spec.channels[0]


def _is_version(version: str) -> bool:
    try:
        precedence(version)
    except ValueError:
        return False
    return True
