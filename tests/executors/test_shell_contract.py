"""Shell steps pass the suite that third parties get, with real programs."""

import os
import subprocess
import time
from typing import Any

from tests.executors.test_file_contract import CANARY, seen
from tiangong.executors.shell import Shell
from tiangong.executors.shell.service import started_at
from tiangong.testing.conformance import ExecutorContract

NOISE = "i=0; while [ $i -lt 3 ]; do seq -f 'line %.0f' $((i*500000)) $((i*500000+499999)); i=$((i+1)); done"


class ShellContract(ExecutorContract):
    def executor(self) -> Shell:
        return Shell(Shell.Config())

    def observe(self) -> object:
        return seen(self.folder)

    def slow(self) -> dict[str, Any]:
        return {"script": "sleep 60 & sleep 60"}


class TestGuarded(ShellContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        path = str(self.folder / f"made-{index}")
        return {
            "run": ["sh", "-c", 'echo done > "$1"', "sh", path],
            "creates": path,
            "undo": ["sh", "-c", 'rm -f "$1"', "sh", path],
        }

    def drift(self) -> None:
        (self.folder / "made-0").unlink()

    def noisy(self) -> dict[str, Any]:
        return {"script": NOISE}

    def failing(self) -> list[dict[str, Any]]:
        return [
            {"script": "exit 3"},
            {"script": "kill -9 $$"},
            {"run": ["sh", "-c", "true"], "cwd": "/no/such/folder"},
            {"run": ["no-such-program-here"]},
            {"run": ["sh", "-c", "true"], "creates": str(self.folder / "never")},
        ]

    def secretive(self) -> tuple[dict[str, Any], str]:
        return {"script": "exit 1", "env": {"PASSWORD": CANARY}}, CANARY


class TestPlainProgram(ShellContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        return {"run": ["sh", "-c", 'echo again >> "$1"', "sh", str(self.folder / f"log-{index}")]}


class TestService(ShellContract):
    """The service says who it is by a file that names its process; only a living one counts."""

    def step(self, index: int = 0) -> dict[str, Any]:
        script = 'echo "serves" > "$1"; trap "rm -f $1; exit 0" TERM; while true; do sleep 0.05; done'
        return {"service": f"web-{index}", "run": ["sh", "-c", script, "sh", str(self.folder / f"serves-{index}")]}

    def observe(self) -> object:
        return seen(self.folder)

    def drift(self) -> None:
        for pid in self.pids():
            os.kill(pid, 9)
            while started_at(pid):
                time.sleep(0.01)
        (self.folder / "serves-0").unlink()

    def clean(self) -> None:
        for index in range(self.threads):
            self.executor().undo(self.job(self.step(index), index=index))
        assert not self.pids()

    def pids(self) -> list[int]:
        found = subprocess.run(["pgrep", "-f", f"sh {self.folder}/serves-"], capture_output=True, check=False)
        return [int(pid) for pid in found.stdout.split()]
