"""What the benchmarks run against: an origin in a process of its own, a joined agent, the folder of what is kept."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tiangong.agent import Agent, assemble
from tiangong.documents.digest import sha512
from tiangong.host.join import Wanted, join
from tiangong.settings import read_settings
from tiangong.testing.origin import NAME, make_bare
from tiangong.testing.simulator import World
from tiangong.trust.roots import root_path
from tiangong.trust.tokens import Token, write_token

PYTHON = (sys.executable,)
TIANGONG = (sys.executable, Path(sys.executable).with_name("tiangong"))


def kept() -> Path:
    """Where generated repositories and the peer's tools stay between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tiangong" / "bench"


@dataclass(frozen=True)
class Site:
    """A folder with an origin that is being served. `env`: what plain git needs to reach it."""

    folder: Path
    bare: Path
    url: str

    @property
    def ca(self) -> Path:
        return self.folder / "origin" / "tls" / "ca.pem"

    @property
    def file(self) -> Path:
        return self.folder / "agent.yaml"

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, "GIT_SSL_CAINFO": str(self.ca), "GIT_CONFIG_NOSYSTEM": "1"}

    @property
    def ls_remote(self) -> tuple[str, ...]:
        return ("git", "ls-remote", self.url, "refs/heads/main")

    @property
    def once(self) -> tuple[object, ...]:
        return (*TIANGONG, "agent", "once", "--settings", self.file)

    def join(self, world: World, *plugins: str) -> None:
        """Make the agent of dev; its key is put into the world."""
        facts = {"repo": world.repo, "root_version": 1, "root_digest": sha512(world.files[root_path(1)])}
        limit = world.now + timedelta(days=1)
        token = write_token(
            Token.model_construct(
                **facts, url=self.url, environment="dev", level="signatures", expires=limit, known_hosts=""
            )
        )
        done = join(Wanted(token, self.file, self.folder / "state", ca=self.ca, plugins=plugins), world.now)
        world.put({"kind": "Agent", "metadata": {"name": "dev"}, "spec": {"keys": [{"key": done.public}]}})

    def agent(self) -> Agent:
        return assemble(read_settings(self.file))


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """Serve `folder/origin`."""
    bare = make_bare(folder / "origin" / NAME)
    words = [*PYTHON, "-m", "tiangong.testing.origin", str(folder / "origin")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as origin:
        assert origin.stdout is not None
        try:
            yield Site(folder, bare, origin.stdout.readline().strip())
        finally:
            origin.terminate()


def young_world() -> World:
    """The small world, now."""
    world = World.small()
    world.now = datetime.now(UTC)
    return world


def settle(agent: Agent) -> None:
    """Install what there is, and let the heart beat once."""
    agent.start(lambda: None)
    for _ in range(100):
        outcome = agent.cycle().outcome
        if not (outcome.running or outcome.ended):
            return
        time.sleep(0.1)
    raise SystemExit("the agent never came to rest")
