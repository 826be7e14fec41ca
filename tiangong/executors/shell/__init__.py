"""Programs: an argument list or a short script, or a small service kept running (D21, D22)."""

from tiangong.executors.shell.executor import Shell

__all__ = ["Shell"]
