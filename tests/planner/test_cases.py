"""Every case of `cases/*.yaml`; to add one, write it there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.planner.situation import said, situation, wanted
from tiangong.documents.strict import load
from tiangong.messages import render
from tiangong.model.stages import VerdictWord
from tiangong.planner.guard import guard
from tiangong.testing.fakes import fake_capabilities

CASES = Path(__file__).parent / "cases"


def cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        for case in load(file.read_bytes(), file.name).data["cases"]:
            yield pytest.param(case, id=f"{file.stem}: {case['case']}")


@pytest.mark.parametrize("case", [*cases()])
def test_case(case: dict[str, Any]) -> None:
    here = situation(case)
    plan = here.plan()
    verdicts = {verdict.installation: verdict for verdict in plan.verdicts}
    for name, answer in wanted(case):
        assert said(verdicts[name], answer) == answer, [render(r.problem) for r in verdicts[name].reasons]

    assert here.plan() == plan
    for verdict in plan.verdicts:
        assert (verdict.word is VerdictWord.HELD) == bool(verdict.reasons)
        for reason in (*verdict.reasons, *(r for c in verdict.candidates for r in c.reasons)):
            assert render(reason.problem)
        if verdict.word is VerdictWord.READY and verdict.change:
            capabilities = fake_capabilities(here.executors)
            assert guard(here.desired, verdict.change, verdict.installation, capabilities, here.now) == ()
        if verdict.earliest is not None:
            then = situation({**case, "now": verdict.earliest.isoformat()})
            again = next(v for v in then.plan().verdicts if v.installation == verdict.installation)
            assert again.word is VerdictWord.READY, "the earliest time is when it may really begin"
