"""Enough people have approved exactly this change, none of whom signed what it brings (R14, R15, D14)."""

from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from tiangong.errors import Place, problem
from tiangong.model.approval import LONGEST, Approval, ApprovalRule
from tiangong.model.stages import Change, ChangeKind, Desired, Reason, Signed, Wish
from tiangong.planner.case import Case
from tiangong.planner.identity import change_digest

NEEDING = (ChangeKind.INSTALL, ChangeKind.UPGRADE, ChangeKind.CONFIG, ChangeKind.UNINSTALL)


def objections(case: Case) -> Iterator[Reason]:
    """Name every rule of the environment and its profiles that isn't met yet. Repairs and going back need nobody."""
    if case.change is None or case.kind not in NEEDING or case.under_way or not case.wish.approvals:
        return
    given = approvers(case.desired, case.wish, case.change, case.now)
    left = able(case.desired, case.wish) - given - authors(case.desired, case.wish, case.change)
    facts: dict[str, str | int] = {
        "have": len(given),
        "given": ", ".join(sorted(given)) or "-",
        "who": ", ".join(sorted(left)) or "nobody",
        "product": case.wish.product,
        "version": case.version,
        "where": f"{case.wish.environment}/{case.wish.name}",
        "env": case.wish.environment,
    }
    for path, rule in case.wish.approvals:
        if applies(rule, case) and len(given) < rule.require:
            place = Place(path, field="spec.approvals")
            yield Reason("approval", problem("constraint/approval", place, **facts, need=rule.require))


def able(desired: Desired, wish: Wish) -> frozenset[str]:
    """Who has the role here."""
    grants = desired.policy.document.spec.roles
    here = (
        g
        for g in grants
        if g.role == "approver" and any(fnmatchcase(wish.environment, glob) for glob in g.environments)
    )
    return frozenset(person for grant in here for person in grant.who)


def applies(rule: ApprovalRule, case: Case) -> bool:
    """Tell whether a rule asks for approval of a change."""
    when = rule.when
    downtime = bool(case.release and case.release.document.spec.downtime)
    return (
        (not when.products or any(fnmatchcase(case.wish.product, glob) for glob in when.products))
        and all(case.wish.labels.get(label) == value for label, value in when.labels.items())
        and (when.downtime is None or when.downtime == downtime)
        and (not when.kinds or str(case.kind) in when.kinds)
    )


def approvers(desired: Desired, wish: Wish, change: Change, now: datetime) -> frozenset[str]:
    """Distinct people whose approval of exactly this change counts now."""
    where, digest = f"{wish.environment}/{wish.name}", change_digest(wish.name, change)
    people = {
        person
        for one in desired.approvals
        if counts(one, now) and one.document.spec.plans.get(where) == digest
        if change.release in one.document.spec.subjects
        for person in one.signers
    }
    return frozenset(people - authors(desired, wish, change))


def counts(one: Signed[Approval], now: datetime) -> bool:
    """Tell whether an approval is in its time."""
    until = one.document.spec.until
    return until - LONGEST <= now < until


def authors(desired: Desired, wish: Wish, change: Change) -> frozenset[str]:
    """Who signed what the change brings: the release, its promotion, the installation. They can't approve it (R15)."""
    releases = desired.releases.get(wish.product, {})
    release = releases.get(change.version)
    promotion = desired.promotions.get(wish.product, {}).get(wish.channel, {}).get(change.version)
    installation = desired.installations.get(wish.name)
    signed = [one.signers for one in (release, promotion) if one]
    if installation and change.kind in (ChangeKind.CONFIG, ChangeKind.UNINSTALL):
        signed.append(installation.signers)
    return frozenset(person for signers in signed for person in signers)
