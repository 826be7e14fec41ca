"""OpenSSH public keys: the algorithms we accept, as a table; a key's identity is its wire form."""

import base64
import binascii
import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tiangong.trust.wire import Reader, SigError

SMALLEST_RSA, LARGEST_RSA = 2048, 8192
CERTIFICATE = b"-cert-v01@openssh.com"
CURVES: dict[bytes, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    b"nistp256": (ec.SECP256R1(), hashes.SHA256()),
    b"nistp384": (ec.SECP384R1(), hashes.SHA384()),
    b"nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
RSA_HASHES: dict[bytes, hashes.HashAlgorithm] = {b"rsa-sha2-256": hashes.SHA256(), b"rsa-sha2-512": hashes.SHA512()}
ED25519 = (b"ssh-ed25519", b"sk-ssh-ed25519@openssh.com")
SK_ECDSA = b"sk-ecdsa-sha2-nistp256@openssh.com"
_FIELD = 2**255 - 19
_EIGHTH = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL = frozenset({0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH})
"""heights (y) of the points whose order divides eight"""

Verify = Callable[[bytes, bytes, bytes], None]
"""(signature algorithm, signature, data) → raises InvalidSignature or SigError"""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A plain public key; `blob` (wire form) is its identity, `application` is set for FIDO keys."""

    blob: bytes
    type: bytes
    verify: Verify
    application: bytes = b""

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as ssh-keygen -l shows it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def is_security_key(self) -> bool:
        """Tell whether the private key lives in a FIDO authenticator."""
        return self.type.startswith(b"sk-")

    @property
    def line(self) -> str:
        """`type base64`, as in an OpenSSH public key file."""
        return f"{self.type.decode()} {base64.b64encode(self.blob).decode()}"


def parse_public(line: str) -> PublicKey:
    """Read an OpenSSH public key line (`type base64 [comment]`); SigError when it isn't one we accept."""
    parts = line.split()
    if len(parts) < 2:
        raise SigError("it is not a line of an OpenSSH public key file")
    key = parse_blob(decode(parts[1].encode(errors="replace")))
    if key.type.decode() != parts[0]:
        raise SigError("its type and its bytes differ")
    return key


def decode(text: bytes) -> bytes:
    """Decode base64 in the one way it can be written; SigError otherwise."""
    try:
        raw = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        raw = b""
    if not raw or binascii.b2a_base64(raw, newline=False) != text:
        raise SigError("its base64 is broken")
    return raw


@functools.lru_cache(4096)
def parse_blob(blob: bytes) -> PublicKey:
    """Read a public key in wire form; SigError when it isn't one we accept."""
    reader = Reader(blob)
    kind = reader.string()
    if kind.endswith(CERTIFICATE):
        raise SigError("it is a certificate, where a plain key is wanted")
    verify, application = read_key(kind, reader)
    reader.end()
    return PublicKey(blob, kind, verify, application)


def read_key(kind: bytes, reader: Reader) -> tuple[Verify, bytes]:
    """Read what follows the type in a plain key, and in the middle of a certificate: the key, and its application."""
    try:
        verify = _verifier(kind, reader)
    except SigError:
        raise
    except ValueError:
        raise SigError("its key is not a valid point or number") from None
    return verify, reader.string() if kind.startswith(b"sk-") else b""


def _verifier(kind: bytes, reader: Reader) -> Verify:
    if kind in ED25519:
        raw = reader.string()
        if _small(raw):
            raise SigError("its key is a point of small order, under which anything would be signed")
        return _ed25519(ed25519.Ed25519PublicKey.from_public_bytes(raw))
    if kind.startswith(b"ecdsa-sha2-") or kind == SK_ECDSA:
        return _ecdsa(kind, reader)
    if kind == b"ssh-rsa":
        return _rsa(reader)
    raise SigError(f"its key type {kind.decode(errors='replace')[:40]} is not supported")


def _small(public: bytes) -> bool:
    """Tell whether an Ed25519 key is one of the few points under which one signature fits any bytes."""
    height = int.from_bytes(public, "little") & ((1 << 255) - 1)
    return height % _FIELD in _SMALL


def _ed25519(public: ed25519.Ed25519PublicKey) -> Verify:
    def verify(_algorithm: bytes, signature: bytes, data: bytes) -> None:
        public.verify(signature, data)

    return verify


def _ecdsa(kind: bytes, reader: Reader) -> Verify:
    curve, point = reader.string(), reader.string()
    if curve not in CURVES or kind not in (b"ecdsa-sha2-" + curve, b"sk-ecdsa-sha2-" + curve + b"@openssh.com"):
        raise SigError("its curve does not fit its type")
    if point[:1] != b"\x04":
        raise SigError("its point is compressed")
    group, digest = CURVES[curve]
    public = ec.EllipticCurvePublicKey.from_encoded_point(group, point)

    def verify(_algorithm: bytes, signature: bytes, data: bytes) -> None:
        numbers = Reader(signature)
        r, s = numbers.mpint(), numbers.mpint()
        numbers.end()
        public.verify(encode_dss_signature(r, s), data, ec.ECDSA(digest))

    return verify


def _rsa(reader: Reader) -> Verify:
    exponent, modulus = reader.mpint(), reader.mpint()
    if not SMALLEST_RSA <= modulus.bit_length() <= LARGEST_RSA:
        raise SigError(f"its RSA key has {modulus.bit_length()} bits, not {SMALLEST_RSA} to {LARGEST_RSA}")
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > 32:
        raise SigError("its RSA key has an unusual exponent")
    public = rsa.RSAPublicNumbers(exponent, modulus).public_key()

    def verify(algorithm: bytes, signature: bytes, data: bytes) -> None:
        public.verify(signature, data, padding.PKCS1v15(), RSA_HASHES[algorithm])

    return verify


def verify_raw(key: PublicKey, data: bytes, signature: bytes) -> int:
    """Check an SSH signature blob (RFC 4253 section 6.6, PROTOCOL.u2f); return the FIDO flags, 0 for ordinary keys."""
    reader = Reader(signature)
    algorithm, raw = reader.string(), reader.string()
    fits = algorithm in RSA_HASHES if key.type == b"ssh-rsa" else algorithm == key.type
    if not fits:
        raise SigError("its algorithm does not fit its key")
    flags = 0
    if key.is_security_key:
        tail = reader.take(5)
        flags = tail[0]
        data = hashlib.sha256(key.application).digest() + tail + hashlib.sha256(data).digest()
    reader.end()
    try:
        key.verify(algorithm, raw, data)
    except InvalidSignature:
        raise SigError("it does not match these bytes") from None
    return flags
