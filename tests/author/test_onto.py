"""Two people edit one document in two branches: every tool stops, and one command brings both edits together, signed."""

import subprocess

import pygit2
import pytest

from tests.author.office import DEV, SHOP, Desk, Office, git

PROFILE = "profiles/standard.yaml"
README = "README.md"


@pytest.fixture
def carol(office: Office) -> Desk:
    return office.desk("carol")


@pytest.fixture
def parted(alice: Desk, carol: Desk) -> tuple[Desk, Desk]:
    """Carol has pushed her edit of dev to main; alice has committed another one on a branch of hers."""
    carol.edit(DEV, "timezone: UTC", "timezone: Europe/Paris   # the office")
    carol.commit("paris", "-a", "--push")
    alice.git("switch", "-q", "-c", "mine")
    alice.edit(DEV, "labels:\n    tier: dev", "labels:\n    tier: gold")
    alice.commit("gold", "-a")
    alice.git("fetch", "-q")
    return alice, carol


def settled(desk: Desk, path: str = DEV, generation: int = 3) -> None:
    """Both edits, one document, signed, and every agent accepts it."""
    text = desk.git("show", f"HEAD:{path}")
    assert "timezone: Europe/Paris   # the office" in text
    assert "tier: gold" in text
    assert desk.generation(path) == generation
    assert desk.refused() == []
    assert desk.run("verify", "HEAD").code == 0
    assert desk.git("status", "--porcelain") == ""
    assert desk.git("ls-files", "--unmerged") == ""


# ── nothing merges two edits silently ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "command",
    [
        ("merge", "origin/main"),
        ("merge", "--squash", "origin/main"),
        ("merge", "-s", "recursive", "-X", "patience", "origin/main"),
        ("rebase", "origin/main"),
        ("cherry-pick", "origin/main"),
    ],
    ids=" ".join,
)
def test_git_stops(parted: tuple[Desk, Desk], command: tuple[str, ...]) -> None:
    alice, _ = parted
    assert DEV in alice.git(*command, fails=True)
    assert DEV in alice.git("ls-files", "--unmerged")


def test_a_bare_merge_stops(parted: tuple[Desk, Desk], office: Office) -> None:
    """What a forge does: without work tree, without configuration of anybody."""
    alice, _ = parted
    alice.git("push", "-q", "origin", "mine")
    merged = subprocess.run(
        ["git", "merge-tree", "--write-tree", "main", "mine"],
        cwd=office.origin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert merged.returncode == 1
    assert f"CONFLICT (content): Merge conflict in {DEV}" in merged.stdout
    repository = pygit2.Repository(str(office.origin))
    base = repository.merge_base(*(repository.revparse_single(name).id for name in ("main", "mine")))
    trees = [repository[base], repository.revparse_single("main"), repository.revparse_single("mine")]
    conflicts = repository.merge_trees(*(one.peel(pygit2.Tree) for one in trees)).conflicts
    assert conflicts is not None
    assert DEV in {entry.path for one in conflicts for entry in one if entry}


# ── one command ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_from_a_clean_branch(parted: tuple[Desk, Desk]) -> None:
    alice, carol = parted
    said = alice.run("commit", "--onto", "main", "--push")
    assert said.code == 0, said
    assert "Your edits on top of origin/main:" in said.err
    assert "metadata.labels.tier: dev → gold" in said.out
    assert "timezone" not in said.out
    settled(alice)
    assert len(alice.clone.parents_of(alice.clone.head or "")) == 2
    assert alice.git("log", "-1", "--format=%s") == "Bring together with origin/main\n"
    carol.git("fetch", "-q")
    carol.git("merge", "-q", "--ff-only", "origin/mine")
    settled(carol)


def test_with_edits_that_are_not_committed_yet(alice: Desk, carol: Desk, office: Office) -> None:
    """The usual morning: edited on main, while somebody else pushed."""
    carol.edit(DEV, "timezone: UTC", "timezone: Europe/Paris   # the office")
    carol.edit(README, "control", "our control")
    carol.commit("paris", "-a", "--push")
    alice.edit(DEV, "tier: dev", "tier: gold")
    alice.write("notes.txt", "mine")
    said = alice.commit("gold", "-a", "--onto", "main", "--push")
    settled_but(alice, "?? notes.txt\n")
    assert alice.git("log", "--format=%s").splitlines()[:2] == ["gold", "paris"], "no merge commit: a line"
    assert "our control" in alice.text(README)
    assert "spec.timezone" not in said.out
    assert git(office.origin, "rev-parse", "main") == alice.git("rev-parse", "HEAD")


def settled_but(desk: Desk, status: str) -> None:
    assert desk.generation(DEV) == 3
    assert "tier: gold" in desk.text(DEV)
    assert "timezone: Europe/Paris   # the office" in desk.text(DEV)
    assert desk.refused() == []
    assert desk.git("status", "--porcelain") == status


def test_committed_and_uncommitted_edits_together(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    alice.edit(SHOP, "config: {}", "config: {a: 1}")
    alice.edit(DEV, "tier: gold", 'tier: gold\n    floor: "3"')
    alice.git("add", DEV)
    alice.commit("both", "--onto", "origin/main")
    settled_but(alice, f" M {SHOP}\n")
    assert 'floor: "3"' in alice.text(DEV)
    alice.commit("shop", "-a")
    assert alice.refused() == []


def test_nothing_to_do(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    alice.git("switch", "-q", "main")
    said = alice.run("commit", "--onto", "main")
    assert "You have no edits of your own: now at origin/main" in said
    assert alice.git("rev-parse", "HEAD") == alice.git("rev-parse", "origin/main")
    assert "has nothing that isn't here already" in alice.run("commit", "--onto", "main")
    assert "author/no-branch" in alice.run("commit", "--onto", "nowhere")


def test_a_dry_run_shows_and_changes_nothing(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    before = alice.state()
    said = alice.run("commit", "--onto", "main", "--dry-run")
    assert "metadata.labels.tier: dev → gold" in said
    assert alice.state() == before


def test_a_remote_that_is_away(parted: tuple[Desk, Desk], office: Office) -> None:
    alice, _ = parted
    office.origin.rename(office.folder / "gone")
    said = alice.run("commit", "--onto", "main")
    assert said.code == 0
    assert "author/fetch-away" in said
    settled(alice)


def test_without_the_role_nothing_happens(office: Office, carol: Desk) -> None:
    bob = office.desk("bob")
    bob.edit(DEV, "tier: dev", "tier: gold")
    bob.git("commit", "-qam", "unsigned")
    carol.edit(DEV, "timezone: UTC", "timezone: Europe/Paris")
    carol.commit("paris", "-a", "--push")
    bob.git("fetch", "-q")
    before = bob.state()
    said = bob.run("commit", "--onto", "main", "-a")
    assert said.code == 4
    assert "needs role owner" in said
    assert bob.state() == before


def test_a_hook_that_fails_leaves_everything_as_it_was(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    file = alice.root / ".git" / "hooks" / "pre-commit"
    file.write_text("#!/bin/sh\nexit 1\n")
    file.chmod(0o755)
    alice.edit(SHOP, "config: {}", "config: {a: 1}")
    before = alice.state()
    assert alice.run("commit", "--onto", "main", "-a").code == 1
    assert alice.state() == before
    assert alice.clone.stopped is None


# ── where git has stopped ────────────────────────────────────────────────────────────────────────────────────────
def test_in_a_merge(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    alice.git("merge", "origin/main", fails=True)
    assert "author/unmerged" in alice.commit("x", "-a", code=2)
    alice.commit("together", "--onto", "main")
    settled(alice)
    assert len(alice.clone.parents_of(alice.clone.head or "")) == 2
    assert alice.clone.stopped is None


def test_in_a_squash(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    alice.git("switch", "-q", "main")
    alice.git("merge", "-q", "--ff-only", "origin/main")
    alice.git("merge", "--squash", "mine", fails=True)
    alice.commit("together", "--onto", "mine")
    settled(alice)
    assert len(alice.clone.parents_of(alice.clone.head or "")) == 1


@pytest.mark.parametrize(("backend", "word"), [("merge", "--continue"), ("apply", "--skip")])
def test_in_a_rebase(parted: tuple[Desk, Desk], backend: str, word: str) -> None:
    alice, _ = parted
    alice.edit(SHOP, "config: {}", "config: {a: 1}")
    alice.commit("shop", "-a")
    alice.git("-c", f"rebase.backend={backend}", "rebase", "origin/main", fails=True)
    said = alice.commit("together", "--onto", "main")
    assert f"Next: git rebase {word}" in said
    alice.git("rebase", word)
    settled(alice)
    assert alice.git("log", "--format=%s").splitlines()[:3] == ["shop", "together", "paris"]
    assert "config: {a: 1}" in alice.text(SHOP)


def test_in_a_rebase_of_two_edits(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    alice.edit(DEV, "tier: gold", "tier: gold\n    floor: two")
    alice.commit("floor", "-a")
    alice.git("rebase", "origin/main", fails=True)
    alice.commit("together", "--onto", "main")
    alice.git("-c", "core.editor=true", "rebase", "--continue", fails=True)
    alice.commit("floor", "--onto", "main")
    alice.git("rebase", "--continue")
    settled(alice, generation=4)
    assert "floor: two" in alice.text(DEV)


def test_in_a_cherry_pick(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    alice.git("switch", "-q", "main")
    alice.git("merge", "-q", "--ff-only", "origin/main")
    alice.git("cherry-pick", "mine", fails=True)
    alice.commit("together", "--onto", "mine")
    settled(alice)
    assert alice.clone.stopped is None


def test_where_git_merges_files_as_a_whole(parted: tuple[Desk, Desk]) -> None:
    """Without markers in the file nobody has decided anything."""
    alice, _ = parted
    alice.write(".git/info/attributes", "*.yaml -merge\n")
    alice.git("merge", "origin/main", fails=True)
    assert "<<<<" not in alice.text(DEV)
    alice.commit("together", "--onto", "main")
    settled(alice)


def test_put_right_by_hand(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    alice.git("merge", "origin/main", fails=True)
    alice.git("checkout", "--theirs", DEV)
    alice.edit(DEV, "tier: dev", "tier: gold")
    alice.commit("together", "--onto", "main")
    settled(alice)


@pytest.mark.parametrize(("side", "generation"), [("--ours", 3), ("--theirs", 3)])
def test_one_side_chosen(parted: tuple[Desk, Desk], side: str, generation: int) -> None:
    """Both versions are generation 2: also the one that is taken as it is gets a new number."""
    alice, _ = parted
    alice.git("merge", "origin/main", fails=True)
    alice.git("checkout", side, DEV)
    alice.git("add", DEV)
    alice.git("add", "-A")
    alice.commit("one side", "--onto", "main")
    assert alice.generation(DEV) == generation
    assert ("tier: gold" in alice.text(DEV)) == (side == "--ours")
    assert alice.refused() == []


def test_edits_between_the_markers_are_never_overwritten(parted: tuple[Desk, Desk]) -> None:
    alice, _ = parted
    alice.git("merge", "origin/main", fails=True)
    alice.edit(DEV, "tier: gold", "tier: silver")
    before = alice.text(DEV)
    said = alice.commit("x", "--onto", "main", code=1)
    assert "author/markers-left" in said
    assert alice.text(DEV) == before


def test_a_merge_that_stopped_at_other_files_only(office: Office, alice: Desk, carol: Desk) -> None:
    """Documents came along by themselves; also one that somebody left unsigned, which is not mine to sign."""
    bob = office.desk("bob")
    carol.edit(README, "control", "our control")
    carol.edit(DEV, "timezone: UTC", "timezone: Europe/Paris")
    carol.commit("paris", "-a")
    carol.edit("products/extra/product.yaml", "team-extra", "nobody")
    carol.git("commit", "-qam", "unsigned")
    carol.git("push", "-q")
    bob.edit(README, "control", "my control")
    bob.edit(SHOP, "config: {}", "config: {a: 1}")
    bob.commit("mine", "-a")
    bob.git("fetch", "-q")
    bob.git("merge", "origin/main", fails=True)
    assert "author/unmerged" in bob.commit("x", code=2)
    bob.git("checkout", "--theirs", README)
    bob.git("add", README)
    said = bob.commit("together")
    assert "signs as" not in said
    assert len(bob.clone.parents_of(bob.clone.head or "")) == 2
    assert [path for path, _ in bob.refused()] == ["products/extra/product.yaml"]
    assert bob.git("status", "--porcelain") == ""


def test_other_files_are_left_to_git(parted: tuple[Desk, Desk]) -> None:
    alice, carol = parted
    carol.edit(README, "control", "our control")
    carol.commit("readme", "-a", "--push")
    alice.edit(README, "control", "my control")
    alice.commit("readme", "-a")
    alice.git("fetch", "-q")
    before = alice.state()
    said = alice.run("commit", "--onto", "main")
    assert said.code == 2
    assert f"{README}\n  was changed on both sides" in said.err
    assert alice.state() == before
    alice.git("merge", "origin/main", fails=True)
    assert README in alice.run("commit", "--onto", "main").err
    alice.git("checkout", "--theirs", README)
    alice.git("add", README)
    alice.commit("together", "--onto", "main")
    settled(alice)
    assert "our control" in alice.text(README)


# ── what only a person can decide ────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def clashing(alice: Desk, carol: Desk) -> Desk:
    carol.edit(DEV, "timezone: UTC", "timezone: Europe/Paris")
    carol.commit("paris", "-a", "--push")
    alice.git("switch", "-q", "-c", "mine")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.edit(DEV, "tier: dev", "tier: gold")
    alice.commit("berlin", "-a")
    return alice


def test_both_values_are_listed_and_the_merge_waits(clashing: Desk) -> None:
    alice = clashing
    said = alice.run("commit", "--onto", "main")
    assert said.code == 1
    assert f"{DEV}:" in said.err
    assert "spec.timezone\n  you wrote Europe/Berlin, origin/main has Europe/Paris (before: UTC)" in said.err
    assert "edit the files between the markers, then: tiangong commit --onto origin/main" in said.err
    assert alice.clone.stopped == "merge"
    text = alice.text(DEV)
    assert "<<<<<<< mine\n  timezone: Europe/Berlin\n=======\n  timezone: Europe/Paris\n>>>>>>> origin/main\n" in text
    assert "tier: gold" in text
    assert text.count("<<<<<<<") == 1
    again = alice.run("commit", "--onto", "main")
    assert (again.code, again.err) == (said.code, said.err)
    assert alice.text(DEV) == text
    alice.write(
        DEV, text.replace("<<<<<<< mine\n", "").replace("=======\n  timezone: Europe/Paris\n>>>>>>> origin/main\n", "")
    )
    alice.commit("berlin it is", "--onto", "main")
    assert alice.generation(DEV) == 3
    assert "timezone: Europe/Berlin" in alice.text(DEV)
    assert alice.refused() == []
    assert alice.run("verify", "HEAD").code == 0


def test_it_can_be_given_up(clashing: Desk) -> None:
    before = clashing.git("rev-parse", "HEAD")
    clashing.run("commit", "--onto", "main")
    clashing.git("merge", "--abort")
    assert clashing.git("rev-parse", "HEAD") == before
    assert clashing.git("status", "--porcelain") == ""


def test_uncommitted_edits_are_never_put_into_a_stopped_merge(clashing: Desk) -> None:
    alice = clashing
    alice.edit(SHOP, "config: {}", "config: {a: 1}")
    alice.git("fetch", "-q")
    before = alice.state()
    said = alice.run("commit", "--onto", "main", "-a")
    assert said.code == 1
    assert "you wrote Europe/Berlin" in said
    assert "tiangong commit -a -m MESSAGE, then tiangong commit --onto origin/main" in said
    assert alice.state() == before


def test_deleted_here_and_edited_there(alice: Desk, office: Office) -> None:
    bob = office.desk("bob")
    bob.edit(SHOP, "config: {}", "config: {a: 1}")
    bob.commit("one", "-a", "--push")
    alice.git("rm", "-q", SHOP)
    alice.commit("gone")
    said = alice.run("commit", "--onto", "main")
    assert said.code == 1
    assert f"{SHOP}\n  you deleted it, and origin/main has edited it" in said.err
    assert alice.clone.stopped == "merge"
    assert "you deleted it" in alice.run("commit", "--onto", "main")
    alice.git("add", SHOP)
    alice.commit("keep", "--onto", "main")
    assert alice.generation(SHOP) == 2
    assert "config: {a: 1}" in alice.text(SHOP)
    assert alice.refused() == []


def test_a_release_published_twice(alice: Desk, carol: Desk, office: Office) -> None:
    from tests.author.test_commit import RELEASE, RELEASE_TEXT

    for desk, folder in ((carol, "/srv/a"), (alice, "/srv/b")):
        keys = desk.clone.private / "keys"
        keys.mkdir(parents=True)
        for part in ("release", "release.pub"):
            (keys / part).write_bytes((office.folder / "machines" / part).read_bytes())
            (keys / part).chmod(0o600)
        desk.write(RELEASE, RELEASE_TEXT.replace("/srv/shop", folder).replace("place: app", "place: app/x"))
        desk.write(RELEASE.replace("release.yaml", "app/x"), "x")
    carol.commit("publish", "-a", "--push")
    alice.commit("publish", "-a")
    said = alice.run("commit", "--onto", "main")
    assert said.code == 1
    assert "was published here and in origin/main, and they differ" in said


# ── generations ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_number_the_other_line_has_used_is_not_used_again(alice: Desk, carol: Desk) -> None:
    """Main had generation 2, and went back to 1 by a revert: git merges without a conflict."""
    carol.edit(DEV, "timezone: UTC", "timezone: Europe/Paris")
    carol.commit("paris", "-a")
    carol.git("revert", "--no-edit", "HEAD")
    carol.git("push", "-q")
    alice.git("switch", "-q", "-c", "mine")
    alice.edit(DEV, "tier: dev", "tier: gold")
    alice.commit("gold", "-a")
    assert alice.generation(DEV) == 2
    alice.commit("together", "--onto", "main")
    assert alice.generation(DEV) == 3
    assert "tier: gold" in alice.text(DEV)
    assert alice.refused() == []


def test_what_others_did_meanwhile_comes_along_unsigned_by_me(parted: tuple[Desk, Desk]) -> None:
    alice, carol = parted
    carol.edit(PROFILE, "drift: report", "drift: repair")
    carol.commit("repair", "-a", "--push")
    said = alice.run("commit", "--onto", "main")
    assert PROFILE not in said.out
    assert "drift: repair" in alice.text(PROFILE)
    assert f"{PROFILE}.carol.sig" in alice.git("ls-files")
    assert f"{PROFILE}.alice.sig" not in alice.git("ls-files")
    settled(alice)
