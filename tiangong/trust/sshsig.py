"""SSHSIG (OpenSSH's PROTOCOL.sshsig), strictly (R5): whatever ssh-keygen accepts by leniency is refused here."""

import base64
import functools
import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tiangong.trust.certificates import Certificate, is_certificate, parse_certificate
from tiangong.trust.keys import CURVES, PublicKey, decode, parse_blob, verify_raw
from tiangong.trust.wire import Reader, SigError, mpint, string

DOCUMENT_NAMESPACE = "document.v1@tiangong.dev"
BEGIN, END = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
MAGIC, VERSION = b"SSHSIG", 1
LARGEST = 16 * 1024
HASHES: dict[bytes, Callable[[bytes], Any]] = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
TOUCHED, PIN = 0x01, 0x04


@dataclass(frozen=True, slots=True)
class Sig:
    """A signature whose bytes are right; it says nothing yet of who may sign."""

    key: PublicKey
    flags: int
    certificate: Certificate | None = None
    """what the signer showed instead of a plain key; then the key by itself speaks for nobody"""
    person: str = ""
    """whom the certificate names, once its authority was asked; see `trust/hearing.py`"""
    tainted: bool = False
    """its key was stolen later: what it signed runs on, and nothing new begins"""

    @property
    def touched(self) -> bool:
        """Tell whether a FIDO key was touched for it."""
        return bool(self.flags & TOUCHED)

    @property
    def pin(self) -> bool:
        """Tell whether a FIDO key asked for its PIN, or for a finger it knows, too."""
        return bool(self.flags & PIN)


def check(armored: bytes, data: bytes, namespace: str) -> Sig:
    """Check one detached signature of a plain key over `data`; SigError says what is wrong with it."""
    sig = check_any(armored, data, namespace)
    if sig.certificate is not None:
        raise SigError("it was made with a certificate, where a plain key is wanted")
    return sig


def check_any(armored: bytes, data: bytes, namespace: str) -> Sig:
    """Check one detached signature of a plain key, or of one with a certificate: its bytes, at no time in particular.

    The certificate's own signature is checked too; whether its authority, its names and its times count isn't.
    """
    reader = Reader(dearmor(armored))
    if reader.take(len(MAGIC)) != MAGIC or reader.uint32() != VERSION:
        raise SigError("it is not an SSH signature of version 1")
    blob, signed_namespace, reserved = reader.string(), reader.string(), reader.string()
    algorithm, signature = reader.string(), reader.string()
    reader.end()
    if not namespace or signed_namespace != namespace.encode():
        raise SigError(f"it was made for {signed_namespace.decode(errors='replace')[:60]!r}, not for {namespace!r}")
    if reserved:
        raise SigError("its reserved field is not empty")
    if algorithm not in HASHES:
        raise SigError("its hash is neither sha256 nor sha512")
    certificate = parse_certificate(blob) if is_certificate(blob) else None
    key = certificate.key if certificate else parse_blob(blob)
    flags = verify_raw(key, _signed_bytes(namespace, algorithm, data), signature)
    if key.is_security_key and not flags & TOUCHED:
        raise SigError("its security key was not touched")
    return Sig(key, flags, certificate)


def sign(private: Any, data: bytes, namespace: str) -> bytes:
    """Sign with a private key object of `cryptography`; people's keys are used by ssh-keygen, not here."""
    algorithm = b"sha512"
    blob, kind, raw = _signed_by(private, _signed_bytes(namespace, algorithm, data))
    body = (
        string(blob) + string(namespace.encode()) + string(b"") + string(algorithm) + string(string(kind) + string(raw))
    )
    return armor(MAGIC + struct.pack(">I", VERSION) + body)


def public_blob(private: Any) -> bytes:
    """The wire form of the public half of a private key."""
    return _signed_by(private, b"")[0]


def dearmor(text: bytes) -> bytes:
    """The bytes of exactly one armored block with nothing around it; SigError otherwise.

    Lines may be of any one length; they are 70 characters long when ssh-keygen wrote them.
    """
    if len(text) > LARGEST:
        raise SigError("it is too large")
    if b"\r" in text:
        raise SigError("it has Windows line ends")
    lines = text.removesuffix(b"\n").split(b"\n")
    body = lines[1:-1]
    width = len(body[0]) if body else 0
    shaped = width and all(len(line) == width for line in body[:-1]) and 0 < len(body[-1]) <= width
    if lines[0] != BEGIN or lines[-1] != END or not shaped:
        raise SigError("it is not exactly one armored SSH signature")
    return decode(b"".join(body))


def armor(blob: bytes) -> bytes:
    """Write an armored block as ssh-keygen does."""
    text = base64.b64encode(blob)
    return b"\n".join([BEGIN, *(text[at : at + 70] for at in range(0, len(text), 70)), END, b""])


def _signed_bytes(namespace: str, algorithm: bytes, data: bytes) -> bytes:
    return _preamble(namespace, algorithm) + string(HASHES[algorithm](data).digest())


@functools.lru_cache(64)
def _preamble(namespace: str, algorithm: bytes) -> bytes:
    return MAGIC + string(namespace.encode()) + string(b"") + string(algorithm)


def _signed_by(private: Any, data: bytes) -> tuple[bytes, bytes, bytes]:
    """(public key in wire form, signature algorithm, signature)."""
    if isinstance(private, ed25519.Ed25519PrivateKey):
        kind = b"ssh-ed25519"
        return string(kind) + string(private.public_key().public_bytes_raw()), kind, private.sign(data)
    if isinstance(private, rsa.RSAPrivateKey):
        numbers = private.public_key().public_numbers()
        raw = private.sign(data, padding.PKCS1v15(), hashes.SHA512())
        return string(b"ssh-rsa") + mpint(numbers.e) + mpint(numbers.n), b"rsa-sha2-512", raw
    if isinstance(private, ec.EllipticCurvePrivateKey):
        curve = {256: b"nistp256", 384: b"nistp384", 521: b"nistp521"}[private.curve.key_size]
        kind = b"ecdsa-sha2-" + curve
        r, s = decode_dss_signature(private.sign(data, ec.ECDSA(CURVES[curve][1])))
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return string(kind) + string(curve) + string(point), kind, mpint(r) + mpint(s)
    raise SigError("this private key can't sign here")
