"""What happened to installations: the journal, folded. A stage value like those of `stages.py`, which hands it on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from tiangong.model.lifecycle import IN_DOUBT, State


class ChangeKind(StrEnum):
    """Why something is done."""

    INSTALL = "install"
    UPGRADE = "upgrade"
    CONFIG = "config"
    REPAIR = "repair"
    ROLLBACK = "rollback"
    UNINSTALL = "uninstall"


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What the journal knows of one step in one run."""

    name: str
    digest: str
    state: State
    started: datetime | None = None
    ended: datetime | None = None
    detail: str = ""
    undo: bool = False
    """True: the run undoes this step of the release being left"""
    executor: str = ""


def first_records(steps: Iterable[tuple[str, str, str, bool]]) -> tuple[StepRecord, ...]:
    """Records of steps that have not begun, from (name, digest, executor, undo). What is to be undone is done."""
    return tuple(
        StepRecord(name, digest, State.DONE if undo else State.PENDING, undo=undo, executor=executor)
        for name, digest, executor, undo in steps
    )


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt to bring one installation to one release. `result` is None while it isn't finished."""

    id: str
    installation: str
    product: str
    version: str
    release: str
    """digest of the release document"""
    plan: str
    kind: ChangeKind
    started: datetime
    ended: datetime | None
    result: Literal["succeeded", "failed", "cancelled"] | None
    steps: tuple[StepRecord, ...]

    @property
    def in_doubt(self) -> tuple[str, ...]:
        """Names of steps of which only a person can tell whether they happened."""
        return tuple(step.name for step in self.steps if step.state in IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Installed:
    """What the last successful run left, and since when."""

    version: str
    release: str
    since: datetime
    steps: Mapping[str, str]
    """step name → digest of its last success (D19)"""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to one installation.

    `steps`: step name → digest of its newest success over all runs; without what was undone, and without the steps of
    a run that was begun and broken off, as far as it didn't come to them: they are due again. `once`: digests of all
    steps that ever succeeded and weren't undone.
    """

    installed: Installed | None = None
    previous: Installed | None = None
    current: Run | None = None
    """the run that is not finished"""
    last: Run | None = None
    """the run that finished last"""
    steps: Mapping[str, str] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    failed: Mapping[str, Run] = field(default_factory=dict)
    """release digest → its newest run, where that failed"""
    failures: Mapping[str, int] = field(default_factory=dict)
    """release digest → how many of its runs failed one after the other"""
    tried: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """release digest → names and digests of the steps that were done or tried when it failed"""
    leaving: Run | None = None
    """the failed run to another release that has to be gone back from (D20)"""
    towards: Mapping[str, str] = field(default_factory=dict)
    """step name → digest of what was done since `installed` was left, oldest first, without what was undone"""


@dataclass(frozen=True, slots=True)
class History:
    """The journal folded, by installation."""

    installations: Mapping[str, Past] = field(default_factory=dict)

    def of(self, installation: str) -> Past:
        """The past of an installation, empty when it has none."""
        return self.installations.get(installation, Past())
