"""Who may sign what: every cell of role × kind × environments × products; off the diagonal all is refused (D12)."""

from itertools import product
from typing import Any, get_args

import pytest

from tests.trust.asking import ask, check_words, codes
from tests.trust.crafted import SoftKey
from tiangong.documents.paths import sidecars
from tiangong.errors import Problem
from tiangong.model.kinds import KINDS
from tiangong.model.policy import Role, TrustPolicySpec
from tiangong.testing.simulator import World, keyholder, small_policy
from tiangong.trust.authority import judge, keyring
from tiangong.trust.reading import Cache, Files, Found
from tiangong.trust.roles import KINDS_OF, role_for

# kind → (role, environments it reaches, products it reaches); written down again, on purpose
REACH: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "Fleet": ("maintainer", ("*",), ("*",)),
    "Channel": ("maintainer", ("*",), ("*",)),
    "Product": ("maintainer", ("*",), ("shop",)),
    "Environment": ("owner", ("dev",), ("*",)),
    "Profile": ("owner", ("*",), ("*",)),
    "Agent": ("owner", ("dev",), ("*",)),
    "Installation": ("operator", ("dev",), ("shop",)),
    "Installation of its profile's product": ("operator", ("dev",), ("*",)),
    "Secret": ("operator", ("dev",), ("shop",)),
    "Secret for any product": ("operator", ("dev",), ("*",)),
    "Suppression": ("operator", ("*",), ("*",)),
    "Suppression of dev": ("operator", ("dev",), ("*",)),
    "Suppression of dev and prod": ("operator", ("dev", "prod"), ("*",)),
    "Release": ("release", ("*",), ("shop",)),
    "Promotion": ("promoter", ("*",), ("shop",)),
    "Recall": ("promoter", ("*",), ("shop",)),
    "Approval": ("approver", ("dev",), ("*",)),
}
COVERS = {
    ("*",): {"*", "dev", "prod", "shop"},
    ("dev",): {"dev"},
    ("prod",): {"prod"},
    ("dev", "prod"): {"dev", "prod"},
    ("d*",): {"dev"},
    ("[!p]*",): {"dev", "shop"},
    ("shop",): {"shop"},
    ("other",): set(),
    ("s?op",): {"shop"},
    (): set(),
}


def documents() -> dict[str, Found]:
    """One document for each line of the table, signed by one and the same person."""
    world = World.small()
    who = "subject"
    paths = {
        "Fleet": world.edit("tiangong.yaml", who),
        "Channel": world.edit("channels/canary.yaml", who),
        "Product": world.edit("products/shop/product.yaml", who),
        "Environment": world.edit("environments/dev/environment.yaml", who),
        "Profile": world.put({"kind": "Profile", "metadata": {"name": "night"}, "spec": {"drift": "repair"}}, who),
        "Agent": world.edit("environments/dev/agent.yaml", who),
        "Installation": world.edit("environments/dev/installations/shop.yaml", who),
        "Secret": world.seal("dev", "shop-db", b"", who),
        "Secret for any product": world.seal("dev", "any", b"", who, products=["*"]),
        "Suppression": world.suppress("everywhere", who),
        "Suppression of dev": world.suppress("one", who, environments=["dev"]),
        "Suppression of dev and prod": world.suppress("two", who, environments=["dev", "prod"]),
        "Release": world.release("shop", "1.0.0", who),
        "Promotion": world.promote("shop", "1.0.0", "stable", who),
        "Recall": world.recall("shop", "1.0.0", who),
        "Approval": world.approve("shop", "1.0.0", "dev/shop", who),
    }
    unnamed = {"kind": "Installation", "metadata": {"name": "x", "environment": "dev"}, "spec": {"config": {"a": 1}}}
    paths["Installation of its profile's product"] = world.put(unnamed, who)
    files = Files(world.tree(), Cache(), [])
    found = {what: files.read(files.at(path)) for what, path in paths.items()}  # type: ignore[arg-type]
    return {what: one for what, one in found.items() if isinstance(one, Found)}


DOCUMENTS = documents()


def policy(*grants: dict[str, Any], people: tuple[str, ...] = ("subject",)) -> TrustPolicySpec:
    named = {name: {"keys": [keyholder(name).line]} for name in people}
    spec = {"expires": "2027-11-23T00:00:00Z", "people": named, "roles": [*grants]}
    return TrustPolicySpec.model_validate(spec)


def says(found: Found, spec: TrustPolicySpec) -> tuple[str, ...] | Problem:
    ring, _ = keyring(((name, person.keys) for name, person in spec.people.items()), "trust/policy.yaml")
    document = Files(World.small().tree(), Cache(), []).document(found.path, found.raw, found.digest)
    assert not isinstance(document, tuple)
    return judge(found, document, spec, ring)


def test_the_table_of_roles_is_complete() -> None:
    assert set(KINDS_OF) == set(get_args(Role))
    signed = [kind for kinds in KINDS_OF.values() for kind in kinds]
    assert len(signed) == len(set(signed))
    assert set(KINDS) - set(signed) == {"TrustRoot", "TrustPolicy", "Withdrawal", "Revocation"}
    assert {what.split()[0] for what in REACH} == set(signed)
    assert set(DOCUMENTS) == set(REACH)


@pytest.mark.parametrize("what", REACH)
def test_a_grant_counts_for_its_role_and_its_reach_and_nothing_else(what: str) -> None:
    role, environments, products = REACH[what]
    allowed = 0
    for given, where, which in product(get_args(Role), COVERS, COVERS):
        grant = {"role": given, "who": ["subject"], "environments": [*where], "products": [*which]}
        expected = role == given and set(environments) <= COVERS[where] and set(products) <= COVERS[which]
        verdict = says(DOCUMENTS[what], policy(grant))
        assert (verdict == ("subject",)) is expected, (what, grant, verdict)
        if isinstance(verdict, Problem):
            assert verdict.code == "trust/no-authority"
            assert f"role {role}" in check_words(verdict)
        allowed += expected
    assert 0 < allowed < 100


@pytest.mark.parametrize("what", REACH)
def test_nobody_has_a_role_by_being_known(what: str) -> None:
    role = REACH[what][0]
    verdict = says(DOCUMENTS[what], policy({"role": role, "who": ["alice"]}, people=("subject", "alice")))
    assert isinstance(verdict, Problem)
    assert (verdict.code, verdict.facts["who"], verdict.facts["signed"]) == ("trust/no-authority", "alice", "subject")


@pytest.mark.parametrize(
    ("glob", "named", "covered"),
    [
        ("dev", "dev", True),
        ("d*", "dev", True),
        ("d*", "dev-*", True),
        ("d*", "d*", True),
        ("*", "*", True),
        ("*", "[x]", True),
        ("prod-*", "prod-eu-*", True),
        ("de?", "de*", False),  # would match demo, too
        ("de?", "de?", True),
        ("[!p]*", "*", False),  # would match prod, too
        ("[!p]*", "d*", False),
        ("d*", "?ev", False),
        ("d*", "[d]ev", False),
        ("dev", "*", False),
        ("prod-*", "prod*", False),
        ("prod-*", "*", False),
        ("DEV", "dev", False),
        ("dev", "dev*", False),
    ],
)
def test_a_suppression_reaches_no_further_than_the_grant(glob: str, named: str, covered: bool) -> None:
    world = World.small()
    path = world.suppress("inc-1", "subject", environments=[named])
    files = Files(world.tree(), Cache(), [])
    file = files.at(path)
    assert file is not None
    found = files.read(file)
    assert isinstance(found, Found)
    verdict = says(found, policy({"role": "operator", "who": ["subject"], "environments": [glob]}))
    assert (verdict == ("subject",)) is covered


def test_an_operator_of_dev_cant_suppress_prod() -> None:
    world = World.small()
    spec = small_policy()
    spec["people"]["olga"] = {"keys": [world.person("olga").line]}
    roles = [*spec["roles"], {"role": "operator", "who": ["olga"], "environments": ["dev"]}]
    world.set_policy(people=spec["people"], roles=roles)
    world.suppress("mine", "olga", environments=["dev"])
    world.suppress("theirs", "olga", environments=["prod"])
    world.suppress("both", "olga", environments=["dev", "prod"])
    world.suppress("all", "olga")
    world.suppress("labelled", "olga", labels={"tier": "dev"})
    desired = ask(world)
    assert [s.document.metadata.name for s in desired.suppressions] == ["mine"]
    assert codes(desired) == {
        f"suppressions/{name}.yaml": "trust/no-authority" for name in ("theirs", "both", "all", "labelled")
    }


# ── thresholds: distinct people with distinct keys (R6, R7) ──────────────────────────────────────────────────────
def of_two(**more: Any) -> World:
    world = World.small()
    people = {name: {"keys": [world.person(name).line]} for name in ("alice", "bob", "carol", "ci-release")}
    people["alice"]["keys"].append(world.person("alice-laptop").line)
    owner = {"role": "owner", "who": ["alice", "bob", "carol"], "threshold": 2, **more}
    roles = [*(r for r in small_policy()["roles"] if r["role"] not in ("owner", "promoter")), owner]
    world.set_policy(people=people, roles=roles)
    for path in ("environments/dev/agent.yaml", "environments/dev/environment.yaml"):
        world.write(path, world.files[path], "alice", "bob")
    return world


PATH = "environments/dev/environment.yaml"


@pytest.mark.parametrize(
    ("signers", "why"),
    [
        (("alice",), "trust/threshold"),
        (("alice", "alice-laptop"), "trust/threshold"),  # two keys of one person
        (("alice", "ci-release"), "trust/threshold"),
        (("alice", "mallory"), "trust/threshold"),
        (("mallory", "eve"), "trust/unknown-signer"),
        (("ci-release",), "trust/no-authority"),
    ],
)
def test_two_are_two_people(signers: tuple[str, ...], why: str) -> None:
    world = of_two()
    memory = ask(world).memory
    world.edit(PATH, *signers, **{"spec.drift": "repair"})
    desired = ask(world, memory)
    assert codes(desired) == {PATH: why}
    assert desired.environment.document.spec.drift is None
    world.edit(PATH, "bob", *signers, **{"spec.drift": "ignore"})
    accepted = ask(world, memory).environment.document.spec.drift == "ignore"
    assert accepted is ("alice" in signers)


def test_one_signature_in_many_files_is_one_person() -> None:
    world = of_two()
    world.edit(PATH, "alice", **{"spec.drift": "repair"})
    world.sign(PATH, "alice", as_="bob")
    world.files[sidecars(PATH, "carol")] = world.files[sidecars(PATH, "alice")]
    assert codes(ask(world, ask(of_two()).memory)) == {PATH: "trust/threshold"}


def test_the_name_of_a_signature_file_says_nothing() -> None:
    world = of_two()
    world.edit(PATH, **{"spec.drift": "repair"})
    for name in ("alice", "bob"):
        del world.files[sidecars(PATH, name)]
        world.sign(PATH, name, as_=f"x{name}")
    desired = ask(world)
    assert desired.environment.signers == ("alice", "bob")
    assert not desired.refusals


def test_a_bad_signature_more_is_no_veto() -> None:
    world = of_two()
    for number, junk in enumerate((b"", b"\xff" * 100, b"x" * 20_000, world.files[sidecars(PATH, "alice")][:-40])):
        world.files[sidecars(PATH, f"{number}")] = junk
    world.sign(PATH, "carol", namespace="git")
    desired = ask(world)
    assert not desired.refusals
    assert desired.environment.signers == ("alice", "bob")


def test_the_33rd_signature_is_not_read() -> None:
    world = World.small()
    good = world.files.pop(sidecars(PATH, "alice"))
    for number in range(32):
        world.files[sidecars(PATH, f"a{number:02}")] = b"junk"
    world.files[sidecars(PATH, "b")] = good
    memory = ask(World.small()).memory
    assert codes(ask(world, memory)) == {PATH: "trust/bad-signature"}
    world.raw(sidecars(PATH, "a07"), None)
    assert not ask(world, memory).refusals


def test_grants_dont_add_up_and_any_one_is_enough() -> None:
    two, one = ({"role": "owner", "who": ["alice", "bob"], "threshold": 2}, {"role": "owner", "who": ["carol"]})
    world = World.small()
    people = {name: {"keys": [world.person(name).line]} for name in ("alice", "bob", "carol")}
    world.set_policy(people=people, roles=[*small_policy()["roles"][:1], two, one])
    for signers, accepted in ((("alice",), False), (("carol",), True), (("bob", "carol"), True), (("bob",), False)):
        world.write(PATH, world.files[PATH], *signers)
        world.write("environments/dev/agent.yaml", world.files["environments/dev/agent.yaml"], "carol")
        found = codes(ask(world, ask(World.small()).memory))
        assert (PATH not in found) is accepted, signers


# ── security keys ────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_role_may_ask_for_a_touched_key() -> None:
    soft, plain = SoftKey(), keyholder("bob")
    world = World.small()
    people = {"alice": {"keys": [keyholder("alice").line]}, "bob": {"keys": [soft.public.line, plain.line]}}
    roles = [*small_policy()["roles"][:1], {"role": "owner", "who": ["bob", "alice"], "touch": True}]
    world.set_policy(people=people, roles=roles)
    memory = ask(World.small()).memory
    signature = sidecars(PATH, "bob")
    for armored, why in (
        (plain.sign(world.files[PATH]), "trust/touch-needed"),
        (soft.sign(world.files[PATH], flags=0), "trust/bad-signature"),
        (soft.sign(b"else"), "trust/bad-signature"),
        (soft.sign(world.files[PATH]), None),
    ):
        world.raw(sidecars(PATH, "alice"), None)
        world.files[signature] = armored
        assert codes(ask(world, memory)).get(PATH) == why
    assert ask(world, memory).environment.signers == ("bob",)
    # the untouched signature of the same person beside it takes nothing away
    world.files[sidecars(PATH, "b-plain")] = plain.sign(world.files[PATH])
    assert PATH not in codes(ask(world, memory))


def test_row_67_a_role_may_ask_for_a_pin() -> None:
    """Row 67 (R5): a key that lies in a machine is touched by whoever sits there; the PIN is the person's."""
    soft = SoftKey()
    world = World.small()
    people = {"alice": {"keys": [keyholder("alice").line]}, "bob": {"keys": [soft.public.line]}}
    world.set_policy(people=people, roles=[{"role": "owner", "who": ["bob", "alice"], "pin": True}])
    memory = ask(World.small()).memory
    world.raw(sidecars(PATH, "alice"), None)
    for flags, why in ((1, "trust/pin-needed"), (5, None), (4, "trust/bad-signature")):
        world.files[sidecars(PATH, "bob")] = soft.sign(world.files[PATH], flags=flags)
        assert codes(ask(world, memory)).get(PATH) == why, f"R5: flags {flags}"


def test_role_for_everything_else_is_none() -> None:
    assert role_for("TrustPolicy") is None
    assert role_for("Nonsense") is None
