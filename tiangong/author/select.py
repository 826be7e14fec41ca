"""Environments chosen by name, glob or label, as they are signed in one commit (D35)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tiangong.author.joining import environment_path
from tiangong.author.shelf import Shelf
from tiangong.errors import Misuse, Problem, Refused, TiangongError
from tiangong.model.environment import Environment
from tiangong.model.stages import Signed, Tree

MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """Environments that fit; `refused`: why others, which may fit, can't be trusted to say so."""

    environments: tuple[Signed[Environment], ...]
    refused: tuple[Problem, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(one.document.metadata.name for one in self.environments)


def choose_environments(shelf: Shelf, takes_name: Callable[[str], bool], labels: Mapping[str, str]) -> Chosen:
    """The environments whose name and labels fit; Misuse when none does, Refused when those that may aren't trusted."""
    found: list[Signed[Environment]] = []
    refused: list[Problem] = []
    for name in names_like(shelf.tree, takes_name):
        one = shelf.one(environment_path(name), Environment)
        if one is None:
            refused += shelf.why_not(environment_path(name))
        elif all(one.document.metadata.labels.get(key) == value for key, value in labels.items()):
            found.append(one)
    if not found:
        Refused.when_any(refused)
        raise _none(shelf.tree)
    return Chosen(tuple(found), tuple(refused))


def names_like(tree: Tree, takes_name: Callable[[str], bool]) -> list[str]:
    """Names of the environments that fit, whatever stands in their documents; Misuse when none does."""
    found = [name for name in _names(tree) if takes_name(name)]
    if not found:
        raise _none(tree)
    return found


def _names(tree: Tree) -> list[str]:
    return [entry.name for entry in tree.folder("environments") if entry.is_folder]


def _none(tree: Tree) -> TiangongError:
    return Misuse.of("select/none", known=", ".join(_names(tree)[:MOST_NAMED]) or "none")
