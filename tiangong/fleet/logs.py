"""Logs of a run: final ones from `status/<env>`, checked against the signed receipt; running ones from `live/<env>`.

A step's log is one stream of bytes. `live/<env>` carries its tail and where in the stream the tail starts, so that a
reader who looks now and then prints every byte once and says how many it missed.
"""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from tiangong.documents.digest import sha512
from tiangong.errors import Misuse, Place, Problem, TiangongError, problem
from tiangong.fleet.clone import Clone
from tiangong.fleet.receipts import read_receipt
from tiangong.fleet.signed import place_of, read_bounded
from tiangong.fleet.statuses import Said
from tiangong.model.environment import Agent
from tiangong.model.stages import Tree
from tiangong.report.logs import LARGEST_FINAL

LARGEST_LOG = 32 << 20
WINDOW = 4096
IN_DOUBT: Literal["in-doubt"] = "in-doubt"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one step's log: `raw` starts at byte `start` of the step's stream."""

    step: str
    start: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class View:
    """What can be read of a run now. `result` is None while it isn't known to have ended."""

    run: str
    pieces: tuple[Piece, ...]
    result: Literal["succeeded", "failed", "cancelled", "in-doubt"] | None = None
    runs_now: bool = False
    signed: bool = False
    """the agent signed for exactly these bytes"""
    problems: tuple[Problem, ...] = ()


def choose_run(clone: Clone, said: Said, wanted: str) -> str:
    """The run meant by an id, an installation's name, or nothing (the newest); Misuse when there is none."""
    runs = {(step.run, step.installation) for step in (said.heartbeat.spec.running if said.heartbeat else ())}
    installations = said.status.spec.installations if said.status else ()
    runs |= {(one.run.id, one.name) for one in installations if one.run}
    # A run's id begins with the time it started.
    newest = sorted(runs, reverse=True)
    if not wanted and newest:
        return newest[0][0]
    if found := next((run for run, name in newest if wanted in (name, run)), None):
        return found
    place = Place(f"status/{said.environment}")
    if not wanted or any(one.name == wanted for one in installations):
        raise Misuse.of("fleet/no-run", place, environment=said.environment)
    if not has_run(clone, said.environment, wanted):
        raise Misuse.of("fleet/unknown-run", place, environment=said.environment, run=wanted)
    return wanted


def has_run(clone: Clone, environment: str, run: str) -> bool:
    """Tell whether an agent shows anything of a run; says nothing yet of whether it is to be trusted."""
    if not run or "/" in run:
        return False
    shown = ((f"status/{environment}", f"runs/{run}"), (f"live/{environment}", f"logs/{run}"))
    return any((tip := clone.tip(branch)) and clone.tree(tip).entry(path) for branch, path in shown)


def in_doubt(said: Said, run: str) -> tuple[tuple[str, ...], str]:
    """The steps of a run of which only a person can tell whether they happened, and its installation."""
    for one in said.status.spec.installations if said.status else ():
        if one.run and one.run.id == run and one.run.result == IN_DOUBT:
            return tuple(name for name, state in one.run.steps.items() if state == IN_DOUBT), one.name
    return (), ""


def look(clone: Clone, said: Said, run: str, now: datetime) -> View:
    """Read what there is of a run: final when its receipt is there, else what the agent showed last."""
    final = clone.tip(f"status/{said.environment}")
    tree = clone.tree(final) if final else None
    if tree and said.agent and tree.entry(f"runs/{run}/receipt.yaml"):
        return _final(tree, said, said.agent, run, now)
    view = _live(clone, said, run)
    return replace(view, result=IN_DOUBT) if in_doubt(said, run)[1] else view


def _final(tree: Tree, said: Said, agent: Agent, run: str, now: datetime) -> View:
    receipt = read_receipt(tree, run, agent, now)
    pieces: list[Piece] = []
    problems: list[Problem] = []
    for step in receipt.spec.steps:
        if step.log is None:
            continue
        path = f"runs/{run}/{step.name}.log"
        try:
            raw = read_bounded(tree, path, said.environment, LARGEST_LOG)
        except TiangongError as error:
            problems.extend(error.problems)
            continue
        if sha512(raw) == step.log:
            pieces.append(Piece(step.name, 0, raw))
        else:
            problems.append(problem("fleet/log-changed", place_of(said.environment, path), step=step.name))
    return View(run, tuple(pieces), receipt.spec.result, signed=True, problems=tuple(problems))


def _live(clone: Clone, said: Said, run: str) -> View:
    running = [now for now in (said.heartbeat.spec.running if said.heartbeat else ()) if now.run == run]
    tip = clone.tip(f"live/{said.environment}")
    if not running or not tip:
        return View(run, ())
    tree = clone.tree(tip)
    pieces: list[Piece] = []
    for step in running:
        path = f"logs/{run}/{step.step}.log"
        if tree.entry(path):
            pieces.append(Piece(step.step, step.offset, read_bounded(tree, path, said.environment, LARGEST_LOG)))
    return View(run, tuple(pieces), runs_now=True)


@dataclass(slots=True)
class _Stream:
    """How far one step's log was shown. `whole`: without a gap; `last`: the end of it."""

    size: int = 0
    whole: bool = True
    last: bytes = b""
    sum: Any = field(default_factory=hashlib.sha512)
    decoder: codecs.IncrementalDecoder = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"))
    rest: str = ""

    def lines(self, raw: bytes) -> list[str]:
        """Whole lines of what is new."""
        self.size += len(raw)
        self.sum.update(raw)
        self.last = (self.last + raw)[-WINDOW:]
        *lines, self.rest = (self.rest + self.decoder.decode(raw)).split("\n")
        return lines

    def end(self) -> str:
        """What stands after the last line's end."""
        rest, self.rest = self.rest + self.decoder.decode(b"", final=True), ""
        return rest


@dataclass(slots=True)
class Reader:
    """Remembers what was shown of each step, and returns only whole new lines.

    `missed`: bytes nobody can show any more, they left the tail between two looks. `untrue`: steps of which something
    else was shown while they ran than their agent signed in the end.
    """

    streams: dict[str, _Stream] = field(default_factory=dict)
    missed: int = 0
    untrue: list[str] = field(default_factory=list)

    def news(self, view: View) -> Iterator[tuple[str, str]]:
        """(step, line) for every line that is new; a line without an end waits for it while the run goes on."""
        for piece in view.pieces:
            fresh = self._after(piece) if view.signed else self._beyond(piece)
            yield from ((piece.step, line) for line in self._stream(piece.step).lines(fresh))
        if view.result is not None:
            ends = ((step, stream.end()) for step, stream in self.streams.items())
            yield from ((step, rest) for step, rest in ends if rest)

    def _stream(self, step: str) -> _Stream:
        return self.streams.setdefault(step, _Stream())

    def _beyond(self, piece: Piece) -> bytes:
        """What a tail has beyond what was shown."""
        stream = self._stream(piece.step)
        gap = piece.start - stream.size
        if piece.start + len(piece.raw) <= stream.size:
            return b""
        if gap > 0:
            self.missed += gap
            stream.whole, stream.size, stream.last = False, piece.start, b""
        return piece.raw[max(-gap, 0) :]

    def _after(self, piece: Piece) -> bytes:
        """What a final log has after what was shown; all of it when something else was shown."""
        stream, raw = self._stream(piece.step), piece.raw
        shown = raw[: stream.size]
        same = hashlib.sha512(shown).digest() == stream.sum.digest() if stream.whole else shown.endswith(stream.last)
        if same:
            return raw[stream.size :]
        # Of a very long log the agent keeps beginning and end: then only the end of what was shown can be found again.
        at = raw.find(stream.last) if len(raw) > LARGEST_FINAL // 2 else -1
        if at >= 0:
            return raw[at + len(stream.last) :]
        self.untrue.append(piece.step)
        self.streams[piece.step] = _Stream()
        return raw
