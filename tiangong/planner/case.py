"""What a constraint looks at: one version for one installation, now."""

from dataclasses import dataclass
from datetime import datetime

from tiangong.model.product import Release
from tiangong.model.stages import Change, ChangeKind, Desired, Past, Signed, Step, Wish
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.steps import Prepared


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the constraints. `release` and `prepared` are None for a version whose release isn't accepted.

    `change`: what would be done. `under_way`: it has begun, and is asked about between two steps.
    """

    desired: Desired
    wish: Wish
    version: str
    release: Signed[Release] | None
    prepared: Prepared | None
    past: Past
    kind: ChangeKind
    capabilities: Capabilities
    now: datetime
    change: Change | None = None
    under_way: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps to be judged, values filled in: all of a release; of what goes on, back or away those due."""
        if self.change is not None and (self.under_way or self.goes_back or self.leaves):
            return (*self.change.undo, *self.change.steps)
        return self.prepared.steps if self.prepared else ()

    @property
    def tries_the_same(self) -> bool:
        """Tell whether the change holds nothing that wasn't done or tried when this release failed here."""
        if self.change is None:
            return False
        tried = self.past.tried.get(self.change.release, frozenset())
        return tried.issuperset((step.name, step.digest) for step in self.change.steps)

    @property
    def goes_back(self) -> bool:
        """A rollback ends a change that has begun: neither windows nor suppressions hold it (D20)."""
        return self.kind is ChangeKind.ROLLBACK

    @property
    def leaves(self) -> bool:
        """What is installed is to be uninstalled: whatever channels hold is of no interest (D5)."""
        return self.kind is ChangeKind.UNINSTALL
