"""`tiangong doctor` and `plan --settings` on a real host: joined for real, before a real remote over TLS."""

import json
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Reads
from tests.person import Person, Ran
from tiangong.author.clone import Clone as Work
from tiangong.author.hook import install_hook
from tiangong.cli.checkup.machine import MENDED_GIT
from tiangong.documents.digest import sha512
from tiangong.documents.schema import schemas
from tiangong.host.join import Wanted, join
from tiangong.journal.sqlite import open_journal
from tiangong.model.lifecycle import Event
from tiangong.model.stages import ChangeKind, Run, first_records
from tiangong.ports import StepEvent
from tiangong.testing.origin import Origin
from tiangong.testing.voice import DIGEST, Forge
from tiangong.trust.roots import root_path
from tiangong.trust.tokens import Token, read_request, write_token

NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Host:
    """An agent's host that has joined dev; `accept` lets the control repository name its key."""

    origin: Origin
    forge: Forge
    file: Path
    state: Path
    request: str
    person: Person

    def accept(self) -> None:
        key = read_request(self.request).key
        self.forge.world.edit("environments/dev/agent.yaml", spec__keys=[{"key": key}])
        self.forge.push()

    def run(self, *words: str) -> Ran:
        return self.person.run(*words, "--settings", str(self.file), cwd=self.file.parent)

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))


@pytest.fixture
def host(tmp_path: Path, reader: Person) -> Iterator[Host]:
    with Origin(tmp_path / "origin") as origin:
        forge = Forge.small(origin.git_dir, NOW)
        root = sha512(forge.world.files[root_path(1)])
        token = Token.model_construct(
            url=origin.url,
            repo=forge.world.repo,
            root_version=1,
            root_digest=root,
            environment="dev",
            level="signatures",
            expires=NOW + timedelta(days=1),
            known_hosts="",
        )
        file, state = tmp_path / "agent.yaml", tmp_path / "state"
        joined = join(Wanted(write_token(token), file, state, ca=origin.ca), NOW)
        yield Host(origin, forge, file, state, joined.request, reader)


def checks(ran: Ran) -> dict[str, list[dict[str, Any]]]:
    found = json.loads(ran.out)
    Draft202012Validator(schemas()["checkup.schema.json"]).validate(found)
    named: dict[str, list[dict[str, Any]]] = {}
    for check in found["checks"]:
        named.setdefault(check["name"], []).append(check)
    return named


def results(ran: Ran) -> dict[str, str]:
    """Check → its worst result."""
    order = ["ok", "note", "warn", "fail"]
    return {name: max((one["result"] for one in found), key=order.index) for name, found in checks(ran).items()}


# ── an agent's host ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_host_in_order(host: Host) -> None:
    host.accept()
    ran = host.run("doctor", "-o", "json")
    assert ran.code == 0
    found = results(ran)
    wanted = dict.fromkeys(("settings", "state", "plugins", "key", "fetch", "push", "clock", "trust", "accepted"), "ok")
    assert wanted.items() <= found.items()
    assert (found["level"], found["journal"]) == ("note", "note")
    assert "fail" not in found.values()
    assert "repository" not in found


def test_in_words_each_with_its_remedy(host: Host) -> None:
    ran = host.run("doctor")
    assert ran.code == 1
    lines = ran.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("fail  accepted: "))
    assert "tiangong agent accept REQUEST" in lines[at + 1]
    assert "D16" in lines[at + 1]
    assert any(line.startswith("note  level: signatures: a remote can still withhold") for line in lines)


def test_it_leaves_no_trace(host: Host) -> None:
    host.accept()
    before = {path: path.stat().st_mtime_ns for path in [host.file, *host.state.rglob("*")]}
    refs = sorted(path.name for path in host.origin.git_dir.joinpath("refs/heads").rglob("*"))
    host.run("doctor")
    assert {path: path.stat().st_mtime_ns for path in [host.file, *host.state.rglob("*")]} == before
    assert sorted(path.name for path in host.origin.git_dir.joinpath("refs/heads").rglob("*")) == refs


def missing_key(host: Host) -> tuple[str, str]:
    (host.state / "key").unlink()
    return "key", "agent/no-key"


def open_key(host: Host) -> tuple[str, str]:
    (host.state / "key").chmod(0o644)
    return "key", "agent/open-key"


def other_key(host: Host) -> tuple[str, str]:
    (host.state / "key").write_text("no key at all\n")
    (host.state / "key").chmod(0o600)
    return "key", "agent/bad-key"


def remote_down(host: Host) -> tuple[str, str]:
    host.origin.stop()
    return "remote", "git/away"


def read_only(host: Host) -> tuple[str, str]:
    subprocess.run(["git", "config", "http.receivepack", "false"], cwd=host.origin.git_dir, check=True)
    return "push", "git/denied"


def unknown_plugin(host: Host) -> tuple[str, str]:
    host.file.write_text(host.file.read_text() + "plugins:\n  - {type: teleport}\n")
    return "plugins", "doctor/plugin-missing"


def wrong_plugin(host: Host) -> tuple[str, str]:
    host.file.write_text(host.file.read_text() + "plugins:\n  - {type: http, config: {colour: red}}\n")
    return "plugins", "executor/config"


def other_root(host: Host) -> tuple[str, str]:
    host.edit(sha512(host.forge.world.files[root_path(1)]), f"sha512:{'f' * 128}")
    return "remote", "trust/root-mismatch"


def no_state(host: Host) -> tuple[str, str]:
    host.edit(f"state: {host.state}", f"state: {host.state}/nowhere")
    return "state", "doctor/state-not-writable"


def no_settings(host: Host) -> tuple[str, str]:
    host.file.unlink()
    return "settings", "agent/no-settings"


def wrong_settings(host: Host) -> tuple[str, str]:
    host.file.write_text("environment: [\n")
    return "settings", "document/syntax"


FAULTS = (
    missing_key,
    open_key,
    other_key,
    remote_down,
    read_only,
    unknown_plugin,
    wrong_plugin,
    other_root,
    no_state,
    no_settings,
    wrong_settings,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_what_is_wrong_is_named(fault: Callable[[Host], tuple[str, str]], host: Host) -> None:
    host.accept()
    name, code = fault(host)
    ran = host.run("doctor", "-o", "json")
    assert ran.code == 1
    found = checks(ran)[name]
    assert code in [check["code"] for check in found if check["result"] == "fail"]
    text = host.run("doctor").out
    assert "fix: " in text
    assert f"fail  {name}: " in text


def test_shell_steps_are_not_confined(host: Host) -> None:
    host.accept()
    host.file.write_text(host.file.read_text() + "plugins:\n  - {type: shell}\n")
    ran = host.run("doctor")
    assert ran.code == 0
    assert "note  envelope: shell: paths and hosts are not enforced here" in ran.out


def test_a_run_in_doubt_fails_the_checkup(host: Host) -> None:
    host.accept()
    journal, _ = open_journal(host.state / "journal.db", NOW)
    steps = first_records([("place", DIGEST, "file", False)])
    run = Run("r-1", "shop", "shop", "1.0.0", DIGEST, DIGEST, ChangeKind.INSTALL, NOW, None, None, steps)
    journal.begin(run)
    for event in (Event.STARTED, Event.CRASHED):
        journal.record(StepEvent("r-1", "place", DIGEST, event, NOW))
    journal.close()
    ran = host.run("doctor")
    assert ran.code == 1
    assert "tiangong agent resolve r-1" in ran.out


def test_a_clock_that_is_behind(host: Host) -> None:
    host.accept()
    host.forge.world.now = NOW + timedelta(hours=2)
    host.forge.push()
    ran = host.run("doctor", "-o", "json")
    assert (ran.code, results(ran)["clock"]) == (0, "warn")


# ── plan on the host ─────────────────────────────────────────────────────────────────────────────────────────────
def test_a_plan_from_a_look_at_the_host(host: Host) -> None:
    host.accept()
    before = sorted(path.name for path in host.state.iterdir())
    ran = host.run("plan")
    assert ran.code == 0
    first, second, *_ = ran.out.splitlines()
    assert first == f"dev: from main at {host.forge.commit[:12]} and a look at this host just now"
    assert second == "  shop: install 1.0.0, ready"
    assert sorted(path.name for path in host.state.iterdir()) == before
    found = json.loads(host.run("plan", "-o", "json").out)
    assert found["basis"]["source"] == "survey"


def test_a_plan_on_the_host_knows_what_is_enabled_there(host: Host) -> None:
    step = {"name": "go", "executor": "shell", "with": {"run": ["true"]}}
    envelope = {"shell": {"commands": ["true"]}}
    host.forge.world.edit("environments/dev/environment.yaml", spec__envelope=envelope)
    host.forge.world.release("shop", "1.1.0", steps=[step])
    host.accept()
    ran = host.run("plan")
    assert "constraint/no-executor" in ran.out
    host.file.write_text(host.file.read_text() + "plugins:\n  - {type: shell}\n")
    assert "shop: install 1.1.0, ready" in host.run("plan").out


def test_a_plan_on_the_host_says_when_the_remote_is_away(host: Host) -> None:
    host.origin.stop()
    ran = host.run("plan")
    assert (ran.code, ran.out) == (5, "")


# ── a clone ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_clone_of_somebody_who_only_reads(forge: Forge, reads: Reads) -> None:
    ran = reads("doctor", "-o", "json")
    assert ran.code == 0
    found = results(ran)
    assert found["key"] == "warn"
    assert {found[name] for name in ("repository", "fetch", "push", "clock", "policy", "documents")} == {"ok"}
    assert found["level"] == found["hook"] == "note"


def test_a_clone_of_somebody_with_a_role(forge: Forge, tmp_path: Path) -> None:
    alice = Person(tmp_path / "alice", "alice")
    line = " ".join(alice.key.with_suffix(".pub").read_text().split()[:2])
    people = forge.world.policy.spec.people if forge.world.policy else {}
    keys = {name: {"keys": list(person.keys)} for name, person in people.items()}
    forge.world.set_policy(people={**keys, "alice": {"keys": [*keys["alice"]["keys"], line]}})
    forge.push()
    ran = alice.run("doctor", cwd=forge.clone(tmp_path / "hers"))
    assert ran.code == 0
    assert "ok    key: you are alice (SHA256:" in ran.out
    assert "owner" in ran.out


def test_a_clone_with_documents_that_dont_count(forge: Forge, reads: Reads) -> None:
    forge.world.raw(
        "environments/dev/environment.yaml", forge.world.files["environments/dev/environment.yaml"] + b"# x\n"
    )
    forge.push()
    ran = reads("doctor")
    assert ran.code == 0
    assert "warn  documents: 1 findings on main" in ran.out
    assert "environments/dev/environment.yaml" in ran.out


def test_a_policy_that_ends_soon(forge: Forge, reads: Reads) -> None:
    forge.world.set_policy(expires=(NOW + timedelta(days=9)).isoformat())
    forge.push()
    assert "warn  policy: " in reads("doctor").out


def test_a_clone_whose_remote_is_gone(forge: Forge, reads: Reads, clone: Callable[[], Path], tmp_path: Path) -> None:
    clone()
    forge.bare.rename(tmp_path / "gone.git")
    ran = reads("doctor", "-o", "json")
    assert (ran.code, results(ran)["fetch"]) == (1, "fail")


def test_a_repository_without_a_remote(forge: Forge, reader: Person) -> None:
    ran = reader.run("doctor", "-o", "json", cwd=forge.bare)
    assert (ran.code, results(ran)["remote"]) == (0, "warn")


def test_a_hook_that_warns(reads: Reads, clone: Callable[[], Path]) -> None:
    installed = install_hook(Work(clone()))
    assert results(reads("doctor", "-o", "json"))["hook"] == "ok"
    installed.file.chmod(0o644)
    assert results(reads("doctor", "-o", "json"))["hook"] == "note"
    installed.file.write_text("#!/bin/sh\nexit 0\n")
    installed.file.chmod(0o755)
    assert results(reads("doctor", "-o", "json"))["hook"] == "note"


def test_neither_a_host_nor_a_clone(reader: Person, tmp_path: Path) -> None:
    if Path("/etc/tiangong/agent.yaml").exists():
        pytest.skip("this machine is an agent's host")
    ran = reader.run("doctor", "-o", "json", cwd=tmp_path)
    assert (ran.code, results(ran)["repository"]) == (1, "fail")


# ── the machine ──────────────────────────────────────────────────────────────────────────────────────────────────
def programs(folder: Path, **scripts: str) -> None:
    """Programs that say something else than the real ones."""
    folder.mkdir()
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(stat.S_IRWXU)


@pytest.mark.parametrize(
    ("git", "package", "result"),
    [
        ("echo git version 2.50.1", "exit 1", "ok"),
        ("echo git version 2.39.5", "echo 1:2.39.5-0+deb12u3", "ok"),
        ("echo git version 2.39.5", "exit 1", "warn"),
        ("echo git version 2.20.1", "echo 1:2.20.1", "fail"),
        ("exit 1", "exit 1", "fail"),
    ],
)
def test_git_old_mended_and_missing(
    git: str, package: str, result: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tiangong.cli.checkup.machine import machine
    from tiangong.git.child import check_git

    programs(tmp_path / "bin", git=git, **{"dpkg-query": package, "rpm": "exit 1", "apk": "exit 1"})
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    check_git.cache_clear()
    try:
        found = {check.name: check for check in machine(signs=False)}
    finally:
        check_git.cache_clear()
    assert found["git"].result == result
    assert MENDED_GIT > (2, 39, 5)


def test_ssh_is_needed_by_who_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tiangong.cli.checkup.machine import machine

    programs(tmp_path / "bin", ssh="exit 127")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert {check.name: check.result for check in machine(signs=True)}["ssh"] == "fail"
    assert {check.name: check.result for check in machine(signs=False)}["ssh"] == "warn"


def test_secrets_and_stores_are_looked_at_and_never_shown(host: Host, tmp_path: Path) -> None:
    host.accept()
    good, lost = tmp_path / "password", tmp_path / "lost"
    good.write_text("open sesame\n")
    good.chmod(0o600)
    with host.file.open("a") as file:
        file.write(f"secrets: {{db/password: {{file: {good}}}, db/other: {{file: {lost}}}}}\n")
        file.write(f"artifacts: {{stores: {{main: {{credentials: {{file: {lost}}}}}}}}}\n")
    ran = host.run("doctor", "-o", "json")
    found = checks(ran)
    assert {(one["result"], one["code"]) for one in found["secrets"]} == {
        ("ok", "doctor/secrets"),
        ("fail", "vault/unreadable"),
    }
    assert [(one["result"], one["code"]) for one in found["stores"]] == [("fail", "doctor/store-credentials")]
    assert "sesame" not in ran.said
    assert not (host.state / "secrets.key").exists()
