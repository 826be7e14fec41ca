"""What an agent says about its environment: signed YAML on its own refs (D24, R21). Enumerated fields, no raw output.

`status/<env>` is append-only and holds `status.yaml`, `runs/<id>/receipt.yaml`, `runs/<id>/<step>.log`;
`live/<env>` is one replaced commit with `heartbeat.yaml` and `logs/<run>/<step>.log` (the tail of what runs now).
Each YAML has a sidecar `<file>.agent.sig` in namespace `status.v1@tiangong.dev`, made with the agent's key.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from tiangong.model.document import Model
from tiangong.model.scalar import Moment, Seq

NAMESPACE = "status.v1@tiangong.dev"
STATUS_FILE = "status.yaml"
HEARTBEAT_FILE = "heartbeat.yaml"
SIGNATURE_SUFFIX = ".agent.sig"
STATUS_REF = "refs/heads/status/{environment}"
LIVE_REF = "refs/heads/live/{environment}"
BEAT = timedelta(minutes=15)
"""how often a live agent is heard at least; after three missed beats it is overdue"""
UNDO = "undo "
"""before a step's name where a run undoes it; no name has a space"""


class SaidReason(Model):
    """A reason by code and facts, so that every reader renders it in its own language."""

    constraint: str
    code: str
    facts: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    path: str = ""
    earliest: Moment | None = None


class SaidRun(Model):
    """The newest run of an installation, in short. Its steps by name; what is undone stands as `undo NAME`.

    `plan`, `release` and `digests` stand only while it has not ended: afterwards its receipt says them.
    """

    id: str
    version: str
    kind: str
    result: Literal["succeeded", "failed", "cancelled", "running", "in-doubt"]
    started: Moment
    ended: Moment | None = None
    steps: dict[str, str] = Field(default_factory=dict)
    plan: str = ""
    release: str = ""
    digests: dict[str, str] = Field(default_factory=dict)


class InstallationStatus(Model):
    """One installation: what is there, how it is, and what comes next."""

    name: str
    product: str
    channel: str
    state: Literal["present", "absent"] = "present"
    """absent: it is to be, or has been, uninstalled (D5)"""
    version: str | None
    release: str | None = None
    """digest of the installed release (None: nothing installed)"""
    since: Moment | None = None
    health: str
    drifted: Seq[str] = ()
    verdict: Literal["ready", "held", "up-to-date"]
    target: str | None = None
    reasons: Seq[SaidReason] = ()
    change: str = ""
    """digest of the change it waits with, or begins: what approvals are given to (D14)"""
    candidates: dict[str, Seq[SaidReason]] = Field(default_factory=dict)
    earliest: Moment | None = None
    run: SaidRun | None = None
    done_steps: dict[str, str] = Field(default_factory=dict)
    """step → digest of its last success, so that a wiped agent recovers (D19)"""


class SaidMark(Model):
    """A generation mark, repeated so that a wiped agent recovers it (R20)."""

    generation: int
    digest: str


class SaidSeal(Model):
    """The seal everything stands under (R20, R21). `commit`: where it stands on `seals`."""

    sequence: int
    digest: str
    issued: Moment
    head: str
    commit: str


class StatusSpec(Model):
    """The agent's last word. `counter` rises by one; `previous` is the digest of the status before (R21)."""

    counter: int
    previous: str | None
    instance: str
    at: Moment
    agent: str
    """version of the agent"""
    repo: str
    revision: str
    root_version: int
    level: str
    seal: SaidSeal | None = None
    """None: at level `signatures`, or before the first"""
    plan: str
    """digest of the newest plan"""
    state: Literal["active", "retired"] = "active"
    """retired: this is the agent's last word, nothing runs and nothing begins any more (D5)"""
    installations: Seq[InstallationStatus] = ()
    refusals: Seq[SaidReason] = ()
    holds: Seq[SaidReason] = ()
    marks: dict[str, SaidMark] = Field(default_factory=dict)
    """path of a document → its mark"""
    secrets: dict[str, str] = Field(default_factory=dict)
    """secret → digest of its value with a key only the agent has, so that plans can be made again from Git (D22)"""
    next_key: str = Field(default="", max_length=8192)
    """a join request of the key that is to follow this one, to be accepted by the owners (D16)"""


class StatusMetadata(Model):
    """Whose status it is."""

    name: str


class Status(Model):
    """`status.yaml` on `status/<env>`."""

    api_version: Literal["tiangong.dev/v1"] = Field(alias="apiVersion")
    kind: Literal["Status"]
    metadata: StatusMetadata
    spec: StatusSpec


class ReceiptStep(Model):
    """What one step came to; `log` is the SHA-512 of its log file, truncated or not."""

    name: str
    executor: str
    digest: str
    state: str
    started: Moment | None = None
    ended: Moment | None = None
    code: str = ""
    log: str | None = None


class ReceiptSpec(Model):
    """One finished run, for good."""

    installation: str
    product: str
    version: str
    release: str
    plan: str
    kind: str
    result: Literal["succeeded", "failed", "cancelled"]
    started: Moment
    ended: Moment
    steps: Seq[ReceiptStep]


class Receipt(Model):
    """`runs/<id>/receipt.yaml` on `status/<env>`; `metadata.name` is the run's id."""

    api_version: Literal["tiangong.dev/v1"] = Field(alias="apiVersion")
    kind: Literal["Receipt"]
    metadata: StatusMetadata
    spec: ReceiptSpec


class RunningStep(Model):
    """A step that runs now; `size` is how many bytes of its log exist, `offset` where the pushed tail starts."""

    run: str
    installation: str
    version: str
    step: str
    offset: int = 0
    size: int = 0


class HeartbeatSpec(Model):
    """Alive: the clock, what was seen, what runs."""

    counter: int
    instance: str
    at: Moment
    agent: str
    revision: str
    next_due: Moment | None = None
    running: Seq[RunningStep] = ()


class Heartbeat(Model):
    """`heartbeat.yaml` on `live/<env>`."""

    api_version: Literal["tiangong.dev/v1"] = Field(alias="apiVersion")
    kind: Literal["Heartbeat"]
    metadata: StatusMetadata
    spec: HeartbeatSpec
