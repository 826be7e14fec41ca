"""What file steps leave behind: upgrades, what else is in a folder, looks, undo, old folders, templates, large files."""

import errno
import os
import stat
import subprocess
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.executors.conftest import Hand, MakeHand
from tests.executors.test_file_contract import archive, seen
from tiangong.errors import Failed
from tiangong.executors.file import File, digests
from tiangong.messages import render
from tiangong.model.stages import Finding, Found, Health

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")

V1 = {"app/server.py": b"v1", "app/old/gone.txt": b"gone", "app/both/x": b"1"}
V2 = {"app/server.py": b"v2", "app/new/come.txt": b"come", "app/both/x": b"2"}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    return folder


def make(hand: MakeHand, base: Path, payload: dict[str, bytes] | None = None) -> Hand:
    return hand(File(File.Config.model_validate({"basePath": str(base)})), payload=payload or V1)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".tg-*")]


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_upgrade_in_place_takes_away_what_is_gone(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    me.apply(place="app", to="app")
    me.payload = V2
    assert me.probe(place="app", to="app").found is Found.DRIFTED
    me.apply(place="app", to="app")
    assert content(base / "app") == {"server.py": b"v2", "new/come.txt": b"come", "both/x": b"2"}
    assert not (base / "app/old").exists()
    me.undo(place="app", to="app")
    assert content(base / "app") == {"server.py": b"v1", "old/gone.txt": b"gone", "both/x": b"1"}
    assert hidden(base) == []


def test_what_else_is_in_a_folder_stays(hand: MakeHand, base: Path) -> None:
    """Data, logs, sockets: a program that has a file open goes on writing to what the new folder shows."""
    me = make(hand, base)
    me.apply(place="app", to="app")
    (base / "app/data/deep").mkdir(parents=True)
    (base / "app/data").chmod(0o700)
    (base / "app/data/deep/db").write_bytes(b"rows")
    (base / "app/both/log").write_bytes(b"begun\n")
    (base / "app/old/kept").write_bytes(b"kept")
    (base / "app/latest").symlink_to("data/deep")
    os.mkfifo(base / "app/pipe")
    with (base / "app/both/log").open("ab", buffering=0) as log:
        me.payload = V2
        me.apply(place="app", to="app")
        log.write(b"still here\n")
    assert (base / "app/both/log").read_bytes() == b"begun\nstill here\n"
    assert (base / "app/data/deep/db").read_bytes() == b"rows"
    assert stat.S_IMODE((base / "app/data").stat().st_mode) == 0o700
    assert (base / "app/old/kept").read_bytes() == b"kept"
    assert not (base / "app/old/gone.txt").exists()
    assert (base / "app/latest").readlink() == Path("data/deep")
    assert stat.S_ISFIFO((base / "app/pipe").stat().st_mode)
    assert me.probe(place="app", to="app").found is Found.IN_PLACE


def test_undo_keeps_data_too(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    me.apply(place="app", to="app")
    (base / "app/data").write_bytes(b"old rows")
    me.payload = V2
    me.apply(place="app", to="app")
    (base / "app/data").unlink()
    (base / "app/data").write_bytes(b"new rows")
    (base / "app/more").write_bytes(b"more")
    me.undo(place="app", to="app")
    assert content(base / "app") == {
        **{p.removeprefix("app/"): c for p, c in V1.items()},
        "data": b"new rows",
        "more": b"more",
    }
    assert hidden(base) == []


def test_undo_of_the_first_leaves_only_data(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    me.apply(place="app", to="a/b/app")
    (base / "a/b/app/both/data").write_bytes(b"rows")
    me.undo(place="app", to="a/b/app")
    assert content(base) == {"a/b/app/both/data": b"rows"}
    (base / "a/b/app/both/data").unlink()
    me.apply(place="app", to="a/b/app")
    me.undo(place="app", to="a/b/app")
    assert hidden(base) == []
    assert content(base) == {}


def test_a_file_where_the_new_version_has_a_folder(hand: MakeHand, base: Path) -> None:
    me = make(hand, base, {"app/x": b"1"})
    me.apply(place="app", to="app")
    me.payload = {"app/x/y": b"2"}
    me.apply(place="app", to="app")
    me.payload = {"app/x": b"3"}
    me.apply(place="app", to="app")
    assert content(base / "app") == {"x": b"3"}


def test_data_in_a_folder_that_becomes_a_file_is_not_lost(hand: MakeHand, base: Path) -> None:
    me = make(hand, base, {"app/x/y": b"1"})
    me.apply(place="app", to="app")
    (base / "app/x/data").write_bytes(b"rows")
    me.payload = {"app/x": b"2"}
    assert me.code(place="app", to="app") == "file/in-the-way"
    assert content(base / "app") == {"x/y": b"1", "x/data": b"rows"}
    assert hidden(base) == []


def test_a_folder_with_much_else_is_not_touched(hand: MakeHand, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiangong.executors.file.carry.MOST_ELSE", 10)
    for number in range(11):
        (base / f"precious-{number}").write_bytes(b"x")
    me = make(hand, base.parent)
    assert me.code(place="app", to="base") == "file/too-much-else"
    assert len(content(base)) == 11
    assert hidden(base.parent) == []


def test_more_in_a_folder_is_no_drift(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    me.apply(place="app", to="app")
    (base / "app/__pycache__").mkdir()
    (base / "app/__pycache__/server.pyc").write_bytes(b"x")
    assert me.probe(place="app", to="app").found is Found.IN_PLACE
    before = (base / "app").stat().st_ino
    me.apply(place="app", to="app")
    assert (base / "app").stat().st_ino == before, "what is in place isn't touched"


@pytest.mark.parametrize(
    "change",
    [
        lambda app: (app / "server.py").write_bytes(b"v9"),
        lambda app: (app / "server.py").chmod(0o666),
        lambda app: (app / "both").chmod(0o777),
        lambda app: app.chmod(0o700),
        lambda app: (app / "both/x").unlink(),
        lambda app: ((app / "server.py").unlink(), (app / "server.py").symlink_to("both/x")),
        lambda app: ((app / "old").rename(app / "moved"), (app / "old").symlink_to("moved")),
        lambda app: ((app / "both/x").unlink(), (app / "both/x").mkdir()),
    ],
)
def test_every_drift_is_seen_and_repaired(hand: MakeHand, base: Path, change: object) -> None:
    me = make(hand, base)
    me.apply(place="app", to="app")
    good = seen(base / "app")
    change(base / "app")  # type: ignore[operator]
    finding = me.probe(place="app", to="app")
    assert finding.found is Found.DRIFTED
    assert str(base / "app") in finding.detail
    assert me.executor.health(me.job(place="app", to="app")) is Health.DEGRADED
    me.apply(place="app", to="app")
    assert [one for one in seen(base / "app") if one[0] not in ("moved", "moved/gone.txt")] == good


def test_a_large_file_that_didnt_change_isnt_read_again(
    hand: MakeHand, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known by what only the system can set: the same size and time are still another content."""
    monkeypatch.setattr("tiangong.executors.file.digests.SETTLED", -1.0)
    me = make(hand, base, {"big": bytes(1 << 20)})
    me.apply(place="big", to="big")
    assert me.probe(place="big", to="big").found is Found.IN_PLACE
    reads: list[int] = []
    original = digests.digest_of
    monkeypatch.setattr(digests, "digest_of", lambda file, limits: reads.append(file) or original(file, limits))
    assert me.probe(place="big", to="big").found is Found.IN_PLACE
    assert not reads
    old = (base / "big").stat()
    with (base / "big").open("r+b") as file:
        file.write(b"x")
    os.utime(base / "big", ns=(old.st_atime_ns, old.st_mtime_ns))
    assert me.probe(place="big", to="big").found is Found.DRIFTED
    assert reads


# ── looks ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_agents_umask_changes_nothing(hand: MakeHand, base: Path) -> None:
    old = os.umask(0o077)
    try:
        me = make(hand, base)
        me.apply(place="app", to="deep/er/app")
        me.apply(place="app/server.py", to="file", step="file")
    finally:
        os.umask(old)
    modes = {str(path.relative_to(base)): stat.S_IMODE(path.stat().st_mode) for path in base.rglob("*")}
    assert modes["deep"] == modes["deep/er"] == modes["deep/er/app"] == modes["deep/er/app/old"] == 0o755
    assert modes["file"] == modes["deep/er/app/server.py"] == 0o644


@root_only
def test_a_file_keeps_the_looks_the_step_doesnt_name(hand: MakeHand, base: Path) -> None:
    (base / "conf").write_bytes(b"old")
    (base / "conf").chmod(0o600)
    os.chown(base / "conf", 1234, 4321)
    me = make(hand, base)
    me.apply(place="app/server.py", to="conf")
    what = (base / "conf").stat()
    assert (stat.S_IMODE(what.st_mode), what.st_uid, what.st_gid) == (0o600, 1234, 4321)
    me.apply(place="app/server.py", to="conf", mode="0640", group="55")
    what = (base / "conf").stat()
    assert (stat.S_IMODE(what.st_mode), what.st_uid, what.st_gid) == (0o640, 1234, 55)


def test_executable_goes_with_the_right_to_read(hand: MakeHand, base: Path) -> None:
    me = make(hand, base, {"app/bin/run": b"#!", "app/data": b"x"})
    me.apply(place="app", to="app", mode="0640", executable=["bin/*"])
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in (base / "app").rglob("*")}
    assert modes == {"bin": "0o750", "run": "0o750", "data": "0o640"}
    me.apply(place="app/bin/run", to="run", step="one", executable=["run"])
    assert stat.S_IMODE((base / "run").stat().st_mode) == 0o755
    (base / "run").chmod(0o644)
    assert me.probe(place="app/bin/run", to="run", step="one", executable=["run"]).found is Found.DRIFTED


def test_archives_give_no_rights_away(hand: MakeHand, base: Path) -> None:
    me = make(hand, base, {"app.tgz": archive()})
    me.apply(unpack="app.tgz", to="app")
    assert stat.S_IMODE((base / "app/bin/run").stat().st_mode) == 0o755
    assert stat.S_IMODE((base / "app/web/index.html").stat().st_mode) == 0o644


def test_nobody_sees_a_secret_while_it_is_written(hand: MakeHand, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen_modes = []
    original = os.fchmod

    def watching(file: int, mode: int) -> None:
        seen_modes.append(stat.S_IMODE(os.fstat(file).st_mode))
        original(file, mode)

    monkeypatch.setattr(os, "fchmod", watching)
    make(hand, base).apply(place="app/server.py", to="secret", mode="0600")
    assert seen_modes == [0o600]


# ── keep ─────────────────────────────────────────────────────────────────────────────────────────────────────
def place(me: Hand, base: Path, *versions: str, keep: int = 2) -> list[str]:
    for version in versions:
        me.apply(place="app", to=f"shop/releases/{version}", keep=keep, step="place")
    return sorted(path.name for path in (base / "shop/releases").iterdir())


def test_old_folders_go(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    assert place(me, base, "1", "2", "3", "4", "5", keep=3) == ["3", "4", "5"]
    assert "removed the old" in me.log


def test_a_folder_a_link_leads_to_stays(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    place(me, base, "1")
    (base / "shop/current").symlink_to(base / "shop/releases/1")
    assert place(me, base, "2", "3", "4") == ["1", "3", "4"]
    (base / "shop/current").unlink()
    (base / "shop/releases/tool").symlink_to("1/server.py")
    assert place(me, base, "5") == ["1", "4", "5", "tool"]
    (base / "shop/releases/tool").unlink()
    assert place(me, base, "6") == ["5", "6"]


def test_what_this_step_didnt_place_stays(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    (base / "shop/releases/by-hand").mkdir(parents=True)
    me.apply(place="app", to="shop/releases/other", keep=2, step="other")
    me.apply(place="app", to="shop/elsewhere", keep=2, step="place")
    assert place(me, base, "1", "2", "3") == ["2", "3", "by-hand", "other"]
    assert (base / "shop/elsewhere").is_dir()


def test_going_back_makes_the_old_one_the_newest(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    place(me, base, "1", "2")
    assert place(me, base, "1", "3", "4") == ["3", "4"]
    place(me, base, "3")
    assert place(me, base, "5") == ["3", "5"]


def test_a_folder_that_cant_be_removed_is_a_note(hand: MakeHand, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = make(hand, base)
    place(me, base, "1", "2")
    with monkeypatch.context() as change:
        change.setattr("tiangong.executors.file.keep._remove", _denied)
        assert place(me, base, "3") == ["1", "2", "3"]
    assert "stays: file/denied" in me.log
    assert place(me, base, "4") == ["3", "4"]


def _denied(*_: object) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def test_keep_is_for_folders(hand: MakeHand, base: Path) -> None:
    assert make(hand, base).code(place="app/server.py", to="x", keep=2) == "file/keep-of-file"


# ── undo ─────────────────────────────────────────────────────────────────────────────────────────────────────
@root_only
def test_undo_brings_back_bytes_mode_and_owner(hand: MakeHand, base: Path) -> None:
    (base / "conf").write_bytes(b"old")
    (base / "conf").chmod(0o604)
    os.chown(base / "conf", 12, 34)
    me = make(hand, base)
    before = seen(base)
    me.apply(place="app/server.py", to="conf", mode="0600", owner="0", group="0")
    me.apply(place="app/server.py", to="conf", mode="0600", owner="0", group="0")
    assert seen(base) != before
    me.undo(place="app/server.py", to="conf")
    assert seen(base) == before


def test_undo_brings_back_the_version_before(hand: MakeHand, base: Path) -> None:
    me = make(hand, base, {"conf": b"1"})
    for number in (b"1", b"2", b"3"):
        me.payload = {"conf": number}
        me.apply(place="conf", to="conf")
    me.undo(place="conf", to="conf")
    assert (base / "conf").read_bytes() == b"2"
    state = me.state / "installations/one/file"
    assert list(state.iterdir()) == []


def test_undo_of_what_was_in_place_already(hand: MakeHand, base: Path) -> None:
    (base / "conf").write_bytes(b"1")
    me = make(hand, base, {"conf": b"1"})
    me.apply(place="conf", to="conf")
    me.undo(place="conf", to="conf")
    assert (base / "conf").read_bytes() == b"1"
    assert "was not changed" in me.log


def test_a_backup_may_be_on_another_disk(hand: MakeHand, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def across(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    (base / "conf").write_bytes(b"old" * 700_000)
    me = make(hand, base)
    monkeypatch.setattr(os, "link", across)
    me.apply(place="app/server.py", to="conf")
    (backup,) = (me.state / "installations/one/file").glob("*.old")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    me.undo(place="app/server.py", to="conf")
    assert (base / "conf").read_bytes() == b"old" * 700_000


def test_without_a_backup_nothing_comes_back(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    (base / "old/inner").mkdir(parents=True)
    spec = File.Spec.model_validate({"delete": "old", "recursive": True, "backup": False})
    assert not me.executor.traits(spec).reversible
    me.apply(delete="old", recursive=True, backup=False)
    assert list(base.iterdir()) == []


def test_a_deleted_folder_comes_back(hand: MakeHand, base: Path) -> None:
    (base / "old").mkdir()
    (base / "old/file").write_bytes(b"x")
    me = make(hand, base)
    before = seen(base)
    assert me.code(delete="old") == "file/not-recursive"
    me.apply(delete="old", recursive=True)
    assert seen(base) == []
    me.undo(delete="old", recursive=True)
    assert seen(base) == before
    assert hidden(base) == []


def test_a_directory_that_was_filled_since_stays(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    me.apply(directory="a/b")
    (base / "a/b/data").write_bytes(b"x")
    with pytest.raises(Failed) as caught:
        me.undo(directory="a/b")
    assert caught.value.problems[0].code == "file/not-empty"
    (base / "a/b/data").unlink()
    me.undo(directory="a/b")
    assert list(base.iterdir()) == []


def test_a_directory_that_was_there_gets_its_looks_back(hand: MakeHand, base: Path) -> None:
    (base / "d").mkdir(mode=0o711)
    (base / "d/kept").write_bytes(b"x")
    me = make(hand, base)
    before = seen(base)
    me.apply(directory="d", mode="0700")
    assert stat.S_IMODE((base / "d").stat().st_mode) == 0o700
    me.undo(directory="d", mode="0700")
    assert seen(base) == before


@pytest.fixture
def mount() -> Iterator[Callable[[Path], None]]:
    """Mount an empty file system on a folder; skips where that isn't possible."""
    mounted: list[Path] = []

    def at(folder: Path) -> None:
        done = subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("nothing can be mounted here")
        mounted.append(folder)

    yield at
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


@root_only
@pytest.mark.parametrize("name", ["data", "with a space"])
def test_what_is_mounted_inside_is_left_alone(
    hand: MakeHand, base: Path, mount: Callable[[Path], None], name: str
) -> None:
    me = make(hand, base)
    place(me, base, "1")
    (base / "shop/releases/1" / name).mkdir()
    mount(base / "shop/releases/1" / name)
    (base / "shop/releases/1" / name / "rows").write_bytes(b"rows")
    me.payload = V2
    for step in (
        {"delete": "shop", "recursive": True, "backup": False},
        {"delete": "shop", "recursive": True},
        {"delete": f"shop/releases/1/{name}", "recursive": True},
    ):
        assert me.code(**step) == "file/mounted"
    assert me.code(place="app", to="shop/releases/1", step="place") == "file/refused-by-system"
    with pytest.raises(Failed):
        me.undo(place="app", to="shop/releases/1", step="place")
    assert place(me, base, "2", "3", "4") == ["1", "3", "4"]
    assert f"[the old {base}/shop/releases/1 stays: file/mounted]" in me.log
    assert (base / "shop/releases/1" / name / "rows").read_bytes() == b"rows"
    assert hidden(base) == []


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_link_is_never_missing_while_it_is_swapped(hand: MakeHand, base: Path) -> None:
    (base / "1").mkdir()
    (base / "2").mkdir()
    me = make(hand, base)
    me.apply(link="current", to="1")
    stop, gone = threading.Event(), []

    def watch() -> None:
        while not stop.is_set():
            if not (base / "current").is_dir():
                gone.append(1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(40):
        me.apply(link="current", to=str(number % 2 + 1))
    stop.set()
    watcher.join()
    assert not gone
    assert (base / "current").readlink() == base / "2"


# ── templates ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("template", "code", "line"),
    [
        (b"a\n{{ b }", "file/template-syntax", 2),
        (b"{% for x in y %}", "file/template-syntax", 1),
        (b"\n\n{{ nothing }}", "file/template-undefined", 3),
        (b"{{ name.missing }}", "file/template-undefined", 1),
        (b"{% include 'x' %}", "file/template-failed", 1),
        (b"{{ ''.__class__.__mro__ }}", "file/template-unsafe", 1),
        (b"{{ items.append(1) }}", "file/template-unsafe", 1),
        (b"{{ cycler.__init__.__globals__ }}", "file/template-unsafe", 1),
        (b"{{ 'secretvalue' + 1 }}", "file/template-failed", 1),
        (b"{{ 1 / 0 }}", "file/template-failed", 1),
        (b"{% for x in range(99999) %}{{ 'x' * 100 }}{% endfor %}", "file/template-too-much", None),
        (b"{{ 'x' * 999999999999 }}", "file/template-too-much", None),
        (b"{{ 'x' | center(99999999999) }}", "file/template-too-much", None),
        (
            b"{% set n = namespace(s='x') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
            "file/template-too-much",
            None,
        ),
        (b"\xff\xfe", "file/template-not-text", None),
    ],
)
def test_templates_that_are_refused(hand: MakeHand, base: Path, template: bytes, code: str, line: int | None) -> None:
    me = make(hand, base, {"t": template})
    error = me.failure(template="t", to="x", values={"name": "secretvalue", "items": [1]})
    (problem,) = error.problems
    assert problem.code == code
    assert problem.place is not None
    assert problem.place.path == "t"
    assert line is None or problem.place.line == line
    assert "secretvalue" not in render(problem)
    assert list(base.iterdir()) == []


def test_a_template_is_text_not_html(hand: MakeHand, base: Path) -> None:
    template = (
        "ü = {{ password }}\n{% for h in hosts %}{{ h.name }}:{{ h.port }}{{ ',' if not loop.last }}{% endfor %}\n"
    )
    me = make(hand, base, {"t": template.encode()})
    values = {"password": "<&'\"é>", "hosts": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]}
    me.apply(template="t", to="x", values=values)
    assert (base / "x").read_text() == "ü = <&'\"é>\na:1,b:2\n"


def test_nothing_is_rendered_again_without_need(hand: MakeHand, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = make(hand, base, {"t": b"{{ a }}"})
    me.apply(template="t", to="x", values={"a": 1})
    monkeypatch.setattr("tiangong.executors.file.template.PROGRAM", Path("/nowhere"))
    assert me.probe(template="t", to="x", values={"a": 1}).found is Found.IN_PLACE
    assert me.code(template="t", to="x", values={"a": 2}) == "file/template-too-much"


# ── large, full, wrong ───────────────────────────────────────────────────────────────────────────────────────
def test_large_files_in_constant_memory(hand: MakeHand, base: Path) -> None:
    size = 1 << 28
    with (base / "huge").open("wb") as huge:
        huge.truncate(size)
    me = make(hand, base)
    tracemalloc.start()
    try:
        me.apply(copy="huge", to="copy")
        assert me.probe(copy="huge", to="copy").found is Found.IN_PLACE
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (base / "copy").stat().st_size == size
    assert peak < 16 << 20


def test_a_full_disk_leaves_what_was_there(hand: MakeHand, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = make(hand, base)
    me.apply(place="app", to="app")
    me.apply(place="app/server.py", to="file", step="file")
    before, me.payload, left, original = seen(base), V2, [1], os.write

    def full(file: int, data: bytes) -> int:
        if not left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left.pop()
        return original(file, data[:1])

    monkeypatch.setattr(os, "write", full)
    for step in ({"place": "app", "to": "app"}, {"place": "app/server.py", "to": "file", "step": "file"}):
        error = me.failure(**step)
        assert error.problems[0].code == "file/no-space"
        assert "No space left" in render(error.problems[0])
    monkeypatch.undo()
    assert seen(base) == before
    assert hidden(base) == []
    me.apply(place="app", to="app")
    assert (base / "app/server.py").read_bytes() == b"v2"


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"place": "a", "template": "b", "to": "/x"},
        {"place": "a"},
        {"place": "/a", "to": "/x"},
        {"place": "../a", "to": "/x"},
        {"link": "/x"},
        {"delete": "/x", "to": "/y"},
        {"delete": "/x", "mode": "0644"},
        {"directory": "/x", "keep": 2},
        {"place": "a", "to": "/x", "recursive": True},
        {"place": "a", "to": "/x", "values": {}},
        {"place": "a", "to": "/x", "keep": 1},
        {"place": "a", "to": "/x", "mode": 644},
        {"place": "a", "to": "/x", "mode": "rw-r--r--"},
        {"place": "a", "to": "/x", "mode": "4755"},
        {"place": "a", "to": "/x", "owner": "a b"},
        {"place": "a", "to": "/x", "strip": 1},
        {"unpack": "a", "to": "/x", "strip": 99},
        {"place": "a", "to": "/" + "x" * 300},
    ],
)
def test_steps_that_make_no_sense(spec: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        File.Spec.model_validate(spec)


def test_accounts_that_are_not_there(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    assert me.code(place="app", to="x", owner="nobody-of-this-name") == "file/no-user"
    assert me.code(place="app", to="x", group="nobody-of-this-name") == "file/no-group"
    assert me.code(place="app", to="x", owner="99999999999") == "file/no-user"
    assert list(base.iterdir()) == []


def test_findings_say_what_they_saw(hand: MakeHand, base: Path) -> None:
    me = make(hand, base)
    assert me.probe(place="app", to="app") == Finding(Found.MISSING, f"{base}/app isn't there")
    (base / "old").write_bytes(b"x")
    assert me.probe(delete="old") == Finding(Found.MISSING, f"{base}/old is still there")
    assert me.executor.health(me.job(delete="old")) is Health.DEGRADED
    assert me.probe(delete="never") == Finding(Found.IN_PLACE)
    assert me.probe(delete="never/below") == Finding(Found.IN_PLACE)
    me.apply(delete="never/below")
    assert me.executor.preview(me.job(link="l", to="old")) == f"lets {base}/l lead to old\n{base}/l isn't there"
