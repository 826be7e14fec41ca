"""The suite every executor passes, on real files."""

from pathlib import Path
from typing import Any

from tiangong_line.executor import Line, LineConfig

from tiangong.testing.conformance import ExecutorContract


class TestLine(ExecutorContract):
    """Each installation has a file of its own."""

    def prepare(self) -> None:
        """Files that are there already."""
        for index in range(self.threads):
            self._file(index).write_text("127.0.0.1 localhost\n", encoding="utf-8")

    def executor(self) -> Line:
        """A new one."""
        return Line(LineConfig())

    def step(self, index: int = 0) -> dict[str, Any]:
        """A step that succeeds."""
        return {"line": "10.0.0.1 shop", "file": str(self._file(index))}

    def observe(self) -> list[tuple[str, str]]:
        """Every file with its text."""
        return sorted((path.name, path.read_text(encoding="utf-8")) for path in self.folder.iterdir())

    def drift(self) -> None:
        """Somebody takes the line away."""
        self._file(0).write_text("127.0.0.1 localhost\n", encoding="utf-8")

    def failing(self) -> list[dict[str, Any]]:
        """A file that isn't there, and a folder."""
        return [{"line": "x", "file": str(self.folder / "none")}, {"line": "x", "file": str(self.folder)}]

    def secretive(self) -> tuple[dict[str, Any], str]:
        """A line may hold a secret."""
        return {"line": "canary-7731", "file": str(self.folder / "none")}, "canary-7731"

    def _file(self, index: int) -> Path:
        return self.folder / f"hosts-{index}"
