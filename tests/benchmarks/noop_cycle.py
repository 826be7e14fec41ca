"""A no-op cycle of a running agent ÷ `git ls-remote` of one ref of the same origin: what the agent adds to the network.

    python -m tests.benchmarks.noop_cycle [--releases 30] [--rounds 40]

Both are measured by turns against one real origin (TLS, git http-backend) that runs as a process of its own; the plain
`git ls-remote` gets the same certificate and nothing else. Printed: medians in milliseconds, and the ratio.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    words = [sys.executable, "-m", "tiangong.testing.origin", str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def joined(folder: Path, world: World, url: str, ca: Path) -> Agent:
    facts = {"repo": world.repo, "root_version": 1, "root_digest": sha512(world.files[root_path(1)])}
    token = Token.model_construct(
        **facts, url=url, environment="dev", level="signatures", expires=world.now + timedelta(days=1), known_hosts=""
    )
    done = join(
        Wanted(write_token(token), folder / "agent.yaml", folder / "state", ca=ca, plugins=("shell",)), world.now
    )
    spec = {"keys": [{"key": done.public}]}
    world.put({"kind": "Agent", "metadata": {"name": "dev"}, "spec": spec})
    return assemble(read_settings(folder / "agent.yaml"))


def took(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def measure(releases: int, rounds: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = World.small()
        world.now = datetime.now(UTC)
        mark = folder / "installed"
        step = {"name": "mark", "executor": "shell", "with": {"run": ["touch", str(mark)], "creates": str(mark)}}
        world.edit("environments/dev/environment.yaml", spec__envelope={"shell": {"commands": ["touch"]}})
        for number in range(releases):
            world.release("shop", f"1.{number}.0", steps=[step], payload={})
        bare = make_bare(folder / "origin" / NAME)
        with serving(folder / "origin") as url:
            agent = joined(folder, world, url, folder / "origin" / "tls" / "ca.pem")
            world.commit_to(bare)
            settle(agent)
            plain = {
                **os.environ,
                "GIT_SSL_CAINFO": str(folder / "origin" / "tls" / "ca.pem"),
                "GIT_CONFIG_NOSYSTEM": "1",
            }
            words = ["git", "ls-remote", url, "refs/heads/main"]
            cycles, listings = [], []
            for _ in range(rounds):
                listings.append(took(lambda: subprocess.run(words, env=plain, capture_output=True, check=True)))
                cycles.append(took(agent.cycle))
            agent.stop(5)
    return statistics.median(cycles), statistics.median(listings)


def settle(agent: Agent) -> None:
    """Install what there is, and let the heart beat once."""
    agent.start(lambda: None)
    for _ in range(50):
        outcome = agent.cycle().outcome
        if not (outcome.running or outcome.ended):
            return
        time.sleep(0.1)
    raise SystemExit("the agent never came to rest")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    cycle, listing = measure(options.releases, options.rounds)
    print(f"no-op cycle {cycle:.1f} ms, git ls-remote {listing:.1f} ms, ratio {cycle / listing:.2f}")


if __name__ == "__main__":
    main()
