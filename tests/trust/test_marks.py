"""What was accepted once is never forgotten: generations, deletions, rewritten history, clocks; also across restarts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.trust.asking import ask, codes, holds, nothing
from tiangong.git.objects import GitTree
from tiangong.journal.sqlite import open_journal
from tiangong.model.stages import Desired, Memory, Snapshot
from tiangong.testing.memory import open_bare
from tiangong.testing.simulator import NOW, World, quorum
from tiangong.trust.reading import Cache
from tiangong.trust.verify import verify

ENVIRONMENT = "environments/dev/environment.yaml"
SHOP = "environments/dev/installations/shop.yaml"


def restarted(memory: Memory, folder: Path) -> Memory:
    """What an agent knows after it was stopped and started: what its journal kept on disk."""
    journal, problems = open_journal(folder / "journal.db", NOW)
    assert not problems
    journal.remember(memory)
    journal.close()
    journal, problems = open_journal(folder / "journal.db", NOW)
    assert not problems
    kept = journal.memory(memory.repo)
    journal.close()
    assert kept == memory
    return kept


def drift(desired: Desired) -> str | None:
    return desired.environment.document.spec.drift


@pytest.fixture
def seen(world: World, tmp_path: Path) -> Memory:
    """Generation 3 of the environment was accepted, and the agent restarted since."""
    for word in ("repair", "ignore"):
        world.edit(ENVIRONMENT, **{"spec.drift": word})
    world.release("shop", "1.0.0")
    world.promote("shop", "1.0.0", "stable")
    return restarted(ask(world).memory, tmp_path)


def test_a_mark_is_generation_and_digest_of_everything_in_the_closure(world: World, seen: Memory) -> None:
    documents = {path for path in world.files if path.endswith(".yaml")}
    assert set(seen.kept) == documents
    assert seen.kept[ENVIRONMENT].generation == 3
    for path, kept in seen.kept.items():
        assert kept.raw == world.files[path]
    again = ask(world, seen)
    assert again.memory == seen
    assert all(again.memory.kept[path] is kept for path, kept in seen.kept.items())
    assert not again.refusals


def test_going_on_is_accepted(world: World, seen: Memory) -> None:
    world.edit(ENVIRONMENT, **{"spec.drift": "report"})
    desired = ask(world, seen)
    assert drift(desired) == "report"
    assert desired.memory.kept[ENVIRONMENT].generation == 4


def test_generations_may_be_skipped_for_what_wasnt_seen(world: World, seen: Memory) -> None:
    world.edit(ENVIRONMENT, **{"metadata.generation": 1_000_003})
    assert ask(world, seen).memory.kept[ENVIRONMENT].generation == 1_000_003


def test_an_old_file_with_its_old_signature_is_refused(world: World, seen: Memory) -> None:
    """A commit on top that puts both back is a fast-forward with good signatures; only the mark tells (W3)."""
    old = World.small()
    for path in (ENVIRONMENT, f"{ENVIRONMENT}.alice.sig"):
        world.files[path] = old.files[path]
    assert codes(ask(world)) == {}  # a fresh agent can't know
    desired = ask(world, seen)
    assert codes(desired) == {ENVIRONMENT: "trust/rollback"}
    assert drift(desired) == "ignore"
    assert desired.memory == replace(seen, revision=desired.revision)


def test_two_documents_of_one_generation_are_named_as_such(world: World, seen: Memory) -> None:
    world.edit(ENVIRONMENT, **{"spec.drift": "repair", "metadata.generation": 3})
    desired = ask(world, seen)
    assert codes(desired) == {ENVIRONMENT: "trust/equivocation"}
    assert drift(desired) == "ignore"


@pytest.mark.parametrize("generation", [1_000_004, 2**53 - 1])
def test_a_jump_that_would_burn_the_generations_is_refused(world: World, seen: Memory, generation: int) -> None:
    world.edit(ENVIRONMENT, **{"spec.drift": "repair", "metadata.generation": generation})
    desired = ask(world, seen)
    assert codes(desired) == {ENVIRONMENT: "trust/jump"}
    assert drift(desired) == "ignore"
    assert nothing(world) == {"trust/jump"}  # also when it is the first one ever seen


@pytest.mark.parametrize("generation", [0, -1, 2**53])
def test_a_generation_is_a_number_from_1_on(world: World, seen: Memory, generation: int) -> None:
    world.edit(ENVIRONMENT, "alice", **{"metadata.generation": generation})
    assert codes(ask(world, seen))[ENVIRONMENT].startswith("document/too-")


@pytest.mark.parametrize("stamp", ["repo", "generation", "change"])
def test_without_its_stamps_a_signed_document_doesnt_count(world: World, seen: Memory, stamp: str) -> None:
    raw = world.files[ENVIRONMENT]
    lines = [line for line in raw.splitlines(keepends=True) if not line.startswith(f"  {stamp}:".encode())]
    world.write(ENVIRONMENT, b"".join(lines), "alice")
    assert codes(ask(world, seen)) == {ENVIRONMENT: "trust/unstamped"}


def test_a_document_of_another_repository_doesnt_count(world: World, seen: Memory) -> None:
    there = World.bare("f" * 32)
    for path in (p for p in World.small().files if p.endswith(".yaml") and not p.startswith("trust/")):
        there.write(path, World.small().files[path].replace(world.repo.encode(), there.repo.encode()), "alice")
    there.edit(ENVIRONMENT, **{"spec.drift": "repair", "metadata.generation": 7})
    assert drift(ask(there)) == "repair"
    for path in (ENVIRONMENT, f"{ENVIRONMENT}.alice.sig"):
        world.files[path] = there.files[path]
    assert codes(ask(world, seen)) == {ENVIRONMENT: "trust/other-repo"}


def test_a_document_elsewhere_than_its_name_says_doesnt_count(world: World, seen: Memory) -> None:
    world.environment("prod")
    world.installation("prod", "shop", channel="stable")
    for name in ("environment.yaml", "installations/shop.yaml", "agent.yaml"):
        for suffix in ("", ".alice.sig"):
            world.files[f"environments/dev/{name}{suffix}"] = world.files[f"environments/prod/{name}{suffix}"]
    desired = ask(world, seen)
    assert codes(desired) == dict.fromkeys(
        [ENVIRONMENT, "environments/dev/agent.yaml", SHOP],
        "document/wrong-path",
    )
    assert desired.environment.document.metadata.name == "dev"


# ── deletion (D1, D5) ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "path",
    [
        "tiangong.yaml",
        "channels/stable.yaml",
        "environments/dev/agent.yaml",
        ENVIRONMENT,
        SHOP,
        "products/shop/product.yaml",
        "products/shop/releases/1.0.0/release.yaml",
        "products/shop/promotions/stable/1.0.0.yaml",
        "trust/policy.yaml",
    ],
)
def test_what_disappears_goes_on_counting_and_is_said(world: World, seen: Memory, path: str, tmp_path: Path) -> None:
    before = ask(world, seen)
    world.raw(path, None)
    after = ask(world, seen)
    assert codes(after) == {path: "trust/disappeared"}
    assert said(after) == said(before)
    assert path in restarted(after.memory, tmp_path).kept


def said(desired: Desired) -> object:
    """Everything a plan may rest on."""
    return replace(desired, tree=None, revision="", refusals=(), memory=None)  # type: ignore[arg-type]


def test_a_whole_folder_that_disappears_goes_on_counting(world: World, seen: Memory) -> None:
    before = ask(world, seen)
    for path in [path for path in world.files if path.startswith(("products/", "channels/", "environments/dev/inst"))]:
        del world.files[path]
    after = ask(world, seen)
    assert said(after) == said(before)
    assert len(after.refusals) == 7
    assert {refusal.problem.code for refusal in after.refusals} == {"trust/disappeared"}


def test_deleting_a_suppression_doesnt_end_it(world: World, tmp_path: Path) -> None:
    path = world.suppress("inc-1", hours=4)
    memory = restarted(ask(world).memory, tmp_path)
    world.raw(path, None)
    desired = ask(world, memory, later=timedelta(hours=3, minutes=59))
    assert [s.path for s in desired.suppressions] == [path]
    assert codes(desired) == {path: "trust/disappeared"}
    over = ask(world, desired.memory, later=timedelta(hours=4))
    assert not over.suppressions
    assert not over.refusals  # what has ended may go
    # and its name never counts again
    world.suppress("inc-1", hours=9)
    again = ask(world, over.memory, later=timedelta(hours=5))
    assert not again.suppressions
    assert codes(again) == {path: "trust/equivocation"}


@pytest.mark.parametrize("hours", [1, 99])
def test_editing_a_suppression_changes_nothing(world: World, hours: int) -> None:
    path = world.suppress("inc-1", hours=4)
    memory = ask(world).memory
    until = (world.now + timedelta(hours=hours)).isoformat()
    world.edit(path, **{"spec.until": until})
    desired = ask(world, memory)
    assert codes(desired) == {path: "trust/suppression-changed"}
    assert desired.suppressions[0].document.spec.until == world.now + timedelta(hours=4)
    world.edit(path, **{"spec.until": until, "metadata.generation": 1})
    assert codes(ask(world, memory)) == {path: "trust/equivocation"}


def test_a_broken_suppression_goes_on_as_it_was(world: World) -> None:
    path = world.suppress("inc-1")
    memory = ask(world).memory
    for break_ in (b"", b"\xff", b"{}", world.files[path].replace(b"2026", b"2020")):
        world.raw(path, break_)
        assert [s.document.spec.until for s in ask(world, memory).suppressions] == [world.now + timedelta(hours=4)]


def test_a_suppression_holds_whoever_signed_it_leaves(world: World) -> None:
    world.suppress("inc-1")
    memory = ask(world).memory
    roles = [{"role": role, "who": ["bob"]} for role in ("maintainer", "owner", "operator")]
    world.set_policy(roles=roles)
    desired = ask(world, memory)
    assert codes(desired)["suppressions/inc-1.yaml"] == "trust/no-authority"
    assert desired.suppressions


# ── releases (D3, R13) ───────────────────────────────────────────────────────────────────────────────────────────
RELEASE = "products/shop/releases/1.0.0/release.yaml"


def test_a_release_is_generation_1_for_ever(world: World, seen: Memory) -> None:
    published = world.files[RELEASE]
    world.edit(RELEASE, **{"metadata.generation": 2, "spec.downtime": True})
    assert codes(ask(world, seen)) == {RELEASE: "trust/release-changed"}
    assert codes(ask(world)) == {RELEASE: "trust/release-changed"}
    world.edit(RELEASE, **{"spec.downtime": True})
    desired = ask(world, seen)
    assert codes(desired) == {RELEASE: "trust/equivocation"}
    assert desired.releases["shop"]["1.0.0"].raw == published


def test_a_promotion_names_its_release_by_digest(world: World) -> None:
    world.release("shop", "1.0.0")
    path = world.promote("shop", "1.0.0", "stable")
    promotion = ask(world).promotions["shop"]["stable"]["1.0.0"].document
    assert promotion.spec.release.digest == ask(world).releases["shop"]["1.0.0"].digest
    raw = world.files[path]
    lines = [line for line in raw.splitlines(keepends=True) if b"digest:" not in line]
    world.write(path, b"".join(lines), "promoter")
    desired = ask(world)
    assert codes(desired) == {path: "trust/no-digest"}
    assert not desired.promotions["shop"]["stable"]


@pytest.mark.parametrize(
    ("field", "value"), [("spec.to", "canary"), ("spec.release.name", "shop@2.0.0"), ("metadata.name", "shop@1.0.0")]
)
def test_a_promotion_says_what_its_path_says(world: World, field: str, value: str) -> None:
    world.release("shop", "1.0.0")
    path = world.promote("shop", "1.0.0", "stable")
    raw = world.files[path].decode()
    old = {
        "spec.to": "to: stable",
        "spec.release.name": "name: shop@1.0.0\n",
        "metadata.name": "name: shop@1.0.0/stable",
    }
    new = {"spec.to": f"to: {value}", "spec.release.name": f"name: {value}\n", "metadata.name": f"name: {value}"}
    changed = raw.replace(old[field], new[field])
    assert changed != raw
    world.write(path, changed.encode(), "promoter")
    desired = ask(world)
    assert codes(desired)[path].startswith("document/")
    assert not desired.promotions["shop"]["stable"]


# ── one bad document (R24) ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "attack",
    [
        lambda raw: b"",
        lambda raw: raw + b"# hello\n",
        lambda raw: raw.replace(b"ignore", b"repair"),
        lambda raw: raw[: len(raw) // 2],
        lambda raw: b"\xff\xfe",
        lambda raw: raw * 2000,
    ],
)
def test_a_bad_document_counts_as_it_was_and_everybody_else_goes_on(
    world: World, seen: Memory, attack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    world.raw(ENVIRONMENT, attack(world.files[ENVIRONMENT]))
    world.edit(SHOP, **{"spec.channel": "canary"})
    world.release("shop", "2.0.0")
    world.suppress("inc-1")
    desired = ask(world, seen)
    assert drift(desired) == "ignore"
    assert desired.environment.signers == ("alice",)
    assert [*codes(desired)] == [ENVIRONMENT]
    assert desired.installations["shop"].document.spec.channel == "canary"
    assert [*desired.releases["shop"]] == ["1.0.0", "2.0.0"]
    assert desired.suppressions
    # for as long as it takes
    later = restarted(desired.memory, tmp_path)
    assert drift(ask(world, later)) == "ignore"
    world.write(ENVIRONMENT, seen.kept[ENVIRONMENT].raw, "alice")
    assert not ask(world, later).refusals


def test_a_document_whose_signer_left_counts_as_it_was(world: World, seen: Memory) -> None:
    people = {"bob": {"keys": [world.person("bob").line]}}
    world.set_policy(people=people, roles=[{"role": "owner", "who": ["bob"]}])
    desired = ask(world, seen)
    assert codes(desired)[ENVIRONMENT] == "trust/unknown-signer"
    assert drift(desired) == "ignore"
    world.write(ENVIRONMENT, world.files[ENVIRONMENT], "bob")
    again = ask(world, desired.memory)
    assert ENVIRONMENT not in codes(again)
    assert again.environment.signers == ("bob",)
    assert again.memory.kept[ENVIRONMENT].signers == ("bob",)


def test_a_memory_whose_bytes_rotted_is_no_memory(world: World, seen: Memory) -> None:
    rotten = replace(seen.kept[ENVIRONMENT], raw=seen.kept[ENVIRONMENT].raw.replace(b"ignore", b"repair"))
    memory = replace(seen, kept={**seen.kept, ENVIRONMENT: rotten})
    world.raw(ENVIRONMENT, b"broken")
    assert nothing(world, memory) == {"trust/bad-signature"}


# ── rewritten history (D11) ──────────────────────────────────────────────────────────────────────────────────────
def test_a_rewritten_branch_holds_and_changes_no_mark(world: World, seen: Memory) -> None:
    world.edit(ENVIRONMENT, **{"spec.drift": "repair"})
    world.suppress("inc-1")
    desired = ask(world, seen, rewritten=True)
    assert holds(desired) == {"trust/history-rewritten"}
    assert desired.memory is seen
    assert desired.suppressions  # what restricts counts at once
    accepted = replace(seen, accepted_history=desired.revision)
    again = ask(world, accepted, rewritten=True)
    assert holds(again) == set()
    assert again.memory.kept[ENVIRONMENT].generation == 4
    assert again.memory.revision == desired.revision
    # accepted was this head, not the next rewritten one
    world.edit(ENVIRONMENT, **{"spec.drift": "ignore"})
    assert holds(ask(world, again.memory, rewritten=True)) == {"trust/history-rewritten"}


def test_an_accepted_history_still_cant_go_back_behind_the_marks(world: World, seen: Memory) -> None:
    old = World.small()
    desired = ask(old, replace(seen, accepted_history=old.snapshot().revision), rewritten=True)
    assert codes(desired)[ENVIRONMENT] == "trust/rollback"
    assert drift(desired) == "ignore"
    assert holds(desired) == set()


# ── clock (D8) ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_clock_behind_the_floor_holds(world: World, tmp_path: Path) -> None:
    memory = restarted(ask(world, later=timedelta(hours=30, minutes=40)).memory, tmp_path)
    assert memory.clock_floor == NOW + timedelta(hours=30)
    just = timedelta(hours=29, minutes=50)
    assert holds(ask(world, memory, later=just)) == set()
    behind = ask(world, memory, later=just - timedelta(seconds=1))
    assert holds(behind) == {"trust/clock"}
    assert behind.memory.clock_floor == memory.clock_floor
    assert ask(world, memory, later=timedelta(hours=31)).memory.clock_floor == NOW + timedelta(hours=31)


def test_an_environment_may_expire(world: World) -> None:
    world.edit(ENVIRONMENT, **{"spec.expires": "2026-12-01T00:00:00Z"})
    assert holds(ask(world)) == set()
    assert holds(ask(world, later=timedelta(days=6))) == {"trust/environment-expired"}


def test_all_holds_are_said_together(world: World, seen: Memory) -> None:
    world.edit(ENVIRONMENT, **{"spec.expires": "2026-12-01T00:00:00Z"})
    memory = replace(seen, clock_floor=NOW + timedelta(days=900))
    found = ask(world, memory, later=timedelta(days=400), rewritten=True)
    assert holds(found) == {
        "trust/environment-expired",
        "trust/policy-expired",
        "trust/clock",
        "trust/history-rewritten",
    }


def test_a_memory_is_the_same_with_and_without_a_cache(world: World, seen: Memory) -> None:
    cache = Cache()
    for _ in range(3):
        assert ask(world, seen, cache=cache).memory == ask(world, seen).memory


# ── the policy is remembered like everything else ────────────────────────────────────────────────────────────────
def test_an_old_policy_put_back_gives_nobody_their_rights_back(world: World) -> None:
    old = {path: raw for path, raw in world.files.items() if path.startswith("trust/policy.yaml")}
    world.set_policy(roles=[{"role": role, "who": ["bob"]} for role in ("maintainer", "owner", "operator")])
    for path in [path for path in world.files if path.endswith(".yaml") and not path.startswith("trust/")]:
        world.write(path, world.files[path], "bob")
    memory = ask(world).memory
    world.files.update(old)
    world.suppress("inc-1", "alice")
    desired = ask(world, memory)
    assert codes(desired) == {"trust/policy.yaml": "trust/rollback", "suppressions/inc-1.yaml": "trust/no-authority"}
    assert not desired.suppressions
    again = ask(world, desired.memory)
    assert again.policy.document.metadata.generation == 2


def test_who_left_the_policy_people_cant_write_it_and_the_last_one_counts(world: World) -> None:
    memory = ask(world).memory
    world.set_root(2, quorum(1, "alice"), quorum(1, "carol"), "alice")
    desired = ask(world, memory)
    assert codes(desired) == {"trust/policy.yaml": "trust/unknown-signer"}
    assert desired.policy.digest == memory.kept["trust/policy.yaml"].digest
    world.set_policy("alice", roles=[{"role": "owner", "who": ["bob"]}])
    assert codes(ask(world, desired.memory))["trust/policy.yaml"] == "trust/unknown-signer"
    world.set_policy("carol")
    assert not ask(world, desired.memory).refusals


def test_an_alarm_needs_somebody_who_may_sign(world: World, seen: Memory) -> None:
    """Whoever is known but has no say can't make it look as if two versions had been signed."""
    world.edit(ENVIRONMENT, "bob", **{"spec.drift": "repair", "metadata.generation": 3})
    assert codes(ask(world, seen)) == {ENVIRONMENT: "trust/no-authority"}


def test_putting_an_old_file_back_by_a_new_commit_in_real_git(tmp_path: Path) -> None:
    """What git, signatures and fast-forwards all find in order."""
    world, bare = World.small(), tmp_path / "bare.git"
    old = dict(world.files)
    world.commit_to(bare)
    world.suppress("inc-1")
    world.edit(ENVIRONMENT, **{"spec.drift": "repair"})
    second = world.commit_to(bare)
    repository = open_bare(bare)
    memory = restarted(verify(in_git(bare, second), world.pins(), None, NOW).memory, tmp_path)
    world.files = old
    third = world.commit_to(bare)
    assert repository.descendant_of(third, second)
    desired = verify(in_git(bare, third), world.pins(), memory, NOW)
    assert codes(desired) == {ENVIRONMENT: "trust/rollback", "suppressions/inc-1.yaml": "trust/disappeared"}
    assert drift(desired) == "repair"
    assert desired.suppressions


def in_git(bare: Path, commit: str) -> Snapshot:
    return Snapshot("git", commit, GitTree(open_bare(bare), commit), NOW)
