"""Which environments there are, and whose word counts for each: the signed documents on the clone's main.

A clone has nothing pinned: the trust root is the first one found in it, so this is as good as where it was cloned from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse
from tiangong.documents.strict import LARGEST
from tiangong.errors import Misuse, Place, Problem, Refused, TiangongError, problem
from tiangong.model.document import Document
from tiangong.model.environment import Agent, Environment
from tiangong.model.stages import Pins, Tree
from tiangong.trust.court import Court
from tiangong.trust.reading import Cache
from tiangong.trust.roots import root_path

D = TypeVar("D", bound=Document)
FIRST = 1
FOLDER = "environments"


@dataclass(frozen=True, slots=True)
class Member:
    """One environment: labels and agent as signed, and why one of them is not there to be trusted."""

    name: str
    labels: Mapping[str, str]
    agent: Agent | None
    problems: tuple[Problem, ...] = ()


def pins_found(tree: Tree, environment: str) -> Pins:
    """Pin the first trust root this clone holds; Refused when there is none."""
    path = root_path(FIRST)
    entry = tree.entry(path)
    if entry is None or entry.is_folder or tree.size(entry) > LARGEST:
        raise Refused.of("trust/missing", Place(path))
    raw = tree.read(entry)
    try:
        repo = parse(raw, path).metadata.repo
    except Misuse as error:
        raise Refused(*error.problems) from None
    return Pins(repo or "", environment, FIRST, sha512(raw))


class Roster:
    """The environments of one commit; reads a document only when it is asked for."""

    def __init__(self, tree: Tree) -> None:
        """Follow the root and accept the policy once; when that fails, every member says why."""
        self._tree = tree
        self._court: Court | None = None
        self._why: tuple[Problem, ...] = ()
        self._members: dict[tuple[str, bool], Member] = {}
        self.repo = ""
        try:
            pins = pins_found(tree, "")
            court = Court(tree, pins, None, Cache())
            court.open()
            self._court, self.repo = court, pins.repo
        except TiangongError as error:
            self._why = error.problems

    def names(self) -> list[str]:
        """Every environment that has a folder, in order."""
        return sorted(entry.name for entry in self._tree.folder(FOLDER) if entry.is_folder)

    def member(self, name: str, *, labelled: bool = True) -> Member:
        """What is signed about one environment; its labels only when they are asked for."""
        key = name, labelled
        if key not in self._members:
            self._members[key] = self._member(name, labelled=labelled)
        return self._members[key]

    def _member(self, name: str, *, labelled: bool) -> Member:
        if self._court is None:
            return Member(name, {}, None, self._why)
        environment = self._one(f"{FOLDER}/{name}/environment.yaml", Environment)[0] if labelled else None
        labels = environment.metadata.labels if environment else {}
        path = f"{FOLDER}/{name}/agent.yaml"
        if self._tree.entry(path) is None:
            return Member(name, labels, None, (problem("fleet/no-agent", environment=name),))
        agent, why = self._one(path, Agent)
        return Member(name, labels, agent, why)

    def _one(self, path: str, kind: type[D]) -> tuple[D | None, tuple[Problem, ...]]:
        assert self._court is not None  # noqa: S101 -- member() asked
        signed = self._court.one(path, kind)
        if signed is not None:
            return signed.document, ()
        return None, tuple(refusal.problem for refusal in self._court.refusals if refusal.path == path)
