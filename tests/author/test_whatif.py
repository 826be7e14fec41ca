"""A commit as agents would see it once a draft is signed: judged by their own rules, and nothing is written."""

from datetime import UTC, datetime

import pytest

from tests.author.office import DEV, Desk, git
from tiangong.author.clone import Clone
from tiangong.author.draft import Draft, desk, draft
from tiangong.author.keys import key_at
from tiangong.author.team import team
from tiangong.author.whatif import as_if_signed
from tiangong.errors import Refused
from tiangong.fleet.roster import pins_found
from tiangong.model.stages import Desired, Snapshot
from tiangong.trust.verify import verify

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def drafted(alice: Desk, path: str, old: str, new: str) -> tuple[Clone, Draft]:
    clone = Clone(alice.root)
    raw = (clone.on_disk(path) or b"").decode()
    assert old in raw
    tree = clone.work().with_files({path: raw.replace(old, new).encode()})
    return clone, draft(desk(clone, tree, team([tree], [key_at(alice.world.key("alice"))], [])), [path])


def seen(clone: Clone, made: Draft) -> Desired:
    tree = as_if_signed(clone, made)
    return verify(Snapshot("clone", clone.head or "", tree, NOW), pins_found(tree, "dev"), None, NOW)


def test_the_draft_counts_and_everything_else_is_as_it_was(alice: Desk) -> None:
    clone, made = drafted(alice, DEV, "timezone: UTC", "timezone: Europe/Berlin")
    before = Clone(alice.root).status()
    desired = seen(clone, made)
    assert desired.environment.document.spec.timezone == "Europe/Berlin"
    assert desired.refusals == ()
    assert set(desired.installations) == {"shop"}
    assert desired.installations["shop"].signers != desired.environment.signers
    assert clone.status() == before


def test_what_isnt_in_order_stays_refused(alice: Desk) -> None:
    """Only the draft's documents are taken as signed."""
    profile = alice.root / "profiles" / "standard.yaml"
    profile.write_text(profile.read_text().replace("drift: report", "drift: repair"))
    git(alice.root, "commit", "-qam", "by hand")
    clone, made = drafted(alice, DEV, "timezone: UTC", "timezone: Europe/Berlin")
    desired = seen(clone, made)
    assert [refusal.path for refusal in desired.refusals] == ["profiles/standard.yaml"]
    assert desired.profiles == {}


def test_an_edited_policy_is_not_taken_as_if_it_were_in_force(alice: Desk) -> None:
    clone, made = drafted(alice, "trust/policy.yaml", "who: [alice, bob]", "who: [bob]")
    grants = seen(clone, made).policy.document.spec.roles
    assert next(grant.who for grant in grants if grant.role == "operator") == ("alice", "bob")


def test_where_nothing_can_be_trusted_nothing_is_foreseen(alice: Desk) -> None:
    policy = alice.root / "trust" / "policy.yaml"
    policy.write_text(policy.read_text() + "# by hand\n")
    git(alice.root, "commit", "-qam", "by hand")
    clone, made = drafted(alice, DEV, "timezone: UTC", "timezone: Europe/Berlin")
    with pytest.raises(Refused):
        as_if_signed(clone, made)
