"""`tiangong plan`: what would happen, from Git and the last signed status."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Reads
from tests.person import Person
from tiangong.documents.schema import schemas
from tiangong.testing.voice import Forge, installation

NIGHTS = {"allow": [{"name": "nights", "cron": "0 1 * * *", "for": "1h"}]}


@pytest.fixture
def held(forge: Forge) -> Forge:
    """dev changes nothing until next year; prod may change any time."""
    start, end = forge.now - timedelta(days=1), forge.now + timedelta(days=100)
    deny = {"name": "freeze", "from": start.isoformat(), "until": end.isoformat(), "reason": "audit"}
    forge.world.edit("environments/dev/environment.yaml", spec__windows={"deny": [deny]})
    forge.world.environment("prod", {"tier": "prod"})
    forge.world.installation("prod", "shop")
    return forge.push()


def plan(reads: Reads, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reads("plan", *words, "-o", "json").out)
    Draft202012Validator(schemas()["plan.schema.json"]).validate(found)
    return found


def test_the_first_line_says_what_it_rests_on(forge: Forge, reads: Reads) -> None:
    first = reads("plan", "dev").out.splitlines()[0]
    assert first == f"dev: from main at {forge.commit[:12]}, as if nothing were installed: no status of its agent yet"
    forge.voice(ago=timedelta(hours=5)).say(installation(version=None, release=None))
    first = reads("plan", "dev").out.splitlines()[0]
    assert first == f"dev: from main at {forge.commit[:12]} and its agent's last signed status, 5h old (number 1)"


def test_steps_stand_in_order(forge: Forge, reads: Reads) -> None:
    steps = [
        {"name": name, "executor": "file", "with": {"place": "app", "to": f"/srv/{name}"}} for name in ("b", "a", "c")
    ]
    forge.world.release("shop", "1.1.0", steps=steps)
    forge.push()
    ran = reads("plan", "dev")
    assert ran.code == 0
    assert "shop: install 1.1.0, ready" in ran.out
    assert [line.strip() for line in ran.out.splitlines() if ". " in line] == [
        "1. b (file)",
        "2. a (file)",
        "3. c (file)",
    ]
    found = plan(reads, "dev")
    assert [step["name"] for step in found["verdicts"][0]["change"]["steps"]] == ["b", "a", "c"]
    assert found["digest"].startswith("sha512:")


def test_held_is_an_exit_code_only_when_asked_for(held: Forge, reads: Reads) -> None:
    ran = reads("plan", "dev")
    assert ran.code == 0
    assert "shop: install 1.0.0, held" in ran.out
    assert "window freeze denies changes now: audit" in ran.out
    assert reads("plan", "dev", "--exit-code").code == 3
    assert reads("plan", "prod", "--exit-code").code == 0
    assert reads("plan", "--exit-code").code == 3


def test_every_environment_or_some(held: Forge, reads: Reads) -> None:
    def names(*words: str) -> list[str]:
        items = json.loads(reads("plan", *words, "-o", "json").out)["items"]
        return [item["metadata"]["name"] for item in items]

    assert names() == ["dev", "prod"]
    assert names("-l", "tier=prod") == names("--env", "p*") == ["prod"]


def test_as_of_another_time(held: Forge, reads: Reads) -> None:
    later = held.now + timedelta(days=101)
    ran = reads("plan", "dev", "--at", later.isoformat())
    assert "as of " in ran.out.splitlines()[1]
    assert "install 1.0.0, ready" in ran.out
    assert plan(reads, "dev", "--at", later.isoformat())["at"].startswith(later.isoformat()[:10])
    naive = later.astimezone().replace(tzinfo=None).isoformat()
    assert plan(reads, "dev", "--at", naive)["verdicts"][0]["verdict"] == "ready"
    for wrong in ("tomorrow", "2026-13-01", "9" * 50, ""):
        ran = reads("plan", "dev", "--at", wrong)
        assert ran.code == (2 if wrong else 0)


def test_a_branch_as_if_it_were_main(forge: Forge, reads: Reads) -> None:
    forge.world.release("shop", "1.1.0")
    commit = forge.world.commit_to(forge.bare, "add-search")
    assert plan(reads, "dev")["verdicts"][0]["target"] == "1.0.0"
    found = plan(reads, "dev", "--branch", "add-search")
    assert (found["verdicts"][0]["target"], found["basis"]["main"]) == ("1.1.0", commit)
    assert reads("plan", "dev", "--branch", "add-search").out.startswith("dev: from add-search at ")
    ran = reads("plan", "--branch", "nix")
    assert ran.code == 2
    assert "fleet/no-branch" in ran.err


def test_a_new_installation_on_a_branch_can_be_asked_for(forge: Forge, reads: Reads) -> None:
    forge.voice().say(installation())
    forge.world.installation("dev", "shop-two", product="shop")
    forge.world.commit_to(forge.bare, "two")
    assert reads("plan", "dev/shop-two").code == 2
    found = plan(reads, "dev/shop-two", "--branch", "two")
    assert [verdict["installation"] for verdict in found["verdicts"]] == ["shop-two"]


def test_commits_that_nobody_sees_are_said(
    forge: Forge, reads: Reads, clone: Callable[[], Path], reader: Person
) -> None:
    identity = ("-c", "user.name=r", "-c", "user.email=r@example.org")
    reader.git(*identity, "commit", "-q", "--allow-empty", "-m", "mine", cwd=clone())
    assert "1 commits of your main are not pushed" in reads("plan", "dev").err
    assert reads("plan", "dev", "--branch", "main").err == ""


def test_a_lie_is_no_basis(held: Forge, reads: Reads) -> None:
    held.voice("dev", key=held.world.person("mallory")).say(installation())
    ran = reads("plan", "dev")
    assert (ran.code, ran.out) == (4, "")
    ran = reads("plan")
    assert ran.code == 0
    assert "prod: from main" in ran.out
    assert "dev:" not in ran.out
    assert "trust/status-unsigned" in ran.err


def test_nothing_on_disk_changes(forge: Forge, reads: Reads, clone: Callable[[], Path]) -> None:
    forge.voice().say(installation())
    folder = clone()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts}
    reads("plan")
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts}
    assert before == after


def test_refused_documents_are_named(forge: Forge, reads: Reads) -> None:
    forge.world.raw("products/shop/releases/1.1.0/release.yaml", b"kind: Release\n")
    forge.push()
    out = reads("plan", "dev").out
    assert "documents that don't count:" in out
    assert "products/shop/releases/1.1.0/release.yaml" in out


def test_a_branch_of_a_host_makes_no_sense(forge: Forge, reads: Reads, tmp_path: Path) -> None:
    ran = reads("plan", "--settings", str(tmp_path / "agent.yaml"), "--branch", "x")
    assert ran.code == 2
    ran = reads("plan", "--settings", str(tmp_path / "agent.yaml"))
    assert ran.code == 2
    assert "agent/no-settings" in ran.err
