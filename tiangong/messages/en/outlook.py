"""Sentences about what a change will lead to, said before it is signed."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "what-next": Sentence("What follows:"),
    "nobody": Sentence("No agent does anything because of this."),
    "untold": Sentence("What agents will do can't be told: {reason}"),
    "ready": Sentence("  {name}: {change} {version} (steps: {steps})"),
    "held": Sentence("  {name}: {change} {version}, held: {reason}"),
    "stays": Sentence("  {name}: stays at {version}"),
    "held-at": Sentence("  {name}: stays at {version}: {reason}"),
    "held-out": Sentence("  {name}: is not installed: {reason}"),
    "reasons": Sentence("{first} (and {more} more)"),
    "unknown": Sentence("  {environment}: can't be told, {reason}"),
    "more": Sentence("  … and {count} more environments, not looked at"),
    "no-agent": Sentence("  {environment}: no agent has joined yet"),
    "follow": Sentence("Next: tiangong status {target}, or tiangong why {target}"),
    "follow-all": Sentence("Next: tiangong status"),
    "absent": Sentence("  {name}: stays absent"),
    "uninstalls": Sentence("  {name}: {change} {version} (undo: {undo}; steps: {steps})"),
    "keeps": Sentence("  {name}: what these steps did stays, they can't be undone: {steps}"),
}
