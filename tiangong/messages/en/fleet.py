"""Sentences about reading the fleet from a clone."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "no-repository": Sentence(
        "this is no Git repository, nor is any folder above it",
        fix="cd into a clone of the control repository, or: tiangong -C DIR …; to make one: tiangong init DIR",
    ),
    "not-control": Sentence(
        "this is a Git repository, but not a control repository: there is no tiangong.yaml on its main branch",
        fix="cd into a clone of the control repository, or set TIANGONG_REPO to one",
    ),
    "not-mine": Sentence(
        "the repository belongs to another user, so git refuses to read it",
        fix="if you trust it: git config --global --add safe.directory {folder}",
    ),
    "no-main": Sentence("the repository has no commit on main yet", fix="git fetch, or: tiangong init"),
    "no-branch": Sentence(
        "there is no branch or commit {branch} here", fix="git fetch, or name another: git branch -a"
    ),
    "no-git": Sentence("git can't be started: {why}", fix="install git"),
    "away": Sentence(
        "remote {remote} can't be read: {why}", fix="try: git fetch {remote}; or read what is here with --offline"
    ),
    "slow": Sentence(
        "remote {remote} did not answer within {seconds} s",
        fix="try: git fetch {remote}; or read what is here with --offline",
    ),
    "what-is-here": Sentence("Showing what was fetched before."),
    "no-environment": Sentence("there is no environment {environment}; there are: {known}", fix="tiangong status"),
    "none-chosen": Sentence("no environment fits", fix="tiangong status lists all; --env takes globs, -l takes k=v"),
    "bad-label": Sentence("{label} is not of the form key=value", fix="such as: -l tier=prod"),
    "no-installation": Sentence(
        "environment {environment} has no installation {installation}; it has: {known}",
        fix="tiangong status {environment}",
    ),
    "no-agent": Sentence(
        "no agent has joined {environment} yet",
        fix="on its host: tiangong agent join TOKEN; then here: tiangong agent accept REQUEST",
        rule="D16",
    ),
    "no-status": Sentence(
        "no status of {environment} yet: its agent is accepted and has not reported",
        fix="on its host: tiangong agent once; if it says nothing is wrong here: git fetch",
        rule="D24",
    ),
    "overdue": Sentence(
        "the agent of {environment} is overdue: it was last heard {age} ago",
        fix="on its host: systemctl status tiangong-agent; tiangong doctor",
        rule="D24",
    ),
    "no-file": Sentence(
        "the file is missing on the ref of {environment}'s agent, or too large to be its word",
        fix="on its host: tiangong agent once",
        rule="R21",
    ),
    "other-environment": Sentence(
        "speaks of {found}, not of {environment}: it was copied from elsewhere",
        fix="find out who wrote this ref; on its host: tiangong agent once",
        rule="R21",
    ),
    "other-run": Sentence(
        "is the receipt of run {found}: it was copied from elsewhere in {environment}", fix="don't trust it", rule="R21"
    ),
    "older-status": Sentence(
        "the remote shows an old status of {environment} (number {counter}; this clone has seen number {seen})",
        fix="find out who writes this ref: only the agent may; on its host: tiangong agent once",
        rule="R21",
    ),
    "behind": Sentence(
        "the agent of {environment} has written status number {said}; the remote shows number {shown}",
        fix="ask again in a moment; if it stays so: on its host: tiangong doctor",
        rule="R21",
    ),
    "two-statuses": Sentence(
        "there are two different statuses of {environment} with the number {counter}, both signed by its agent's key",
        fix="look for a second agent with the same key; its key may be stolen",
        rule="R21",
    ),
    "unknown-reason": Sentence(
        "{reason} {facts} (a reason this version has no words for)", fix="upgrade tiangong on this machine"
    ),
    "no-run": Sentence("nothing ran in {environment} yet", fix="why: tiangong why {environment}"),
    "unknown-run": Sentence(
        "{environment} shows no run and no installation {run}", fix="its runs: tiangong status {environment}"
    ),
    "log-changed": Sentence(
        "the log of step {step} is not the one its agent signed for", fix="don't trust it", rule="R21"
    ),
    "live-differed": Sentence(
        "what was shown of step {step} while it ran is not what its agent signed; what it signed stands below it",
        fix="find out who writes the live ref: only the agent may",
        rule="R21",
    ),
    "run-silent": Sentence(
        "run {run} is neither under way nor ended, as far as the agent shows",
        fix="tiangong status {environment}; on its host: tiangong doctor",
    ),
}
