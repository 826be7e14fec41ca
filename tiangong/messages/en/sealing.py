"""Sentences of `tiangong seal` and `tiangong promoter run`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "of": Sentence("Seal {sequence} of {head}: {commits} commits since the last, {files} files that changed"),
    "quarantined": Sentence("  in quarantine: {path}; generation {generation} goes on counting"),
    "quarantined-nothing": Sentence("  in quarantine: {path}; nothing counted there before"),
    "why": Sentence("  because: {what}"),
    "more": Sentence("  … and {count} more"),
    "sealed": Sentence("Sealed {head} as number {sequence}, signed by {person}"),
    "already": Sentence("Sealed already: {head} is seal {sequence}, issued {issued}"),
    "pushed": Sentence("Pushed the seal to {remote}. tiangong status shows who acts on it."),
    "next-push": Sentence("Next: tiangong seal --push, or git push origin seals"),
    "look": Sentence(
        "{count} documents are in quarantine: they hold who needs them, nobody else. tiangong verify origin/main"
    ),
    "not-demanded": Sentence(
        "Agents don't demand seals yet: tiangong set trust/policy.yaml securityLevel=sealed makes them"
    ),
    "passed-over": Sentence("Passed over on the branch seals: {what}"),
    "not-with": Sentence("Pushed, but not sealed: agents that demand seals wait. {why}"),
    "with": Sentence("Sealed {head} in the same push"),
    "none-counts": Sentence(
        "none of the newest {count} commits of seals counts; there is nothing to go on from",
        fix="look who pushed to it; put the last good seal back (git push --force origin GOOD:seals), and seal again",
        rule="R17",
    ),
    "rewritten": Sentence(
        "main was rewritten: {head} doesn't descend from {before}, which was sealed last",
        fix="push the missing commits again; if it is meant, look at the difference, then: tiangong seal --rewritten",
        rule="D11",
    ),
    "no-head": Sentence(
        "commit {head}, which a seal is of, isn't in this clone",
        fix="git fetch origin (a shallow clone: git fetch --unshallow)",
        rule="R17",
    ),
    "no-sealer": Sentence(
        "role sealer is needed to seal; {who} has it, and here is a key of {me}",
        fix="ask {who} to run: tiangong seal --push",
        rule="R17",
    ),
    "clock": Sentence(
        "the seal before was issued at {issued}, and here it is {now}",
        fix="correct the clock of this machine",
        rule="R18",
    ),
    "raced": Sentence(
        "somebody sealed meanwhile: {remote} holds a newer seal", fix="run it again: tiangong seal --push"
    ),
    "push-refused": Sentence(
        "{remote} doesn't take the seal: {why}",
        fix="let whoever seals push to the branch seals, and nobody else",
    ),
    "bad-time": Sentence("{value} is no time such as 12h or 1d", fix="tiangong promoter run --renew-after 1d"),
}
