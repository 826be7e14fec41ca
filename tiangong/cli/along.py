"""A small team pays no extra step: who may seal seals what they push, in the same push (D10)."""

from collections.abc import Sequence
from pathlib import Path

from tiangong.author.check import MAIN
from tiangong.author.clone import Clone
from tiangong.author.keys import machine_keys, my_keys
from tiangong.author.land import Along
from tiangong.author.sealing import seal_now
from tiangong.author.team import Team, team
from tiangong.cli.clock import clock
from tiangong.cli.output import tell
from tiangong.errors import TiangongError
from tiangong.messages.spoken import render
from tiangong.model.seal import SEALS, SEALS_REF


def sealed_along(clone: Clone, branch: str | None) -> bool | Along:
    """What goes with a push of main: the seal of the commit, where seals are demanded and I may seal."""
    if (branch or clone.branch) != MAIN:
        return True

    def along(commit: str) -> Sequence[str]:
        tree = clone.tree(commit)
        try:
            mine = team([tree], my_keys(clone, None, Path.home()), machine_keys(clone))
        except TiangongError:
            return ()  # the commit is made: what is odd about my keys was said before
        return _sealed(clone, commit, mine) if _is_wanted(clone, mine) else ()

    return along


def _is_wanted(clone: Clone, mine: Team) -> bool:
    """Where agents don't demand seals yet, nobody is bothered with them."""
    sealers = {person for grant in mine.policy.spec.roles if grant.role == "sealer" for person in grant.who}
    demanded = mine.policy.spec.security_level != "signatures"
    return demanded and any(signer.person in sealers for signer in mine.signers) and clone.head is not None


def _sealed(clone: Clone, commit: str, mine: Team) -> Sequence[str]:
    """A push that can't be sealed is still a push; whoever seals later seals it."""
    remote = clone.config(f"branch.{MAIN}.remote") or next(iter(clone.remotes), None)
    try:
        if remote:
            clone.asks("fetch", "--quiet", remote, f"+{SEALS_REF}:refs/remotes/{remote}/{SEALS}")
        made = seal_now(clone, commit, remote, mine.signers, clock())
    except TiangongError as error:
        tell("sealing/not-with", why=render(error.problems[0]))
        return ()
    if made is None:
        return ()
    tell("sealing/with", head=commit[:12])
    return (f"{made}:{SEALS_REF}",)
