"""Where software runs and what restricts it: profiles, environments, installations, agents, suppressions."""

from typing import ClassVar, Literal, Self

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from tiangong.model.approval import ApprovalRule
from tiangong.model.document import Document, Model, NotYet
from tiangong.model.scalar import Duration, Moment, Name, Seq, VersionRange, Zone

Drift = Literal["report", "repair", "ignore"]
WindowClass = Literal["any", "downtime", "noDowntime"]


class AllowWindow(Model):
    """Changes may run for `for` after each time the cron expression fires, in the environment's zone (D4)."""

    name: Name
    cron: str
    for_: Duration = Field(alias="for")
    class_: WindowClass = Field(default="any", alias="class")


class DenyWindow(Model):
    """No change from `from` until `until` (exclusive)."""

    name: Name
    from_: Moment = Field(alias="from")
    until: Moment
    reason: str = ""
    class_: WindowClass = Field(default="any", alias="class")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until <= self.from_:
            raise PydanticCustomError("window", "must end after it begins, or it denies nothing")
        return self


class Windows(Model):
    """No `allow` at all means always."""

    allow: Seq[AllowWindow] = ()
    deny: Seq[DenyWindow] = ()


class ShellEnvelope(Model):
    """What shell steps may start, and as whom. Paths and hosts of what they start are not enforced (D27)."""

    commands: Seq[str] = ()
    user: str | None = None


class Envelope(Model):
    """The outer limit of what may be touched; absent part = nothing more allowed than the executors' defaults."""

    executors: Seq[Name] | None = None
    paths: Seq[str] | None = None
    hosts: Seq[str] | None = None
    shell: ShellEnvelope | None = None


class Override(Model):
    """Config for the versions in a range; overlapping ranges are a lint error (D4)."""

    versions: VersionRange
    config: dict[str, JsonValue]


class InstallEntry(Model):
    """What every environment with this profile runs; `name` defaults to the product's."""

    product: Name
    channel: Name
    name: Name | None = None
    config: dict[str, JsonValue] = Field(default_factory=dict)


class ProfileSpec(Model):
    """What many environments share; merged by the table of D4."""

    timezone: Zone | None = None
    drift: Drift | None = None
    windows: Windows = Field(default_factory=Windows)
    envelope: Envelope | None = None
    install: Seq[InstallEntry] = ()
    approvals: Seq[ApprovalRule] = ()
    stale_after: Duration | None = None


class Profile(Document):
    """`profiles/<name>.yaml`."""

    path: ClassVar[str] = "profiles/{name}.yaml"
    kind: Literal["Profile"]
    spec: ProfileSpec


class EnvironmentSpec(Model):
    """All its own restrictions in one signed document, naming its profiles (R16, D8)."""

    profiles: Seq[Name] = ()
    connectivity: Literal["connected", "intermittent"] = "connected"
    timezone: Zone | None = None
    drift: Drift | None = None
    windows: Windows = Field(default_factory=Windows)
    envelope: Envelope | None = None
    expires: Moment | None = None
    approvals: Seq[ApprovalRule] = ()
    stale_after: Duration | None = None
    """how old the newest seal may be for anything new to begin; by connectivity when no document says it (D8)"""
    state: Literal["active", "retired"] = "active"
    """retired: its agent says so one last time, starts nothing any more and ends (D5)"""


class Environment(Document):
    """`environments/<e>/environment.yaml`; its labels stand in `metadata.labels`."""

    path: ClassVar[str] = "environments/{name}/environment.yaml"
    kind: Literal["Environment"]
    spec: EnvironmentSpec


class InstallationSpec(Model):
    """Only what differs from the profile; without a profile entry it names product and channel."""

    product: Name | None = None
    channel: Name | None = None
    config: dict[str, JsonValue] = Field(default_factory=dict)
    overrides: Seq[Override] = ()
    drift: Drift | None = None
    state: Literal["present", "absent"] = "present"
    """absent: what is installed is uninstalled, and nothing is installed (D5)"""
    pin: NotYet = None


class Installation(Document):
    """`environments/<e>/installations/<name>.yaml`; `metadata.environment` names the environment."""

    path: ClassVar[str] = "environments/{environment}/installations/{name}.yaml"
    kind: Literal["Installation"]
    spec: InstallationSpec


class AgentKey(Model):
    """An OpenSSH public key line of the agent, and when it counts."""

    key: str
    from_: Moment | None = Field(default=None, alias="from")
    until: Moment | None = None


class AgentSpec(Model):
    """The agent's keys (D16)."""

    keys: Seq[AgentKey] = Field(min_length=1)
    recipient: NotYet = None


class Agent(Document):
    """`environments/<e>/agent.yaml`; `metadata.name` is the environment's."""

    path: ClassVar[str] = "environments/{name}/agent.yaml"
    kind: Literal["Agent"]
    spec: AgentSpec


class SuppressionSpec(Model):
    """Holds every change of what it selects until `until`. Names may be globs; both selectors = and."""

    environments: Seq[str] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    installations: Seq[str] = ()
    until: Moment
    reason: str


class Suppression(Document):
    """`suppressions/<id>.yaml`: an act that restricts, add-only, ends by its date or a withdrawal (D1)."""

    path: ClassVar[str] = "suppressions/{name}.yaml"
    kind: Literal["Suppression"]
    spec: SuppressionSpec
