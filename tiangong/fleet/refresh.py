"""Brings the agents' refs into a person's clone, with the git and the credentials this person uses anyway (D24)."""

import os
import subprocess
import sys
from collections.abc import Sequence

from tiangong.errors import Away, Place
from tiangong.fleet.clone import MAIN, Clone

WITHIN = 60.0
LONGEST_WHY = 300
QUIETLY = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance")


def refresh(clone: Clone, within: float = WITHIN) -> None:
    """Fetch main and every agent's refs; Away when the remote can't be reached. Nothing to do without a remote."""
    if clone.remote is None:
        return
    wanted = (f"refs/heads/{MAIN}", "refs/heads/status/*", "refs/heads/live/*")
    _fetch(clone, wanted, within)


def refresh_environment(clone: Clone, environment: str, within: float = WITHIN) -> bool:
    """Fetch one environment's refs when they have moved; tell whether something is new. Cheap enough to poll."""
    if clone.remote is None:
        return False
    branches = (f"status/{environment}", f"live/{environment}")
    refs = [f"refs/heads/{branch}" for branch in branches]
    listed = _git(clone, ["ls-remote", "--quiet", "--", clone.remote, *refs], within)
    there = {ref: oid for oid, _, ref in (line.partition("\t") for line in listed.splitlines())}
    news = [ref for ref in refs if ref in there and there[ref] != clone.tip(ref.removeprefix("refs/heads/"))]
    if news:
        _fetch(clone, news, within)
    return bool(news)


def ask_push(clone: Clone, within: float = WITHIN) -> None:
    """Ask whether this person may push to main, without pushing; Away with what the remote says when not."""
    target = f"{clone.main()}:refs/heads/{MAIN}"
    _git(clone, ["push", "--dry-run", "--quiet", "--no-verify", "--", str(clone.remote), target], within)


def _fetch(clone: Clone, refs: Sequence[str], within: float) -> None:
    """Overwrite what was known of these refs: an agent replaces `live/<env>` each time."""
    specs = [f"+{ref}:{clone.prefix}{ref.removeprefix('refs/heads/')}" for ref in refs]
    _git(clone, ["fetch", *QUIETLY, "--", str(clone.remote), *specs], within)


def _git(clone: Clone, arguments: Sequence[str], within: float) -> str:
    """Run git in the clone as the person would; Away with git's own last words when it fails."""
    place = Place(str(clone.folder))
    asks = {} if sys.stdin is not None and sys.stdin.isatty() else {"GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=clone.folder,
            env={**os.environ, **asks, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            timeout=within,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Away.of("fleet/slow", place, remote=str(clone.remote), seconds=int(within)) from None
    except OSError as error:
        raise Away.of("fleet/no-git", place, why=error.strerror or "") from None
    if done.returncode:
        why = _last_words(done.stderr.decode(errors="replace"))
        raise Away.of("fleet/away", place, remote=str(clone.remote), why=why)
    return done.stdout.decode(errors="replace")


def _last_words(stderr: str) -> str:
    """The line of git's complaint that says most: the first `fatal:` or `error:`, else the last one."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    telling = next((line for line in lines if line.startswith(("fatal:", "error:", "ssh:"))), None)
    return (telling or (lines[-1] if lines else "git said nothing"))[:LONGEST_WHY]
