"""Where a control repository is found, and which of its commits are read."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fleet.conftest import NOW
from tiangong.errors import Misuse
from tiangong.fleet.clone import find_clone
from tiangong.fleet.refresh import refresh
from tiangong.fleet.statuses import Fleet
from tiangong.testing.voice import Forge


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def why(start: Path, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(Misuse) as caught:
        find_clone(start, environ or {})
    return caught.value.problems[0].code


def test_it_is_found_from_any_folder_below(forge: Forge, tmp_path: Path) -> None:
    clone = forge.clone(tmp_path / "clone")
    assert find_clone(clone / "products" / "shop", {}).folder == clone


def test_it_is_found_by_name_from_elsewhere(forge: Forge, tmp_path: Path) -> None:
    clone = forge.clone(tmp_path / "clone")
    assert why(tmp_path) == "fleet/no-repository"
    assert find_clone(tmp_path, {"TIANGONG_REPO": str(clone)}).folder == clone
    assert why(tmp_path, {"TIANGONG_REPO": str(tmp_path / "nowhere")}) == "fleet/no-repository"


def test_another_repository_is_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "app")
    assert why(tmp_path / "app") == "fleet/not-control"
    (tmp_path / "app" / "tiangong.yaml").write_text("x: 1\n")
    git(tmp_path / "app", "add", ".")
    git(tmp_path / "app", "commit", "-qm", "x")
    assert find_clone(tmp_path / "app", {}).remote is None


def test_the_remotes_main_counts_not_mine(forge: Forge, tmp_path: Path) -> None:
    folder = forge.clone(tmp_path / "clone")
    git(folder, "commit", "-q", "--allow-empty", "-m", "mine")
    clone = find_clone(folder, {})
    assert clone.main() == forge.commit
    assert clone.unpushed() == 1
    assert clone.branch("main") == git(folder, "rev-parse", "main").strip()
    assert clone.branch("origin/main") == clone.branch(forge.commit[:10]) == forge.commit
    with pytest.raises(Misuse) as caught:
        clone.branch("nowhere")
    assert caught.value.problems[0].code == "fleet/no-branch"


def test_a_tag_is_the_commit_it_names(forge: Forge, tmp_path: Path) -> None:
    folder = forge.clone(tmp_path / "clone")
    git(folder, "tag", "-a", "v1", "-m", "x")
    clone = find_clone(folder, {})
    assert clone.snapshot(clone.branch("v1")).revision == forge.commit


def test_a_bare_mirror_is_read_as_well(forge: Forge, tmp_path: Path) -> None:
    forge.voice().say()
    mirror = forge.clone(tmp_path / "mirror.git", "--mirror")
    clone = find_clone(mirror, {})
    assert Fleet(clone).one("dev", NOW).status is not None
    voice = forge.voice()
    voice.counter = 1
    voice.say()
    refresh(clone)
    found = Fleet(clone).one("dev", NOW).status
    assert found is not None
    assert found.spec.counter == 2


def test_the_bare_origin_itself_is_read_as_well(forge: Forge) -> None:
    forge.voice().say()
    clone = find_clone(forge.bare, {})
    refresh(clone)
    assert Fleet(clone).one("dev", NOW).status is not None


def test_an_empty_repository_has_no_main(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    assert why(tmp_path / "empty.git") == "fleet/not-control"


def test_a_remote_of_another_name_is_asked(forge: Forge, tmp_path: Path, cloned: Callable[[], Fleet]) -> None:
    folder = forge.clone(tmp_path / "clone", "--origin", "upstream")
    forge.voice().say()
    clone = find_clone(folder, {})
    refresh(clone)
    assert Fleet(clone).one("dev", NOW).status is not None


def test_a_shallow_clone_is_read_as_well(forge: Forge, tmp_path: Path) -> None:
    voice = forge.voice()
    for _ in range(3):
        voice.say()
    folder = forge.clone(tmp_path / "clone", "--depth", "1", "--no-single-branch", url=f"file://{forge.bare}")
    found = Fleet(find_clone(folder, {})).one("dev", NOW)
    assert found.status is not None
    assert found.status.spec.counter == 3
