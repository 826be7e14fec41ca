"""Opens and writes SOPS files: values by AES-256-GCM bound to the keys that lead to them, a MAC over all of them.

Everything stays in memory. A file is written anew each time, with a new data key: who could open the last one can't
open this one unless it is encrypted to them again.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tiangong.documents.dump import dump
from tiangong.documents.sops import OWN, Path, SealedFile, Value, leaves, plain_under
from tiangong.errors import Misuse, Place, Refused
from tiangong.sops.age import AgeError, Identity, decrypt, encrypt

KEY_BYTES = IV_BYTES = 32
TAG = 16
ONLY_ENCRYPTED = bytes.fromhex("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69")
"""what the MAC begins with where it covers encrypted values only"""
VERSION = "3.13.3"
"""the version of SOPS whose format is written"""
RULE = ("unencrypted_suffix", "_unencrypted")
LONGEST_NUMBER = 400


def opened(found: SealedFile, identities: Sequence[Identity]) -> dict[str, Any]:
    """The plain data of a file; Refused when it is for others, or when anything in it isn't as it was written."""
    key = _data_key(found, identities)
    mac = hashlib.sha512(ONLY_ENCRYPTED if found.only_encrypted else b"")

    def plain(path: Path, value: Any) -> Any:
        stays = _stays_plain(found, path)
        if stays or value in ("", None):
            if isinstance(value, Value):
                raise Refused.of("sops/altered", Place(found.path, field=".".join(path)))
            if value is not None and not (stays and found.only_encrypted):
                mac.update(_bytes(value))
            return value
        if not isinstance(value, Value):
            raise Refused.of("sops/plain", Place(found.path, field=".".join(path)))
        raw = _decrypted(found, value, key, path)
        mac.update(raw)
        return _typed(found, value.type, raw, path)

    tree = {name: _mapped(value, (name,), plain) for name, value in found.tree.items()}
    wanted = _decrypted(found, found.mac, key, (), found.modified)
    if not hmac.compare_digest(mac.hexdigest().upper().encode(), wanted):
        raise Refused.of("sops/altered", Place(found.path, field=f"{OWN}.mac"))
    return tree


def sealed(tree: Mapping[str, Any], recipients: Iterable[str], now: datetime, rule: tuple[str, str] = RULE) -> bytes:
    """A SOPS file as the real program reads it. Misuse for recipients that can't be encrypted to here."""
    key = secrets.token_bytes(KEY_BYTES)
    mac = hashlib.sha512()

    def hidden(path: Path, value: Any) -> Any:
        if value is None:
            return None
        raw = _bytes(value)
        mac.update(raw)
        return value if value == "" or plain_under(rule, path) else _encrypted(raw, _type(value), key, _aad(path))

    data = {name: _mapped(value, (name,), hidden) for name, value in tree.items()}
    modified = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    own = {
        "age": [{"recipient": name, "enc": _wrapped(key, name)} for name in recipients],
        "lastmodified": modified,
        "mac": _encrypted(mac.hexdigest().upper().encode(), "str", key, modified),
        rule[0]: rule[1],
        "version": VERSION,
    }
    # Unquoted, SOPS reads a time where it wants text.
    footer = dump({OWN: own}).replace(modified.encode(), f'"{modified}"'.encode(), 1)
    return (dump(data) if data else b"") + footer


def can_open(found: SealedFile, identities: Sequence[Identity]) -> bool:
    """Tell whether one of the identities is a recipient, by name."""
    return not {name for name, _ in found.recipients}.isdisjoint(one.recipient for one in identities)


def texts_of(tree: Mapping[str, Any]) -> list[str]:
    """Every value as text, those without a name too: all of it must be hidden in what is said."""
    return [text_of(value) for _, value in leaves(tree) if value is not None]


def text_of(value: Any) -> str:
    """A value as a step gets it."""
    return _bytes(value).decode() if not isinstance(value, bool) else str(value).lower()


def _data_key(found: SealedFile, identities: Sequence[Identity]) -> bytes:
    mine = {one.recipient for one in identities}
    place = Place(found.path, field=f"{OWN}.age")
    for name, enc in found.recipients:
        if name in mine:
            try:
                key = decrypt(enc, identities)
            except AgeError:
                raise Refused.of("sops/altered", place) from None
            if len(key) != KEY_BYTES:
                raise Refused.of("sops/altered", place)
            return key
    others = ", ".join([*(name for name, _ in found.recipients), *found.others])
    raise Refused.of("sops/not-for-me", place, mine=", ".join(sorted(mine)) or "-", recipients=others)


def _stays_plain(found: SealedFile, path: Path) -> bool:
    try:
        return plain_under(found.rule, path)
    except ValueError:
        raise Misuse.of("sops/damaged", Place(found.path, field=f"{OWN}.{found.rule[0]}")) from None


def _mapped(value: Any, path: Path, take: Callable[[Path, Any], Any]) -> Any:
    if isinstance(value, Mapping):
        return {name: _mapped(inner, (*path, name), take) for name, inner in value.items()}
    if isinstance(value, list):
        return [_mapped(inner, path, take) for inner in value]
    return take(path, value)


def _decrypted(found: SealedFile, value: Value, key: bytes, path: Path, aad: str | None = None) -> bytes:
    try:
        bound = (_aad(path) if aad is None else aad).encode()
        return AESGCM(key).decrypt(value.iv, value.data + value.tag, bound)
    except (InvalidTag, ValueError):
        raise Refused.of("sops/altered", Place(found.path, field=".".join(path) or f"{OWN}.mac")) from None


def _encrypted(raw: bytes, type_: str, key: bytes, aad: str) -> str:
    iv = secrets.token_bytes(IV_BYTES)
    whole = AESGCM(key).encrypt(iv, raw, aad.encode())
    data, iv64, tag = (base64.b64encode(part).decode() for part in (whole[:-TAG], iv, whole[-TAG:]))
    return f"ENC[AES256_GCM,data:{data},iv:{iv64},tag:{tag},type:{type_}]"


def _wrapped(key: bytes, recipient: str) -> str:
    try:
        return encrypt(key, recipient)
    except AgeError as error:
        # Somebody may have typed the private key.
        shown = recipient if recipient.startswith(("age1", "ssh-")) else "…"
        raise Misuse.of("sops/cant-seal-to", recipient=shown, why=str(error)) from None


def _aad(path: Path) -> str:
    """Keys with colons behind them; places in lists don't count."""
    return ":".join(path) + ":"


def _typed(found: SealedFile, type_: str, raw: bytes, path: Path) -> Any:
    try:
        text = raw.decode()
        if type_ in ("int", "float") and len(text) > LONGEST_NUMBER:
            raise ValueError
        takes: dict[str, Callable[[str], Any]] = {"int": int, "float": float, "bool": "True".__eq__}
        return takes.get(type_, str)(text)
    except ValueError:
        raise Refused.of("sops/not-text", Place(found.path, field=".".join(path))) from None


def _type(value: Any) -> str:
    return {bool: "bool", int: "int", float: "float"}.get(type(value), "str")


def _bytes(value: Any) -> bytes:
    """As SOPS counts a value into its MAC: numbers in their shortest form, without exponent."""
    if isinstance(value, float):
        word = format(Decimal(repr(value)), "f")
        return (word.rstrip("0").rstrip(".") if "." in word else word).encode()
    return str(value).encode()
