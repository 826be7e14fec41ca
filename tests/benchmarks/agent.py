"""The agent with nothing to do: a cycle of a running one, `agent once` as a process, `--help`."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.site import PYTHON, TIANGONG, serving, settle, young_world
from tests.benchmarks.table import Row, process, turns


def rows(rounds: int, releases: int) -> Iterator[Row]:
    """`releases`: of the one product that is installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = young_world()
        mark = folder / "installed"
        step = {"name": "mark", "executor": "shell", "with": {"run": ["touch", str(mark)], "creates": str(mark)}}
        world.edit("environments/dev/environment.yaml", spec__envelope={"shell": {"commands": ["touch"]}})
        for number in range(releases):
            world.release("shop", f"1.{number}.0", steps=[step], payload={})
        with serving(folder) as site:
            site.join(world, "shell")
            world.commit_to(site.bare)
            listing = process(site.ls_remote, site.env)
            agent = site.agent()
            settle(agent)
            ours, peer = turns(rounds, agent.cycle, listing)
            agent.stop(5)
            yield Row("no-op cycle of a running agent", ours, "git ls-remote", peer, aim=1.15)

            bare = process([*PYTHON, "-c", "pass"])

            def floor() -> None:
                bare()
                listing()

            ours, peer = turns(rounds, process(site.once), floor)
            yield Row("agent once, no-op, a process", ours, "interpreter + git ls-remote", peer, aim=3)
    ours, peer = turns(rounds, process([*TIANGONG, "--help"]), bare)
    yield Row("tiangong --help", ours, "interpreter", peer, most=150)
