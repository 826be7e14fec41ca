"""Which document is meant by what people type: a path, `prod-eu`, `prod-eu/shop`, `product shop`, `policy`."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tiangong.author.joining import agent_path, environment_path
from tiangong.author.listing import Listing
from tiangong.author.shelf import product_path, release_path
from tiangong.documents.dump import dump
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at, names_in
from tiangong.errors import Misuse, Place
from tiangong.model.document import API_VERSION, Document
from tiangong.model.environment import Environment, InstallEntry, Profile
from tiangong.model.kinds import KINDS
from tiangong.trust.court import POLICY_PATH

D = TypeVar("D", bound=Document)
MOST_NAMED = 12
FLEET = "tiangong.yaml"
ALONE = {"fleet": FLEET, "policy": POLICY_PATH}
"""words for documents there is one of"""


@dataclass(frozen=True, slots=True)
class Target:
    """A document that is to be edited. `raw`: its text; None = not there yet, then `start` is what it begins as."""

    path: str
    shown: str
    raw: bytes | None
    start: bytes = b""

    @property
    def text(self) -> bytes:
        """What editing begins with."""
        return self.start if self.raw is None else self.raw

    @property
    def kind(self) -> type[Document]:
        """The model of what stands there."""
        return KINDS[kind_at(self.path) or ""]


def find_target(tree: Listing, words: Sequence[str], inside: Callable[[Sequence[str]], list[str]]) -> Target:
    """The document that is meant; Misuse with the nearest names when there is none.

    `inside`: turns a path as typed into one from the top of the clone.
    """
    if len(words) == 1:
        return _of_one(tree, words[0], inside)
    if len(words) == 2 and words[0] in NOUNS:
        return _existing(tree, NOUNS[words[0]](words[1]), " ".join(words))
    raise Misuse.of("edit/bad-target", target=" ".join(words))


def _of_one(tree: Listing, word: str, inside: Callable[[Sequence[str]], list[str]]) -> Target:
    environment, slash, installation = word.partition("/")
    if word.endswith(".yaml"):
        (path,) = inside([word])
        if kind_at(path) is None:
            raise Misuse.of("author/no-document", Place(word))
        return _existing(tree, path, word)
    if tree.entry(environment_path(environment)) is None and word in ALONE:
        return _existing(tree, ALONE[word], word)
    if tree.entry(environment_path(environment)) is None:
        raise Misuse.of("edit/no-environment", target=word, known=_listed(environments(tree)))
    return _installation(tree, environment, installation) if slash else _environment(tree, environment)


def _environment(tree: Listing, name: str) -> Target:
    return _existing(tree, environment_path(name), name)


def _installation(tree: Listing, environment: str, name: str) -> Target:
    """An installation's own document; where only a profile wishes it, one that says nothing yet."""
    path, shown = installation_path(environment, name), f"{environment}/{name}"
    if (raw := tree.bytes_at(path)) is not None:
        return Target(path, shown, raw)
    given = wished_by_profiles(tree, environment)
    if name not in given:
        known = sorted({*given, *installations(tree, environment)})
        raise Misuse.of("edit/no-installation", environment=environment, name=name, known=_listed(known))
    metadata = {"name": name, "environment": environment}
    start = dump({"apiVersion": API_VERSION, "kind": "Installation", "metadata": metadata, "spec": {}})
    return Target(path, shown, None, start)


def _existing(tree: Listing, path: str, shown: str) -> Target:
    raw = tree.bytes_at(path)
    if raw is None:
        known = _siblings(tree, path)
        near = difflib.get_close_matches(shown.rpartition(" ")[2], known, 3) or known
        raise Misuse.of("edit/no-target", Place(path), target=shown, known=_listed(near))
    return Target(path, shown, raw)


def _siblings(tree: Listing, path: str) -> list[str]:
    """All documents of the same kind: by their names, or by their paths where it takes more than a name."""
    kind = kind_at(path)
    paths = sorted(one for one in tree.files if kind and kind_at(one) == kind)
    names = [names_in(kind, one) for one in paths] if kind else []
    return [found["name"] if found.keys() == {"name"} else one for one, found in zip(paths, names, strict=True)]


# ── what stands in a tree, signed or not ─────────────────────────────────────────────────────────────────────────
def environments(tree: Listing) -> list[str]:
    """Names of the environments."""
    return [entry.name for entry in tree.folder("environments") if entry.is_folder]


def installations(tree: Listing, environment: str) -> list[str]:
    """Names of the installations that have a document of their own."""
    entries = tree.folder(f"environments/{environment}/installations")
    return [names_in("Installation", entry.id)["name"] for entry in entries if kind_at(entry.id) == "Installation"]


def wished_by_profiles(tree: Listing, environment: str) -> Mapping[str, InstallEntry]:
    """Installations an environment has from its profiles, by name."""
    found = document_at(tree, environment_path(environment), Environment)
    profiles = (document_at(tree, profile_path(name), Profile) for name in (found.spec.profiles if found else ()))
    entries = (entry for profile in profiles if profile for entry in profile.spec.install)
    return {entry.name or entry.product: entry for entry in entries}


def document_at(tree: Listing, path: str, kind: type[D]) -> D | None:
    """What stands at a path, whoever wrote it; None when it is no document of that kind."""
    raw = tree.bytes_at(path)
    try:
        found = parse(raw, path) if raw is not None else None
    except Misuse:
        return None
    return found if isinstance(found, kind) else None


def installation_path(environment: str, name: str) -> str:
    """Where an installation stands."""
    return f"environments/{environment}/installations/{name}.yaml"


def profile_path(name: str) -> str:
    """Where a profile stands."""
    return f"profiles/{name}.yaml"


def channel_path(name: str) -> str:
    """Where a channel stands."""
    return f"channels/{name}.yaml"


def suppression_path(name: str) -> str:
    """Where a suppression stands."""
    return f"suppressions/{name}.yaml"


def recall_path(product: str, name: str) -> str:
    """Where a recall stands."""
    return f"products/{product}/recalls/{name}.yaml"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (", ".join(names[:MOST_NAMED]) or "none") + more


def _of_pair(template: Callable[[str, str], str], sign: str) -> Callable[[str], str]:
    def path(name: str) -> str:
        first, found, second = name.partition(sign)
        if not (found and first and second):
            raise Misuse.of("edit/bad-target", target=name)
        return template(first, second)

    return path


NOUNS: dict[str, Callable[[str], str]] = {
    "environment": environment_path,
    "env": environment_path,
    "installation": _of_pair(installation_path, "/"),
    "agent": agent_path,
    "product": product_path,
    "profile": profile_path,
    "channel": channel_path,
    "suppression": suppression_path,
    "release": _of_pair(release_path, "@"),
    "recall": _of_pair(recall_path, "/"),
}
"""first word of a target → where the document named by the second one stands"""
