"""`tiangong diff`: what is wished against what is there, and two commits document by document."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Reads, Site
from tiangong.testing.voice import Forge, installation

DEV = "environments/dev/environment.yaml"
STEPS = [{"name": name, "executor": "shell", "with": {"run": [name, "${config.listen}"]}} for name in ("a", "b")]
CONFIG = {"listen": {"type": "integer", "default": 8080}}


@pytest.fixture
def settled(forge: Forge, reads: Reads) -> Forge:
    """2.0.0 is installed exactly as it is wished."""
    forge.world.edit(
        "environments/dev/environment.yaml", spec__envelope={"executors": ["shell"], "shell": {"commands": ["a", "b"]}}
    )
    forge.world.release("shop", "2.0.0", steps=STEPS, config=CONFIG)
    forge.push()
    say(forge, reads)
    return forge


def say(forge: Forge, reads: Reads) -> None:
    """The agent has done what is planned now."""
    (verdict,) = json.loads(reads("plan", "dev", "-o", "json").out)["verdicts"]
    done = {step["name"]: step["digest"] for step in verdict["change"]["steps"]}
    change = verdict["change"]
    since = forge.now.isoformat()
    forge.voice().say(installation(version=change["version"], release=change["release"], doneSteps=done, since=since))


def diff(reads: Reads, *words: str) -> dict[str, Any]:
    ran = reads("diff", *words, "-o", "json")
    assert ran.code == 0, ran.err
    (found,) = json.loads(ran.out)["items"]
    assert isinstance(found, dict)
    return found


def test_nothing_installed(forge: Forge, reads: Reads) -> None:
    forge.world.release("shop", "2.0.0", steps=STEPS, config=CONFIG)
    found = diff(forge.push() and reads, "dev")
    assert (found["installed"], found["since"], found["fields"]) == (None, "", [])
    assert "nothing installed" in reads("diff", "dev").out


def test_as_wished(settled: Forge, reads: Reads) -> None:
    assert reads("diff", "dev").out == "dev/shop: 2.0.0, as wished\n"
    found = diff(reads, "dev/shop")
    assert (found["verdict"], found["steps"], found["since"]) == ("up-to-date", [], settled.commit)


def test_config_and_the_steps_that_are_due_because_of_it(settled: Forge, reads: Reads) -> None:
    settled.world.installation("dev", "shop", product="shop", channel="release", config={"listen": 9090})
    settled.push()
    found = diff(reads, "dev/shop")
    assert (found["change"], found["installed"], found["target"]) == ("config", "2.0.0", "2.0.0")
    assert found["steps"] == ["a", "b"]
    assert [(f["field"], f["old"], f["new"]) for f in found["fields"]] == [("config.listen", None, "9090")]
    out = reads("diff").out
    assert "dev/shop: config 2.0.0, ready" in out
    assert "config.listen: 9090 (new)" in out
    assert "steps due: a, b" in out


def test_since_when_is_the_oldest_status_with_the_same_steps(settled: Forge, reads: Reads) -> None:
    """The agent goes on reporting newer commits while a change is held: config is compared with what was done."""
    first = settled.commit
    settled.world.installation("dev", "shop", product="shop", channel="release", config={"listen": 9090})
    settled.push()
    found = json.loads(reads("status", "dev", "-o", "json").out)["status"]["spec"]["installations"][0]
    voice = settled.voice()
    voice.counter, voice.previous = 1, None
    voice.say(found | {"verdict": "held"})
    answer = diff(reads, "dev/shop")
    assert answer["since"] == first
    assert [f["field"] for f in answer["fields"]] == ["config.listen"]


def test_an_upgrade_that_is_held(settled: Forge, reads: Reads) -> None:
    settled.world.release("shop", "2.1.0", steps=STEPS, config=CONFIG)
    settled.world.suppress("inc-1", environments=["dev"])
    settled.push()
    found = diff(reads, "dev")
    assert (found["verdict"], found["target"]) == ("held", "2.1.0")
    assert "suppression" in [reason["constraint"] for reason in found["reasons"]]
    assert "dev/shop: upgrade 2.0.0 → 2.1.0, held" in reads("diff", "dev").out


def test_a_lie_is_no_basis(settled: Forge, reads: Reads) -> None:
    settled.voice("dev", key=settled.world.person("mallory")).say(installation())
    assert reads("diff", "dev").code == 4
    ran = reads("diff")
    assert (ran.code, "trust/status-unsigned" in ran.err) == (0, True)


def test_what_isnt_there(settled: Forge, reads: Reads) -> None:
    for words in (("nowhere",), ("dev/web",), ("dev", "prod")):
        assert reads("diff", *words).code == 2, words


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_documents_of_two_commits(site: Site) -> None:
    first = site.head
    site.good("set", "dev", "timezone=Europe/Berlin", "--yes")
    site.good("product", "new", "web", "--yes")
    site.put("README.md", "not ours\n")
    site.replace("products/shop/product.yaml", "team-shop", "mallory")
    site.git("commit", "-qam", "by hand")
    out = site.good("diff", f"{first}..HEAD")
    assert out.splitlines() == [
        f"edited    {DEV}   alice",
        "          spec.timezone: UTC → Europe/Berlin",
        "edited    products/shop/product.yaml   nobody",
        "          spec.owner: team-shop → mallory",
        "new       products/web/product.yaml   alice",
    ]
    assert site.good("diff", f"{first}..") == out
    assert site.good("diff", f"{first}..", "environments").splitlines() == out.splitlines()[:2]
    items = json.loads(site.good("diff", f"{first}..HEAD", "-o", "json"))["items"]
    assert [(one["metadata"]["name"], one["change"]) for one in items] == [
        (DEV, "edited"),
        ("products/shop/product.yaml", "edited"),
        ("products/web/product.yaml", "new"),
    ]
    back = site.good("diff", f"HEAD..{first}")
    assert "removed   products/web/product.yaml" in back
    assert site.good("diff", "HEAD..HEAD") == "No document differs.\n"


def test_only_a_signature_more(site: Site) -> None:
    site.git("rm", "-q", f"{DEV}.alice.sig")
    site.git("commit", "-qm", "gone")
    assert site.good("diff", "HEAD~1..HEAD") == f"signed    {DEV}   nobody\n"


def test_ranges_that_are_none(site: Site) -> None:
    site.bad(2, "history/no-commit", "diff", "nix..HEAD")
    site.bad(2, "history/bad-range", "diff", "HEAD", "profiles")
    site.bad(2, "author/outside", "diff", "HEAD~1..HEAD", "../..")
