"""Compares an answer with what is expected; says in one sentence what differs."""

import json
from typing import Any

from tiangong.errors import Problem, problem
from tiangong.executors.http.call import Answer
from tiangong.executors.http.spec import HttpSpec

SHOWN = 300
NOTHING = object()
"""an answer without the key that is asked for"""


def differs(spec: HttpSpec, answer: Answer) -> Problem | None:
    """What is not as expected, the first thing only, or None."""
    expect = spec.expect
    if not expect.takes(answer.status):
        wanted = "2xx" if expect.status is None else str(expect.status).strip("()")
        beginning = answer.body[:SHOWN].decode(errors="replace")
        return problem("http/status", call=spec.shown, status=answer.status, wanted=wanted, beginning=beginning)
    if found := _other_header(spec, answer):
        return found
    if expect.contains is not None and expect.contains.encode() not in answer.body:
        return problem("http/text", call=spec.shown, wanted=expect.contains)
    if expect.json_ is None:
        return None
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return problem("http/not-json", call=spec.shown)
    where = _first_difference(expect.json_, found, "")
    return problem("http/json", call=spec.shown, **where) if where else None


def _other_header(spec: HttpSpec, answer: Answer) -> Problem | None:
    for name, wanted in spec.expect.headers.items():
        found = answer.headers.get(name.lower(), "")
        if wanted not in (found, found.partition(";")[0].strip()):
            return problem("http/header", call=spec.shown, name=name, found=found[:SHOWN] or "nothing", wanted=wanted)
    return None


def _first_difference(wanted: Any, found: Any, path: str) -> dict[str, str] | None:
    if isinstance(wanted, dict) and isinstance(found, dict):
        pairs = [(f"{path}.{key}".lstrip("."), value, found.get(key, NOTHING)) for key, value in wanted.items()]
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = [(f"{path}[{index}]", *pair) for index, pair in enumerate(zip(wanted, found, strict=True))]
    elif found is NOTHING:
        return {"path": path, "found": "nothing", "wanted": _short(wanted)}
    elif wanted == found and isinstance(wanted, bool) == isinstance(found, bool):
        return None
    else:
        return {"path": path or "the answer", "found": _short(found), "wanted": _short(wanted)}
    return next((where for name, w, f in pairs if (where := _first_difference(w, f, name))), None)


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:SHOWN]
