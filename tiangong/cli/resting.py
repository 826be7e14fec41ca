"""`agent once` of an agent at rest: says again what it said, when nothing changed since. Loads no library."""

from pathlib import Path

from tiangong.cli.clock import clock
from tiangong.cli.output import Format, document, raw
from tiangong.messages.spoken import language
from tiangong.rest.look import Stop, undisturbed
from tiangong.rest.note import Spoken

BY_SIGNAL = 128


def rested(settings: Path, form: Format) -> int | None:
    """The exit code when all was said that there is to say; None when somebody has to go the whole way."""
    stop = Stop()
    spoken = undisturbed(settings, manner(form), clock, stop)
    if stop.number:
        return BY_SIGNAL + stop.number
    if spoken is None:
        return None
    say_again(spoken, form)
    return 0


def manner(form: Format) -> str:
    """How things are said: what was said in one manner can't be said again in another."""
    return f"{'data' if form in (Format.JSON, Format.YAML) else form} in {language()}"


def say_again(spoken: Spoken, form: Format) -> None:
    """Print what was found out; of an answer, that it is given now."""
    for line in spoken.lines:
        raw(line)
    if spoken.answer is not None:
        document({**spoken.answer, "at": clock().isoformat().replace("+00:00", "Z")}, form)
