"""Secrets in plans: a step is due when the value changes, whoever has no values plans all the same (D14, D23)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.planner.situation import Situation, situation
from tiangong.errors import Place, problem
from tiangong.model.stages import Plan, Vault, VerdictWord
from tiangong.planner.guard import guard
from tiangong.planner.plan import make_plan
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.testing.fakes import fake_capabilities

NAME = "shop-db/password"
CASE: dict[str, Any] = {
    "given": {
        "secrets": [NAME],
        "installations": {"shop": {"config": {"password": {"secret": NAME}}}},
        "releases": {
            "shop": {
                "1.0.0": {
                    "config": {"password": {"type": "secret"}},
                    "steps": ["first", {"login": {"value": {"pw": "${secret.password}"}}}],
                }
            }
        },
    },
    "history": [{"release": "shop@1.0.0"}],
}


def planned(here: Situation, vault: Vault) -> Plan:
    desired = replace(here.desired, vault=vault)
    return make_plan(desired, here.actual, here.history, fake_capabilities(here.executors), here.now)


def test_a_changed_value_makes_the_step_due_and_what_follows() -> None:
    here = situation(CASE)
    assert here.plan().verdicts[0].word is VerdictWord.UP_TO_DATE
    changed = planned(here, Vault({NAME: "keyed:other"}, whole=True)).verdicts[0]
    assert changed.word is VerdictWord.READY
    assert changed.change is not None
    assert [step.name for step in changed.change.steps] == ["login"]


def test_another_secret_of_the_host_changes_nothing() -> None:
    here = situation(CASE)
    vault = Vault({**here.desired.vault.digests, "other/key": "x"}, whole=True)
    assert planned(here, vault).digest == here.plan().digest


def test_whoever_has_no_values_isnt_held_by_that() -> None:
    here = situation({**CASE, "history": []})
    (verdict,) = planned(here, Vault()).verdicts
    assert verdict.word is VerdictWord.READY
    (told,) = planned(here, Vault({NAME: f"keyed:{NAME}"})).verdicts
    assert told.change == here.plan().verdicts[0].change, "with the digests of the status it is the agent's own plan"


@pytest.mark.parametrize(
    "vault", [Vault(whole=True), Vault(flaws={NAME: problem("vault/unreadable", Place("/run/x"), why="gone")})]
)
def test_a_secret_that_vanishes_holds_and_stops_what_is_under_way(vault: Vault) -> None:
    here = situation({**CASE, "history": []})
    (ready,) = here.plan().verdicts
    assert ready.change is not None
    (held,) = planned(here, vault).verdicts
    assert (held.word, [r.constraint for r in held.reasons]) == (VerdictWord.HELD, ["secrets"])
    desired = replace(here.desired, vault=vault)
    reasons = guard(desired, ready.change, "shop", fake_capabilities(here.executors), here.now)
    assert [reason.constraint for reason in reasons] == ["secrets"]


def test_a_step_names_the_secret_and_never_holds_a_value() -> None:
    here = situation(CASE)
    wish = resolve(here.desired)["shop"]
    _, login = prepare(wish, here.desired.releases["shop"]["1.0.0"]).steps
    assert login.spec == {"value": {"pw": "${secret:shop-db/password}"}}
    assert login.secrets == (NAME,)
