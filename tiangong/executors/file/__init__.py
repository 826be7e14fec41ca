"""Files, folders, links, templates and archives on the host, each put in place as a whole or not at all."""

from tiangong.executors.file.executor import File

__all__ = ["File"]
