"""Every executor keeps inside the envelopes itself, too: what the planner saw may be some seconds old (D27, R23)."""

from tiangong.errors import Refused
from tiangong.planner.constraints.envelope import outside
from tiangong.ports import Effects, Job


def keep_inside(job: Job, effects: Effects, executor: str) -> None:
    """Raise Refused when a step would touch what the envelopes of its environment don't allow."""
    Refused.when_any(outside(effects, job.envelopes, executor, job.step))
