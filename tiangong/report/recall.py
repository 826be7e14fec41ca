"""What an agent that lost its memory knows again from its own last signed status, before it acts (D19, R20). Pure.

Marks come back as numbers and digests, without the bytes they stand for. Of a run that was under way nobody knows how
far it came after the status was signed: all of its steps that were not done are looked at as if it had been cut off.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tiangong.documents.paths import kind_at, names_in
from tiangong.errors import TiangongError
from tiangong.model.document import API_VERSION
from tiangong.model.lifecycle import State
from tiangong.model.stages import ChangeKind, History, Kept, Memory, Past, Pins, Run, SealMark, StepRecord, Tree
from tiangong.model.status import Receipt, SaidSeal, Status, StatusMetadata, StatusSpec
from tiangong.report.past import history_of
from tiangong.report.receipt import RECEIPT
from tiangong.report.told import Keys, Told, read_receipt
from tiangong.trust.roots import root_path

COMMIT = re.compile(r"[0-9a-f]{40}\Z")
MOST_RECEIPTS = 1000
SETTLED = (State.DONE, State.FAILED)
SETTLED_BACK = (State.UNDONE, State.FAILED)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What can be begun with."""

    memory: Memory
    history: History


def recall(told: Told, tree: Tree, pins: Pins, keys: Keys) -> Recalled:
    """What the status and the receipts beside it say of the past. The keys decide which receipts count."""
    receipts = dict(_receipts(tree, keys))
    metadata = StatusMetadata.model_construct(name=pins.environment)
    status = Status.model_construct(api_version=API_VERSION, kind="Status", metadata=metadata, spec=told.spec)
    known = history_of(status, receipts)
    pasts = {name: _past(past, _once(name, receipts.values())) for name, past in known.installations.items()}
    return Recalled(memory_of(told.spec, pins), History(pasts))


def memory_of(spec: StatusSpec, pins: Pins) -> Memory:
    """The marks of a status, as what verification remembers; the pinned root where the status knows no newer one."""
    kept = {
        path: Kept(path, kind, names_in(kind, path).get("name", ""), mark.generation, mark.digest, b"", ())
        for path, mark in spec.marks.items()
        if (kind := kind_at(path))
    }
    root = kept.get(root_path(spec.root_version))
    newer = root is not None and spec.root_version > pins.root_version
    return Memory(
        repo=pins.repo,
        root_version=spec.root_version if newer else pins.root_version,
        root_digest=root.digest if root and newer else pins.root_digest,
        kept=kept,
        revision=spec.revision if COMMIT.match(spec.revision) else "",
        clock_floor=spec.at,
        seal=_seal(spec.seal),
    )


def _seal(said: SaidSeal | None) -> SealMark | None:
    return SealMark(said.sequence, said.digest, said.issued, said.head, said.commit) if said else None


def _receipts(tree: Tree, keys: Keys) -> Iterator[tuple[str, Receipt]]:
    runs = sorted((entry.name for entry in tree.folder("runs") if entry.is_folder), reverse=True)
    for run in runs[:MOST_RECEIPTS]:
        try:
            receipt = read_receipt(tree, RECEIPT.format(run=run), keys)
        except TiangongError:
            continue
        if receipt.metadata.name == run:
            yield run, receipt


def _once(installation: str, receipts: Iterable[Receipt]) -> frozenset[str]:
    """Digests of all steps that succeeded since it was uninstalled last: what is done once isn't done again (D19)."""
    found: set[str] = set()
    for receipt in receipts:
        spec = receipt.spec
        if spec.installation != installation:
            continue
        if spec.kind == ChangeKind.UNINSTALL and spec.result == "succeeded":
            break
        found.update(step.digest for step in spec.steps if step.state == State.DONE)
    return frozenset(found)


def _past(past: Past, once: frozenset[str]) -> Past:
    last = past.last if past.last and all(step.digest for step in past.last.steps) else None
    return replace(past, current=_cut_off(past.current), last=last, once=past.once | once)


def _cut_off(run: Run | None) -> Run | None:
    return replace(run, steps=tuple(_unsettled(step) for step in run.steps)) if run else None


def _unsettled(step: StepRecord) -> StepRecord:
    if step.undo:
        return step if step.state in SETTLED_BACK else replace(step, state=State.UNDOING)
    return step if step.state in SETTLED else replace(step, state=State.RUNNING)


__all__ = ["Recalled", "memory_of", "recall"]
