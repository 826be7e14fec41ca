"""Publishing: the app's `release.yaml` and its payload become an immutable folder of the control repository."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tiangong.author.draft import Desk, Draft, draft
from tiangong.author.listing import Listing
from tiangong.author.payload import gather
from tiangong.author.rehearse import rehearse
from tiangong.author.shelf import product_path, release_path
from tiangong.author.shortform import ShortForm, read_short
from tiangong.author.starter import product_file
from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse
from tiangong.documents.paths import VERSION
from tiangong.documents.stamp import content
from tiangong.documents.strict import LARGEST
from tiangong.errors import Misuse, Place, Problem
from tiangong.model.product import Release
from tiangong.model.scalar import NAME

FILE = "release.yaml"


@dataclass(frozen=True, slots=True)
class Publication:
    """One release as it will be published, not yet stamped. `payload`: path below its folder → bytes."""

    product: str
    version: str
    raw: bytes
    payload: Mapping[str, bytes]
    unchecked: tuple[str, ...] = ()
    """executors that aren't installed here: their steps could not be checked"""

    @property
    def name(self) -> str:
        """`shop@1.4.0`."""
        return f"{self.product}@{self.version}"

    @property
    def path(self) -> str:
        """Where the document stands."""
        return release_path(self.product, self.version)

    @property
    def folder(self) -> str:
        """Its folder, which holds the payload too."""
        return self.path.rpartition("/")[0]

    @property
    def files(self) -> dict[str, bytes]:
        """Payload files by their path in the control repository."""
        return {f"{self.folder}/{path}": raw for path, raw in self.payload.items()}


def source_file(named: Path | None) -> Path:
    """The app's `release.yaml`: in this folder, in the named one, or the named file; Misuse when there is none."""
    found = named or Path(FILE)
    found = found / FILE if found.is_dir() else found
    if not found.is_file():
        raise Misuse.of("release/no-file", Place(str(found)))
    return found


def read_source(file: Path) -> ShortForm:
    """Read the app's file; Misuse with the place of every mistake."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as error:
        raise Misuse.of("author/cant-read", Place(str(file)), why=error.strerror or str(error)) from None
    return read_short(raw, str(file))


def choose_product(form: ShortForm, wanted: str | None, known: list[str]) -> str:
    """The product that is meant: named, said in the file, or the only one; Misuse when that isn't clear."""
    product = wanted or form.product or (known[0] if len(known) == 1 else None)
    if product is None:
        raise Misuse.of("release/which-product", known=", ".join(known) or "none")
    if not re.fullmatch(NAME, product):
        raise Misuse.of("release/bad-product", name=product)
    return product


def publication(file: Path, form: ShortForm, name: tuple[str, str], labels: Mapping[str, str]) -> Publication:
    """Complete the file and gather its payload; `name`: product and version. Misuse with everything that is wrong."""
    product, version = name
    check_version(version)
    full = f"{product}@{version}"
    rehearsal = rehearse(form.release(full, labels), release_path(product, version), form.parsed)
    payload = _payload(file, form, rehearsal.problems)
    found = Publication(product, version, form.document(full, labels), payload, rehearsal.unknown)
    parse(found.raw, found.path)
    return found


def _payload(file: Path, form: ShortForm, before: tuple[Problem, ...]) -> dict[str, bytes]:
    """The payload; Misuse with what is wrong with it, after what was wrong before."""
    try:
        payload = gather(form, file.parent, str(file.parent))
    except Misuse as error:
        raise Misuse(*before, *error.problems) from None
    Misuse.when_any(before)
    return payload


def check_version(version: str) -> None:
    """Misuse when this can't be the version of a release (D3)."""
    if re.fullmatch(VERSION, version):
        return
    plain = version.lower().removeprefix("v").partition("+")[0]
    guess = plain if re.fullmatch(VERSION, plain) else "1.4.0"
    code = "release/build-part" if "+" in version else "release/bad-version"
    raise Misuse.of(code, version=version, guess=guess)


def is_published(tree: Listing, found: Publication) -> bool:
    """Tell whether exactly this is published already; Misuse when the version stands for something else."""
    raw = tree.bytes_at(found.path)
    if raw is None:
        stray = next((path for path in tree.files if path.startswith(found.folder + "/")), None)
        if stray is not None:
            raise Misuse.of("release/leftover", Place(stray), release=found.name)
        return False
    published = parse(raw, found.path)
    digests = {path: sha512(one) for path, one in found.payload.items()}
    same = content(raw, found.path) == content(found.raw, found.path)
    if same and isinstance(published, Release) and published.spec.payload == digests:
        return True
    raise Misuse.of("author/release-published", Place(found.path), release=found.name)


def publishing_draft(desk: Desk, found: Publication, *, create_product: bool) -> Draft:
    """What is to be signed: the release, and the product with it when that is to be made."""
    documents = dict(_documents(desk.tree, found, create_product=create_product))
    tree = desk.tree.with_files({**documents, **found.files})
    made = draft(replace(desk, tree=tree), documents)
    return replace(made, files={**found.files, **made.files})


def _documents(tree: Listing, found: Publication, *, create_product: bool) -> Iterator[tuple[str, bytes]]:
    if tree.bytes_at(product_path(found.product)) is None:
        if not create_product:
            known = [e.name for e in tree.folder("products") if e.is_folder]
            facts = {"product": found.product, "known": ", ".join(known) or "none"}
            raise Misuse.of("release/unknown-product", Place(product_path(found.product)), **facts)
        path, text = product_file(found.product)
        yield path, text.encode()
    yield found.path, found.raw
