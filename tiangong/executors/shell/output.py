"""What a program prints, made fit for a log: text in the order it came, lines and total of bounded length."""

import codecs
import re
from collections.abc import Callable

from tiangong.messages import text

LONGEST_LINE = 16_384
TAIL = 65_536
LONG = re.compile(rf"([^\n]{{{LONGEST_LINE}}})[^\n]+")


class Output:
    """Takes bytes as they come and hands text on at once. Beyond `most` characters only the last `TAIL` are kept."""

    def __init__(self, log: Callable[[str], None], most: int) -> None:
        """Take where to write and how much at most."""
        self._log, self._left = log, most
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._column = 0
        self._tail = ""
        self._dropped = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Take the next bytes."""
        words = self._shorten(self._decoder.decode(chunk, final))
        if len(words) <= self._left:
            self._left -= len(words)
            if words:
                self._log(words)
            return
        if self._left:
            self._log(words[: self._left])
            words, self._left = words[self._left :], 0
        self._tail += words
        if len(self._tail) > 2 * TAIL:
            self._dropped += len(self._tail) - TAIL
            self._tail = self._tail[-TAIL:]

    def close(self) -> None:
        """Write what is left: how much was dropped, and the end."""
        self.feed(b"", final=True)
        if self._tail:
            note = text("shell/output-cut", characters=self._dropped)
            self._log(f"\n{note}\n{self._tail}" if self._dropped else self._tail)

    def _shorten(self, words: str) -> str:
        """Cut long lines, also those that come in many pieces."""
        first, newline, rest = words.partition("\n")
        room = max(0, LONGEST_LINE - self._column)
        self._column += len(first)
        shown = first if len(first) <= room else first[:room] + ("…" if room else "")
        if not newline:
            return shown
        last = len(rest) - rest.rfind("\n") - 1
        self._column = last
        return shown + newline + (LONG.sub(r"\1…", rest) if len(rest) > LONGEST_LINE else rest)
