"""Sentences of `tiangong renew`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "nothing": Sentence("Nothing that I may sign has to be signed again, and nothing ends soon."),
    "these": Sentence("{count} documents to be signed; look at each before you do."),
    "others": Sentence("{count} more only others may sign: ask them to run tiangong renew."),
    "message": Sentence("Sign {count} documents again"),
}
