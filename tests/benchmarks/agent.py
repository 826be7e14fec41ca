"""The agent with nothing to do: a cycle of a running one, `agent once` as a process, `--help`."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.site import PYTHON, TIANGONG, serving, settle, young_world
from tests.benchmarks.table import Row, process, turns

LIBRARIES = """
import concurrent.futures, importlib.metadata, sqlite3
import cronsim, pydantic, pygit2, semver, typer, typer._adapters, yaml
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
class One(pydantic.BaseModel): field: int
"""
"""what the agent stands on, and nothing of ours"""


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

            bare, libraries = process([*PYTHON, "-c", "pass"]), process([*PYTHON, "-c", LIBRARIES])

            def floor() -> None:
                bare()
                listing()

            def ground() -> None:
                libraries()
                listing()

            ours, peer, loaded = turns(rounds, process(site.once), floor, ground)
            what = "agent once, no-op, a process"
            yield Row(what, ours, "interpreter + git ls-remote", peer, aim=3)
            yield Row(what, ours, "the same + only importing its libraries", loaded)
    ours, peer = turns(rounds, process([*TIANGONG, "--help"]), bare)
    yield Row("tiangong --help", ours, "interpreter", peer, most=150)
