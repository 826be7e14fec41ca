"""Artifacts of a release: files named when publishing, hashed as a stream, put into a store of the fleet."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from tiangong.artifacts.store import CHUNK, Store
from tiangong.author.listing import Listing
from tiangong.author.shortform import ShortForm
from tiangong.author.target import document_at
from tiangong.documents.strict import Location
from tiangong.errors import Failed, Misuse, Place
from tiangong.model.product import Artifact, Fleet
from tiangong.model.scalar import NAME

Moved = Callable[[int], None]
"""hears how many bytes went"""


@dataclass(frozen=True, slots=True)
class Given:
    """A file named with `--artifact`, hashed."""

    name: str
    path: Path
    digest: str
    size: int


def named_files(options: Sequence[str]) -> dict[str, Path]:
    """`NAME=FILE` of the command line; Misuse for anything else."""
    found: dict[str, Path] = {}
    for option in options:
        name, equals, path = option.partition("=")
        if not equals or not path or not re.fullmatch(NAME, name):
            raise Misuse.of("artifact/bad-option", words=option)
        if name in found:
            raise Misuse.of("artifact/twice", artifact=name)
        found[name] = Path(path)
    return found


def hashed(name: str, path: Path, moved: Moved) -> Given:
    """Read a file once, whatever its size; Misuse when it can't be."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                moved(len(chunk))
    except OSError as error:
        raise Misuse.of("artifact/no-file", Place(str(path)), artifact=name, why=error.strerror or "") from None
    return Given(name, path, f"sha256:{digest.hexdigest()}", size)


def fill_in(form: ShortForm, given: Sequence[Given]) -> ShortForm:
    """The form with digest and size of every file; Misuse when it names an artifact nobody gave, or another one."""
    listed = _listed(form)
    if listed is None:
        return form  # what stands there is no list of artifacts, and checking the release says so
    files = {one.name: one for one in given}
    entries: list[dict[str, Any]] = []
    for index, entry in enumerate(listed):
        name = str(entry.get("name"))
        entries.append(_filled(form, ("spec", "artifacts", index), entry, files.pop(name, None)))
    entries += [{"name": one.name, "digest": one.digest, "size": one.size} for one in files.values()]
    return form.with_artifacts(entries) if entries else form


def _listed(form: ShortForm) -> list[dict[str, Any]] | None:
    spec = form.parsed.data.get("spec")
    listed = spec.get("artifacts", []) if isinstance(spec, dict) else None
    return listed if isinstance(listed, list) and all(isinstance(entry, dict) for entry in listed) else None


def _filled(form: ShortForm, location: Location, entry: Mapping[str, Any], one: Given | None) -> dict[str, Any]:
    name = str(entry.get("name"))
    if one is None:
        if "digest" in entry and "size" in entry:
            return dict(entry)  # it lies in the store already
        raise Misuse.of("artifact/not-given", form.parsed.place(location), artifact=name)
    known = {"digest": one.digest, "size": one.size}
    for field, value in known.items():
        if entry.get(field, value) != value:
            raise Misuse.of(
                "artifact/not-as-written", form.parsed.place((*location, field)), artifact=name, field=field
            )
    return {**entry, **known}


def store_url(tree: Listing, name: str) -> str:
    """The address of a store of the fleet; Misuse when it has none of this name."""
    fleet = document_at(tree, Fleet.path, Fleet)
    stores = fleet.spec.artifact_stores if fleet else {}
    if name not in stores:
        raise Misuse.of("artifact/no-default-store", Place(Fleet.path, field="spec.artifactStores"), store=name)
    return stores[name].url


def of_release(entries: Sequence[Artifact], given: Sequence[Given]) -> Iterator[tuple[Artifact, Given]]:
    """What is to be in stores: artifacts of a release with their files."""
    files = {one.name: one for one in given}
    yield from ((entry, files[entry.name]) for entry in entries if entry.name in files)


def put(artifact: Artifact, path: Path, store: Store, moved: Moved) -> bool:
    """Put a file into a store; False when it is there already. Failed when it changes meanwhile, or isn't kept."""
    if store.has(artifact):
        return False
    try:
        with path.open("rb") as file:
            store.write(artifact, _Same(file, artifact), moved)
    except OSError as error:
        raise Failed.of(
            "artifact/no-file", Place(str(path)), artifact=artifact.name, why=error.strerror or ""
        ) from None
    if not store.has(artifact):
        raise Failed.of("artifact/not-kept", artifact=artifact.name, store=store.shown)
    return True


class _Same:
    """Reads a file and hands its last piece over only when all of it is what was hashed before."""

    def __init__(self, file: BinaryIO, artifact: Artifact) -> None:
        self._file, self._artifact = file, artifact
        self._digest = hashlib.sha256()
        self._next = self._take()

    def read(self, _size: int = CHUNK) -> bytes:
        now, self._next = self._next, self._take()
        if now and not self._next and f"sha256:{self._digest.hexdigest()}" != self._artifact.digest:
            raise Failed.of("artifact/changed", artifact=self._artifact.name)
        return now

    def _take(self) -> bytes:
        chunk = self._file.read(CHUNK)
        self._digest.update(chunk)
        return chunk
