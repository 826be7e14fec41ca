"""Logs of a run: final ones from `status/<env>`, checked against the signed receipt; running ones from `live/<env>`.

A step's log is one stream of bytes. `live/<env>` carries its tail and where in the stream the tail starts, so that a
reader who looks now and then prints every byte once and says how many it missed.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tiangong.documents.digest import sha512
from tiangong.errors import Misuse, Place, Problem, Refused, TiangongError, problem
from tiangong.fleet.clone import Clone
from tiangong.fleet.statuses import Said, read_bounded, read_signed
from tiangong.model.stages import Tree
from tiangong.model.status import Receipt

LARGEST_LOG = 32 << 20


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
    result: Literal["succeeded", "failed", "cancelled"] | None = None
    runs_now: bool = False
    problems: tuple[Problem, ...] = ()


def choose_run(said: Said, wanted: str) -> str:
    """The run meant by an id, an installation's name, or nothing (the newest); Misuse when there is none."""
    runs = [(now.installation, now.run) for now in (said.heartbeat.spec.running if said.heartbeat else ())]
    installations = said.status.spec.installations if said.status else ()
    known = sorted((run.started, i.name, run.id) for i in installations if (run := i.run))
    runs += [(name, run) for _, name, run in reversed(known)]
    if not wanted and runs:
        return runs[0][1]
    if found := next((run for name, run in runs if wanted in (name, run)), None):
        return found
    if not wanted or any(i.name == wanted for i in installations):
        raise Misuse.of("fleet/no-run", Place(f"status/{said.environment}"), environment=said.environment)
    return wanted


def look(clone: Clone, said: Said, run: str, now: datetime) -> View:
    """Read what there is of a run: final when its receipt is there, else what the agent showed last."""
    final = clone.tip(f"status/{said.environment}")
    tree = clone.tree(final) if final else None
    if tree and said.agent and tree.entry(f"runs/{run}/receipt.yaml"):
        return _final(tree, said, run, now)
    return _live(clone, said, run)


def _final(tree: Tree, said: Said, run: str, now: datetime) -> View:
    assert said.agent is not None  # noqa: S101 -- look() asked
    receipt = read_signed(tree, f"runs/{run}/receipt.yaml", Receipt, said.agent, now)
    if receipt.metadata.name != run:
        raise Refused.of(
            "fleet/other-environment", Place(run), found=receipt.metadata.name, environment=said.environment
        )
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
            problems.append(problem("fleet/log-changed", Place(path), step=step.name))
    return View(run, tuple(pieces), receipt.spec.result, problems=tuple(problems))


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
    """How far one step's log was printed."""

    size: int = 0
    decoder: codecs.IncrementalDecoder = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"))
    rest: str = ""


@dataclass(slots=True)
class Reader:
    """Remembers what was printed of each step, and returns only whole new lines."""

    streams: dict[str, _Stream] = field(default_factory=dict)
    missed: int = 0
    """bytes nobody can show any more: they left the tail between two looks"""

    def news(self, view: View) -> Iterator[tuple[str, str]]:
        """(step, line) for every line that is new; a line without an end waits for it while the run goes on."""
        for piece in view.pieces:
            stream = self.streams.setdefault(piece.step, _Stream())
            end = piece.start + len(piece.raw)
            if end > stream.size:
                self.missed += max(piece.start - stream.size, 0)
                fresh = piece.raw[max(stream.size - piece.start, 0) :]
                stream.size = end
                *lines, stream.rest = (stream.rest + stream.decoder.decode(fresh)).split("\n")
                yield from ((piece.step, line) for line in lines)
        for step, stream in self.streams.items():
            if stream.rest and view.result is not None:
                rest, stream.rest = stream.rest, ""
                yield step, rest
