"""`tiangong why`: every constraint, its remedy and time, from what the agent signed."""

import json
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Reads
from tiangong.documents.schema import schemas
from tiangong.testing.voice import Forge, installation, reason

HOUR = timedelta(hours=1)


@pytest.fixture
def held(forge: Forge) -> Forge:
    """shop is held by a window and a suppression; 1.2.0 isn't covered by the config; auth is up to date."""
    opens = forge.now + 3 * HOUR
    reasons = [
        reason("window", "constraint/denied", opens, window="year-end", reason="peak season"),
        reason("suppression", "constraint/suppression", name="inc-1", until="tomorrow", reason="payment incident"),
    ]
    against = [reason("config-coverage", "plan/config-missing", name="listen", type="integer", release="shop@1.2.0")]
    shop = installation(
        verdict="held", target="1.1.0", reasons=reasons, candidates={"1.2.0": against}, earliest=opens.isoformat()
    )
    forge.voice(ago=timedelta(minutes=17)).say(shop, installation("auth"))
    return forge


def test_every_reason_with_its_remedy_and_time(held: Forge, reads: Reads) -> None:
    ran = reads("why", "dev/shop")
    assert (ran.code, ran.err) == (0, "")
    when = (held.now + 3 * HOUR).astimezone().strftime("%Y-%m-%d %H:%M")
    for part in (
        "From the last signed status of dev (number 1",
        "17m ago",
        "dev/shop: held at 1.0.0; next would be 1.1.0",
        "- window: window year-end denies changes now: peak season",
        "fix: wait for its end",
        "[constraint/denied]",
        f"not before {when}",
        "- suppression: suppressed by inc-1 until tomorrow: payment incident",
        f"all of these may have passed at {when}",
        "1.2.0 is newer and does not count, because:",
        "- config-coverage: listen (integer) has no value",
        "fix: write it under spec.config of the installation",
    ):
        assert part in ran.out, part
    assert "auth" not in ran.out


def test_every_installation_of_an_environment(held: Forge, reads: Reads) -> None:
    out = reads("why", "dev").out
    assert "dev/shop: held" in out
    assert "dev/auth: up to date; 1.0.0 is the newest on RELEASE" in out


def test_as_codes_and_facts(held: Forge, reads: Reads) -> None:
    found = json.loads(reads("why", "dev/shop", "-o", "json").out)
    Draft202012Validator(schemas()["explanation.schema.json"]).validate(found)
    assert found["basis"]["counter"] == 1
    assert found["basis"]["main"] == held.commit
    assert [one["code"] for one in found["installation"]["reasons"]] == [
        "constraint/denied",
        "constraint/suppression",
    ]
    assert found["installation"]["candidates"]["1.2.0"][0]["facts"]["name"] == "listen"
    items = json.loads(reads("why", "dev", "-o", "json").out)["items"]
    assert [one["metadata"]["name"] for one in items] == ["dev/shop", "dev/auth"]


def test_steps_that_no_envelope_limits_are_named(forge: Forge, reads: Reads) -> None:
    step = {"name": "restart", "executor": "shell", "with": {"run": ["systemctl", "restart", "shop"]}}
    forge.world.release("shop", "1.1.0", steps=[step])
    forge.push().voice().say(installation(verdict="ready", target="1.1.0"))
    out = reads("why", "dev/shop").out
    assert "paths and hosts are not enforced here for: restart (D27)" in out
    assert "1.1.0 is ready" in out


def test_what_holds_the_whole_environment_comes_first(forge: Forge, reads: Reads) -> None:
    holds = [reason("hold", "trust/policy-expired", until="yesterday")]
    refusals = [{**reason("refused", "trust/no-signature", role="release", who="ci"), "path": "products/x/y.yaml"}]
    forge.voice().say(installation(), holds=holds, refusals=refusals)
    lines = reads("why", "dev").out.splitlines()
    assert "the trust policy expired on yesterday" in lines[1]
    assert any("products/x/y.yaml" in line for line in lines)


def test_health_drift_and_what_runs_are_facts_too(forge: Forge, reads: Reads) -> None:
    run = {"id": "r-1", "version": "1.1.0", "kind": "upgrade", "result": "running", "started": forge.now.isoformat()}
    forge.voice().say(installation(health="Degraded", drifted=["place"], run=run))
    out = reads("why", "dev").out
    for part in ("health: Degraded", "no longer as they were left: place", "run r-1 is running"):
        assert part in out


def test_news_the_agent_hasnt_seen_are_pointed_at(held: Forge, reads: Reads) -> None:
    held.world.release("shop", "1.3.0")
    held.push()
    assert "tiangong plan dev" in reads("why", "dev").err


def test_nobody_to_ask_is_an_answer(forge: Forge, reads: Reads) -> None:
    ran = reads("why", "dev")
    assert ran.code == 0
    assert "no status of dev yet" in ran.out
    forge.world.raw("environments/dev/agent.yaml", None)
    forge.push()
    ran = reads("why", "dev")
    assert ran.code == 0
    assert "tiangong agent join TOKEN" in ran.out
    assert json.loads(reads("why", "dev", "-o", "json").out)["items"][0]["basis"]["source"] == "nothing"


def test_a_lie_is_no_answer(forge: Forge, reads: Reads) -> None:
    forge.voice(key=forge.world.person("mallory")).say(installation())
    for words in (["why", "dev"], ["why", "dev", "-o", "json"]):
        ran = reads(*words)
        assert (ran.code, ran.out) == (4, "")
        assert "trust/status-unsigned" in ran.err


def test_an_overdue_agent_is_said_beside_its_old_words(forge: Forge, reads: Reads) -> None:
    forge.voice(ago=5 * HOUR).say(installation())
    ran = reads("why", "dev")
    assert ran.code == 0
    assert "5h ago" in ran.out
    assert "fleet/overdue" in ran.err


@pytest.mark.parametrize(("target", "code"), [("nix", "fleet/no-environment"), ("dev/nix", "fleet/no-installation")])
def test_asking_for_what_isnt_there(target: str, code: str, held: Forge, reads: Reads) -> None:
    ran = reads("why", target)
    assert (ran.code, ran.out) == (2, "")
    assert code in ran.err


def test_an_environment_without_wishes(forge: Forge, reads: Reads) -> None:
    forge.voice().say()
    assert "nothing is to be installed here" in reads("why", "dev").out
