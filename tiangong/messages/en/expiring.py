"""Sentences of `tiangong expiring`, and the warnings of `status` and `doctor`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "nothing": Sentence("Nothing ends by itself."),
    "renew": Sentence("tiangong renew puts off policy and environments, and signs again what I may."),
    "soon": Sentence(
        "{what} {name} ends in {days} days, at {at}", fix="tiangong renew; all of them: tiangong expiring", rule="R19"
    ),
    "over": Sentence(
        "{what} {name} has ended, at {at}", fix="tiangong renew; all of them: tiangong expiring", rule="R19"
    ),
    "days": Sentence("{days} days"),
    "is-over": Sentence("over"),
    "policy": Sentence("policy"),
    "root": Sentence("trust root"),
    "environment": Sentence("environment"),
    "authority": Sentence("authority"),
    "agent-key": Sentence("agent key"),
    "suppression": Sentence("suppression"),
    "seal": Sentence("seal"),
}
