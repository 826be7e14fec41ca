"""The executor: what a step says, what it does, how it is looked at and taken back."""

import os
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from tiangong.errors import Failed
from tiangong.executors.limits import Limits
from tiangong.messages import text
from tiangong.model.document import Model
from tiangong.model.stages import Finding, Found, Health
from tiangong.ports import Effects, Job, Traits


class LineConfig(Model):
    """Of this host: nothing to configure."""


class LineSpec(Model):
    """Under `with:` of a step: the `line`, and the `file` it belongs into."""

    line: Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\r\n]+$")]
    file: Annotated[str, StringConstraints(pattern=r"^/.")]


class Line:
    """Keeps one line in a text file that is there already."""

    name: ClassVar[str] = "line"
    Config: ClassVar[type[LineConfig]] = LineConfig
    Spec: ClassVar[type[LineSpec]] = LineSpec

    def __init__(self, config: LineConfig) -> None:
        """Nothing to set up."""

    def traits(self, spec: LineSpec) -> Traits:  # noqa: ARG002 -- the same for every step
        """May be repeated, taken back, and is done wholly or not at all."""
        return Traits(idempotent=True, reversible=True, transactional=True)

    def effects(self, spec: LineSpec) -> Effects:
        """The one file; the planner compares it with the envelope before anything runs."""
        return Effects(paths=(spec.file,))

    def probe(self, job: Job) -> Finding:
        """Look for the line."""
        if job.spec.line in _read(job.spec.file):
            return Finding(Found.IN_PLACE)
        return Finding(Found.MISSING, text("line/not-there", file=job.spec.file))

    def preview(self, job: Job) -> str:
        """One line."""
        return text("line/would-add", file=job.spec.file)

    def apply(self, job: Job) -> None:
        """Add it at the end. That it was us is on disk first: `undo` takes nothing away that was there before."""
        Limits(job).check()
        lines = _read(job.spec.file)
        if job.spec.line in lines:
            return
        _mark(job).touch()
        _write(job.spec.file, [*lines, job.spec.line])
        job.log(text("line/added", file=job.spec.file) + "\n")

    def health(self, job: Job) -> Health:
        """Healthy while the line is there."""
        return Health.HEALTHY if self.probe(job).found is Found.IN_PLACE else Health.DEGRADED

    def undo(self, job: Job) -> None:
        """Take the line away, if this step brought it."""
        if _mark(job).exists():
            _write(job.spec.file, [line for line in _read(job.spec.file) if line != job.spec.line])
            _mark(job).unlink()


def _mark(job: Job) -> Path:
    return job.state / f"line-{job.step}"


def _read(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise Failed.of("line/no-file", file=file, why=getattr(error, "strerror", None) or "not text") from None


def _write(file: str, lines: list[str]) -> None:
    """All or nothing: beside the file, synced, then swapped."""
    beside = Path(f"{file}.new")
    try:
        with beside.open("w", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except OSError as error:
        raise Failed.of("line/no-file", file=file, why=error.strerror or "") from None
