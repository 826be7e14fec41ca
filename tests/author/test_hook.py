"""The hook warns about unsigned documents, stops nothing, and costs next to nothing."""

import os
import subprocess
import time

import pytest

from tests.author.office import DEV, SHOP, Desk
from tiangong.author.hook import CALL, install_hook

WARNING = "nobody signed these documents as they are staged"


def commit(alice: Desk) -> str:
    """What plain git says on stderr; the commit is always made."""
    before = alice.git("rev-parse", "HEAD")
    done = subprocess.run(["git", "commit", "-qm", "x"], cwd=alice.root, capture_output=True, text=True, check=True)
    assert alice.git("rev-parse", "HEAD") != before
    return done.stderr


@pytest.fixture(autouse=True)
def _hooked(alice: Desk) -> None:
    assert install_hook(alice.clone).installed


def test_unsigned_documents_are_named(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.write("channels/new one.yaml", "x")
    alice.write("channels/new.yaml", "x")
    alice.git("add", ".")
    warned = commit(alice)
    assert WARNING in warned
    assert f"\n    {DEV}\n" in warned
    assert "channels/new.yaml" in warned
    assert "tiangong commit -m MESSAGE" in warned


def test_what_is_signed_or_no_document_passes_in_silence(alice: Desk) -> None:
    alice.edit("README.md", "control", "our")
    alice.git("add", ".")
    assert commit(alice) == ""
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.edit(SHOP, "config: {}", "config: {a: 1}")
    alice.commit("signed", "-a")
    alice.git("reset", "-q", "--soft", "HEAD~1")
    assert commit(alice) == ""
    alice.git("rm", "-q", DEV, f"{DEV}.alice.sig")
    assert commit(alice) == ""


def test_the_tools_own_commits_are_not_asked(alice: Desk) -> None:
    script = alice.clone.private / "pre-commit"
    script.write_text(script.read_text() + "\ntouch ../asked\n")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.commit("signed", "-a")
    assert not (alice.root.parent / "asked").exists()


def test_from_a_folder_below_and_from_a_linked_work_tree(alice: Desk) -> None:
    alice.git("worktree", "add", "-q", "-b", "side", "../side")
    side = Desk(alice.root.parent / "side", "alice", alice.world)
    side.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    side.git("add", ".")
    assert WARNING in commit(Desk(side.root / "environments", "alice", alice.world))


def test_a_hook_of_somebody_else_stays(alice: Desk) -> None:
    file = install_hook(alice.clone).file
    file.write_text("#!/bin/sh\necho mine\n")
    found = install_hook(alice.clone)
    assert not found.installed
    assert file.read_text() == "#!/bin/sh\necho mine\n"
    file.write_text(f"#!/bin/sh\n{found.line}\n")
    assert install_hook(alice.clone).installed
    assert CALL in file.read_text()
    alice.git("config", "core.hooksPath", "/nowhere")
    assert not install_hook(alice.clone).installed


def test_it_takes_no_time(alice: Desk) -> None:
    """No Python is started. Measured as processor time, which the load of this machine doesn't change much."""
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.git("add", ".")
    before, started = os.times(), time.monotonic()
    commit(alice)
    after = os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    assert used < 0.2 or time.monotonic() - started < 0.2
