"""The http executor: asks until the answer is as expected, or once; repeats nothing that could happen twice."""

import math
from dataclasses import replace
from typing import ClassVar

from tiangong.errors import Failed, Problem, TiangongError
from tiangong.executors.envelope import keep_inside
from tiangong.executors.http.call import Answer, Caller
from tiangong.executors.http.expect import differs
from tiangong.executors.http.spec import ASKING, REPEATABLE, HttpConfig, HttpSpec
from tiangong.executors.limits import Limits
from tiangong.messages import render, text
from tiangong.model.stages import Finding, Found, Health
from tiangong.ports import Effects, Job, Traits

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 2.0
RETRY_PAUSE = 0.5
LONGEST_RETRY_PAUSE = 30.0
ANSWERED = {"beginning", "found"}
"""facts that repeat a part of an answer"""


class Http:
    """Calls one URL. A call that only asks has no effect of its own: in place means it is answered as expected."""

    name: ClassVar[str] = "http"
    Config: ClassVar[type[HttpConfig]] = HttpConfig
    Spec: ClassVar[type[HttpSpec]] = HttpSpec

    def __init__(self, config: HttpConfig) -> None:
        """Open nothing yet."""
        self._caller = Caller(config)

    def traits(self, spec: HttpSpec) -> Traits:
        """Asking, putting and deleting may be repeated; asking may be cut off anywhere."""
        return Traits(idempotent=spec.method in REPEATABLE, interruptible=spec.method in ASKING)

    def effects(self, spec: HttpSpec) -> Effects:
        """The one host it calls; redirects are not followed."""
        return Effects(hosts=(spec.host,))

    def probe(self, job: Job) -> Finding:
        """Ask once, if the step only asks. Missing: no answer; drifted: another answer."""
        spec = self._allowed(job)
        if spec.method not in ASKING:
            return Finding(Found.UNKNOWN)
        limits = Limits(job)
        try:
            answer = self._caller.call(spec, limits)
        except Failed as error:
            limits.check()
            return Finding(Found.MISSING, _first_line(error.problems[0]))
        flaw = _flaw(job, spec, answer)
        return Finding(Found.DRIFTED, _first_line(flaw)) if flaw else Finding(Found.IN_PLACE)

    def preview(self, job: Job) -> str:
        """Name the call."""
        spec: HttpSpec = job.spec
        return text("http/would-call", call=spec.shown)

    def apply(self, job: Job) -> None:
        """Call, and compare the answer."""
        spec = self._allowed(job)
        limits = Limits(job)
        if spec.within:
            self._poll(job, spec, limits, Limits(job, spec.within.total_seconds()))
        else:
            self._call(job, spec, limits)

    def health(self, job: Job) -> Health:
        """Healthy while the answer is as expected."""
        healths = {Found.IN_PLACE: Health.HEALTHY, Found.UNKNOWN: Health.UNKNOWN}
        return healths.get(self.probe(job).found, Health.DEGRADED)

    def undo(self, job: Job) -> None:
        """Nothing can be taken back; `traits` says so and nobody calls this."""
        raise Failed.of("http/no-undo", call=job.spec.shown)

    def _allowed(self, job: Job) -> HttpSpec:
        """The step, once it is sure that it may and should still run."""
        Limits(job).check()
        keep_inside(job, self.effects(job.spec), self.name)
        spec: HttpSpec = job.spec
        return spec

    def _poll(self, job: Job, spec: HttpSpec, limits: Limits, window: Limits) -> None:
        """Ask until the answer is as expected; when the time is up, fail with what was wrong last."""
        pause, said = FIRST_PAUSE, ""
        while failure := self._once(job, spec, limits, window.remaining):
            limits.check()
            if (line := _first_line(failure.problems[0])) != said:
                job.log(line + "\n")
                said = line
            if window.remaining <= pause:
                raise failure
            limits.pause(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _call(self, job: Job, spec: HttpSpec, limits: Limits) -> None:
        """Call, and again as often as the step allows."""
        for attempt in range(spec.retries + 1):
            failure = self._once(job, spec, limits)
            if failure is None:
                return
            limits.check()
            if attempt == spec.retries:
                raise failure
            job.log(_first_line(failure.problems[0]) + "\n")
            limits.pause(min(RETRY_PAUSE * 2**attempt, LONGEST_RETRY_PAUSE))

    def _once(self, job: Job, spec: HttpSpec, limits: Limits, at_most: float = math.inf) -> TiangongError | None:
        """Call once; return what went wrong. Refused is raised: it will not become better."""
        try:
            answer = self._caller.call(spec, limits, at_most)
        except Failed as error:
            return error
        flaw = _flaw(job, spec, answer)
        if flaw is None:
            job.log(_line(spec, answer) + "\n")
        return Failed(flaw) if flaw else None


def _flaw(job: Job, spec: HttpSpec, answer: Answer) -> Problem | None:
    """What is not as expected. A server may repeat what it was sent: of a call with a secret no answer is shown."""
    flaw = differs(spec, answer)
    if flaw is None or not job.secrets:
        return flaw
    hidden = dict.fromkeys(flaw.facts.keys() & ANSWERED, text("http/not-shown"))
    return replace(flaw, facts={**flaw.facts, **hidden})


def _line(spec: HttpSpec, answer: Answer) -> str:
    return text("http/answered", call=spec.shown, status=answer.status, milliseconds=round(answer.seconds * 1000))


def _first_line(problem: Problem) -> str:
    return render(problem).splitlines()[0]
