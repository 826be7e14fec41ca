"""The agent's own file, not in Git: `/etc/tiangong/agent.yaml`. The only reader of the agent's configuration."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from tiangong.documents.parse import parse_model
from tiangong.errors import Misuse, Place
from tiangong.executors.config import Size
from tiangong.executors.registry import PluginSettings
from tiangong.model.document import Model, NotYet
from tiangong.model.host import DEFAULT_SETTINGS, DEFAULT_STATE
from tiangong.model.policy import Level
from tiangong.model.reference import SECRET_NAME
from tiangong.model.scalar import Digest, Duration, Name, Seq, parse_duration
from tiangong.model.stages import Pins

LARGEST = 1 << 20
EVERY = parse_duration("60s")
GIT_TIMEOUT = parse_duration("10m")
GIT_MEMORY, GIT_FILE = 4 << 30, 2 << 30

CACHE = 10 << 30
SecretName = Annotated[str, StringConstraints(pattern=f"^{SECRET_NAME}$")]

HostPath = Annotated[Path, BeforeValidator(lambda value: Path(value) if isinstance(value, str) else value)]


class RootPin(Model):
    """The version and SHA-512 of the trust root this host was told to start from (R1)."""

    version: int = Field(default=1, ge=1)
    digest: Digest


class Credentials(Model):
    """A file on this host: for https `user:password` or a bare token, for ssh a private key."""

    file: HostPath
    known_hosts: HostPath | None = None


class SourceSettings(Model):
    """Where wishes come from. `repo`, `root` and `level` are written by `agent join` and pin what may be accepted."""

    name: Name = "control"
    git: str
    branch: str = "main"
    every: Duration = EVERY
    repo: str = Field(pattern=r"^[0-9a-f]{32}$")
    root: RootPin
    level: Level = "signatures"
    credentials: Credentials | None = None
    inbox: NotYet = None


class Network(Model):
    """How this host reaches the remote."""

    proxy: str | None = None
    ca: HostPath | None = None


class GitSettings(Model):
    """Bounds on every git child of this agent (D6): how long it may take, its memory, the largest file it writes."""

    timeout: Duration = GIT_TIMEOUT
    memory: Size = GIT_MEMORY
    largest_file: Size = GIT_FILE


class SecretFile(Model):
    """Where the value of a secret stands on this host (D23)."""

    file: HostPath


class StoreAccess(Model):
    """What this host shows to a store of artifacts."""

    credentials: SecretFile


class ArtifactSettings(Model):
    """Artifacts on this host. `cache`: how much of them is kept; `stores`: by name, as in `tiangong.yaml`."""

    cache: Size = CACHE
    stores: dict[Name, StoreAccess] = Field(default_factory=dict)


class AgentSettings(Model):
    """`agent.yaml` of a host. Enabled without being listed: file, http; shell and databases are opt-in."""

    environment: Name
    source: SourceSettings | None = None
    sources: Seq[SourceSettings] = ()
    network: Network = Field(default_factory=Network)
    git: GitSettings = Field(default_factory=GitSettings)
    plugins: Seq[PluginSettings] = ()
    state: HostPath = DEFAULT_STATE
    workers: int = Field(default=4, ge=1, le=64)
    secrets: dict[SecretName, SecretFile] = Field(default_factory=dict)
    artifacts: ArtifactSettings = Field(default_factory=ArtifactSettings)
    rotate_key: Duration | None = None
    """the age at which the agent makes its next key by itself and announces it (D16)"""
    metrics: NotYet = None

    @property
    def wells(self) -> tuple[SourceSettings, ...]:
        """The sources as a list, however they were written (D17)."""
        return self.sources or ((self.source,) if self.source else ())

    @property
    def key(self) -> Path:
        """The private key the agent signs with now: the one it joined with, until another followed (D16)."""
        later = self.state / "signing"
        return later if later.exists() else self.state / "key"

    def pins(self, source: SourceSettings) -> Pins:
        """What this host holds fixed of one source."""
        return Pins(source.repo, self.environment, source.root.version, source.root.digest, source.level)


def read_settings(path: Path = DEFAULT_SETTINGS) -> AgentSettings:
    """Read and check `agent.yaml`; Misuse with every problem and its place."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Misuse.of("agent/no-settings", Place(str(path))) from None
    except OSError as error:
        raise Misuse.of("agent/unreadable", Place(str(path)), why=error.strerror or "") from None
    settings = parse_model(raw, str(path), AgentSettings)
    if not settings.wells or (settings.source and settings.sources):
        raise Misuse.of("agent/one-source", Place(str(path), field="source"))
    if len(settings.wells) > 1:
        raise Misuse.of("agent/several-sources", Place(str(path), field="sources"))
    return settings
