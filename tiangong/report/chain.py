"""The row of status commits on `status/<env>`: written here first, pushed when it can be. What waits here is the spool.

The ref on the remote is only ever moved forward, by compare-and-swap. What is found there instead of what was expected
is either ours (then we go on from it), another agent's (then it is theirs, D25), or nobody's (then we go on over it).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import pygit2

from tiangong.documents.digest import sha512
from tiangong.errors import Failed, Misuse, Place, Problem, Refused, TiangongError, problem
from tiangong.git.mirror import Mirror
from tiangong.git.objects import write_commit
from tiangong.messages import text
from tiangong.model.stages import Tree
from tiangong.model.status import BEAT, LIVE_REF, STATUS_FILE, STATUS_REF, StatusSpec
from tiangong.report.signer import Identity
from tiangong.report.status import write_down
from tiangong.report.told import Keys, Told, read_heartbeat, read_own, read_status

HERE: Final = "refs/tiangong/status"
THERE: Final = "refs/tiangong/status-there"
THERE_LIVE: Final = "refs/tiangong/live-there"
RUNS: Final = "runs"
MOST_RUNS: Final = 500
"""runs shown in the newest commit; older ones stay in the history of the ref"""
SILENT_AFTER: Final = 3 * BEAT
RACES: Final = 5
RACED: Final = "git/raced"

Files = Mapping[str, bytes | None]


class Chain:
    """What this agent said so far, here and on the remote. `notes`: what was odd about the remote, newest call."""

    def __init__(self, mirror: Mirror, identity: Identity) -> None:
        """Touch nothing yet."""
        self._mirror, self._identity = mirror, identity
        self._status = STATUS_REF.format(environment=identity.environment)
        self._live = LIVE_REF.format(environment=identity.environment)
        self._tip: Told | None = None
        self._opened = False
        self.notes: tuple[Problem, ...] = ()

    @property
    def tip(self) -> Told | None:
        """The newest status, pushed or not; None before the first, and before `open`."""
        return self._tip

    @property
    def tree(self) -> Tree | None:
        """The files of the newest status."""
        return self._mirror.tree(self._tip.commit) if self._tip else None

    @property
    def pushed(self) -> Tree | None:
        """The files of what is known to be on the remote."""
        there = self._mirror.tip(THERE)
        return self._mirror.tree(there) if there else None

    @property
    def waiting(self) -> bool:
        """Tell whether something is here that is not on the remote."""
        return self._mirror.tip(HERE) != self._mirror.tip(THERE)

    @property
    def refs(self) -> Mapping[str, str]:
        """The own ref, and what it is known to name on the remote."""
        return {self._status: self._mirror.tip(THERE)}

    def open(self, keys: Keys, now: datetime) -> None:
        """Find out what was said last: here, else on the remote. Away when it can't be known.

        Refused while another agent speaks for this environment: one that began before us and isn't silent (D25).
        """
        here = self._mirror.tip(HERE)
        if self._opened and here == (self._tip.commit if self._tip else ""):
            return
        self.notes, self._tip = (), self._own(here)
        if self._tip is None:
            self._look(keys, now)
        self._opened = True

    def add(self, spec: StatusSpec, files: Files, now: datetime) -> Told:
        """Write the next status, with files that go along with it; it waits here until it is pushed."""
        before = self._tip
        parent = before.commit if before else self._mirror.tip(THERE)
        return self._write(spec, files, now, before=before, parent=parent, base=before.commit if before else "")

    def push(self, keys: Keys, now: datetime) -> None:
        """Bring what waits to the remote. Away, Failed when it won't go; Refused when another agent speaks there."""
        self.notes = ()
        for _ in range(RACES):
            here, there = self._mirror.tip(HERE), self._mirror.tip(THERE)
            if here == there:
                return
            if there and not self._mirror.is_ancestor(there, here):
                self._meet(keys, now)
                continue
            try:
                self._mirror.push(here, self._status, there)
            except Failed as error:
                if error.problems[0].code != RACED:
                    raise
                self._meet(keys, now)
            else:
                self._set(THERE, here)
                return
        raise Failed.of("report/restless", Place(self._status), ref=self._status)

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────────
    def _look(self, keys: Keys, now: datetime) -> None:
        """A beginning, nothing is here: look what the remote has."""
        if not self._fetch():
            return
        told = self._read(keys)
        if told is None and not keys.complete:
            raise Refused(self._note("report/foreign-status", why=self._why(keys)))
        if told is None:
            self._note("report/foreign-status", why=self._why(keys))
            return
        if told.key != self._identity.signer.public.blob:
            self._check_silent(told, keys, now)
        self._set(HERE, told.commit)
        self._tip = told

    def _meet(self, keys: Keys, now: datetime) -> None:
        """Something else is on the remote than was expected."""
        if not self._fetch():
            self._note("report/vanished")
            return
        there = self._mirror.tip(THERE)
        before = self._tip
        if before is None or self._mirror.is_ancestor(there, before.commit):
            return
        told = self._read(keys)
        if told is None:
            self._note("report/foreign-status", why=self._why(keys))
            self._write(before.spec, {}, now, before=before, parent=there, base=before.commit)
            return
        self._check_silent(told, keys, now)
        missing = dict(self._runs_missing(self._mirror.tree(before.commit), self._mirror.tree(there)))
        self._write(before.spec, missing, now, before=told, parent=there, base=there)

    def _check_silent(self, told: Told, keys: Keys, now: datetime) -> None:
        """Refused when another instance speaks and was heard lately."""
        me = self._identity
        if told.spec.instance == me.instance:
            return
        heard = max(told.spec.at, self._beat(told.spec.instance, keys))
        if now - heard < SILENT_AFTER:
            raise Refused.of(
                "report/other-instance",
                Place(self._status),
                instance=told.spec.instance,
                environment=me.environment,
                heard=heard.isoformat(),
                minutes=int(SILENT_AFTER.total_seconds() // 60),
            )

    def _beat(self, instance: str, keys: Keys) -> datetime:
        """When another instance's heart was heard last; long ago when it wasn't."""
        tip = self._mirror.tip(THERE_LIVE)
        long_ago = datetime.min.replace(tzinfo=UTC)
        if not tip:
            return long_ago
        try:
            heartbeat = read_heartbeat(self._mirror.tree(tip), self._identity.environment, keys)
        except TiangongError:
            return long_ago
        return heartbeat.spec.at if heartbeat.spec.instance == instance else long_ago

    def _fetch(self) -> bool:
        """Bring the own refs here as they are on the remote; False when it has no status."""
        listed = self._mirror.listed([self._status, self._live])
        here = {self._status: THERE, self._live: THERE_LIVE}
        for ref, local in here.items():
            if ref not in listed:
                self._drop(local)
        if listed:
            self._mirror.fetch({ref: here[ref] for ref in listed})
        return self._status in listed

    def _own(self, commit: str) -> Told | None:
        try:
            return read_own(self._mirror.tree(commit), commit) if commit else None
        except TiangongError:
            return None

    def _read(self, keys: Keys) -> Told | None:
        """What the remote has, if it is an agent's of this environment."""
        there = self._mirror.tip(THERE)
        try:
            return read_status(self._mirror.tree(there), there, self._identity.environment, keys)
        except (Refused, Misuse):
            return None

    def _why(self, keys: Keys) -> str:
        """Why that is nobody's word."""
        there = self._mirror.tip(THERE)
        try:
            read_status(self._mirror.tree(there), there, self._identity.environment, keys)
        except (Refused, Misuse) as error:
            return text(error.problems[0].code, **error.problems[0].facts)
        return ""

    def _runs_missing(self, ours: Tree, theirs: Tree) -> Iterator[tuple[str, bytes]]:
        known = {entry.name for entry in theirs.folder(RUNS)}
        for run in ours.folder(RUNS):
            for entry in ours.folder(f"{RUNS}/{run.name}") if run.name not in known else ():
                yield f"{RUNS}/{run.name}/{entry.name}", ours.read(entry)

    def _write(
        self, spec: StatusSpec, files: Files, now: datetime, *, before: Told | None, parent: str, base: str
    ) -> Told:
        me = self._identity
        counter, previous = (before.spec.counter + 1, before.digest) if before else (1, None)
        said = spec.model_copy(update={"counter": counter, "previous": previous, "at": now})
        raw = write_down(me.environment, said)
        commit = write_commit(
            self._mirror.repository,
            {**self._pruned(base, files), **files, **me.signer.sealed(STATUS_FILE, raw)},
            parents=[parent] if parent else [],
            base=base,
            message=text("report/status-commit", counter=counter, environment=me.environment) + "\n",
            when=now,
            author=f"agent of {me.environment}",
        )
        self._set(HERE, commit)
        self._tip = Told(commit, said, sha512(raw), me.signer.public.blob)
        return self._tip

    def _pruned(self, base: str, files: Files) -> Files:
        """Takes the oldest runs away when new ones come; a run's id begins with the time it started."""
        if not base or not any(path.startswith(f"{RUNS}/") for path in files):
            return {}
        tree = self._mirror.tree(base)
        runs = sorted(entry.name for entry in tree.folder(RUNS))
        old = runs[: max(0, len(runs) - MOST_RUNS)]
        return {f"{RUNS}/{run}/{entry.name}": None for run in old for entry in tree.folder(f"{RUNS}/{run}")}

    def _note(self, code: str, **facts: str) -> Problem:
        me = self._identity
        found = problem(code, Place(self._status), ref=self._status, environment=me.environment, **facts)
        self.notes = (*self.notes, found)
        return found

    def _set(self, ref: str, commit: str) -> None:
        try:
            self._mirror.repository.references.create(ref, commit, force=True)
        except (OSError, ValueError, pygit2.GitError) as error:
            raise Failed.of("report/cant-write", Place(str(self._mirror.folder)), why=str(error)) from None

    def _drop(self, ref: str) -> None:
        references = self._mirror.repository.references
        try:
            if ref in references:
                references.delete(ref)
        except (OSError, pygit2.GitError) as error:
            raise Failed.of("report/cant-write", Place(str(self._mirror.folder)), why=str(error)) from None
