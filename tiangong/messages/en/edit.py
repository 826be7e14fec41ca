"""Sentences about editing documents: finding the one that is meant, setting fields, the editor."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    # ── which document ───────────────────────────────────────────────────────────────────────────────────────────
    "bad-target": Sentence(
        "{target} names no document",
        fix="such as prod-eu, prod-eu/shop, product shop, profile production, policy, or the path of a file",
    ),
    "no-environment": Sentence(
        "there is no environment {target}; there are: {known}",
        fix="name one of them, say what it is (product shop, profile production), or give a path",
    ),
    "no-installation": Sentence(
        "environment {environment} has no installation {name}; it has: {known}",
        fix="tiangong install PRODUCT --env {environment} --channel CHANNEL",
    ),
    "no-target": Sentence("there is no {target}; there are: {known}", fix="name one of them"),
    # ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────
    "bad-field": Sentence(
        "{field} can't be a field",
        fix="write it like config.listen, windows.allow[nights].for or overrides[0].versions; [+] is a new entry",
    ),
    "no-entry": Sentence("{field}: there is no entry {name}", fix="name an entry that is there, or [+] for a new one"),
    "bad-pair": Sentence("{pair} is not of the form key=value", fix="such as config.listen=9090"),
    "not-set": Sentence("{target} has no field {field}", fix="look at it: tiangong edit {target}"),
    "nothing-given": Sentence("nothing is to be set", fix="tiangong set TARGET key=value, or --unset key"),
    "wrong-type": Sentence(
        '"{value}" is not of type {type}, as the releases of the product declare it', fix="correct the value"
    ),
    "secret-by-name": Sentence(
        "is a secret: only its name belongs into Git, never the secret itself",
        fix="write name/key, such as shop-db/password",
        rule="D23",
    ),
    "unchanged": Sentence("{target} says that already; nothing to do."),
    "default-message": Sentence("Edit {target}"),
    "default-set": Sentence("{target}: {fields}"),
    # ── the editor ───────────────────────────────────────────────────────────────────────────────────────────────
    "no-editor": Sentence("no editor is known", fix="set VISUAL or EDITOR, such as: export EDITOR=nano"),
    "editor-failed": Sentence(
        "the editor ({editor}) ended with {code}; nothing was changed", fix="your text is kept in {file}"
    ),
    "editor-ended": Sentence(
        "the editor ({editor}) ended with {code}; nothing was changed",
        fix="save the file, and leave the editor normally",
    ),
    "no-editor-here": Sentence(
        "the editor {editor} can't be started: {why}",
        fix="set VISUAL or EDITOR to one that is installed",
    ),
    "picked-up-later": Sentence("Your text is kept; sign it with: tiangong edit {target}"),
    "mistakes": Sentence("This can't be signed as it is."),
    "go-on": Sentence("Go on editing?"),
    "pick-up": Sentence("There is text of an earlier edit of {target}, from {when}. Go on with it?"),
    "picked-up": Sentence("Going on with the text of an earlier edit, kept in {file}."),
    "kept": Sentence("nothing was signed or changed", fix="your text is kept; go on with: tiangong edit {target}"),
    "not-edited": Sentence("Nothing was edited."),
    "changed-meanwhile": Sentence(
        "was changed by somebody else while you edited it; nothing was signed",
        fix="your text is kept in {file}: compare the two, then tiangong edit {target}",
    ),
    "once": Sentence("a {kind} is written once and never edited", fix="write a new one instead", rule="D1 D3"),
    "schema-line": Sentence("# yaml-language-server: $schema={schema}"),
}
