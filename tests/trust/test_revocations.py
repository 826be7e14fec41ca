"""Revocations and certificates (R6, R9, R18): judged at the time of the first seal, by every agent, each time anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.trust.asking import ask, codes, holds
from tests.trust.conftest import OpenSSH
from tiangong.errors import Refused
from tiangong.model.stages import Desired, Memory, Snapshot
from tiangong.testing.seals import Sealer, sealed_policy
from tiangong.testing.simulator import World, keyholder, quorum, small_policy
from tiangong.trust.audit import audit
from tiangong.trust.verify import verify

SHOP = "environments/dev/installations/shop.yaml"
PROFILE = "profiles/night.yaml"
RELEASE = "products/shop/releases/1.0.0/release.yaml"
OPERATOR = {"role": "operator", "who": ["olga", "alice"]}


@pytest.fixture
def world() -> World:
    """Olga operates; alice alone is the policy's quorum."""
    world = World.small()
    policy = small_policy()
    people = {**policy["people"], "olga": {"keys": [keyholder("olga").line]}}
    world.set_policy("alice", people=people, roles=[*policy["roles"], OPERATOR])
    world.edit(SHOP, "olga", spec__drift="repair")
    world.release("shop", "1.0.0")
    return world


def sealed(world: World, **more: Any) -> Sealer:
    policy = sealed_policy()
    people = {**policy["people"], "olga": {"keys": [keyholder("olga").line]}}
    world.set_policy("alice", **{**policy, "people": people, "roles": [*policy["roles"], OPERATOR], **more})
    return Sealer(world)


def look(sealer: Sealer, memory: Memory | None = None, snapshot: Snapshot | None = None) -> Desired:
    pins = replace(sealer.world.pins(), level="sealed")
    return verify(snapshot or sealer.snapshot(), pins, memory, sealer.world.now + timedelta(hours=2))


# ── without seals ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("reason", ["retired", "compromised"])
def test_row_34_a_revoked_key_signs_nothing_any_more(world: World, reason: str) -> None:
    world.revoke("olga", reason=reason)
    desired = ask(world)
    assert codes(desired) == {SHOP: "trust/bad-signature"}, "R9"
    assert "shop" not in desired.installations


def test_what_was_accepted_before_goes_on_counting_and_nothing_new_rests_on_it(world: World) -> None:
    seen = ask(world).memory
    world.revoke("olga", reason="compromised")
    desired = ask(world, seen)
    assert codes(desired) == {SHOP: "trust/bad-signature"}
    assert desired.installations["shop"].document.spec.drift == "repair"


def test_one_of_the_policys_signers_is_enough_and_nobody_else_may(world: World) -> None:
    world.set_root(2, quorum(1, "alice"), quorum(2, "alice", "carol"), "alice")
    world.set_policy("alice", "carol", **operators())
    path = world.revoke("ci-release")
    assert codes(ask(world)) == {RELEASE: "trust/bad-signature"}
    for signer, code in (("olga", "trust/unknown-signer"), ("bob", "trust/unknown-signer")):
        world.write(path, world.files[path], signer)
        assert codes(ask(world))[path] == code


def test_a_stolen_key_of_the_policy_is_revoked_for_the_policy_too(world: World) -> None:
    world.set_root(2, quorum(1, "alice"), quorum(1, "alice", "carol"), "alice")
    seen = ask(world).memory
    world.edit("trust/policy.yaml", "carol", spec__roles=[*small_policy()["roles"], {"role": "owner", "who": ["bob"]}])
    world.put(
        {
            "kind": "Revocation",
            "metadata": {"name": "v-1"},
            "spec": {
                "reason": "compromised",
                "since": world.now.isoformat(),
                "keys": [fingerprint("carol")],
            },
        },
        "alice",
    )
    desired = ask(world, seen)
    assert codes(desired)["trust/policy.yaml"] == "trust/bad-signature"
    assert all("bob" not in grant.who for grant in desired.policy.document.spec.roles)


def fingerprint(name: str) -> str:
    from tiangong.trust.keys import parse_public

    return parse_public(keyholder(name).line).fingerprint


def test_deleting_a_revocation_brings_nobody_back(world: World) -> None:
    path = world.revoke("olga")
    seen = ask(world).memory
    world.raw(path, None)
    assert codes(ask(world, seen)) == {SHOP: "trust/bad-signature", path: "trust/disappeared"}


def test_a_wiped_agent_misses_the_revocation_nobody_shows(world: World) -> None:
    path = world.revoke("olga")
    seen = ask(world).memory
    wiped = replace(seen, kept={p: replace(kept, raw=b"") for p, kept in seen.kept.items()})
    world.raw(path, None)
    assert holds(ask(world, wiped)) == {"trust/lost-restriction"}


def test_an_edited_revocation_is_no_other_one(world: World) -> None:
    path = world.revoke("olga")
    seen = ask(world).memory
    world.edit(path, spec__keys=[fingerprint("bob")])
    desired = ask(world, seen)
    assert codes(desired)[path] == "trust/revocation-changed"
    assert SHOP in codes(desired)  # the first one goes on counting


def operators() -> dict[str, Any]:
    """The small policy with olga in it."""
    policy = small_policy()
    people = {**policy["people"], "olga": {"keys": [keyholder("olga").line]}}
    return {"people": people, "roles": [*policy["roles"], OPERATOR]}


def test_the_quorum_ends_a_revocation_and_a_revoked_key_doesnt(world: World) -> None:
    world.set_root(2, quorum(1, "alice"), quorum(2, "alice", "carol", "dora"), "alice")
    world.set_policy("alice", "dora", **operators())
    path = world.put(
        {
            "kind": "Revocation",
            "metadata": {"name": "v-1"},
            "spec": {
                "reason": "compromised",
                "since": world.now.isoformat(),
                "keys": [fingerprint("olga"), fingerprint("carol")],
            },
        },
        "dora",
    )
    world.edit(SHOP, "olga", spec__drift="ignore")
    assert SHOP in codes(ask(world))
    ending = world.withdraw(path, "alice", "carol")  # a stolen key would end its own revocation
    assert SHOP in codes(ask(world))
    world.write(ending, world.files[ending], "alice", "dora")
    assert codes(ask(world)) == {}


# ── under seals ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_retired_what_was_sealed_before_stays_good_and_nothing_after(world: World) -> None:
    sealer = sealed(world)
    sealer.seal(after=-timedelta(hours=1))
    world.revoke("olga", reason="retired")
    sealer.seal(after=timedelta(minutes=1))
    assert codes(look(sealer)) == {}
    world.edit(SHOP, "olga", spec__drift="ignore")
    assert [one.path for one in sealer.seal(after=timedelta(minutes=2)).spec.quarantine] == [SHOP]
    desired = look(sealer)
    assert desired.installations["shop"].document.spec.drift == "repair"


def test_compromised_what_was_sealed_before_runs_on_and_nothing_new_rests_on_it(world: World) -> None:
    sealer = sealed(world)
    sealer.seal(after=-timedelta(hours=1))
    world.revoke("olga", reason="compromised")
    sealer.seal(after=timedelta(minutes=1))
    desired = look(sealer)
    assert codes(desired) == {SHOP: "trust/tainted"}, "R9"
    assert "shop" in desired.installations


def test_a_date_in_the_past_reaches_back(world: World) -> None:
    sealer = sealed(world)
    sealer.seal(after=-timedelta(hours=1))
    world.revoke("olga", reason="compromised", since=(world.now - timedelta(days=1)).isoformat())
    assert SHOP in [one.path for one in sealer.seal(after=timedelta(minutes=1)).spec.quarantine]
    assert "shop" not in look(sealer).installations


# ── certificates ─────────────────────────────────────────────────────────────────────────────────────────────────
Signs = Callable[..., None]
VALID = "20261125:20261126"


def with_authority(world: World, openssh: OpenSSH, **line: Any) -> Sealer:
    """A CA whose certificates name people of example.org; olga is known through it alone."""
    authority = {"name": "corp", "ca": openssh.line("p256").strip(), "people": "*@example.org", **line}
    policy = sealed_policy()
    people = {**policy["people"], "olga": {}}
    world.set_policy(
        "alice", **{**policy, "people": people, "roles": [*policy["roles"], OPERATOR], "authorities": [authority]}
    )
    return Sealer(world)


def certified(world: World, openssh: OpenSSH, *words: str, valid: str = VALID) -> None:
    """Olga's installation, signed with a certificate instead of her key."""
    world.edit(SHOP, "alice", spec__drift="ignore")
    for path in [path for path in world.files if path.startswith(f"{SHOP}.")]:
        del world.files[path]
    openssh.certify("ed25519", "p256", *words, valid=valid)
    world.files[f"{SHOP}.olga.sig"] = openssh.sign_certified("ed25519", world.files[SHOP])


GOOD = ("-I", "id", "-n", "olga@example.org")


def test_a_certificate_names_who_signed(world: World, openssh: OpenSSH) -> None:
    sealer = with_authority(world, openssh)
    certified(world, openssh, *GOOD)
    sealer.seal()
    desired = look(sealer)
    assert codes(desired) == {}
    assert desired.installations["shop"].signers == ("olga",)
    assert audit(world.tree(), None, world.now) == ()


def test_by_its_key_id_where_the_line_says_so(world: World, openssh: OpenSSH) -> None:
    sealer = with_authority(world, openssh, identity="keyId")
    certified(world, openssh, "-I", "olga@example.org", "-n", "root,backup")
    sealer.seal()
    assert look(sealer).installations["shop"].signers == ("olga",)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("-I", "id", "-n", "olga@example.com"), "names nobody"),
        (("-I", "id", "-n", "root"), "names nobody"),
        (("-I", "id", "-n", "olga@example.org,alice@example.org"), "names alice, olga"),
        (("-I", "id"), "no principals"),
        (("-I", "id", "-n", "mallory@example.org"), "not under people"),
        (("-I", "id", "-n", "alice@example.org"), ""),
        (("-I", "id", "-n", "olga@example.org", "-O", "force-command=ls"), "limited to force-command"),
        (("-I", "id", "-n", "olga@example.org", "-O", "source-address=10.0.0.0/8"), "limited to source-address"),
        (("-I", "id", "-n", "olga@example.org", "-h"), "for a host"),
    ],
)
def test_row_24_what_a_certificate_may_not_be(world: World, openssh: OpenSSH, words: tuple[str, ...], why: str) -> None:
    sealer = with_authority(world, openssh)
    certified(world, openssh, *words)
    seal = sealer.seal()
    found = [r.problem.facts.get("why", "") for r in look(sealer).refusals if r.path == SHOP]
    assert bool(seal.spec.quarantine) == bool(why), "R6"
    assert any(why in str(one) for one in found) or not why


@pytest.mark.parametrize("valid", ["20261101:20261124", "20261127:20261201"])
def test_row_30_a_certificate_counts_at_the_time_it_was_sealed(world: World, openssh: OpenSSH, valid: str) -> None:
    sealer = with_authority(world, openssh)
    certified(world, openssh, *GOOD, valid=valid)
    assert [one.path for one in sealer.seal().spec.quarantine] == [SHOP], "R18"


def test_row_30_and_stays_good_after_it_has_expired(world: World, openssh: OpenSSH) -> None:
    sealer = with_authority(world, openssh)
    certified(world, openssh, *GOOD)
    sealer.seal()
    sealer.seal(after=timedelta(days=30))
    pins = replace(world.pins(), level="sealed")
    desired = verify(sealer.snapshot(), pins, None, world.now + timedelta(days=31))
    assert codes(desired) == {}
    world.edit(SHOP, "alice", spec__drift="report")  # other bytes are other bytes
    world.files[f"{SHOP}.olga.sig"] = openssh.sign_certified("ed25519", world.files[SHOP])
    del world.files[f"{SHOP}.alice.sig"]
    assert [one.path for one in sealer.seal(after=timedelta(days=31)).spec.quarantine] == [SHOP]


def test_without_a_seal_no_certificate_counts(world: World, openssh: OpenSSH) -> None:
    authority = {"name": "corp", "ca": openssh.line("p256").strip(), "people": "*@example.org"}
    policy = small_policy()
    world.set_policy(
        "alice", people={**policy["people"], "olga": {}}, roles=[*policy["roles"], OPERATOR], authorities=[authority]
    )
    certified(world, openssh, *GOOD)
    desired = ask(world)
    assert codes(desired) == {SHOP: "trust/bad-signature"}
    assert "seal" in str(desired.refusals[0].problem.facts["why"])


@pytest.mark.parametrize("how", ["authority", "serial", "id", "key"])
def test_row_34_certificates_are_revoked_by_authority_serial_id_or_key(
    world: World, openssh: OpenSSH, how: str
) -> None:
    from tiangong.trust.keys import parse_public

    sealer = with_authority(world, openssh)
    certified(world, openssh, "-I", "laptop", "-n", "olga@example.org", "-z", "77")
    authority = parse_public(openssh.line("p256")).fingerprint
    spec: dict[str, Any] = {
        "authority": {"authorities": [authority]},
        "serial": {"certificates": [{"authority": authority, "serials": [77]}]},
        "id": {"certificates": [{"authority": authority, "ids": ["laptop"]}]},
        "key": {"keys": [parse_public(openssh.line("ed25519")).fingerprint]},
    }[how]
    world.revoke(**spec)
    assert [one.path for one in sealer.seal().spec.quarantine] == [SHOP], "R9"


def test_two_certificates_of_one_key_are_not_two_people(world: World, openssh: OpenSSH) -> None:
    sealer = with_authority(world, openssh)
    policy = world.policy
    assert policy
    world.edit("trust/policy.yaml", spec__roles=[{**OPERATOR, "threshold": 2}, *small_policy()["roles"][:2]])
    certified(world, openssh, *GOOD)
    openssh.certify("ed25519", "p256", "-I", "id", "-n", "bob@example.org", valid=VALID)
    world.files[f"{SHOP}.bob.sig"] = openssh.sign_certified("ed25519", world.files[SHOP])
    assert SHOP in [one.path for one in sealer.seal().spec.quarantine], "R7"


def test_nothing_can_be_trusted_of_a_policy_with_no_star(world: World, openssh: OpenSSH) -> None:
    line = {"name": "corp", "ca": openssh.line("p256").strip(), "people": "olga@example.org"}
    world.set_policy("alice", authorities=[line])
    with pytest.raises(Refused):
        ask(world)
