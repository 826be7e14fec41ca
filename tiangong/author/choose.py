"""What a commit takes: what is staged, or what was named, or everything that changed where this tool reads."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from tiangong.author.clone import Change, Clone
from tiangong.author.draft import fits, sidecars_of
from tiangong.author.listing import Listing
from tiangong.documents.paths import is_ours, kind_at, secret_beside
from tiangong.errors import Misuse, Place, problem
from tiangong.trust.audit import is_payload


@dataclass(frozen=True, slots=True)
class Choice:
    """What a commit takes. `tree`: the files as they will be.

    `changed`: paths where this tool reads, removed ones included. `unsigned`: documents that didn't change, but carry
    no good signature or were named one by one. `also`: other files git knows. `left`: new files elsewhere, which stay.
    `index_only`: staged files with further edits in the work tree, which stay there.
    """

    tree: Listing
    changed: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    staged: bool = False
    index_only: frozenset[str] = field(default_factory=frozenset)

    @property
    def documents(self) -> tuple[str, ...]:
        """Documents to be signed; with changed payload its release, with a SOPS file its secret."""
        releases = (release_of(path) for path in self.changed if is_payload(path))
        secrets = (secret for path in self.changed if (secret := secret_beside(path)))
        wanted = [path for path in (*self.changed, *self.unsigned, *releases, *secrets) if kind_at(path)]
        return tuple(path for path in dict.fromkeys(wanted) if self.tree.entry(path))

    @property
    def removed(self) -> tuple[str, ...]:
        """Documents that will be gone."""
        return tuple(path for path in self.changed if kind_at(path) and not self.tree.entry(path))

    @property
    def files(self) -> dict[str, bytes | None]:
        """Everything else that is written or removed, signatures of removed documents included."""
        if self.staged:
            return self.files_gone
        documents = set(self.documents)
        return {path: self.bytes_of(path) for path in self.changed if path not in documents} | self.files_gone

    def bytes_of(self, path: str) -> bytes | None:
        """The bytes of a file that changed, None when it was removed; Misuse when a link or something else is there."""
        raw = self.tree.bytes_at(path)
        if raw is None and self.tree.entry(path):
            raise Misuse.of("author/not-a-file", Place(path))
        return raw

    @property
    def files_gone(self) -> dict[str, bytes | None]:
        """Signatures of removed documents."""
        return {one: None for path in self.removed for one in sidecars_of(self.tree, path)}

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to commit."""
        return not (self.changed or self.unsigned or self.also)


def choose(clone: Clone, named: Sequence[str], *, everything: bool) -> Choice:
    """Find out what a commit takes; Misuse while files are unmerged, or when a named path holds nothing.

    `named`: paths from the top of the clone. Without them and without `everything`, what is staged goes first.
    """
    status = clone.status()
    Misuse.when_any(problem("author/unmerged", Place(c.path)) for c in status if c.is_unmerged)
    staged = [change for change in status if change.is_staged]
    if named:
        return _named(clone, status, named)
    if (staged and not everything) or clone.stopped:
        tree = clone.index()
        paths = tuple(change.path for change in staged if is_ours(change.path))
        index_only = frozenset(c.path for c in staged if c.work not in " ")
        also = tuple(change.path for change in staged if not is_ours(change.path))
        return Choice(tree, paths, also=also, staged=True, index_only=index_only)
    return _all(clone, status, lambda _: True)


def _named(clone: Clone, status: Sequence[Change], named: Sequence[str]) -> Choice:
    choice = _all(clone, status, lambda path: any(covers(one, path) for one in named))
    taken = (*choice.changed, *choice.unsigned, *choice.also)
    for one in named:
        known = one in choice.tree.files or any(covers(one, path) for path in taken)
        if not known and not (clone.root / one).exists():
            raise Misuse.of("author/no-such-path", Place(one))
    documents = [one for one in named if kind_at(one) and one in choice.tree.files and one not in choice.changed]
    return replace(choice, unsigned=tuple(dict.fromkeys((*choice.unsigned, *documents))))


def covers(named: str, path: str) -> bool:
    """Tell whether a file or folder named on the command line means a path, both from the top of the clone."""
    return named in ("", ".", path) or path.startswith(named.rstrip("/") + "/")


def _all(clone: Clone, status: Iterable[Change], takes: Callable[[str], bool]) -> Choice:
    tree = clone.work()
    changed = [change for change in status if takes(change.path)]
    ours = tuple(change.path for change in changed if is_ours(change.path))
    also = tuple(c.path for c in changed if not is_ours(c.path) and c.index != "?")
    left = tuple(c.path for c in changed if not is_ours(c.path) and c.index == "?")
    unsigned = tuple(p for p in tree.files if takes(p) and kind_at(p) and p not in set(ours) and not is_signed(tree, p))
    return Choice(tree, ours, unsigned, also, left)


def is_signed(tree: Listing, path: str) -> bool:
    """Tell whether anybody's signature fits a document's bytes."""
    raw = tree.bytes_at(path)
    return raw is not None and any(fits(tree.bytes_at(one), raw) for one in sidecars_of(tree, path))


def release_of(payload: str) -> str:
    """The release document of a payload file."""
    return "/".join([*payload.split("/")[:4], "release.yaml"])
