"""What ends by itself, and when: so that nothing ever ends by surprise. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tiangong.model.document import Document
from tiangong.model.environment import Agent, Environment, Suppression
from tiangong.model.policy import TrustPolicy, TrustRoot
from tiangong.model.seal import SEALS
from tiangong.model.stages import SealMark, Signed

WARNED = (timedelta(days=1), timedelta(days=3), timedelta(days=14))
"""how long ahead one is warned, the most urgent first"""


@dataclass(frozen=True, slots=True)
class Ending:
    """One thing that ends. `what`: policy, root, environment, authority, agent-key, suppression or seal."""

    what: str
    name: str
    path: str
    ends: datetime

    def left(self, now: datetime) -> timedelta:
        """How long it is still good; negative when it is over."""
        return self.ends - now

    def is_urgent(self, now: datetime) -> bool:
        """Tell whether one should be warned of it: what ends on purpose never is."""
        return self.what != "suppression" and self.left(now) <= WARNED[-1]


def endings(
    documents: Iterable[Signed[Document]], seal: SealMark | None = None, stale_after: timedelta | None = None
) -> list[Ending]:
    """Everything with an end, the nearest first. `stale_after`: the shortest of all environments."""
    found = [ending for signed in documents for ending in _of(signed)]
    if seal is not None and stale_after is not None:
        found.append(Ending("seal", str(seal.sequence), SEALS, seal.issued + stale_after))
    return sorted(found, key=lambda one: (one.ends, one.path, one.name))


def _of(signed: Signed[Document]) -> Iterator[Ending]:
    document, path = signed.document, signed.path
    name = document.metadata.name
    match document:
        case TrustPolicy():
            yield Ending("policy", name, path, document.spec.expires)
            lines = document.spec.authorities
            yield from (Ending("authority", line.name, path, line.until) for line in lines if line.until)
        case TrustRoot() if document.spec.expires:
            yield Ending("root", name, path, document.spec.expires)
        case Environment() if document.spec.expires and document.spec.state == "active":
            yield Ending("environment", name, path, document.spec.expires)
        case Agent() if all(key.until for key in document.spec.keys):
            yield Ending("agent-key", name, path, max(key.until for key in document.spec.keys if key.until))
        case Suppression():
            yield Ending("suppression", name, path, document.spec.until)
        case _:
            return
