"""Sentences of `tiangong approve` and `tiangong approval`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "change": Sentence("{where}: {kind}, {installed} → {version} (release {digest})"),
    "step": Sentence("    {step} ({executor}, {digest})"),
    "step-for-good": Sentence("    {step} ({executor}, {digest}), can't be undone"),
    "undo": Sentence("    undoes {step} ({executor})"),
    "because": Sentence("  waits: {what}"),
    "nothing-waits": Sentence(
        "no change to {release} waits for approval in the environments chosen",
        fix="tiangong approval pending shows what waits; tiangong plan what will happen",
    ),
    "other-plan": Sentence(
        "the agent of {where} said at {heard} that it waits with another change than the one worked out from Git",
        fix="wait for its next status (tiangong status), and look again",
        rule="D14",
    ),
    "bad-time": Sentence("{word} is no time such as 12h or 7d", fix="--for 7d"),
    "too-long": Sentence("{word} is longer than an approval may count", fix="--for {most}d at most", rule="D14"),
    "message": Sentence("Approve {release} in {count} environments"),
    "next": Sentence("Next: tiangong approval pending; agents act on {release} when enough have approved"),
    "how": Sentence("Approve with: tiangong approve {release} --env {env} --push"),
    "none-pending": Sentence("Nothing waits for approval."),
    "none": Sentence("No approval is in force."),
    "which": Sentence("{count} approvals begin with {id}", fix="tiangong approval list shows them"),
    "over": Sentence("{id} was withdrawn already", fix="tiangong approval list shows those in force"),
}
