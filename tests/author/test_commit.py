"""One command from an edited file to a signed commit; what it doesn't sign, and what it leaves as it was."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.author.office import DEV, POLICY, SHOP, Desk, Office, git

EXTRA = "products/extra/product.yaml"


def test_an_edit_is_stamped_signed_and_committed(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    said = alice.commit("tz", "-a")
    assert "spec.timezone: UTC → Europe/Berlin" in said
    assert "alice signs as owner" in said
    assert "Next: git push" in said
    assert alice.generation(DEV) == 2
    assert alice.refused() == []
    assert alice.git("status", "--porcelain") == ""
    assert alice.git("log", "-1", "--format=%s %an").strip() == "tz alice"
    assert alice.git("show", "--name-only", "--format=").split() == [DEV, f"{DEV}.alice.sig"]


def test_nothing_changed(alice: Desk) -> None:
    before = alice.state()
    assert "Nothing to commit" in alice.commit("nothing", "-a")
    assert alice.state() == before


def test_comments_and_layout_stay(alice: Desk) -> None:
    before = alice.text(DEV)
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Paris  # since 2026")
    alice.commit("tz", "-a")
    lines = [line for line in alice.text(DEV).splitlines() if "generation" not in line and "change" not in line]
    expected = before.replace("timezone: UTC", "timezone: Europe/Paris  # since 2026").splitlines()
    assert lines == [line for line in expected if "generation" not in line and "change" not in line]


# ── what a commit takes ──────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_staged_and_nothing_else(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.edit(EXTRA, "team-extra", "all of them")
    alice.git("add", EXTRA)
    alice.commit("channel")
    assert alice.git("show", "--name-only", "--format=").split() == [EXTRA, f"{EXTRA}.alice.sig"]
    assert alice.git("status", "--porcelain") == f" M {DEV}\n"
    assert "Europe/Berlin" in alice.text(DEV)
    assert alice.refused() == []


def test_further_edits_after_staging_stay_in_the_work_tree(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.git("add", DEV)
    alice.edit(DEV, "Europe/Berlin", "Europe/Paris")
    said = alice.commit("berlin")
    assert "1 of these have further edits" in said
    assert "Europe/Berlin" in alice.git("show", f"HEAD:{DEV}")
    assert "Europe/Paris" in alice.text(DEV)
    assert alice.refused() == []
    alice.commit("paris", "-a")
    assert alice.generation(DEV) == 3
    assert "Europe/Paris" in alice.git("show", f"HEAD:{DEV}")
    assert alice.refused() == []


def test_named_paths_whatever_else_is_staged(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.edit(EXTRA, "team-extra", "all of them")
    alice.git("add", EXTRA)
    alice.commit("tz", "environments")
    assert alice.git("show", "--name-only", "--format=").split() == [DEV, f"{DEV}.alice.sig"]
    assert alice.git("status", "--porcelain") == f"M  {EXTRA}\n"
    assert alice.refused() == []


def test_paths_are_meant_from_the_current_folder(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    said = alice.world.run(alice.root / "environments", "alice", "commit", "-m", "tz", "dev/environment.yaml")
    assert said.code == 0
    assert alice.generation(DEV) == 2
    for path, code in (("../../elsewhere", "author/outside"), ("nowhere.yaml", "author/no-such-path")):
        said = alice.world.run(alice.root / "environments", "alice", "commit", "-m", "x", path)
        assert (said.code, code in said) == (2, True)


def test_asking_needs_a_terminal(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    before = alice.state()
    said = alice.commit("tz", code=2)
    assert "author/no-terminal" in said
    assert "add -a" in said
    assert alice.state() == before
    alice.commit("tz", "--yes")
    assert alice.generation(DEV) == 2


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 130)])
def test_on_a_terminal_it_asks(alice: Desk, answer: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    before = alice.state()
    outer, inner = os.openpty()
    os.write(outer, answer.encode() or b"\x04")
    with os.fdopen(inner) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        said = alice.run("commit", "-m", "tz")
    os.close(outer)
    assert said.code == code, said
    assert "Sign these (1) and commit?" in said
    assert (alice.state() == before) == (code != 0)


def test_a_dry_run_needs_no_message_and_changes_nothing(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    before = alice.state()
    said = alice.run("commit", "--dry-run")
    assert said.code == 0
    assert "UTC → Europe/Berlin" in said.out
    assert "nothing was signed" in said
    assert alice.state() == before
    assert "author/no-message" in alice.run("commit")


def test_other_files(alice: Desk) -> None:
    alice.edit("README.md", "control repository", "our control repository")
    alice.write("notes.txt", "mine\n")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    said = alice.commit("all", "-a")
    assert "1 new files elsewhere are left alone, such as notes.txt" in said
    assert alice.git("show", "--name-only", "--format=").split() == ["README.md", DEV, f"{DEV}.alice.sig"]
    assert alice.git("status", "--porcelain") == "?? notes.txt\n"


def test_what_git_ignores_stays_out_but_signatures_do_not(alice: Desk) -> None:
    alice.write(".git/info/exclude", "*.sig\nchannels/*.bak\n")
    alice.write("channels/x.bak", "old")
    alice.write("products/next/product.yaml", alice.text(EXTRA).replace("name: extra", "name: next"))
    alice.commit("next", "-a")
    assert alice.git("show", "--name-only", "--format=").split() == [
        "products/next/product.yaml",
        "products/next/product.yaml.alice.sig",
    ]
    assert alice.refused() == []


# ── who may ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_without_the_role_nothing_is_signed(office: Office) -> None:
    bob = office.desk("bob")
    bob.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    bob.edit(SHOP, "config: {}", "config: {a: 1}")
    before = bob.state()
    said = bob.commit("both", "-a", code=4)
    assert "needs role owner; bob doesn't have it, alice, carol has" in said
    assert f"{DEV}\n" in said
    assert "git push origin" in said
    assert f"{SHOP}\n  needs" not in said.err
    assert bob.state() == before
    bob.commit("mine", SHOP)
    assert bob.refused() == []


def test_what_bob_sent_unsigned_alice_signs(office: Office) -> None:
    bob = office.desk("bob")
    bob.git("switch", "-q", "-c", "tz")
    bob.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    bob.git("commit", "-qam", "tz")
    bob.git("push", "-q", "origin", "tz")
    assert bob.refused() == [(DEV, "trust/bad-signature")]
    alice = office.desk("alice")
    alice.git("switch", "-q", "tz")
    said = alice.commit("sign", "-a")
    assert "alice signs as owner" in said
    assert alice.generation(DEV) == 2
    assert alice.refused() == []


def test_what_others_left_unsigned_stops_nobody(office: Office) -> None:
    bob = office.desk("bob")
    bob.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    bob.git("commit", "-qam", "unsigned")
    bob.edit(SHOP, "config: {}", "config: {a: 1}")
    said = bob.commit("mine", "-a")
    assert "Unsigned documents that are not yours to sign: 1" in said
    assert bob.refused() == [(DEV, "trust/bad-signature")]
    assert "needs role owner" in bob.commit("mine", DEV, code=4)
    assert "Nothing to commit" in bob.commit("mine", "-a")


def test_a_stranger_is_told_what_to_send(office: Office) -> None:
    mallory = office.desk("mallory")
    mallory.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    said = mallory.commit("mine now", "-a", code=2)
    assert "author/unknown-key" in said
    assert office.public("mallory") in said
    assert "--as" not in said
    said = mallory.commit("mine now", "-a", "--as", "alice", code=2)
    assert "no key of alice is here" in said


def test_two_signatures_are_said_before_and_counted(office: Office, alice: Desk) -> None:
    alice.edit(
        POLICY,
        'who: [alice, carol], environments: ["*"], threshold: 1',
        'who: [alice, carol], environments: ["*"], threshold: 2',
    )
    alice.commit("two owners", "-a")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    said = alice.commit("tz", "-a", "--push")
    assert "alice signs as owner; 1 more of carol will still be needed" in said
    assert f"ask them to run: git pull && tiangong sign {DEV} --commit --push" in said
    assert (DEV, "trust/threshold") in alice.refused()


# ── documents come and go ────────────────────────────────────────────────────────────────────────────────────────
def test_a_deleted_document_takes_its_signatures_along_and_deleting_never_acts(alice: Desk) -> None:
    (alice.root / EXTRA).unlink()
    said = alice.commit("gone", EXTRA)
    assert f"deleted   {EXTRA}" in said
    assert "[author/deleting D5]" in said
    assert sorted(alice.git("show", "--name-only", "--format=").split()) == [EXTRA, f"{EXTRA}.alice.sig"]
    assert alice.refused() == []


def test_written_anew_the_generation_goes_on(alice: Desk) -> None:
    text = alice.text(EXTRA)
    alice.edit(EXTRA, "team-extra", "all")
    alice.commit("two", "-a")
    (alice.root / EXTRA).unlink()
    alice.commit("gone", "-a")
    alice.write(EXTRA, text)
    alice.commit("again", "-a")
    assert alice.generation(EXTRA) == 3
    assert alice.refused() == []


def test_a_suppression_is_written_once(alice: Desk) -> None:
    path = "suppressions/inc-1.yaml"
    spec = "{environments: [dev], until: 2099-01-01T00:00:00Z, reason: incident}"
    text = f"apiVersion: tiangong.dev/v1\nkind: Suppression\nmetadata: {{name: inc-1}}\nspec: {spec}\n"
    alice.write(path, text)
    alice.commit("hold", "-a")
    alice.edit(path, "2099", "2100")
    said = alice.commit("longer", "-a", code=2)
    assert "author/suppression-written" in said
    (alice.root / path).unlink()
    alice.commit("gone", "-a")
    alice.write(path, text)
    assert "author/suppression-written" in alice.commit("again", "-a", code=2)


def test_a_revert_is_signed_as_something_new(alice: Desk) -> None:
    alice.edit(EXTRA, "team-extra", "all")
    alice.commit("two", "-a")
    alice.git("revert", "--no-edit", "HEAD")
    assert alice.generation(EXTRA) == 1
    alice.commit("back", EXTRA)
    assert alice.generation(EXTRA) == 3
    assert "team-extra" in alice.text(EXTRA)


def test_a_generation_typed_by_hand_is_not_believed(alice: Desk) -> None:
    alice.edit(EXTRA, "generation: 1", "generation: 9007199254740991")
    alice.git("commit", "-qam", "by hand")
    alice.edit(EXTRA, "team-extra", "all")
    alice.commit("mine", "-a")
    assert alice.generation(EXTRA) == 2


def test_a_renamed_document(alice: Desk) -> None:
    (alice.root / "products" / "late").mkdir()
    alice.git("mv", EXTRA, "products/late/product.yaml")
    alice.edit("products/late/product.yaml", "name: extra", "name: late")
    said = alice.commit("rename", "-a")
    assert f"deleted   {EXTRA}" in said
    assert "new       products/late/product.yaml" in said
    assert alice.generation("products/late/product.yaml") == 1
    assert alice.refused() == []
    assert alice.git("status", "--porcelain") == ""


def test_a_co_signature_that_still_fits_stays(office: Office, alice: Desk) -> None:
    raw = office.folder / "copy"
    raw.write_bytes((alice.root / DEV).read_bytes())
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", office.key("carol"), "-n", "document.v1@tiangong.dev", raw], check=True
    )
    alice.write(f"{DEV}.carol.sig", raw.with_name("copy.sig").read_text())
    alice.edit(EXTRA, "team-extra", "all")
    alice.commit("both", "-a")
    assert f"{DEV}.carol.sig" in alice.git("ls-files")
    assert alice.generation(DEV) == 1
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.commit("tz", "-a")
    assert f"{DEV}.carol.sig" not in alice.git("ls-files")
    assert not (alice.root / f"{DEV}.carol.sig").exists()
    assert alice.refused() == []


# ── git as people have it ────────────────────────────────────────────────────────────────────────────────────────
def test_windows_line_ends(office: Office, alice: Desk) -> None:
    alice.git("config", "core.autocrlf", "true")
    raw = (alice.root / DEV).read_bytes().replace(b"timezone: UTC", b"timezone: Europe/Berlin").replace(b"\n", b"\r\n")
    (alice.root / DEV).write_bytes(raw)
    alice.commit("tz", "-a")
    assert b"\r" not in (alice.root / DEV).read_bytes()
    assert alice.refused() == []
    assert alice.git("status", "--porcelain") == ""


def test_a_clone_that_converts_line_ends(office: Office) -> None:
    """Without `* -text` git makes CR LF of every file; what is committed stays what was signed."""
    alice = office.desk("alice")
    alice.git("rm", "-q", ".gitattributes")
    alice.git("commit", "-qm", "no attributes")
    alice.git("push", "-q")
    git(office.folder, "clone", "-q", "-c", "core.autocrlf=true", "origin.git", "windows")
    windows = Desk(office.folder / "windows", "alice", office)
    windows.git("config", "user.name", "alice")
    windows.git("config", "user.email", "alice@example.org")
    assert b"\r\n" in (windows.root / DEV).read_bytes()
    raw = (windows.root / DEV).read_bytes().replace(b"timezone: UTC", b"timezone: Europe/Berlin")
    (windows.root / DEV).write_bytes(raw)
    windows.commit("tz", "-a")
    assert windows.git("show", "--name-only", "--format=").split() == [DEV, f"{DEV}.alice.sig"]
    assert windows.refused() == []
    assert windows.git("status", "--porcelain") == ""


def test_a_program_stays_a_program(alice: Desk) -> None:
    (alice.root / DEV).chmod(0o755)
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.commit("tz", "-a")
    assert alice.git("ls-tree", "HEAD", DEV).startswith("100755")
    assert stat.S_IMODE((alice.root / DEV).stat().st_mode) == 0o755


def test_an_index_in_parts(alice: Desk) -> None:
    """Not every library reads what git can write here."""
    alice.git("update-index", "--split-index")
    alice.git("config", "core.splitIndex", "true")
    alice.git("config", "core.filemode", "false")
    alice.git("update-index", "--chmod=+x", EXTRA)
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.edit(EXTRA, "team-extra", "all")
    alice.git("add", EXTRA)
    alice.commit("staged")
    assert alice.git("ls-tree", "HEAD", EXTRA).startswith("100755")
    alice.commit("tz", "-a")
    assert alice.refused() == []
    assert alice.run("verify", "--index").code == 0
    assert alice.git("status", "--porcelain") == ""


def test_a_new_branch_and_a_push(office: Office, alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    said = alice.commit("tz", "-a", "--branch", "tz", "--push")
    assert "on tz" in said
    assert "Pushed to origin/tz" in said
    assert alice.clone.branch == "tz"
    assert git(office.origin, "log", "-1", "--format=%s", "tz").strip() == "tz"
    assert git(office.origin, "log", "-1", "--format=%s", "main").strip() != "tz"
    alice.edit(DEV, "Europe/Berlin", "Europe/Paris")
    assert "branch main exists already" in alice.commit("tz", "-a", "--branch", "main", code=2)
    assert "author/bad-branch" in alice.commit("tz", "-a", "--branch", "a..b", code=2)
    alice.commit("tz", "-a", "--branch", "tz", "--push")
    assert git(office.origin, "log", "--format=%s", "main..tz").split() == ["tz", "tz"]


def test_a_detached_head_is_refused_before_anything_is_signed(alice: Desk) -> None:
    alice.git("switch", "-q", "--detach")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    before = alice.state()
    assert "author/detached" in alice.commit("tz", "-a", code=2)
    assert alice.state() == before
    alice.commit("tz", "-a", "--branch", "found")
    assert alice.clone.branch == "found"
    assert alice.refused() == []


def test_a_linked_work_tree(office: Office, alice: Desk) -> None:
    alice.git("worktree", "add", "-q", "-b", "side", str(office.folder / "side"))
    side = Desk(office.folder / "side", "alice", office)
    side.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    side.commit("tz", "-a")
    assert side.refused() == []
    assert side.git("status", "--porcelain") == ""
    assert alice.git("status", "--porcelain") == ""
    assert side.clone.private == alice.clone.private


def test_no_identity_is_said_before_a_key_is_asked(alice: Desk, office: Office) -> None:
    alice.git("config", "--unset", "user.name")
    alice.git("config", "--unset", "user.email")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    before = alice.state()
    said = alice.commit("tz", "-a", code=2)
    assert "git config --global user.name" in said
    assert alice.state() == before


def test_commits_are_signed_when_git_is_told_so(alice: Desk, office: Office) -> None:
    alice.git("config", "commit.gpgsign", "true")
    alice.git("config", "gpg.format", "ssh")
    alice.git("config", "user.signingkey", str(office.key("alice")))
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.commit("tz", "-a")
    assert "gpgsig -----BEGIN SSH SIGNATURE-----" in alice.git("cat-file", "commit", "HEAD")


def hook(desk: Desk, name: str, script: str) -> None:
    file = desk.root / ".git" / "hooks" / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_hooks_run_and_one_that_fails_leaves_everything_as_it_was(alice: Desk) -> None:
    hook(alice, "pre-commit", "git diff --cached --name-only > ../seen; echo 'not on Fridays' >&2; exit 1")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.edit(EXTRA, "team-extra", "all")
    alice.git("add", EXTRA)
    before = alice.state()
    said = alice.commit("tz", "environments", code=1)
    assert "not on Fridays" in said
    assert alice.state() == before
    assert (alice.root.parent / "seen").read_text().split() == [DEV, f"{DEV}.alice.sig"]
    assert not list(alice.clone.private.glob("undo-*"))
    said = alice.commit("tz", "-a", "--branch", "friday", code=1)
    assert alice.state() == before


def test_killed_in_the_middle(alice: Desk, office: Office) -> None:
    """What is left is signed and staged, nobody's edit is lost, and the same command goes on."""
    hook(alice, "pre-commit", 'kill -9 "$(cut -d" " -f4 "/proc/$PPID/stat")"; exit 1')
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    command = [sys.executable, "-m", "tiangong", "commit", "-a", "-m", "tz", "--key", str(office.key("alice"))]
    assert subprocess.run(command, cwd=alice.root, capture_output=True, check=False).returncode == -9
    assert alice.git("diff", "--cached", "--name-only").split() == [DEV, f"{DEV}.alice.sig"]
    assert "Europe/Berlin" in alice.text(DEV)
    (alice.root / ".git" / "hooks" / "pre-commit").unlink()
    alice.commit("tz")
    assert alice.generation(DEV) == 2
    assert alice.refused() == []
    assert alice.git("status", "--porcelain") == ""


def test_a_hook_that_changes_what_was_signed_is_caught(alice: Desk) -> None:
    hook(alice, "pre-commit", f"echo '# tidy' >> {DEV}; git add {DEV}")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    before = alice.state()
    assert "author/hook-changed" in alice.commit("tz", "-a", code=1)
    assert alice.state() == before


def test_saved_again_while_signing(alice: Desk, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The editor saves while a passphrase is typed: nobody's edit is overwritten."""
    office.key("slow")
    file = alice.root / DEV
    shim = office.folder / "bin" / "ssh-keygen"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\necho "# saved" >> {file}\nexec /usr/bin/ssh-keygen "$@"\n')
    shim.chmod(0o755)
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    monkeypatch.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")
    before = alice.git("rev-parse", "HEAD")
    assert "author/changed-meanwhile" in alice.commit("tz", "-a", code=1)
    assert alice.text(DEV).endswith("# saved\n")
    assert alice.generation(DEV) == 1
    assert alice.git("rev-parse", "HEAD") == before


def test_a_full_disk_leaves_everything_as_it_was(alice: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last file of several can't be written."""
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.edit(EXTRA, "team-extra", "all")
    alice.write("products/next/product.yaml", alice.text(EXTRA).replace("name: extra", "name: next"))
    before = alice.state()
    real = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == ".environment.yaml.alice.sig.new":
            real(self, data[:10])
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    said = alice.commit("all", "-a", code=1)
    assert "No space left on device" in said
    assert alice.state() == before


def test_a_link_on_the_way_is_not_followed(alice: Desk, office: Office) -> None:
    outside = office.folder / "outside"
    outside.mkdir()
    (alice.root / "profiles" / "x").symlink_to(outside)
    from tiangong.errors import Failed

    with pytest.raises(Failed, match="cant-write"):
        alice.clone.write("profiles/x/y.yaml", b"x")
    assert not list(outside.iterdir())


def test_a_link_is_never_committed_as_a_document_nor_deleted(alice: Desk) -> None:
    (alice.root / "profiles" / "link.yaml").symlink_to("standard.yaml")
    for arguments in (("-a",), ("-a", "--no-lint"), ("profiles/link.yaml",)):
        assert "author/not-a-file" in alice.commit("link", *arguments, code=2)
    (alice.root / "profiles" / "notes").symlink_to("standard.yaml")
    assert "author/not-a-file" in alice.commit("link", "profiles/notes", "--no-lint", code=2)
    assert (alice.root / "profiles" / "notes").is_symlink()


def test_as_a_machine(office: Office, alice: Desk) -> None:
    """The promoter's key lies in this clone: what it may sign is signed with it only when asked for."""
    keys = alice.clone.private / "keys"
    keys.mkdir(parents=True)
    for part in ("promoter", "promoter.pub"):
        (keys / part).write_bytes((office.folder / "machines" / part).read_bytes())
        (keys / part).chmod(0o600)
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    said = alice.commit("tz", "-a", "--as", "promoter", code=4)
    assert "promoter doesn't have it" in said
    assert "author/no-key-of" in alice.commit("tz", "-a", "--as", "release", code=2)
    assert "alice signs as owner" in alice.commit("tz", "-a", "--as", "alice")


# ── pushing ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_remote_that_moved_on(office: Office, alice: Desk) -> None:
    carol = office.desk("carol")
    carol.edit(DEV, "timezone: UTC", "timezone: Europe/Paris")
    carol.commit("paris", "-a", "--push")
    alice.edit(EXTRA, "team-extra", "all")
    said = alice.commit("tz", "-a", "--push", code=1)
    assert "the commit is made here, but origin/main has newer commits" in said
    assert "tiangong commit --onto origin/main --push" in said
    assert alice.generation(EXTRA) == 2


def test_a_remote_that_refuses_or_is_away(office: Office, alice: Desk) -> None:
    file = office.origin / "hooks" / "pre-receive"
    file.write_text("#!/bin/sh\necho 'main is protected' >&2\nexit 1\n")
    file.chmod(0o755)
    alice.edit(EXTRA, "team-extra", "all")
    said = alice.commit("x", "-a", "--push", code=1)
    assert "author/push-refused" in said
    assert "main is protected" in said
    office.origin.rename(office.folder / "moved")
    alice.edit(EXTRA, "all", "some")
    said = alice.commit("x", "-a", "--push", code=5)
    assert "author/push-away" in said
    assert alice.generation(EXTRA) == 3
    alice.git("remote", "remove", "origin")
    alice.edit(EXTRA, "some", "few")
    before = alice.state()
    assert "author/no-remote" in alice.commit("x", "-a", "--push", code=2)
    assert alice.state() == before


# ── releases and their payload ───────────────────────────────────────────────────────────────────────────────────
RELEASE = "products/shop/releases/1.0.0/release.yaml"
RELEASE_TEXT = """\
apiVersion: tiangong.dev/v1
kind: Release
metadata: {name: shop@1.0.0}
spec:
  steps:
    - name: place
      executor: file
      with: {place: app, to: /srv/shop}
"""
PROMOTION = "products/shop/promotions/canary/1.0.0.yaml"
PROMOTION_TEXT = """\
apiVersion: tiangong.dev/v1
kind: Promotion
metadata: {name: shop@1.0.0/canary}
spec: {release: {name: shop@1.0.0}, to: canary}
"""


def test_a_release_and_its_promotion_in_one_commit(office: Office, alice: Desk) -> None:
    keys = alice.clone.private / "keys"
    keys.mkdir(parents=True)
    for part in ("release", "release.pub"):
        source = office.folder / "machines" / part
        (keys / part).write_bytes(source.read_bytes())
        (keys / part).chmod(0o600)
    alice.write(RELEASE, RELEASE_TEXT)
    alice.write("products/shop/releases/1.0.0/app/run", "#!/bin/sh\n")
    (alice.root / "products/shop/releases/1.0.0/app/run").chmod(0o755)
    alice.write(PROMOTION, PROMOTION_TEXT)
    said = alice.commit("publish", "-a")
    assert "release signs as release" in said
    assert "alice signs as promoter" in said
    assert alice.refused() == []
    assert alice.git("ls-tree", "HEAD", "products/shop/releases/1.0.0/app/run").startswith("100755")
    alice.write("products/shop/releases/1.0.0/app/run", "#!/bin/sh\nexit 1\n")
    before = alice.state()
    assert "shop@1.0.0 is published and never edited" in alice.commit("fix", "-a", code=2)
    assert alice.state() == before
