"""Hides what must not be read in logs and status: known secret values, and user names with passwords in addresses."""

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

HIDDEN = "***"
SHORTEST = 4
"""a shorter value would hide half of every log, and protects nothing"""
LONGEST_SECRET = 4096
SHORTEST_CODED = 8
"""a shorter piece of base64 stands in many texts by chance"""
USERINFO = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{1,15}://)[^\s/@?#'\"<>]{1,512}@")


class Redactor:
    """Takes whole lines: a value that is cut in two can't be recognised. Values of several lines are hidden by line.

    Many threads clean while any may add.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Take the values known so far."""
        self._pattern: re.Pattern[str] | None = None
        self._values: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Learn more values; also as JSON, addresses and Basic authentication write them."""
        lines = (line.strip()[:LONGEST_SECRET] for secret in secrets for line in secret.splitlines())
        known = {form for line in lines if len(line) >= SHORTEST for form in _forms(line)}
        with self._lock:
            if known <= self._values:
                return
            self._values |= known
            longest_first = sorted(self._values, key=lambda value: (-len(value), value))
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    @property
    def reach(self) -> int:
        """How many characters a value may have: so much of a line that goes on must be held back."""
        return max([600, *(len(value) for value in self._values)])

    def clean(self, text: str) -> str:
        """The text without what must not be read."""
        if "://" in text:
            text = USERINFO.sub(rf"\1{HIDDEN}@", text)
        return self._pattern.sub(HIDDEN, text) if self._pattern else text


def _forms(line: str) -> Iterator[str]:
    """How one line of a secret may turn up."""
    raw = line.encode("utf-8", "surrogatepass")
    yield line
    yield json.dumps(line)[1:-1]
    yield json.dumps(line, ensure_ascii=False)[1:-1]
    yield quote(raw, safe="")
    yield quote(raw)
    yield quote_plus(raw)
    yield base64.b64encode(raw).decode().rstrip("=")
    for before in range(3):
        # Within something longer, such as `user:password`: only characters that depend on nothing but the value.
        coded = base64.b64encode(bytes(before) + raw)[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6].decode()
        if len(coded) >= SHORTEST_CODED:
            yield coded
