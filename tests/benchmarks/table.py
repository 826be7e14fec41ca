"""Measuring by turns, and the table: ours ÷ a peer or a physical floor of the same run, medians, next to the aim."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One line: milliseconds of ours and of what it stands against. `aim`: the ratio not to exceed, `most`: ms."""

    what: str
    ours: float
    against: str
    peer: float
    aim: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.peer

    @property
    def verdict(self) -> str:
        over = (self.aim is not None and self.ratio > self.aim) or (self.most is not None and self.ours > self.most)
        return "missed" if over else "met" if self.aim is not None or self.most is not None else ""

    @property
    def aimed(self) -> str:
        if self.most is not None:
            return f"≤ {self.most:g} ms"
        if self.aim is None:
            return ""
        return f"≤ 1/{1 / self.aim:g}" if self.aim < 0.5 else f"≤ {self.aim:g}"


@dataclass(frozen=True)
class Skipped:
    """A line that could not be measured here, and why."""

    what: str
    why: str


def took(work: Work) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def turns(rounds: int, *works: Work, before: Work = lambda: None, warm: bool = True) -> tuple[float, ...]:
    """Medians of works that take turns, each round from the other end. `warm`: a first round doesn't count."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(rounds + warm):
        order = list(enumerate(works))
        for at, work in order if number % 2 else reversed(order):
            before()
            spent = took(work)
            if number or not warm:
                times[at].append(spent)
    return tuple(statistics.median(one) for one in times)


def process(words: Sequence[object], env: Mapping[str, str] | None = None) -> Work:
    """A process that has to succeed."""

    def run() -> None:
        done = subprocess.run([*map(str, words)], env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")

    return run


def shown(rows: Sequence[Row | Skipped]) -> str:
    """All lines as Markdown, aligned."""
    head = ("what", "ms", "against", "ms", "ratio", "aim", "")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    out = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    out.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    notes = [f"{row.what}: {row.note}" for row in rows if isinstance(row, Row) and row.note]
    return "\n".join([*out, *(["", *notes] if notes else [])])


def _cells(row: Row | Skipped) -> tuple[str, ...]:
    if isinstance(row, Skipped):
        return (row.what, "", f"SKIPPED: {row.why}", "", "", "", "")
    ratio = f"{row.ratio:.4f}" if row.ratio < 0.1 else f"{row.ratio:.2f}"
    return (row.what, _ms(row.ours), row.against, _ms(row.peer), ratio, row.aimed, row.verdict)


def _ms(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"
