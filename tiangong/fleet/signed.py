"""Files on an agent's refs: bounded, and only what that agent really signed (R21)."""

from datetime import datetime
from typing import TypeVar

from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse_model
from tiangong.documents.strict import LARGEST
from tiangong.errors import Place, Refused
from tiangong.model.environment import Agent
from tiangong.model.stages import Tree
from tiangong.model.status import HEARTBEAT_FILE, SIGNATURE_SUFFIX, Heartbeat, Status
from tiangong.trust.status import check_status

M = TypeVar("M", Status, Heartbeat)


class Words:
    """Reads signed YAML. Parsing depends on bytes alone and is done once for each object of the repository."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._parsed: dict[str, tuple[Status | Heartbeat, str]] = {}

    def read(self, tree: Tree, path: str, model: type[M], agent: Agent, now: datetime) -> tuple[M, str]:
        """What a file says, and its digest; Refused when it isn't that agent's word, Misuse when it can't be read."""
        environment = agent.metadata.name
        raw = read_bounded(tree, path, environment)
        check_status(raw, read_bounded(tree, path + SIGNATURE_SUFFIX, environment), agent, now)
        entry = tree.entry(path)
        known = self._parsed.get(entry.id) if entry else None
        if known is not None and isinstance(known[0], model):
            return known[0], known[1]
        found, digest = parse_model(raw, path, model), sha512(raw)
        if entry:
            self._parsed[entry.id] = found, digest
        return found, digest


def read_bounded(tree: Tree, path: str, environment: str, limit: int = LARGEST) -> bytes:
    """The bytes of a file of an agent's ref; Refused when there is none, or it is too large to be one."""
    entry = tree.entry(path)
    if entry is None or entry.is_folder or tree.size(entry) > limit:
        raise Refused.of("fleet/no-file", place_of(environment, path), environment=environment)
    return tree.read(entry)


def place_of(environment: str, path: str) -> Place:
    """Where a file of an agent stands: `status/dev status.yaml`."""
    ref = "live" if path.startswith(("logs/", HEARTBEAT_FILE)) else "status"
    return Place(f"{ref}/{environment}", field=path)
