"""What steps print, one file per step of a run: redacted before it touches the disk, and bounded.

A step's log is one stream of bytes. The file holds its beginning; of a stream that outgrows it the end is kept in
memory, so that what runs can be followed whatever its length. Writing never fails a step: a full disk costs log only.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tiangong.messages import text
from tiangong.report.redact import Redactor

LARGEST_FILE = 16 << 20
LARGEST_FINAL = 1 << 20
TAIL = 64 << 10
LONGEST_LINE = 32 << 10


@dataclass(slots=True)
class _Stream:
    """One step's log. `rest`: a line that goes on, held back so that a secret isn't cut in two."""

    file: IO[bytes] | None
    size: int = 0
    kept: int = 0
    tail: bytes = b""
    rest: str = ""
    why: str = ""


class Logs:
    """Implements `ports.LogSink`. Many threads write, any may read."""

    def __init__(self, folder: Path, redactor: Redactor) -> None:
        """Take the folder for all runs; nothing is made yet."""
        self._folder, self._redactor = folder, redactor
        self._streams: dict[tuple[str, str], _Stream] = {}
        self._lock = threading.Lock()

    def line(self, run: str, step: str, text: str) -> None:
        """Take some text of a step as it comes."""
        with self._lock:
            stream = self._streams.get((run, step)) or self._open(run, step)
            whole, newline, rest = (stream.rest + text).rpartition("\n")
            if len(rest) > LONGEST_LINE:
                clean = self._redactor.clean(rest)
                reach = self._redactor.reach
                self._write(stream, self._redactor.clean(whole + newline) + clean[:-reach])
                stream.rest = clean[-reach:]
            else:
                self._write(stream, self._redactor.clean(whole + newline))
                stream.rest = rest

    def tail(self, run: str, step: str) -> tuple[int, bytes]:
        """The end of a step's stream so far, and where in the stream it starts."""
        with self._lock:
            stream = self._streams.get((run, step))
            return (stream.size - len(stream.tail), stream.tail) if stream else (0, b"")

    def size(self, run: str, step: str) -> int:
        """How long a step's stream is so far."""
        with self._lock:
            stream = self._streams.get((run, step))
            return stream.size if stream else 0

    def close(self, run: str = "") -> None:
        """No step of the run says anything more; without a run: nobody does."""
        with self._lock:
            for key in [key for key in self._streams if run in ("", key[0])]:
                self._end(self._streams.pop(key))

    def final(self, run: str, step: str) -> bytes | None:
        """A step's log as it goes into the status: all of it, or its beginning and its end. None when there is none."""
        try:
            with self._path(run, step).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size <= LARGEST_FINAL:
                    return file.read(LARGEST_FINAL)
                half = LARGEST_FINAL // 2 - 64
                head = file.read(half)
                file.seek(size - half)
                end = file.read(half)
        except OSError:
            return None
        note = text("report/log-cut", bytes=size - 2 * half)
        return head + f"\n{note}\n".encode() + end

    def runs(self) -> Iterator[str]:
        """Runs that have logs on this host."""
        try:
            yield from sorted(entry.name for entry in self._folder.iterdir() if entry.is_dir())
        except OSError:
            return

    def forget(self, run: str) -> None:
        """Delete the logs of a run; they stand in the status."""
        shutil.rmtree(self._folder / run, ignore_errors=True)

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────────
    def _path(self, run: str, step: str) -> Path:
        return self._folder / run / f"{step}.log"

    def _open(self, run: str, step: str) -> _Stream:
        path = self._path(run, step)
        stream = _Stream(None)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            stream.file = os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab", 0
            )
            stream.size = stream.kept = os.fstat(stream.file.fileno()).st_size
        except OSError as error:
            stream.why = error.strerror or str(error)
        self._streams[run, step] = stream
        return stream

    def _write(self, stream: _Stream, words: str) -> None:
        raw = words.encode("utf-8", "replace")
        if not raw:
            return
        stream.size += len(raw)
        stream.tail = (stream.tail + raw)[-TAIL:]
        room = LARGEST_FILE - stream.kept
        if stream.file is not None and not stream.why and room > 0 and stream.size - len(raw) == stream.kept:
            self._append(stream, raw[:room])

    def _append(self, stream: _Stream, raw: bytes) -> None:
        """Write bytes to the file; what a full disk doesn't take is counted, and said at the end."""
        assert stream.file is not None  # noqa: S101 -- asked before
        try:
            while raw:
                written = stream.file.write(raw) or 0
                stream.kept += written
                raw = raw[written:]
        except OSError as error:
            stream.why = error.strerror or str(error)

    def _end(self, stream: _Stream) -> None:
        rest, stream.rest = stream.rest, ""
        self._write(stream, self._redactor.clean(rest))
        if stream.file is None:
            return
        missing = stream.size - stream.kept
        end = stream.tail[-missing:] if missing else b""
        if missing:
            lost = missing - len(end)
            note = text("report/log-lost" if stream.why else "report/log-cut", bytes=lost, why=stream.why)
            stream.kept, stream.why = stream.size, ""
            self._append(stream, (f"\n{note}\n".encode() if lost else b"") + end)
        try:
            stream.file.close()
        except OSError:
            return
