"""Trees read by id and commits written: the ordinary, the hostile, and the damaged."""

import os
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pygit2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygit2.enums import ObjectType

from tiangong.errors import Failed, Misuse, Refused, TiangongError
from tiangong.git import objects
from tiangong.git.objects import GitTree, Store, write_commit
from tiangong.model.stages import Entry, Refusal
from tiangong.trust.reading import Cache, Files

FILE, FOLDER, LINK, SUBMODULE = 0o100644, 0o040000, 0o120000, 0o160000
WHEN = datetime(2026, 11, 25, 12, tzinfo=UTC)

names = st.text("abcdefgh-_0123456789", min_size=1, max_size=6)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)


@pytest.fixture
def repository(tmp_path: Path) -> pygit2.Repository:
    return pygit2.init_repository(str(tmp_path / "objects.git"), bare=True)


def _tree(repository: pygit2.Repository, *entries: tuple[str, bytes, str]) -> str:
    """Write a tree byte by byte, in the order given, as no honest tool would."""
    raw = b"".join(f"{mode} ".encode() + name + b"\0" + bytes.fromhex(id_) for mode, name, id_ in entries)
    return str(repository.write(ObjectType.TREE, raw))


def _blob(repository: pygit2.Repository, raw: bytes = b"x") -> str:
    return str(repository.create_blob(raw))


def _commit(repository: pygit2.Repository, tree: str, seconds: str = "1") -> str:
    who = f"a <a@example.org> {seconds} +0000"
    raw = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nm\n"
    return str(repository.write(ObjectType.COMMIT, raw.encode()))


def _loose(repository: pygit2.Repository, id_: str) -> Path:
    return Path(repository.path) / "objects" / id_[:2] / id_[2:]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_files_and_folders(repository: pygit2.Repository, commit: Callable[..., str]) -> None:
    tree = GitTree(repository, commit(repository, {"b/c.yaml": b"one", "b.x": b"two", "a": b"", "z": b"4"}))
    assert [entry.name for entry in tree.folder("")] == ["a", "b", "b.x", "z"]
    assert [entry.is_folder for entry in tree.folder("")] == [False, True, False, False]
    entry = tree.entry("b/c.yaml")
    assert entry is not None
    assert (entry.name, entry.mode, tree.size(entry), tree.read(entry)) == ("c.yaml", FILE, 3, b"one")
    assert tree.folder("none") == tree.folder("a") == tree.folder("b/c.yaml") == tree.folder("b/") == ()
    assert tree.entry("") is tree.entry("none") is tree.entry("a/b") is tree.entry("b/") is tree.entry("/a") is None


def test_only_folders_that_are_asked_for_are_read(repository: pygit2.Repository, commit: Callable[..., str]) -> None:
    files = {f"environments/e{i}/installations/shop.yaml": b"%d" % i for i in range(9)}
    store = Store(repository)
    tree = GitTree(repository, commit(repository, files), store)
    tree.folder("environments/e7/installations")
    assert len(store._folders) == 4


def test_trees_of_one_store_share_folders(repository: pygit2.Repository, commit: Callable[..., str]) -> None:
    store = Store(repository)
    first = commit(repository, {"a/b/c": b"1", "d/e": b"1"})
    second = commit(repository, {"d/e": b"2"}, first)
    assert GitTree(repository, first, store).folder("a/b") is GitTree(repository, second, store).folder("a/b")
    assert GitTree(repository, first, store).folder("d") != GitTree(repository, second, store).folder("d")


def test_the_cache_is_bounded(
    repository: pygit2.Repository, commit: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "MOST_CACHED_ENTRIES", 20)
    store = Store(repository)
    tree = GitTree(repository, commit(repository, {f"f{i}/g": b"%d" % i for i in range(10)}), store)
    for _ in range(2):
        assert all(tree.folder(f"f{i}") for i in range(10))
    assert sum(len(folder.entries) for folder in store._folders.values()) <= 30


def test_many_threads_may_read(repository: pygit2.Repository, commit: Callable[..., str]) -> None:
    files = {f"f{i}/g{j}": os.urandom(500) for i in range(6) for j in range(5)}
    tree = GitTree(repository, commit(repository, files))
    wrong: list[str] = []

    def read() -> None:
        for path, raw in files.items():
            entry = tree.entry(path)
            if entry is None or tree.read(entry) != raw:
                wrong.append(path)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_what_is_no_commit_is_refused(repository: pygit2.Repository) -> None:
    blob = _blob(repository)
    tree = _tree(repository, ("100644", b"a", blob))
    person = pygit2.Signature("a", "a@example.org", 1, 0)
    tag = str(repository.create_tag("v1", _commit(repository, tree), ObjectType.COMMIT, person, "m"))
    for wrong in (blob, tree, tag):
        with pytest.raises(Misuse, match="git/not-a-commit"):
            GitTree(repository, wrong)
    for wrong in ("main", "", "abc", "A" * 40, "1" * 40 + "\n"):
        with pytest.raises(Misuse, match="git/not-an-id"):
            GitTree(repository, wrong)


@pytest.mark.parametrize(
    ("seconds", "when"),
    [
        ("1764072000", WHEN - timedelta(days=365)),
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
        ("99999999999999", datetime(9999, 12, 31, tzinfo=UTC)),
        ("9223372036854775807", datetime(9999, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_commit_may_claim_any_time(repository: pygit2.Repository, seconds: str, when: datetime) -> None:
    commit = _commit(repository, _tree(repository), seconds)
    assert Store(repository).commit(commit).committed == when


# ── hostile ──────────────────────────────────────────────────────────────────────────────────────────────────────
HOSTILE: list[tuple[str, bytes, str]] = [
    ("120000", b"agent.yaml", "trust/bad-mode"),
    ("160000", b"agent.yaml", "trust/bad-mode"),
    ("100600", b"agent.yaml", "trust/bad-mode"),
    ("100664", b"agent.yaml", "trust/bad-mode"),
    ("0", b"agent.yaml", "trust/bad-mode"),
    ("100644", b".git", "trust/bad-name"),
    ("40000", b".git", "trust/bad-name"),
    ("100644", b".GIT", "trust/bad-name"),
    ("100644", b"git~1", "trust/bad-name"),
    ("100644", b"..", "trust/bad-name"),
    ("40000", b"..", "trust/bad-name"),
    ("100644", b"a/b", "trust/bad-name"),
    ("100644", b"a\\b", "trust/bad-name"),
    ("100644", b"new\nline.yaml", "trust/bad-name"),
    ("100644", b"\x1b[2Jx.yaml", "trust/bad-name"),
    ("100644", b"caf\xc3\xa9.yaml", "trust/bad-name"),
    ("100644", b"caf\xe9.yaml", "trust/bad-name"),
    ("100644", b"\xff\xfe", "trust/bad-name"),
    ("100644", b"\xed\xa0\x80", "trust/bad-name"),
    ("100644", b".g\xe2\x80\x8cit", "trust/bad-name"),
    ("100644", b"-rf", "trust/bad-name"),
    ("100644", b"x" * 5000, "trust/bad-name"),
]


@pytest.mark.parametrize(("mode", "name", "code"), HOSTILE)
def test_a_hostile_entry_is_refused_by_path_and_hides_nothing_else(
    repository: pygit2.Repository, mode: str, name: bytes, code: str
) -> None:
    target = "1" * 40 if mode == "160000" else _tree(repository) if mode == "40000" else _blob(repository)
    good = _blob(repository, b"kind: Environment\n")
    inner = _tree(repository, (mode, name, target), ("100644", b"environment.yaml", good))
    top = _tree(repository, ("40000", b"environments", _tree(repository, ("40000", b"prod", inner))))
    tree = GitTree(repository, _commit(repository, top))
    refusals: list[Refusal] = []
    files = Files(tree, Cache(), refusals)
    listing = files.folder("environments/prod")
    assert list(listing.files) == ["environments/prod/environment.yaml"]
    assert [refusal.problem.code for refusal in refusals] == [code]
    assert files.read(listing.files["environments/prod/environment.yaml"]).raw == b"kind: Environment\n"  # type: ignore[union-attr]
    for entry in tree.folder("environments/prod"):
        entry.name.encode()
        tree.read(entry)
        tree.size(entry)
        tree.folder(f"environments/prod/{entry.name}")


def test_names_twice_or_alike(repository: pygit2.Repository) -> None:
    one, two = _blob(repository, b"1"), _blob(repository, b"2")
    inner = _tree(
        repository,
        ("100644", b"shop.yaml", one),
        ("100644", b"Shop.yaml", two),
        ("100644", b"other.yaml", one),
        ("100644", b"other.yaml", two),
    )
    tree = GitTree(repository, _commit(repository, _tree(repository, ("40000", b"suppressions", inner))))
    refusals: list[Refusal] = []
    listing = Files(tree, Cache(), refusals).folder("suppressions")
    assert {refusal.problem.code for refusal in refusals} == {"trust/twice", "trust/case-clash"}
    assert "suppressions/other.yaml" not in listing.files
    assert tree.entry("suppressions/other.yaml") is None
    assert len(tree.folder("suppressions")) == 4


def test_an_object_that_is_not_what_its_mode_says_reads_as_empty(repository: pygit2.Repository) -> None:
    blob, empty = _blob(repository), _tree(repository)
    top = _tree(repository, ("100644", b"file", empty), ("40000", b"folder", blob), ("160000", b"module", "1" * 40))
    tree = GitTree(repository, _commit(repository, top))
    for entry in tree.folder(""):
        assert tree.read(entry) in (b"", b"x")
        assert tree.size(entry) in (0, 1)
        assert tree.folder(entry.name) == ()


def test_endless_depth_ends(repository: pygit2.Repository) -> None:
    tree = _tree(repository, ("100644", b"x", _blob(repository)))
    for _ in range(300):
        tree = _tree(repository, ("40000", b"d", tree))
    found = GitTree(repository, _commit(repository, tree))
    assert found.folder("/".join(["d"] * 64))
    assert found.folder("/".join(["d"] * 65)) == ()
    assert found.folder("/".join(["d"] * 100_000)) == ()


def test_objects_beyond_all_bounds_are_refused_unread(
    repository: pygit2.Repository, commit: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = GitTree(repository, commit(repository, {"big": b"x" * 5000, **{f"d/{i}": b"" for i in range(50)}}))
    entry = tree.entry("big")
    assert entry is not None
    monkeypatch.setattr(objects, "LARGEST_BLOB", 4999)
    monkeypatch.setattr(objects, "LARGEST_FOLDER", 500)
    assert tree.size(entry) == 5000
    with pytest.raises(Refused, match="git/object-too-large"):
        tree.read(entry)
    with pytest.raises(Refused, match="git/object-too-large"):
        tree.folder("d")


@given(
    raw=st.binary(max_size=200)
    | st.builds(lambda a, b: b"100644 " + a + b"\0" + b, st.binary(), st.binary(max_size=45))
)
def test_bytes_that_are_no_tree_are_damage_or_a_tree(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    repository = pygit2.init_repository(str(tmp_path_factory.getbasetemp() / "fuzz.git"), bare=True)
    id_ = str(repository.write(ObjectType.TREE, raw))
    marks: list[int] = []
    try:
        folder = Store(repository, lambda: marks.append(1)).folder(id_)
    except Failed:
        assert marks
    else:
        assert sum(len(f"{entry.mode:o}") + 22 for entry in folder.entries) <= len(raw)


# ── damaged ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda path: path.unlink(), "git/missing-object"),
        (lambda path: path.write_bytes(b""), "git/broken-object"),
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "git/broken-object"),
        (lambda path: path.write_bytes(b"garbage" * 9), "git/broken-object"),
    ],
)
@pytest.mark.parametrize("which", ["commit", "tree", "blob"])
def test_damage_is_told_and_nothing_of_the_library_escapes(
    repository: pygit2.Repository, commit: Callable[..., str], which: str, damage: Callable[[Path], None], code: str
) -> None:
    id_ = commit(repository, {"a/b": b"0123456789" * 20})
    found = GitTree(repository, id_).entry("a/b")
    inner = GitTree(repository, id_).entry("a")
    assert found is not None
    assert inner is not None
    broken = _loose(repository, {"commit": id_, "tree": inner.id, "blob": found.id}[which])
    broken.chmod(0o600)
    damage(broken)
    told: list[str] = []
    fresh = pygit2.Repository(repository.path)
    store = Store(fresh, lambda: told.append("damaged"))

    def read() -> None:
        tree = GitTree(fresh, id_, store)
        tree.folder("a")
        tree.read(found)

    with pytest.raises(Failed) as caught:
        read()
    assert caught.value.problems[0].code == code
    assert told


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _all(tree: GitTree, folder: str = "") -> dict[str, bytes]:
    found = {}
    for entry in tree.folder(folder):
        path = f"{folder}/{entry.name}" if folder else entry.name
        found |= _all(tree, path) if entry.is_folder else {path: tree.read(entry)}
    return found


def _apart(files: dict[str, bytes]) -> dict[str, bytes]:
    """Only files whose path is no folder of another."""
    return {path: raw for path, raw in files.items() if not any(other.startswith(f"{path}/") for other in files)}


@settings(max_examples=25)  # each is synced to disk
@given(
    first=st.dictionaries(paths, st.binary(max_size=20), max_size=8).map(_apart),
    second=st.dictionaries(paths, st.binary(max_size=20) | st.none(), max_size=8),
)
def test_what_is_written_is_read_back(
    first: dict[str, bytes], second: dict[str, bytes | None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository = pygit2.init_repository(str(tmp_path_factory.getbasetemp() / "roundtrip.git"), bare=True)
    one = write_commit(repository, first, message="m", when=WHEN, author="a <a@b>")
    assert _all(GitTree(repository, one)) == first
    merged = {**first, **second}
    if _apart({path: raw or b"" for path, raw in merged.items()}).keys() != merged.keys():
        return
    two = write_commit(repository, second, base=one, parents=[one], message="m", when=WHEN, author="a <a@b>")
    assert _all(GitTree(repository, two)) == {path: raw for path, raw in merged.items() if raw is not None}
    assert [str(parent) for parent in repository[two].parent_ids] == [one]  # type: ignore[attr-defined]


def test_the_same_input_is_the_same_commit(repository: pygit2.Repository) -> None:
    def write(**more: object) -> str:
        return write_commit(repository, {"a": b"1"}, **{"message": "m", "when": WHEN, "author": "a <a@b>", **more})  # type: ignore[arg-type]

    assert write() == write()
    assert len({write(), write(message="n"), write(when=WHEN + timedelta(seconds=1)), write(author="b")}) == 4


def test_git_finds_nothing_wrong_with_a_commit_of_ours(repository: pygit2.Repository) -> None:
    one = write_commit(repository, {"a/b": b"1", "c": b"2"}, message="m", when=WHEN, author="agent of dev")
    two = write_commit(repository, {"a/b": None}, base=one, parents=[one], message="m\n", when=WHEN, author="x <y@z>")
    repository.references.create("refs/heads/main", two)
    words = ["git", "-C", repository.path, "fsck", "--strict", "--no-dangling"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "files", [{"a": b"", "a/b": b""}, {"": b""}, {"a//b": b""}, {"../a": b""}, {".git/config": b""}, {"a\0b": b""}]
)
def test_paths_that_cannot_be_written(repository: pygit2.Repository, files: dict[str, bytes]) -> None:
    with pytest.raises(TiangongError, match="git/cant-write"):
        write_commit(repository, files, message="m", when=WHEN, author="a")


def test_a_disk_that_takes_nothing(repository: pygit2.Repository, commit: Callable[..., str], tmp_path: Path) -> None:
    shelf = Path(repository.path) / "objects"
    shelf.rename(tmp_path / "aside")
    shelf.write_text("in the way")
    with pytest.raises(Failed, match="git/cant-write"):
        commit(repository, {"a": b"1"})


def test_entries_know_their_mode(repository: pygit2.Repository) -> None:
    blob = _blob(repository)
    top = _tree(repository, ("100755", b"a", blob), ("120000", b"b", blob), ("040000", b"c", _tree(repository)))
    tree = GitTree(repository, _commit(repository, top))
    assert tree.folder("")[:2] == (Entry("a", blob, 0o100755), Entry("b", blob, LINK))
    assert tree.folder("")[2].is_folder
