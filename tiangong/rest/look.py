"""Has anything changed since the agent came to rest? The lock, the note, this host's marks, one question to the remote.

Whatever isn't exactly as it was noted means: go the whole way. Nothing is ever decided here but that nothing is to be
done, and nothing is said but what was said before (ADR 20).
"""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from tiangong.errors import TiangongError
from tiangong.git.child import run_git
from tiangong.model.host import DEFAULT_STATE
from tiangong.rest.lock import sole
from tiangong.rest.marks import GONE, LARGEST_SETTINGS, lean_on, marks_of
from tiangong.rest.note import Note, Rest, Spoken, read_note

if TYPE_CHECKING:
    from tiangong.ports import Clock

STATE = re.compile(rb"^state\b.*$", re.MULTILINE)
PLAIN = re.compile(rb"state: (/[A-Za-z0-9._/+-]+)\s*\Z")
LINE = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})\t(\S+)\Z")


class Stop:
    """Told by a signal to stop: implements `ports.CancelToken`, as far as git's children ask."""

    number = 0

    def is_set(self) -> bool:
        """Tell whether it was told."""
        return self.number != 0

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 -- nobody waits here
        """Tell whether it was told."""
        return self.is_set()


def undisturbed(settings: Path, manner: str, clock: "Clock", stop: Stop) -> Spoken | None:
    """What the agent said, in this manner, when it came to rest, if nothing has changed since; None when it may have.

    Raises nothing: what is wrong is found, and said, by whoever goes the whole way.
    """
    state = _state_of(settings)
    if state is None or not (state / "lock").exists():
        return None
    try:
        with sole(state), _signals(stop):
            note = read_note(state)
            if note is None or note.spoken.manner != manner or not _here(note, settings, clock()):
                return None
            if not _there(note.rest, state, stop):
                return None
            return note.spoken if clock() < note.rest.until else None
    except (TiangongError, OSError):
        return None


def _state_of(settings: Path) -> Path | None:
    """The state folder, where the file names it plainly; the note that lies there tells whether it is the right one."""
    try:
        with settings.open("rb") as file:
            found = STATE.findall(file.read(LARGEST_SETTINGS))
    except OSError:
        return None
    if not found:
        return DEFAULT_STATE
    plain = PLAIN.match(found[0])
    return Path(plain[1].decode()) if plain and len(found) == 1 else None


def _here(note: Note, settings: Path, now: datetime) -> bool:
    """Tell whether it is still time, and this host as it was."""
    rest, leaning = note.rest, note.leaning
    return (
        rest.since <= now < rest.until
        and leaning.settings != GONE
        and lean_on(settings, map(Path, leaning.files)) == leaning
        and marks_of(map(Path, rest.files)) == rest.files
    )


def _there(rest: Rest, state: Path, stop: Stop) -> bool:
    """Tell whether every ref of the remote names what it named."""
    words = ["ls-remote", "--quiet", "--refs", "--end-of-options", rest.remote.url, *rest.refs]
    ended = run_git(state / "mirror", words, rest.remote, rest.limits, stop)
    if not ended.is_good or not rest.refs:
        return False
    lines = [LINE.match(line) for line in ended.stdout.decode("utf-8", "replace").splitlines()]
    listed = {line[2]: line[1] for line in lines if line and line[2] in rest.refs}
    return all(line is not None for line in lines) and {ref: listed.get(ref, "") for ref in rest.refs} == rest.refs


@contextmanager
def _signals(stop: Stop) -> Iterator[None]:
    """Stop when told to; looking at once, as SIGHUP asks, is what is being done."""

    def told(number: int, _frame: FrameType | None) -> None:
        stop.number = number

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
