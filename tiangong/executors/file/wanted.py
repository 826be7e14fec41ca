"""From what a step says to what should stand on the host: one kind, its members, its looks."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import BinaryIO, NoReturn

from tiangong.documents.digest import digest_of, sha512
from tiangong.errors import Misuse, Place
from tiangong.executors.file.archive import members
from tiangong.executors.file.bounds import Bounds
from tiangong.executors.file.ground import Ground
from tiangong.executors.file.host import host_members, is_folder_on_host
from tiangong.executors.file.looks import Looks, looks_of
from tiangong.executors.file.parts import CHUNK, Kind, Member, Nowhere, Part, gather
from tiangong.executors.file.record import Record
from tiangong.executors.file.spec import FileConfig, FileSpec
from tiangong.executors.file.template import render
from tiangong.executors.limits import Limits
from tiangong.model.product import Artifact
from tiangong.model.reference import artifact_named
from tiangong.planner.globs import is_inside
from tiangong.ports import Job

PRIVATE = "0600"
"""the mode of a file with a secret in it, where the step says none"""


class Form(StrEnum):
    """What should stand at a path. A `DIRECTORY` only has to be there, a `FOLDER` holds what was put into it."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    DIRECTORY = "directory"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should stand at an absolute path. `inputs`: digest of what members are made from, where making is dear."""

    form: Form
    path: str
    looks: Looks
    limits: Limits
    members: Callable[[], Iterator[Member]] = lambda: iter(())
    inputs: str = ""
    target: str = ""
    known: tuple[Part, ...] = ()
    private: bool = False
    """it holds a secret, and so will its backup"""

    def parts(self, record: Record | None) -> tuple[Part, ...]:
        """What it consists of: told by the release, or remembered, if it is made from the same as then, else read."""
        if self.known:
            return self.known
        if self.inputs and record is not None and record.inputs == self.inputs and record.parts:
            return record.parts
        return gather(self.members(), Nowhere(), self.limits)


def wanted(job: Job, config: FileConfig, ground: Ground, limits: Limits) -> Wanted:
    """Read a step; Misuse when it names what isn't there."""
    return _Reader(job, config, ground, limits).read()


class _Reader:
    def __init__(self, job: Job, config: FileConfig, ground: Ground, limits: Limits) -> None:
        self._job, self._config, self._ground, self._limits = job, config, ground, limits
        self._spec: FileSpec = job.spec
        self._path = ground.absolute(self._spec.target)
        self._private = bool(job.secrets)
        mode = self._spec.mode or (PRIVATE if self._private else None)
        self._looks = looks_of(mode, self._spec.owner, self._spec.group)

    def read(self) -> Wanted:
        ways: dict[str, Callable[[], Wanted]] = {
            "place": self._place,
            "template": self._template,
            "unpack": self._unpack,
            "copy": self._copy,
            "link": self._link,
            "delete": lambda: self._of(Form.NOTHING),
            "directory": lambda: self._of(Form.DIRECTORY),
        }
        return ways[self._spec.operation]()

    def _of(self, form: Form, members: Callable[[], Iterator[Member]] = lambda: iter(()), inputs: str = "") -> Wanted:
        return Wanted(form, self._path, self._looks, self._limits, members, inputs, private=self._private)

    def _place(self) -> Wanted:
        source = self._spec.place or ""
        if name := artifact_named(source):
            return self._place_artifact(name)
        if source in self._job.payload_paths:
            self._refuse_keep()
            return self._of(Form.FILE, lambda: iter([self._payload_member(source, "")]))
        inside = {path: path.removeprefix(f"{source}/") for path in self._job.payload_paths}
        paths = {path: short for path, short in inside.items() if short != path}
        if not paths:
            self._no_payload(source)
        return self._of(Form.FOLDER, lambda: (self._payload_member(path, short) for path, short in paths.items()))

    def _place_artifact(self, name: str) -> Wanted:
        """One file, of which the release says the digest: nobody has to read it to compare."""
        self._refuse_keep()
        executable = self._is_executable(name)
        digest = self._artifact(name).digest.removeprefix("sha256:")
        part = Part("", Kind.FILE, executable, digest=digest)

        def one() -> Iterator[Member]:
            with self._job.artifact(name).open("rb") as file:
                yield Member("", Kind.FILE, executable, chunks=iter(lambda: file.read(CHUNK), b""))

        return replace(self._of(Form.FILE, one), known=(part,))

    def _payload_member(self, path: str, short: str) -> Member:
        executable = self._is_executable(short or path.rpartition("/")[2])
        return Member(short, Kind.FILE, executable, chunks=[self._job.payload(path)])

    def _is_executable(self, path: str) -> bool:
        return is_inside(f"/{path}", [f"/{glob}" for glob in self._spec.executable])

    def _template(self) -> Wanted:
        source, values = self._spec.template or "", self._spec.values
        raw = self._payload(source)

        def filled() -> Iterator[Member]:
            yield Member("", Kind.FILE, chunks=[render(raw, values, Place(source), self._limits)])

        return self._of(Form.FILE, filled, digest_of([sha512(raw), values]))

    def _unpack(self) -> Wanted:
        source, strip = self._spec.unpack or "", self._spec.strip
        if name := artifact_named(source):
            artifact = self._artifact(name)
            bounds = Bounds(f"artifact {name}", artifact.size, self._config.largest_unpacked)
            inputs = digest_of([artifact.digest, strip])
            return self._of(Form.FOLDER, lambda: _unpacked(self._job.artifact(name).open("rb"), bounds, strip), inputs)
        raw = self._payload(source)
        bounds = Bounds(source, len(raw), self._config.largest_unpacked)
        inputs = digest_of([sha512(raw), strip])
        return self._of(Form.FOLDER, lambda: _unpacked(io.BytesIO(raw), bounds, strip), inputs)

    def _copy(self) -> Wanted:
        source = self._ground.absolute(self._spec.copy_ or "")
        if f"{self._path}/".startswith(f"{source}/") or f"{source}/".startswith(f"{self._path}/"):
            raise Misuse.of("file/into-itself", Place(self._path), source=source)
        form = Form.FOLDER if is_folder_on_host(self._ground, source) else Form.FILE
        return self._of(form, lambda: host_members(self._ground, source, self._limits))

    def _link(self) -> Wanted:
        target = self._ground.absolute(self._spec.to or "")
        return Wanted(Form.LINK, self._path, self._looks, self._limits, target=target)

    def _payload(self, path: str) -> bytes:
        if path not in self._job.payload_paths:
            self._no_payload(path)
        return self._job.payload(path)

    def _artifact(self, name: str) -> Artifact:
        if name not in self._job.artifacts:
            known = ", ".join(self._job.artifacts)
            raise Misuse.of("file/no-artifact", Place(f"step {self._job.step}"), name=name, known=known or "none")
        return self._job.artifacts[name]

    def _no_payload(self, path: str) -> NoReturn:
        known = ", ".join(self._job.payload_paths)
        raise Misuse.of("file/no-payload", Place(f"step {self._job.step}"), path=path, known=known or "nothing")

    def _refuse_keep(self) -> None:
        if self._spec.keep is not None:
            raise Misuse.of("file/keep-of-file", Place(f"step {self._job.step}"), path=self._spec.place)


def _unpacked(source: BinaryIO, bounds: Bounds, strip: int) -> Iterator[Member]:
    """Everything in an archive, which is read as it is needed and closed at the end."""
    with source:
        yield from members(source, bounds, strip)
