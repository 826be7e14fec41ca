"""200 environments: what reading them costs in processor time, which doesn't depend on what else this machine does."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fleet.conftest import NOW
from tests.person import Person
from tiangong.fleet.clone import find_clone
from tiangong.fleet.statuses import Fleet
from tiangong.model.status import STATUS_FILE
from tiangong.testing.voice import DIGEST, Forge, installation

COUNT = 200
FIRST, AGAIN, WHOLE = 3.0, 1.0, 6.0
"""seconds allowed; measured on two cores at 2.6 GHz: 0.7, 0.15, 1.3"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mirror of a fleet whose statuses are as long as real ones: two installations, thirty marks."""
    forge = Forge.small(tmp_path_factory.mktemp("many") / "control.git", NOW)
    names = [f"site-{number:03}" for number in range(COUNT)]
    for name in names:
        forge.world.environment(name, {"tier": "prod"})
    forge.push()
    steps = {f"step-{number}": DIGEST for number in range(6)}
    marks = {f"products/shop/releases/1.{n}.0/release.yaml": {"generation": 1, "digest": DIGEST} for n in range(30)}
    first = forge.voice(names[0])
    spec = first.status(installation(doneSteps=steps), installation("auth", doneSteps=steps), marks=marks)
    template = first.document("Status", names[0], spec)
    for name in names:
        voice, raw = forge.voice(name), template.replace(names[0].encode(), name.encode())
        voice.push_status({STATUS_FILE: raw, **voice.signature(STATUS_FILE, raw)})
        voice.beat()
    return forge.bare


def spent(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def test_reading_200_environments(many: Path) -> None:
    fleet = Fleet(find_clone(many, {}))
    found = [said for said in fleet.all(NOW, labelled=False) if said.status]
    assert len(found) == COUNT
    fleet = Fleet(find_clone(many, {}))
    assert spent(lambda: list(fleet.all(NOW, labelled=False))) < FIRST
    assert spent(lambda: list(fleet.all(NOW, labelled=False))) < AGAIN


def test_showing_200_environments(many: Path, tmp_path: Path) -> None:
    reader = Person(tmp_path / "reader", "rita", key=False)
    assert spent(lambda: reader.run("status", "--offline", cwd=many)) < WHOLE
    lines = reader.run("status", "--offline", cwd=many).out.splitlines()
    assert len([line for line in lines if line.startswith("site-")]) == 2 * COUNT
