"""SOPS files, read within bounds: which values are encrypted, for whom, what else the file asks for. Pure.

Strict YAML as everywhere; comments are dropped. Only what was understood is let through: key groups (Shamir), files
without MAC, and fields this version doesn't know are refused. Decrypting is the vault's.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tiangong.documents.strict import load
from tiangong.errors import Misuse, Place
from tiangong.model.secret import MOST_RECIPIENTS

ENCRYPTED = re.compile(
    r"ENC\[AES256_GCM,data:([A-Za-z0-9+/=]*),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+),type:([a-z]+)\]"
)
TYPES = ("str", "int", "float", "bool", "bytes", "time")
OWN = "sops"
OTHERS = ("kms", "gcp_kms", "azure_kv", "hc_vault", "hckms", "pgp")
"""where SOPS writes keys that aren't age's"""
RULES = ("unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex")
KNOWN = frozenset({"age", *OTHERS, *RULES, "lastmodified", "mac", "version", "mac_only_encrypted", "shamir_threshold"})
LONGEST_RULE = 200
NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
"""the form of keys in `name/key`"""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One encrypted value: AES-256-GCM, the tag apart."""

    data: bytes
    iv: bytes
    tag: bytes
    type: str


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A SOPS file. `tree`: its plain data without SOPS's own part, encrypted values as `Value`."""

    path: str
    tree: Mapping[str, Any]
    recipients: tuple[tuple[str, str], ...]
    """public key → the data key encrypted to it, armored by age"""
    others: tuple[str, ...]
    """other kinds of keys that open it as well"""
    mac: Value
    modified: str
    only_encrypted: bool
    """the MAC covers encrypted values only"""
    rule: tuple[str, str]
    """which keys stay plain, as SOPS writes it"""

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the values that steps may use, nested ones with dots between."""
        return tuple(name for name, _ in named(self.tree))


def read_sealed(raw: bytes, path: str) -> SealedFile:
    """Read a SOPS file; Misuse with its place when it is none, or asks for what isn't supported."""
    data = load(raw, path).data
    own = data.pop(OWN, None)
    if not isinstance(own, dict):
        raise Misuse.of("sops/not-encrypted", Place(path))
    recipients = tuple(_recipients(own, path))
    others = tuple(name for name in OTHERS if own.get(name))
    if not recipients:
        raise Misuse.of("sops/no-age", Place(path, field=OWN), others=", ".join(others) or "none")
    _check(own, path)
    mac = _value(own["mac"], path, f"{OWN}.mac")
    tree = {key: _sealed(value, path, key) for key, value in data.items()}
    rule = next(((name, own[name]) for name in RULES if own.get(name)), (RULES[0], "_unencrypted"))
    modified, only = own["lastmodified"], own.get("mac_only_encrypted") is True
    return SealedFile(path, tree, recipients, others, mac, modified, only, rule)


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every single value with the keys that lead to it, in the order of the file; places in lists aren't counted."""
    if isinstance(tree, Mapping):
        for key, inner in tree.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(tree, list):
        for inner in tree:
            yield from leaves(inner, path)
    else:
        yield path, tree


def named(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The values that steps may use, by their keys with dots between; what stands in a list has no name."""
    for key, inner in tree.items():
        name = before + key
        if isinstance(inner, Mapping):
            yield from named(inner, f"{name}.")
        elif not isinstance(inner, list) and inner is not None and NAMED.fullmatch(name):
            yield name, inner


def plain_under(rule: tuple[str, str], path: Path) -> bool:
    """Tell whether a value stays plain by the rule of its file. ValueError when the rule can't be read."""
    name, wanted = rule
    try:
        found = any(key.endswith(wanted) if name.endswith("suffix") else re.search(wanted, key) for key in path)
    except re.error as error:
        raise ValueError(wanted) from error
    return found == name.startswith("unencrypted")


def _recipients(own: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    found = own.get("age") or []
    place = Place(path, field=f"{OWN}.age")
    if not isinstance(found, list) or len(found) > MOST_RECIPIENTS:
        raise Misuse.of("sops/damaged", place)
    for one in found:
        words = (one.get("recipient"), one.get("enc")) if isinstance(one, dict) else (None, None)
        if not all(isinstance(word, str) for word in words):
            raise Misuse.of("sops/damaged", place)
        yield _without_comment(str(words[0])), str(words[1])


def _without_comment(recipient: str) -> str:
    return " ".join(recipient.split()[:2])


def _check(own: Mapping[str, Any], path: str) -> None:
    """What SOPS may ask for that isn't done here."""
    if own.get("key_groups") or own.get("shamir_threshold"):
        raise Misuse.of("sops/key-groups", Place(path, field=OWN))
    unknown = sorted(str(name) for name in own.keys() - KNOWN - {"key_groups"} if own[name])
    if unknown:
        raise Misuse.of("sops/unknown", Place(path, field=f"{OWN}.{unknown[0]}"), name=unknown[0])
    if not own.get("mac"):
        raise Misuse.of("sops/no-mac", Place(path, field=OWN))
    rules = [own[name] for name in RULES if own.get(name)]
    fits = len(rules) <= 1 and all(isinstance(rule, str) and len(rule) <= LONGEST_RULE for rule in rules)
    if not fits or not isinstance(own.get("lastmodified"), str):
        raise Misuse.of("sops/damaged", Place(path, field=OWN))


def _sealed(value: Any, path: str, field: str) -> Any:
    if isinstance(value, dict):
        return {key: _sealed(inner, path, f"{field}.{key}") for key, inner in value.items()}
    if isinstance(value, list):
        return [_sealed(inner, path, f"{field}[{at}]") for at, inner in enumerate(value)]
    return _value(value, path, field) if isinstance(value, str) and value.startswith("ENC[") else value


def _value(word: Any, path: str, field: str) -> Value:
    found = ENCRYPTED.fullmatch(word) if isinstance(word, str) else None
    if found is None or found[4] not in TYPES:
        raise Misuse.of("sops/damaged", Place(path, field=field))
    try:
        data, iv, tag = (base64.b64decode(part, validate=True) for part in found.groups()[:3])
    except binascii.Error:
        raise Misuse.of("sops/damaged", Place(path, field=field)) from None
    return Value(data, iv, tag, found[4])
