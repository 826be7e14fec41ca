"""Hides what must not be read in logs and status: known secret values, and user names with passwords in addresses."""

import base64
import re
from collections.abc import Iterable

HIDDEN = "***"
SHORTEST = 4
"""a shorter value would hide half of every log, and protects nothing"""
LONGEST_SECRET = 4096
USERINFO = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{1,15}://)[^\s/@?#'\"<>]{1,512}@")


class Redactor:
    """Takes whole lines: a value that is cut in two can't be recognised. Values of several lines are hidden by line."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Take the values known so far."""
        self._pattern: re.Pattern[str] | None = None
        self._values: set[str] = set()
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Learn more values; also as Basic authentication writes them."""
        for secret in secrets:
            lines = [line.strip()[:LONGEST_SECRET] for line in secret.splitlines()]
            for line in lines:
                if len(line) >= SHORTEST:
                    self._values.add(line)
                    self._values.add(base64.b64encode(line.encode()).decode().rstrip("="))
        if self._values:
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
