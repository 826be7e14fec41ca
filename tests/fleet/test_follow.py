"""Following a run from another clone over real TLS; what the agent does meanwhile happens while we pause."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fleet.conftest import NOW
from tiangong.errors import Failed
from tiangong.fleet.clone import find_clone
from tiangong.fleet.follow import FASTEST, PATIENCE, SLOWEST, follow
from tiangong.fleet.logs import Reader, View
from tiangong.fleet.statuses import Fleet
from tiangong.testing.fakes import FixedClock
from tiangong.testing.origin import Origin
from tiangong.testing.voice import Forge, Voice, installation

RUN = "20261125t120000-a1b2c3"
STEP = {"run": RUN, "installation": "shop", "version": "1.0.0", "step": "place"}
Scene = Callable[[], object]


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    with Origin(tmp_path / "origin") as served:
        yield served


@pytest.fixture
def voice(origin: Origin) -> Voice:
    voice = Forge.small(origin.git_dir, NOW).voice()
    voice.say(installation())
    return voice


@pytest.fixture
def fleet(origin: Origin, voice: Voice, tmp_path: Path) -> Fleet:
    forge = Forge(origin.git_dir, None, NOW)  # type: ignore[arg-type] -- only its clone is wanted
    return Fleet(find_clone(forge.clone(tmp_path / "c", "-c", f"http.sslCAInfo={origin.ca}", url=origin.url), {}))


class Play:
    """Scenes that happen one after the other, one for each pause; then nothing happens any more."""

    def __init__(self, *scenes: Scene) -> None:
        self.scenes = list(scenes)
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.scenes:
            self.scenes.pop(0)()


def watch(fleet: Fleet, play: Play) -> tuple[list[str], list[View]]:
    reader, lines, views = Reader(), [], []
    for view in follow(fleet, "dev", RUN, FixedClock(NOW), play):
        views.append(view)
        lines += [line for _, line in reader.news(view)]
    return lines, views


def running(voice: Voice, tail: bytes, offset: int = 0) -> Scene:
    return lambda: voice.beat({**STEP, "offset": offset, "size": offset + len(tail)}, logs={f"{RUN}/place": tail})


def ended(voice: Voice, log: bytes, result: str = "succeeded") -> Scene:
    def scene() -> None:
        voice.ran(RUN, {"place": log}, result=result)
        voice.say(installation())

    return scene


def test_a_running_step_is_followed_until_it_ended(fleet: Fleet, voice: Voice) -> None:
    log = b"one\ntwo\nthree\nfour"
    play = Play(running(voice, log[:5]), running(voice, log[4:9], 4), running(voice, log[8:], 8), ended(voice, log))
    lines, views = watch(fleet, play)
    assert lines == ["one", "two", "three", "four"]
    assert views[-1].result == "succeeded"
    assert views[-1].signed
    assert [view.runs_now for view in views] == [False, True, True, True, False]


def test_it_looks_often_while_there_is_news_and_less_often_later(fleet: Fleet, voice: Voice) -> None:
    calm: list[Scene] = [lambda: None] * 6
    play = Play(running(voice, b"a\n"), *calm, running(voice, b"b\n", 2), ended(voice, b"a\nb\n", "failed"))
    _, views = watch(fleet, play)
    assert views[-1].result == "failed"
    assert play.waits[:2] == [FASTEST, FASTEST]
    assert play.waits[2:8] == sorted(play.waits[2:8])
    assert play.waits[7] == SLOWEST
    assert play.waits[8] == FASTEST


def test_a_remote_that_goes_away_for_a_while_ends_nothing(fleet: Fleet, voice: Voice, origin: Origin) -> None:
    play = Play(running(voice, b"a\n"), origin.stop, lambda: None, origin.start, ended(voice, b"a\nb\n"))
    lines, views = watch(fleet, play)
    assert lines == ["a", "b"]
    assert [[problem.code for problem in view.problems] for view in views][2] == ["fleet/away"]
    assert views[-1].problems == ()


def test_a_run_that_nobody_speaks_of_any_more_is_given_up(fleet: Fleet, voice: Voice) -> None:
    play = Play(running(voice, b"a\n"), voice.beat)
    with pytest.raises(Failed) as caught:
        watch(fleet, play)
    assert caught.value.problems[0].code == "fleet/run-silent"
    assert PATIENCE <= sum(play.waits) <= PATIENCE + 3 * SLOWEST


def test_a_run_that_comes_into_doubt_has_ended(fleet: Fleet, voice: Voice) -> None:
    run = {"id": RUN, "version": "1.0.0", "kind": "install", "result": "in-doubt", "started": NOW.isoformat()}
    doubt = {**run, "steps": {"place": "in-doubt"}}
    play = Play(running(voice, b"a\n"), lambda: voice.say(installation(run=doubt)))
    lines, views = watch(fleet, play)
    assert (lines, views[-1].result) == (["a"], "in-doubt")


def test_a_forged_live_ref_shows_nothing(fleet: Fleet, voice: Voice) -> None:
    liar = Voice(voice.bare, "dev", Forge.small(voice.bare.parent / "other.git", NOW).world.person("mallory"), NOW)
    play = Play(running(liar, b"all is well\n"), ended(voice, b"failed\n", "failed"))
    lines, views = watch(fleet, play)
    assert lines == ["failed"]
    assert not any(view.runs_now for view in views)


def test_the_age_of_a_run_plays_no_part(fleet: Fleet, voice: Voice) -> None:
    voice.now -= timedelta(days=3)
    ended(voice, b"a\n")()
    lines, views = watch(fleet, Play(lambda: None))
    assert (lines, len(views)) == (["a"], 2)
