"""The receipt of a run that ended, for good. Pure: a run and the digests of its logs in, the signed words out."""

import re
from collections.abc import Mapping

from tiangong.documents.dump import dump
from tiangong.model.document import API_VERSION
from tiangong.model.stages import Run, StepRecord
from tiangong.model.status import Receipt, ReceiptSpec, ReceiptStep, StatusMetadata

RECEIPT = "runs/{run}/receipt.yaml"
LOG = "runs/{run}/{step}.log"
CODE = re.compile(r"[a-z0-9-]+/[a-z0-9-]+\Z")


def receipt_of(run: Run, logs: Mapping[str, str]) -> bytes:
    """The receipt of a run; `logs`: step → digest of its log."""
    assert run.result is not None  # noqa: S101 -- only a run that ended has a receipt
    spec = ReceiptSpec.model_construct(
        installation=run.installation,
        product=run.product,
        version=run.version,
        release=run.release,
        plan=run.plan,
        kind=str(run.kind),
        result=run.result,
        started=run.started,
        ended=run.ended or run.started,
        steps=tuple(_step(step, logs.get(step.name)) for step in run.steps),
    )
    metadata = StatusMetadata.model_construct(name=run.id)
    return dump(Receipt.model_construct(api_version=API_VERSION, kind="Receipt", metadata=metadata, spec=spec))


def _step(step: StepRecord, log: str | None) -> ReceiptStep:
    """A step by code and digest; what its executor said stands in its log, never here (R21)."""
    return ReceiptStep.model_construct(
        name=step.name,
        executor=step.executor,
        digest=step.digest,
        state=str(step.state),
        started=step.started,
        ended=step.ended,
        code=step.detail if CODE.match(step.detail) else "",
        log=log,
    )
