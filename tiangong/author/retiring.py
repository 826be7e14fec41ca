"""The end of an environment (D5): retired by a document, removed once its agent has said so."""

import contextlib
from collections.abc import Sequence

from tiangong.author.clone import Clone
from tiangong.author.draft import Draft
from tiangong.author.joining import environment_path
from tiangong.author.listing import Listing
from tiangong.author.push import Target, target_of
from tiangong.documents.edit import set_field
from tiangong.documents.parse import parse
from tiangong.errors import Away, Failed, Misuse, Place
from tiangong.model.environment import Environment

REFS = ("status/{}", "live/{}")


def retired(tree: Listing, name: str) -> dict[str, bytes]:
    """The environment's document with `state: retired`; nothing when it is so already, Misuse when there is none."""
    path = environment_path(name)
    raw = tree.bytes_at(path)
    if raw is None:
        known = ", ".join(entry.name for entry in tree.folder("environments") if entry.is_folder) or "none"
        raise Misuse.of("join/no-environment", environment=name, known=known)
    found = parse(raw, path)
    if isinstance(found, Environment) and found.spec.state == "retired":
        return {}
    return {path: set_field(raw, path, ("spec", "state"), "retired")}


def without(clone: Clone, name: str) -> Draft:
    """Everything below the environment's folder taken away; nothing when it is gone. Misuse when it has edits."""
    folder = f"environments/{name}"
    edited = [change.path for change in clone.status() if change.path.startswith(f"{folder}/")]
    Misuse.when_any(Misuse.of("env/edited", Place(path)).problems[0] for path in edited)
    words = ("ls-tree", "-r", "-z", "--name-only", "HEAD", "--", f"{folder}/")
    paths = [path for path in clone.git("--literal-pathspecs", *words).split("\0") if path]
    return Draft((), dict.fromkeys(paths), {path: clone.on_disk(path) for path in paths})


def sweep(clone: Clone, name: str) -> None:
    """Remove the folders that are empty now; what git doesn't know stays, with its folder."""
    top = clone.root / "environments" / name
    for folder in sorted((path for path in (top, *top.rglob("*")) if path.is_dir()), reverse=True):
        with contextlib.suppress(OSError):
            folder.rmdir()


def where(clone: Clone) -> Target | None:
    """Where this branch is pushed; None when there is no remote."""
    return target_of(clone, clone.branch) if clone.branch and clone.remotes else None


def refs_of(clone: Clone, target: Target, name: str) -> list[str]:
    """The branches of an environment's agent that the remote still has; Away when it can't be asked."""
    wanted = [ref.format(name) for ref in REFS]
    try:
        lines = clone.git("ls-remote", "--heads", target.remote, *(f"refs/heads/{ref}" for ref in wanted))
    except Failed as error:
        raise Away.of("author/fetch-away", label=target.remote, why=str(error.problems[0].facts["why"])) from None
    there = {line.partition("\t")[2] for line in lines.splitlines()}
    return [ref for ref in wanted if f"refs/heads/{ref}" in there]


def delete_refs(clone: Clone, target: Target, refs: Sequence[str]) -> None:
    """Delete branches on the remote; Failed when it says no."""
    try:
        clone.git("push", "--quiet", target.remote, "--delete", *refs)
    except Failed as error:
        why = str(error.problems[0].facts["why"])
        raise Failed.of("env/refs-stay", remote=target.remote, refs=" ".join(refs), why=why) from None
