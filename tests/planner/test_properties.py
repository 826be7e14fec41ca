"""What holds of every plan, whatever is released, whatever fails, whenever a run is cut off."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.planner.situation import build
from tiangong.journal.replay import Fold
from tiangong.model.lifecycle import Event
from tiangong.model.stages import (
    Actual,
    Change,
    ChangeKind,
    Desired,
    History,
    Run,
    Step,
    VerdictWord,
    first_records,
)
from tiangong.model.version import precedence
from tiangong.planner.guard import guard
from tiangong.planner.plan import make_plan
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.ports import StepEvent
from tiangong.testing.fakes import fake_capabilities
from tiangong.testing.simulator import World
from tiangong.trust.verify import Cache, verify

CAPABILITIES = fake_capabilities()
VERSIONS = ["1.0.0", "1.1.0", "1.2.0-rc.1", "1.2.0", "2.0.0"]
KINDS: dict[str, dict[str, Any]] = {
    "a": {},
    "migrate": {"once": True, "idempotent": False},
    "b": {"value": "${config.n}"},
    "pay": {"idempotent": False, "reversible": True},
    "seed": {"once": True, "idempotent": False, "reversible": True},
    "z": {"value": 0},
}
ENDS = ("succeed", "fail", "fail", "cancel", "crash")


@st.composite
def releases(draw: st.DrawFn) -> dict[str, Any]:
    """Steps are a part of the pool in its order; their values change from version to version, or don't."""
    versions = draw(st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=4, unique=True))
    found: dict[str, Any] = {}
    for version in versions:
        names = [name for name in KINDS if draw(st.integers(0, 3))] or ["z"]
        steps = [{n: {"value": draw(st.integers(0, 1)), **KINDS[n]}} for n in names]
        found[version] = {"steps": steps, "config": {"n": {"type": "integer", "default": 0}}}
    return found


@dataclass
class Host:
    """What running steps leaves behind, and in which order; knows nothing of the planner."""

    there: dict[str, str] = field(default_factory=dict)
    when: dict[str, int] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    clock: int = 0

    def begin(self, step: Step) -> None:
        self.clock += 1
        self.there[step.name], self.when[step.name] = "half", self.clock

    def end(self, step: Step) -> None:
        self.there[step.name] = step.digest
        if step.once:
            assert step.digest not in self.done, "what is done once was done twice"
            self.done.append(step.digest)
        if not step.spec.get("idempotent", True):
            self.effects[step.name, step.digest] += 1

    def undo(self, step: Step) -> None:
        self.there.pop(step.name, None)
        if step.once:
            self.done.remove(step.digest)
        self.effects[step.name, step.digest] -= 1
        assert self.effects[step.name, step.digest] >= 0, "what wasn't done was undone"


@dataclass
class Life:
    """One installation over time: plans are acted on, and end as chance wants."""

    world: World
    now: datetime
    cache: Cache = field(default_factory=Cache)
    fold: Fold = field(default_factory=Fold)
    host: Host = field(default_factory=Host)
    before: Counter[tuple[str, str]] = field(default_factory=Counter)
    runs: int = 0

    def desired(self) -> Desired:
        return verify(self.world.snapshot(), self.world.pins("dev"), None, self.now, self.cache)

    def turn(self, end: str, at: int) -> VerdictWord:
        desired, history = self.desired(), History({"shop": self.fold.past()})
        plan = make_plan(desired, Actual({}), history, CAPABILITIES, self.now)
        assert plan == make_plan(desired, Actual({}), history, CAPABILITIES, self.now)
        (verdict,) = plan.verdicts
        if verdict.word is VerdictWord.READY and verdict.change:
            self.check(verdict.change)
            assert guard(desired, verdict.change, "shop", CAPABILITIES, self.now) == ()
            self.act(verdict.change, end, at)
        self.now += timedelta(hours=2)
        return verdict.word

    def check(self, change: Change) -> None:
        installed = self.fold.installed
        if installed and change.kind is not ChangeKind.ROLLBACK:
            assert precedence(change.version) >= precedence(installed.version)
        if change.kind is ChangeKind.ROLLBACK:
            assert installed
            assert change.version == installed.version

    def act(self, change: Change, end: str, at: int) -> None:
        self.runs += 1
        id_, turns = f"r{self.runs}", [(s, True) for s in change.undo] + [(s, False) for s in change.steps]
        records = first_records((s.name, s.digest, s.executor, undo) for s, undo in turns)
        head = (id_, "shop", "shop", change.version, change.release, "plan", change.kind)
        self.fold.begin(Run(*head, self.now, None, None, records))
        result = "succeeded"
        for number, (step, undo) in enumerate(turns):
            if number == at and end != "succeed":
                result = self.stop(id_, step, end, undo=undo)
                break
            self.one(id_, step, undo=undo)
        self.fold.end(id_, result, self.now)
        if result == "succeeded":
            if change.kind is ChangeKind.ROLLBACK:
                own = {(step.name, step.digest) for step in change.steps}
                left = {e: n - self.before[e] for e, n in self.host.effects.items() if e not in own}
                assert not any(n for (name, _), n in left.items() if name in ("pay", "seed")), "left behind"
            self.before = self.host.effects.copy()

    def one(self, id_: str, step: Step, *, undo: bool) -> None:
        if undo:
            self.note(id_, step, Event.UNDO_STARTED, undo=True)
            self.host.undo(step)
            self.note(id_, step, Event.UNDO_SUCCEEDED, undo=True)
            return
        self.note(id_, step, Event.STARTED)
        self.host.begin(step)
        self.host.end(step)
        self.note(id_, step, Event.SUCCEEDED)

    def stop(self, id_: str, step: Step, end: str, *, undo: bool) -> str:
        """A step that fails, a run that is cancelled before it, or a crash in the middle of which a probe tells all."""
        if end == "cancel":
            return "cancelled"
        self.note(id_, step, Event.UNDO_STARTED if undo else Event.STARTED, undo=undo)
        if undo:
            self.host.undo(step)
        else:
            self.host.begin(step)
        if end == "fail" and not undo:
            self.note(id_, step, Event.ERRORED)
            return "failed"
        self.note(id_, step, Event.CRASHED, undo=undo)
        self.note(id_, step, Event.PROBED_UNDONE, undo=undo)
        return "cancelled"

    def note(self, id_: str, step: Step, event: Event, *, undo: bool = False) -> None:
        self.fold.event(StepEvent(id_, step.name, step.digest, event, self.now, "", undo))


@settings(max_examples=60, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    releases(),
    st.lists(st.tuples(st.sampled_from(ENDS), st.integers(0, 5), st.integers(0, 2)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_whatever_happens_in_the_end_the_host_is_as_the_release_says(
    versions: Mapping[str, Any], events: list[tuple[str, int, int]], chance: random.Random
) -> None:
    life = Life(World.small(), World.small().now)
    # Mostly the way things go: the oldest first, so that there is something to go back to.
    waiting = sorted(versions, key=precedence, reverse=True)
    if chance.random() < 0.2:
        chance.shuffle(waiting)
    life.turn("succeed", 0)
    for end, at, n in [*events, *[("succeed", 0, 0)] * (len(versions) + 3)]:
        if waiting and (chance.random() < 0.5 or end == "succeed"):
            version = waiting.pop()
            build(life.world, {"releases": {"shop": {version: versions[version]}}})
        life.world.edit("environments/dev/installations/shop.yaml", **{"spec.config": {"n": n}})
        word = life.turn(end, at)
    desired = life.desired()
    newest = max((v for v in versions if "-" not in v), key=precedence, default=None)
    if newest is None or life.fold.installed is None:
        assert word is VerdictWord.HELD, "only a failure holds, or nothing is on the channel"
        return
    if life.fold.installed.version == newest:
        assert word is VerdictWord.UP_TO_DATE
    else:
        assert life.fold.past().failed, "only a release that failed here is left alone"
    _as_released(life, desired)


def _as_released(life: Life, desired: Desired) -> None:
    installed = life.fold.installed
    assert installed is not None
    release = desired.releases["shop"][installed.version]
    steps = prepare(resolve(desired)["shop"], release).steps
    for step in steps:
        if step.once:
            assert step.digest in life.host.done
        elif life.fold.past().failed.get(release.digest) is None:
            assert life.host.there[step.name] == step.digest
    order = [life.host.when[step.name] for step in steps if not step.once]
    assert order == sorted(order), "a step ran after what it builds on changed"


@settings(max_examples=20)
@given(releases(), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(versions: Mapping[str, Any], chance: random.Random) -> None:
    world = World.small()
    build(
        world,
        {
            "environment": {"profiles": ["p", "q"]},
            "profiles": {
                "p": {"install": [{"product": "shop", "channel": "release", "name": "one"}]},
                "q": {"install": [{"product": "shop", "channel": "release", "name": "two"}]},
            },
            "releases": {"shop": versions},
            "suppressions": {"x": {"installations": ["one"]}, "y": {"installations": ["one"]}},
        },
    )
    plans = []
    for _ in range(3):
        paths = list(world.files)
        chance.shuffle(paths)
        world.files = {path: world.files[path] for path in paths}
        desired = verify(world.snapshot("same"), world.pins("dev"), None, world.now)
        plans.append(make_plan(desired, Actual({}), History(), CAPABILITIES, world.now))
    assert plans[0] == plans[1] == plans[2]
    later = make_plan(desired, Actual({}), History(), CAPABILITIES, world.now + timedelta(days=1))
    assert later.digest == plans[0].digest, "the digest knows no time"
