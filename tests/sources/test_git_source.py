"""Observing one branch of a real remote: what is new, what was rewritten, what it costs when nothing is."""

import contextlib
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pygit2
import pytest

from tiangong.errors import Away, Refused
from tiangong.git import mirror as mirror_module
from tiangong.git.child import Ended, run_git
from tiangong.git.mirror import Mirror
from tiangong.ports import Source
from tiangong.sources.git import GitSource
from tiangong.testing.origin import Faults, Origin


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Every git child with the seconds it took."""
    seen: list[tuple[str, float]] = []

    def watched(folder: Path, words: Sequence[str], *rest: object) -> Ended:
        before = time.perf_counter()
        ended = run_git(folder, words, *rest)  # type: ignore[arg-type]
        seen.append((words[0], time.perf_counter() - before))
        return ended

    monkeypatch.setattr(mirror_module, "run_git", watched)
    return seen


def test_it_is_a_source(source: GitSource) -> None:
    one: Source = source
    assert one.name == "control"


def test_what_was_pushed_is_observed(source: GitSource, push: Callable[..., str]) -> None:
    tip = push({"tiangong.yaml": b"kind: Fleet\n"}, hour=9)
    snapshot = source.observe("")
    assert (snapshot.source, snapshot.revision, snapshot.rewritten) == ("control", tip, False)
    assert snapshot.committed == datetime(2026, 11, 25, 9, tzinfo=UTC)
    entry = snapshot.tree.entry("tiangong.yaml")
    assert entry is not None
    assert snapshot.tree.read(entry) == b"kind: Fleet\n"


def test_nothing_new_costs_one_ls_remote(
    source: GitSource, push: Callable[..., str], origin: Origin, calls: list[tuple[str, float]]
) -> None:
    tip = push({"a": b"1"})
    source.observe("")
    assert [name for name, _ in calls] == ["ls-remote", "fetch"]
    calls.clear()
    origin.requests.clear()
    own = []
    for _ in range(10):
        before = time.perf_counter()
        assert source.observe(tip).revision == tip
        own.append(time.perf_counter() - before - calls[-1][1])
    assert [name for name, _ in calls] == ["ls-remote"] * 10
    assert len(origin.requests) == 20
    assert min(own) < 0.005, "beyond the child, a glance at nothing new costs next to nothing"


def test_a_descendant_is_no_rewriting(source: GitSource, push: Callable[..., str]) -> None:
    first = push({"a": b"1"})
    source.observe("")
    second = push({"a": b"2"}, first)
    third = push({"a": b"3"}, second)
    assert source.observe(first).revision == third
    assert not source.observe(first).rewritten
    assert not source.observe(third).rewritten


def test_a_forced_push_is_seen_and_goes_on_being_seen(source: GitSource, push: Callable[..., str]) -> None:
    first = push({"a": b"1"})
    second = push({"a": b"2"}, first)
    source.observe("")
    other = push({"a": b"other"}, first)
    for _ in range(2):
        snapshot = source.observe(second)
        assert (snapshot.revision, snapshot.rewritten) == (other, True)
    assert source.last(second) is not None
    assert source.last(second).rewritten  # type: ignore[union-attr]
    assert not source.observe(first).rewritten
    assert not source.observe(other).rewritten


def test_going_back_and_histories_without_a_common_start_are_rewriting(
    source: GitSource, push: Callable[..., str], origin: Origin
) -> None:
    first = push({"a": b"1"})
    second = push({"a": b"2"}, first)
    source.observe("")
    pygit2.Repository(str(origin.git_dir)).references.create("refs/heads/main", first, force=True)
    assert source.observe(second).rewritten
    push({"b": b"another world"})
    assert source.observe(second).rewritten


def test_a_host_that_forgot_sees_a_rewriting_too(source: GitSource, push: Callable[..., str]) -> None:
    push({"a": b"1"})
    assert source.observe("1" * 40).rewritten
    assert not source.observe("").rewritten


def test_away_and_what_is_here(source: GitSource, push: Callable[..., str], origin: Origin, mirror: Mirror) -> None:
    assert source.last("") is None
    tip = push({"a": b"1"})
    source.observe("")
    origin.stop()
    with pytest.raises(Away, match="git/away"):
        source.observe(tip)
    for one in (source, GitSource("control", Mirror(mirror.folder, mirror.remote))):
        last = one.last(tip)
        assert last is not None
        assert (last.revision, last.rewritten) == (tip, False)
        assert last.tree.entry("a") is not None


def test_a_branch_that_is_missing_goes_away_and_comes_back(
    source: GitSource, push: Callable[..., str], origin: Origin
) -> None:
    with pytest.raises(Away, match="git/no-branch"):
        source.observe("")
    tip = push({"a": b"1"})
    assert source.observe("").revision == tip
    pygit2.Repository(str(origin.git_dir)).references.delete("refs/heads/main")
    with pytest.raises(Away, match="git/no-branch") as caught:
        source.observe(tip)
    assert caught.value.problems[0].facts["ref"] == "refs/heads/main"
    assert source.last(tip).revision == tip  # type: ignore[union-attr]


def test_branches_and_sources_of_one_mirror_do_not_mix(mirror: Mirror, push: Callable[..., str]) -> None:
    main, other = push({"a": b"1"}), push({"b": b"2"}, branch="release/next")
    assert GitSource("control", mirror).observe("").revision == main
    assert GitSource("control", mirror, "release/next").observe("").revision == other
    assert GitSource("site", mirror).last("") is None


def test_a_fetch_that_breaks_off_changes_nothing(
    source: GitSource, push: Callable[..., str], origin: Origin, mirror: Mirror
) -> None:
    first = push({"a": b"1"})
    source.observe("")
    push({"a": b"2" * 100_000, "b": bytes(range(256)) * 2000}, first)
    for cut in (400, 600, 900, 1500):
        origin.faults = Faults(cut_after=cut)
        try:
            source.observe(first)
        except Away:
            assert source.last(first).revision == first  # type: ignore[union-attr]
            assert not list(mirror.folder.rglob("tmp_*"))
    origin.faults = Faults()
    assert source.observe(first).tree.entry("b") is not None


def test_a_branch_that_names_no_commit_is_refused(source: GitSource, origin: Origin, mirror: Mirror) -> None:
    bare = pygit2.Repository(str(origin.git_dir))
    tree = bare.TreeBuilder().write()
    tag = bare.write(
        pygit2.enums.ObjectType.TAG, f"object {tree}\ntype tree\ntag x\ntagger a <a@b> 1 +0000\n\nm\n".encode()
    )
    (origin.git_dir / "refs/heads/main").write_text(f"{tag}\n")
    with pytest.raises((Refused, Away), match="git/"):
        source.observe("")
    assert mirror.tip("refs/tiangong/control/main") == ""


def test_the_mirror_may_vanish_under_a_running_agent(
    source: GitSource, push: Callable[..., str], mirror: Mirror
) -> None:
    tip = push({"a": b"1"})
    source.observe("")
    shutil.rmtree(mirror.folder)
    newer = push({"a": b"2"}, tip)
    with contextlib.suppress(Away):
        source.observe(tip)
    assert source.observe(tip).revision == newer
    assert not source.observe(tip).rewritten
