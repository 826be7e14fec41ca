"""What a file step may say, and how an agent configures file steps."""

from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue, StringConstraints, model_validator

from tiangong.executors.config import HostPath, PlainPath, PluginConfig, Size, Word
from tiangong.model.document import Model
from tiangong.model.reference import Takes
from tiangong.model.scalar import Seq

LARGEST_UNPACKED = 8 << 30
OPERATIONS = ("place", "template", "unpack", "copy_", "link", "delete", "directory")
LOOKS = frozenset({"mode", "owner", "group"})
GOES_WITH = {
    "place": LOOKS | {"to", "keep", "executable", "backup"},
    "template": LOOKS | {"to", "values", "backup"},
    "unpack": LOOKS | {"to", "keep", "strip", "backup"},
    "copy_": LOOKS | {"to", "backup"},
    "link": frozenset({"to", "backup"}),
    "delete": frozenset({"recursive", "backup"}),
    "directory": LOOKS | {"backup"},
}
"""operation → the fields that mean something with it; no field is accepted and ignored"""


def _inside_payload(value: str) -> str:
    if value.startswith("/"):
        raise ValueError("is a path in the release's folder, so it doesn't begin with /")
    return value


PayloadPath = Annotated[PlainPath, AfterValidator(_inside_payload)]
Mode = Annotated[str, StringConstraints(pattern=r"^0?[0-7]{3}$")]
Account = Annotated[Word, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\$?$")]


class FileConfig(PluginConfig):
    """Of this host. `basePath`: nothing is touched outside of it; `largestUnpacked`: of one archive."""

    base_path: HostPath | None = None
    largest_unpacked: Size = LARGEST_UNPACKED

    @model_validator(mode="after")
    def _absolute_base(self) -> "FileConfig":
        if self.base_path is not None and (not self.base_path.is_absolute() or ".." in self.base_path.parts):
            raise ValueError("basePath has to be an absolute path without ..")
        return self


class FileSpec(Model):
    """One of seven operations, and where `to`. Paths on the host are absolute, or relative to the agent's `basePath`.

    `place`, `template`, `unpack` name a file (or, `place`, a folder) of the release's payload, or, but for `template`,
    an artifact; `copy`, `link`, `delete`, `directory` a path on the host; a `link` stands at its path and leads `to`.
    `mode` is of files; folders get it with the right to enter wherever it gives the right to read.
    """

    place: Annotated[PayloadPath | None, Takes.ARTIFACT] = None
    template: PayloadPath | None = None
    unpack: Annotated[PayloadPath | None, Takes.ARTIFACT] = None
    copy_: PlainPath | None = Field(default=None, alias="copy")
    link: PlainPath | None = None
    delete: PlainPath | None = None
    directory: PlainPath | None = None
    to: PlainPath | None = None
    mode: Mode | None = None
    owner: Account | None = None
    group: Account | None = None
    values: Annotated[dict[str, JsonValue], Takes.SECRET] = Field(default_factory=dict)
    """what a template may use, by name; with a secret in it, the file is 0600 unless `mode` says otherwise"""
    executable: Seq[PayloadPath] = ()
    """files of a placed folder that may be run; `*` within a name"""
    strip: int = Field(default=0, ge=0, le=8)
    """leading folders of an archive's paths to leave out"""
    keep: int | None = Field(default=None, ge=2, le=1000)
    """how many folders this step placed side by side stay, the newest first"""
    recursive: bool = False
    backup: bool = True

    @model_validator(mode="after")
    def _one_operation(self) -> "FileSpec":
        given = [name for name in OPERATIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"has to say one of {', '.join(name.rstrip('_') for name in OPERATIONS)}")
        word = given[0].rstrip("_")
        for name in sorted(self.model_fields_set - {given[0]}):
            if name not in GOES_WITH[given[0]]:
                raise ValueError(f"{name.rstrip('_')} doesn't go with {word}")
        if "to" in GOES_WITH[given[0]] and self.to is None:
            raise ValueError(f"{word} has to say where to")
        return self

    @property
    def operation(self) -> str:
        """Which of the seven."""
        return next(name for name in OPERATIONS if getattr(self, name) is not None).rstrip("_")

    @property
    def target(self) -> str:
        """The path on the host that is changed, as written."""
        path = self.link or self.delete or self.directory or self.to
        return path or ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Other paths on the host that matter: what is copied, where a link leads."""
        source = self.copy_ or (self.to if self.link else None)
        return (source,) if source else ()
