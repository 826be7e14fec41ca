"""A clone of the control repository: the remote, my key and roles, what is signed, what the level doesn't stop."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from tiangong.author.clone import Clone as Work
from tiangong.author.hook import CALL, NAME
from tiangong.author.keys import machine_keys, my_keys
from tiangong.author.team import team
from tiangong.cli.checkup.check import attempt, failed, note, ok, warn, warned
from tiangong.errors import Away, Misuse, Place
from tiangong.fleet.clone import Clone
from tiangong.fleet.reasons import alarms
from tiangong.fleet.refresh import ask_push, refresh
from tiangong.fleet.statuses import Fleet
from tiangong.model.answer import Check
from tiangong.model.policy import Level
from tiangong.trust.audit import audit, found_pins
from tiangong.trust.court import Court
from tiangong.trust.reading import Cache

SOON = timedelta(days=30)
TOLERANCE = timedelta(minutes=10)
MOST = 10
UNSTOPPED: dict[Level, str] = {
    "signatures": "level-signatures",
    "sealed": "level-sealed",
    "witnessed": "level-witnessed",
}


def clone_checks(clone: Clone, now: datetime) -> Iterator[Check]:
    """Every look at a clone."""
    yield ok("repository", "repository", folder=str(clone.folder))
    yield from _remote(clone)
    yield from clock("clock", clone.snapshot(clone.main()).committed, now)
    if not clone.repository.is_bare:
        yield from attempt("key", lambda: _key(clone))
        yield from _hook(clone)
    yield from attempt("policy", lambda: _policy(clone, now))
    yield from attempt("documents", lambda: _documents(clone, now))
    yield from attempt("alarms", lambda: _alarms(clone, now))
    yield from attempt("expiring", lambda: _expiring(clone, now))


def clock(name: str, newest: datetime, now: datetime) -> Iterator[Check]:
    """The clock of this machine against the newest commit."""
    if now < newest - TOLERANCE:
        yield warn(name, "clock-behind", now=now.isoformat(), newest=newest.isoformat())
    else:
        yield ok(name, "clock")


def level(found: Level) -> Iterator[Check]:
    """What the security level doesn't stop, in one line (R25)."""
    yield note("level", UNSTOPPED[found], level=found)


def _remote(clone: Clone) -> Iterator[Check]:
    if clone.remote is None:
        yield warn("remote", "no-remote")
        return
    try:
        refresh(clone)
    except Away as error:
        yield from failed("fetch", error.problems)
        return
    yield ok("fetch", "fetch", remote=clone.remote)
    try:
        ask_push(clone)
    except Away as error:
        yield from warned("push", error.problems)
    else:
        yield ok("push", "push", remote=clone.remote)


def _key(clone: Clone) -> Iterator[Check]:
    """Who I am here; somebody who only reads needs no key."""
    work = Work.find(clone.folder, os.environ)
    tree = work.tree(clone.main())
    try:
        found = team([tree], my_keys(work, None, Path.home()), machine_keys(work))
    except Misuse as error:
        yield from warned("key", error.problems)
        return
    me = found.me
    roles = ", ".join(dict.fromkeys(grant.role for grant in found.policy.spec.roles if me.person in grant.who)) or "-"
    yield ok("key", "key", person=me.person, roles=roles, key=me.key.public.fingerprint)


def _policy(clone: Clone, now: datetime) -> Iterator[Check]:
    """Whether root and policy verify, and for how long they do."""
    tree = clone.tree(clone.main())
    root, policy = Court(tree, found_pins(tree), None, Cache()).open()
    ends = [policy.document.spec.expires, root.document.spec.expires]
    until = min(end for end in ends if end)
    days = max((until - now).days, 0)
    if until - now < SOON:
        yield warn("policy", "policy-expires", Place("trust", field="spec.expires"), days=days)
    else:
        yield ok("policy", "policy", days=days)
    yield from level(policy.document.spec.security_level)


def _expiring(clone: Clone, now: datetime) -> Iterator[Check]:
    """What ends within two weeks, and what has ended."""
    from tiangong.cli.expiring import of_clone, warnings

    for code, facts in warnings(of_clone(clone, clone.tree(clone.main())), now):
        yield Check(name="expiring", result="warn", code=code, facts=facts)


def _hook(clone: Clone) -> Iterator[Check]:
    """Whether git warns when unsigned documents are committed by hand."""
    config = clone.repository.config
    chosen = config["core.hooksPath"] if "core.hooksPath" in config else None  # noqa: SIM401 -- pygit2 has no get
    hook = (clone.folder / chosen if chosen else clone.private.parent / "hooks") / NAME
    try:
        mine = CALL.encode() in hook.read_bytes() and os.access(hook, os.X_OK)
    except OSError:
        mine = False
    yield ok("hook", "hook") if mine else note("hook", "no-hook", path=str(hook))


def _documents(clone: Clone, now: datetime) -> Iterator[Check]:
    refusals = audit(clone.tree(clone.main()), None, now)
    if not refusals:
        yield ok("documents", "documents")
        return
    yield warn("documents", "unsigned", count=len(refusals))
    yield from warned("documents", [refusal.problem for refusal in refusals[:MOST]])


def _alarms(clone: Clone, now: datetime) -> Iterator[Check]:
    """What agents met that looks like an attack (R12), from their signed status."""
    found = [
        (said.environment, one) for said in Fleet(clone).all(now) if said.status for one in alarms(said.status.spec)
    ]
    if not found:
        yield ok("alarms", "no-alarms")
        return
    for environment in dict.fromkeys(environment for environment, _ in found):
        yield warn("alarms", "alarm", environment=environment)
        yield from warned("alarms", [one for where, one in found if where == environment][:MOST])
