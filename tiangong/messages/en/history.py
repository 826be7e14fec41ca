"""Sentences about what was before, and what differs."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "no-document": Sentence(
        "no commit here ever had this document", fix="name a document, such as environments/dev/environment.yaml"
    ),
    "no-runs": Sentence("Nothing ran in {name} yet, as far as its agent has reported."),
    "untrusted": Sentence("its receipt isn't the agent's word"),
    "version": Sentence("generation {generation}   {when}   {signers}   {commit} {subject}"),
    "nobody": Sentence("nobody"),
    "removed": Sentence("removed   {when}   {commit} {subject}"),
    "more": Sentence("There is more: tiangong history {target} -n {more}"),
    # ── diff ─────────────────────────────────────────────────────────────────────────────────────────────────────
    "same": Sentence("{name}: {version}, as wished"),
    "held": Sentence("{name}: {version}, held"),
    "change": Sentence("{name}: {kind} {change}, {verdict}"),
    "steps": Sentence("steps due: {steps}"),
    "undo": Sentence("steps to undo first: {steps}"),
    "drifted": Sentence("differs on the host: {steps}"),
    "nothing-there": Sentence("nothing installed"),
    "no-commit": Sentence("there is no commit {revision} here", fix="git fetch, or look at: git log"),
    "bad-range": Sentence("{range} is not of the form REV..REV", fix="such as HEAD~1..HEAD, or v1..main"),
    "no-difference": Sentence("No document differs."),
    "word-new": Sentence("new       {path}   {signers}"),
    "word-edited": Sentence("edited    {path}   {signers}"),
    "word-removed": Sentence("removed   {path}"),
    "word-signed": Sentence("signed    {path}   {signers}"),
}
