"""Sentences about the agent's own refs: status, receipts, heartbeat."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "spooled": Sentence(
        "the status could not be pushed and is kept on this host until it can",
        fix="nothing to do; it is tried again by itself",
        rule="D24",
    ),
    "other-instance": Sentence(
        "another agent ({instance}) speaks for {environment}, last heard {heard}; this one neither acts nor reports",
        fix="stop the other one; when it has been silent for {minutes} min, this one takes over by itself",
        rule="D25",
    ),
    "foreign-status": Sentence(
        "{ref} was overwritten with what no agent of {environment} signed ({why}); the status is written on top of it",
        fix="find out who may push to {ref}, and protect it",
        rule="R21",
    ),
    "restless": Sentence(
        "{ref} is moved by somebody else again and again", fix="find out who may push to {ref}, and protect it"
    ),
    "vanished": Sentence(
        "{ref} was deleted on the remote; it is written again from this host",
        fix="find out who may delete {ref}, and protect it",
        rule="D24",
    ),
    "not-signed": Sentence("no key of this environment's agent signed it: {why}"),
    "not-there": Sentence("there is no file {path} to be read"),
    "another-environment": Sentence("it speaks of {found}, not of {environment}"),
    "key-ended": Sentence("it was signed with a key after its last day"),
    "cant-write": Sentence(
        "the status can't be written on this host: {why}", fix="free some space, or make the state folder writable"
    ),
    "no-beat": Sentence("the heartbeat failed by a fault of the agent ({error})", fix="report it with the agent's log"),
    "not-wished": Sentence(
        "it is installed, and neither a profile nor an installation asks for it any more; deleting never acts",
        fix="restore the document that asked for it, or remove it: tiangong uninstall ENV/INSTALLATION",
        rule="D5",
    ),
    "log-cut": Sentence("[{bytes} bytes left out]"),
    "log-lost": Sentence("[{bytes} bytes could not be kept on this host: {why}]"),
    "status-commit": Sentence("status {counter} of {environment}"),
    "live-commit": Sentence("{environment} is alive"),
}
