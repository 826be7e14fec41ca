"""Rows 2-3, 7-11, 19, 21, 29 and 44-47 of the table of attacks, on documents; each names the rule that defeats it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.trust.asking import ask, codes, holds, nothing
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse
from tiangong.model.kinds import KINDS
from tiangong.model.stages import Desired
from tiangong.testing.simulator import World, quorum
from tiangong.trust.audit import audit

ENVIRONMENT = "environments/dev/environment.yaml"
RELEASE = "products/shop/releases/1.0.0/release.yaml"
PROMOTION = "products/shop/promotions/stable/1.0.0.yaml"
INC = "suppressions/inc-1.yaml"


def full() -> World:
    """One document of each kind there is, all of them in order."""
    world = World.small()
    world.put({"kind": "Profile", "metadata": {"name": "night"}, "spec": {"drift": "repair"}})
    world.release("shop", "1.0.0")
    world.promote("shop", "1.0.0", "stable")
    world.recall("shop", "^9")
    world.withdraw(world.suppress("inc-1"))
    world.seal("dev", "shop-db", b"")
    world.revoke("somebody")
    world.approve("shop", "1.0.0", "dev/shop", "alice")
    return world


FULL = full()
BY_KIND = {kind_at(path): path for path in sorted(FULL.files, reverse=True) if kind_at(path)}
ELSEWHERE = {
    "Fleet": "channels/acme.yaml",
    "TrustPolicy": "trust/root/2.yaml",
    "TrustRoot": "trust/root/2.yaml",
    "Channel": "channels/other.yaml",
    "Product": "products/other/product.yaml",
    "Release": "products/shop/releases/9.0.0/release.yaml",
    "Promotion": "products/shop/promotions/canary/1.0.0.yaml",
    "Profile": "profiles/other.yaml",
    "Environment": "environments/prod/environment.yaml",
    "Agent": "environments/prod/agent.yaml",
    "Installation": "environments/prod/installations/shop.yaml",
    "Suppression": "suppressions/inc-2.yaml",
    "Recall": "products/other/recalls/r-1.yaml",
    "Withdrawal": "withdrawals/w-2.yaml",
    "Revocation": "trust/revocations/v-2.yaml",
    "Approval": "approvals/0123456789abcdef0123456789abcdef.yaml",
    "Secret": "environments/prod/secrets/shop-db.yaml",
}


def refused(world: World) -> dict[str, str]:
    return {one.path: one.problem.code for one in audit(world.tree(), None, world.now)}


def drift(desired: Desired) -> str | None:
    return desired.environment.document.spec.drift


def test_each_kind_is_among_them() -> None:
    assert set(KINDS) <= set(BY_KIND), "every kind of document belongs into these rows"
    assert set(KINDS) <= set(ELSEWHERE)


def test_row_2_a_rewritten_branch_holds(world: World) -> None:
    """Row 2, D11: a forced push to an old head starts nothing new until the host's operator accepts it."""
    seen = ask(world).memory
    assert holds(ask(world, seen, rewritten=True)) == {"trust/history-rewritten"}, "D11: a forced push was accepted"


def test_row_3_an_old_file_with_its_old_signature_is_old(world: World) -> None:
    """Row 3, R12: a fast-forward commit that puts both back passes git and ssh-keygen, not the mark."""
    old = {path: raw for path, raw in world.files.items() if path.startswith(ENVIRONMENT)}
    world.edit(ENVIRONMENT, **{"spec.drift": "repair"})
    seen = ask(world).memory
    world.files.update(old)
    desired = ask(world, seen)
    assert codes(desired) == {ENVIRONMENT: "trust/rollback"}, "R12: an old version counts again"
    assert drift(desired) == "repair"


def test_row_7_deleting_a_window_or_what_holds_opens_nothing(world: World) -> None:
    """Row 7, R16, D5: a deny window goes on counting when its document disappears, and so does a suppression."""
    window = {"name": "frozen", "from": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}
    world.edit(ENVIRONMENT, **{"spec.windows": {"deny": [window]}})
    world.suppress("inc-1")
    seen = ask(world).memory
    for path in (ENVIRONMENT, INC):
        world.raw(path, None)
    desired = ask(world, seen)
    assert desired.environment.document.spec.windows.deny, "R16: deleting a freeze window opened it"
    assert desired.suppressions, "R16: deleting a suppression ended it"
    assert codes(desired) == {ENVIRONMENT: "trust/disappeared", INC: "trust/disappeared"}


def test_row_9_deleting_the_policy_gives_nobody_rights(world: World) -> None:
    """Row 9, R16: who has seen it goes on with it; who hasn't trusts nothing."""
    seen = ask(world).memory
    world.raw("trust/policy.yaml", None)
    assert codes(ask(world, seen)) == {"trust/policy.yaml": "trust/disappeared"}
    assert nothing(world) == {"trust/no-policy"}, "R16: without a policy something counts"


def test_row_10_a_fresh_agent_is_not_shown_a_world_before_its_pins(world: World) -> None:
    """Row 10, R1: the join token names the root it starts from."""
    old = world.copy()
    world.set_root(2, quorum(1, "alice"), quorum(1, "alice"))
    known = ask(world).memory
    pins = replace(world.pins(), root_version=2, root_digest=known.root_digest)
    assert ask(world, pins=pins).installations
    assert nothing(old, pins=pins) == {"trust/root-missing"}, "R1: a fresh agent took an older root"
    assert ask(old, known).memory.root_version == 2, "R1: an agent went back to an older root"


def test_row_11_what_is_endless_is_cut_off(world: World) -> None:
    """Row 11, R7, D6: of many signatures 32 are looked at; a document has 1 MiB."""
    world.edit(ENVIRONMENT, **{"spec.drift": "repair"})
    good = world.files.pop(f"{ENVIRONMENT}.alice.sig")
    for number in range(32):
        world.files[f"{ENVIRONMENT}.a{number:02}.sig"] = b"x"
    world.files[f"{ENVIRONMENT}.z.sig"] = good
    assert nothing(world) == {"trust/bad-signature"}, "R7: the 33rd signature was looked at"
    world.files[ENVIRONMENT] = b"#" * (1 << 20) + b"\n"
    assert nothing(world) == {"document/too-large"}, "D6: a document may be larger than 1 MiB"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_row_19_copied_to_another_name_it_counts_for_nothing(kind: str) -> None:
    """Row 19, R11: path = f(kind, name), one to one, in the signed bytes."""
    world, path, copied = FULL.copy(), BY_KIND[kind], ELSEWHERE[kind]
    for end in [one.removeprefix(path) for one in world.files if one.startswith(path)]:
        world.files[copied + end] = FULL.files[path + end]
    assert copied in refused(world), f"R11: a {kind} counts at another path"
    assert path not in refused(world)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"TrustRoot"}))
def test_row_21_of_another_fleet_with_the_same_people_nothing_counts(kind: str) -> None:
    """Row 21, R11: the repository stands in the signed bytes."""
    world, path = FULL.copy(), BY_KIND[kind]
    raw = FULL.files[path].replace(FULL.repo.encode(), b"f" * 32)
    assert raw != FULL.files[path]
    signers = [one.removeprefix(f"{path}.").removesuffix(".sig") for one in world.files if one.startswith(f"{path}.")]
    world.write(path, raw, *signers)
    assert refused(world).get(path) == "trust/other-repo", f"R11: a {kind} of another fleet counts"


# ── row 29: references by digest ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "artifact",
    [
        {"name": "web", "digest": "latest", "size": 1},
        {"name": "web", "digest": "sha256:latest", "size": 1},
        {"name": "web", "digest": "sha1:" + "0" * 40, "size": 1},
        {"name": "web", "size": 1},
        {"name": "web", "url": "https://files.example/web.tar.gz", "size": 1},
        {"name": "web", "digest": "sha256:" + "0" * 64, "size": 1, "tag": "latest"},
    ],
)
def test_row_29_an_artifact_is_named_by_its_digest(world: World, artifact: dict[str, Any]) -> None:
    """Row 29, R13: a tag, a URL or a weak digest behind a signed release is refused by the schema."""
    world.release("shop", "1.0.0", artifacts=[artifact])
    with pytest.raises(Misuse):
        parse(world.files[RELEASE], RELEASE)
    assert RELEASE in codes(ask(world)), "R13: a release with a mutable reference counts"


@pytest.mark.parametrize("digest", ["latest", "sha512:latest", "sha256:" + "0" * 64, "sha512:" + "0" * 127])
def test_row_29_payload_and_promotion_are_named_by_sha_512(world: World, digest: str) -> None:
    """Row 29, R13: of a release's files and of a promotion's release the exact bytes are signed."""
    world.release("shop", "1.0.0")
    world.promote("shop", "1.0.0", "stable")
    world.edit(PROMOTION, **{"spec.release": {"name": "shop@1.0.0", "digest": digest}})
    assert PROMOTION in codes(ask(world)), "R13: a promotion without a digest counts"
    text = world.files[RELEASE]
    start = text.index(b"sha512:")
    world.write(RELEASE, text[:start] + digest.encode() + text[start + 135 :], "ci-release")
    assert RELEASE in codes(ask(world)), "R13: a release whose payload has no digest counts"


def test_row_29_a_promotion_without_digest_deploys_nothing(world: World) -> None:
    """Row 29, R13: a name alone is not deployable."""
    world.release("shop", "1.0.0")
    world.promote("shop", "1.0.0", "stable")
    world.edit(PROMOTION, **{"spec.release": {"name": "shop@1.0.0"}, "metadata.generation": 2})
    raw = b"".join(line for line in world.files[PROMOTION].splitlines(True) if b"digest" not in line)
    world.write(PROMOTION, raw, "promoter")
    assert codes(ask(world)).get(PROMOTION) == "trust/no-digest", "R13: a promotion by name alone counts"
    assert not ask(world).promotions["shop"].get("stable")


def test_row_29_other_bytes_than_the_promoted_ones_are_named(world: World) -> None:
    """Row 29, R13: a release exchanged behind its promotion, by who may release, isn't the one that was promoted."""
    world.release("shop", "1.0.0")
    world.promote("shop", "1.0.0", "stable")
    world.release("shop", "1.0.0", payload={"app/index.html": b"another"})
    assert refused(world)[PROMOTION] == "trust/other-release", "R13: a promotion counts for other bytes"


# ── rows 44-47: what goes bad ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"{" * 5000, b"kind: Profile\n", b"a: &a [*a]\n"])
def test_row_44_a_broken_document_stops_only_who_needs_it(raw: bytes) -> None:
    """Row 44, R24: garbage in every place an environment doesn't need leaves its wishes as they are."""
    world = FULL.copy()
    before = ask(world)
    for path in ("profiles/other.yaml", "environments/prod/environment.yaml", "products/other/product.yaml"):
        world.raw(path, raw)
    for path in ("suppressions/x.yaml", "withdrawals/x.yaml", "products/shop/recalls/x.yaml", "channels/x.yaml"):
        world.raw(path, raw)
    desired = ask(world)
    assert desired.installations == before.installations, "R24: a broken document changed wishes"
    assert desired.releases == before.releases
    assert holds(desired) == set(), "R24: a broken document nobody signed holds an environment"


@pytest.mark.parametrize("raw", [b"", b"broken", b"kind: Environment\n"])
def test_row_45_breaking_the_newer_restriction_doesnt_bring_back_the_older(world: World, raw: bytes) -> None:
    """Row 45, R24: the last accepted one counts, never the one before it."""
    for word in ("repair", "report"):
        world.edit(ENVIRONMENT, **{"spec.drift": word})
    seen = ask(world).memory
    world.raw(ENVIRONMENT, raw)
    desired = ask(world, seen)
    assert drift(desired) == "report", "R24: breaking a document brought an older one back"
    assert desired.memory.kept[ENVIRONMENT].generation == 3
    assert ENVIRONMENT in codes(desired)


@pytest.mark.parametrize(
    "path", [ENVIRONMENT, "environments/dev/installations/shop.yaml", "products/shop/product.yaml"]
)
def test_row_46_an_unknown_field_is_never_passed_over(world: World, path: str) -> None:
    """Row 46, R11: what a newer tool signed and this one has no word for keeps the last accepted one in force."""
    seen = ask(world).memory
    world.edit(path, **{"spec.futureRestriction": {"everything": True}})
    desired = ask(world, seen)
    assert path in codes(desired), "R11: an unknown field was ignored"
    assert desired.memory.kept[path] == seen.kept[path]


def test_row_47_two_documents_of_one_generation_are_told(world: World) -> None:
    """Row 47, R12: the digest stands in the mark; who shows two worlds is found out by who has seen one."""
    other = world.copy()
    world.edit(ENVIRONMENT, **{"spec.drift": "repair"})
    other.edit(ENVIRONMENT, **{"spec.drift": "ignore"})
    assert codes(ask(other, ask(world).memory)) == {ENVIRONMENT: "trust/equivocation"}, "R12: equivocation unnoticed"
