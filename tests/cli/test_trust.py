"""`tiangong trust`: who may, who did, and why a document counts or doesn't."""

import json

import pytest

from tests.cli.conftest import Site
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
