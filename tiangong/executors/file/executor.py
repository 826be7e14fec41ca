"""The file executor: looks, builds beside, swaps; what was there can be put back."""

import contextlib
import os
from collections.abc import Iterator
from typing import ClassVar

from tiangong.executors.envelope import keep_inside
from tiangong.executors.file.change import Change, release_directory
from tiangong.executors.file.compare import Comparison
from tiangong.executors.file.digests import Digests
from tiangong.executors.file.ground import Ground, Spot
from tiangong.executors.file.keep import prune
from tiangong.executors.file.leave import leave, unmake
from tiangong.executors.file.parts import Part
from tiangong.executors.file.record import Records
from tiangong.executors.file.spec import FileConfig, FileSpec
from tiangong.executors.file.swap import Swap, tag_of
from tiangong.executors.file.trouble import told
from tiangong.executors.file.wanted import Form, Wanted, wanted
from tiangong.executors.limits import Limits
from tiangong.messages import text
from tiangong.model.stages import Finding, Found, Health
from tiangong.ports import Effects, Job, Traits

HEALTHS = {
    Found.IN_PLACE: Health.HEALTHY,
    Found.DRIFTED: Health.DEGRADED,
    Found.MISSING: Health.MISSING,
    Found.UNKNOWN: Health.UNKNOWN,
}


class File:
    """Puts things in place as a whole or not at all, never through a link, never outside of its ground."""

    name: ClassVar[str] = "file"
    Config: ClassVar[type[FileConfig]] = FileConfig
    Spec: ClassVar[type[FileSpec]] = FileSpec

    def __init__(self, config: FileConfig) -> None:
        """Touch nothing yet."""
        self._config = config
        self._ground = Ground(os.fspath(config.base_path) if config.base_path else None)
        self._digests = Digests()

    def traits(self, spec: FileSpec) -> Traits:
        """Everything may be repeated and cut off anywhere; without a backup nothing comes back."""
        return Traits(idempotent=True, reversible=spec.backup, interruptible=True, transactional=True)

    def effects(self, spec: FileSpec) -> Effects:
        """The path that changes, and the ones that are read or led to. Misuse when one lies outside of `basePath`."""
        return Effects(paths=tuple(self._ground.absolute(path) for path in (spec.target, *spec.sources)))

    def probe(self, job: Job) -> Finding:
        """Compare what stands there with what should, by kind, digest, mode and owner."""
        with self._work(job) as (want, records), self._ground.spot(want.path) as spot:
            record = records.of(want.path)
            return self._compare(spot, want, want.parts(record))

    def preview(self, job: Job) -> str:
        """Say what would be put where, and what is there now."""
        spec: FileSpec = job.spec
        what = spec.place or spec.template or spec.unpack or spec.copy_ or spec.to or ""
        path = self._ground.absolute(spec.target)
        finding = self.probe(job)
        now = finding.detail or text("file/in-place", path=path)
        return text(f"file/would-{spec.operation}", path=path, source=what) + "\n" + now

    def apply(self, job: Job) -> None:
        """Put it in place, if it isn't yet; then remove what is older than the step keeps."""
        spec: FileSpec = job.spec
        make = not spec.delete
        with self._work(job) as (want, records), self._ground.spot(want.path, make=make) as spot:
            if spot is None:
                job.log(text("file/nothing-to-do", path=want.path) + "\n")
                return
            tag = tag_of(job.installation, job.step, want.path)
            swap = Swap(spot, records, want.limits, tag, want.private)
            record = records.of(want.path)
            swap.clean(record)
            # Where nothing stands there is nothing to compare: a large archive isn't read once more for that.
            parts = want.parts(record) if spot.stat() is not None else ()
            if (spot.stat() is not None or not make) and self._compare(spot, want, parts).found is Found.IN_PLACE:
                swap.note(record, want.inputs, parts)
                job.log(text("file/nothing-to-do", path=want.path) + "\n")
            else:
                Change(swap, want, record).make(keep=spec.backup, recursive=spec.recursive)
                job.log(text(f"file/did-{spec.operation}", path=want.path) + "\n")
            if spec.keep is not None:
                prune(job, spot, records, spec.keep, want.limits)

    def health(self, job: Job) -> Health:
        """Healthy while it is as it was put there; what should be gone and isn't is degraded."""
        found = self.probe(job).found
        return Health.DEGRADED if job.spec.delete and found is Found.MISSING else HEALTHS[found]

    def undo(self, job: Job) -> None:
        """Put back what was there before this step changed it; nothing to do when it changed nothing."""
        spec: FileSpec = job.spec
        limits = Limits(job)
        limits.check()
        keep_inside(job, self.effects(spec), self.name)
        if job.final:
            leave(job, self._ground, limits)
            return
        path = self._ground.absolute(spec.target)
        records = Records(job.state, job.step)
        with told(path):
            record = records.of(path)
            if record is None or record.before is None:
                job.log(text("file/nothing-to-undo", path=path) + "\n")
                return
            with self._ground.spot(path, make=record.before.kind != "nothing") as spot:
                if spot is not None and spec.directory:
                    release_directory(spot, record.before)
                elif spot is not None:
                    Swap(spot, records, limits, tag_of(job.installation, job.step, path)).put_back(
                        record, record.before
                    )
            unmake(self._ground, record.made)
            records.forget(path)
        job.log(text("file/undone", path=path) + "\n")

    @contextlib.contextmanager
    def _work(self, job: Job) -> Iterator[tuple[Wanted, Records]]:
        """What every method begins with: limits, envelope, what is wanted; OSErrors get words."""
        limits = Limits(job)
        limits.check()
        keep_inside(job, self.effects(job.spec), self.name)
        with told(self._ground.absolute(job.spec.target)):
            yield wanted(job, self._config, self._ground, limits), Records(job.state, job.step)

    def _compare(self, spot: Spot | None, want: Wanted, parts: tuple[Part, ...]) -> Finding:
        comparison = Comparison(want.looks, self._digests, want.limits)
        if want.form is Form.NOTHING:
            return comparison.nothing(spot)
        if spot is None:
            return Finding(Found.MISSING, text("file/is-gone", path=want.path))
        if want.form is Form.FILE:
            return comparison.file(spot, parts[0])
        if want.form is Form.LINK:
            return comparison.link(spot, want.target)
        return comparison.directory(spot) if want.form is Form.DIRECTORY else comparison.folder(spot, parts)
