"""`tiangong` begins here. `agent once` of an agent at rest is answered before the command line is loaded (ADR 20)."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tiangong.cli.output import Format
from tiangong.cli.resting import rested
from tiangong.cli.streams import let_go_of_stdout, prepare_streams, readable
from tiangong.messages.spoken import Language, preferred, speak
from tiangong.model.host import DEFAULT_SETTINGS

ONCE = ("agent", "once")
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Once:
    """`tiangong agent once` as it was typed; `language`: only if one was asked for."""

    settings: Path
    form: Format = Format.TABLE
    language: Language | None = None


def main() -> None:
    """Run the command line and exit with a documented code."""
    sys.exit(begin(sys.argv[1:], os.environ))


def begin(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """The short way, when it is there to be gone; else the whole command line. Returns the exit code."""
    asked = once_in(arguments, environ)
    code = _short(asked, environ) if asked else None
    if code is not None:
        return code
    from tiangong.cli.app import run

    return run(list(arguments))


def once_in(arguments: Sequence[str], environ: Mapping[str, str]) -> Once | None:
    """What was asked for, if that is `agent once` in so many words; whatever else was typed, the command line reads."""
    words = [part for word in arguments for part in _split(word)]
    language = _value_of("--lang", words[:2])
    rest = words[2:] if language else words
    if tuple(rest[:2]) != ONCE or len(rest) % 2:
        return None
    options = dict(zip(rest[2::2], rest[3::2], strict=True))
    odd = len(options) != len(rest) // 2 - 1 or not options.keys() <= {"--settings", "-o"}
    if odd or any(not value or value.startswith("-") for value in options.values()):
        return None
    path = options.get("--settings") or environ.get("TIANGONG_AGENT", str(DEFAULT_SETTINGS))
    form = options.get("-o", Format.TABLE)
    if not path or form not in [*Format] or (language and language not in [*Language]):
        return None
    return Once(Path(path), Format(form), Language(language) if language else None)


def _split(word: str) -> tuple[str, ...]:
    """`--option=value` is two words."""
    name, sign, value = word.partition("=")
    return (name, value) if sign and name.startswith("--") else (word,)


def _value_of(option: str, words: Sequence[str]) -> str:
    return words[1] if len(words) == 2 and words[0] == option else ""


def _short(asked: Once, environ: Mapping[str, str]) -> int | None:
    prepare_streams()
    speak(asked.language or readable(preferred(environ)))
    try:
        code = rested(asked.settings, asked.form)
        sys.stdout.flush()
    except BrokenPipeError:
        let_go_of_stdout()
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- whatever it is, people get words and a code
        from tiangong.cli.app import explain

        return explain(error)
    return code
