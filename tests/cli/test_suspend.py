"""`tiangong suspend`, `resume` and `suppression`: holding changes until a date or a withdrawal, and nothing else."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.conftest import Site
from tests.person import Person
from tiangong.documents.strict import load

URL = "https://forge.example/control.git"


@pytest.fixture
def fleet(site: Site) -> Site:
    site.good("env", "new", "prod-eu", "-l", "tier=prod", "--url", URL, "--yes")
    return site


def written(site: Site, name: str) -> dict[str, Any]:
    raw = (site.control / "suppressions" / f"{name}.yaml").read_bytes()
    spec: dict[str, Any] = load(raw, name).data["spec"]
    return spec


def test_one_installation_for_a_while(fleet: Site) -> None:
    before = datetime.now(UTC)
    out = fleet.good("suspend", "dev/shop", "--for", "2h", "--reason", "Payment: incident!", "--id", "inc-1", "--yes")
    spec = written(fleet, "inc-1")
    assert (spec["environments"], spec["installations"]) == (["dev"], ["shop"])
    lasts = datetime.fromisoformat(spec["until"]) - before
    assert timedelta(hours=2, seconds=-2) < lasts < timedelta(hours=2, minutes=2)
    assert "dev/shop: install 1.1.0, held:" in out
    assert "Payment: incident!" in out
    assert "alice signs as operator" in out
    assert fleet.is_clean


def test_a_name_is_found_by_itself(fleet: Site) -> None:
    for _ in range(2):
        fleet.good("suspend", "dev", "--for", "1h", "--reason", "Zürich: Störung", "--yes")
    names = fleet.good("suppression", "list", "-o", "name").split()
    day = datetime.now(UTC).strftime("%Y%m%d")
    assert sorted(names) == [f"{day}-zurich-storung", f"{day}-zurich-storung-2"]


@pytest.mark.parametrize(
    ("words", "selector"),
    [
        (("dev",), {"environments": ["dev"]}),
        (("--env", "prod-*,dev"), {"environments": ["prod-*", "dev"]}),
        (("-l", "tier=prod"), {"labels": {"tier": "prod"}}),
        (("--env", "prod-*", "-l", "tier=prod"), {"environments": ["prod-*"], "labels": {"tier": "prod"}}),
        (("--all",), {}),
    ],
)
def test_what_is_chosen(fleet: Site, words: tuple[str, ...], selector: dict[str, Any]) -> None:
    until = "2100-01-01T08:00:00+01:00"
    fleet.good("suspend", *words, "--until", until, "--reason", "r", "--id", "x", "--yes")
    spec = written(fleet, "x")
    assert datetime.fromisoformat(spec.pop("until")) == datetime.fromisoformat(until)
    assert spec == {**selector, "reason": "r"}
    assert fleet.is_clean


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("dev", "--reason", "r"), "suppress/how-long"),
        (("dev", "--reason", "r", "--for", "1h", "--until", "2100-01-01T00:00:00+00:00"), "suppress/how-long"),
        (("dev", "--reason", "r", "--for", "soon"), "env/bad-time"),
        (("dev", "--reason", "r", "--until", "tomorrow"), "foresight/bad-time"),
        (("dev", "--reason", "r", "--until", "2020-01-01T00:00:00+00:00"), "suppress/over-already"),
        (("dev", "--for", "1h"), "suppress/no-reason"),
        (("dev", "--for", "1h", "--reason", " "), "suppress/no-reason"),
        (("--for", "1h", "--reason", "r"), "suppress/what"),
        (("dev", "--all", "--for", "1h", "--reason", "r"), "suppress/what"),
        (("prd-eu", "--for", "1h", "--reason", "r"), "select/none"),
        (("--env", "prd-*", "--for", "1h", "--reason", "r"), "select/none"),
        (("-l", "tier=qa", "--for", "1h", "--reason", "r"), "select/none"),
        (("dev/shp", "--for", "1h", "--reason", "r"), "edit/no-installation"),
        (("dev", "--for", "1h", "--reason", "r", "--id", "A/b"), "suppress/bad-id"),
    ],
)
def test_what_cant_be(fleet: Site, words: tuple[str, ...], sentence: str) -> None:
    fleet.bad(2, sentence, "suspend", *words, "--yes")
    assert fleet.is_clean


def test_a_name_is_never_used_twice(fleet: Site) -> None:
    words = ("suspend", "dev", "--for", "1h", "--reason", "r", "--id", "x", "--yes")
    fleet.good(*words)
    fleet.bad(2, "suppress/id-taken", *words)


def test_a_broken_environment_can_be_held_too(fleet: Site) -> None:
    fleet.replace("environments/dev/environment.yaml", "tier: dev", "tier: prod")
    fleet.git("commit", "-qam", "unsigned")
    fleet.good("suspend", "dev", "--for", "1h", "--reason", "somebody edits it", "--yes")


def test_only_an_operator_may(fleet: Site) -> None:
    machine = str(fleet.control / ".git" / "tiangong" / "keys" / "release")
    words = ("suspend", "--all", "--for", "1h", "--reason", "r", "--yes", "--key", machine)
    fleet.bad(4, "author/needs-role", *words)


# ── resume ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_it_is_ended_before_its_date(fleet: Site) -> None:
    assert "No suppression holds dev/shop" in fleet.good("resume", "dev/shop", "--reason", "over")
    fleet.good("suspend", "dev/shop", "--for", "1h", "--reason", "incident", "--id", "inc-1", "--yes")
    fleet.good("suspend", "dev/shop", "--for", "3h", "--reason", "power cut", "--id", "inc-2", "--yes")
    out = fleet.good("resume", "dev/shop", "--reason", "all is well", "--yes")
    assert "inc-1 holds it" in out
    assert "inc-2 holds it" in out
    assert "alice signs as owner" in out
    assert "dev/shop: install 1.1.0 (" in out
    assert fleet.is_clean
    assert load((fleet.control / "withdrawals/inc-1.yaml").read_bytes(), "w").data["spec"]["reason"] == "all is well"
    assert "No suppression holds dev/shop" in fleet.good("resume", "dev/shop", "--reason", "over")
    assert fleet.good("suppression", "list", "-o", "name") == ""
    assert "(withdrawn)" in fleet.good("suppression", "list", "--all")
    fleet.bad(2, "suppress/over-by-now", "suppression", "withdraw", "inc-1", "--reason", "again", "--yes")


def test_what_holds_more_than_was_named_is_left_alone(fleet: Site) -> None:
    fleet.good("suspend", "--all", "--for", "3h", "--reason", "power cut", "--id", "inc-2", "--yes")
    said = fleet.bad(2, "suppress/holds-more", "resume", "dev", "--reason", "r", "--yes")
    assert "tiangong suppression withdraw inc-2" in said
    fleet.bad(2, "suppress/holds-more", "resume", "dev/shop", "--reason", "r", "--yes")
    assert "dev/shop: install" in fleet.good("suppression", "withdraw", "inc-2", "--reason", "power is back", "--yes")
    fleet.good("suspend", "--env", "d*", "--for", "3h", "--reason", "audit", "--id", "inc-3", "--yes")
    assert "inc-3 holds it" in fleet.good("resume", "-l", "tier=dev", "--reason", "over", "--yes")
    fleet.good("suspend", "--env", "*", "--for", "3h", "--reason", "audit", "--id", "inc-4", "--yes")
    fleet.bad(2, "suppress/holds-more", "resume", "-l", "tier=dev", "--reason", "over", "--yes")
    assert fleet.is_clean


def test_when_more_must_sign_it_says_who_and_how(fleet: Site) -> None:
    """R3: one holds, two set free; the command to send is printed."""
    fleet.good("suspend", "dev/shop", "--for", "3h", "--reason", "incident", "--id", "inc-1", "--yes")
    bob = Person(fleet.root / "bob", "bob")
    line = " ".join(bob.key.with_suffix(".pub").read_text().split()[:2])
    index = next(n for n, role in enumerate(policy(fleet)["roles"]) if role["role"] == "owner")
    words = (f'people.bob.keys=["{line}"]', f"roles[{index}].who[+]=bob", f"roles[{index}].threshold=2")
    fleet.good("set", "policy", *words, "-m", "two owners", "--yes")
    owned = ("profiles/standard.yaml", *(f"environments/{name}/environment.yaml" for name in ("dev", "prod-eu")))
    bob.run("sign", *owned, "--commit", cwd=fleet.control)
    w = "withdrawals/inc-1.yaml"
    ran = fleet.run("resume", "dev/shop", "--reason", "over", "--yes")
    assert ran.code == 0, ran.said
    assert "1 more" in ran.out
    assert f"tiangong sign {w}" in ran.err
    assert fleet.good("suppression", "list", "-o", "name") == "inc-1\n"
    ran = bob.run("sign", w, "--commit", cwd=fleet.control)
    assert ran.code == 0, ran.said
    assert fleet.good("suppression", "list", "-o", "name") == ""


def test_the_owners_of_each_environment_sign_in_turn(fleet: Site) -> None:
    """R3: alice owns one, bob the other; whoever comes first is told who is missing, in whichever order."""
    fleet.good("suspend", "--env", "dev,prod-eu", "--for", "3h", "--reason", "incident", "--id", "inc-1", "--yes")
    bob = Person(fleet.root / "bob", "bob")
    line = " ".join(bob.key.with_suffix(".pub").read_text().split()[:2])
    index = next(n for n, role in enumerate(policy(fleet)["roles"]) if role["role"] == "owner")
    words = (f'people.bob.keys=["{line}"]', f"roles[{index}].environments=[dev]")
    more = ("roles[+]={role: owner, who: [bob], environments: [prod-*]}", "roles[+]={role: owner, who: [release]}")
    fleet.good("set", "policy", *words, *more, "-m", "an owner each", "--yes")
    fleet.good("sign", "profiles/standard.yaml", "--as", "release", "--commit")
    bob.run("sign", "environments/prod-eu/environment.yaml", "--commit", cwd=fleet.control)
    w = "withdrawals/inc-1.yaml"
    ran = fleet.run("suppression", "withdraw", "inc-1", "--reason", "over", "--as", "alice", "--yes")
    assert ran.code == 0, ran.said
    assert "1 more" in ran.out
    assert "bob" in ran.err
    assert fleet.good("suppression", "list", "-o", "name") == "inc-1\n"
    ran = bob.run("sign", w, "--commit", cwd=fleet.control)
    assert ran.code == 0, ran.said
    assert fleet.good("suppression", "list", "-o", "name") == ""


def policy(fleet: Site) -> dict[str, Any]:
    spec: dict[str, Any] = load((fleet.control / "trust/policy.yaml").read_bytes(), "p").data["spec"]
    return spec


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("dev",), "suppress/no-reason"),
        (("--reason", "r"), "select/how"),
        (("nowhere", "--reason", "r"), "select/none"),
    ],
)
def test_what_cant_be_resumed(fleet: Site, words: tuple[str, ...], sentence: str) -> None:
    fleet.good("suspend", "dev", "--for", "1h", "--reason", "incident", "--id", "inc-1", "--yes")
    fleet.bad(2, sentence, "resume", *words, "--yes")
    assert fleet.is_clean


def test_an_operator_who_owns_nothing_resumes_nothing(fleet: Site) -> None:
    """R3: who may hold may not set free."""
    machine = str(fleet.control / ".git" / "tiangong" / "keys" / "release")
    fleet.good("suspend", "dev", "--for", "1h", "--reason", "incident", "--id", "inc-1", "--yes")
    said = fleet.bad(4, "author/needs-role", "resume", "dev", "--reason", "r", "--yes", "--key", machine)
    assert "owner" in said


# ── suppression ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_list_and_show(fleet: Site) -> None:
    assert "No suppression is in force" in fleet.run("suppression", "list").err
    fleet.good("suspend", "dev/shop", "--for", "1h", "--reason", "incident", "--id", "inc-1", "--yes")
    assert fleet.good("suppressions", "list", "-o", "name") == "inc-1\n"
    table = fleet.good("suppression", "list")
    assert all(word in table for word in ("inc-1", "dev / shop", "incident", "alice"))
    (item,) = json.loads(fleet.good("suppression", "list", "-o", "json"))["items"]
    assert (item["kind"], item["spec"]["reason"]) == ("Suppression", "incident")
    assert fleet.good("suppression", "show", "inc-1") == fleet.text("suppressions/inc-1.yaml")
    assert json.loads(fleet.good("suppression", "show", "inc-1", "-o", "json")) == item
    fleet.bad(2, "there are: inc-1", "suppression", "show", "inc-2")


def test_what_is_over_is_listed_on_request(fleet: Site) -> None:
    text = "apiVersion: tiangong.dev/v1\nkind: Suppression\nmetadata: {name: old}\n"
    fleet.put("suppressions/old.yaml", text + "spec: {until: 2020-01-01T00:00:00+00:00, reason: long ago}\n")
    fleet.good("commit", "-a", "-m", "old")
    assert fleet.good("suppression", "list", "-o", "name") == ""
    assert "(over)" in fleet.good("suppression", "list", "--all")


def test_one_that_nobody_signed_is_named(fleet: Site) -> None:
    text = "apiVersion: tiangong.dev/v1\nkind: Suppression\nmetadata: {name: mine}\n"
    fleet.put("suppressions/mine.yaml", text + "spec: {until: 2100-01-01T00:00:00+00:00, reason: nobody signed}\n")
    fleet.git("add", "suppressions")
    fleet.git("commit", "-qm", "unsigned")
    ran = fleet.run("suppression", "list", "-o", "name")
    assert (ran.code, ran.out, "trust/" in ran.err) == (0, "", True)
    assert fleet.run("suppression", "show", "mine").code == 4
