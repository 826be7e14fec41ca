"""`tiangong history`: runs by their signed receipts, generations of documents with who signed each."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Reads, Site
from tests.person import Person
from tiangong.testing.voice import Forge, Voice, installation

DEV = "environments/dev/environment.yaml"
FIRST, SECOND, THIRD = "20261101t010000-aaaaaa", "20261102t010000-bbbbbb", "20261103t010000-cccccc"


def ran(voice: Voice, run: str, version: str, hours: int, **spec: Any) -> None:
    ended = voice.now - timedelta(hours=hours)
    times = {"started": (ended - timedelta(minutes=2)).isoformat(), "ended": ended.isoformat()}
    voice.ran(run, {"a": b"log"}, version=version, **{**times, **spec})


@pytest.fixture
def told(forge: Forge) -> Forge:
    """1.0.0 installed, 1.1.0 failed once, then succeeded."""
    forge.world.release("shop", "1.1.0")
    forge.push()
    voice = forge.voice()
    ran(voice, FIRST, "1.0.0", 30)
    ran(voice, SECOND, "1.1.0", 20, kind="upgrade", result="failed")
    ran(voice, THIRD, "1.1.0", 10, kind="upgrade")
    voice.say(installation(version="1.1.0"))
    return forge


def runs(reads: Reads, *words: str) -> list[dict[str, Any]]:
    ran = reads("history", *words, "-o", "json")
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)["items"]
    return found


def test_runs_with_what_was_before_and_who_let_it_in(told: Forge, reads: Reads) -> None:
    found = runs(reads, "dev/shop")
    assert [one["run"] for one in found] == [THIRD, SECOND, FIRST]
    assert [one["before"] for one in found] == ["1.0.0", "1.0.0", None]
    assert [one["result"] for one in found] == ["succeeded", "failed", "succeeded"]
    (by,) = {tuple(one["by"]) for one in found}
    assert len(by) == 1
    lines = reads("history", "dev").out.splitlines()
    assert lines[0].startswith("STARTED")
    assert "1.0.0 → 1.1.0" in lines[1]
    assert "2m" in lines[1]
    assert by[0] in lines[1]
    assert reads("history", "-n", "1", "-o", "name").out == "dev/shop\n"
    assert len(runs(reads, "-n", "2")) == 2


def test_who_promoted_it(told: Forge, reads: Reads) -> None:
    told.world.promote("shop", "1.1.0", "canary")
    told.push()
    told.voice().say(installation(channel="canary", version="1.1.0"), rewrite=False)
    voice = told.voice()
    voice.counter = 5
    ran(voice, THIRD, "1.1.0", 10, kind="upgrade")
    voice.say(installation(channel="canary", version="1.1.0"))
    (one,) = [one for one in runs(reads, "dev/shop") if one["run"] == THIRD]
    assert one["channel"] == "canary"
    shelf = json.loads(reads("release", "show", "shop@1.1.0", "-o", "json").out)
    assert one["by"] != shelf["signers"]


def test_nothing_and_nobody(forge: Forge, reads: Reads) -> None:
    ran = reads("history", "dev")
    assert (ran.code, ran.out, "Nothing ran in dev" in ran.err) == (0, "", True)
    assert reads("history", "nowhere").code == 2
    assert reads("history", "-n", "0").code == 2


def test_a_forged_receipt_is_named_and_left_out(told: Forge, reads: Reads) -> None:
    voice = told.voice()
    voice.counter = 7
    ran(voice, THIRD, "9.9.9", 1)
    voice.files[f"runs/{THIRD}/receipt.yaml"] += b"# forged\n"
    voice.say(installation())
    said = reads("history", "dev")
    assert (said.code, "9.9.9" in said.out, "history/untrusted" in said.err) == (0, False, True)


def test_a_liar_has_no_history(told: Forge, reads: Reads) -> None:
    told.voice("dev", key=told.world.person("mallory")).say(installation())
    assert "trust/status-unsigned" in reads("history", "dev").err


def test_what_runs_now_comes_first(told: Forge, reads: Reads) -> None:
    voice = told.voice()
    voice.counter = 7
    now = {"id": "20261104t010000-dddddd", "version": "1.2.0", "kind": "upgrade", "result": "running"}
    voice.say(installation(run={**now, "started": voice.now.isoformat()}))
    found = runs(reads, "dev/shop")
    assert (found[0]["run"], found[0]["result"], found[0]["ended"]) == (now["id"], "running", None)


def test_offline(told: Forge, reads: Reads, clone: Callable[[], Path], reader: Person) -> None:
    folder = clone()
    reader.git("remote", "set-url", "origin", str(folder / "nowhere"), cwd=folder)
    assert reads("history", "dev").code == 5
    assert reads("history", "dev", "--offline").code == 0


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_generation_of_a_document(site: Site) -> None:
    site.good("set", "dev", "timezone=Europe/Berlin", "-m", "Move to Berlin", "--yes")
    out = site.good("history", DEV)
    first, second, third = out.splitlines()
    assert first.startswith("generation 2   ")
    assert "alice" in first
    assert first.endswith("Move to Berlin")
    assert second.strip() == "spec.timezone: UTC → Europe/Berlin"
    assert third.startswith("generation 1   ")
    items = json.loads(site.good("history", DEV, "-o", "json"))["items"]
    assert [(one["generation"], one["signers"]) for one in items] == [(2, ["alice"]), (1, ["alice"])]
    assert items[0]["fields"] == [{"field": "spec.timezone", "old": "UTC", "new": "Europe/Berlin"}]
    assert site.good("history", "env", "dev") == out
    assert "generation 2" in site.run("history", DEV, "-n", "1").out
    assert "-n 2" in site.run("history", DEV, "-n", "1").err


def test_a_version_that_nobody_signed(site: Site) -> None:
    site.replace(DEV, "timezone: UTC", "timezone: Europe/Rome")
    site.git("commit", "-qam", "by hand")
    assert site.good("history", DEV).splitlines()[0].partition("   ")[2].split("   ")[1] == "nobody"


def test_a_name_one_gave_oneself_doesnt_count(site: Site, tmp_path: Path) -> None:
    """Mallory writes a policy in which her key is alice's, and signs with it; nobody who may signed that policy."""
    mallory = Person(tmp_path / "mallory", "mallory")
    hers, alices = (one.key.with_name("id_ed25519.pub").read_text().rsplit(" ", 1)[0] for one in (mallory, site.alice))
    site.replace("trust/policy.yaml", alices, hers)
    site.git("commit", "-qam", "policy")
    site.replace(DEV, "timezone: UTC", "timezone: Europe/Rome")
    mallory.call(
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-f",
        str(mallory.key),
        "-n",
        "document.v1@tiangong.dev",
        DEV,
        cwd=site.control,
    )
    (site.control / f"{DEV}.sig").replace(site.control / f"{DEV}.alice.sig")
    site.git("commit", "-qam", "as alice")
    site.git("checkout", "-q", "-b", "back", "HEAD~2")
    site.git("merge", "-q", "--no-edit", "-s", "ours", "main")
    site.git("checkout", "-q", "main", "--", DEV, f"{DEV}.alice.sig")
    site.git("commit", "-qm", "bring it")
    versions = [line for line in site.good("history", DEV).splitlines() if "generation" in line]
    assert sum("SHA256:" in line for line in versions) >= 1
    assert sum("   alice   " in line for line in versions) == 1


def test_a_document_that_is_gone(site: Site) -> None:
    site.git("rm", "-q", DEV, f"{DEV}.alice.sig")
    site.git("commit", "-qm", "gone")
    first, second = site.good("history", DEV).splitlines()
    assert first.startswith("removed")
    assert second.startswith("generation 1")


def test_documents_that_never_were(site: Site) -> None:
    site.bad(2, "history/no-document", "history", "environments/prod/environment.yaml")
    site.bad(2, "edit/no-target", "history", "profile", "strict")
    site.bad(2, "author/outside", "history", "../x.yaml")
