"""Mirrors that were torn, locked, half written or grew old: mended without losing what waits to be pushed."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from tiangong.errors import Away, Failed, Misuse
from tiangong.git import mirror as mirror_module
from tiangong.git import upkeep
from tiangong.git.mirror import Mirror
from tiangong.git.upkeep import LOCKS, is_crowded, sweep
from tiangong.testing.origin import Origin

MAIN = "refs/heads/main"
HERE = "refs/tiangong/control/main"
OWN = "refs/tiangong/status"


@pytest.fixture
def filled(mirror: Mirror, push_main: Callable[..., str], commit: Callable[..., str]) -> Mirror:
    """A mirror with main fetched and a status of its own that waits."""
    tip = push_main({"a/b": b"1", "c": b"2"})
    push_main({"a/b": b"3"}, tip)
    mirror.fetch({MAIN: HERE})
    commit(mirror.repository, {"status.yaml": b"waits"}, ref=OWN)
    return mirror


def _again(mirror: Mirror) -> Mirror:
    """The mirror as the next start of the agent finds it."""
    mirror.close()
    return Mirror(mirror.folder, mirror.remote, mirror.limits)


def _pack(mirror: Mirror) -> Path:
    (found,) = mirror.folder.glob("objects/pack/*.pack")
    return found


def _cut(path: Path, keep: float = 0.5) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])


def _loose(mirror: Mirror, id_: str) -> Path:
    return mirror.folder / "objects" / id_[:2] / id_[2:]


def test_a_sound_mirror_is_left_as_it_is(filled: Mirror) -> None:
    before = filled.folder.stat().st_ino
    again = _again(filled)
    assert again.tip(HERE) == filled.tip(HERE) != ""
    assert again.tip(OWN) == filled.tip(OWN) != ""
    assert again.folder.stat().st_ino == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda mirror: _cut(_pack(mirror)),
        lambda mirror: _pack(mirror).unlink(),
        lambda mirror: _cut(_pack(mirror), 0),
        lambda mirror: (mirror.folder / HERE).write_text(""),
        lambda mirror: (mirror.folder / HERE).write_text("1" * 40 + "\n"),
        lambda mirror: _cut(next(mirror.folder.glob("objects/pack/*.idx"))),
    ],
    ids=["pack cut", "pack gone", "pack empty", "ref empty", "ref to nothing", "index cut"],
)
def test_damage_found_at_the_start_is_mended(filled: Mirror, damage: Callable[[Mirror], None]) -> None:
    tip, waiting = filled.tip(HERE), filled.tip(OWN)
    filled.close()
    damage(filled)
    again = _again(filled)
    assert again.tip(HERE) == ""
    again.fetch({MAIN: HERE})
    assert again.tip(HERE) == tip
    assert again.tree(tip).folder("a")
    assert again.tip(OWN) == waiting
    again.push(waiting, "refs/heads/status/dev", "")
    assert not list(filled.folder.parent.glob("mirror.*"))


def test_what_waits_survives_damage_elsewhere(filled: Mirror) -> None:
    waiting = filled.tip(OWN)
    filled.close()
    _cut(_pack(filled))
    again = _again(filled)
    assert again.tip(OWN) == waiting
    entry = again.tree(waiting).entry("status.yaml")
    assert entry is not None
    assert again.tree(waiting).read(entry) == b"waits"


@pytest.mark.parametrize("keep", [0, 0.3, 0.9])
def test_a_torn_status_is_dropped_and_the_rest_stays(filled: Mirror, keep: float) -> None:
    tip = filled.tip(HERE)
    _cut(_loose(filled, filled.tip(OWN)), keep)
    again = _again(filled)
    assert again.tip(OWN) == ""
    assert again.tip(HERE) == tip


def test_a_torn_commit_further_back_does_not_hang_us(filled: Mirror, commit: Callable[..., str]) -> None:
    first = filled.tip(OWN)
    second = commit(filled.repository, {"status.yaml": b"2"}, first)
    third = commit(filled.repository, {"status.yaml": b"3"}, second, ref=OWN)
    filled.close()
    _cut(_loose(filled, second))
    again = _again(filled)
    assert not again.is_ancestor(first, third)
    assert again.tip(OWN) == ""


@pytest.mark.parametrize("name", ["HEAD", "config", "objects", "refs"])
def test_a_half_made_mirror_is_made_again(filled: Mirror, name: str) -> None:
    tip = filled.tip(HERE)
    (filled.folder / name).rename(filled.folder.parent / "away")
    again = _again(filled)
    again.fetch({MAIN: HERE})
    assert again.tip(HERE) == tip


def test_a_swap_that_was_interrupted_is_finished(filled: Mirror) -> None:
    waiting, tip = filled.tip(OWN), filled.tip(HERE)
    filled.close()
    filled.folder.rename(filled.folder.with_name("mirror.old"))
    (filled.folder.with_name("mirror.new") / "objects").mkdir(parents=True)
    again = _again(filled)
    assert (again.tip(OWN), again.tip(HERE)) == (waiting, tip)
    assert not list(filled.folder.parent.glob("mirror.*"))


def test_a_file_or_nonsense_at_its_place(filled: Mirror, tmp_path: Path) -> None:
    for make in (lambda p: p.write_text("x"), lambda p: p.mkdir(), lambda p: p.symlink_to(tmp_path / "nowhere")):
        place = tmp_path / "odd"
        make(place)
        odd = Mirror(place, filled.remote)
        odd.fetch({MAIN: HERE})
        assert odd.tip(HERE)
        os.system(f"rm -rf {place}")


def test_a_clone_with_a_work_tree_is_no_mirror(filled: Mirror, tmp_path: Path) -> None:
    pygit2.init_repository(str(tmp_path / "clone"))
    clone = Mirror(tmp_path / "clone", filled.remote)
    assert clone.repository.is_bare


def test_damage_found_while_running_is_mended_with_the_next_fetch(filled: Mirror) -> None:
    tip = filled.tip(HERE)
    tree = filled.tree(tip)
    blob = tree.entry("c")
    assert blob is not None
    pack = _pack(filled)
    raw = bytearray(pack.read_bytes())
    filled.close()  # or libgit2 would go on with what it has mapped
    pack.chmod(0o600)
    pack.write_bytes(raw[:12] + bytes(len(raw) - 32) + raw[-20:])
    filled._store = filled._store_of(pygit2.Repository(str(filled.folder)))
    with pytest.raises(Failed, match=r"git/(missing|broken)-object"):
        filled.tree(tip)
    filled.fetch({MAIN: HERE})
    assert filled.tip(HERE) == tip
    assert filled.tree(tip).read(blob) == tree.read(blob) == b"2"


def test_damage_that_only_git_notices_is_mended_in_the_same_call(filled: Mirror, push_main: Callable[..., str]) -> None:
    tip = filled.tip(HERE)
    (filled.folder / "refs/tiangong/other").write_text("2" * 40 + "\n")
    newer = push_main({"new": b"1"}, tip)
    filled.fetch({MAIN: HERE})
    assert filled.tip(HERE) == newer
    assert filled.tip("refs/tiangong/other") == ""


def test_what_was_never_here_is_no_damage(filled: Mirror) -> None:
    inode = filled.folder.stat().st_ino
    for call in (lambda: filled.tree("1" * 40), lambda: filled.push("1" * 40, MAIN, "")):
        with pytest.raises(Failed, match="git/missing-object"):
            call()
    assert not filled.has("1" * 40)
    filled.fetch({MAIN: HERE})
    assert filled.folder.stat().st_ino == inode


def test_a_remote_cannot_have_the_mirror_built_anew_again_and_again(
    filled: Mirror, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Path] = []
    monkeypatch.setattr(mirror_module, "is_damage", lambda ended: not ended.is_good)
    monkeypatch.setattr(mirror_module, "build", lambda folder: built.append(folder) or upkeep.build(folder))
    origin.stop()
    for _ in range(3):
        with pytest.raises(Away):
            filled.listed([MAIN])
    assert len(built) == 1
    assert filled.tip(OWN)


def test_locks_and_halves_a_killed_git_left_go_at_the_start(filled: Mirror, push_main: Callable[..., str]) -> None:
    left = [
        "HEAD.lock",
        "packed-refs.lock",
        "config.lock",
        "shallow.lock",
        f"{HERE}.lock",
        "objects/pack/tmp_pack_abc",
        "objects/pack/tmp_idx_abc",
        "objects/17/tmp_obj_abc",
        "objects/tmp_objdir-incoming-abc/x",
    ]
    for name in left:
        (filled.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (filled.folder / name).write_text("")
    newer = push_main({"a": b"9"}, filled.tip(HERE))
    again = _again(filled)
    again.fetch({MAIN: HERE})
    assert again.tip(HERE) == newer
    assert not [name for name in left if (filled.folder / name).exists()]


def test_a_lock_that_appears_while_running_goes_when_it_is_old(filled: Mirror, push_main: Callable[..., str]) -> None:
    lock = filled.folder / f"{HERE}.lock"
    lock.write_text("")
    newer = push_main({"a": b"9"}, filled.tip(HERE))
    with pytest.raises(Failed, match="git/locked"):
        filled.fetch({MAIN: HERE})
    with pytest.raises(Failed, match="git/locked"):
        filled.fetch({MAIN: HERE})
    os.utime(lock, (time.time() - 60,) * 2)
    filled.fetch({MAIN: HERE})
    assert filled.tip(HERE) == newer


def test_young_locks_may_be_in_use(tmp_path: Path) -> None:
    (tmp_path / "a.lock").touch()
    assert not sweep(tmp_path, LOCKS, older_than=60)
    assert (tmp_path / "a.lock").exists()
    assert sweep(tmp_path, LOCKS)
    assert not (tmp_path / "a.lock").exists()


def test_a_crowded_mirror_is_repacked_and_goes_on_being_read(
    filled: Mirror, push_main: Callable[..., str], commit: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "MOST_PACKS", 3)
    tip, waiting = filled.tip(HERE), filled.tip(OWN)
    old_tree = filled.tree(tip)
    unreachable = commit(filled.repository, {"x": b"thrown away"})
    for i in range(4):
        tip = push_main({"a": b"%d" % i}, tip)
        filled.fetch({MAIN: HERE})
    assert len(list(filled.folder.glob("objects/pack/*.pack"))) <= 2
    assert not is_crowded(filled.folder)
    assert filled.tip(HERE) == tip
    assert filled.tip(OWN) == waiting
    assert old_tree.folder("a")
    assert filled.tree(tip).entry("a") is not None
    entry = old_tree.entry("a/b")
    assert entry is not None
    assert old_tree.read(entry) == b"3"
    assert _loose(filled, unreachable).exists()  # younger than two hours: it may be about to get a ref


def test_old_loose_objects_nobody_reaches_go(filled: Mirror, commit: Callable[..., str]) -> None:
    gone = [commit(filled.repository, {"beat": b"%d" % i}) for i in range(3)]
    for path in filled.folder.glob("objects/??/*"):
        os.utime(path, (time.time() - 9000,) * 2)
    assert upkeep.repack(filled.folder, filled.limits)
    assert not [id_ for id_ in gone if id_ in pygit2.Repository(str(filled.folder))]
    assert _again(filled).tip(OWN) == filled.tip(OWN) != ""


def test_a_folder_that_cannot_be_made(filled: Mirror, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failed, match="git/cant-make"):
        Mirror(tmp_path / "file" / "mirror", filled.remote).fetch({MAIN: HERE})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_mirror_of_another_user_is_not_used(filled: Mirror) -> None:
    for path in [filled.folder, *filled.folder.rglob("*")]:
        os.chown(path, 12345, 12345)
    with pytest.raises(Misuse, match="git/not-mine"):
        _again(filled).tip(HERE)


def test_the_origin_may_be_damaged(origin: Origin, filled: Mirror, push_main: Callable[..., str]) -> None:
    newer = push_main({"new": b"1" * 100}, filled.tip(HERE))
    blob = str(pygit2.Repository(str(origin.git_dir))[newer].tree["new"].id)  # type: ignore[attr-defined]
    (origin.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    before, inode = filled.tip(HERE), filled.folder.stat().st_ino
    with pytest.raises(Exception, match="git/"):
        filled.fetch({MAIN: HERE})
    assert filled.tip(HERE) == before
    assert filled.folder.stat().st_ino == inode, "what is wrong there must not make us build our mirror anew"
