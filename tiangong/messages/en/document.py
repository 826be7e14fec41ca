"""Sentences about documents: their bytes, their YAML, their fields, their place."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "too-large": Sentence(
        "is {size} bytes; a document may have {limit}", fix="make it smaller, or ship it as payload", rule="D6"
    ),
    "not-utf8": Sentence("is not UTF-8 text", fix="save it as UTF-8"),
    "byte-order-mark": Sentence("starts with a byte order mark", fix="save it as UTF-8 without BOM"),
    "crlf": Sentence("has Windows line ends (CR LF)", fix="save it with LF; .gitattributes with `* -text` keeps it so"),
    "character": Sentence("holds the character {character}, which people can't see or terminals obey", fix="remove it"),
    "syntax": Sentence("can't be read as YAML: {why}", fix="check indentation, colons and quotes near this place"),
    "not-a-mapping": Sentence("is not a mapping of fields", fix="start with apiVersion, kind, metadata, spec"),
    "alias": Sentence("uses an alias (*name)", fix="write the value out"),
    "anchor-or-tag": Sentence("uses an anchor (&name) or a tag (!name)", fix="write the value out, without & and !"),
    "marker": Sentence(
        "has a document marker (---, ...) or a directive (%)", fix="one document a file, without markers"
    ),
    "complex-key": Sentence("uses a mapping or a list as a key", fix="keys are plain words"),
    "bad-key": Sentence(
        "has the key {key}, which is empty, a block or a merge key", fix="keys are plain words; write merged fields out"
    ),
    "duplicate-key": Sentence("has the key {key} twice", fix="keep one of them"),
    "too-deep": Sentence("is nested deeper than {limit} levels", fix="flatten it"),
    "too-many": Sentence("has more than {limit} values", fix="split it"),
    "ambiguous": Sentence(
        "{value} is read as text by some and as a number, date or truth value by others",
        fix='quote it: "{value}" (or write true, false or a plain number)',
    ),
    "quote-it": Sentence("{value} is not text", fix='quote it: "{value}" (written as you mean it, 1.10 is not 1.1)'),
    "wrong-api-version": Sentence("has no or another apiVersion", fix="write apiVersion: {expected}"),
    "unknown-kind": Sentence("kind {kind} is not known", fix="one of: {guess}"),
    "kind-elsewhere": Sentence(
        "is a {kind}, but only {expected} may stand here", fix="move it to its own path", rule="R11"
    ),
    "wrong-path": Sentence(
        "stands at another path than its name says", fix="move it to {belongs}, or correct metadata.name", rule="R11"
    ),
    "no-document-here": Sentence(
        "no document may stand here", fix="move it where its kind and name say, or out of the known folders", rule="R11"
    ),
    "unknown-field": Sentence("unknown field {name}", fix="did you mean {guess}?", rule="R11"),
    "unknown-field-no-guess": Sentence("unknown field {name}", fix="remove it; known here: {known}", rule="R11"),
    "not-yet": Sentence(
        "{field} is not supported yet", fix="remove it until the version that brings it; it would have no effect"
    ),
    "missing-field": Sentence("{field} is missing", fix="add it"),
    "wrong-value": Sentence("{value} {why}", fix="correct the value"),
    "cant-stamp": Sentence(
        "can't be stamped without changing what it says", fix="write metadata as a block, one field a line"
    ),
}
