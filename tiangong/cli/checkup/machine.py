"""What every machine needs: Python, git, OpenSSH (G8)."""

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

from tiangong.cli.checkup.check import attempt, fail, ok, warn
from tiangong.git.child import check_git
from tiangong.model.answer import Check

MENDED_GIT = (2, 43, 7)
"""upstream versions from here on are without the holes known in 2025; distributions mend older ones in place"""
PACKAGERS = (
    ("dpkg-query", "-W", "-f", "${Version}"),
    ("rpm", "-q", "--qf", "%{VERSION}-%{RELEASE}"),
    ("apk", "info", "-v"),
)
WITHIN = 20.0


def machine(*, signs: bool) -> Iterator[Check]:
    """The programs that are needed; `signs`: ssh-keygen is one of them."""
    yield ok("python", "python", version=platform.python_version(), path=sys.executable)
    yield from attempt("git", _git)
    yield from _ssh(signs=signs)


def _git() -> Iterator[Check]:
    version = check_git()
    shown = ".".join(map(str, version))
    package = _package("git")
    if version >= MENDED_GIT:
        yield ok("git", "git", version=shown)
    elif package:
        yield ok("git", "git-package", version=shown, package=package)
    else:
        yield warn("git", "git-old", version=shown, wanted=".".join(map(str, MENDED_GIT)))


def _ssh(*, signs: bool) -> Iterator[Check]:
    said = _said(("ssh", "-V"))
    found = re.search(r"OpenSSH_[^ ,]+", said)
    if found is None:
        yield fail("ssh", "no-ssh") if signs else warn("ssh", "no-ssh")
    elif signs and shutil.which("ssh-keygen") is None:
        yield fail("ssh", "no-ssh-keygen")
    else:
        yield ok("ssh", "ssh", version=found[0].removeprefix("OpenSSH_"))


def _package(name: str) -> str:
    """The version a distribution's packages give a program, which tells what was mended in it; empty when unknown."""
    for words in PACKAGERS:
        if shutil.which(words[0]) and (found := _said((*words, name), good=True)):
            return found.split()[0]
    return ""


def _said(words: Sequence[str], *, good: bool = False) -> str:
    """What a program says; empty when it can't be asked, or (`good`) when it fails."""
    try:
        done = subprocess.run(words, capture_output=True, timeout=WITHIN, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return ""
    return "" if good and done.returncode else (done.stdout + done.stderr).decode(errors="replace").strip()
