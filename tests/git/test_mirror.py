"""A mirror of a real origin over TLS: listing, fetching, pushing with compare-and-swap."""

import os
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pygit2
import pytest

from tiangong.errors import Failed, Misuse
from tiangong.git.mirror import Mirror
from tiangong.testing.origin import Origin

MAIN = "refs/heads/main"
HERE = "refs/tiangong/control/main"


def test_a_mirror_is_bare_and_made_when_missing(origin: Origin, mirror: Mirror, push_main: Callable[..., str]) -> None:
    assert not mirror.folder.exists()
    tip = push_main({"environments/dev/environment.yaml": b"kind: Environment\n"})
    mirror.fetch({MAIN: HERE})
    assert mirror.repository.is_bare
    assert mirror.tip(HERE) == tip
    assert not list(mirror.folder.rglob("environment.yaml"))
    entry = mirror.tree(tip).entry("environments/dev/environment.yaml")
    assert entry is not None
    assert mirror.tree(tip).read(entry) == b"kind: Environment\n"
    assert mirror.folder.stat().st_mode & 0o077 == 0


def test_only_the_refs_that_were_asked_for_come(origin: Origin, mirror: Mirror, push_main: Callable[..., str]) -> None:
    push_main({"a": b"1"})
    for branch in ("status/dev", "from/alice", "x/refs/heads/main"):
        push_main({"b": branch.encode()}, branch=branch)
    pygit2.Repository(str(origin.git_dir)).references.create("refs/tags/v1", push_main({"t": b"1"}, branch="tagged"))
    assert set(mirror.listed([MAIN, "refs/heads/none"])) == {MAIN}
    mirror.fetch({MAIN: HERE})
    assert list(mirror.repository.references) == [HERE]


def test_a_rewritten_branch_is_fetched_as_it_is_now(mirror: Mirror, push_main: Callable[..., str]) -> None:
    first = push_main({"a": b"1"})
    second = push_main({"a": b"2"}, first)
    mirror.fetch({MAIN: HERE})
    other = push_main({"a": b"3"}, first)
    mirror.fetch({MAIN: HERE})
    assert mirror.tip(HERE) == other
    assert mirror.is_ancestor(first, other)
    assert mirror.is_ancestor(other, other)
    assert not mirror.is_ancestor(second, other)
    assert not mirror.is_ancestor("1" * 40, other)
    assert not mirror.is_ancestor(other, "1" * 40)


def test_push_with_compare_and_swap(mirror: Mirror, commit: Callable[..., str]) -> None:
    ref = "refs/heads/status/dev"
    first = commit(mirror.repository, {"status.yaml": b"1"})
    second = commit(mirror.repository, {"status.yaml": b"2"}, first)
    stranger = commit(mirror.repository, {"status.yaml": b"3"})
    with pytest.raises(Failed, match="git/raced"):
        mirror.push(second, ref, first)
    mirror.push(first, ref, "")
    with pytest.raises(Failed, match="git/raced"):
        mirror.push(stranger, ref, "")
    with pytest.raises(Failed, match="git/raced") as caught:
        mirror.push(stranger, ref, second)
    assert caught.value.problems[0].facts["found"] == first
    mirror.push(second, ref, first)
    mirror.push(second, ref, first)  # the answer to the first push may have been lost
    assert mirror.listed([ref]) == {ref: second}
    mirror.push(stranger, ref, None)
    assert mirror.listed([ref]) == {ref: stranger}


def test_of_many_who_push_one_wins(
    origin: Origin, mirror_of: Callable[..., Mirror], commit: Callable[..., str]
) -> None:
    mirrors = [mirror_of(origin, f"m{i}") for i in range(6)]
    base = commit(mirrors[0].repository, {"a": b"0"})
    mirrors[0].push(base, MAIN, "")
    for mirror in mirrors:
        mirror.fetch({MAIN: HERE})
    commits = [commit(mirror.repository, {"a": b"from %d" % i}, base) for i, mirror in enumerate(mirrors)]
    barrier = threading.Barrier(len(mirrors))

    def push(i: int) -> str:
        barrier.wait()
        try:
            mirrors[i].push(commits[i], MAIN, base)
        except Failed as error:
            return error.problems[0].code
        return "won"

    with ThreadPoolExecutor(len(mirrors)) as pool:
        results = list(pool.map(push, range(len(mirrors))))
    assert results.count("won") == 1
    assert set(results) <= {"won", "git/raced", "git/rejected"}  # rejected: the winner was just writing
    assert mirrors[0].listed([MAIN]) == {MAIN: commits[results.index("won")]}


def test_a_hook_that_says_no_is_quoted(origin: Origin, mirror: Mirror, commit: Callable[..., str]) -> None:
    hook = origin.git_dir / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'only signed commits, please' >&2\nexit 1\n")
    hook.chmod(0o755)
    for expected in ("", None):
        with pytest.raises(Failed, match="git/rejected") as caught:
            mirror.push(commit(mirror.repository, {"a": b"1"}), MAIN, expected)
        assert "pre-receive hook declined" in str(caught.value.problems[0].facts["why"])
        assert "only signed commits, please" in str(caught.value.problems[0].facts["why"])


def test_a_branch_in_the_way_is_told(
    origin: Origin, mirror: Mirror, commit: Callable[..., str], push_main: Callable[..., str]
) -> None:
    push_main({"a": b"1"}, branch="status")
    with pytest.raises(Failed, match="git/rejected"):
        mirror.push(commit(mirror.repository, {"a": b"1"}), "refs/heads/status/dev", "")


def test_a_remote_that_takes_no_pushes(origin: Origin, mirror: Mirror, commit: Callable[..., str]) -> None:
    pygit2.Repository(str(origin.git_dir)).config["http.receivepack"] = False
    with pytest.raises(Exception, match="git/denied"):
        mirror.push(commit(mirror.repository, {"a": b"1"}), MAIN, "")


@pytest.mark.parametrize(
    "ref",
    [
        "main",
        "--upload-pack=id",
        "refs/heads/../x",
        "refs/heads/a b",
        "refs/heads/a\n",
        "+refs/heads/a",
        "refs/heads/a:b",
        "refs/heads/*",
        "refs/heads/a.lock",
        "refs/heads//a",
        "refs/heads/.a",
        "refs/heads/a/",
        "",
        "refs/heads/é",
    ],
)
def test_names_that_are_no_refs(mirror: Mirror, ref: str) -> None:
    for call in (
        lambda: mirror.listed([ref]),
        lambda: mirror.fetch({ref: HERE}),
        lambda: mirror.fetch({MAIN: ref}),
        lambda: mirror.push("1" * 40, ref, ""),
        lambda: mirror.tip(ref),
    ):
        with pytest.raises(Misuse, match="git/bad-ref"):
            call()


def test_a_commit_that_is_not_here_is_not_pushed(mirror: Mirror, origin: Origin) -> None:
    with pytest.raises(Failed, match="git/missing-object"):
        mirror.push("1" * 40, MAIN, "")
    with pytest.raises(Misuse, match="git/not-an-id"):
        mirror.push(MAIN, MAIN, "")


def test_large_and_many_files_travel(
    mirror: Mirror, mirror_of: Callable[..., Mirror], origin: Origin, commit: Callable[..., str]
) -> None:
    big = os.urandom(3 << 20)
    tip = commit(mirror.repository, {"big": big, **{f"d{i}/f": b"%d" % i for i in range(40)}})
    mirror.push(tip, MAIN, "")
    other = mirror_of(origin, "other")
    other.fetch({MAIN: HERE})
    entry = other.tree(tip).entry("big")
    assert entry is not None
    assert other.tree(tip).read(entry) == big


def test_threads_use_one_mirror_at_once(
    origin: Origin, mirror: Mirror, push_main: Callable[..., str], commit: Callable[..., str]
) -> None:
    tip = push_main({"a/b": b"1"})

    def work(i: int) -> str:
        if i % 3 == 0:
            mirror.fetch({MAIN: HERE})
            return mirror.tip(HERE)
        if i % 3 == 1:
            mirror.push(commit(mirror.repository, {"s": b"%d" % i}), f"refs/heads/status/e{i}", "")
            return tip
        return mirror.listed([MAIN])[MAIN]

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(work, range(12))) == {tip}


def test_a_proxy_is_used(
    origin: Origin,
    mirror_of: Callable[..., Mirror],
    push_main: Callable[..., str],
    connect_proxy: "list[str]",
    proxy_port: int,
) -> None:
    tip = push_main({"a": b"1"})
    through = mirror_of(origin, proxy=f"http://bob:pr0xy@127.0.0.1:{proxy_port}")
    assert through.listed([MAIN]) == {MAIN: tip}
    assert connect_proxy == [f"CONNECT 127.0.0.1:{origin.port} HTTP/1.1"]


def test_no_process_of_git_is_left(mirror: Mirror, push_main: Callable[..., str]) -> None:
    push_main({"a": b"1"})
    mirror.fetch({MAIN: HERE})
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert not [line for line in shown.splitlines() if str(mirror.folder) in line]
    assert Path(mirror.repository.path).is_dir()
