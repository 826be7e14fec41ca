"""Bringing the agents' refs here, over real git and real TLS."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fleet.conftest import NOW
from tiangong.errors import Away
from tiangong.fleet.clone import Clone, find_clone
from tiangong.fleet.refresh import ask_push, refresh, refresh_environment
from tiangong.fleet.statuses import Fleet
from tiangong.testing.origin import Faults, Origin
from tiangong.testing.voice import Forge, installation


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    with Origin(tmp_path / "origin") as served:
        yield served


@pytest.fixture
def served(origin: Origin) -> Forge:
    return Forge.small(origin.git_dir, NOW)


@pytest.fixture
def clone(origin: Origin, served: Forge, tmp_path: Path) -> Clone:
    folder = served.clone(tmp_path / "clone", "-c", f"http.sslCAInfo={origin.ca}", url=origin.url)
    return find_clone(folder, {})


def counter(clone: Clone) -> int:
    status = Fleet(clone).one("dev", NOW).status
    return status.spec.counter if status else 0


def why(error: pytest.ExceptionInfo[Away]) -> str:
    return str(error.value.problems[0].facts.get("why", ""))


def test_every_agents_refs_come_and_nothing_else(served: Forge, clone: Clone) -> None:
    served.push("feature")
    served.voice().say()
    served.voice().beat()
    refresh(clone)
    assert counter(clone) == 1
    assert clone.tip("live/dev")
    assert not clone.tip("feature")
    assert not (clone.folder / ".git" / "FETCH_HEAD").exists()


def test_a_live_ref_without_a_past_is_replaced(served: Forge, clone: Clone) -> None:
    voice = served.voice()
    first = voice.beat()
    refresh(clone)
    assert clone.tip("live/dev") == first
    voice.now += timedelta(minutes=1)
    second = voice.beat()
    refresh(clone)
    assert clone.tip("live/dev") == second


def test_one_environment_is_asked_cheaply(origin: Origin, served: Forge, clone: Clone) -> None:
    voice = served.voice()
    voice.say()
    assert refresh_environment(clone, "dev")
    assert counter(clone) == 1
    origin.requests.clear()
    assert not refresh_environment(clone, "dev")
    assert len(origin.requests) == 2, "one look at the refs"
    voice.say(installation())
    assert refresh_environment(clone, "dev")
    assert counter(clone) == 2


def test_a_deleted_ref_leaves_what_was_known(served: Forge, clone: Clone) -> None:
    served.voice().say()
    refresh(clone)
    subprocess.run(["git", "update-ref", "-d", "refs/heads/status/dev"], cwd=served.bare, check=True)
    refresh(clone)
    assert not refresh_environment(clone, "dev")
    assert counter(clone) == 1


def test_a_remote_that_is_down_is_away(origin: Origin, served: Forge, clone: Clone) -> None:
    served.voice().say()
    refresh(clone)
    origin.stop()
    for ask in (refresh, ask_push, lambda clone: refresh_environment(clone, "dev")):
        with pytest.raises(Away) as caught:
            ask(clone)
        assert caught.value.problems[0].code == "fleet/away"
    assert counter(clone) == 1


def test_a_slow_remote_is_away(origin: Origin, clone: Clone) -> None:
    origin.faults = Faults(delay=30.0)
    with pytest.raises(Away) as caught:
        refresh(clone, within=0.5)
    assert caught.value.problems[0].code == "fleet/slow"


def test_a_remote_that_asks_for_a_password_is_away_not_a_prompt(tmp_path: Path) -> None:
    with Origin(tmp_path / "guarded", user="bob", password="secret") as origin:
        forge = Forge.small(origin.git_dir, NOW)
        folder = forge.clone(tmp_path / "clone")
        for name, value in (("http.sslCAInfo", str(origin.ca)), ("remote.origin.url", origin.url)):
            subprocess.run(["git", "config", name, value], cwd=folder, check=True)
        with pytest.raises(Away) as caught:
            refresh(find_clone(folder, {}))
        assert "could not read Username" in why(caught)


def test_an_unknown_authority_is_away(origin: Origin, served: Forge, clone: Clone) -> None:
    subprocess.run(["git", "config", "--unset", "http.sslCAInfo"], cwd=clone.folder, check=True)
    with pytest.raises(Away) as caught:
        refresh(clone)
    assert "certificate" in why(caught)


def test_whether_a_push_would_be_taken_is_asked_without_pushing(served: Forge, clone: Clone) -> None:
    before = served.bare.joinpath("refs/heads/main").read_text()
    ask_push(clone)
    assert served.bare.joinpath("refs/heads/main").read_text() == before
    subprocess.run(["git", "config", "http.receivepack", "false"], cwd=served.bare, check=True)
    with pytest.raises(Away):
        ask_push(clone)


def test_a_repository_without_a_remote_is_all_there_is(forge: Forge) -> None:
    clone = find_clone(forge.bare, {})
    refresh(clone)
    assert refresh_environment(clone, "dev") is False
