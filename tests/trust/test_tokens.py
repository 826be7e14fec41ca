"""The two lines people carry when an agent joins: damaged, too late, or not proven, they are refused in words (D16)."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trust.asking import check_words
from tiangong.errors import Misuse
from tiangong.testing.simulator import NOW, REPO, keyholder
from tiangong.trust.tokens import (
    REQUEST,
    REQUEST_NAMESPACE,
    TOKEN,
    Token,
    read_request,
    read_token,
    write_request,
    write_token,
)

DAY = timedelta(days=1)
HOLDER = keyholder("agent-of-dev")


def token(**changes: Any) -> Token:
    given_ = {
        "url": "https://forge.example/control.git",
        "repo": REPO,
        "rootVersion": 1,
        "rootDigest": "sha512:" + "ab" * 64,
        "environment": "dev",
        "level": "signatures",
        "expires": (NOW + DAY).isoformat(),
        "knownHosts": "forge.example ssh-ed25519 AAAA\n",
        **changes,
    }
    return Token.model_validate(given_)


LINE = write_token(token())
ASKED = write_request("dev", REPO, HOLDER.line, HOLDER.private)


def refused(line: str, *, request: bool = False) -> str:
    with pytest.raises(Misuse) as caught:
        read_request(line) if request else read_token(line, NOW)
    (problem,) = caught.value.problems
    assert problem.code in ("trust/bad-token", "trust/token-expired")
    return check_words(problem)


def written(prefix: str, inner: Any) -> str:
    """A line with whatever inside, its check sum in order."""
    from tiangong.trust.tokens import _sum

    raw = inner if isinstance(inner, bytes) else json.dumps(inner, sort_keys=True, separators=(",", ":")).encode()
    return prefix + base64.urlsafe_b64encode(raw + _sum(raw)).decode().rstrip("=")


def opened(line: str) -> dict[str, Any]:
    body = line.partition("-")[2]
    whole = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    inner: dict[str, Any] = json.loads(whole[:-6])
    return inner


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_token_is_one_line_and_says_what_was_put_in() -> None:
    assert LINE.startswith("tg1-")
    assert len(LINE.split()) == 1
    assert read_token(LINE, NOW) == token()
    assert read_token(f"\n  {LINE} \n", NOW) == token()


def test_a_token_holds_no_secret() -> None:
    assert set(opened(LINE)) == {
        "url", "repo", "rootVersion", "rootDigest", "environment", "level", "expires", "knownHosts",
    }  # fmt: skip


@given(st.data())
def test_a_slip_in_a_token_is_noticed(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LINE) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_= \n+/é"))
    slip = LINE[:at] + letter + LINE[at + 1 :]
    same = base64.urlsafe_b64decode(LINE[4:] + "==")
    body = slip.strip()[4:]
    if slip.strip() == LINE or (at == len(LINE) - 1 and _decoded(body) == same):
        return
    refused(slip)


def _decoded(body: str) -> bytes | None:
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None


@pytest.mark.parametrize("cut", [1, 4, 5, 50, -1, -2, -20])
def test_half_a_token_is_none(cut: int) -> None:
    assert "fix: copy the whole line, it starts with tg1-" in refused(LINE[:cut])


@pytest.mark.parametrize("line", ["", "tg1-", "hello", ASKED, f"x{LINE}", LINE * 40, f"{LINE}{LINE}", f"{LINE} {LINE}"])
def test_what_is_no_token(line: str) -> None:
    assert "join token" in refused(line)


@pytest.mark.parametrize(
    "inner",
    [
        [],
        1,
        None,
        {},
        b"",
        b"\xff",
        b'{"a":' * 5000,
        b"[" * 50_000,
        b'{"repo": NaN}',
        {**opened(LINE), "secret": "x"},
        {**opened(LINE), "repo": "x"},
        {**opened(LINE), "rootVersion": 0},
        {**opened(LINE), "rootVersion": "1"},
        {**opened(LINE), "rootVersion": True},
        {**opened(LINE), "rootDigest": "sha256:00"},
        {**opened(LINE), "environment": "../prod"},
        {**opened(LINE), "level": "none"},
        {**opened(LINE), "expires": "soon"},
        {**opened(LINE), "url": "\ud800"},
    ],
)
def test_a_token_with_other_things_inside(inner: Any) -> None:
    refused(written(TOKEN, inner))


def test_a_token_is_written_in_one_way() -> None:
    assert written(TOKEN, opened(LINE)) == LINE
    refused(written(TOKEN, json.dumps(opened(LINE)).encode()))
    refused(written(TOKEN, {**opened(LINE), "expires": "2026-11-26T12:00:00Z"}))


def test_a_token_ends_on_time() -> None:
    assert read_token(LINE, NOW + DAY - timedelta(seconds=1))
    with pytest.raises(Misuse) as caught:
        read_token(LINE, NOW + DAY)
    said = check_words(caught.value.problems[0])
    assert "2026-11-26" in said
    assert "tiangong agent token" in said


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_request_proves_the_key() -> None:
    request = read_request(ASKED)
    assert (request.environment, request.repo, request.key) == ("dev", REPO, HOLDER.line)


def with_(**changes: Any) -> str:
    return written(REQUEST, {**opened(ASKED), **changes})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (with_(environment="prod"), "does not match these bytes"),
        (with_(repo="f" * 32), "does not match these bytes"),
        (with_(key=keyholder("mallory").line), "does not match these bytes"),
        (with_(proof="x"), "not exactly one armored"),
        (with_(proof=""), "not exactly one armored"),
        (with_(proof="\ud800"), "damaged"),
        (with_(key="\ud800"), "join request"),
        (with_(key="ssh-ed25519"), "not a line of an OpenSSH public key file"),
        (with_(key=f"ecdsa-sha2-nistp256 {HOLDER.line.split()[1]}"), "its type and its bytes differ"),
        (with_(more=1), "damaged"),
        (LINE, "does not start as one"),
        (ASKED[:-8], "missing or was changed"),
        ("", "does not start as one"),
    ],
)
def test_a_request_that_proves_nothing(line: str, said: str) -> None:
    words = refused(line, request=True)
    assert said in words
    assert "tgr1-" in words


def test_a_proof_for_another_key_or_purpose_is_none() -> None:
    from tiangong.trust.tokens import _proven

    proven = _proven("dev", REPO, HOLDER.line)
    other = keyholder("mallory").sign(proven, REQUEST_NAMESPACE).decode()
    assert "made with another key" in refused(with_(proof=other), request=True)
    status = HOLDER.sign(proven, "status.v1@tiangong.dev").decode()
    assert "it was made for" in refused(with_(proof=status), request=True)


@given(st.data())
def test_a_slip_in_a_request_is_noticed(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(ASKED) - 2))
    letter = data.draw(st.sampled_from("abcXYZ019-_=+").filter(lambda letter: letter != ASKED[at]))
    refused(ASKED[:at] + letter + ASKED[at + 1 :], request=True)
