"""An agent's host: its file, its key, the remote both ways, whether it was accepted, its plugins, its state folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tiangong.agent import remote_of
from tiangong.cli.checkup.check import attempt, fail, failed, note, ok, warn, warned
from tiangong.cli.checkup.clone import clock, level
from tiangong.errors import Fact, Misuse, Place, TiangongError
from tiangong.executors.registry import Registry
from tiangong.git.child import run_git
from tiangong.git.failure import failure
from tiangong.git.mirror import Mirror
from tiangong.git.objects import write_commit
from tiangong.journal.sqlite import open_journal
from tiangong.model.answer import Check
from tiangong.model.environment import Agent
from tiangong.model.stages import Memory
from tiangong.model.status import LIVE_REF
from tiangong.report.signer import Signer, read_key
from tiangong.settings import AgentSettings, read_settings
from tiangong.sources.git import GitSource
from tiangong.trust.keys import parse_public
from tiangong.trust.marks import ALARMS
from tiangong.trust.verify import Cache, verify
from tiangong.trust.wire import SigError
from tiangong.vault import HostSecrets

LITTLE = 1 << 30
NOTHING = 100 << 20
MIB = 1 << 20
UNLIMITED = ("shell",)


def host_checks(path: Path, now: datetime) -> Iterator[Check]:
    """Every look at an agent's host."""
    try:
        settings = read_settings(path)
    except TiangongError as error:
        yield from failed("settings", error.problems)
        return
    yield ok("settings", "settings", path=str(path), environment=settings.environment)
    yield from _state(settings)
    yield from attempt("plugins", lambda: _plugins(settings))
    yield from _secrets(settings)
    yield from attempt("stores", lambda: _stores(settings))
    yield from attempt("journal", lambda: _journal(settings, now))
    signer: Signer | None = None
    try:
        signer = read_key(settings.key)
        yield ok("key", "agent-key", path=str(settings.key), key=signer.public.fingerprint)
    except Misuse as error:
        yield from failed("key", error.problems)
    yield from attempt("remote", lambda: _remote(settings, signer, now))
    yield from level(settings.wells[0].level)


def _state(settings: AgentSettings) -> Iterator[Check]:
    """Whether there is room, and this user may write there. Asks only, writes nothing."""
    state = settings.state
    place = Place(str(state))
    if not state.is_dir() or not os.access(state, os.W_OK | os.X_OK):
        yield fail("state", "state-not-writable", place)
        return
    free = shutil.disk_usage(state).free
    facts: dict[str, Fact] = {"path": str(state), "mib": free // MIB}
    if free < NOTHING:
        yield fail("state", "disk-full", place, **facts)
    elif free < LITTLE:
        yield warn("state", "disk-little", place, **facts)
    else:
        yield ok("state", "state", **facts)


def _plugins(settings: AgentSettings) -> Iterator[Check]:
    """Whether what is enabled is installed, and its configuration sound."""
    registry = Registry(settings.plugins)
    for missing in registry.missing():
        yield fail("plugins", "plugin-missing", Place("agent.yaml", field="plugins"), type=missing)
    good = []
    for name in sorted(registry.names()):
        try:
            registry.get(name)
        except Misuse as error:
            yield from failed("plugins", error.problems)
        else:
            good.append(name)
    yield ok("plugins", "plugins", names=", ".join(good) or "-")
    if unlimited := [name for name in good if name in UNLIMITED]:
        yield note("envelope", "unenforced", names=", ".join(unlimited))


def _secrets(settings: AgentSettings) -> Iterator[Check]:
    """Whether every secret that is named can be read; no value is shown, and nothing is written."""
    files = {name: secret.file for name, secret in settings.secrets.items()}
    vault = HostSecrets(files, settings.state, lambda _: None, keep_key=False).vault()
    yield from failed("secrets", vault.flaws.values())
    if vault.digests:
        yield ok("secrets", "secrets", count=len(vault.digests))


def _stores(settings: AgentSettings) -> Iterator[Check]:
    """Whether what is shown to each store can be read."""
    for name, access in settings.artifacts.stores.items():
        place = Place(str(access.credentials.file))
        try:
            with access.credentials.file.open("rb") as file:
                file.read(1)
        except OSError as error:
            yield fail("stores", "store-credentials", place, store=name, why=error.strerror or "")
        else:
            yield ok("stores", "store", store=name)


def _journal(settings: AgentSettings, now: datetime) -> Iterator[Check]:
    """Whether there is something only a person can settle."""
    path = settings.state / "journal.db"
    if not path.exists():
        yield note("journal", "no-journal")
        return
    journal, problems = open_journal(path, now)
    try:
        pasts = journal.history().installations
    finally:
        journal.close()
    yield from failed("journal", problems)
    runs = [past.current for past in pasts.values() if past.current and past.current.in_doubt]
    for run in runs:
        facts: dict[str, Fact] = {"run": run.id, "installation": run.installation, "steps": ", ".join(run.in_doubt)}
        yield Check(name="journal", result="fail", code="run/in-doubt", facts=facts)
    if not runs and not problems:
        yield ok("journal", "journal")


def _remote(settings: AgentSettings, signer: Signer | None, now: datetime) -> Iterator[Check]:
    """Fetch and push as the agent does, with a mirror of its own, so that a running agent isn't disturbed."""
    (well,) = settings.wells
    with tempfile.TemporaryDirectory(prefix="tiangong-doctor-") as folder:
        mirror = Mirror(Path(folder) / "mirror", remote_of(settings, well))
        snapshot = GitSource(well.name, mirror, well.branch).observe("")
        yield ok("fetch", "fetch", remote=well.git)
        yield from attempt("push", lambda: _push(mirror, settings.environment, now))
        yield from clock("clock", snapshot.committed, now)
        desired = verify(snapshot, settings.pins(well), _memory(settings, well.repo, now), now, Cache())
    yield ok("trust", "trusted", environment=settings.environment, count=len(desired.refusals))
    found = [refusal.problem for refusal in desired.refusals if refusal.problem.code in ALARMS]
    if found:
        yield warn("alarms", "alarm", environment=settings.environment)
    yield from warned("alarms", found)
    if signer is not None:
        yield from _accepted(signer, settings.environment, desired.agent.document if desired.agent else None)


def _memory(settings: AgentSettings, repo: str, now: datetime) -> Memory | None:
    """What the agent here has accepted before; only against that can an old or a second version be noticed."""
    path = settings.state / "journal.db"
    if not path.exists():
        return None
    journal, _ = open_journal(path, now)
    try:
        return journal.memory(repo)
    finally:
        journal.close()


def _push(mirror: Mirror, environment: str, now: datetime) -> Iterator[Check]:
    ref = LIVE_REF.format(environment=environment)
    commit = write_commit(mirror.repository, {}, message="doctor", when=now, author="tiangong doctor")
    words = ["push", "--dry-run", "--porcelain", "--no-verify", "--force", "--end-of-options"]
    ended = run_git(mirror.folder, [*words, mirror.remote.url, f"{commit}:{ref}"], mirror.remote, mirror.limits)
    if not ended.is_good:
        raise failure(ended, mirror.remote, mirror.limits, ref)
    yield ok("push", "push-ref", ref=ref)


def _accepted(signer: Signer, environment: str, agent: Agent | None) -> Iterator[Check]:
    """Whether the control repository names this host's key."""
    if agent is not None and any(_blob(key.key) == signer.public.blob for key in agent.spec.keys):
        yield ok("accepted", "accepted", environment=environment)
    else:
        yield fail("accepted", "not-accepted", environment=environment, key=signer.public.fingerprint)


def _blob(line: str) -> bytes:
    try:
        return parse_public(line).blob
    except SigError:
        return b""
