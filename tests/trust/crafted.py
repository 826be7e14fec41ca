"""Signatures put together byte by byte, so that each field can be wrong by itself; a FIDO authenticator in software."""

import hashlib
import struct
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tiangong.trust.keys import PublicKey, parse_blob
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, armor
from tiangong.trust.wire import mpint, string

HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512, b"sha1": hashlib.sha1, b"md5": hashlib.md5}


def tbs(data: bytes, namespace: bytes, hashed: bytes = b"sha512", reserved: bytes = b"") -> bytes:
    """What an SSH signature is really made over."""
    return b"SSHSIG" + string(namespace) + string(reserved) + string(hashed) + string(HASHES[hashed](data).digest())


def blob(
    key: bytes,
    signature: bytes,
    *,
    magic: bytes = b"SSHSIG",
    version: int = 1,
    namespace: bytes = DOCUMENT_NAMESPACE.encode(),
    reserved: bytes = b"",
    hashed: bytes = b"sha512",
) -> bytes:
    """The bytes inside the armor."""
    head = magic + struct.pack(">I", version)
    return head + b"".join(string(part) for part in (key, namespace, reserved, hashed, signature))


class Plain:
    """An ordinary key; `raw` signs bytes as SSH does, without any envelope."""

    def __init__(self, kind: str = "ed25519", bits: int = 2048) -> None:
        self.private: Any
        if kind == "ed25519":
            self.private = ed25519.Ed25519PrivateKey.generate()
            self.blob = string(b"ssh-ed25519") + string(self.private.public_key().public_bytes_raw())
        elif kind == "rsa":
            self.private = rsa.generate_private_key(65537, bits)
            numbers = self.private.public_key().public_numbers()
            self.blob = string(b"ssh-rsa") + mpint(numbers.e) + mpint(numbers.n)
        else:
            self.private = ec.generate_private_key(ec.SECP256R1())
            self.blob = string(b"ecdsa-sha2-nistp256") + string(b"nistp256") + string(point(self.private))

    def raw(self, data: bytes, algorithm: bytes = b"") -> bytes:
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return string(algorithm or b"ssh-ed25519") + string(self.private.sign(data))
        if isinstance(self.private, rsa.RSAPrivateKey):
            name = algorithm or b"rsa-sha2-512"
            digest = {b"ssh-rsa": hashes.SHA1(), b"rsa-sha2-256": hashes.SHA256()}.get(name, hashes.SHA512())
            return string(name) + string(self.private.sign(data, padding.PKCS1v15(), digest))
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return string(algorithm or b"ecdsa-sha2-nistp256") + string(mpint(r) + mpint(s))


class SoftKey:
    """A FIDO authenticator in software (PROTOCOL.u2f): what touching means is one bit, here set or not."""

    def __init__(self, kind: str = "ed25519", application: bytes = b"ssh:") -> None:
        self.kind, self.application = kind, application
        self.type = {"ed25519": b"sk-ssh-ed25519@openssh.com", "ecdsa": b"sk-ecdsa-sha2-nistp256@openssh.com"}[kind]
        self.private: Any
        if kind == "ed25519":
            self.private = ed25519.Ed25519PrivateKey.generate()
            public = string(self.private.public_key().public_bytes_raw())
        else:
            self.private = ec.generate_private_key(ec.SECP256R1())
            public = string(b"nistp256") + string(point(self.private))
        self.blob = string(self.type) + public + string(application)

    @property
    def public(self) -> PublicKey:
        return parse_blob(self.blob)

    def raw(self, data: bytes, flags: int = 1, counter: int = 7) -> bytes:
        tail = struct.pack(">BI", flags, counter)
        message = hashlib.sha256(self.application).digest() + tail + hashlib.sha256(data).digest()
        if self.kind == "ed25519":
            return string(self.type) + string(self.private.sign(message)) + tail
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return string(self.type) + string(mpint(r) + mpint(s)) + tail

    def sign(self, data: bytes, flags: int = 1, namespace: str = DOCUMENT_NAMESPACE) -> bytes:
        """An armored signature."""
        return armor(blob(self.blob, self.raw(tbs(data, namespace.encode()), flags), namespace=namespace.encode()))


def point(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def certificate(
    holder: Plain | SoftKey,
    authority: Plain,
    *,
    principals: Sequence[str] = ("x",),
    key_id: bytes = b"i",
    use: int = 1,
    serial: int = 1,
    after: int = 0,
    before: int = 2**63,
    **crafted: Any,
) -> bytes:
    """A certificate in wire form. `crafted`: critical, extensions, reserved, shown, signer, algorithm."""
    head = holder.blob[4:]
    length = int.from_bytes(holder.blob[:4], "big")
    kind, key = head[:length], head[length:]
    kind = kind.removesuffix(b"@openssh.com") + b"-cert-v01@openssh.com"
    signed = string(kind) + string(b"n" * 32) + key + struct.pack(">QI", serial, use) + string(key_id)
    signed += string(b"".join(string(name.encode()) for name in principals)) + struct.pack(">QQ", after, before)
    signed += string(b"".join(map(string, crafted.get("critical", ()))))
    signed += string(b"".join(map(string, crafted.get("extensions", ()))))
    signed += string(crafted.get("reserved", b"")) + string(crafted.get("shown", authority.blob))
    signer: Plain = crafted.get("signer", authority)
    return signed + string(signer.raw(signed, crafted.get("algorithm", b"")))
