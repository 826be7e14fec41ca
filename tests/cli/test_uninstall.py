"""`tiangong uninstall`: one installation, or a product in chosen environments; what follows is said before."""

from collections.abc import Mapping

import pytest

from tests.cli.conftest import Reads, Site
from tiangong.author.clone import Clone
from tiangong.author.uninstalling import to_absent
from tiangong.testing.voice import Forge, Voice, installation

URL = "https://forge.example/control.git"
DEV = "environments/dev/installations/shop.yaml"
EU = "environments/prod-eu/installations/shop.yaml"
US = "environments/prod-us/installations/shop.yaml"
WEB = "environments/prod-us/installations/web.yaml"


@pytest.fixture
def fleet(site: Site) -> Site:
    """Two environments more; prod-eu has the shop by a document of its own, all three have a web by their profile."""
    for name in ("prod-eu", "prod-us"):
        site.good("env", "new", name, "-l", "tier=prod", "--url", URL, "--yes")
    words = ("install", "shop", "--channel", "release", "--config", "home=/srv/x", "--yes")
    site.good(*words, "--env", "prod-eu")
    site.good(*words, "--profile", "standard", "--name", "web")
    return site


def test_one_installation(fleet: Site) -> None:
    out = fleet.good("uninstall", "dev/shop", "--yes")
    assert "spec.state: absent (new)" in out or "state: absent (new)" in out
    assert "dev/shop: stays absent" in out
    assert "Next: tiangong status dev/shop" in out
    assert "state: absent" in fleet.text(DEV)
    assert fleet.git("log", "-1", "--format=%s") == "Uninstall dev/shop"
    assert fleet.is_clean
    before = fleet.head
    assert "nothing to do" in fleet.good("uninstall", "dev/shop", "--yes")
    assert fleet.head == before


def test_one_that_comes_from_a_profile_gets_a_document_of_its_own(fleet: Site) -> None:
    out = fleet.good("uninstall", "prod-us/web", "--yes")
    assert "prod-us/web: stays absent" in out
    assert "prod-eu/web" not in out
    assert "product: shop\n  state: absent" in fleet.text(WEB)
    assert fleet.is_clean
    assert "state" in fleet.good("env", "show", "prod-us", "--resolved")


def test_a_product_wherever_it_is_asked_for(fleet: Site) -> None:
    out = fleet.good("uninstall", "shop", "-l", "tier=prod", "--yes")
    assert "shop is to go: prod-eu/shop, prod-eu/web, prod-us/web" in out
    assert fleet.git("log", "-1", "--format=%s") == "Uninstall prod-eu/shop, prod-eu/web, prod-us/web"
    assert fleet.is_clean
    assert not (fleet.control / US).exists()
    assert "state: absent" not in fleet.text(DEV)


def test_only_what_has_a_name(fleet: Site) -> None:
    assert "shop is to go: prod-eu/web, prod-us/web" in fleet.good(
        "uninstall", "shop", "--env", "prod-*", "--name", "web", "--yes"
    )
    assert "state: absent" not in fleet.text(EU)


def test_installed_again_it_is_the_same_document(fleet: Site) -> None:
    fleet.good("uninstall", "prod-eu/shop", "--yes")
    words = ("install", "shop", "--env", "prod-eu", "--channel", "release", "--yes")
    out = fleet.good(*words)
    assert "state: absent → present" in out
    assert "prod-eu/shop: install 1.1.0" in out
    assert "state: present" in fleet.text(EU)
    assert fleet.is_clean


def test_it_asks_before_and_a_dry_run_changes_nothing(fleet: Site) -> None:
    before = fleet.head
    fleet.good("uninstall", "dev/shop", "--dry-run")
    fleet.bad(2, "--yes", "uninstall", "dev/shop")
    ran = fleet.alice.answer("uninstall", "dev/shop", cwd=fleet.control, typed=["n"])
    assert (ran.code, fleet.head, fleet.is_clean) == (2, before, True)
    ran = fleet.alice.answer("uninstall", "dev/shop", cwd=fleet.control, typed=["y"])
    assert (ran.code, fleet.is_clean) == (0, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("dev/web2",), "edit/no-installation"),
        (("nowhere/shop",), "select/none"),
        (("shop",), "uninstall/where"),
        (("web", "--env", "dev"), "release/no-product"),
        (("shop", "--env", "x-*"), "select/none"),
        (("shop", "--env", "prod-us", "--name", "other"), "uninstall/none"),
        (("dev/shop", "--env", "dev"), "select/one-way"),
    ],
)
def test_what_cant_be(fleet: Site, words: tuple[str, ...], sentence: str) -> None:
    fleet.bad(2, sentence, "uninstall", *words, "--yes")
    assert fleet.is_clean


# ── what readers see ─────────────────────────────────────────────────────────────────────────────────────────────
def absent(**spec: object) -> Mapping[str, object]:
    return installation(state="absent", version=None, release=None, target=None, **spec)


def test_status_and_why_say_absent(forge: Forge, reads: Reads) -> None:
    forge.voice().say(absent(health="Missing"))
    row = next(line for line in reads("status").out.splitlines() if line.startswith("dev"))
    assert row.split()[1:5] == ["shop", "-", "-", "absent"]
    assert "dev/shop: absent, as asked for" in reads("why", "dev/shop").out


def test_status_why_and_plan_say_what_is_to_go(forge: Forge, reads: Reads) -> None:
    forge.world.edit(DEV, spec__state="absent")
    forge.push()
    voice: Voice = forge.voice()
    voice.say(installation(state="absent", verdict="ready", target=None))
    assert "→ absent" in reads("status").out
    assert "is to be uninstalled" in reads("why", "dev/shop").out


def test_what_no_document_asks_for_any_more_can_go(site: Site) -> None:
    """The agent still has it: the product is known from its last word."""
    tree = Clone(site.control).work()
    ((path, raw),) = to_absent(tree, "dev", ["gone"], {"gone": "shop"})
    assert path == "environments/dev/installations/gone.yaml"
    site.put(path, raw.decode())
    site.good("commit", path, "-m", "Let it go")
    assert site.is_clean
    assert "product: shop\n  state: absent" in site.text(path)
