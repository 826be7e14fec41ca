"""Uninstalling file steps (D5): back to what was there before the first change, whatever came in between."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.executors.conftest import Hand, MakeHand
from tests.executors.test_file_change import V1, V2, content, hidden
from tiangong.executors.file import File

FILE = {"place": "app/server.py", "to": "etc/shop/server.conf"}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    return folder


@pytest.fixture
def me(hand: MakeHand, base: Path) -> Hand:
    return hand(File(File.Config.model_validate({"basePath": str(base)})), payload=V1)


def upgrade(me: Hand, step: Mapping[str, str], payload: Mapping[str, bytes] = V2) -> None:
    me.apply(**step)
    me.payload = payload
    me.apply(**step)


def kept(me: Hand) -> list[str]:
    return [path.name for path in (me.state / "installations/one/file").glob("*")]


def test_a_file_that_was_made_goes_with_its_folders(me: Hand, base: Path) -> None:
    upgrade(me, FILE)
    me.leave(**FILE)
    assert list(base.iterdir()) == []
    assert kept(me) == []
    me.leave(**FILE)
    assert "was not changed by this step" in me.log


def test_a_file_that_was_there_first_comes_back(me: Hand, base: Path) -> None:
    target = base / "etc/shop/server.conf"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"the host's own")
    target.chmod(0o640)
    upgrade(me, FILE)
    upgrade(me, FILE, {"app/server.py": b"v3"})
    assert target.read_bytes() == b"v3"
    me.leave(**FILE)
    assert target.read_bytes() == b"the host's own"
    assert target.stat().st_mode & 0o777 == 0o640
    assert kept(me) == []


def test_what_was_in_place_before_stays(me: Hand, base: Path) -> None:
    target = base / "etc/shop/server.conf"
    target.parent.mkdir(parents=True)
    target.write_bytes(V1["app/server.py"])
    me.apply(**FILE)
    me.leave(**FILE)
    assert target.read_bytes() == V1["app/server.py"]


def test_going_back_in_between_doesnt_forget_what_was_first(me: Hand, base: Path) -> None:
    upgrade(me, FILE)
    me.payload = V1
    me.apply(**FILE)
    me.leave(**FILE)
    assert list(base.iterdir()) == []


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_folder_goes_and_what_others_put_there_stays(me: Hand, base: Path, times: int) -> None:
    step = {"place": "app", "to": "srv/app"}
    for number in range(times):
        me.payload = (V1, V2)[number % 2]
        me.apply(**step)
    (base / "srv/app/data").mkdir()
    (base / "srv/app/data/rows").write_bytes(b"1")
    me.leave(**step)
    assert content(base) == {"srv/app/data/rows": b"1"}
    assert hidden(base) == []


def test_a_folder_that_is_left_empty_goes(me: Hand, base: Path) -> None:
    upgrade(me, {"place": "app", "to": "srv/app"})
    me.leave(place="app", to="srv/app")
    assert list(base.iterdir()) == []


def test_every_version_side_by_side_goes(me: Hand, base: Path) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        me.apply(place="app", to=f"releases/{version}", keep=3)
    assert len(list((base / "releases").iterdir())) == 3
    me.leave(place="app", to="releases/1.2.0", keep=3)
    assert list(base.iterdir()) == []


def test_links_and_directories_go(me: Hand, base: Path) -> None:
    me.executor.apply(me.job(step="dir", directory="var/shop"))
    link = {"link": "var/current", "to": "var/shop"}
    me.executor.apply(me.job(step="link", **link))
    me.leave(step="link", **link)
    assert not (base / "var/current").is_symlink()
    me.leave(step="dir", directory="var/shop")
    assert list(base.iterdir()) == []


def test_a_directory_with_data_in_it_stays(me: Hand, base: Path) -> None:
    me.apply(directory="var/shop")
    (base / "var/shop/rows").write_bytes(b"1")
    me.leave(directory="var/shop")
    assert content(base) == {"var/shop/rows": b"1"}
    assert "something else is in it" in me.log


def test_what_was_deleted_comes_back(me: Hand, base: Path) -> None:
    (base / "old").mkdir()
    (base / "old/x").write_bytes(b"x")
    me.apply(delete="old", recursive=True)
    me.leave(delete="old", recursive=True)
    assert content(base) == {"old/x": b"x"}


def test_a_folder_that_came_where_a_file_was_put_isnt_touched(me: Hand, base: Path) -> None:
    me.apply(**FILE)
    target = base / FILE["to"]
    target.unlink()
    target.mkdir()
    (target / "mine").write_bytes(b"1")
    me.leave(**FILE)
    assert (target / "mine").read_bytes() == b"1"
