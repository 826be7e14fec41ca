"""Sentences about documents: their bytes, their YAML, their fields, their place."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "too-large": Sentence(
        "is {size} bytes; a document may have {limit}", fix="make it smaller, or ship it as payload", rule="D6"
    ),
    "not-utf8": Sentence("is not UTF-8 text", fix="save it as UTF-8"),
    "byte-order-mark": Sentence("starts with a byte order mark", fix="save it as UTF-8 without BOM"),
    "crlf": Sentence("has Windows line ends (CR LF)", fix="save it with LF; .gitattributes with `* -text` keeps it so"),
    "character": Sentence(
        "holds the character {character}, which people can't see or terminals obey",
        fix='remove it, or write it as an escape in double quotes, such as "\\u200d"; U+0000 is never allowed',
    ),
    "syntax": Sentence(
        "can't be read as YAML: {why}",
        fix="check indentation and colons near this place; quote a word that starts with > | @ % & * ! ` [ {{",
    ),
    "not-a-mapping": Sentence("is not a mapping of fields", fix="start with apiVersion, kind, metadata, spec"),
    "alias": Sentence("uses an alias (*name)", fix="quote a word that starts with *, or write the value out"),
    "anchor-or-tag": Sentence(
        "uses an anchor (&name) or a tag (!name)", fix="quote a word that starts with & or !, or write the value out"
    ),
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
    "ambiguous-key": Sentence(
        "has the key {key}, which some read as a number, truth value or nothing", fix='quote it: "{key}"'
    ),
    "ambiguous": Sentence(
        "{value} is read as text by some and as a number, date or truth value by others",
        fix='quote it: "{value}" (or write true, false or a plain number)',
    ),
    "wrong-api-version": Sentence("has no apiVersion, or another one", fix="write apiVersion: {expected}"),
    "unknown-kind": Sentence("kind {kind} is not known", fix="write kind: {known}"),
    "kind-elsewhere": Sentence(
        "is a {kind}, but only {expected} may stand here", fix="move it to its own path", rule="R11"
    ),
    "wrong-path": Sentence(
        "stands at another path than its name says", fix="move it to {belongs}, or correct metadata.name", rule="R11"
    ),
    "bad-name": Sentence(
        "{name} can't be a name here: the path would have to be {path}",
        fix="lower-case letters, digits, . _ - inside; a release is named shop@1.4.0, a promotion shop@1.4.0/stable",
        rule="R11",
    ),
    "not-as-named": Sentence(
        "{value} is not what metadata.name says, which is {expected}",
        fix="write {expected}, or another name",
        rule="R11",
    ),
    "environment-here": Sentence("a {kind} has no metadata.environment", fix="remove the line", rule="R11"),
    "unknown-field": Sentence("unknown field {name}", fix="did you mean {guess}?", rule="R11"),
    "unknown-field-no-guess": Sentence("unknown field {name}", fix="remove it; known here: {known}", rule="R11"),
    "not-yet": Sentence(
        "{field} is not supported yet", fix="remove it until the version that brings it; it would have no effect"
    ),
    "missing-field": Sentence("{field} is missing", fix="add it"),
    "quote-it": Sentence("{value} is not text", fix='quote it: "{value}"'),
    "not-text": Sentence("{value} is not text", fix="write one line of text"),
    "not-integer": Sentence("{value} is not an integer", fix="write a whole number, without quotes"),
    "not-number": Sentence("{value} is not a number", fix="write a number such as 3 or 2.5, without quotes"),
    "not-truth": Sentence("{value} is neither true nor false", fix="write true or false, without quotes"),
    "not-fields": Sentence(
        "{value} is not a mapping of fields", fix="write field: value below it, indented, or {{field: value}}"
    ),
    "not-list": Sentence("{value} is not a list", fix="write [one, two], or each with - on a line of its own"),
    "not-one-of": Sentence("{value} is not one of {allowed}", fix="write one of them"),
    "not-a-name": Sentence(
        "{value} is not a name", fix="lower-case letters and digits, also . _ - inside, at most 63 characters"
    ),
    "not-as-pattern": Sentence("{value} has another form than {pattern}", fix="correct it"),
    "too-small": Sentence("{value} is less than {limit}", fix="write {limit} or more"),
    "too-big": Sentence("{value} is more than {limit}", fix="write {limit} or less"),
    "too-few": Sentence("{value} has too few entries", fix="write at least {limit}"),
    "wrong-value": Sentence("{value} {why}", fix="correct the value"),
    "more": Sentence("has {count} more mistakes", fix="correct these first"),
    "number-too-long": Sentence(
        "{value} has more digits than a document's numbers may have", fix="write it as text, in quotes"
    ),
    "cant-edit": Sentence(
        "the field {field} can't be set here: what is above it is neither a mapping nor a list that long",
        fix="look at the document, and name another field",
    ),
    "cant-stamp": Sentence(
        "can't be stamped without changing what it says",
        fix="write metadata and spec as blocks, one field a line, and end the file with a line end",
        rule="D2",
    ),
}
