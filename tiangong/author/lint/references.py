"""Names that lead nowhere: products, channels, profiles, releases, environments, steps."""

import difflib
from collections.abc import Iterable, Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from tiangong.author.lint.books import Books
from tiangong.documents.digest import sha512
from tiangong.documents.paths import names_in
from tiangong.errors import Problem, problem
from tiangong.model.acts import Recall, Withdrawal
from tiangong.model.environment import Agent, Environment, Installation, Profile, Suppression
from tiangong.model.product import Channel, Fleet, Product, Promotion, Release
from tiangong.trust.withdrawal import may_end

MOST_NAMED = 10
FLEET = "tiangong.yaml"


def references(books: Books, now: datetime) -> Iterator[Problem]:
    """Every name that leads nowhere."""
    yield from _fleet(books)
    yield from _products(books)
    yield from _profiles(books)
    yield from _environments(books)
    yield from _suppressions(books, now)
    yield from _acts(books)


def _fleet(books: Books) -> Iterator[Problem]:
    fleet = books.all(Fleet).get(FLEET)
    if fleet is None:
        if books.tree.entry(FLEET) is None:
            yield problem("trust/missing", books.place(FLEET))
        return
    channels, known = fleet.document.spec.channels, books.named(Channel)
    for index, name in enumerate(channels):
        place = books.place(FLEET, "spec", "channels", index)
        if name not in known:
            yield problem("lint/no-channel", place, channel=name)
    for name, channel in known.items():
        if name not in channels:
            yield problem("lint/channel-unused", books.place(channel.path, "metadata", "name"), channel=name)


def _products(books: Books) -> Iterator[Problem]:
    products = books.named(Product)
    for path, release in books.all(Release).items():
        product = names_in("Release", path)["product"]
        if product not in products:
            yield _unknown(books, "product", product, products, path, "metadata", "name")
        yield from _steps(books, path, release.document)
        yield from _stores(books, path, release.document)
    for path, promotion in books.all(Promotion).items():
        names = names_in("Promotion", path)
        release_path = Release.path.format_map(names)
        if books.tree.entry(release_path) is None:
            place = books.place(path, "spec", "release", "name")
            yield problem("lint/no-release", place, release=promotion.document.spec.release.name, path=release_path)
        yield from _channel(books, names["channel"], path, "spec", "to")


def _steps(books: Books, path: str, release: Release) -> Iterator[Problem]:
    names = {step.name for step in release.spec.steps}
    for index, name in enumerate(release.spec.health):
        if name not in names:
            yield problem("plan/unknown-health", books.place(path, "spec", "health", index), name=name)


def _stores(books: Books, path: str, release: Release) -> Iterator[Problem]:
    """An artifact in a store the fleet doesn't have: no agent could fetch it."""
    fleet = books.all(Fleet).get(FLEET)
    known = fleet.document.spec.artifact_stores if fleet else {}
    for index, artifact in enumerate(release.spec.artifacts):
        if fleet and artifact.store not in known:
            yield _unknown(books, "artifact store", artifact.store, known, path, "spec", "artifacts", index, "store")


def _profiles(books: Books) -> Iterator[Problem]:
    products = books.named(Product)
    for path, profile in books.all(Profile).items():
        seen: set[str] = set()
        for index, entry in enumerate(profile.document.spec.install):
            at = ("spec", "install", index)
            if entry.product not in products:
                yield _unknown(books, "product", entry.product, products, path, *at, "product")
            yield from _channel(books, entry.channel, path, *at, "channel")
            name = entry.name or entry.product
            if name in seen:
                yield problem("lint/twice", books.place(path, *at), name=name)
            seen.add(name)


def _environments(books: Books) -> Iterator[Problem]:
    environments, profiles, products = books.named(Environment), books.named(Profile), books.named(Product)
    for path, environment in books.all(Environment).items():
        for index, name in enumerate(environment.document.spec.profiles):
            if name not in profiles:
                yield _unknown(books, "profile", name, profiles, path, "spec", "profiles", index)
    for path, one in books.all(Installation).items():
        yield from _lives(books, one.document.metadata.environment or "", environments, path, "environment")
        spec = one.document.spec
        if spec.product is not None and spec.product not in products:
            yield _unknown(books, "product", spec.product, products, path, "spec", "product")
        if spec.channel is not None:
            yield from _channel(books, spec.channel, path, "spec", "channel")
    for path, agent in books.all(Agent).items():
        yield from _lives(books, agent.document.metadata.name, environments, path, "name")


def _lives(books: Books, name: str, environments: Iterable[str], path: str, field: str) -> Iterator[Problem]:
    """An environment is there when its own document is, whether or not that is in order."""
    expected = Environment.path.format(name=name)
    if name not in environments and books.tree.entry(expected) is None:
        yield problem("lint/no-environment", books.place(path, "metadata", field), environment=name, path=expected)


def _suppressions(books: Books, now: datetime) -> Iterator[Problem]:
    """One that holds nothing may be a slip of the pen, and nobody would notice."""
    environments = books.named(Environment)
    for path, suppression in books.all(Suppression).items():
        if now >= suppression.document.spec.until:
            continue
        for index, glob in enumerate(suppression.document.spec.environments):
            if not any(glob == name or fnmatchcase(name, glob) for name in environments):
                yield _unknown(books, "environment", glob, environments, path, "spec", "environments", index)


def _acts(books: Books) -> Iterator[Problem]:
    """A recall of a product nobody has, or a withdrawal of other bytes, does nothing; nobody would notice."""
    products = books.named(Product)
    for path, recall in books.all(Recall).items():
        product = recall.document.metadata.name.partition("/")[0]
        if product not in products:
            yield _unknown(books, "product", product, products, path, "metadata", "name")
    for path, withdrawal in books.all(Withdrawal).items():
        spec = withdrawal.document.spec
        if not may_end(spec.subject):
            yield problem("trust/cant-withdraw", books.place(path, "spec", "subject"), subject=spec.subject)
            continue
        raw = books.tree.bytes_at(spec.subject)
        if raw is not None and sha512(raw) != spec.digest:
            yield problem("trust/withdraws-other", books.place(path, "spec", "digest"), subject=spec.subject)


def _channel(books: Books, name: str, path: str, *location: str | int) -> Iterator[Problem]:
    fleet = books.all(Fleet).get(FLEET)
    if fleet and name not in fleet.document.spec.channels:
        yield _unknown(books, "channel", name, fleet.document.spec.channels, path, *location)


def _unknown(books: Books, what: str, name: str, known: Iterable[str], path: str, *location: str | int) -> Problem:
    """A name that isn't there, with the nearest ones that are."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    shown = ", ".join(near or sorted(names)[:MOST_NAMED]) or "none yet"
    return problem("lint/unknown", books.place(path, *location), what=what, name=name, known=shown)
