"""What is printed to: a terminal without UTF-8, or no stdout at all, is no reason to fail."""

import io
import os
import sys

from tiangong.messages.spoken import Language


def prepare_streams() -> None:
    """Have whatever is printed arrive somehow."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 -- until the process ends
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def readable(language: Language) -> Language:
    """The language of the locale, unless it would arrive as escapes: then English."""
    try:
        language.sample.encode(getattr(sys.stderr, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return Language.EN
    return language


def let_go_of_stdout() -> None:
    """What could not be written is not tried again when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def let_go_if_broken() -> None:
    """The same, if it can't be written to."""
    try:
        sys.stdout.flush()
    except OSError:
        let_go_of_stdout()
