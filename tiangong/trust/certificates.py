"""OpenSSH certificates (PROTOCOL.certkeys), strictly: who an authority says the holder of a key is (R6).

Only what bytes alone decide is checked here, the authority's signature included. Whether the authority is one of ours,
whom it may name and when it counted is decided by `trust/identity.py`, every time.
"""

import functools
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from tiangong.trust.keys import CERTIFICATE, PublicKey, parse_blob, read_key, verify_raw
from tiangong.trust.wire import Reader, SigError, string

USER, HOST = 1, 2
LONGEST_NAME = 200
MOST_PRINCIPALS = 256
LATEST = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp())
"""what is valid for longer is valid for ever"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an authority says of a key. Times are seconds since 1970; `before` is exclusive."""

    key: PublicKey
    authority: PublicKey
    serial: int
    key_id: str
    principals: tuple[str, ...]
    after: int
    before: int
    critical: tuple[str, ...]
    is_user: bool

    def counts_at(self, when: datetime) -> bool:
        """Tell whether it was valid at a moment."""
        return self.after <= when.timestamp() < self.before


def is_certificate(blob: bytes) -> bool:
    """Tell a certificate from a plain key, in wire form."""
    return Reader(blob).string().endswith(CERTIFICATE)


@functools.lru_cache(4096)
def parse_certificate(blob: bytes) -> Certificate:
    """Read a certificate in wire form and check its authority's signature; SigError when it isn't one we accept."""
    reader = Reader(blob)
    kind = reader.string()
    plain = kind.removesuffix(CERTIFICATE)
    if plain == kind:
        raise SigError("it is a plain key, where a certificate is wanted")
    plain += b"@openssh.com" if plain.startswith(b"sk-") else b""
    reader.string()  # nonce
    start = len(reader.read)
    verify, application = read_key(plain, reader)
    key = PublicKey(string(plain) + reader.read[start:], plain, verify, application)
    serial, use, key_id, principals = reader.uint64(), reader.uint32(), reader.string(), reader.string()
    after, before = reader.uint64(), reader.uint64()
    critical, extensions, reserved, authority = reader.string(), reader.string(), reader.string(), reader.string()
    signed = reader.read
    signature = reader.string()
    reader.end()
    if use not in (USER, HOST):
        raise SigError("its certificate is neither for a user nor for a host")
    if reserved:
        raise SigError("the reserved field of its certificate is not empty")
    _options(extensions)
    found = Certificate(
        key=key,
        authority=_authority(authority),
        serial=serial,
        key_id=_text(key_id),
        principals=_principals(principals),
        after=min(after, LATEST),
        before=min(before, LATEST),
        critical=_options(critical),
        is_user=use == USER,
    )
    _signed_by(found.authority, signed, signature)
    return found


def _authority(blob: bytes) -> PublicKey:
    """An authority is a plain key, so that no chain can be built."""
    try:
        return parse_blob(blob)
    except SigError as error:
        raise SigError(f"the authority's key of its certificate can't be used: {error}") from None


def _signed_by(authority: PublicKey, signed: bytes, signature: bytes) -> None:
    try:
        verify_raw(authority, signed, signature)
    except SigError as error:
        raise SigError(f"its certificate is not signed by its authority: {error}") from None


def _principals(raw: bytes) -> tuple[str, ...]:
    names = [_text(name) for name in Reader(raw).strings()]
    if len(names) > MOST_PRINCIPALS:
        raise SigError(f"its certificate has more than {MOST_PRINCIPALS} principals")
    return tuple(names)


def _options(raw: bytes) -> tuple[str, ...]:
    """The names of options, which are sorted and unique; what they hold is none of our business."""
    reader = Reader(raw)
    parts = list(reader.strings())
    names = parts[::2]
    if len(parts) % 2 or any(one >= other for one, other in pairwise(names)):
        raise SigError("the options of its certificate are not in order")
    return tuple(_text(name) for name in names)


def _text(raw: bytes) -> str:
    """A name people can read: anything else could look like another one."""
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        text = "\0"
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise SigError("a name in its certificate is not printable ASCII, or too long")
    return text
