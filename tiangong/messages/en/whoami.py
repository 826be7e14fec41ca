"""Sentences of `tiangong whoami`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "person": Sentence("{person} (key {key}, {where})"),
    "machine": Sentence("machine {person} (key {key}, {where})"),
    "in-agent": Sentence("in the ssh agent"),
    "may": Sentence("  {role}: {kinds}{scope}"),
    "alone": Sentence("{count} signatures needed"),
    "touch": Sentence("touched"),
    "signs-nothing": Sentence("  {role}: signs nothing"),
    "no-role": Sentence("  no role: may sign nothing"),
    "stranger": Sentence("unknown here (key {key}, {where})"),
}
