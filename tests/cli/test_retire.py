"""`tiangong env retire` and `env remove`: nothing goes before its agent has said that it ended."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Reads, Site
from tiangong.testing.memory import open_bare
from tiangong.testing.voice import Forge, installation

STATUS, LIVE = "refs/heads/status/dev", "refs/heads/live/dev"
FOLDER = "environments/dev"


def test_retiring_is_signed_and_says_what_follows(site: Site) -> None:
    out = site.good("env", "retire", "dev", "--yes")
    assert "state: retired (new)" in out
    assert "dev/shop: " in out
    assert "Next: tiangong status dev" in out
    assert "state: retired" in site.text(f"{FOLDER}/environment.yaml")
    assert site.git("log", "-1", "--format=%s") == "Retire environment dev"
    assert site.is_clean
    before = site.head
    assert "retired already" in site.good("env", "retire", "dev", "--yes")
    assert site.head == before
    assert "retired" in site.good("env", "list")
    site.good("set", "dev", "state=active", "--yes")
    assert "retired" not in site.good("env", "list")


def test_retiring_what_isnt_there(site: Site) -> None:
    site.bad(2, "join/no-environment", "env", "retire", "prod", "--yes")
    site.bad(2, "--yes", "env", "retire", "dev")


def test_one_that_nobody_joined_can_go_at_once(site: Site) -> None:
    site.bad(2, "--yes", "env", "remove", "dev")
    assert "removed   environments/dev/environment.yaml" in site.good("env", "remove", "dev", "--dry-run")
    assert site.is_clean
    site.good("env", "remove", "dev", "--yes")
    assert not (site.control / FOLDER).exists()
    assert site.git("log", "-1", "--format=%s") == "Remove environment dev"
    assert site.is_clean
    site.bad(2, "env/nothing-there", "env", "remove", "dev", "--yes")


def test_edits_arent_lost(site: Site) -> None:
    site.replace(f"{FOLDER}/environment.yaml", "profiles:", "# mine\n  profiles:")
    assert "environment.yaml" in site.bad(2, "env/edited", "env", "remove", "dev", "--yes")
    assert "# mine" in site.text(f"{FOLDER}/environment.yaml")


# ── with an agent, and a remote ──────────────────────────────────────────────────────────────────────────────────
def refs(forge: Forge) -> set[str]:
    return {STATUS, LIVE} & set(open_bare(forge.bare).references)


@pytest.fixture
def spoken(forge: Forge) -> Forge:
    """Its agent has said its last word, with a shop that stays."""
    forge.world.edit(f"{FOLDER}/environment.yaml", spec__state="retired")
    forge.push()
    voice = forge.voice()
    voice.say(installation(verdict="held"), state="retired")
    voice.beat()
    return forge


def test_status_says_that_it_ended(spoken: Forge, reads: Reads) -> None:
    assert ", retired" in reads("status").out
    assert "tiangong env remove dev" in reads("status", "dev").err


def test_of_one_that_ended_nothing_more_is_expected(forge: Forge, reads: Reads) -> None:
    forge.voice(ago=timedelta(hours=9)).say(installation(), state="retired")
    ran = reads("status", "dev")
    assert (ran.code, "fleet/overdue" in ran.err) == (0, False), ran.said
    row = next(line for line in reads("status").out.splitlines() if line.startswith("dev"))
    assert row.endswith("9h, retired")


def test_refused_until_the_agent_has_said_it(forge: Forge, reads: Reads) -> None:
    forge.voice().say(installation())
    ran = reads("env", "remove", "dev", "--yes", "--push")
    assert (ran.code, "env/not-retired" in ran.err) == (2, True), ran.said
    assert refs(forge) == {STATUS}


def test_a_word_that_cant_be_trusted_is_no_word(forge: Forge, reads: Reads) -> None:
    forge.voice(key=forge.world.agent("other")).say(installation(), state="retired")
    ran = reads("env", "remove", "dev", "--yes")
    assert (ran.code, "env/not-retired" in ran.err) == (2, True), ran.said


def test_folder_and_branches_go_with_push(spoken: Forge, reads: Reads, clone: Callable[[], Path]) -> None:
    ran = reads("env", "remove", "dev", "--yes", "--push")
    assert ran.code == 0, ran.said
    assert "deleted on origin: status/dev live/dev" in ran.out
    assert refs(spoken) == set()
    assert not (clone() / FOLDER).exists()
    bare = open_bare(spoken.bare)
    with pytest.raises(KeyError):
        bare.revparse_single("main:environments")
    assert "dev" not in reads("status").out


def test_without_push_it_says_how(spoken: Forge, reads: Reads) -> None:
    ran = reads("env", "remove", "dev", "--yes")
    assert (ran.code, "git push origin --delete status/dev live/dev" in ran.out) == (0, True), ran.said
    assert refs(spoken) == {STATUS, LIVE}
    ran = reads("env", "remove", "dev", "--yes", "--push", "--force")
    assert ran.code == 0, ran.said
    assert refs(spoken) == set(), "the rest can go later"


def test_force_warns(forge: Forge, reads: Reads) -> None:
    forge.voice().say(installation())
    ran = reads("env", "remove", "dev", "--yes", "--push", "--force")
    assert (ran.code, "env/forced" in ran.err) == (0, True), ran.said
    assert refs(forge) == set()


def test_a_remote_that_keeps_them_is_said(spoken: Forge, reads: Reads) -> None:
    hook = spoken.bare / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ncase "$1" in refs/heads/status/*) echo protected >&2; exit 1;; esac\n')
    hook.chmod(0o755)
    ran = reads("env", "remove", "dev", "--yes", "--push")
    assert (ran.code, "env/refs-stay" in ran.err, "protected" in ran.err) == (1, True, True), ran.said
    assert STATUS in refs(spoken)
