"""Artifacts on the command line: files hashed and put into a store, with a line that says how far it is."""

from collections.abc import Iterable
from pathlib import Path

from tiangong.author.artifacts import Given, hashed, named_files, of_release, put, store_url
from tiangong.author.listing import Listing
from tiangong.author.publish import Publication
from tiangong.cli.output import say
from tiangong.documents.parse import parse
from tiangong.model.product import Release


def hash_files(options: Iterable[str]) -> tuple[Given, ...]:
    """Files of `--artifact`, each read once; Misuse when one can't be."""
    return tuple(_hashed(name, path) for name, path in named_files(tuple(options)).items())


def _hashed(name: str, path: Path) -> Given:
    from tiangong.cli.meter import Meter

    size = path.stat().st_size if path.is_file() else 0
    with Meter("artifact/reading", name, size) as meter:
        return hashed(name, path, meter.moved)


def upload(
    found: Publication, given: tuple[Given, ...], tree: Listing, *, credentials: Path | None, dry_run: bool
) -> None:
    """Put the files of a release into their stores, before anybody signs for them; what is there already stays."""
    release = parse(found.raw, found.path)
    if not given or not isinstance(release, Release):
        return
    from tiangong.artifacts.pace import in_units
    from tiangong.artifacts.store import Access, Network
    from tiangong.artifacts.stores import open_store
    from tiangong.cli.meter import Meter

    for artifact, one in of_release(release.spec.artifacts, given):
        shown = {artifact.store: credentials} if credentials else {}
        access = Access(Network(environment=True), shown)
        store = open_store(store_url(tree, artifact.store), artifact.store, access)
        code = "artifact/would-upload"
        if not dry_run:
            with Meter("artifact/uploading", artifact.name, artifact.size) as meter:
                new = put(artifact, one.path, store, meter.moved)
            code = "artifact/uploaded" if new else "artifact/already"
        say(code, artifact=artifact.name, size=in_units(artifact.size), store=store.shown)
