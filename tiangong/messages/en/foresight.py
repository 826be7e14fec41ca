"""Sentences of `tiangong plan`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "from-status": Sentence(
        "{environment}: from {branch} at {revision} and its agent's last signed status, {age} old (number {counter})"
    ),
    "from-survey": Sentence("{environment}: from {branch} at {revision} and a look at this host just now"),
    "from-nothing": Sentence(
        "{environment}: from {branch} at {revision}, as if nothing were installed: no status of its agent yet"
    ),
    "as-of": Sentence("as of {when}, if nothing else changes until then"),
    "change-ready": Sentence("  {installation}: {kind} {change}, ready"),
    "change-held": Sentence("  {installation}: {kind} {change}, held"),
    "held": Sentence("  {installation}: held ({change})"),
    "up-to-date": Sentence("  {installation}: up to date ({change})"),
    "undo": Sentence("undo {number}. {step} ({executor})"),
    "step": Sentence("{number}. {step} ({executor})"),
    "refusals": Sentence("documents that don't count:"),
    "unpushed": Sentence(
        "{count} commits of your main are not pushed; agents don't see them. With them: tiangong plan --branch main"
    ),
    "branch-on-host": Sentence(
        "--branch asks a clone, --settings asks this host's agent, which follows its own branch",
        fix="leave one of them out",
    ),
    "bad-time": Sentence("{word} is not a time", fix="such as 2026-12-01T02:00:00+01:00"),
    "absent": Sentence("  {installation}: absent, as asked for"),
}
