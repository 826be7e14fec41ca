"""Sentences of the http executor."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "not-shown": Sentence("(not shown: the call holds a secret)"),
    "no-address": Sentence("{host} has no address: {why}", fix="correct the name, or the host's DNS"),
    "link-local": Sentence(
        "{host} is {address}, a link-local or metadata address, and those aren't called",
        fix="correct the URL, or set config.allowLinkLocal of the plugin http on this host",
    ),
    "no-answer": Sentence("{call} got no answer: {why}", fix="check that the server runs and can be reached"),
    "timeout": Sentence("{call} got no answer within {seconds} s", fix="check the server, or give timeout more"),
    "no-certificate": Sentence(
        "the certificates or the key can't be read: {why}",
        fix="correct config.ca or config.clientCertificates of the plugin http on this host",
    ),
    "too-large": Sentence("the answer of {host} is larger than {limit} bytes", fix="call something that answers less"),
    "status": Sentence(
        "{call} answered {status}, expected {wanted}; it begins: {beginning}",
        fix="see the server's own log, or correct expect.status",
    ),
    "header": Sentence(
        "{call} answered with the header {name}: {found}, expected {wanted}",
        fix="see the server, or correct expect.headers",
    ),
    "text": Sentence("{call} answered without the text {wanted}", fix="see the server, or correct expect.contains"),
    "not-json": Sentence("{call} answered something that isn't JSON", fix="see the server, or correct expect.json"),
    "json": Sentence(
        "{call} answered {path} = {found}, expected {wanted}", fix="see the server, or correct expect.json"
    ),
    "no-undo": Sentence("{call} can't be taken back", fix="undo it by hand"),
    "would-call": Sentence("calls {call}"),
    "answered": Sentence("{call} answered {status} in {milliseconds} ms"),
}
