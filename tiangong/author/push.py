"""Pushing the branch a commit was made on, and what its refusal means."""

from dataclasses import dataclass

from tiangong.author.clone import Clone
from tiangong.errors import Away, Failed, Misuse
from tiangong.model.seal import SEALS, SEALS_REF


@dataclass(frozen=True, slots=True)
class Target:
    """Where a branch is pushed. `follows`: the branch has no upstream yet and gets this one."""

    branch: str
    remote: str
    name: str
    follows: bool

    @property
    def shown(self) -> str:
        """As people write it."""
        return f"{self.remote}/{self.name}"


def target_of(clone: Clone, branch: str) -> Target:
    """Where git would push a branch: its upstream, else the same name on `origin` or the only remote."""
    remotes = clone.git("remote").split()
    configured = clone.config(f"branch.{branch}.remote")
    usual = "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else None
    remote = configured if configured in remotes else usual
    if remote is None:
        raise Misuse.of("author/no-remote", known=", ".join(remotes) or "none")
    upstream = clone.config(f"branch.{branch}.merge") if remote == configured else None
    name = (upstream or f"refs/heads/{branch}").removeprefix("refs/heads/")
    return Target(branch, remote, name, follows=upstream is None)


def push_seals(clone: Clone, remote: str, commit: str) -> None:
    """Push a commit of `seals`; Failed when the remote has another by now, Away when it can't be reached."""
    facts = {"remote": f"{remote}/{SEALS}", "branch": SEALS}
    try:
        clone.git("push", "--quiet", remote, f"{commit}:{SEALS_REF}")
    except Failed as error:
        why = str(error.problems[0].facts["why"])
        if "[remote rejected]" in why or "hook declined" in why:
            raise Failed.of("sealing/push-refused", **facts, why=why) from None
        if "[rejected]" in why:
            raise Failed.of("sealing/raced", **facts) from None
        raise Away.of("author/push-away", **facts, why=why) from None


def push_to(clone: Clone, target: Target, *also: str) -> str:
    """Push; Failed when the remote says no, Away when it can't be reached.

    `also`: further refspecs that go with it, all or none.
    """
    follow = ("--set-upstream",) if target.follows and not also else ()
    atomic = ("--atomic",) if also else ()
    refspec = f"refs/heads/{target.branch}:refs/heads/{target.name}"
    try:
        clone.git("push", "--quiet", *follow, *atomic, target.remote, refspec, *also)
    except Failed as error:
        why = str(error.problems[0].facts["why"])
        facts = {"remote": target.shown, "branch": target.branch, "why": why}
        if "[remote rejected]" in why or "hook declined" in why:
            raise Failed.of("author/push-refused", **facts) from None
        if "[rejected]" in why:
            raise Failed.of("author/push-behind", **facts) from None
        raise Away.of("author/push-away", **facts) from None
    return target.shown
