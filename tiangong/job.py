"""What an executor gets for one step: its spec as its own model, verified payload, a folder, limits."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError

from tiangong.documents.digest import sha512
from tiangong.errors import Failed, Misuse, Place, Refused, problem
from tiangong.model.environment import Envelope
from tiangong.model.stages import Step, Tree
from tiangong.ports import CancelToken, Executor, Job

DEFAULT_TIMEOUT = timedelta(minutes=30)
LARGEST_PAYLOAD = 16 << 20


@dataclass(frozen=True, slots=True)
class Site:
    """Where steps are done: one installation on this host. Payload comes from the tree the plan was made from.

    `release` is `product@version`; `state` the agent's state folder.
    """

    tree: Tree
    installation: str
    release: str
    envelopes: tuple[Envelope, ...]
    state: Path


def make_job(
    site: Site,
    step: Step,
    executor: Executor,
    *,
    cancel: CancelToken,
    log: Callable[[str], None],
    within: float | None = None,
) -> Job:
    """Return all an executor may use for one step; Misuse when the step's values are not the executor's.

    `within`: seconds, in place of the step's own timeout.
    """
    state = site.state / "installations" / site.installation
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    seconds = within if within is not None else (step.timeout or DEFAULT_TIMEOUT).total_seconds()
    return Job(
        spec=spec_of(step, executor),
        installation=site.installation,
        step=step.name,
        release=site.release,
        payload=lambda path: payload(site.tree, step, path),
        payload_paths=tuple(step.payload),
        state=state,
        envelopes=site.envelopes,
        deadline=time.monotonic() + seconds,
        cancel=cancel,
        log=log,
    )


def spec_of(step: Step, executor: Executor) -> object:
    """The executor's own model of a step's values; Misuse with every problem."""
    try:
        return executor.Spec.model_validate(step.spec)
    except ValidationError as error:
        place = Place(f"{step.folder}/release.yaml", field=f"step {step.name}")
        problems = [
            problem("step/wrong-spec", place, step=step.name, field=".".join(map(str, d["loc"])), why=d["msg"])
            for d in error.errors(include_url=False, include_input=False)
        ]
        raise Misuse(*problems) from None


def payload(tree: Tree, step: Step, path: str) -> bytes:
    """The bytes of a payload file, only if they are the ones the release names by digest (R13)."""
    expected = step.payload[path]
    where = Place(f"{step.folder}/{path}")
    entry = tree.entry(where.path)
    if entry is None or entry.is_folder:
        raise Failed.of("step/no-payload", where)
    if tree.size(entry) > LARGEST_PAYLOAD:
        raise Refused.of("document/too-large", where, size=tree.size(entry), limit=LARGEST_PAYLOAD)
    raw = tree.read(entry)
    if sha512(raw) != expected:
        raise Refused.of("step/payload-changed", where)
    return raw
