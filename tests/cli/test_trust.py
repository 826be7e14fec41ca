"""`tiangong trust`: who may, who did, and why a document counts or doesn't."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.person import Person
from tiangong.author.starter import ROLES
from tiangong.trust.who import ACTIONS

POLICY = "trust/policy.yaml"


def answer(site: Site, *words: str) -> dict:
    return json.loads(site.good("trust", *words, "-o", "json"))


def test_show_names_everybody_by_their_keys(site: Site) -> None:
    said = site.good("trust", "show")
    key = json.loads(site.good("whoami", "-o", "json"))["items"][0]["key"]
    assert key in said
    found = answer(site, "show")
    assert (found["level"], found["root"]["version"]) == ("signatures", 1)
    assert {person["name"] for person in found["people"]} >= {"alice", "release", "promoter", "sealer"}
    assert "root" in next(p for p in found["people"] if p["name"] == "alice")["roles"]


def test_every_role_is_listed_with_who_has_it(site: Site) -> None:
    found = answer(site, "roles")["items"]
    assert {one["metadata"]["name"]: one["kinds"] for one in found}["sealer"] == ["Seal"]
    assert {one["metadata"]["name"] for one in found} == {*ROLES}
    assert "Environment" in next(one for one in found if one["metadata"]["name"] == "owner")["kinds"]


@pytest.mark.parametrize(
    ("who", "verb", "target", "allowed"),
    [
        ("alice", "promote", ["shop", "stable"], True),
        ("release", "publish", ["shop"], True),
        ("release", "promote", ["shop", "stable"], False),
        ("promoter", "promote", ["shop@1.0.0", "canary"], True),
        ("promoter", "suspend", ["dev"], False),
        ("alice", "set", ["dev/shop"], True),
        ("sealer", "edit-policy", [], False),
        ("alice", "rotate-root", [], True),
    ],
)
def test_can(site: Site, who: str, verb: str, target: list[str], allowed: bool) -> None:
    assert answer(site, "can", who, verb, *target)["allowed"] is allowed
    ran = site.run("trust", "can", who, verb, *target, "--exit-code")
    assert ran.code == (0 if allowed else 4), ran.said
    assert ("may not" in ran.out) is not allowed


def test_what_is_asked_everywhere_needs_a_grant_for_everywhere(site: Site) -> None:
    site.replace(
        POLICY,
        '{role: operator, who: [alice], environments: ["*"]',
        "{role: operator, who: [alice], environments: [d*]",
    )
    site.good("commit", "-a", "-m", "Only d*")
    assert answer(site, "can", "alice", "suspend", "dev")["allowed"]
    assert not answer(site, "can", "alice", "suspend", "prod")["allowed"]
    assert not answer(site, "can", "alice", "suspend")["allowed"]


def test_the_answer_is_what_a_signature_comes_to(site: Site) -> None:
    """`can` says no: then signing it is refused, too."""
    site.replace(POLICY, "{role: operator, who: [alice]", "{role: operator, who: [release]")
    site.good("commit", "-a", "-m", "Not alice")
    assert not answer(site, "can", "alice", "suspend", "dev")["allowed"]
    (site.control / ".git" / "tiangong" / "keys" / "release").unlink()
    site.bad(4, "needs role operator", "suspend", "dev", "--for", "1h", "--reason", "x", "--yes")


def test_who_can(site: Site) -> None:
    assert "alice" in site.good("trust", "who-can", "approve", "dev")
    assert [way["people"] for way in answer(site, "who-can", "publish", "shop")["ways"]] == [["release"]]


def test_bad_questions(site: Site) -> None:
    site.bad(2, "known are: alice", "trust", "can", "mallory", "promote", "shop")
    site.bad(2, "one of: publish", "trust", "who-can", "destroy", "shop")
    site.bad(2, "README.md", "trust", "why", "README.md")


def test_why_a_document_counts(site: Site) -> None:
    said = site.good("trust", "why", "environments/dev/environment.yaml")
    assert "signed by alice" in said
    assert "role owner" in said
    for path, role in (("trust/root/1.yaml", "root"), (POLICY, "policy")):
        assert answer(site, "why", path)["role"] == role
        assert answer(site, "why", path)["accepted"]


def test_why_a_document_doesn_t_count(site: Site) -> None:
    path = "environments/dev/environment.yaml"
    site.replace(path, "timezone: UTC", "timezone: Europe/Berlin")
    ran = site.run("trust", "why", path)
    assert ran.code == 4
    for part in ("doesn't count", "named alice is no good", " R5]"):
        assert part in ran.out
    found = json.loads(site.run("trust", "why", path, "-o", "json").out)
    assert (found["accepted"], found["problems"][0]["code"]) == (False, "trust/bad-signature")


def test_why_nothing_is_there(site: Site) -> None:
    ran = site.run("trust", "why", "environments/prod/environment.yaml")
    assert ran.code == 4
    assert "environments/prod/environment.yaml" in ran.out


def test_verify_is_the_same(site: Site) -> None:
    assert site.good("trust", "verify") == site.good("verify")


def test_every_verb_has_an_answer(site: Site) -> None:
    for verb in ACTIONS:
        assert answer(site, "who-can", verb)["role"] == ACTIONS[verb].role


# ── changing it ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def bob(site: Site, tmp_path: Path) -> Person:
    """Somebody else, in a clone of his own."""
    found = Person(tmp_path / "bob", "bob")
    found.git("clone", "-q", str(site.control), str(tmp_path / "bob" / "control"), cwd=tmp_path)
    return found


def test_somebody_gets_a_key_and_a_role(site: Site, bob: Person) -> None:
    site.good("trust", "add-key", "bob", f"{bob.key}.pub", "--yes")
    assert not answer(site, "can", "bob", "set", "dev/shop")["allowed"]
    site.good("trust", "set-role", "bob", "operator", "--env", "d*", "--yes")
    assert answer(site, "can", "bob", "set", "dev/shop")["allowed"]
    assert not answer(site, "can", "bob", "set", "prod/shop")["allowed"]
    site.good("trust", "set-role", "bob", "operator", "--env", "d*", "--yes")
    assert site.is_clean
    there = bob.home / "control"
    bob.git("pull", "-q", cwd=there)
    ran = bob.run("set", "dev/shop", "drift=ignore", "--yes", cwd=there)
    assert (ran.code, "bob signs as operator" in ran.out) == (0, True), ran.said
    site.good("trust", "set-role", "bob", "operator", "--remove", "--yes")
    assert not answer(site, "can", "bob", "set", "dev/shop")["allowed"]


def test_a_role_can_ask_for_more(site: Site, bob: Person) -> None:
    site.good("trust", "add-key", "bob", bob.key.with_suffix(".pub").read_text(), "--yes")
    site.good("trust", "set-role", "bob", "approver", "--threshold", "2", "--yes")
    assert "2 signatures needed" in site.good("trust", "who-can", "approve", "dev")
    assert "with 1 more" in site.good("trust", "can", "bob", "approve", "dev")


def test_what_can_t_be_changed(site: Site, bob: Person) -> None:
    pub = f"{bob.key}.pub"
    site.bad(2, "has the key", "trust", "add-key", "bob", f"{site.alice.key}.pub", "--yes")
    site.bad(2, "is not a public key", "trust", "add-key", "bob", "ssh-ed25519 garbage", "--yes")
    site.bad(2, "add the key first", "trust", "set-role", "bob", "operator", "--yes")
    site.bad(2, "the set is closed", "trust", "set-role", "alice", "king", "--yes")
    site.bad(2, "doesn't have role", "trust", "set-role", "release", "owner", "--remove", "--yes")
    site.bad(2, "say what", "trust", "rotate-root", "--yes")
    site.bad(2, "nobody could ever change it", "trust", "rotate-root", "--root-threshold", "2", "--yes")
    site.bad(2, "they are: alice", "trust", "rotate-root", "--remove-root", "bob", "--yes")
    site.bad(2, "more people", "trust", "rotate-root", "--remove-root", "alice", "--add-policy", f"bob={pub}", "--yes")
    site.bad(2, "nobody has role", "trust", "set-role", "alice", "owner", "--remove", "--yes")


def test_the_root_is_rotated_by_both_thresholds(site: Site, bob: Person) -> None:
    """R1: the next version counts once the people of both have signed it."""
    words = ("--add-root", f"bob={bob.key}.pub", "--root-threshold", "2", "--yes")
    site.good("trust", "rotate-root", *words)
    assert answer(site, "show")["root"]["version"] == 1
    assert site.run("verify").code == 4
    there = bob.home / "control"
    bob.git("pull", "-q", cwd=there)
    ran = bob.run("sign", "trust/root/2.yaml", "--commit", cwd=there)
    assert ran.code == 0, ran.said
    site.git("pull", "-q", str(there))
    found = answer(site, "show")["root"]
    assert (found["version"], found["threshold"], found["people"]) == (2, 2, ["alice", "bob"])
    assert site.good("verify")


def test_row_12_generations_a_thief_used_up_are_given_back(site: Site) -> None:
    """Row 12, R12: the root resets the mark, and signing goes on from the last good generation."""
    path = "environments/dev/environment.yaml"
    good = int(site.text(path).split("generation: ")[1].split()[0])
    site.good("set", "dev", "drift=repair", "--yes")
    site.replace(path, f"generation: {good + 1}", f"generation: {good + 900_000}")
    site.git("commit", "-qam", "what a thief signed")
    site.bad(2, "people/bad-reset", "trust", "rotate-root", "--reset-mark", "dev=2", "--yes")
    site.bad(2, "people/bad-reset", "trust", "rotate-root", "--reset-mark", path, "--yes")
    site.good("trust", "rotate-root", "--reset-mark", f"{path}={good}", "--yes")
    assert f"{path}: {good}" in site.text("trust/root/2.yaml")
    site.good("set", "dev", "drift=report", "--yes")
    assert f"generation: {good + 2}" in site.text(path), "R12: signing went on from the thief's generation"
    assert site.good("verify")
    site.good("set", "dev", "drift=ignore", "--yes")
    assert f"generation: {good + 3}" in site.text(path)
    site.good("trust", "rotate-root", "--expires", "2099-01-01T00:00:00Z", "--yes")
    assert f"{path}: {good}" in site.text("trust/root/3.yaml")
