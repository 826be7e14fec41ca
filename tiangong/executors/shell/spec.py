"""What a shell step may say, and how an agent configures shell steps."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from tiangong.executors.config import PluginConfig, Seconds, Word
from tiangong.model.document import Model
from tiangong.model.reference import Takes
from tiangong.model.scalar import Name, Seq, parse_duration

SUFFIX = "_FILE"
MOST_SECRET = 64 << 10
LONGEST_SCRIPT = 30_000
"""characters; Linux takes at most 128 KiB in one argument"""


Words = Annotated[Seq[Word], Field(min_length=1)]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
SecretText = Annotated[Word, StringConstraints(min_length=1, max_length=MOST_SECRET)]
UserName = Annotated[Word, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.@-]{0,63}\$?$")]
ExitCode = Annotated[int, Field(ge=0, le=255)]


class ShellConfig(PluginConfig):
    """Of this host. `timeout`: the longest any step may take; `path`: where programs are searched.

    `user`: whom all programs run as. Without it they run as the agent's own user, or as the one a step names.
    `grace`: how long a program that is told to stop may take before it is killed.
    """

    timeout: Seconds | None = None
    grace: Seconds = parse_duration("5s")
    user: str | None = None
    path: str | None = None
    max_output: int = Field(default=8 << 20, ge=1 << 16, le=1 << 30)
    """characters of one step that are kept; of more, the beginning and the end"""
    secret_env: bool = False
    """secrets may stand in `env` too, where whoever is this user, or root, can read them while the program runs"""


class ShellSpec(Model):
    """`run` (a program and its arguments, no shell) or `script` (for `sh -e`); with `service`, `run` is kept running.

    `creates`: a path, `unless`: a program; when the path exists or the program ends with 0, there is nothing to do.
    """

    run: Words | None = None
    script: Annotated[Word, StringConstraints(min_length=1, max_length=LONGEST_SCRIPT)] | None = None
    service: Name | None = None
    user: UserName | None = None
    cwd: Word = "/"
    env: Annotated[dict[VariableName, Word], Takes.SECRET] = Field(default_factory=dict)
    umask: Annotated[str, StringConstraints(pattern=r"^0?[0-7]{3}$")] = "022"
    exit_codes: Seq[ExitCode] = Field(default=(0,), min_length=1)
    creates: Word | None = None
    unless: Words | None = None
    undo: Words | None = None
    secret_files: Annotated[dict[VariableName, SecretText], Takes.SECRET] = Field(default_factory=dict)
    """variable → text; the program gets `<VARIABLE>_FILE`, the path of a file with the text that is gone afterwards"""

    @model_validator(mode="after")
    def _one_thing(self) -> "ShellSpec":
        if (self.run is None) == (self.script is None):
            raise ValueError("has to say either run or script")
        if self.service and (self.script or self.creates or self.unless or self.undo or self.secret_files):
            raise ValueError("a service goes with run, user, cwd, env and umask only; undo stops it")
        for name in self.secret_files:
            if name + SUFFIX in self.env:
                raise ValueError(f"env has {name}{SUFFIX}, which secretFiles sets")
        for name in ("cwd", "creates"):
            value = getattr(self, name)
            if value is not None and not value.startswith("/"):
                raise ValueError(f"{name} has to be an absolute path")
        return self

    @property
    def words(self) -> tuple[str, ...]:
        """What is started."""
        return self.run if self.run is not None else ("sh", "-ec", self.script or "")
