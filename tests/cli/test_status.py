"""`tiangong status`: the fleet as its agents signed it, and never anything else."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Reads
from tests.person import Person
from tiangong.documents.schema import schemas
from tiangong.documents.strict import load
from tiangong.testing.voice import Forge, installation, reason

MINUTE = timedelta(minutes=1)
RUN = "20261125t115930-a1b2c3"


@pytest.fixture
def fleet(forge: Forge) -> Forge:
    """dev is held, prod is Degraded and overdue, staging is forged, site-1 has not reported, site-2 has no agent."""
    forge.world.environment("prod", {"tier": "prod"})
    forge.world.environment("staging", {"tier": "test"})
    forge.world.environment("site-1", {"tier": "prod"})
    forge.world.environment("site-2")
    forge.world.raw("environments/site-2/agent.yaml", None)
    forge.push()
    held = [reason("window", "constraint/denied", window="year-end", reason="peak season")]
    forge.voice(ago=5 * MINUTE).say(installation(verdict="held", target="1.1.0", reasons=held))
    forge.voice("prod", ago=120 * MINUTE).say(installation(health="Degraded"), installation("auth"))
    forge.voice("staging", key=forge.world.person("mallory")).say(installation())
    return forge


def rows(out: str) -> dict[str, list[str]]:
    """Environment/product → the cells of its line."""
    lines = [re.split(r" {3,}", line) for line in out.splitlines()]
    return {f"{cells[0]}/{cells[1]}": cells for cells in lines[1:]}


def answers(out: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(out)["items"]
    for item in items:
        Draft202012Validator(schemas()[f"{item['kind'].lower()}.schema.json"]).validate(item)
    return items


# ── the matrix ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_matrix_shows_every_environment_as_it_is(fleet: Forge, reads: Reads) -> None:
    ran = reads("status")
    assert ran.code == 0
    found = rows(ran.out)
    assert found["dev/shop"] == ["dev", "shop", "1.0.0 → 1.1.0", "Healthy", "held: window", "5m"]
    assert found["prod/shop"][3:] == ["Degraded", "up-to-date", "2h, overdue"]
    assert found["prod/auth"][3:] == ["Healthy", "up-to-date", "2h, overdue"]
    assert found["staging/-"][4] == "not trusted: see below"
    assert found["site-1/-"][4] == "its agent has not reported yet"
    assert found["site-2/-"][4] == "no agent has joined"
    assert len(found) == 6


def test_why_somebody_isnt_trusted_stands_below(fleet: Forge, reads: Reads) -> None:
    err = reads("status").err
    assert "status/staging" in err
    assert "trust/status-unsigned" in err
    assert "tiangong why dev" in err


def test_a_forged_version_appears_nowhere(fleet: Forge, reads: Reads) -> None:
    fleet.voice("staging", key=fleet.world.person("mallory")).say(installation(version="6.6.6"))
    for words in (["status"], ["status", "-o", "json"], ["status", "-o", "yaml"], ["status", "staging"]):
        ran = reads(*words)
        assert "6.6.6" not in ran.said


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["-l", "tier=prod"], {"prod", "site-1"}),
        (["--env", "site-*,dev"], {"site-1", "site-2", "dev"}),
        (["--env", "site-*", "-l", "tier=prod"], {"site-1"}),
        (["dev"], {"dev/shop"}),
        (["prod/auth"], {"prod/auth"}),
    ],
)
def test_choosing(words: list[str], names: set[str], fleet: Forge, reads: Reads) -> None:
    ran = reads("status", "-o", "name", *words)
    assert ran.code == 0
    assert {name if "/" in next(iter(names)) else name.partition("/")[0] for name in ran.out.split()} == names


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nix"], "fleet/no-environment"),
        (["dev/nix"], "fleet/no-installation"),
        (["--env", "nix-*"], "fleet/none-chosen"),
        (["-l", "tier=none"], "fleet/none-chosen"),
        (["-l", "tier"], "fleet/bad-label"),
    ],
)
def test_choosing_what_isnt_there(words: list[str], code: str, fleet: Forge, reads: Reads) -> None:
    ran = reads("status", *words)
    assert (ran.code, ran.out) == (2, "")
    assert code in ran.err


def test_a_fleet_without_environments(forge: Forge, reads: Reads) -> None:
    for path in [path for path in forge.world.files if path.startswith("environments/")]:
        forge.world.raw(path, None)
    forge.push()
    ran = reads("status")
    assert (ran.code, ran.out) == (0, "")
    assert "tiangong env new" in ran.err


# ── data ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_data_says_what_is_to_be_trusted(fleet: Forge, reads: Reads) -> None:
    found = {item["metadata"]["name"]: item for item in answers(reads("status", "-o", "json").out)}
    assert {name: item["trusted"] for name, item in found.items()} == {
        "dev": True,
        "prod": True,
        "staging": False,
        "site-1": False,
        "site-2": False,
    }
    assert found["staging"]["status"] is None
    assert [one["code"] for one in found["staging"]["problems"]] == ["trust/status-unsigned"]
    assert found["prod"]["overdue"]
    assert found["prod"]["metadata"]["labels"] == {"tier": "prod"}
    assert found["dev"]["status"]["spec"]["installations"][0]["target"] == "1.1.0"


def test_one_environment_is_one_document(fleet: Forge, reads: Reads) -> None:
    as_json = json.loads(reads("status", "dev", "-o", "json").out)
    assert as_json["kind"] == "EnvironmentStatus"
    as_yaml = load(reads("status", "dev", "-o", "yaml").out.encode(), "status").data
    assert as_yaml["status"]["spec"]["counter"] == as_json["status"]["spec"]["counter"] == 1


# ── one environment ──────────────────────────────────────────────────────────────────────────────────────────────
def test_one_environment_with_its_runs(fleet: Forge, reads: Reads) -> None:
    voice = fleet.voice()
    voice.counter = 1
    voice.ran(RUN, {"place": b"x"}, result="failed")
    voice.say(installation(drifted=["place"]))
    fleet.voice().beat({"run": "20261125t120000-000000", "installation": "shop", "version": "1.1.0", "step": "place"})
    ran = reads("status", "dev")
    assert ran.code == 0
    lines = [re.split(r" {3,}", line) for line in ran.out.splitlines()]
    assert any(line[:3] == ["20261125t120000-000000", "shop", "1.1.0"] and "running" in line for line in lines)
    assert any(line[0] == RUN and "failed" in line and line[-1] == "30s" for line in lines)


def test_an_environment_that_isnt_trusted_is_refused(fleet: Forge, reads: Reads) -> None:
    ran = reads("status", "staging")
    assert (ran.code, ran.out) == (4, "")
    assert "trust/status-unsigned" in ran.err


def test_an_overdue_agent_is_said(fleet: Forge, reads: Reads) -> None:
    assert "fleet/overdue" in reads("status", "prod").err


def test_a_run_in_doubt_is_said_in_words(forge: Forge, reads: Reads) -> None:
    run = {"id": RUN, "version": "1.1.0", "kind": "upgrade", "result": "in-doubt", "started": forge.now.isoformat()}
    forge.voice().say(installation(run=run))
    assert "in doubt: a person must decide" in reads("status").out
    assert "in doubt: a person must decide" in reads("status", "dev").out


# ── strangers ────────────────────────────────────────────────────────────────────────────────────────────────────
NASTY = "1.0\x1b]0;owned\x07\u202egnp.exe\x9b31m"


@pytest.mark.parametrize("form", ["table", "json", "yaml", "name"])
def test_what_an_agent_says_is_harmless_for_a_terminal(form: str, forge: Forge, reads: Reads) -> None:
    forge.voice().say(installation(version=NASTY, health=NASTY), installation(NASTY))
    for words in (["status"], ["status", "dev"], ["why", "dev"] if form != "name" else ["status"]):
        ran = reads(*words, "-o", form)
        assert ran.code == 0
        assert not set(ran.said) & set("\x1b\x07\u202e\x9b")


def test_a_json_reader_gets_the_exact_words(forge: Forge, reads: Reads) -> None:
    forge.voice().say(installation(version=NASTY))
    found = json.loads(reads("status", "dev", "-o", "json").out)
    assert found["status"]["spec"]["installations"][0]["version"] == NASTY


# ── the remote ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_while_the_remote_is_away_what_is_here_is_shown(
    fleet: Forge, reads: Reads, clone: Callable[[], Path], tmp_path: Path
) -> None:
    clone()
    fleet.bare.rename(tmp_path / "gone.git")
    ran = reads("status")
    assert ran.code == 5
    assert "dev" in ran.out
    assert "fleet/away" in ran.err
    offline = reads("status", "--offline")
    assert offline.code == 0
    assert offline.out == ran.out
    assert "fleet/away" not in offline.err


def test_the_newest_is_fetched(fleet: Forge, reads: Reads, clone: Callable[[], Path]) -> None:
    clone()
    voice = fleet.voice()
    voice.counter = 1
    voice.say(installation(version="1.2.0"))
    assert "1.2.0" not in reads("status", "dev", "--offline").out
    assert "1.2.0" in reads("status", "dev").out


def test_a_replay_is_found_out_on_the_next_look(fleet: Forge, reads: Reads) -> None:
    voice = fleet.voice()
    voice.counter = 1
    old = voice.say(installation(version="1.2.0"))
    voice.say(installation(version="1.3.0"))
    assert "1.3.0" in reads("status").out
    voice.move_status(old)
    ran = reads("status")
    assert rows(ran.out)["dev/-"][4] == "not trusted: see below"
    assert "fleet/older-status" in ran.err


# ── a terminal ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_on_a_terminal_it_is_redrawn_in_place(fleet: Forge, reader: Person, clone: Callable[[], Path]) -> None:
    controller, terminal = pty.openpty()
    environ = {**reader.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "30"}
    words = [sys.executable, "-m", "tiangong", "status", "-w", "--offline"]
    with subprocess.Popen(
        words, cwd=clone(), env=environ, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    ) as child:
        os.close(terminal)
        seen, until = b"", time.monotonic() + 30
        while seen.count(b"\x1b[H") < 2 and time.monotonic() < until:
            if select.select([controller], [], [], 1.0)[0]:
                seen += os.read(controller, 65536)
        child.terminate()
    os.close(controller)
    assert seen.count(b"\x1b[H") >= 2
    frame = seen.split(b"\x1b[H")[1].decode()
    assert "─────" in frame
    assert "held: window" in frame
    assert "trust/status-unsigned" in frame
    assert frame.rstrip().endswith("\x1b[J")


@pytest.mark.parametrize("code", ["trust/equivocation", "trust/rollback", "trust/jump", "trust/lost-restriction"])
def test_row_47_what_looks_like_an_attack_is_an_alarm(code: str, forge: Forge, reads: Reads) -> None:
    """Row 47, R12: two documents of one generation, or an old one put back, can't be overlooked in status and doctor."""
    facts = {"generation": 3, "found": 2, "accepted": 3, "kind": "Recall"}
    refusal = reason("refused", code, **facts) | {"path": "environments/dev/environment.yaml"}
    forge.voice().say(installation(), refusals=[refusal])
    for words in (("status",), ("status", "dev")):
        ran = reads(*words)
        assert ran.code == 0, ran.said
        assert "ALARM: the agent of dev met 1" in ran.err, "R12: status passes over an alarm"
        assert f"[{code}" in ran.err
    ran = reads("doctor")
    assert "looks like an attack" in ran.said, "R12: doctor passes over an alarm"
    assert f"[{code}" in ran.said


def test_an_ordinary_refusal_is_no_alarm(forge: Forge, reads: Reads) -> None:
    forge.voice().say(installation(), refusals=[reason("refused", "trust/unstamped")])
    assert "ALARM" not in reads("status").said
    assert "no agent has met" in reads("doctor").said
