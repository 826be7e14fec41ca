"""Every benchmark, one table: `make bench`, or `python -m tests.benchmarks [ROWS …] [--releases N] …`.

Ratios are to a peer or a physical floor measured in the same run, by turns; medians. Nothing here fails for being slow.
"""

import argparse
import os
import platform
import subprocess
from collections.abc import Callable, Iterable

from tests.benchmarks import agent, cold, crowd, resources, sealing, signatures, verification
from tests.benchmarks.table import Row, Skipped, shown

Rows = Callable[[argparse.Namespace], Iterable[Row | Skipped]]
BENCHES: dict[str, Rows] = {
    "agent": lambda o: agent.rows(o.rounds, o.installed),
    "cold": lambda o: cold.rows(o.releases, o.environments, o.heavy),
    "resources": lambda o: resources.rows(o.heavy),
    "crowd": lambda o: crowd.rows(o.agents),
    "signatures": lambda o: signatures.rows(o.documents, 2),
    "verification": lambda o: verification.rows(o.rounds),
    "sealing": lambda o: sealing.rows(o.rounds),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*BENCHES, []], default=[], help="only these")
    parser.add_argument("--rounds", type=int, default=9, help="turns of what is quick")
    parser.add_argument("--heavy", type=int, default=2, help="turns of what takes seconds")
    parser.add_argument("--installed", type=int, default=30, help="releases of the product of the agent at rest")
    parser.add_argument("--releases", type=int, default=10_000, help="of the large fleet")
    parser.add_argument("--environments", type=int, default=1_000, help="of the large fleet")
    parser.add_argument("--agents", type=int, default=200, help="that report at once")
    parser.add_argument("--documents", type=int, default=10_000, help="whose signatures are checked")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is started runs compiled, as it does on a host
    rows: list[Row | Skipped] = []
    for name in options.rows or BENCHES:
        print(f"… {name}", flush=True)
        rows += BENCHES[name](options)
    print(f"\n{_machine()}\n\n{shown(rows)}")


def _machine() -> str:
    git = subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout.split()[2]
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load}"
    return f"{system}; Python {platform.python_version()}, git {git}"


if __name__ == "__main__":
    main()
