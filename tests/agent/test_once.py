"""`tiangong agent once` as a process, against a real remote: what it does, says and ends with."""

import json
from datetime import UTC, datetime, timedelta

from jsonschema import Draft202012Validator

from tests.agent.conftest import STATUS, Host
from tiangong.documents.schema import schemas
from tiangong.testing.memory import open_bare

ENVIRONMENT = "environments/dev/environment.yaml"


def test_a_release_is_installed_said_and_left_alone(host: Host) -> None:
    host.publish("1.0.0", host.note("one"), host.note("two"))
    first = host.once()
    assert (first.code, first.out) == (0, "shop: 1.0.0 up-to-date (Healthy)\n")
    assert "shop: one done after" in first.err
    assert host.done == ["one", "two"]
    said = host.said()
    assert said is not None
    assert (said.installations[0].version, said.installations[0].run.result) == ("1.0.0", "succeeded")
    assert host.heard() is not None
    again = host.once()
    assert (again.code, again.err) == (0, "")
    assert host.done == ["one", "two"]
    assert host.counters() == list(range(1, said.counter + 1))


def test_json_is_an_answer_of_the_schema(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    answer = json.loads(host.once("-o", "json").out)
    Draft202012Validator(schemas()["turn.schema.json"]).validate(answer)
    assert answer["exit"] == 0
    assert answer["reported"] is True
    assert [run["run"]["result"] for run in answer["runs"]] == ["succeeded"]
    assert answer["verdicts"][0]["verdict"] == "up-to-date"


def test_nothing_published_is_held_with_a_reason(host: Host) -> None:
    ran = host.once()
    assert ran.code == 0
    assert ran.out.startswith("shop: nothing installed held: channel release holds no release of shop")


def test_a_step_that_fails_ends_with_1_and_a_log(host: Host) -> None:
    host.publish("1.0.0", {"name": "one", "executor": "shell", "with": {"script": "echo no good; exit 3"}})
    ran = host.once()
    assert ran.code == 1
    assert "shop: one failed after" in ran.err
    assert "shell/exit" in ran.err
    said = host.said()
    assert said is not None
    run = said.installations[0].run
    assert run is not None
    tree = host.tree()
    assert tree is not None
    entry = tree.entry(f"runs/{run.id}/one.log")
    assert entry is not None
    assert tree.read(entry).startswith(b"no good\n")


def test_what_is_refused_ends_with_4_and_the_rest_goes_on(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    host.world.raw("products/shop/releases/1.1.0/release.yaml", b"kind: Release\n")
    host.push()
    ran = host.once()
    assert ran.code == 4
    assert "products/shop/releases/1.1.0/release.yaml" in ran.err
    assert host.done == ["one"]


def test_a_world_that_cant_be_trusted_at_all_ends_with_4_and_leaves_a_trace(host: Host) -> None:
    host.world.raw("trust/policy.yaml", b"kind: TrustPolicy\n")
    host.push()
    ran = host.once()
    assert ran.code == 4
    assert "trust/policy.yaml" in ran.err
    said = host.said()
    assert said is not None
    assert said.holds
    assert host.heard() is not None


def test_what_worked_before_is_kept_when_nothing_can_be_trusted_any_more(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    host.once()
    host.world.raw("trust/policy.yaml", b"kind: TrustPolicy\n")
    host.world.raw("trust/root/1.yaml", b"kind: TrustRoot\n")
    host.push()
    ran = host.once()
    assert ran.code == 4
    said = host.said()
    assert said is not None
    assert said.installations[0].version == "1.0.0"
    assert "Traceback" not in ran.said


def test_a_rewritten_history_is_held_until_it_is_accepted(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    host.once()
    host.world.release("shop", "1.1.0", steps=[host.note("two")], payload={})
    sha = host.push(rewrite=True)
    ran = host.once()
    assert ran.code == 4
    assert "trust/history-rewritten" in ran.err
    assert host.done == ["one"]
    assert host.agent("accept-history", sha).code == 0
    assert host.once().code == 0
    assert host.done == ["one", "two"]


def test_accepting_needs_a_commit_and_something_to_compare_with(host: Host) -> None:
    assert host.agent("accept-history", "main").code == 2
    never = host.agent("accept-history", "0" * 40)
    assert never.code == 2
    assert "agent/not-begun" in never.err


def test_a_suppression_holds_and_says_until_when(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    host.world.suppress("inc-1", environments=["dev"])
    host.push()
    ran = host.once()
    assert ran.code == 0
    assert "held: suppressed by inc-1 until" in ran.out
    assert host.done == []


def test_a_remote_away_at_the_first_start_ends_with_5(host: Host) -> None:
    host.origin.stop()
    ran = host.once()
    assert ran.code == 5
    assert ran.err.count("[git/") == 1
    host.origin.start()
    host.publish("1.0.0", host.note("one"))
    assert host.once().code == 0


def test_while_the_remote_is_away_work_goes_on_and_is_told_later(host: Host) -> None:
    marker = host.folder / "marker"
    step = {"name": "mark", "executor": "shell", "with": {"run": ["touch", str(marker)], "creates": str(marker)}}
    host.world.edit(ENVIRONMENT, spec__drift="repair")
    host.publish("1.0.0", step)
    assert host.once().code == 0
    before = host.counters()
    marker.unlink()
    host.origin.stop()
    away = host.once()
    assert away.code == 5
    assert marker.exists()
    assert "report/spooled" in away.err
    host.origin.start()
    assert host.once().code == 0
    said = host.said()
    assert said is not None
    assert said.installations[0].run.kind == "repair"
    assert host.counters()[: len(before)] == before
    tree = host.tree()
    assert tree is not None
    assert tree.entry(f"runs/{said.installations[0].run.id}/receipt.yaml") is not None


def test_what_never_stays_as_it_is_made_is_left_to_a_person(host: Host) -> None:
    marker = host.folder / "marker"
    make = {"name": "make", "executor": "shell", "with": {"run": ["touch", str(marker)], "creates": str(marker)}}
    host.world.edit(ENVIRONMENT, spec__drift="repair")
    host.publish("1.0.0", make, {"name": "spoil", "executor": "shell", "with": {"script": f"rm {marker}"}})
    ran = host.once()
    assert ran.code == 0
    assert "was repaired" in ran.out
    assert ran.err.count("repair 1.0.0 begins") == 1


def test_only_one_agent_works_with_a_state_folder(host: Host) -> None:
    host.publish("1.0.0", host.hold("one"))
    host.start("run")
    assert host.began() == "one"
    ran = host.once()
    assert ran.code == 2
    assert "agent/already-running" in ran.err
    host.go()


def test_the_status_of_somebody_else_is_covered(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    host.once()
    bare = open_bare(host.origin.git_dir)
    bare.references.create(STATUS, str(bare.references["refs/heads/main"].target), force=True)
    host.publish("1.1.0", host.note("two"))
    ran = host.once()
    assert ran.code == 0
    assert "report/foreign-status" in ran.err
    assert host.said() is not None


def test_rules_that_have_ended_start_nothing(host: Host) -> None:
    host.publish("1.0.0", host.note("one"))
    host.world.edit(ENVIRONMENT, spec__expires=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    host.push()
    ran = host.once()
    assert "trust/environment-expired" in ran.err
    assert host.done == []
