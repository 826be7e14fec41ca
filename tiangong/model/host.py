"""Where things stand on an agent's host, when nothing else is said."""

from pathlib import Path

DEFAULT_SETTINGS = Path("/etc/tiangong/agent.yaml")
DEFAULT_STATE = Path("/var/lib/tiangong")
