"""What is under way must still be wished: nothing is installed that is to go, nothing uninstalled that is to stay."""

from collections.abc import Iterator

from tiangong.errors import Place, problem
from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Stop a change when the opposite has been wished since it began (D5)."""
    if case.leaves != case.wish.absent:
        path = f"environments/{case.wish.environment}/installations/{case.wish.name}.yaml"
        code = "constraint/wished-again" if case.leaves else "constraint/to-be-absent"
        yield Reason("wished", problem(code, Place(case.wish.origins.get("state", path), field="spec.state")))
