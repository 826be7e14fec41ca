"""Nothing is written, read or removed outside of the ground, whatever links stand on the way or appear meanwhile."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.executors.conftest import Hand, MakeHand
from tests.executors.test_file_contract import seen
from tiangong.errors import Misuse, Refused, TiangongError
from tiangong.executors.file import File
from tiangong.model.environment import Envelope
from tiangong.model.stages import Found

PAYLOAD = {"app/one": b"1", "app/deep/two": b"2", "file": b"content"}


def make(hand: MakeHand, base: Path | None = None, **more: object) -> Hand:
    config = {"basePath": str(base)} if base else {}
    return hand(File(File.Config.model_validate(config)), payload=PAYLOAD, **more)


@pytest.mark.parametrize("to", ["/etc/x", "/", "..", "../x", "a/../../x", "/srv/../etc/x", "", ".", "a\0b", "a\nb"])
def test_paths_that_lead_elsewhere(hand: MakeHand, tmp_path: Path, to: str) -> None:
    me = make(hand, tmp_path / "base")
    with pytest.raises((ValidationError, Misuse)) as caught:
        me.apply(place="file", to=to)
    if isinstance(caught.value, Misuse):
        assert caught.value.problems[0].code == "file/outside-base"
    assert not (tmp_path / "base").exists()


def test_a_relative_path_needs_a_base(hand: MakeHand) -> None:
    assert make(hand).code(place="file", to="x") == "file/relative"


def test_the_base_itself_is_never_replaced_or_deleted(hand: MakeHand, tmp_path: Path) -> None:
    me = make(hand, tmp_path / "base")
    assert me.code(delete=str(tmp_path / "base"), recursive=True) == "file/outside-base"
    assert me.code(delete=str(tmp_path), recursive=True) == "file/outside-base"


def test_a_name_that_begins_like_the_base_is_outside(hand: MakeHand, tmp_path: Path) -> None:
    assert make(hand, tmp_path / "base").code(place="file", to=str(tmp_path / "base-else/x")) == "file/outside-base"


def test_the_base_may_be_a_link_of_the_host(hand: MakeHand, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "srv").symlink_to(tmp_path / "data")
    make(hand, tmp_path / "srv").apply(place="file", to=str(tmp_path / "srv/x"))
    assert (tmp_path / "data/x").read_bytes() == b"content"


@pytest.mark.parametrize(
    "step",
    [
        {"place": "file", "to": "link/x"},
        {"place": "file", "to": "link/deep/x"},
        {"place": "app", "to": "link/x"},
        {"copy": "link/secret", "to": "x"},
        {"copy": "x", "to": "link/x"},
        {"delete": "link/secret"},
        {"directory": "link/x"},
        {"link": "link/x", "to": "here"},
    ],
)
def test_a_link_on_the_way_is_refused(hand: MakeHand, tmp_path: Path, step: dict[str, str]) -> None:
    outside, base = tmp_path / "outside", tmp_path / "base"
    outside.mkdir()
    base.mkdir()
    (outside / "secret").write_text("secret")
    (base / "link").symlink_to(outside)
    (base / "x").write_text("x")
    before = seen(outside)
    error = make(hand, base).failure(**step)
    assert isinstance(error, Refused)
    assert error.problems[0].code == "file/link-on-the-way"
    assert str(error.problems[0].place) == str(base / "link")
    assert seen(outside) == before


def test_a_link_at_the_end_is_replaced_not_followed(hand: MakeHand, tmp_path: Path) -> None:
    base, outside = tmp_path / "base", tmp_path / "outside"
    base.mkdir()
    outside.write_text("outside")
    (base / "x").symlink_to(outside)
    me = make(hand, base)
    me.apply(place="file", to="x")
    assert (base / "x").read_bytes() == b"content"
    assert not (base / "x").is_symlink()
    assert outside.read_text() == "outside"
    me.undo(place="file", to="x")
    assert (base / "x").readlink() == outside


def test_deleting_a_folder_leaves_what_its_links_lead_to(hand: MakeHand, tmp_path: Path) -> None:
    base, outside = tmp_path / "base", tmp_path / "outside"
    (base / "old").mkdir(parents=True)
    outside.mkdir()
    (outside / "kept").write_text("kept")
    (base / "old/link").symlink_to(outside)
    make(hand, base).apply(delete="old", recursive=True, backup=False)
    assert not (base / "old").exists()
    assert (outside / "kept").read_text() == "kept"


def test_a_copied_folder_may_not_hold_links_that_lead_out(hand: MakeHand, tmp_path: Path) -> None:
    base = tmp_path / "base"
    (base / "source").mkdir(parents=True)
    (base / "source/ok").symlink_to("inside")
    me = make(hand, base)
    me.apply(copy="source", to="copy")
    assert (base / "copy/ok").readlink() == Path("inside")
    for target in ("/etc/passwd", "../../x", "ok/../../.."):
        (base / "source/bad").symlink_to(target)
        assert me.code(copy="source", to="other") == "file/link-out"
        assert not (base / "other").exists()
        (base / "source/bad").unlink()


def test_a_pipe_in_the_way_doesnt_stop_anything(hand: MakeHand, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    os.mkfifo(base / "x")
    me = make(hand, base)
    assert me.probe(place="file", to="x").found is Found.DRIFTED
    assert me.code(place="file", to="x") == "file/in-the-way"
    assert me.code(copy="x", to="y") == "file/odd-source"


def test_envelopes_are_kept_also_without_the_planner(hand: MakeHand, tmp_path: Path) -> None:
    allowed = (Envelope(paths=(f"{tmp_path}/a/**",)), Envelope(paths=(f"{tmp_path}/**",)))
    me = make(hand, envelopes=allowed)
    me.apply(place="file", to=f"{tmp_path}/a/x")
    for step in ({"place": "file", "to": f"{tmp_path}/b/x"}, {"copy": "/etc/hostname", "to": f"{tmp_path}/a/y"}):
        error = me.failure(**step)
        assert isinstance(error, Refused)
        assert error.problems[0].code == "constraint/envelope"
    with pytest.raises(Refused):
        me.undo(place="file", to=f"{tmp_path}/b/x")


names = st.sampled_from(["a", "b", "out", "..", ".", "x", "", "é"])
paths = st.lists(names, min_size=1, max_size=5).map("/".join)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(
    links=st.lists(
        st.tuples(paths, st.sampled_from(["/", "..", "../..", "../outside", "a", "b", "x/..", "."])), max_size=4
    ),
    steps=st.lists(
        st.tuples(st.sampled_from(["place", "folder", "copy", "link", "delete", "directory", "undo"]), paths, paths),
        min_size=1,
        max_size=6,
    ),
    absolute=st.booleans(),
)
def test_nothing_ever_leaves_the_base(
    links: list[tuple[str, str]], steps: list[tuple[str, str, str]], absolute: bool
) -> None:
    room = Path(tempfile.mkdtemp(prefix="tiangong-ground-"))
    try:
        outside, base = room / "outside", room / "base"
        (outside / "a").mkdir(parents=True)
        (outside / "a/x").write_text("precious")
        base.mkdir()
        for path, target in links:
            spot = Path(os.path.normpath(base / path.strip("/")))
            inside = spot != base and spot.parent.resolve().is_relative_to(base)
            if inside and not os.path.lexists(spot) and spot.parent.is_dir():
                spot.symlink_to(target)
        before = seen(outside)
        me = Hand(File(File.Config.model_validate({"basePath": str(base)})), room / "state", PAYLOAD)
        for kind, one, other in steps:
            _try(me, kind, f"{base}/{one}" if absolute else one, other)
        assert seen(outside) == before
        assert {path.name for path in room.iterdir()} <= {"outside", "base", "state"}
    finally:
        shutil.rmtree(room)


def _try(me: Hand, kind: str, one: str, other: str) -> None:
    ways = {
        "place": {"place": "file", "to": one},
        "folder": {"place": "app", "to": one},
        "copy": {"copy": other, "to": one},
        "link": {"link": one, "to": other},
        "delete": {"delete": one, "recursive": True},
        "directory": {"directory": one},
        "undo": {"place": "app", "to": one},
    }
    with contextlib.suppress(TiangongError, ValidationError):
        (me.undo if kind == "undo" else me.apply)(step=kind.replace("undo", "folder"), **ways[kind])


SWAPPER = """
import os, sys
from tiangong.executors.file.system import exchange
folder = os.open(sys.argv[1], os.O_RDONLY)
print("swaps", flush=True)
while True:
    exchange(folder, "spot", "decoy")
"""


def test_a_link_that_comes_and_goes_while_files_are_placed(hand: MakeHand, tmp_path: Path) -> None:
    """Another process with the right to write in the base swaps a folder for a link, again and again."""
    base, outside = tmp_path / "base", tmp_path / "outside"
    (base / "spot").mkdir(parents=True)
    outside.mkdir()
    (base / "decoy").symlink_to(outside)
    outcomes = set()
    me = make(hand, base)
    with subprocess.Popen([sys.executable, "-c", SWAPPER, str(base)], stdout=subprocess.PIPE) as swapper:
        assert swapper.stdout is not None
        assert swapper.stdout.readline() == b"swaps\n"
        try:
            for number in range(400):
                step = "app" if number % 3 == 0 else "file"
                try:
                    me.apply(place=step, to=f"spot/{number}", step=f"s{number}", backup=False)
                    outcomes.add("done")
                except TiangongError as error:
                    outcomes.add(error.problems[0].code)
        finally:
            swapper.kill()
    assert not list(outside.iterdir()), "something was written through the link"
    assert outcomes <= {"done", "file/link-on-the-way", "file/not-a-folder", "file/refused-by-system"}
    assert {"done", "file/link-on-the-way"} <= outcomes, "the race was never met"
