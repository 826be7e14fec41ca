"""A cold start on a large fleet: after the fetch nothing depends on what others have, and the whole is near a clone."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.agent import LIBRARIES
from tests.benchmarks.fleet import large
from tests.benchmarks.site import PYTHON, Site, serving
from tests.benchmarks.table import Row, Work, process, turns
from tiangong.act.capabilities import capabilities_of
from tiangong.executors.registry import PluginSettings, Registry
from tiangong.git.objects import GitTree, write_commit
from tiangong.model.stages import Actual, Health, History, Seen, Snapshot
from tiangong.planner.plan import make_plan
from tiangong.testing.memory import open_bare
from tiangong.testing.origin import NAME
from tiangong.testing.simulator import World
from tiangong.trust.verify import Cache, verify

WORDS = 8
"""times the agent speaks with the remote besides the fetch: five questions, two statuses, a heartbeat"""
STATES = ("mirror", "live", "runs", "journal.db", "journal.db-wal", "journal.db-shm", "instance", "rest.json")


def rows(releases: int, environments: int, rounds: int) -> Iterator[Row]:
    """The second fleet has twice the products that dev doesn't use."""
    bare, world = large(releases, environments)
    doubled, _ = large(releases * 2, environments)
    fleet = f"{releases:,} releases, {environments:,} environments"
    twice, once = turns(rounds * 2, _thinking(doubled, world), _thinking(bare, world))
    yield Row(
        f"cold verify + plan, {releases * 2:,} releases", twice, f"the same, {releases:,} releases", once, aim=1.15
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(bare, folder / "origin" / NAME)
        with serving(folder) as site:
            yield from _whole(site, world, rounds, f"cold agent once, {fleet}")


def _thinking(bare: Path, world: World) -> Work:
    """What follows a fetch, by somebody who knows nothing."""
    commit = str(open_bare(bare).references["refs/heads/main"].target)
    capabilities = capabilities_of(Registry([PluginSettings(type="shell")]))

    def think() -> None:
        now = datetime.now(UTC)
        snapshot = Snapshot("bench", commit, GitTree(open_bare(bare), commit), now)
        desired = verify(snapshot, world.pins(), None, now, Cache())
        plan = make_plan(desired, Actual({"shop": Seen(None, Health.MISSING)}), History(), capabilities, now)
        assert not desired.refusals
        assert plan.verdicts

    return think


def _whole(site: Site, world: World, rounds: int, what: str) -> Iterator[Row]:
    """A host that just joined, from nothing to installed and told, against a clone of everything.

    And against what can't be left out: a clone, importing libraries, and as many words with the remote.
    """
    site.join(world, "shell")
    paths = {path: raw for path, raw in world.files.items() if path.startswith("environments/dev/agent.yaml")}
    _commit_over(site.bare, paths)
    clone = site.folder / "clone.git"

    def forget() -> None:
        shutil.rmtree(clone, ignore_errors=True)
        for name in STATES:
            path = site.folder / "state" / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        for ref in ("status/dev", "live/dev"):
            subprocess.run(["git", "-C", site.bare, "update-ref", "-d", f"refs/heads/{ref}"], check=True)

    cloning = process(["git", "clone", "--bare", "--quiet", site.url, clone], site.env)
    importing, asking = process([*PYTHON, "-c", LIBRARIES]), process(site.ls_remote, site.env)

    def ground() -> None:
        cloning()
        importing()
        for _ in range(WORDS):
            asking()

    ours, peer, floor = turns(rounds, process(site.once), cloning, ground, before=forget)
    yield Row(what, ours, "git clone --bare", peer, aim=2)
    yield Row(what, ours, f"the same + importing its libraries + {WORDS} git ls-remote", floor)


def _commit_over(bare: Path, files: dict[str, bytes]) -> None:
    """A commit that adds files to main."""
    repository = open_bare(bare)
    tip = str(repository.references["refs/heads/main"].target)
    facts = {"message": "agent", "when": datetime.now(UTC), "author": "bench"}
    commit = write_commit(repository, files, parents=[tip], base=tip, **facts)
    repository.references.create("refs/heads/main", commit, force=True)
