"""Sentences of `tiangong status`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "overdue": Sentence("{age}, overdue"),
    "running": Sentence("running"),
    "in-doubt": Sentence("in doubt: a person must decide"),
    "no-agent": Sentence("no agent has joined"),
    "no-status": Sentence("its agent has not reported yet"),
    "not-trusted": Sentence("not trusted: see below"),
    "nothing-wished": Sentence("nothing is to be installed here"),
    "seal": Sentence("{environment}: under seal {sequence}, issued {age} ago"),
    "head": Sentence("{environment}: heard {age} ago, at {revision}, agent {agent}, level {level}"),
    "no-environments": Sentence("There is no environment yet; make one: tiangong env new NAME"),
    "see-why": Sentence("Why something is held: tiangong why {environment}"),
    "alarm": Sentence("ALARM: the agent of {environment} met {count} of what looks like an attack:"),
    "receipt-not-trusted": Sentence("not trusted"),
    "absent": Sentence("absent"),
    "retired": Sentence("{age}, retired"),
    "is-retired": Sentence(
        "{environment} is retired: its agent has ended; to clear it away: tiangong env remove {environment}"
    ),
}
