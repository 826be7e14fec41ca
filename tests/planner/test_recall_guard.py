"""R23: a recall is seen between two steps, and a withdrawal too; what goes back or stays where it is isn't stopped."""

from tests.planner.situation import Situation, situation
from tiangong.model.stages import Change, Desired
from tiangong.planner.guard import guard
from tiangong.testing.fakes import fake_capabilities
from tiangong.trust.verify import verify

RECALL = "products/shop/recalls/r-1.yaml"
GIVEN = {"releases": {"shop": {"1.0.0": {}, "1.1.0": {}}}}


def newest(here: Situation) -> Desired:
    return verify(here.world.snapshot(), here.world.pins("dev"), here.desired.memory, here.now)


def change(here: Situation) -> Change:
    (verdict,) = here.plan().verdicts
    assert verdict.change is not None
    return verdict.change


def stops(here: Situation, what: Change) -> list[str]:
    capabilities = fake_capabilities(here.executors)
    return [reason.problem.code for reason in guard(newest(here), what, "shop", capabilities, here.now)]


def test_an_upgrade_under_way_stops_before_its_next_step() -> None:
    """R23: the newest accepted state decides, not the one the plan was made from."""
    here = situation({"given": GIVEN, "history": [{"release": "shop@1.0.0"}]})
    upgrade = change(here)
    assert stops(here, upgrade) == []
    here.world.recall("shop", "1.1.0")
    assert stops(here, upgrade) == ["constraint/recalled"], "R23: a recall didn't stop what was under way"
    here.world.withdraw(RECALL)
    assert stops(here, upgrade) == [], "R23: a withdrawn recall still stops"


def test_of_a_recall_that_cant_be_read_nobody_knows_what_it_means() -> None:
    """R11, R23: it stops what is new of its product."""
    here = situation({"given": GIVEN})
    install = change(here)
    path = here.world.recall("shop", "9.9.9")
    here.world.write(path, here.world.files[path].replace(b"spec:\n", b"spec:\n  later: true\n"), "promoter")
    assert stops(here, install) == ["trust/unread-restriction"]


def test_going_back_isnt_stopped() -> None:
    """D20: a rollback ends a change that has begun."""
    history = [{"release": "shop@1.0.0"}, {"release": "shop@1.1.0", "failed": "place"}]
    here = situation({"given": GIVEN, "history": history})
    back = change(here)
    here.world.recall("shop", "*")
    assert stops(here, back) == []


def test_a_suppression_and_its_withdrawal_are_seen_between_steps() -> None:
    """R23, R3."""
    here = situation({"given": GIVEN})
    install = change(here)
    path = here.world.suppress("inc-1")
    assert stops(here, install) == ["constraint/suppression"]
    here.world.withdraw(path)
    assert stops(here, install) == []
