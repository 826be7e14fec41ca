"""Fills in one template: a program of its own, so that a template that never ends or grows for ever can be ended.

Run as a file, not as a module: it needs nothing of this package, and starts faster without it. Reads one JSON object
(`template`, `values`, `most`) from standard input, writes one (`text`, or `problem`, `line`, `why`) to standard output.
"""

import json
import resource
import sys
from typing import Any

MEMORY = 512 << 20
CPU_SECONDS = 30
DEEPEST = 64


def main() -> None:
    """Limit this process, then render."""
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    json.dump(render(request["template"], request["values"], request["most"]), sys.stdout)


def render(template: str, values: dict[str, Any], most: int) -> dict[str, Any]:
    """Return the text, or what is wrong with the template and in which line."""
    try:
        return {"text": _render(template, values, most)}
    except Exception as error:  # noqa: BLE001 -- whatever an expression does
        return {"line": _line(error), **_words(error)}


def _words(error: Exception) -> dict[str, str]:
    """What kind of mistake it is. Only the template engine's own words are repeated: others might hold a value."""
    from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError

    if isinstance(error, TemplateSyntaxError):
        return {"problem": "syntax", "why": error.message or ""}
    if isinstance(error, UndefinedError):
        return {"problem": "undefined", "why": error.message or ""}
    if isinstance(error, SecurityError):
        return {"problem": "unsafe", "why": error.message or ""}
    if isinstance(error, _TooMuch | MemoryError | RecursionError):
        return {"problem": "too-much", "why": ""}
    return {"problem": "failed", "why": type(error).__name__}


class _TooMuch(Exception):
    """The text is longer than it may be."""


def _render(template: str, values: dict[str, Any], most: int) -> str:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # What is rendered is configuration, not HTML: escaping would change passwords and paths.
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    pieces, size = [], 0
    for piece in environment.from_string(template).generate(values):
        size += len(piece)
        if size > most:
            raise _TooMuch
        pieces.append(piece)
    return "".join(pieces)


def _line(error: BaseException) -> int:
    """The template's line an error came from: the innermost frame that is the template's own."""
    line, frame = getattr(error, "lineno", 0), error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == "<template>":
            line = frame.tb_lineno
        frame = frame.tb_next
    return line


if __name__ == "__main__":
    main()
