"""Sentences of `tiangong trust revoke` and `trust export`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "nobody": Sentence(
        "{word} is no person of this repository, no fingerprint and no key file",
        fix="one of: {known}; or SHA256:…, or a .pub file",
    ),
    "no-reason": Sentence("{reason} is no reason to revoke a key", fix="one of: {known}", rule="R9"),
    "id-taken": Sentence("there is a revocation {id} already", fix="take another name; it can't be edited", rule="D1"),
    "bad-time": Sentence("{word} is no time", fix="2d, or 2026-12-01T08:00:00+01:00"),
    "no-krl": Sentence("ssh-keygen made no key revocation list: {why}", fix="look at what it says (OpenSSH 8.0)"),
    "again": Sentence("{count} documents count no more and are to be signed again:"),
    "nothing-again": Sentence("No document rests on these keys alone."),
    "more": Sentence("  … and {count} more"),
    "secrets": Sentence("{count} secrets their holder may have known, to be changed where they come from: {names}"),
    "sites": Sentence("{count} environments hold until then: {names}"),
    "message": Sentence("Revoke {who}: {reason}"),
    "next": Sentence(
        "Next: look at what was signed, then tiangong renew --push; take {who} out of the roles: tiangong trust roles"
    ),
    "exported": Sentence("Wrote {signers} and {krl}"),
    "use-git": Sentence(
        "For git: git config gpg.ssh.allowedSignersFile {signers} and git config gpg.ssh.revocationFile {krl}"
    ),
}
