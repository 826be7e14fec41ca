"""Renders templates in a process of their own: bounded in memory and time, ended when the step has to stop."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tiangong.errors import Failed, Place, Refused
from tiangong.executors.limits import Limits

LARGEST_TEMPLATE = 1 << 20
LARGEST_TEXT = 4 << 20
LONGEST_WAY = 6
"""bytes of JSON for one character, at most"""
SHORTEST_VALUE = 4
TICK = 0.05
PROGRAM = Path(__file__).with_name("renderer.py")


def render(raw: bytes, values: Mapping[str, Any], place: Place, limits: Limits) -> bytes:
    """Return the text as UTF-8; Refused when the template is wrong, asks for what it isn't given, or for too much."""
    if len(raw) > LARGEST_TEMPLATE:
        raise Refused.of("file/template-too-large", place, limit=LARGEST_TEMPLATE)
    try:
        template = raw.decode()
    except UnicodeDecodeError:
        raise Refused.of("file/template-not-text", place) from None
    answer = _ask({"template": template, "values": values, "most": LARGEST_TEXT}, limits)
    if answer is None:
        raise Refused.of("file/template-too-much", place, limit=LARGEST_TEXT)
    if "text" in answer:
        return str(answer["text"]).encode()
    where = Place(place.path, line=int(answer.get("line") or 0) or None)
    if answer["problem"] == "too-much":
        raise Refused.of("file/template-too-much", where, limit=LARGEST_TEXT)
    raise Refused.of(f"file/template-{answer['problem']}", where, why=_without(values, str(answer["why"])))


def _ask(request: Mapping[str, Any], limits: Limits) -> dict[str, Any] | None:
    """Run the renderer; None when it was ended by its limits. Nothing of a template or a value touches a disk."""
    source, target = os.memfd_create("template"), os.memfd_create("text")
    try:
        with os.fdopen(os.dup(source), "w") as out:
            json.dump(request, out)
        os.lseek(source, 0, os.SEEK_SET)
        process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(PROGRAM)],
            stdin=source,
            stdout=target,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        _wait(process, limits)
        os.lseek(target, 0, os.SEEK_SET)
        with os.fdopen(os.dup(target), "rb") as found:
            answer = found.read(LONGEST_WAY * LARGEST_TEXT)
    finally:
        os.close(source)
        os.close(target)
    if process.returncode == 1 and not answer:
        raise Failed.of("file/no-renderer", python=sys.executable)
    return json.loads(answer) if process.returncode == 0 else None


def _wait(process: "subprocess.Popen[bytes]", limits: Limits) -> None:
    try:
        while True:
            try:
                process.wait(TICK)
            except subprocess.TimeoutExpired:
                limits.check()
            else:
                return
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()


def _without(values: Mapping[str, Any], words: str) -> str:
    """A message of the template engine, without any value that found its way into it."""
    for value in sorted(set(_texts(values)), key=len, reverse=True):
        if len(value) >= SHORTEST_VALUE:
            words = words.replace(value, "…")
    return words


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif not isinstance(value, bool) and value is not None:
        yield str(value)
