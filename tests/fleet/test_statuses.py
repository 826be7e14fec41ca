"""What a reader takes for an agent's word, and what it finds out (R21)."""

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fleet.conftest import NOW
from tiangong.documents.digest import sha512
from tiangong.fleet.clone import find_clone
from tiangong.fleet.receipts import under_way
from tiangong.fleet.refresh import refresh
from tiangong.fleet.statuses import Fleet, Said
from tiangong.testing.voice import DIGEST, Forge, Voice, installation

Cloned = Callable[[], Fleet]
MINUTE = timedelta(minutes=1)


def said(cloned: Cloned, environment: str = "dev") -> Said:
    return cloned().one(environment, NOW)


def codes(found: Said) -> set[str]:
    return {problem.code for problem in found.problems}


def again(fleet: Fleet) -> Said:
    """The same clone, refreshed, by another process."""
    refresh(fleet.clone)
    return Fleet(find_clone(fleet.clone.folder, {})).one("dev", NOW)


# ── honest ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_signed_status_is_its_agents_word(forge: Forge, cloned: Cloned) -> None:
    forge.world.edit("environments/dev/environment.yaml", metadata__labels={"tier": "test"})
    forge.push().voice(ago=5 * MINUTE).say(installation(version="1.0.0"))
    found = said(cloned)
    assert found.status is not None
    assert found.status.spec.installations[0].version == "1.0.0"
    assert (found.labels, found.problems) == ({"tier": "test"}, ())
    assert found.age(NOW) == 5 * MINUTE


def test_an_agent_is_heard_by_its_heartbeat_too(forge: Forge, cloned: Cloned) -> None:
    forge.voice(ago=300 * MINUTE).say()
    assert said(cloned).is_overdue(NOW)
    forge.voice(ago=2 * MINUTE).beat()
    found = said(cloned)
    assert found.age(NOW) == 2 * MINUTE
    assert not found.is_overdue(NOW)


def test_three_missed_beats_are_overdue_and_a_clock_ahead_is_not(forge: Forge, cloned: Cloned) -> None:
    forge.voice(ago=44 * MINUTE).say()
    assert not said(cloned).is_overdue(NOW)
    forge.voice(ago=46 * MINUTE).say(counter=9)
    assert said(cloned).is_overdue(NOW)
    forge.voice(ago=-60 * MINUTE).say(counter=10)
    assert said(cloned).age(NOW) == timedelta(0)


def test_who_has_not_spoken_is_told_apart(forge: Forge, cloned: Cloned) -> None:
    assert codes(said(cloned)) == {"fleet/no-status"}
    forge.world.raw("environments/dev/agent.yaml", None)
    forge.push().voice().say(installation())
    found = said(cloned)
    assert (codes(found), found.status) == ({"fleet/no-agent"}, None)


def test_an_environment_without_a_folder_is_still_listed(forge: Forge, cloned: Cloned) -> None:
    forge.voice("gone").say(installation())
    assert {one.environment: one.status for one in cloned().all(NOW)} == {"dev": None, "gone": None}


# ── lies ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def forged(forge: Forge) -> str:
    forge.voice(key=forge.world.person("mallory")).say(installation())
    return "trust/status-unsigned"


def unsigned(forge: Forge) -> str:
    voice = forge.voice()
    voice.push_status({"status.yaml": voice.document("Status", "dev", voice.status(installation()))})
    return "fleet/no-file"


def signed_as_a_document(forge: Forge) -> str:
    voice = forge.voice()
    raw = voice.document("Status", "dev", voice.status(installation()))
    voice.push_status({"status.yaml": raw, "status.yaml.agent.sig": voice.key.sign(raw)})
    return "trust/status-unsigned"


def one_byte_changed(forge: Forge) -> str:
    voice = forge.voice()
    raw = voice.document("Status", "dev", voice.status(installation()))
    voice.push_status({"status.yaml": raw.replace(b"1.0.0", b"1.0.1"), **voice.signature("status.yaml", raw)})
    return "trust/status-unsigned"


def of_another_environment(forge: Forge) -> str:
    """Signed with the right key: one key may serve two environments."""
    voice = forge.voice()
    raw = voice.document("Status", "staging", voice.status(installation()))
    voice.push_status({"status.yaml": raw, **voice.signature("status.yaml", raw)})
    return "fleet/other-environment"


def of_another_repository(forge: Forge) -> str:
    forge.voice().say(installation(), repo="f" * 32)
    return "trust/other-repo"


def no_yaml(forge: Forge) -> str:
    voice = forge.voice()
    raw = b"spec: [1, 2\n"
    voice.push_status({"status.yaml": raw, **voice.signature("status.yaml", raw)})
    return "document/syntax"


def unknown_field(forge: Forge) -> str:
    forge.voice().say(installation(), surprise=1)
    return "document/unknown-field-no-guess"


def too_large(forge: Forge) -> str:
    voice = forge.voice()
    raw = b"a: " + b"x" * (2 << 20) + b"\n"
    voice.push_status({"status.yaml": raw, **voice.signature("status.yaml", raw)})
    return "fleet/no-file"


def a_folder(forge: Forge) -> str:
    forge.voice().push_status({"status.yaml/inside": b"x"})
    return "fleet/no-file"


LIES = (
    forged,
    unsigned,
    signed_as_a_document,
    one_byte_changed,
    of_another_environment,
    of_another_repository,
    no_yaml,
    unknown_field,
    too_large,
    a_folder,
)


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_lie_is_never_shown_as_true(lie: Callable[[Forge], str], forge: Forge, cloned: Cloned) -> None:
    code = lie(forge)
    found = said(cloned)
    assert found.status is None
    assert found.heard is None
    assert codes(found) == {code}


def test_a_key_counts_only_while_it_is_the_agents(forge: Forge, cloned: Cloned) -> None:
    forge.voice().say(installation())
    line = forge.world.agent("dev").line
    for until, counts in ((NOW + MINUTE, True), (NOW, False)):
        forge.world.edit("environments/dev/agent.yaml", spec__keys=[{"key": line, "until": until.isoformat()}])
        forge.push()
        assert (said(cloned).status is not None) is counts


def test_a_forged_heartbeat_doesnt_make_an_agent_alive(forge: Forge, cloned: Cloned) -> None:
    forge.voice(ago=300 * MINUTE).say(installation())
    forge.voice(key=forge.world.person("mallory")).beat()
    found = said(cloned)
    assert found.status is not None
    assert codes(found) == {"trust/status-unsigned"}
    assert found.is_overdue(NOW)


def test_without_a_root_nobody_is_trusted(forge: Forge, cloned: Cloned) -> None:
    forge.voice().say(installation())
    forge.world.raw("trust/root/1.yaml", None)
    forge.push()
    found = said(cloned)
    assert (found.status, codes(found)) == (None, {"trust/missing"})


# ── old words ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_clone_that_saw_a_newer_status_finds_a_replay_out(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    old = voice.say(installation(version="1.0.0"))
    new = voice.say(installation(version="1.1.0"))
    fleet = cloned()
    assert fleet.one("dev", NOW).status is not None
    voice.move_status(old)
    found = again(fleet)
    assert (found.status, codes(found)) == (None, {"fleet/older-status"})
    voice.move_status(new)
    assert again(fleet).status is not None


def test_an_old_status_put_on_top_is_found_out_by_every_clone(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    files = {"status.yaml": b"", "status.yaml.agent.sig": b""}
    voice.say(installation(version="1.0.0"))
    raw = voice.document("Status", "dev", {**voice.status(installation()), "previous": None})
    files = {"status.yaml": raw, **voice.signature("status.yaml", raw)}
    voice.say(installation(version="1.1.0"))
    voice.push_status(files)
    found = said(cloned)
    assert (found.status, codes(found)) == (None, {"fleet/older-status"})


def test_a_heartbeat_tells_of_a_status_that_isnt_shown(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    first = voice.say(installation(version="1.0.0"))
    voice.say(installation(version="1.1.0"))
    voice.beat()
    assert said(cloned).problems == ()
    voice.move_status(first)
    found = said(cloned)
    assert found.status is not None, "it was really said, and nobody here knows of a newer one"
    assert codes(found) == {"fleet/behind"}


def test_a_run_that_ended_isnt_under_way_because_an_older_heartbeat_says_so(forge: Forge, cloned: Cloned) -> None:
    run, step = "20261125t115900-abcdef", {"installation": "shop", "version": "1.0.0", "step": "place"}
    voice = forge.voice()
    voice.beat({"run": run, **step}, {"run": "20261125t115959-fedcba", **step})
    said_run = {"id": run, "version": "1.0.0", "kind": "install", "started": NOW.isoformat()}
    voice.say(installation(run={**said_run, "result": "running"}))
    assert {line.run for line in under_way(said(cloned))} == {run, "20261125t115959-fedcba"}
    voice.say(installation(run={**said_run, "result": "succeeded", "ended": NOW.isoformat()}))
    assert [line.run for line in under_way(said(cloned))] == ["20261125t115959-fedcba"]


def test_what_somebody_put_between_two_statuses_is_stepped_over(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    voice.say(installation(version="1.0.0"))
    before = (voice.counter, voice.previous)
    forged(forge)
    voice.counter, voice.previous = before
    voice.say(installation(version="1.1.0"))
    found = said(cloned)
    assert found.status is not None
    assert found.status.spec.installations[0].version == "1.1.0"


def test_two_statuses_of_one_number_are_two_agents(forge: Forge, cloned: Cloned) -> None:
    forge.voice().say(installation(version="1.0.0"))
    fleet = cloned()
    assert fleet.one("dev", NOW).status is not None
    forge.voice().say(installation(version="1.1.0"), rewrite=True)
    assert codes(again(fleet)) == {"fleet/two-statuses"}


def test_another_agent_of_the_same_name_begins_anew(forge: Forge, cloned: Cloned) -> None:
    forge.voice().say(counter=7)
    fleet = cloned()
    assert fleet.one("dev", NOW).status is not None
    newcomer = forge.world.person("newcomer")
    forge.world.edit("environments/dev/agent.yaml", spec__keys=[{"key": newcomer.line}])
    forge.push().voice(key=newcomer).say(rewrite=True)
    assert again(fleet).status is not None


def test_a_rotated_key_doesnt_forget_what_was_seen(forge: Forge, cloned: Cloned) -> None:
    forge.voice().say(counter=7)
    fleet = cloned()
    assert fleet.one("dev", NOW).status is not None
    keys = [{"key": forge.world.agent("dev").line}, {"key": forge.world.person("newer").line}]
    forge.world.edit("environments/dev/agent.yaml", spec__keys=keys)
    forge.push().voice(key=forge.world.person("newer")).say(rewrite=True)
    assert codes(again(fleet)) == {"fleet/older-status"}


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"dev": {"counter": "x"}}', b"\xff", b"[" * 100_000])
def test_a_damaged_memory_is_no_memory(damage: bytes, forge: Forge, cloned: Cloned) -> None:
    forge.voice().say(counter=7)
    fleet = cloned()
    fleet.one("dev", NOW)
    memory = fleet.clone.private / "seen.json"
    assert json.loads(memory.read_text())["dev"]["counter"] == 7
    memory.write_bytes(damage)
    assert again(fleet).status is not None


def test_memories_of_two_processes_go_together(forge: Forge, cloned: Cloned) -> None:
    forge.world.environment("prod")
    forge.push().voice("dev").say()
    forge.voice("prod").say()
    fleet = cloned()
    other = Fleet(find_clone(fleet.clone.folder, {}))
    fleet.one("dev", NOW)
    other.one("prod", NOW)
    assert json.loads((fleet.clone.private / "seen.json").read_text()).keys() == {"dev", "prod"}


def test_a_clone_nobody_may_write_to_is_read_without_memory(
    forge: Forge, cloned: Cloned, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge.voice().say()
    fleet = cloned()
    (fleet.clone.private).write_text("a file where the folder would be")
    assert fleet.one("dev", NOW).status is not None
    monkeypatch.undo()


def test_work_trees_of_one_clone_share_one_memory(forge: Forge, cloned: Cloned, tmp_path: Path) -> None:
    forge.voice().say()
    fleet = cloned()
    beside = tmp_path / "beside"
    subprocess.run(["git", "worktree", "add", "-q", "-b", "b", str(beside)], cwd=fleet.clone.folder, check=True)
    other = find_clone(beside, {})
    assert other.private.resolve() == fleet.clone.private.resolve()


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_reading_again_parses_only_what_is_new(forge: Forge, cloned: Cloned, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        forge.world.environment(name)
    forge.push()
    voices: dict[str, Voice] = {name: forge.voice(name) for name in ("a", "b", "dev")}
    for voice in voices.values():
        voice.say(installation(doneSteps={"place": DIGEST}))
    fleet = cloned()
    assert all(found.status for found in fleet.all(NOW))

    parsed: list[str] = []

    def note(raw: bytes, path: str, model: type) -> object:
        parsed.append(sha512(raw))
        return parse(raw, path, model)

    parse = __import__("tiangong.documents.parse", fromlist=["parse_model"]).parse_model
    monkeypatch.setattr("tiangong.fleet.signed.parse_model", note)
    assert all(found.status for found in fleet.all(NOW))
    assert parsed == []
    voices["a"].say(installation(version="1.1.0"))
    refresh(fleet.clone)
    assert {one.environment: one.status.spec.counter for one in fleet.all(NOW) if one.status} == {
        "a": 2,
        "b": 1,
        "dev": 1,
    }
    assert parsed == [voices["a"].previous]
