"""What the core asks of the world: Source, Executor, Journal, Clock, what steps are supplied with. Short Protocols.

Fakes for all of them, and the suite every executor must pass, ship in `tiangong.testing`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel

from tiangong.model.environment import Envelope
from tiangong.model.lifecycle import Event
from tiangong.model.product import Artifact
from tiangong.model.stages import Finding, Health, History, Memory, Run, Snapshot, Vault


class Clock(Protocol):
    """The only place time comes from; `agent.py` owns it."""

    def __call__(self) -> datetime:
        """Now, aware, UTC."""
        ...


class Source(Protocol):
    """Where wishes come from: a Git remote, later a bundle inbox."""

    name: str

    def observe(self, known: str) -> Snapshot:
        """Return what the source has now. `known`: revision already accepted, to tell rewritten history.

        Raises Away when it can't be reached (`last` is used then), Refused when its content is out of bounds.
        """
        ...

    def last(self, known: str) -> Snapshot | None:
        """The newest snapshot already on this machine, without touching the network. `known` as for `observe`."""
        ...

    def sealed(self, snapshot: Snapshot, commit: str) -> Snapshot | None:
        """A snapshot as it stood under an earlier commit of `seals`; None when that isn't on this machine any more."""
        ...


class CancelToken(Protocol):
    """Tells a running step to stop; `threading.Event` fits."""

    def is_set(self) -> bool:
        """Tell whether to stop."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until told to stop, at most `timeout` seconds; tell whether it was."""
        ...


@dataclass(frozen=True, slots=True)
class Traits:
    """What may be expected of a step. Not idempotent: never repeated without a probe that says it is needed."""

    idempotent: bool = False
    reversible: bool = False
    interruptible: bool = False
    transactional: bool = False


@dataclass(frozen=True, slots=True)
class Effects:
    """What a step will touch, told from its spec alone, so that the envelope can be checked before anything runs."""

    paths: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    user: str | None = None
    enforced: bool = True
    """False: what the step starts may touch more (shell); `why` and `doctor` say so (D27)"""


def _nowhere(name: str) -> Path:
    raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Job:
    """One step to be done, with all it may use. `deadline`: `time.monotonic()` seconds.

    `payload` returns the verified bytes of a payload file by its path in the release folder (KeyError when unknown),
    `payload_paths` names them all. `state` is a folder kept for this installation (backups, pid files); `log` takes
    text of any length as it comes.
    """

    spec: Any
    """an instance of the executor's `Spec`"""
    installation: str
    step: str
    release: str
    payload: Callable[[str], bytes]
    payload_paths: tuple[str, ...]
    state: Path
    envelopes: tuple[Envelope, ...]
    deadline: float
    cancel: CancelToken
    log: Callable[[str], None]
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    """the artifacts the step uses, by name, with digest and size"""
    artifact: Callable[[str], Path] = _nowhere
    """a verified file of this host with the bytes of an artifact; fetched if need be, but never by `probe`"""
    secrets: frozenset[str] = frozenset()
    """fields of the step that hold a secret: nothing of them may be shown, nor lie where others may read it"""
    final: bool = False
    """uninstalling: `undo` puts back what was there before the step was done for the first time, not the last (D5)"""


class Executor(Protocol):
    """One way to act. Built once with its `Config`; one instance serves all steps of its type, from many threads.

    Every method but `traits` and `effects` may touch the world; `probe` and `preview` only read.
    A failure is raised as `errors.Failed` with a code of the executor's own; a cancelled step as `Failed`
    with code `step/cancelled`, a deadline as `step/deadline`.
    """

    name: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    Spec: ClassVar[type[BaseModel]]

    def __init__(self, config: Any) -> None:
        """Take an instance of `Config`."""
        ...

    def traits(self, spec: Any) -> Traits:
        """What may be expected of this step. Pure."""
        ...

    def effects(self, spec: Any) -> Effects:
        """What this step will touch. Pure."""
        ...

    def probe(self, job: Job) -> Finding:
        """Tell whether the step's effect is in place. Reads only; UNKNOWN when it can't tell."""
        ...

    def preview(self, job: Job) -> str:
        """Say what `apply` would do, in a few lines. Reads only."""
        ...

    def apply(self, job: Job) -> None:
        """Do it. When it returns, the effect is in place and synced."""
        ...

    def health(self, job: Job) -> Health:
        """How what this step manages is doing. Reads only."""
        ...

    def undo(self, job: Job) -> None:
        """Put back what was there before `apply`; only called when `traits.reversible`."""
        ...


class Secrets(Protocol):
    """The secrets of this host (D23)."""

    def vault(self) -> Vault:
        """Which there are, with keyed digests of their values. Reads files of this host, never raises."""
        ...

    def value(self, name: str) -> str:
        """The value of a secret; from then on it is hidden in everything that is said. Failed when it isn't there."""
        ...


@dataclass(frozen=True, slots=True)
class Pull:
    """One artifact to be fetched. `store`: address; `deadline`: `time.monotonic()` seconds; `log` hears of progress."""

    artifact: Artifact
    store: str
    deadline: float
    cancel: CancelToken
    log: Callable[[str], None]


class Artifacts(Protocol):
    """Files by their digest, kept on this host."""

    def local(self, artifact: Artifact) -> Path:
        """The file, if it is on this host; Failed when it isn't. Asks nobody else."""
        ...

    def fetch(self, pull: Pull) -> Path:
        """The file, fetched if need be; its digest was compared just now. Failed or Refused when it can't be had."""
        ...


@dataclass(frozen=True, slots=True)
class Supplies:
    """What steps use that isn't in the repository."""

    secrets: Secrets
    artifacts: Artifacts


class Executors(Protocol):
    """The executors this agent has enabled, loaded when first asked for."""

    def names(self) -> frozenset[str]:
        """Types that are enabled; loads nothing."""
        ...

    def get(self, type_: str) -> Executor:
        """The executor of a type; Misuse when it isn't enabled or its configuration is wrong."""
        ...


@dataclass(frozen=True, slots=True)
class StepEvent:
    """One line of the journal about one step."""

    run: str
    step: str
    digest: str
    event: Event
    at: datetime
    detail: str = ""
    undo: bool = False
    """about the undoing of a step of the release being left"""


class Journal(Protocol):
    """The agent's memory on disk. Every write returns only after it is synced. One writer, many threads."""

    def begin(self, run: Run) -> None:
        """Record that a run starts, with all its steps pending."""
        ...

    def record(self, event: StepEvent) -> None:
        """Record what happened to a step; ValueError when the lifecycle has no such transition."""
        ...

    def end(self, run: str, result: str, at: datetime) -> None:
        """Record that a run ended: succeeded, failed or cancelled."""
        ...

    def history(self) -> History:
        """Everything folded."""
        ...

    def run(self, id_: str) -> Run | None:
        """One run, or None."""
        ...

    def memory(self, repo: str) -> Memory | None:
        """What verification must remember of a repository, or None on a fresh agent."""
        ...

    def remember(self, memory: Memory) -> None:
        """Keep it, synced, before any action (R20)."""
        ...

    def counter(self, name: str) -> int:
        """Return the next number of a named sequence, synced."""
        ...


class LogSink(Protocol):
    """Takes the output of running steps, for the log file and the live ref."""

    def line(self, run: str, step: str, text: str) -> None:
        """Take some text of a step as it comes."""
        ...
