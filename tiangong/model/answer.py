"""What the command line answers with `-o json`: language-neutral, by codes and facts; nothing here is signed.

A question about many is answered with a List of these; where an agent's word is repeated, it stands as it was signed.
"""

from typing import Literal

from pydantic import Field, JsonValue

from tiangong.errors import Problem
from tiangong.model.document import Model
from tiangong.model.scalar import Moment, Seq
from tiangong.model.status import InstallationStatus, SaidReason, SaidRun, Status


class Trouble(Model):
    """A problem as data: its code, what it is about, where it stands."""

    code: str
    facts: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    place: str = ""


class AnswerMetadata(Model):
    """What the answer is about: `dev`, `dev/shop`."""

    name: str
    labels: dict[str, str] = Field(default_factory=dict)


class Answer(Model):
    """Base of all answers."""

    api_version: Literal["tiangong.dev/v1"] = Field(default="tiangong.dev/v1", alias="apiVersion")
    metadata: AnswerMetadata


class EnvironmentStatus(Answer):
    """One environment of `tiangong status`; `status` is there only when it is really its agent's (R21)."""

    kind: Literal["EnvironmentStatus"] = "EnvironmentStatus"
    trusted: bool
    heard: Moment | None
    overdue: bool
    problems: Seq[Trouble]
    status: Status | None


class Basis(Model):
    """What an answer rests on: the agent's last signed word (or a look at the host), and the newest signed wishes.

    `revision`: the commit the agent had then; `main`: the commit that was looked at here.
    """

    source: Literal["status", "survey", "nothing"]
    at: Moment | None = None
    counter: int | None = None
    revision: str = ""
    main: str = ""


class Explanation(Answer):
    """One installation of `tiangong why`. `problems` are about the agent's word, `holds` hold the whole environment."""

    kind: Literal["Explanation"] = "Explanation"
    basis: Basis
    problems: Seq[Trouble]
    holds: Seq[SaidReason]
    refusals: Seq[SaidReason]
    installation: InstallationStatus | None
    unenforced: Seq[str]
    """steps that may touch more than the envelope says (D27)"""


class PlannedStep(Model):
    """One step; `digest` covers what it will do (D19)."""

    name: str
    executor: str
    digest: str


class PlannedChange(Model):
    """What would be done: first `undo`, then `steps`, each in order."""

    kind: str
    version: str
    release: str
    undo: Seq[PlannedStep]
    steps: Seq[PlannedStep]


class PlannedVerdict(Model):
    """The answer for one installation."""

    installation: str
    product: str
    verdict: Literal["ready", "held", "up-to-date"]
    installed: str | None
    target: str | None
    change: PlannedChange | None
    reasons: Seq[SaidReason]
    candidates: dict[str, Seq[SaidReason]]
    earliest: Moment | None


class PlanAnswer(Answer):
    """One environment of `tiangong plan`, as of the time `at`."""

    kind: Literal["Plan"] = "Plan"
    basis: Basis
    at: Moment
    digest: str
    verdicts: Seq[PlannedVerdict]
    refusals: Seq[SaidReason]


class TurnRun(Model):
    """A run that ended, or goes on, while `tiangong agent once` was at work."""

    installation: str
    product: str
    run: SaidRun


class Turn(Answer):
    """All of `tiangong agent once`. `reported`: everything said reached the remote; `exit`: the exit code."""

    kind: Literal["Turn"] = "Turn"
    at: Moment
    revision: str
    digest: str
    verdicts: Seq[PlannedVerdict]
    runs: Seq[TurnRun]
    refusals: Seq[SaidReason]
    holds: Seq[SaidReason]
    problems: Seq[Trouble]
    reported: bool
    exit: int


class Check(Model):
    """One look of `tiangong doctor`; code and facts as everywhere."""

    name: str
    result: Literal["ok", "note", "warn", "fail"]
    code: str
    facts: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    place: str = ""


class Checkup(Answer):
    """All of `tiangong doctor`."""

    kind: Literal["Checkup"] = "Checkup"
    checks: Seq[Check]


class Finding(Answer):
    """One thing `tiangong lint` or `verify` found; `metadata.name` is the path of the file."""

    kind: Literal["Finding"] = "Finding"
    code: str
    line: int | None = None
    column: int | None = None
    field: str = ""
    facts: dict[str, str | int | float | bool | None] = Field(default_factory=dict)


class FieldDifference(Model):
    """One field that differs; None where it isn't there."""

    field: str
    old: JsonValue = None
    new: JsonValue = None


class EnvironmentSummary(Answer):
    """One line of `tiangong env list`; `accepted`: False when its document isn't to be trusted."""

    kind: Literal["EnvironmentSummary"] = "EnvironmentSummary"
    profiles: Seq[str]
    installations: Seq[str]
    agents: Seq[str]
    accepted: bool
    state: Literal["active", "retired"] = "active"


class ResolvedValue(Answer):
    """One value of `tiangong env show --resolved`; `metadata.name` is the field, `file` is empty for a default."""

    kind: Literal["ResolvedValue"] = "ResolvedValue"
    value: JsonValue
    file: str


class ReleaseSummary(Answer):
    """One release of `tiangong release list` or `show`, which also gives the document."""

    kind: Literal["ReleaseSummary"] = "ReleaseSummary"
    channels: Seq[str]
    signers: Seq[str]
    digest: str
    accepted: bool
    document: dict[str, JsonValue] | None = None


class AgentKeySummary(Answer):
    """One key of `tiangong agent list`; `metadata.name` is the environment."""

    kind: Literal["AgentKeySummary"] = "AgentKeySummary"
    fingerprint: str
    since: Moment | None
    until: Moment | None
    heard: Moment | None


class ChannelHolding(Model):
    """What a channel holds of a product."""

    channel: str
    newest: str | None
    releases: int


class ProductSummary(Answer):
    """One product: its owner, and the newest version on each channel."""

    kind: Literal["ProductSummary"] = "ProductSummary"
    owner: str
    channels: Seq[ChannelHolding]
    installations: Seq[str]
    """where it is wished, `prod-eu/shop`"""


class PastRun(Answer):
    """One run of `tiangong history`, from its signed receipt; `by`: who let its release into the channel."""

    kind: Literal["PastRun"] = "PastRun"
    run: str
    change: str
    before: str | None
    version: str
    channel: str
    result: str
    started: Moment
    ended: Moment | None
    by: Seq[str]


class DocumentVersion(Answer):
    """One generation of a document, as `tiangong history FILE` finds it in Git; `metadata.name` is its path."""

    kind: Literal["DocumentVersion"] = "DocumentVersion"
    commit: str
    at: Moment
    subject: str
    generation: int | None
    signers: Seq[str]
    fields: Seq[FieldDifference]


class Difference(Answer):
    """What is wished of an installation against what its agent last said is there (`tiangong diff`)."""

    kind: Literal["Difference"] = "Difference"
    basis: Basis
    verdict: Literal["ready", "held", "up-to-date"]
    installed: str | None
    target: str | None
    change: str | None
    undo: Seq[str]
    steps: Seq[str]
    drifted: Seq[str]
    since: str
    """the commit whose wishes were in force when it became what it is; empty when that can't be told"""
    fields: Seq[FieldDifference]
    reasons: Seq[SaidReason]


class DocumentDifference(Answer):
    """One document of `tiangong diff REV..REV`; `metadata.name` is its path."""

    kind: Literal["DocumentDifference"] = "DocumentDifference"
    change: Literal["new", "edited", "removed", "signed"]
    signers: Seq[str]
    fields: Seq[FieldDifference]


class Topic(Answer):
    """One thing `tiangong explain` knows about; `metadata.name` is the word, rule, code or exit code."""

    kind: Literal["Topic"] = "Topic"
    about: Literal["word", "rule", "code", "exit"]
    text: str
    fix: str = ""
    rules: Seq[str] = ()


class MayDo(Model):
    """One grant somebody has. Empty selectors: none apply to what the role stands for."""

    role: str
    kinds: Seq[str]
    environments: Seq[str]
    products: Seq[str]
    threshold: int
    touch: bool


class Identity(Answer):
    """One key at hand of `tiangong whoami`; `metadata.name` is the person or machine it belongs to, or empty."""

    kind: Literal["Identity"] = "Identity"
    key: str
    line: str
    file: str
    machine: bool
    first: bool
    """signs what nobody else is meant to sign"""
    grants: Seq[MayDo]


class VersionInfo(Answer):
    """All of `tiangong version`; `metadata.name` is the version."""

    kind: Literal["VersionInfo"] = "VersionInfo"
    python: str
    platform: str
    git: str
    ssh: str
    libraries: dict[str, str]


class ContextSummary(Answer):
    """One control repository of `tiangong context list`."""

    kind: Literal["ContextSummary"] = "ContextSummary"
    folder: str
    current: bool
    present: bool


def trouble(found: Problem) -> Trouble:
    """A problem as data."""
    return Trouble(code=found.code, facts=dict(found.facts), place=str(found.place or ""))
