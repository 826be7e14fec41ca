"""What an author and CI are told about a whole repository: everything an agent would refuse, and what nobody reads."""

from datetime import timedelta
from typing import Any

import pytest

from tests.trust.asking import ask, check_words
from tiangong.errors import Refused
from tiangong.testing.simulator import NOW, World, quorum
from tiangong.trust.audit import audit, found_pins, is_payload, payload_flaws
from tiangong.trust.reading import MOST_ENTRIES

FOLDER = "products/shop/releases/1.0.0"


@pytest.fixture
def world() -> World:
    world = World.small()
    world.environment("prod", timezone="Europe/Berlin")
    world.release("shop", "1.0.0", payload={"app/index.html": b"<h1>", "sql/V1__x.sql": b"CREATE TABLE x"})
    world.promote("shop", "1.0.0", "stable")
    return world


def codes(world: World, **more: Any) -> dict[str, str]:
    found = audit(world.tree(), None, NOW + more.get("later", timedelta()))
    for refusal in found:
        check_words(refusal.problem)
    return {refusal.path: refusal.problem.code for refusal in found}


def test_a_sound_repository_has_nothing_to_say(world: World) -> None:
    assert codes(world) == {}
    assert codes(world, later=timedelta(days=9999)) == {}  # what has expired isn't wrong


def test_every_environment_is_looked_at(world: World) -> None:
    world.raw("environments/prod/environment.yaml.alice.sig", None)
    assert codes(world) == {"environments/prod/environment.yaml": "trust/no-signature"}


def test_everything_is_said_at_once(world: World) -> None:
    world.raw("environments/prod/environment.yaml", b"")
    world.raw("channels/canary.yaml.alice.sig", None)
    world.raw("suppressions/Note.txt", b"")
    world.raw("products/auth/product.yaml", b"x: y\n")
    assert codes(world) == {
        "environments/prod/environment.yaml": "trust/bad-signature",
        "channels/canary.yaml": "trust/no-signature",
        "suppressions/Note.txt": "trust/stray",
        "products/auth/product.yaml": "trust/no-signature",
    }


@pytest.mark.parametrize(
    ("path", "raw", "code"),
    [
        ("app/index.html", None, "trust/payload-missing"),
        ("app/index.html", b"<h2>", "trust/payload-changed"),
        ("app/index.html", b"x" * ((16 << 20) + 1), "trust/payload-too-large"),
        ("app/more.html", b"<h2>", "trust/stray"),
        ("README.md", b"", "trust/stray"),
        ("app/.htaccess", b"", "trust/bad-name"),
    ],
)
def test_payload_is_what_the_release_was_signed_with(world: World, path: str, raw: bytes | None, code: str) -> None:
    world.files.pop(f"{FOLDER}/{path}", None)
    if raw is not None:
        world.files[f"{FOLDER}/{path}"] = raw
    found = codes(world)
    assert found == {f"{FOLDER}/{path}": code}
    release = ask(world).releases["shop"]["1.0.0"].document
    flaws = dict(payload_flaws(world.tree(), f"{FOLDER}/release.yaml", release))
    assert set(flaws) == ({f"{FOLDER}/{path}"} if code.startswith("trust/payload") else set())


def test_payload_that_is_a_link_is_no_payload(world: World) -> None:
    world.modes[f"{FOLDER}/app/index.html"] = 0o120000
    found = audit(world.tree(), None, NOW)
    assert {refusal.path for refusal in found} == {f"{FOLDER}/app/index.html"}
    assert {refusal.problem.code for refusal in found} == {"trust/bad-mode", "trust/payload-missing"}


def test_a_release_nobody_signed_yet_may_have_any_payload(world: World) -> None:
    world.raw(f"{FOLDER}/release.yaml.ci-release.sig", None)
    world.raw(f"{FOLDER}/more", b"")
    found = codes(world)
    assert found[f"{FOLDER}/release.yaml"] == "trust/no-signature"
    assert found["products/shop/promotions/stable/1.0.0.yaml"] == "trust/other-release"
    assert f"{FOLDER}/more" not in found


def test_a_promotion_of_other_bytes(world: World) -> None:
    world.edit(f"{FOLDER}/release.yaml", **{"spec.downtime": True})
    assert codes(world) == {"products/shop/promotions/stable/1.0.0.yaml": "trust/other-release"}


@pytest.mark.parametrize(
    "path",
    [
        "environments/dev/notes.md",
        "environments/dev/environment.yml",
        "environments/dev/environment.yaml.bak",
        "environments/dev/Environment.yaml.alice.sig",
        "environments/dev/environment.yaml.Alice.sig",
        "environments/dev/gone.yaml.alice.sig",
        "environments/dev/installations/gone.yaml.alice.sig",
        "environments/dev/installations/more/shop.yaml",
        "environments/notes.md",
        "tiangong.yaml.old",
        "trust/notes",
        "products/shop/releases/v1/release.yaml",
        "products/shop/releases/1.0.0+x/release.yaml",
    ],
)
def test_what_nobody_reads_is_named(world: World, path: str) -> None:
    world.raw(path, b"x: y\n")
    assert codes(world) == {path: "trust/stray"}


@pytest.mark.parametrize("path", ["README.md", ".github/workflows/x.yaml", "docs/x/y.yaml", "apps/shop/release.yaml"])
def test_what_lies_elsewhere_is_nobodys_business(world: World, path: str) -> None:
    world.raw(path, b"\xff")
    assert codes(world) == {}


def test_an_old_suppression_of_somebody_who_left_is_no_news(world: World) -> None:
    path = world.suppress("inc-1", hours=4)
    world.set_policy(people={"bob": {"keys": [world.person("bob").line]}}, roles=[{"role": "owner", "who": ["bob"]}])
    assert codes(world)[path] == "trust/unknown-signer"
    assert path not in codes(world, later=timedelta(hours=4))


def test_without_a_root_or_policy_only_that_is_said(world: World) -> None:
    world.raw("trust/policy.yaml.alice.sig", None)
    assert codes(world) == {"trust/policy.yaml": "trust/no-signature"}
    world.raw("trust/root/1.yaml", None)
    assert codes(world) == {"trust/root/1.yaml": "trust/missing"}
    with pytest.raises(Refused):
        found_pins(world.tree())


@pytest.mark.parametrize("raw", [b"", b"\xff", b"a: b\n", b"x" * 70_000])
def test_a_first_root_that_is_none(world: World, raw: bytes) -> None:
    world.raw("trust/root/1.yaml", raw)
    (path,) = codes(world)
    assert path == "trust/root/1.yaml"


def test_pins_are_held_against_the_tree(world: World) -> None:
    pins = world.pins()
    assert audit(world.tree(), pins, NOW) == ()
    assert found_pins(world.tree()).root_digest == pins.root_digest
    world.set_root(1, quorum(1, "mallory"), quorum(1, "alice"), "mallory")
    assert [r.problem.code for r in audit(world.tree(), pins, NOW)] == ["trust/root-mismatch"]
    assert audit(world.tree(), None, NOW) == ()


def test_a_repository_may_have_more_files_than_one_closure(world: World) -> None:
    for number in range(21_000):
        world.files[f"{FOLDER}/app/{number}"] = b""
    found = codes(world)
    assert len(found) == 21_000
    assert MOST_ENTRIES > 21_000


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{FOLDER}/app/index.html", True),
        (f"{FOLDER}/x", True),
        (f"{FOLDER}/deep/release.yaml", True),
        (f"{FOLDER}/release.yaml", False),
        (f"{FOLDER}/release.yaml.ci.sig", False),
        (FOLDER, False),
        ("products/shop/releases/v1/x", False),
        ("products/shop/promotions/stable/1.0.0.yaml", False),
    ],
)
def test_payload_lies_in_the_folder_of_its_release(path: str, expected: bool) -> None:
    assert is_payload(path) is expected
