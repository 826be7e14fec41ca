"""SSHSIG as ssh-keygen writes and reads it, and everything that is refused though somebody might accept it (R5)."""

import base64
import contextlib
import random
import struct
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
from hypothesis import given
from hypothesis import strategies as st

from tests.trust.conftest import KINDS, OpenSSH
from tests.trust.crafted import Plain, SoftKey, blob, tbs
from tiangong.trust.keys import parse_blob, parse_public
from tiangong.trust.sshsig import BEGIN, DOCUMENT_NAMESPACE, END, armor, check, dearmor, public_blob, sign
from tiangong.trust.wire import Reader, SigError, mpint, string

DATA = b"apiVersion: tiangong.dev/v1\nkind: Fleet\n"
NS = DOCUMENT_NAMESPACE.encode()
EIGHTH = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PLAIN = Plain()


def refused(armored: bytes, data: bytes = DATA, namespace: str = DOCUMENT_NAMESPACE) -> str:
    """Why a signature doesn't count."""
    with pytest.raises(SigError) as caught:
        check(armored, data, namespace)
    assert str(caught.value)
    return str(caught.value)


# ── both ways with ssh-keygen ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("hashed", ["sha256", "sha512"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_ssh_keygen_signs_counts(openssh: OpenSSH, kind: str, hashed: str) -> None:
    armored = openssh.sign(kind, DATA, hashed=hashed)
    sig = check(armored, DATA, DOCUMENT_NAMESPACE)
    assert sig.key.blob == parse_public(openssh.line(kind)).blob
    assert not sig.touched
    refused(armored, DATA + b"\n")
    refused(armored, DATA, "git")
    listed = openssh.run("-l", "-f", str(openssh.key(kind))).stdout.decode()
    assert sig.key.fingerprint in listed.split()


@pytest.mark.parametrize("kind", KINDS)
def test_ssh_keygen_accepts_what_we_sign(openssh: OpenSSH, kind: str) -> None:
    private: Any = load_ssh_private_key(openssh.key(kind).read_bytes(), None)
    armored = sign(private, DATA, DOCUMENT_NAMESPACE)
    assert openssh.accepts(openssh.line(kind), DATA, armored)
    assert not openssh.accepts(openssh.line(kind), DATA + b" ", armored)
    assert check(armored, DATA, DOCUMENT_NAMESPACE).key.line == " ".join(openssh.line(kind).split()[:2])
    assert armor(dearmor(armored)) == armored
    assert public_blob(private) == parse_public(openssh.line(kind)).blob


def test_a_key_that_cant_sign_here_is_said_so() -> None:
    with pytest.raises(SigError, match="can't sign"):
        sign(object(), DATA, DOCUMENT_NAMESPACE)


# ── we may only refuse more ──────────────────────────────────────────────────────────────────────────────────────
def mutants(armored: bytes, count: int, seed: str) -> list[bytes]:
    """Broken forms of a signature, of its bytes and of its armor."""
    chance = random.Random(seed)
    inner = dearmor(armored)
    text = armored.decode()
    found = [
        armored.replace(b"\n", b"\r\n"),
        b"\n" + armored,
        armored + b"\n",
        armored + armored,
        armored + b"trailing",
        armored.rstrip(b"\n"),
        armored.replace(b"SIGNATURE", b"signature"),
        (text[:80] + " " + text[80:]).encode(),
        (text[:80] + "\n\n" + text[80:]).encode(),
        *(armored.replace(b"\n" + END, pad + b"\n" + END) for pad in (b"=", b"==", b"A", b"\n", b"!")),
    ]
    while len(found) < count:
        raw = bytearray(inner)
        at = chance.randrange(len(raw))
        match chance.randrange(5):
            case 0:
                raw[at] ^= 1 << chance.randrange(8)
            case 1:
                del raw[at]
            case 2:
                raw.insert(at, chance.randrange(256))
            case 3:
                raw += chance.randbytes(chance.randrange(1, 9))
            case _:
                raw[at:] = b""
        found.append(armor(bytes(raw)))
    return found


@pytest.mark.parametrize("kind", [*KINDS, "sk-ed25519", "sk-ecdsa"])
def test_nothing_counts_that_ssh_keygen_refuses(openssh: OpenSSH, kind: str) -> None:
    if kind.startswith("sk-"):
        soft = SoftKey(kind.removeprefix("sk-"))
        line, armored = soft.public.line, soft.sign(DATA)
    else:
        line, armored = openssh.line(kind), openssh.sign(kind, DATA)
    assert check(armored, DATA, DOCUMENT_NAMESPACE)
    assert openssh.accepts(line, DATA, armored)
    known = parse_public(line).blob
    ours = 0
    for mutant in mutants(armored, 45, kind):
        try:
            counts = check(mutant, DATA, DOCUMENT_NAMESPACE).key.blob == known
        except SigError:
            counts = False
        if counts:
            ours += 1
            assert openssh.accepts(line, DATA, mutant), mutant
    assert ours <= 1  # the last line's end may be missing


# ── no byte may differ ───────────────────────────────────────────────────────────────────────────────────────────
SIGNED = {"ed25519": PLAIN, "ecdsa": Plain("ecdsa"), "rsa": Plain("rsa"), "sk": SoftKey(), "sk-ecdsa": SoftKey("ecdsa")}
ARMORED = {name: armor(blob(key.blob, key.raw(tbs(DATA, NS)))) for name, key in SIGNED.items()}


@given(st.data())
@pytest.mark.parametrize("name", SIGNED)
def test_no_changed_byte_of_a_signature_counts(name: str, data: st.DataObject) -> None:
    armored = bytearray(ARMORED[name])
    at = data.draw(st.integers(0, len(armored) - 1))
    armored[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != armored[at]))
    refused(bytes(armored))


@given(st.data())
@pytest.mark.parametrize("name", SIGNED)
def test_no_changed_byte_of_a_document_counts(name: str, data: st.DataObject) -> None:
    raw = bytearray(DATA)
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[at]))
    refused(ARMORED[name], bytes(raw))


@given(st.data())
@pytest.mark.parametrize("name", SIGNED)
def test_no_changed_byte_of_a_key_is_the_same_key(name: str, data: st.DataObject) -> None:
    line = bytearray(parse_blob(SIGNED[name].blob).line.encode())
    at = data.draw(st.integers(0, len(line) - 1))
    line[at] = data.draw(st.integers(33, 126).filter(lambda byte: byte != line[at]))
    with contextlib.suppress(SigError):
        assert parse_public(line.decode()).blob != SIGNED[name].blob


@given(st.binary(max_size=200))
def test_whatever_the_bytes_only_a_sig_error_comes_out(raw: bytes) -> None:
    for armored in (raw, armor(raw), armor(b"SSHSIG" + struct.pack(">I", 1) + raw)):
        with pytest.raises(SigError):
            check(armored, DATA, DOCUMENT_NAMESPACE)
    with pytest.raises(SigError):
        parse_blob(raw)


@given(st.text(max_size=200))
def test_whatever_the_line_only_a_sig_error_comes_out(line: str) -> None:
    with pytest.raises(SigError):
        parse_public(line)


# ── each field by itself ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_crafted_signature_counts_when_nothing_is_wrong_with_it(openssh: OpenSSH) -> None:
    for key in SIGNED.values():
        armored = armor(blob(key.blob, key.raw(tbs(DATA, NS))))
        assert check(armored, DATA, DOCUMENT_NAMESPACE).key.blob == key.blob
        assert openssh.accepts(parse_blob(key.blob).line, DATA, armored)


GOOD = PLAIN.raw(tbs(DATA, NS))


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        (blob(PLAIN.blob, GOOD, magic=b"SSHsig"), "version 1"),
        (blob(PLAIN.blob, GOOD, version=0), "version 1"),
        (blob(PLAIN.blob, GOOD, version=2), "version 1"),
        (blob(PLAIN.blob, GOOD, namespace=b""), "it was made for ''"),
        (blob(PLAIN.blob, PLAIN.raw(tbs(DATA, b"git")), namespace=b"git"), "it was made for 'git'"),
        (blob(PLAIN.blob, PLAIN.raw(tbs(DATA, NS + b"\0")), namespace=NS + b"\0"), "it was made for"),
        (blob(PLAIN.blob, PLAIN.raw(tbs(DATA, NS, reserved=b"x")), reserved=b"x"), "reserved"),
        (blob(PLAIN.blob, PLAIN.raw(tbs(DATA, NS, b"sha1")), hashed=b"sha1"), "its hash"),
        (blob(PLAIN.blob, PLAIN.raw(tbs(DATA, NS, b"md5")), hashed=b"md5"), "its hash"),
        (blob(PLAIN.blob, GOOD) + b"\0", "trailing bytes"),
        (blob(PLAIN.blob, GOOD + b"\0"), "trailing bytes"),
        (blob(PLAIN.blob + b"\0", GOOD), "trailing bytes"),
        (blob(PLAIN.blob, PLAIN.raw(tbs(DATA, NS), b"ssh-rsa")), "does not fit its key"),
        (blob(PLAIN.blob, b""), "cut short"),
        (blob(b"", GOOD), "cut short"),
        (blob(string(b"ssh-mldsa44-ed25519@openssh.com") + string(b"x" * 32), GOOD), "not supported"),
        (blob(string(b"ssh-dss") + string(b"x" * 32), GOOD), "not supported"),
        (blob(string(b"ssh-ed25519") + string(b"x" * 31), GOOD), "not a valid point"),
        (blob(PLAIN.blob, GOOD)[:-1], "cut short"),
    ],
)
def test_a_field_that_is_wrong(inner: bytes, why: str) -> None:
    assert why in refused(armor(inner))


def test_a_signature_over_the_hash_of_something_else() -> None:
    assert "does not match" in refused(armor(blob(PLAIN.blob, PLAIN.raw(tbs(b"else", NS)))))
    assert "does not match" in refused(armor(blob(PLAIN.blob, PLAIN.raw(tbs(DATA, NS, b"sha256")))))


def test_rsa_with_sha1_or_a_short_key_is_refused() -> None:
    for bits, algorithm, why in ((2048, b"ssh-rsa", "does not fit"), (1024, b"rsa-sha2-512", "1024 bits")):
        key = Plain("rsa", bits)
        assert why in refused(armor(blob(key.blob, key.raw(tbs(DATA, NS), algorithm))))
    key = Plain("rsa")
    both = armor(blob(key.blob, key.raw(tbs(DATA, NS), b"rsa-sha2-256")))
    assert check(both, DATA, DOCUMENT_NAMESPACE)
    # signed with SHA-256, said to be SHA-512
    crossed = key.raw(tbs(DATA, NS), b"rsa-sha2-256").replace(b"rsa-sha2-256", b"rsa-sha2-512")
    assert "does not match" in refused(armor(blob(key.blob, crossed)))


@pytest.mark.parametrize("exponent", [1, 2, 65536, 2**33 + 1])
def test_rsa_with_an_unusual_exponent(exponent: int) -> None:
    modulus = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
    with pytest.raises(SigError, match="exponent"):
        parse_blob(string(b"ssh-rsa") + mpint(exponent) + mpint(modulus))


def test_a_point_that_is_compressed_not_on_its_curve_or_of_another() -> None:
    key = Plain("ecdsa")
    curve = string(b"ecdsa-sha2-nistp256") + string(b"nistp256")
    where = key.blob[len(curve) + 4 :]
    short = bytes([2 + where[-1] % 2]) + where[1:33]
    for inner, why in (
        (curve + string(short), "compressed"),
        (curve + string(where[:-1] + bytes([where[-1] ^ 1])), "not a valid point"),
        (curve + string(b"\x04" + bytes(64)), "not a valid point"),
        (string(b"ecdsa-sha2-nistp384") + string(b"nistp256") + string(where), "curve"),
        (string(b"ecdsa-sha2-nistp256") + string(b"nistp384") + string(where), "curve"),
        (string(b"ecdsa-sha2-secp256k1") + string(b"secp256k1") + string(where), "curve"),
    ):
        with pytest.raises(SigError, match=why):
            parse_blob(inner)
    assert isinstance(key.private, ec.EllipticCurvePrivateKey)


@pytest.mark.parametrize(
    "number", [b"\0", b"\0\x01", b"\0\0\x80", b"\x80", b"\xff\xff"], ids=["zero", "padded", "twice", "minus", "minus2"]
)
def test_numbers_have_one_form(number: bytes) -> None:
    with pytest.raises(SigError, match="number in a wrong form"):
        Reader(string(number)).mpint()
    assert "wrong form" in refused(
        armor(blob(SIGNED["ecdsa"].blob, string(b"ecdsa-sha2-nistp256") + string(string(number) + string(b"\x01"))))
    )


@given(st.integers(0, 2**600))
def test_numbers_are_read_as_they_were_written(number: int) -> None:
    assert Reader(mpint(number)).mpint() == number


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_security_key_must_be_touched(openssh: OpenSSH, kind: str) -> None:
    soft = SoftKey(kind)
    assert check(soft.sign(DATA), DATA, DOCUMENT_NAMESPACE).touched
    assert check(soft.sign(DATA, flags=0x05), DATA, DOCUMENT_NAMESPACE).flags == 5
    for flags in (0x00, 0x04):
        untouched = soft.sign(DATA, flags=flags)
        assert openssh.accepts(soft.public.line, DATA, untouched)
        assert "not touched" in refused(untouched)
    # the flag is signed: setting it afterwards breaks the signature
    raw = bytearray(dearmor(soft.sign(DATA, flags=0)))
    raw[-5] = 1
    assert "does not match" in refused(armor(bytes(raw)))


def test_a_security_key_signs_for_its_own_application_and_never_as_a_plain_key() -> None:
    soft = SoftKey()
    other = SoftKey(application=b"ssh:else")
    other.private = soft.private
    swapped = blob(soft.blob, other.raw(tbs(DATA, NS)))
    assert "does not match" in refused(armor(swapped))
    plain = string(b"ssh-ed25519") + string(soft.private.public_key().public_bytes_raw())
    assert "does not fit" in refused(armor(blob(plain, soft.raw(tbs(DATA, NS)))))
    bare = string(b"sk-ssh-ed25519@openssh.com") + string(soft.private.sign(tbs(DATA, NS)))
    assert "cut short" in refused(armor(blob(soft.blob, bare)))
    web = soft.raw(tbs(DATA, NS)).replace(b"sk-ssh-ed25519@openssh.com", b"webauthn-sk-ecdsa-sha2-nis")
    assert "does not fit" in refused(armor(blob(soft.blob, web)))


@pytest.mark.parametrize("height", [0, 1, 2**255 - 20, EIGHTH, 2**255 - 19 - EIGHTH, 2**255 - 19, 2**255 - 18])
@pytest.mark.parametrize("sign_bit", [0, 1 << 255])
def test_row_48_a_key_under_which_anything_is_signed(height: int, sign_bit: int) -> None:
    """Row 48 (R5): points of small order; under the neutral one a single signature fits any bytes."""
    raw = (height | sign_bit).to_bytes(32, "little")
    with pytest.raises(SigError, match=r"small order|not a valid point"):
        parse_blob(string(b"ssh-ed25519") + string(raw))
    with pytest.raises(SigError, match=r"small order|not a valid point"):
        parse_blob(string(b"sk-ssh-ed25519@openssh.com") + string(raw) + string(b"ssh:"))


def test_row_48_such_a_key_would_really_sign_anything() -> None:
    """Row 48 (R5): why they are refused by us; the library below us takes them."""
    neutral = (1).to_bytes(32, "little")
    key = ed25519.Ed25519PublicKey.from_public_bytes(neutral)
    key.verify(neutral + bytes(32), b"anything")
    key.verify(neutral + bytes(32), b"anything else")


def test_a_number_of_a_signature_beyond_its_group_is_refused() -> None:
    """Row 48 (R5): the other form of an Ed25519 signature, s + l, and numbers of ECDSA outside their group."""
    inner = Reader(GOOD)
    inner.string()
    raw = inner.string()
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(raw[32:], "little") + order
    twisted = string(b"ssh-ed25519") + string(raw[:32] + scalar.to_bytes(32, "little"))
    assert "does not match" in refused(armor(blob(PLAIN.blob, twisted)))
    for r, s in ((0, 1), (1, 0), (0, 0), (2**256, 1), (P256_ORDER, P256_ORDER)):
        wrong = string(b"ecdsa-sha2-nistp256") + string(mpint(r) + mpint(s))
        assert "does not match" in refused(armor(blob(SIGNED["ecdsa"].blob, wrong)))


# ── armor ────────────────────────────────────────────────────────────────────────────────────────────────────────
BODY = base64.b64encode(blob(PLAIN.blob, GOOD))


def wrapped(width: int) -> bytes:
    return b"\n".join([BEGIN, *(BODY[at : at + width] for at in range(0, len(BODY), width)), END, b""])


@pytest.mark.parametrize("width", [64, 70, 76, len(BODY)])
def test_lines_may_be_of_any_one_length(width: int) -> None:
    assert check(wrapped(width), DATA, DOCUMENT_NAMESPACE)
    assert check(wrapped(width).rstrip(), DATA, DOCUMENT_NAMESPACE)


ONE = wrapped(70)


@pytest.mark.parametrize(
    "armored",
    [
        b"",
        b"\n",
        ONE + ONE,
        ONE + b"# a note\n",
        b"# a note\n" + ONE,
        ONE + b"\n",
        b"\n" + ONE,
        b" " + ONE,
        ONE.replace(b"\n", b"\n\n", 2),
        ONE.replace(END, b" " + END),
        BEGIN + b"\n" + END + b"\n",
        BEGIN + b"\n\n" + END + b"\n",
        BEGIN + END,
        BEGIN,
        ONE.replace(b"SSH SIGNATURE", b"SSH  SIGNATURE"),
        ONE.replace(BEGIN, b"-----BEGIN PGP SIGNATURE-----"),
        ONE[: len(BEGIN) + 30] + b"\n" + ONE[len(BEGIN) + 30 :],
    ],
)
def test_there_is_exactly_one_block_and_nothing_else(armored: bytes) -> None:
    assert "not exactly one armored" in refused(armored)


LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def test_base64_has_one_form() -> None:
    bodies = [base64.b64encode(blob(PLAIN.blob, GOOD, namespace=NS + b"x" * extra)) for extra in range(3)]
    for body in bodies:
        kept = body.rstrip(b"=")
        padding = body[len(kept) :]
        if padding:
            # the last letter has bits to spare: other letters decode to the same bytes
            bent = kept[:-1] + LETTERS[LETTERS.index(kept[-1:]) + 1 :][:1] + padding
            assert base64.b64decode(bent, validate=True) == base64.b64decode(body)
            assert "base64 is broken" in refused(b"\n".join([BEGIN, bent, END, b""]))
    assert {body.count(b"=") for body in bodies} == {0, 1, 2}


def test_too_large_and_windows_lines_say_so() -> None:
    assert "too large" in refused(armor(b"x" * 20_000))
    assert "Windows" in refused(ONE.replace(b"\n", b"\r\n"))
