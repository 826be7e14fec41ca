"""Secrets: what their documents say against what their SOPS files and the installations of their environment do."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from tiangong.author.lint.books import Books
from tiangong.documents.paths import names_in, sealed_beside
from tiangong.documents.sops import SealedFile, leaves, plain_under, read_sealed
from tiangong.documents.strict import LARGEST
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.environment import Environment
from tiangong.model.product import Product
from tiangong.model.secret import Secret
from tiangong.model.stages import Signed


def secrets(books: Books) -> Iterator[Problem]:
    """Everything about secrets that can be told without opening one."""
    environments, products = books.named(Environment), books.named(Product)
    for path, one in books.all(Secret).items():
        here = names_in("Secret", path)["environment"]
        expected = Environment.path.format(name=here)
        if here not in environments and books.tree.entry(expected) is None:
            place = books.place(path, "metadata", "environment")
            yield problem("lint/no-environment", place, environment=here, path=expected)
        yield from _products(books, path, one.document, products)
        yield from _file(books, path, one.document)


def _products(books: Books, path: str, secret: Secret, products: Mapping[str, Signed[Product]]) -> Iterator[Problem]:
    for index, glob in enumerate(secret.spec.products):
        if not any(glob == name or fnmatchcase(name, glob) for name in products):
            known = ", ".join(sorted(products)[:10]) or "none yet"
            place = books.place(path, "spec", "products", index)
            yield problem("lint/unknown", place, what="product", name=glob, known=known)


def _file(books: Books, path: str, secret: Secret) -> Iterator[Problem]:
    beside = sealed_beside(path)
    ref = books.tree.files.get(beside)
    raw = books.tree.bytes_at(beside) if ref and ref.size <= LARGEST else None
    if raw is None:
        yield problem("trust/sealed-missing", Place(beside))
        return
    try:
        found = read_sealed(raw, beside)
    except Misuse as error:
        yield from error.problems
        return
    yield from _plain(found)
    others = sorted({name for name, _ in found.recipients} ^ set(secret.spec.recipients))
    if others:
        yield problem("sops/other-recipients", books.place(path, "spec", "recipients"), recipient=others[0])


def _plain(found: SealedFile) -> Iterator[Problem]:
    """Values that lie there for everybody to read although the file's own rule says they are encrypted."""
    for keys, value in leaves(found.tree):
        try:
            is_open = isinstance(value, str | int | float) and value != "" and not plain_under(found.rule, keys)
        except ValueError:
            return
        if is_open:
            yield problem("sops/plain", Place(found.path, field=".".join(keys)))
