"""Sentences of `tiangong trust`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "fleet": Sentence("fleet {fleet}, repository {repo}, security level {level}"),
    "root": Sentence("root {version} ({digest}…), expires {until}: {threshold} of {people}"),
    "policy": Sentence("policy generation {generation}, expires {until}: {threshold} of {people}"),
    "never": Sentence("never"),
    "nothing": Sentence("nothing"),
    "nobody": Sentence("nobody"),
    "may": Sentence("{person} may {what}: role {role}"),
    "may-with": Sentence("{person} may {what} together with {more} more of {who}: role {role}"),
    "may-not": Sentence("{person} may not {what}: it takes role {role}, which {who} has"),
    "who": Sentence("may {what}, by role {role}:"),
    "no-one": Sentence("nobody may {what}: it takes role {role}, which nobody has there"),
    "counts": Sentence("{path} counts: signed by {signers}, who may, by role {role}"),
    "bytes": Sentence("  generation {generation}, {digest}"),
    "counts-not": Sentence("{path} doesn't count; its kind takes role {role}"),
    "mark": Sentence("  signature of {person}: good (key {key})"),
    "mark-unknown": Sentence("  a signature is good, but its key {key} belongs to nobody in the policy"),
    "mark-bad": Sentence("  the signature named {person} is no good: {why}"),
    "no-person": Sentence(
        "nobody in trust/policy.yaml is called {person}", fix="known are: {known} (tiangong trust show)", rule="R4"
    ),
    "no-verb": Sentence("{verb} isn't something this can be asked about", fix="one of: {known}"),
}
