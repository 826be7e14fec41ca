"""Everything that can be wrong with a remote, for real, and that each is told apart, in words, without secrets."""

import contextlib
import inspect
import os
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pygit2
import pytest

from tiangong.errors import Away, Failed, Misuse, Problem, Refused, TiangongError
from tiangong.git import child, failure, objects, upkeep
from tiangong.git import mirror as mirror_module
from tiangong.git import remote as remote_module
from tiangong.git.child import Ended, Limits
from tiangong.git.mirror import Mirror
from tiangong.git.remote import parse_remote
from tiangong.messages import explain, render
from tiangong.messages.en.git import SENTENCES
from tiangong.sources import git as source
from tiangong.testing.certificates import make_certificates
from tiangong.testing.origin import Faults, Origin

MAIN = "refs/heads/main"
HERE = "refs/tiangong/control/main"


def _told(call: Callable[[], object], error: type[TiangongError]) -> Problem:
    with pytest.raises(TiangongError) as caught:
        call()
    assert type(caught.value) is error, caught.value
    shown = render(caught.value.problems[0])
    assert "Traceback" not in shown
    assert "{" not in shown.replace("{file: ", "").replace("{known_hosts: ", "")
    return caught.value.problems[0]


def _both(mirror: Mirror, error: type[TiangongError] = Away) -> str:
    """Ask and fetch: both have to fail, with the same code."""
    codes = {
        _told(lambda: mirror.listed([MAIN]), error).code,
        _told(lambda: mirror.fetch({MAIN: HERE}), error).code,
    }
    assert len(codes) == 1, codes
    return codes.pop()


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (Faults(status=401), "git/password-asked"),
        (Faults(status=403), "git/denied"),
        (Faults(status=404), "git/no-repository"),
        (Faults(status=407), "git/proxy-denied"),
        (Faults(status=500), "git/away"),
        (Faults(status=503), "git/away"),
        (Faults(cut_after=10), "git/away"),
        (Faults(status=302, location="https://localhost:1/control.git/info/refs"), "git/redirected"),
        (Faults(status=301, location="http://169.254.169.254/latest/meta-data"), "git/redirected"),
        (Faults(status=308, location="file:///etc/passwd"), "git/redirected"),
    ],
)
def test_answers_that_are_none(
    origin: Origin, mirror: Mirror, push_main: Callable[..., str], faults: Faults, code: str
) -> None:
    push_main({"a": b"1"})
    origin.faults = faults
    assert _both(mirror) == code


def test_a_redirect_is_not_followed(origin: Origin, mirror: Mirror, push_main: Callable[..., str]) -> None:
    push_main({"a": b"1"})
    target = f"https://127.0.0.1:{origin.port}/followed.git/info/refs?service=git-upload-pack"
    origin.faults = Faults(status=302, location=target)
    assert _both(mirror) == "git/redirected"
    assert not [line for line in origin.requests if "followed" in line]


def test_a_remote_that_is_down_and_comes_back(origin: Origin, mirror: Mirror, push_main: Callable[..., str]) -> None:
    tip = push_main({"a": b"1"})
    origin.stop()
    assert _both(mirror) == "git/away"
    assert _told(lambda: mirror.listed([MAIN]), Away).facts["url"] == origin.url
    origin.start()
    assert mirror.listed([MAIN]) == {MAIN: tip}


def test_a_name_nobody_knows(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "m", parse_remote("https://control.invalid/x.git"))
    assert _both(mirror) == "git/no-host"


def test_a_remote_that_trickles(
    origin: Origin, mirror_of: Callable[..., Mirror], push_main: Callable[..., str]
) -> None:
    push_main({"a": b"1"})
    origin.faults = Faults(pause=0.05)
    slow = mirror_of(origin, "slow", Limits(slow_bytes=1000, slow_seconds=1))
    assert _told(lambda: slow.listed([MAIN]), Away).code == "git/slow"
    steady = mirror_of(origin, "steady", Limits(slow_bytes=1, seconds=1))
    assert _told(lambda: steady.listed([MAIN]), Away).code == "git/timeout"


def test_a_remote_that_never_answers(origin: Origin, mirror_of: Callable[..., Mirror]) -> None:
    origin.faults = Faults(delay=60)
    assert _both(mirror_of(origin, limits=Limits(seconds=0.5))) == "git/timeout"


def test_a_certificate_of_another_ca(origin: Origin, mirror_of: Callable[..., Mirror], tmp_path: Path) -> None:
    other = make_certificates(tmp_path / "other")
    assert _both(mirror_of(origin, ca=other.ca)) == "git/certificate"
    assert _both(mirror_of(origin, "system", ca=None)) == "git/certificate"


def test_a_ca_file_that_is_none(origin: Origin, mirror_of: Callable[..., Mirror], tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nonsense")
    assert _both(mirror_of(origin, ca=nonsense), Misuse) == "git/bad-ca"
    assert _both(mirror_of(origin, "none", ca=tmp_path / "none.pem"), Misuse) == "git/unreadable-file"


@pytest.fixture
def listener() -> Iterator[Callable[[Callable[[socket.socket], object]], int]]:
    """Answer connections on a port with a function, until the test ends."""
    listening: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(answer: Callable[[socket.socket], object]) -> int:
        server = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with client, contextlib.suppress(OSError):
                        answer(client)

        listening.append(server)
        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return int(server.getsockname()[1])

    yield start
    for server in listening:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
    for thread in threads:
        thread.join()


def test_a_certificate_for_another_name(listener: Callable[..., int], tmp_path: Path) -> None:
    made = make_certificates(tmp_path / "other", hosts=("elsewhere.example",), addresses=("127.0.0.9",))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.server)
    port = listener(lambda client: context.wrap_socket(client, server_side=True).close())
    mirror = Mirror(tmp_path / "m", parse_remote(f"https://127.0.0.1:{port}/x.git", ca=made.ca))
    assert _both(mirror) == "git/certificate-name"


def test_a_server_that_speaks_no_tls(listener: Callable[..., int], tmp_path: Path) -> None:
    ca = make_certificates(tmp_path / "other").ca
    port = listener(lambda client: client.recv(100) and client.sendall(b"HTTP/1.1 200 OK\r\n\r\n"))
    assert _both(Mirror(tmp_path / "m", parse_remote(f"https://127.0.0.1:{port}/x.git", ca=ca))) == "git/away"


def test_a_missing_branch_and_a_missing_repository(
    origin: Origin, mirror: Mirror, push_main: Callable[..., str], tmp_path: Path
) -> None:
    push_main({"a": b"1"}, branch="other")
    assert mirror.listed([MAIN]) == {}
    assert _told(lambda: mirror.fetch({MAIN: HERE}), Away).code == "git/no-branch"
    nowhere = parse_remote(origin.url.replace("control", "nowhere"), ca=origin.ca)
    assert _both(Mirror(tmp_path / "m", nowhere)) == "git/no-repository"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Origin]:
    with Origin(tmp_path / "guarded", user="alice", password="s3cret:with:colons") as running:
        yield running


def _credentials(path: Path, words: str) -> Path:
    path.write_text(words)
    path.chmod(0o600)
    return path


def test_a_password_is_asked_given_and_refused(
    guarded: Origin, mirror_of: Callable[..., Mirror], commit: Callable[..., str], tmp_path: Path
) -> None:
    assert _both(mirror_of(guarded, "without")) == "git/password-asked"
    wrong = mirror_of(guarded, "wrong", credentials=_credentials(tmp_path / "wrong.cred", "alice:wr0ng"))
    assert _both(wrong) == "git/denied"
    right = mirror_of(guarded, "right", credentials=_credentials(tmp_path / "right.cred", "alice:s3cret:with:colons\n"))
    tip = commit(right.repository, {"a": b"1"})
    assert _told(lambda: wrong.push(commit(wrong.repository, {"a": b"1"}), MAIN, ""), Away).code == "git/denied"
    right.push(tip, MAIN, "")
    right.fetch({MAIN: HERE})
    assert right.tip(HERE) == tip


def test_secrets_are_in_no_problem_and_no_file(
    guarded: Origin, mirror_of: Callable[..., Mirror], tmp_path: Path
) -> None:
    words = "mallory:wr0ng-canary"
    mirror = mirror_of(guarded, "m", credentials=_credentials(tmp_path / "c", words), proxy=None)
    told = _told(lambda: mirror.fetch({MAIN: HERE}), Away)
    assert "canary" not in render(told) + str(dict(told.facts))
    for path in mirror.folder.rglob("*"):
        assert not path.is_file() or b"canary" not in path.read_bytes()
    through = mirror_of(guarded, "p", proxy="http://bob:pr0xy-canary@127.0.0.1:1")
    assert "canary" not in render(_told(lambda: through.listed([MAIN]), Away))


# ── what it sends ────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_remote_that_lists_without_end(
    origin: Origin, mirror_of: Callable[..., Mirror], push_main: Callable[..., str]
) -> None:
    push_main({"a": b"1"})
    bounded = mirror_of(origin, limits=Limits(output=40))
    assert _told(lambda: bounded.listed([MAIN]), Refused).code == "git/too-much"


def test_a_pack_beyond_the_limit_leaves_nothing_behind(
    origin: Origin, mirror_of: Callable[..., Mirror], push_main: Callable[..., str]
) -> None:
    push_main({"big": os.urandom(4 << 20)})
    bounded = mirror_of(origin, limits=Limits(file=1 << 20))
    assert _told(lambda: bounded.fetch({MAIN: HERE}), Refused).code == "git/too-large"
    assert bounded.tip(HERE) == ""
    assert not [path for path in bounded.folder.rglob("*") if path.is_file() and path.stat().st_size > 100_000]
    assert not list(bounded.folder.rglob("tmp_*"))


def _raw_commit(origin: Origin, raw: bytes) -> None:
    bare = pygit2.Repository(str(origin.git_dir))
    commit = bare.write(pygit2.enums.ObjectType.COMMIT, raw)
    (origin.git_dir / "refs/heads/main").write_text(f"{commit}\n")


def test_objects_made_to_harm_are_not_taken_over(origin: Origin, mirror: Mirror) -> None:
    bare = pygit2.Repository(str(origin.git_dir))
    tree = bare.TreeBuilder().write()
    _raw_commit(origin, f"tree {tree}\nauthor a <a@b> 1 +0000\ncommitter nobody\n\nm\n".encode())
    told = _told(lambda: mirror.fetch({MAIN: HERE}), Refused)
    assert told.code == "git/bad-objects"
    assert mirror.tip(HERE) == ""


@pytest.mark.parametrize("name", [b".git", b"..", b"a/b", b".gitmodules", b"\xff", b"con", b"new\nline"])
def test_a_hostile_name_does_not_keep_the_fleet_from_fetching(origin: Origin, mirror: Mirror, name: bytes) -> None:
    bare = pygit2.Repository(str(origin.git_dir))
    blob = bare.create_blob(b'[submodule "x"]\n\turl = -u./x\n\tpath = ../x\n')
    raw = b"100644 " + name + b"\0" + blob.raw + b"100644 z.yaml\0" + blob.raw
    tree = bare.write(pygit2.enums.ObjectType.TREE, raw)
    _raw_commit(origin, f"tree {tree}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nm\n".encode())
    mirror.fetch({MAIN: HERE})
    assert mirror.tree(mirror.tip(HERE)).entry("z.yaml") is not None


def test_a_branch_that_names_no_commit(origin: Origin, mirror: Mirror) -> None:
    blob = pygit2.Repository(str(origin.git_dir)).create_blob(b"x")
    (origin.git_dir / "refs/heads/main").write_text(f"{blob}\n")
    found = mirror.listed([MAIN])
    assert found in ({}, {MAIN: str(blob)})
    if found:
        mirror.fetch({MAIN: HERE})
        assert mirror.tip(HERE) == ""


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("said", "code", "error"),
    [
        ("fatal: write error: No space left on device", "git/no-space", Failed),
        ("error: index-pack died of signal 25", "git/too-large", Refused),
        ("fatal: Out of memory, malloc failed (tried to allocate 9 bytes)", "git/too-large", Refused),
        ("ssh: Could not resolve hostname x: Name or service not known", "git/no-host", Away),
        (
            "ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.",
            "git/away",
            Away,
        ),
        ("git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.", "git/denied", Away),
        ('Load key "k": error in libcrypto\ngit@x: Permission denied (publickey).', "git/bad-key", Misuse),
        (
            "fatal: unable to access 'https://x/': SSL certificate problem: certificate has expired",
            "git/certificate",
            Away,
        ),
        (
            "fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none",
            "git/certificate",
            Away,
        ),
        ("SSL: no alternative certificate subject name matches target host name 'x'", "git/certificate-name", Away),
        (
            "fatal: unable to access 'https://x/': Received HTTP code 407 from proxy after CONNECT",
            "git/proxy-denied",
            Away,
        ),
        ("error: cannot lock ref 'refs/x': Unable to create '/m/refs/x.lock': File exists.", "git/locked", Failed),
        ("fatal: something nobody has seen before", "git/away", Away),
        ("", "git/away", Away),
    ],
)
def test_words_of_other_versions(said: str, code: str, error: type[TiangongError]) -> None:
    found = failure.failure(Ended(128, b"", said), parse_remote("https://forge.example/x"), Limits())
    assert (found.problems[0].code, type(found)) == (code, error)
    assert render(found.problems[0])


def test_every_code_has_its_sentence_and_every_sentence_its_code() -> None:
    modules = (child, failure, mirror_module, objects, remote_module, upkeep, source)
    text = "\n".join(inspect.getsource(module) for module in modules)
    used = set(re.findall(r'"git/([a-z-]+)"', text)) | {one.code.removeprefix("git/") for one in failure.SYMPTOMS}
    assert used == set(SENTENCES)
    assert all(explain(f"git/{name}").fix for name in used)
