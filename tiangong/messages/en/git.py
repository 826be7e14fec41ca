"""Sentences about reaching a Git remote and about the mirror on this host."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    # ── what was written about the remote ────────────────────────────────────────────────────────────────────
    "bad-transport": Sentence(
        "{url} is not reached by https or ssh", fix="write https://HOST/PATH or ssh://USER@HOST/PATH", rule="D32"
    ),
    "bad-url": Sentence(
        "{url} is not an address of a repository",
        fix="write https://HOST[:PORT]/PATH or ssh://USER@HOST[:PORT]/PATH",
        rule="D32",
    ),
    "like-scp": Sentence("{url} doesn't say how it is reached", fix="write {instead}", rule="D32"),
    "user-in-url": Sentence(
        "{url} holds a user or a password; addresses get into logs and lists of processes",
        fix="write the address without it, and `credentials: {{file: …}}` for a file with user:password or a token",
        rule="G6",
    ),
    "bad-proxy": Sentence(
        "network.proxy is not an address of a proxy",
        fix="write http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT",
    ),
    "proxy-needs-https": Sentence(
        "network.proxy is set, but {url} is reached by ssh, which doesn't go through it",
        fix="use the https address of the repository, or remove network.proxy",
    ),
    "no-known-hosts": Sentence(
        "{url} is reached by ssh, and nothing says which host key to expect",
        fix="ssh-keyscan {host} > FILE, compare with what the forge publishes, `credentials: {{known_hosts: FILE}}`",
    ),
    "unreadable-file": Sentence("the file can't be read: {why}", fix="correct the path, or its permissions"),
    "open-credentials": Sentence(
        "the file holds a secret and others on this host may read it (mode {mode})", fix="chmod 600 it", rule="G6"
    ),
    "open-credentials-ssh": Sentence(
        "ssh won't use the key {file}: others may read it", fix="chmod 600 {file}", rule="G6"
    ),
    "bad-credentials": Sentence(
        "the file holds neither user:password nor a token", fix="write one line of printable text into it"
    ),
    "bad-key": Sentence(
        "ssh can't use the key {file}: {why}",
        fix="an agent needs a private key without a passphrase: ssh-keygen -t ed25519 -N ''",
    ),
    "bad-ca": Sentence("network.ca can't be used: {why}", fix="name a file with CA certificates in PEM form"),
    "bad-ref": Sentence(
        "{ref} is not the name of a ref", fix="write refs/heads/NAME with letters, digits, - _ . and /"
    ),
    "not-an-id": Sentence("{object} is not the id of a Git object", fix="write all 40 hex digits"),
    "not-a-commit": Sentence("{object} is not a commit", fix="name a commit"),
    "no-git": Sentence("git can't be started: {why}", fix="install git (Debian: apt install git)"),
    "too-old": Sentence("git is {found}, and {oldest} or newer is needed", fix="upgrade git", rule="G8"),
    "no-key": Sentence(
        "{url} is reached by ssh, and no key is configured for it",
        fix="`credentials: {{file: …}}` naming a private key (mode 0600) without a passphrase",
        rule="G6",
    ),
    "bad-file-name": Sentence("ssh can't be given a file with such a name", fix="use a path without quotes"),
    # ── the remote ───────────────────────────────────────────────────────────────────────────────────────────
    "away": Sentence(
        "{url} can't be reached: {why}", fix="check the network and the server; work goes on with what is known"
    ),
    "no-host": Sentence("{url}: the name {host} is not known: {why}", fix="check the address and this host's DNS"),
    "timeout": Sentence(
        "{url} took longer than {seconds} s and was given up",
        fix="check the network and the server; work goes on with what is known",
    ),
    "slow": Sentence(
        "{url} sent next to nothing for {seconds} s and was given up",
        fix="check the network and the server; work goes on with what is known",
        rule="G7",
    ),
    "cancelled": Sentence("talking to {url} was stopped, because the agent stops", fix="nothing to do"),
    "password-asked": Sentence(
        "{url} asks for a user and a password, and none is configured",
        fix="`credentials: {{file: …}}` naming a file (mode 0600) that holds user:password or a token",
        rule="G6",
    ),
    "denied": Sentence(
        "{url} refuses what this host identifies itself with: {why}",
        fix="check that the key or token is registered there, still valid, and may read and write",
    ),
    "proxy-denied": Sentence("the proxy refuses to let this host through to {url}", fix="check network.proxy"),
    "certificate": Sentence(
        "the certificate of {host} is not one this host believes: {why}",
        fix="set network.ca to the CA that signed it; if you expected a good one, somebody may be listening in",
    ),
    "certificate-name": Sentence(
        "the certificate is not for {host}: {why}", fix="use the name in the certificate, or have it issued for {host}"
    ),
    "host-key-unknown": Sentence(
        "the ssh host key of {host} is not in known_hosts",
        fix="ssh-keyscan {host}, compare with what the forge publishes, add it to credentials.known_hosts",
    ),
    "host-key-changed": Sentence(
        "the ssh host key of {host} is another than the one in known_hosts; somebody may be listening in",
        fix="ask who runs the server; if it was changed on purpose, put the new one into credentials.known_hosts",
    ),
    "redirected": Sentence(
        "{url} points to another address, which is never followed",
        fix="write the address the repository has now",
        rule="G3",
    ),
    "no-repository": Sentence(
        "there is no repository at {url}, or this host may not see it",
        fix="check the address, and that the key or token may read it",
    ),
    "no-branch": Sentence("{url} has no {ref}", fix="push the branch, or correct source.branch"),
    "bad-objects": Sentence(
        "{url} sends objects that are damaged or made to harm: {why}; nothing of it was taken over",
        fix="git fsck in the repository there; somebody pushed what no git writes, or its disk is broken",
        rule="G2",
    ),
    "too-much": Sentence(
        "{url} answers without end (more than {limit} bytes)", fix="ask who runs the server", rule="G7"
    ),
    "too-large": Sentence(
        "{url} sends more than this host takes: {why}",
        fix="keep large files out of the repository (they are artifacts), or raise the limit",
        rule="G7",
    ),
    "raced": Sentence(
        "{ref} was moved by somebody else: expected {expected}, found {found}",
        fix="nothing to do: it is tried again on the newer state",
    ),
    "rejected": Sentence(
        "{url} does not take {ref}: {why}",
        fix="allow this key or token to push {ref}, and check hooks and branch protection there",
    ),
    # ── this host ────────────────────────────────────────────────────────────────────────────────────────────
    "no-space": Sentence("the disk is full: {why}", fix="free some space in the state folder"),
    "locked": Sentence(
        "another git works in the mirror: {why}",
        fix="end it; a lock that was left behind goes away when the agent starts again",
    ),
    "killed": Sentence(
        "git was killed by signal {signal} while it talked to {url}", fix="see the host's log (out of memory?)"
    ),
    "cant-make": Sentence(
        "the mirror can't be made: {why}", fix="check permissions and free space of the state folder"
    ),
    "cant-write": Sentence(
        "git objects can't be written: {why}", fix="check permissions and free space of the state folder"
    ),
    "not-mine": Sentence(
        "the mirror belongs to another user, so it is not used", fix="chown -R it to the user the agent runs as"
    ),
    "missing-object": Sentence(
        "object {object} is missing in the repository",
        fix="nothing to do for an agent: its mirror is built anew; in a clone: git fsck",
    ),
    "broken-object": Sentence(
        "object {object} in the repository is damaged: {why}",
        fix="nothing to do for an agent: its mirror is built anew; in a clone: git fsck; check the disk",
    ),
    "object-too-large": Sentence(
        "object {object} has {size} bytes, more than {limit}",
        fix="keep large files out of the repository: they are artifacts",
        rule="D6",
    ),
}
