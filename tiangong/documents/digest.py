"""Digests: SHA-512 of exact bytes, and of canonical JSON where a value (not a file) is meant."""

import hashlib
import json
from typing import Any


def sha512(raw: bytes) -> str:
    """Return `sha512:<128 hex digits>`."""
    return "sha512:" + hashlib.sha512(raw).hexdigest()


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys and no spaces, UTF-8; TypeError for what JSON has no word for."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(value: Any) -> str:
    """Return the digest of a value's canonical JSON."""
    return sha512(canonical(value))
