"""`tiangong explain`, `whoami` and `version`."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.person import Person
from tiangong import __version__
from tiangong.cli.app import EXIT_CODES
from tiangong.cli.explain import EXITS, topic
from tiangong.errors import Misuse
from tiangong.messages import explain


@pytest.fixture
def anybody(tmp_path: Path) -> Person:
    return Person(tmp_path / "home", key=False)


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("R12", "Nobody goes back"),
        ("[d5]", "Deleting a file does nothing"),
        ("held", "a constraint says not now"),
        ("windows", "When changes may run"),
        ("Maintenance Window", "When changes may run"),
        ("4", "Refused"),
        ("trust/no-signature", "R4: What no role allows is forbidden."),
    ],
)
def test_words_rules_codes_and_exit_codes(anybody: Person, word: str, part: str, tmp_path: Path) -> None:
    ran = anybody.run("explain", *word.split(), cwd=tmp_path)
    assert (ran.code, part in ran.out, ran.err) == (0, True, "")


def test_what_is_unknown_is_answered_with_what_is_near(anybody: Person, tmp_path: Path) -> None:
    ran = anybody.run("explain", "suppresion", cwd=tmp_path)
    assert (ran.code, "did you mean: suppression" in ran.err) == (2, True)
    ran = anybody.run("explain", "xyzzy", cwd=tmp_path)
    assert (ran.code, "tiangong explain lists everything" in ran.err) == (2, True)
    for code in ("trust/nothing", "nothing/at-all", "../x/y", "cli/"):
        assert anybody.run("explain", code, cwd=tmp_path).code == 2


def test_everything_is_listed(anybody: Person, tmp_path: Path) -> None:
    ran = anybody.run("explain", cwd=tmp_path)
    assert (ran.code, "suppression" in ran.out, "R1 to R25" in ran.out) == (0, True, True)
    items = json.loads(anybody.run("explain", "-o", "json", cwd=tmp_path).out)["items"]
    assert {"word", "rule", "exit"} == {one["about"] for one in items}
    assert all(one["text"].endswith((".", ";")) and len(one["text"]) < 160 for one in items)


def test_every_exit_code_is_explained() -> None:
    documented = set(re.findall(r"\d+", " ".join(line[:12] for line in EXIT_CODES.splitlines())))
    assert documented == set(EXITS)


def test_every_rule_a_message_names_is_explained() -> None:
    import importlib

    from tests.architecture.code import PACKAGE

    for path in (PACKAGE / "messages" / "en").glob("*.py"):
        if path.stem == "__init__":
            continue
        for name, sentence in importlib.import_module(f"tiangong.messages.en.{path.stem}").SENTENCES.items():
            for rule in sentence.rule.split():
                if rule[0] in "RD":
                    assert topic(rule).text, (path.stem, name)
    with pytest.raises(Misuse):
        topic("R26")
    assert explain("rule/d39")


# ── whoami ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_who_i_am_and_what_i_may_sign(site: Site) -> None:
    out = site.good("whoami")
    assert out.startswith("alice (key SHA256:")
    assert "  operator: Installation, Secret, Suppression\n" in out
    assert "  root: TrustRoot\n" in out
    assert "machine release" in out
    items = json.loads(site.good("whoami", "-o", "json"))["items"]
    assert [(one["metadata"]["name"], one["machine"], one["first"]) for one in items] == [
        ("alice", False, True),
        ("promoter", True, False),
        ("release", True, False),
        ("sealer", True, False),
    ]
    assert site.good("whoami", "-o", "name").split() == ["alice", "promoter", "release", "sealer"]


def test_narrow_roles_are_shown_as_such(site: Site) -> None:
    policy = "trust/policy.yaml"
    operator = 'role: operator, who: [alice], environments: ["*"]'
    site.replace(policy, operator, operator.replace("*", "dev"))
    promoter = 'role: promoter, who: [promoter, alice], products: ["*"], threshold: 1'
    site.replace(policy, promoter, promoter.replace("1", "2"))
    site.good("commit", "-a", "-m", "narrow")
    out = site.good("whoami")
    assert "  operator: Installation, Secret, Suppression of dev\n" in out
    assert "  promoter: Promotion, 2 signatures needed\n" in out
    assert "  promoter: Recall\n" in out  # R3: restricting takes one


def test_a_stranger_is_told_what_to_ask_for(site: Site, tmp_path: Path) -> None:
    shutil.rmtree(site.control / ".git" / "tiangong" / "keys")
    bob = Person(tmp_path / "bob", "bob")
    ran = bob.run("whoami", cwd=site.control)
    assert (ran.code, "author/unknown-key" in ran.err, "ssh-ed25519" in ran.err) == (2, True, True)
    nobody = Person(tmp_path / "carl", "carl", key=False)
    assert "author/no-key" in nobody.run("whoami", cwd=site.control).err


def test_a_stranger_with_machine_keys_sees_those(site: Site, tmp_path: Path) -> None:
    bob = Person(tmp_path / "bob", "bob")
    ran = bob.run("whoami", cwd=site.control)
    assert (ran.code, "machine release" in ran.out, "unknown here" in ran.out) == (2, True, True)


# ── version ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_version(anybody: Person, tmp_path: Path) -> None:
    out = anybody.run("version", cwd=tmp_path).out
    assert out.startswith(f"tiangong {__version__}\n")
    found = json.loads(anybody.run("version", "-o", "json", cwd=tmp_path).out)
    assert (found["kind"], found["metadata"]["name"]) == ("VersionInfo", __version__)
    assert found["git"][0].isdigit()
    assert found["ssh"].startswith("OpenSSH")
    assert all(found["libraries"].values())
    assert "pydantic" in found["libraries"]


def test_version_without_git(anybody: Person, tmp_path: Path) -> None:
    ran = anybody.run("version", cwd=tmp_path, environ={"PATH": "/nowhere"})
    assert (ran.code, "git " in ran.out) == (0, True)
