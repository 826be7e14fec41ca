"""What a constraint looks at: one version for one installation, now."""

from dataclasses import dataclass
from datetime import datetime

from tiangong.model.product import Release
from tiangong.model.stages import ChangeKind, Desired, Past, Signed, Step, Wish
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.steps import Prepared


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the constraints. `release` and `prepared` are None for a version whose release isn't accepted."""

    desired: Desired
    wish: Wish
    version: str
    release: Signed[Release] | None
    prepared: Prepared | None
    past: Past
    kind: ChangeKind
    capabilities: Capabilities
    now: datetime

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the release with values filled in."""
        return self.prepared.steps if self.prepared else ()

    @property
    def finishes_what_began(self) -> bool:
        """A rollback ends a change that has begun: neither windows nor suppressions hold it."""
        return self.kind is ChangeKind.ROLLBACK
