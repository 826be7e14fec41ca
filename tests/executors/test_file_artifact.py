"""File steps with artifacts: nothing is fetched to look, nothing is read into memory as a whole."""

import hashlib
import os
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.executors.conftest import Hand, MakeHand
from tiangong.errors import TiangongError
from tiangong.executors.file import File
from tiangong.model.product import Artifact
from tiangong.model.reference import to_artifact
from tiangong.model.stages import Found
from tiangong.ports import Job

WEB = to_artifact("web")


class Artifacts:
    """Hands out one file as an artifact, and counts."""

    def __init__(self, me: Hand, file: Path) -> None:
        self.me, self.file, self.fetched = me, file, 0
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        self.known = Artifact(name="web", digest=f"sha256:{digest}", size=file.stat().st_size)

    def get(self, name: str) -> Path:
        assert name == "web"
        self.fetched += 1
        return self.file

    def job(self, **values: Any) -> Job:
        return replace(self.me.job(**values), artifacts={"web": self.known}, artifact=self.get)

    def apply(self, **values: Any) -> None:
        self.me.executor.apply(self.job(**values))

    def found(self, **values: Any) -> Found:
        return self.me.executor.probe(self.job(**values)).found


@pytest.fixture
def artifacts(hand: MakeHand, tmp_path: Path) -> Artifacts:
    (tmp_path / "srv").mkdir()
    (tmp_path / "index.html").write_text("hello")
    with tarfile.open(tmp_path / "web.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "index.html", "dist/index.html")
    me = hand(File(File.Config.model_validate({"basePath": str(tmp_path / "srv")})))
    return Artifacts(me, tmp_path / "web.tar.gz")


def test_unpacked_once_and_looked_at_without_it(artifacts: Artifacts, tmp_path: Path) -> None:
    spec = {"unpack": WEB, "to": "app", "strip": 1}
    assert artifacts.found(**spec) is Found.MISSING or artifacts.fetched <= 1
    artifacts.fetched = 0
    artifacts.apply(**spec)
    assert artifacts.fetched == 1
    assert (tmp_path / "srv/app/index.html").read_text() == "hello"
    assert artifacts.found(**spec) is Found.IN_PLACE
    artifacts.apply(**spec)
    assert artifacts.fetched == 1
    (tmp_path / "srv/app/index.html").write_text("changed")
    assert artifacts.found(**spec) is Found.DRIFTED
    assert artifacts.fetched == 1
    artifacts.me.executor.undo(artifacts.job(**spec))
    assert not (tmp_path / "srv/app").exists()


def test_placed_as_it_is(artifacts: Artifacts, tmp_path: Path) -> None:
    spec = {"place": WEB, "to": "bin/web", "executable": ["web"], "mode": "0640"}
    assert artifacts.found(**spec) is Found.MISSING
    assert artifacts.fetched == 0
    artifacts.apply(**spec)
    assert (tmp_path / "srv/bin/web").read_bytes() == artifacts.file.read_bytes()
    assert (tmp_path / "srv/bin/web").stat().st_mode & 0o777 == 0o750
    assert artifacts.found(**spec) is Found.IN_PLACE
    artifacts.apply(**spec)
    assert artifacts.fetched == 1


def test_an_artifact_the_release_hasnt(artifacts: Artifacts) -> None:
    with pytest.raises(TiangongError) as caught:
        artifacts.me.executor.apply(artifacts.me.job(unpack=WEB, to="app"))
    assert caught.value.problems[0].code == "file/no-artifact"


GROWTH = 16 << 20
UNPACK = """
import sys, threading, time
from pathlib import Path
from tiangong.executors.file import File
from tiangong.model.product import Artifact
from tiangong.ports import Job
folder, file, size = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
known = Artifact(name="web", digest="sha256:" + "0" * 64, size=file.stat().st_size)
executor = File(File.Config.model_validate({"basePath": str(folder)}))
spec = executor.Spec.model_validate({"unpack": "${artifact:web}", "to": "app"})
(folder / "state").mkdir()
job = Job(spec, "one", "step", "p@1", {}.__getitem__, (), folder / "state", (), time.monotonic() + 60,
          threading.Event(), lambda _: None, {"web": known}, lambda _: file)
def most():
    (line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(line.split()[1]) << 10
before = most()
executor.apply(job)
assert (folder / "app/large").stat().st_size == size
print(most() - before)
"""


def test_memory_doesnt_grow_with_the_archive(tmp_path: Path) -> None:
    size = int(os.environ.get("TIANGONG_LARGE", str(64 << 20)))
    piece = os.urandom(1 << 20)
    with tarfile.open(tmp_path / "web.tar", "w") as tar:
        info = tarfile.TarInfo("large")
        info.size = size
        tar.addfile(info, _Repeated(piece, size))  # type: ignore[arg-type]
    (tmp_path / "srv").mkdir()
    words = [sys.executable, "-c", UNPACK, str(tmp_path / "srv"), str(tmp_path / "web.tar"), str(size)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) < GROWTH, ran.stdout


class _Repeated:
    """As many bytes as asked for, made from one piece."""

    def __init__(self, piece: bytes, size: int) -> None:
        self._piece, self._left = piece, size

    def read(self, size: int) -> bytes:
        size = min(size, self._left, len(self._piece))
        self._left -= size
        return self._piece[:size]
