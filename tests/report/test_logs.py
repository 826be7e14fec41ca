"""Logs on disk: bounded, redacted before they touch it, and never a reason for a step to fail."""

import base64
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiangong.report import logs as logs_module
from tiangong.report.logs import Logs
from tiangong.report.redact import HIDDEN, Redactor

RUN = "20261125t120000-000001"


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    return Logs(tmp_path / "runs", Redactor(["s3cret-value"]))


def test_text_comes_in_order_however_it_is_cut(logs: Logs) -> None:
    for piece in ("hel", "lo\nwor", "ld", "\n", "end"):
        logs.line(RUN, "one", piece)
    assert logs.tail(RUN, "one") == (0, b"hello\nworld\n")
    logs.close(RUN)
    assert logs.final(RUN, "one") == b"hello\nworld\nend"


def test_nothing_said_is_no_log(logs: Logs) -> None:
    assert logs.final(RUN, "one") is None
    assert logs.tail(RUN, "one") == (0, b"")
    assert list(logs.runs()) == []


def test_a_secret_is_hidden_even_when_it_comes_in_pieces(logs: Logs, tmp_path: Path) -> None:
    for piece in ("password s3c", "ret-", "value here\n", "and s3cret-", "value"):
        logs.line(RUN, "one", piece)
        assert b"s3c" not in logs.tail(RUN, "one")[1]
    logs.close(RUN)
    raw = (tmp_path / "runs" / RUN / "one.log").read_bytes()
    assert raw == f"password {HIDDEN} here\nand {HIDDEN}".encode()


def test_a_secret_in_an_endless_line_is_hidden(logs: Logs) -> None:
    for _ in range(40):
        logs.line(RUN, "one", "x" * 2000 + "s3cret-value")
    logs.close(RUN)
    final = logs.final(RUN, "one")
    assert final is not None
    assert final.count(HIDDEN.encode()) == 40
    assert b"s3cret" not in final


def test_users_and_passwords_in_addresses_are_hidden() -> None:
    clean = Redactor().clean
    assert (
        clean("fetch https://joe:pw@host/x and ssh://git@host:22/y")
        == "fetch https://***@host/x and ssh://***@host:22/y"
    )
    assert clean("mail joe@host, https://host/path@v1") == "mail joe@host, https://host/path@v1"


def test_what_basic_authentication_makes_of_a_secret_is_hidden() -> None:
    word = base64.b64encode(b"joe:hunter22").decode()
    assert Redactor(["joe:hunter22"]).clean(f"Authorization: Basic {word}") == f"Authorization: Basic {HIDDEN}"


def test_lines_of_a_private_key_are_hidden_one_by_one() -> None:
    redactor = Redactor(["-----BEGIN KEY-----\nAAAAB3Nza\nCCCCC3Nza\n-----END KEY-----\n"])
    assert redactor.clean("AAAAB3Nza") == redactor.clean("CCCCC3Nza") == HIDDEN


def test_of_a_long_log_the_beginning_and_the_end_are_final(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs_module, "LARGEST_FINAL", 4096)
    logs.line(RUN, "one", "first\n" + "x\n" * 10_000 + "last\n")
    logs.close(RUN)
    final = logs.final(RUN, "one")
    assert final is not None
    assert len(final) <= 4096
    assert final.startswith(b"first\n")
    assert final.endswith(b"last\n")
    assert b"bytes left out]" in final


def test_of_an_endless_log_the_file_is_bounded_and_the_end_is_kept(
    logs: Logs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs_module, "LARGEST_FILE", 1000)
    monkeypatch.setattr(logs_module, "TAIL", 100)
    for number in range(1000):
        logs.line(RUN, "one", f"line {number}\n")
    offset, tail = logs.tail(RUN, "one")
    assert (len(tail), offset + len(tail)) == (100, logs.size(RUN, "one"))
    assert tail.endswith(b"line 999\n")
    logs.close(RUN)
    raw = (tmp_path / "runs" / RUN / "one.log").read_bytes()
    assert raw.startswith(b"line 0\n")
    assert raw.endswith(b"line 999\n")
    assert b"bytes left out]" in raw
    assert len(raw) < 1300


def test_a_disk_that_takes_nothing_costs_log_only(logs: Logs, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("in the way")
    logs.line(RUN, "one", "hello\n")
    assert logs.tail(RUN, "one") == (0, b"hello\n")
    logs.close(RUN)
    assert logs.final(RUN, "one") is None


def test_a_step_that_goes_on_after_a_crash_goes_on_in_its_log(logs: Logs, tmp_path: Path) -> None:
    logs.line(RUN, "one", "before\n")
    logs.close()
    again = Logs(tmp_path / "runs", Redactor())
    again.line(RUN, "one", "after\n")
    assert again.tail(RUN, "one") == (7, b"after\n")
    again.close()
    assert again.final(RUN, "one") == b"before\nafter\n"
    assert list(again.runs()) == [RUN]
    again.forget(RUN)
    assert list(again.runs()) == []


def test_many_threads_lose_no_line(logs: Logs) -> None:
    def say(step: str) -> None:
        for number in range(200):
            logs.line(RUN, step, f"{number}\n")

    threads = [threading.Thread(target=say, args=(f"step{n % 2}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    logs.close(RUN)
    assert [len((logs.final(RUN, f"step{n}") or b"").splitlines()) for n in range(2)] == [400, 400]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(alphabet="ab\ns3cret-value", max_size=40), max_size=30))
def test_however_it_is_cut_the_secret_never_shows(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    logs = Logs(tmp_path_factory.mktemp("runs"), Redactor(["s3cret-value"]))
    for piece in pieces:
        logs.line(RUN, "one", piece)
    logs.close()
    assert (logs.final(RUN, "one") or b"").decode() == "".join(pieces).replace("s3cret-value", HIDDEN)
