"""Seals (R17–R19, D7–D11): nothing is hidden, rolled back, mixed or forged, and one bad document holds only its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trust.asking import codes, holds
from tiangong.documents.digest import sha512
from tiangong.documents.listing import HEAD, Line, read_listing, write_listing
from tiangong.documents.merkle import FOLDER, Before, list_tree, listing_path
from tiangong.errors import Refused
from tiangong.journal.sqlite import open_journal
from tiangong.model.seal import SEAL_FILE
from tiangong.model.stages import Desired, Memory, Pins, Snapshot
from tiangong.testing.memory import MemoryTree
from tiangong.testing.seals import Sealer, sealed_policy
from tiangong.testing.simulator import NOW, World
from tiangong.trust.reading import Cache
from tiangong.trust.verify import verify

ENVIRONMENT = "environments/dev/environment.yaml"
SHOP = "environments/dev/installations/shop.yaml"
RELEASE = "products/shop/releases/1.0.0/release.yaml"


@pytest.fixture
def world() -> World:
    world = World.small()
    world.set_policy("alice", **sealed_policy())
    world.environment("prod-eu")
    world.installation("prod-eu", "shop")
    world.environment("prod-us")
    world.installation("prod-us", "shop")
    world.release("shop", "1.0.0")
    return world


@pytest.fixture
def sealer(world: World) -> Sealer:
    sealer = Sealer(world)
    sealer.seal()
    return sealer


def pins(world: World, environment: str = "dev") -> Pins:
    return replace(world.pins(environment), level="sealed")


def ask(
    sealer: Sealer,
    memory: Memory | None = None,
    environment: str = "dev",
    snapshot: Snapshot | None = None,
    after: timedelta = timedelta(),
    cache: Cache | None = None,
) -> Desired:
    """What an agent at level sealed makes of it."""
    world = sealer.world
    shown = snapshot or sealer.snapshot()
    return verify(shown, pins(world, environment), memory, world.now + after, cache)


def nothing(sealer: Sealer, memory: Memory | None = None, **more: Any) -> set[str]:
    """Codes of why there is nothing to act on."""
    with pytest.raises(Refused) as caught:
        ask(sealer, memory, **more)
    return {found.code for found in caught.value.problems}


def told(desired: Desired) -> set[tuple[str, str]]:
    """Every refusal by path and code."""
    assert codes(desired)
    return {(refusal.path, refusal.problem.code) for refusal in desired.refusals}


def test_under_a_seal_everything_counts_as_before(sealer: Sealer) -> None:
    desired = ask(sealer)
    assert not desired.refusals
    assert not desired.holds
    assert desired.level == "sealed"
    assert desired.seal
    assert (desired.seal.sequence, desired.seal.issued) == (1, NOW)
    assert desired.revision == desired.seal.head == desired.memory.revision
    assert desired.memory.seal == desired.seal
    assert set(desired.installations) == {"shop"}


def test_what_is_pushed_and_not_sealed_is_not_seen(sealer: Sealer) -> None:
    sealer.world.edit(SHOP, spec__drift="repair")
    sealer.world.raw(ENVIRONMENT, b"garbage")
    desired = ask(sealer)
    assert not desired.refusals
    assert desired.installations["shop"].document.spec.drift is None


def test_without_a_seal_nothing_is_acted_on(world: World) -> None:
    assert nothing(Sealer(world)) == {"seal/none"}
    # A host that was told `signatures` learns of the level from the policy, whether sealed or not.
    with pytest.raises(Refused) as caught:
        verify(world.snapshot(), world.pins(), None, world.now)
    assert [found.code for found in caught.value.problems] == ["seal/none"]


def test_the_policy_can_raise_the_level_but_not_lower_what_the_host_was_told(sealer: Sealer) -> None:
    world = sealer.world
    seen = ask(sealer).memory
    world.set_policy("alice", **sealed_policy("signatures"))
    sealer.seal()
    assert codes(ask(sealer, seen)) == {"trust/policy.yaml": "trust/level"}
    assert ask(sealer, seen).level == "sealed"
    lowered = verify(sealer.snapshot(), world.pins(), seen, world.now)
    assert (lowered.level, lowered.seal) == ("signatures", None)


def test_row_1_a_seal_takes_the_role_sealer(sealer: Sealer) -> None:
    for signers in ((), ("alice",), ("mallory",), ("ci-release", "promoter", "bob")):
        raw = sealer.files[SEAL_FILE]
        sealer.write(raw, *signers)
        assert nothing(sealer) == {"seal/unsigned"}, signers
        sealer.write(raw, "sealer")
        assert not ask(sealer).refusals


def test_row_22_a_signature_of_another_kind_of_thing_is_none(sealer: Sealer) -> None:
    sealer.write(sealer.files[SEAL_FILE], "sealer", namespace="document.v1@tiangong.dev")
    assert nothing(sealer) == {"seal/bad-signature"}


def test_witnessed_takes_two_sealers(world: World) -> None:
    world.set_policy("alice", **sealed_policy("witnessed", "sealer", "witness"))
    sealer = Sealer(world)
    sealer.seal("sealer")
    assert nothing(sealer) == {"seal/unsigned"}
    sealer.write(sealer.files[SEAL_FILE], "sealer", "witness")
    assert ask(sealer).level == "witnessed"


def test_row_2_an_older_seal_is_older(sealer: Sealer) -> None:
    old, files = sealer.snapshot(), dict(sealer.files)
    sealer.world.suppress("s-1", environments=["*"])
    sealer.seal(after=timedelta(minutes=1))
    seen = ask(sealer, after=timedelta(minutes=1)).memory
    assert nothing(sealer, seen, snapshot=old) == {"seal/rollback"}
    assert files != sealer.files


def test_row_47_two_seals_of_one_number_are_told(sealer: Sealer) -> None:
    seen = ask(sealer).memory
    other = Sealer(sealer.world)
    sealer.world.edit(SHOP, spec__drift="repair")
    other.seal()
    assert nothing(other, seen) == {"seal/equivocation"}


def test_a_seal_that_follows_another_history_is_told(sealer: Sealer) -> None:
    seen = ask(sealer).memory
    sealer.seal(previous=sha512(b"another"))
    assert nothing(sealer, seen) == {"seal/forked"}


def test_a_seal_may_be_missed(sealer: Sealer) -> None:
    seen = ask(sealer).memory
    sealer.seal()
    sealer.seal()
    assert ask(sealer, seen).seal == sealer.sealing.mark


def test_row_6_files_of_two_dates_don_t_mix(sealer: Sealer) -> None:
    world = sealer.world
    before = world.copy()
    world.edit(SHOP, spec__drift="repair")
    sealer.seal()
    assert sealer.tip
    mixed = world.copy()
    mixed.files[SHOP] = before.files[SHOP]
    mixed.files[f"{SHOP}.alice.sig"] = before.files[f"{SHOP}.alice.sig"]
    snapshot = sealer.snapshot()
    assert snapshot.seals
    shown = replace(snapshot, seals=replace(snapshot.seals, sealed=mixed.tree()))
    assert nothing(sealer, snapshot=shown) == {"seal/other-bytes"}


@pytest.mark.parametrize("path", [SHOP, ENVIRONMENT, "suppressions/s-1.yaml", RELEASE, f"{SHOP}.alice.sig"])
def test_row_7_nothing_sealed_is_hidden_from_an_agent_without_memory(sealer: Sealer, path: str) -> None:
    world = sealer.world
    world.suppress("s-1", environments=["dev"])
    sealer.seal()
    hidden = {other: raw for other, raw in world.files.items() if other != path}
    snapshot = sealer.snapshot()
    assert snapshot.seals
    shown = replace(snapshot, seals=replace(snapshot.seals, sealed=MemoryTree(hidden)))
    assert nothing(sealer, snapshot=shown) == {"seal/hidden"}


def test_row_7_a_folder_that_was_never_sealed_adds_nothing(sealer: Sealer) -> None:
    world = sealer.world.copy()
    world.release("shop", "9.9.9")
    snapshot = sealer.snapshot()
    assert snapshot.seals
    shown = replace(snapshot, seals=replace(snapshot.seals, sealed=world.tree()))
    assert nothing(sealer, snapshot=shown) == {"seal/other-bytes"}


@pytest.mark.parametrize("how", ["gone", "changed", "older"])
def test_listings_are_the_sealed_ones(sealer: Sealer, how: str) -> None:
    path = listing_path("environments/dev/installations")
    old = sealer.files[path]
    sealer.world.edit(SHOP, spec__drift="repair")
    sealer.seal()
    new = sealer.files.pop(path)
    if how != "gone":
        sealer.files[path] = old if how == "older" else new + b"\n"
    assert nothing(sealer) == {"seal/no-listing" if how == "gone" else "seal/other-listing"}


def test_row_4_a_seal_from_the_future_is_not_taken(sealer: Sealer) -> None:
    sealer.seal(after=timedelta(minutes=9))
    assert ask(sealer).seal
    sealer.seal(after=timedelta(minutes=11))
    assert nothing(sealer) == {"seal/too-early"}


def test_the_clock_floor_is_what_a_sealer_attested(sealer: Sealer) -> None:
    sealer.seal(after=timedelta(minutes=9))
    seen = ask(sealer).memory
    assert seen.clock_floor == NOW + timedelta(minutes=9)
    assert holds(ask(sealer, seen, after=timedelta(minutes=-2))) == {"trust/clock"}


def test_of_another_repository_no_seal_counts(world: World) -> None:
    sealer = Sealer(world)
    sealer.seal()
    raw = sealer.files[SEAL_FILE].replace(world.repo.encode(), b"f" * 32)
    sealer.write(raw, "sealer")
    assert nothing(sealer) == {"seal/other-repo"}


def test_a_seal_is_named_by_its_number(sealer: Sealer) -> None:
    sealer.write(sealer.files[SEAL_FILE].replace(b'name: "1"', b'name: "2"'), "sealer")
    assert nothing(sealer) == {"seal/name"}


@pytest.mark.parametrize(
    "raw", [b"", b"\xff", b"a: b\n", b"x" * (2 << 20), b"apiVersion: tiangong.dev/v1\nkind: Seal\n"]
)
def test_garbage_is_no_seal(sealer: Sealer, raw: bytes) -> None:
    sealer.write(raw, "sealer")
    found = nothing(sealer)
    assert found
    assert all(code.startswith(("seal/", "document/")) for code in found)


def test_a_sealed_commit_that_isn_t_there_is_named(sealer: Sealer) -> None:
    snapshot = sealer.snapshot()
    assert snapshot.seals
    assert nothing(sealer, snapshot=replace(snapshot, seals=replace(snapshot.seals, sealed=None))) == {"seal/no-head"}


# ── quarantine ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_row_44_one_bad_document_holds_only_who_needs_it(sealer: Sealer) -> None:
    world = sealer.world
    installation = "environments/prod-eu/installations/shop.yaml"
    good = world.files[installation]
    world.raw(installation, world.files[installation].replace(b"channel: release", b"channel: stable"))
    world.release("shop", "1.1.0")
    seal = sealer.seal()
    assert [(one.path, one.why) for one in seal.spec.quarantine] == [(installation, "trust/bad-signature")]
    us = ask(sealer, environment="prod-us")
    assert not us.refusals
    assert "1.1.0" in us.releases["shop"]
    eu = ask(sealer, environment="prod-eu")  # an agent that has never seen it: the seal names what counted
    assert eu.installations["shop"].raw == good
    assert told(eu) == {(installation, "trust/bad-signature"), (installation, "trust/quarantined")}
    assert "1.1.0" in eu.releases["shop"]


def test_row_10_a_restriction_that_was_deleted_is_shown_to_an_agent_without_memory(sealer: Sealer) -> None:
    world = sealer.world
    path = world.suppress("s-1", environments=["dev"])
    sealer.seal()
    world.raw(path, None)
    seal = sealer.seal()
    assert [one.path for one in seal.spec.quarantine] == [path]
    desired = ask(sealer)
    assert [one.path for one in desired.suppressions] == [path]
    assert codes(desired) == {path: "trust/disappeared"}
    sealer.seal()  # and it stays so, seal after seal
    assert [one.path for one in ask(sealer).suppressions] == [path]


def test_a_restriction_that_is_over_may_go(sealer: Sealer) -> None:
    world = sealer.world
    first, second = world.suppress("s-1", hours=1), world.suppress("s-2")
    sealer.seal()
    world.withdraw(second)
    world.raw(first, None)
    world.raw(second, None)
    assert not sealer.seal(after=timedelta(hours=2)).spec.quarantine


def test_an_environment_that_was_retired_may_go(sealer: Sealer) -> None:
    world = sealer.world
    there = "environments/prod-us/"
    for path in [path for path in world.files if path.startswith(there) and path.endswith(".yaml")]:
        world.raw(path, None)
    assert len(sealer.seal().spec.quarantine) == 3
    again = Sealer(world.copy())
    again.world.environment("prod-us", state="retired")
    again.world.installation("prod-us", "shop")
    again.seal()
    for path in [path for path in again.world.files if path.startswith(there) and path.endswith(".yaml")]:
        again.world.raw(path, None)
    assert not again.seal().spec.quarantine


def test_quarantine_doesn_t_bring_back_what_is_older_than_what_was_accepted(sealer: Sealer) -> None:
    world = sealer.world
    old = sealer.sealing
    world.edit(SHOP, spec__drift="repair")
    sealer.seal()
    seen = ask(sealer).memory
    wiped = replace(seen, kept={path: replace(kept, raw=b"") for path, kept in seen.kept.items()})
    world.raw(SHOP, b"garbage")
    good = old.listings.lines("environments/dev/installations")["shop.yaml"]
    tree = sealer.tree()
    blob = next(id_ for id_, raw in tree._blobs.items() if sha512(raw) == good.digest)
    last = {"digest": good.digest, "since": NOW.isoformat(), "generation": 1, "blob": blob}
    sealer.seal(quarantine=[{"path": SHOP, "why": "x", "lastGood": last}])
    desired = ask(sealer, wiped)
    assert "shop" not in desired.installations


def test_what_verifies_is_not_replaced_by_what_a_sealer_names(sealer: Sealer) -> None:
    entry = sealer.tree().entry(SHOP)
    assert entry
    last = {"digest": sha512(b"x"), "since": NOW.isoformat(), "generation": 1, "blob": entry.id}
    sealer.seal(quarantine=[{"path": SHOP, "why": "x", "lastGood": last}])
    desired = ask(sealer)
    assert not desired.refusals
    assert desired.installations["shop"].raw == sealer.world.files[SHOP]


def test_last_good_bytes_must_be_signed_and_be_there(sealer: Sealer) -> None:
    world = sealer.world
    good = sealer.tree().entry(SHOP)
    assert good
    raw = world.files[SHOP]
    world.raw(SHOP, b"garbage")
    for last, code in (
        ({"digest": sha512(raw), "since": NOW.isoformat(), "generation": 1, "blob": good.id}, "trust/no-signature"),
        ({"digest": sha512(raw), "since": NOW.isoformat(), "generation": 1, "blob": "0" * 40}, "seal/lost-good"),
        ({"digest": sha512(b"y"), "since": NOW.isoformat(), "generation": 1, "blob": good.id}, "seal/lost-good"),
    ):
        sealer.seal(quarantine=[{"path": SHOP, "why": "x", "lastGood": last}])
        desired = ask(sealer)
        assert "shop" not in desired.installations
        assert (SHOP, code) in told(desired)


# ── memory, cost, listings ───────────────────────────────────────────────────────────────────────────────────────
def test_a_journal_keeps_the_seal_and_older_journals_are_brought_up(sealer: Sealer, tmp_path: Path) -> None:
    seen = ask(sealer).memory
    path = tmp_path / "journal.db"
    journal, _ = open_journal(path, NOW)
    journal.remember(seen)
    journal.close()
    journal, problems = open_journal(path, NOW)
    assert (journal.memory(sealer.world.repo), problems) == (seen, ())
    journal.close()


def test_asked_again_nothing_is_read_again(sealer: Sealer) -> None:
    cache = Cache()
    seen = ask(sealer, cache=cache).memory
    snapshot = sealer.snapshot()
    ask(sealer, seen, snapshot=snapshot, cache=cache)
    again = replace(snapshot)
    assert snapshot.seals
    assert isinstance(snapshot.seals.sealed, MemoryTree)
    snapshot.seals.sealed.files_read.clear()
    ask(sealer, seen, snapshot=again, cache=cache)
    assert snapshot.seals.sealed.files_read == []


def test_sealing_reads_only_what_changed(sealer: Sealer) -> None:
    world = sealer.world
    tree = world.tree()

    def listing(folder: str) -> Mapping[str, Line] | None:
        raw = sealer.files.get(listing_path(folder))
        return read_listing(raw) if raw else None

    world.edit(SHOP, spec__drift="repair")
    made = list_tree(world.tree(), NOW + timedelta(hours=1), Before(tree, listing))
    assert made.read == 2  # the document and its signature
    folders = {"", "environments", "environments/dev", "environments/dev/installations"}
    assert set(made.files) == {listing_path(folder) for folder in folders}
    whole = list_tree(world.tree(), NOW)
    lines = read_listing(made.files[listing_path("environments/dev/installations")] or b"")
    assert lines["shop.yaml"].since == NOW + timedelta(hours=1)
    assert {line.digest for line in lines.values()} == {
        line.digest
        for line in read_listing(whole.files[listing_path("environments/dev/installations")] or b"").values()
    }


def test_what_was_removed_goes_from_the_listings(sealer: Sealer) -> None:
    world = sealer.world
    tree = world.tree()
    for path in [path for path in world.files if path.startswith("environments/prod-us/")]:
        del world.files[path]

    def listing(folder: str) -> Mapping[str, Line] | None:
        raw = sealer.files.get(listing_path(folder))
        return read_listing(raw) if raw else None

    made = list_tree(world.tree(), NOW, Before(tree, listing))
    assert made.files[f"{FOLDER}/environments/prod-us"] is None
    assert made.root == list_tree(world.tree(), NOW).root


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,12}", fullmatch=True)
LINES = st.dictionaries(
    NAMES, st.tuples(st.binary(min_size=1, max_size=4), st.one_of(st.none(), st.just(NOW))), max_size=6
)


@given(LINES)
def test_a_folder_has_one_listing(found: dict[str, tuple[bytes, Any]]) -> None:
    lines = {name: Line(name, sha512(raw), since) for name, (raw, since) in found.items()}
    raw = write_listing(lines.values())
    assert read_listing(raw) == lines
    assert write_listing(reversed(lines.values())) == raw


@given(LINES, st.integers(0, 400), st.binary(min_size=1, max_size=2))
def test_other_bytes_are_another_folder_or_none(found: dict[str, tuple[bytes, Any]], at: int, new: bytes) -> None:
    lines = {name: Line(name, sha512(raw), since) for name, (raw, since) in found.items()}
    raw = write_listing(lines.values())
    other = raw[:at] + new + raw[at + len(new) :]
    try:
        assert (read_listing(other) == lines) == (other == raw)
    except ValueError:
        assert other != raw
    assert raw.startswith(HEAD)
