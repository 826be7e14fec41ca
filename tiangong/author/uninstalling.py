"""Uninstalling (D5): `state: absent` in a document, which does act; deleting the document never would."""

from collections.abc import Iterator, Mapping, Sequence

from tiangong.author.listing import Listing
from tiangong.author.target import document_at, installation_path, installations, wished_by_profiles
from tiangong.documents.dump import dump
from tiangong.documents.edit import set_field
from tiangong.documents.parse import parse
from tiangong.errors import Misuse
from tiangong.model.document import API_VERSION
from tiangong.model.environment import Installation

STATE = ("spec", "state")


def named(tree: Listing, environment: str, product: str, name: str) -> list[str]:
    """Installations of a product in an environment, or of these the one of a name."""
    found = {}
    for own in installations(tree, environment):
        document = document_at(tree, installation_path(environment, own), Installation)
        found[own] = document.spec.product if document else None
    for given, entry in wished_by_profiles(tree, environment).items():
        found[given] = found.get(given) or entry.product
    return sorted(one for one, of in found.items() if of == product and name in ("", one))


def to_absent(
    tree: Listing, environment: str, names: Sequence[str], left: Mapping[str, str]
) -> Iterator[tuple[str, bytes]]:
    """Documents that ask for installations to be absent; nothing for one that is asked for already.

    `left`: installation → product, of what the agent says is there though no document asks for it any more. Misuse for
    a name that is nowhere.
    """
    given = wished_by_profiles(tree, environment)
    for name in names:
        path = installation_path(environment, name)
        there = tree.bytes_at(path)
        product = given[name].product if name in given else left.get(name)
        if there is not None:
            found = parse(there, path)
            if not (isinstance(found, Installation) and found.spec.state == "absent"):
                yield path, set_field(there, path, STATE, "absent")
        elif product:
            metadata = {"name": name, "environment": environment}
            head = {"apiVersion": API_VERSION, "kind": "Installation", "metadata": metadata}
            yield path, dump({**head, "spec": {"product": product, "state": "absent"}})
        else:
            known = ", ".join(sorted({*given, *installations(tree, environment), *left})) or "none"
            raise Misuse.of("edit/no-installation", environment=environment, name=name, known=known)
