"""age-encryption.org/v1 with X25519 recipients: what SOPS encrypts its data keys with. Strict, in memory, bounded.

Source: C2SP age.md. Of other recipients (SSH, scrypt, post-quantum, plugins) stanzas are skipped, nothing is written.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tiangong.sops.bech32 import decode, encode

INTRO = b"age-encryption.org/v1\n"
LABEL = b"age-encryption.org/v1/X25519"
PUBLIC, PRIVATE = "age", "age-secret-key-"
BEGIN, END = "-----BEGIN AGE ENCRYPTED FILE-----", "-----END AGE ENCRYPTED FILE-----"
KEY_BYTES, FILE_KEY_BYTES, NONCE_BYTES, COLUMNS = 32, 16, 16, 64
CHUNK, TAG = 64 << 10, 16
LARGEST = 1 << 20
MOST_STANZAS = 256
MAC_LINE = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")
WORDS = re.compile(r"-> [\x21-\x7e]+(?: [\x21-\x7e]+)*")
ZERO = bytes(12)


class AgeError(ValueError):
    """What was read isn't what age writes, or is for somebody else. Its text holds nothing of what was encrypted."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who can open: an `AGE-SECRET-KEY-1…`. Never shown by accident."""

    private: X25519PrivateKey = field(repr=False)

    @classmethod
    def made(cls) -> "Identity":
        """A new one."""
        return cls(X25519PrivateKey.generate())

    @classmethod
    def read(cls, word: str) -> "Identity":
        """From its text; AgeError when it is none."""
        return cls(X25519PrivateKey.from_private_bytes(_decoded(word, PRIVATE)))

    @property
    def text(self) -> str:
        """As it is kept, in a file nobody else may read."""
        return encode(PRIVATE, self.private.private_bytes_raw()).upper()

    @property
    def recipient(self) -> str:
        """The public half, `age1…`."""
        return encode(PUBLIC, self.private.public_key().public_bytes_raw())


def identities_in(text: str) -> list[Identity]:
    """The identities of a key file as age-keygen writes it; AgeError when a line is none."""
    lines = (line.strip() for line in text.splitlines())
    return [Identity.read(line) for line in lines if line and not line.startswith("#")]


def check_recipient(word: str) -> None:
    """AgeError unless this is a public key that can be encrypted to here."""
    _decoded(word, PUBLIC)


# ── encrypting and decrypting ────────────────────────────────────────────────────────────────────────────────────
def encrypt(plain: bytes, recipient: str) -> str:
    """Encrypt to one recipient; armored."""
    file_key = secrets.token_bytes(FILE_KEY_BYTES)
    ephemeral = X25519PrivateKey.generate()
    share, public = ephemeral.public_key().public_bytes_raw(), _decoded(recipient, PUBLIC)
    wrap = _wrap_key(ephemeral, public, share, public)
    body = ChaCha20Poly1305(wrap).encrypt(ZERO, file_key, None)
    head = INTRO + f"-> X25519 {_bare(share)}\n{_bare(body)}\n---".encode()
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    parts = [plain[at : at + CHUNK] for at in range(0, max(len(plain), 1), CHUNK)]
    sealed = (cipher.encrypt(_counter(n, last=n == len(parts) - 1), part, None) for n, part in enumerate(parts))
    return _armored(head + f" {_bare(_mac(file_key, head))}\n".encode() + nonce + b"".join(sealed))


def decrypt(armored: str, identities: Sequence[Identity]) -> bytes:
    """What was encrypted to one of the identities; AgeError for anybody else's, and when a bit isn't as it was."""
    raw = _unarmored(armored)
    stanzas, head, mac, payload = _split(raw)
    keys = (key for one in identities for words, body in stanzas if (key := _unwrapped(one, words, body)))
    file_key = next(keys, None)
    if file_key is None:
        raise AgeError("it isn't encrypted to this key")
    if not hmac.compare_digest(_mac(file_key, head), mac):
        raise AgeError("its header was changed")
    return _opened(file_key, payload)


def _opened(file_key: bytes, payload: bytes) -> bytes:
    nonce, sealed = payload[:NONCE_BYTES], payload[NONCE_BYTES:]
    if len(nonce) < NONCE_BYTES or not sealed:
        raise AgeError("it is cut off")
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    parts = [sealed[at : at + CHUNK + TAG] for at in range(0, len(sealed), CHUNK + TAG)]
    if len(parts) > 1 and len(parts[-1]) <= TAG:
        raise AgeError("it ends in an empty part")
    try:
        plain = (cipher.decrypt(_counter(n, last=n == len(parts) - 1), part, None) for n, part in enumerate(parts))
        return b"".join(plain)
    except InvalidTag:
        raise AgeError("it was changed or cut off") from None


def _unwrapped(identity: Identity, words: Sequence[str], body: bytes) -> bytes | None:
    """The file key, when a stanza is for this identity."""
    if words[0] != "X25519":
        return None
    share = _unbare(words[1]) if len(words) == 2 else b""
    if len(share) != KEY_BYTES or len(body) != FILE_KEY_BYTES + TAG:
        raise AgeError("a stanza is damaged")
    wrap = _wrap_key(identity.private, share, share, identity.private.public_key().public_bytes_raw())
    try:
        return ChaCha20Poly1305(wrap).decrypt(ZERO, body, None)
    except InvalidTag:
        return None


def _wrap_key(mine: X25519PrivateKey, theirs: bytes, share: bytes, recipient: bytes) -> bytes:
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(theirs))
    except ValueError:
        raise AgeError("a share is of low order") from None
    return _derived(shared, share + recipient, LABEL)


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, info).derive(secret)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), head, hashlib.sha256)


def _counter(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


# ── the form ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _split(raw: bytes) -> tuple[list[tuple[list[str], bytes]], bytes, bytes, bytes]:
    """Stanzas, the part of the header under the MAC, the MAC, the rest."""
    at = raw.find(b"\n---") + 1
    line = MAC_LINE.match(raw, at) if at else None
    if not raw.startswith(INTRO) or line is None:
        raise AgeError("it doesn't begin as age writes it")
    try:
        lines = raw[len(INTRO) : at].decode("ascii").split("\n")[:-1]
    except UnicodeDecodeError:
        raise AgeError("its header isn't text") from None
    return list(_stanzas(lines)), raw[: at + 3], _unbare(line[1].decode()), raw[line.end() :]


def _stanzas(lines: Sequence[str]) -> Iterator[tuple[list[str], bytes]]:
    words: list[str] | None = None
    body = ""
    for count, line in enumerate(lines):
        if count > MOST_STANZAS * 4:
            raise AgeError("its header is too long")
        if words is None:
            if not WORDS.fullmatch(line):
                raise AgeError("a stanza is damaged")
            words = line.split(" ")[1:]
        elif len(line) > COLUMNS:
            raise AgeError("a stanza is damaged")
        else:
            body += line
            if len(line) < COLUMNS:
                yield words, _unbare(body)
                words, body = None, ""
    if words is not None:
        raise AgeError("a stanza is cut off")


def _decoded(word: str, prefix: str) -> bytes:
    try:
        found, raw = decode(word)
    except ValueError as error:
        raise AgeError(str(error)) from None
    if found != prefix or len(raw) != KEY_BYTES or (prefix == PRIVATE) != word.isupper():
        raise AgeError("it is a key of another kind")
    return raw


def _bare(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _unbare(word: str) -> bytes:
    """Base64 without padding, in the one form that is written."""
    try:
        raw = base64.b64decode(word + "=" * (-len(word) % 4), validate=True)
    except ValueError:
        raise AgeError("it isn't Base64") from None
    if _bare(raw) != word:
        raise AgeError("its Base64 has bits that mean nothing")
    return raw


def _armored(raw: bytes) -> str:
    word = base64.b64encode(raw).decode()
    lines = (word[at : at + COLUMNS] for at in range(0, len(word), COLUMNS))
    return "\n".join((BEGIN, *lines, END, ""))


def _unarmored(text: str) -> bytes:
    """What stands between begin and end: whole lines of 64 characters, the last one may be shorter."""
    lines = text.strip().split("\n")
    body = lines[1:-1]
    whole = "".join(body)
    fits = all(len(line) == COLUMNS for line in body[:-1]) and bool(body) and 0 < len(body[-1]) <= COLUMNS
    if len(text) > 2 * LARGEST or lines[0] != BEGIN or lines[-1] != END or not fits:
        raise AgeError("it isn't armored as age does it")
    return _unbare(whole.rstrip("=")) if len(whole) % 4 == 0 else _unbare("=")
