"""OpenSSH certificates, both ways with ssh-keygen, and everything about their bytes that is refused (R5, R6)."""

import base64
import struct
from collections.abc import Iterable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
from hypothesis import given
from hypothesis import strategies as st

from tests.trust.conftest import KINDS, OpenSSH
from tests.trust.crafted import Plain, SoftKey, blob, certificate, tbs
from tiangong.trust.certificates import LATEST, Certificate, parse_certificate
from tiangong.trust.keys import parse_public
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, armor, check, check_any, dearmor
from tiangong.trust.wire import SigError, string

DATA = b"apiVersion: tiangong.dev/v1\nkind: Promotion\n"
NS = DOCUMENT_NAMESPACE.encode()
CA, HOLDER, SOFT = Plain("ecdsa"), Plain(), SoftKey()
GOOD = certificate(HOLDER, CA)


def flawed(raw: bytes) -> str:
    """Why a certificate is refused."""
    with pytest.raises(SigError) as caught:
        parse_certificate(raw)
    return str(caught.value)


# ── both ways with ssh-keygen ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("authority", ["ed25519", "p384", "rsa"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_ssh_keygen_signs_with_a_certificate_counts(openssh: OpenSSH, kind: str, authority: str) -> None:
    line = openssh.certify(kind, authority, "-I", "key of alice", "-n", "alice@example.org,root", "-z", "7")
    armored = openssh.sign_certified(kind, DATA)
    assert openssh.accepts(openssh.line(authority), DATA, armored, options="cert-authority ", who="root")
    sig = check_any(armored, DATA, DOCUMENT_NAMESPACE)
    found = sig.certificate
    assert found is not None
    assert sig.key.blob == found.key.blob == parse_public(openssh.line(kind)).blob
    assert found.authority.blob == parse_public(openssh.line(authority)).blob
    assert (found.serial, found.key_id, found.principals) == (7, "key of alice", ("alice@example.org", "root"))
    assert (found.is_user, found.critical) == (True, ())
    assert found.after < found.before < LATEST
    # the same bytes count nowhere where a plain key is meant
    with pytest.raises(SigError, match="plain key is wanted"):
        check(armored, DATA, DOCUMENT_NAMESPACE)
    with pytest.raises(SigError, match="plain key is wanted"):
        parse_public(line)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_ssh_keygen_accepts_a_certificate_made_here(openssh: OpenSSH, kind: str) -> None:
    soft = SoftKey(kind)
    for holder, raw in ((HOLDER, HOLDER.raw(tbs(DATA, NS))), (soft, soft.raw(tbs(DATA, NS)))):
        for authority in (CA, Plain(), Plain("rsa", 3072)):
            armored = armor(blob(certificate(holder, authority, principals=["x"]), raw))
            assert openssh.accepts(parse_public(_line(authority)).line, DATA, armored, options="cert-authority ")
            sig = check_any(armored, DATA, DOCUMENT_NAMESPACE)
            assert sig.certificate is not None
            assert sig.certificate.key.blob == holder.blob


def test_what_a_certificate_asks_for_is_read(openssh: OpenSSH) -> None:
    openssh.certify(
        "p256", "ed25519", "-I", "i", "-n", "x", "-O", "force-command=/bin/true", "-O", "source-address=::1"
    )
    found = check_any(openssh.sign_certified("p256", DATA), DATA, DOCUMENT_NAMESPACE).certificate
    assert found is not None
    assert found.critical == ("force-command", "source-address")
    openssh.certify("p256", "ed25519", "-h", "-I", "i", "-n", "x")
    host = openssh.folder / "p256-cert.pub"
    assert not parse_certificate(base64.b64decode(host.read_text().split()[1])).is_user


# ── no byte may differ; we may only refuse more ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", ["ed25519", "p521", "rsa"])
def test_rows_49_and_50_every_byte_of_a_certified_signature(openssh: OpenSSH, kind: str) -> None:
    """Rows 49, 50 (R5): every byte is changed in several ways; what still counts here, counts for ssh-keygen."""
    openssh.certify(kind, "p256", "-I", "i", "-n", "x")
    armored = openssh.sign_certified(kind, DATA)
    inner = dearmor(armored)
    for at in range(len(inner)):
        for bit in (0, 3, 7):
            mutant = bytearray(inner)
            mutant[at] ^= 1 << bit
            _only_what_ssh_keygen_accepts(openssh, [armor(bytes(mutant))])
    _only_what_ssh_keygen_accepts(openssh, (armor(inner[:at]) for at in range(1, len(inner))))


@given(st.data())
def test_row_49_whatever_a_certificate_holds_only_a_sig_error_comes_out(data: st.DataObject) -> None:
    """Row 49 (R5): pieces of certificates in any order and of any length."""
    cut = data.draw(st.integers(0, len(GOOD)))
    raw = GOOD[:cut] + data.draw(st.binary(max_size=40)) + GOOD[data.draw(st.integers(cut, len(GOOD))) :]
    try:
        assert isinstance(parse_certificate(raw), Certificate)
        assert raw == GOOD
    except SigError:
        assert raw != GOOD


def _only_what_ssh_keygen_accepts(openssh: OpenSSH, mutants: Iterable[bytes]) -> None:
    for mutant in mutants:
        try:
            check_any(mutant, DATA, DOCUMENT_NAMESPACE)
        except SigError:
            continue
        line = openssh.line("p256")
        assert openssh.accepts(line, DATA, mutant, options="cert-authority "), f"R5: only ours accepts {mutant!r}"


# ── each field by itself ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"use": 0}, "neither for a user nor for a host"),
        ({"use": 3}, "neither for a user nor for a host"),
        ({"reserved": b"x"}, "reserved field"),
        ({"principals": ["a\nb"]}, "printable ASCII"),
        ({"principals": ["b\u00fc"]}, "printable ASCII"),
        ({"principals": ["x" * 201]}, "too long"),
        ({"principals": ["x"] * 257}, "256 principals"),
        ({"key_id": b"\x1b[0m"}, "printable ASCII"),
        ({"key_id": b"\xff"}, "printable ASCII"),
        ({"extensions": [b"permit-pty", b""]}, None),
        ({"extensions": [b"permit-pty"]}, "not in order"),
        ({"extensions": [b"b", b"", b"a", b""]}, "not in order"),
        ({"extensions": [b"a", b"", b"a", b""]}, "not in order"),
        ({"critical": [b"force-command", string(b"x"), b"force-command", b""]}, "not in order"),
    ],
)
def test_a_field_of_a_certificate_that_is_wrong(fields: dict[str, Any], why: str | None) -> None:
    raw = certificate(HOLDER, CA, **fields)
    if why is None:
        assert parse_certificate(raw).key.blob == HOLDER.blob
    else:
        assert why in flawed(raw)


def test_a_certificate_must_be_signed_by_its_authority_and_by_no_other() -> None:
    good = certificate(HOLDER, CA)
    assert "does not match" in flawed(certificate(HOLDER, CA, signer=Plain("ecdsa")))
    assert "does not fit" in flawed(certificate(HOLDER, CA, signer=Plain()))
    assert "trailing" in flawed(good + b"\0")
    assert "cut short" in flawed(good[:-1])
    assert "plain key" in flawed(HOLDER.blob)


def test_an_authority_is_a_plain_key_that_we_would_take() -> None:
    chained = certificate(HOLDER, CA, shown=certificate(CA, CA))
    assert "authority's key" in flawed(chained)
    old = Plain("rsa", 1024)
    assert "1024 bits" in flawed(certificate(HOLDER, old))
    new = Plain("rsa", 2048)
    assert "does not fit" in flawed(certificate(HOLDER, new, algorithm=b"ssh-rsa"))


def test_a_security_key_with_a_certificate_must_be_touched() -> None:
    """Row 67 (R5): an agent that is forwarded signs nothing by itself."""
    shown = certificate(SOFT, CA, principals=["x"])
    touched = armor(blob(shown, SOFT.raw(tbs(DATA, NS), flags=5)))
    sig = check_any(touched, DATA, DOCUMENT_NAMESPACE)
    assert sig.touched
    assert sig.pin
    with pytest.raises(SigError, match="not touched"):
        check_any(armor(blob(shown, SOFT.raw(tbs(DATA, NS), flags=4))), DATA, DOCUMENT_NAMESPACE)


def test_what_is_valid_for_ever_is_valid_for_ever() -> None:
    found = parse_certificate(certificate(HOLDER, CA, after=0, before=2**64 - 1))
    assert (found.after, found.before) == (0, LATEST)


def test_row_23_what_signs_a_login_is_no_signature_of_a_document(openssh: OpenSSH) -> None:
    """Row 23 (R8): the bytes of an SSH login, signed by the right key, are no SSHSIG."""
    private: Any = load_ssh_private_key(openssh.key("ed25519").read_bytes(), None)
    public = parse_public(openssh.line("ed25519")).blob
    request = string(b"session") + struct.pack(">B", 50) + string(b"git") + string(b"ssh-connection")
    request += string(b"publickey") + b"\1" + string(b"ssh-ed25519") + string(public)
    login = string(b"ssh-ed25519") + string(private.sign(request))
    for data in (request, DATA):
        with pytest.raises(SigError, match="does not match"):
            check(armor(blob(public, login)), data, DOCUMENT_NAMESPACE)


def _line(key: Plain) -> str:
    kind = key.blob[4 : 4 + int.from_bytes(key.blob[:4], "big")].decode()
    return f"{kind} {base64.b64encode(key.blob).decode()}"
