"""The wheel, as somebody installs it: built, put into an empty environment, started."""

import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.docs.blocks import ROOT


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, f"{command[:6]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.timeout(400)
def test_the_wheel_works_in_an_empty_environment(tmp_path: Path) -> None:
    """What it stands on comes from this environment, which was installed by the lock; the package from the wheel alone."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path), str(ROOT), cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    names = ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]
    assert any(name.endswith("share/tiangong/example-repo/tiangong.yaml") for name in names)
    room = tmp_path / "room"
    venv.create(room, with_pip=False)
    python = room / "bin" / "python"
    run(*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel), cwd=tmp_path)
    (site,) = (room / "lib").glob("python*/site-packages")
    (here,) = {Path(path) for path in sys.path if path.endswith("site-packages")}
    for one in here.iterdir():
        ours = one.name.startswith(("tiangong", "__editable__", "_tiangong", "_editable")) or one.suffix == ".pth"
        if not ours and not (site / one.name).exists():
            (site / one.name).symlink_to(one)
    tiangong = str(room / "bin" / "tiangong")
    where = run(str(python), "-c", "import tiangong; print(tiangong.__file__)", cwd=tmp_path)
    assert where.startswith(str(room))
    assert "tiangong" in run(tiangong, "version", cwd=tmp_path)
    assert "Exit codes" in run(tiangong, "--help", cwd=tmp_path)
    said = run(tiangong, "demo", "--folder", str(tmp_path / "demo"), cwd=tmp_path)
    assert "The whole line took" in said
