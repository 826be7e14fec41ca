"""What a program prints, made fit for a log: text in the order it came, lines and total of bounded length."""

import codecs
import re
from collections.abc import Callable

from tiangong.messages import text

LONGEST_LINE = 16_384
TAIL = 65_536
LONG = re.compile(rf"([^\n]{{{LONGEST_LINE}}})[^\n]+")


class Output:
    """Takes bytes as they come and hands text on at once; after `most` characters and a line end only the last ones."""

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
            # To the end of the line: half a line, followed by a note, would read like a whole one.
            end = words.find("\n", self._left) + 1 or self._left
            self._log(words[:end])
            words, self._left = words[end:], 0
        self._tail += words
        if len(self._tail) > 2 * TAIL:
            self._dropped += len(self._tail) - TAIL
            self._tail = self._tail[-TAIL:]

    def close(self) -> None:
        """Write what is left: how much was dropped, and the end."""
        self.feed(b"", final=True)
        if not self._tail:
            return
        if self._dropped:
            begun, newline, rest = self._tail.partition("\n")
            if newline:
                self._dropped += len(begun) + 1
                self._tail = rest
            self._log(f"\n{text('shell/output-cut', characters=self._dropped)}\n")
        self._log(self._tail)

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
