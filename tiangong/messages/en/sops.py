"""Sentences about SOPS files."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "not-encrypted": Sentence(
        "is not encrypted: it has no sops: part, and what lies in Git can be read by everybody who can clone",
        fix="take it out of Git's history if it was ever pushed, change what it held, and write it with sops",
        rule="D23",
    ),
    "plain": Sentence(
        "is a plain value where the file's own rule asks for an encrypted one",
        fix="change the secret if this was ever pushed, then write it with sops",
        rule="D23",
    ),
    "no-age": Sentence(
        "is encrypted to no age recipient (other keys: {others}), so no agent can open it",
        fix="add the agent's: sops rotate -i --add-age RECIPIENT FILE",
        rule="D23",
    ),
    "key-groups": Sentence(
        "splits its key into groups (Shamir), which agents don't put together",
        fix="write it without shamir_threshold and key groups",
        rule="D23",
    ),
    "no-mac": Sentence(
        "has no MAC: nobody could tell whether parts of it were exchanged",
        fix="write it again with sops and without --ignore-mac",
        rule="D23",
    ),
    "unknown": Sentence(
        "uses {name} of SOPS, which isn't understood here, so nothing of the file is",
        fix="write it without; or upgrade Tiangong",
        rule="D23",
    ),
    "damaged": Sentence(
        "is damaged: this part isn't what SOPS writes",
        fix="restore it: git checkout COMMIT -- FILE",
        rule="D23",
    ),
    "altered": Sentence(
        "isn't as it was written: this part doesn't fit the others",
        fix="restore it: git checkout COMMIT -- FILE",
        rule="D23",
    ),
    "not-for-me": Sentence(
        "can't be opened here with {mine}: it is encrypted to {recipients}",
        fix="have somebody who can open it run: sops rotate -i --add-age RECIPIENT FILE",
        rule="D23",
    ),
    "not-text": Sentence(
        "holds a value that isn't what its type says, or no text", fix="store it as text, such as base64"
    ),
    "cant-seal-to": Sentence(
        "{recipient} can't be encrypted to here: {why}; supported are X25519 keys, age1…", fix="age-keygen makes one"
    ),
    "other-recipients": Sentence(
        "the document and its SOPS file don't name the same recipients: {recipient} stands in one of them only",
        fix="name under recipients: whom the file is encrypted to",
        rule="D23",
    ),
}
