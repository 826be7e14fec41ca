"""Sentences about trust: keys, signatures, roles, generations, history."""

from tiangong.messages.catalogue import Sentence

SIGN = "tiangong commit -a -m 'sign again'"

SENTENCES: dict[str, Sentence] = {
    "bad-name": Sentence(
        "has a name that may not stand in a control repository",
        fix="rename it: letters, digits, . _ - @ +, not starting with a dot",
        rule="G4",
    ),
    "bad-mode": Sentence(
        "is not an ordinary file (mode {mode}): a link, a submodule or something else",
        fix="replace it by an ordinary file",
        rule="G4",
    ),
    "not-a-folder": Sentence(
        "is not a folder (mode {mode}): a file, a link or a submodule stands where documents belong",
        fix="replace it by a folder, or restore it: git checkout COMMIT -- FOLDER",
        rule="G4",
    ),
    "twice": Sentence(
        "stands there twice; nobody can tell which one is meant",
        fix="the tree was not written by git; restore it from an earlier commit",
        rule="G4",
    ),
    "case-clash": Sentence(
        "differs from a document only in upper and lower case; it is not read", fix="rename or remove it", rule="G4"
    ),
    "too-many-files": Sentence(
        "more than {limit} files belong to this environment; nothing is read",
        fix="remove what is no longer used, above all unsigned files and old suppressions",
        rule="D6",
    ),
    "too-much": Sentence(
        "the documents of this environment are larger than {limit} bytes together; nothing is read",
        fix="remove what is no longer used; large files belong into payload or artifacts",
        rule="D6",
    ),
    "bad-key": Sentence("a key of {person} can't be used: {why}", fix="correct or remove the key line", rule="R6"),
    "shared-key": Sentence(
        "{one} and {other} have the same key; one key speaks for one person only",
        fix="give each a key of their own",
        rule="R6",
    ),
    "no-signature": Sentence(
        "is not signed; role {role} is needed, {who} has it",
        fix="ask {who} to run: tiangong sign FILE (or tiangong commit -a)",
        rule="R4",
    ),
    "bad-signature": Sentence(
        "the signature of {signer} doesn't count: {why}; role {role} is needed, {who} has it",
        fix="ask {who} to run: " + SIGN,
        rule="R5",
    ),
    "unknown-signer": Sentence(
        "is signed with the key {key}, which belongs to nobody who may sign it; role {role} is needed, {who} has it",
        fix="ask {who} to sign, or add the key to trust/policy.yaml",
        rule="R6",
    ),
    "no-authority": Sentence(
        "{signed} signed, but a {kind} needs role {role}; {who} has it",
        fix="ask {who} to run: tiangong sign FILE",
        rule="R4 D12",
    ),
    "threshold": Sentence(
        "{have} of {need} signatures of role {role} ({signed}); {who} may sign",
        fix="ask another of {who} to run: tiangong sign FILE",
        rule="R7",
    ),
    "touch-needed": Sentence(
        "role {role} asks for a security key that is touched; {who} may sign",
        fix="sign again with a FIDO key",
        rule="R5",
    ),
    "pin-needed": Sentence(
        "role {role} asks for a security key that is touched and asks for its PIN; {who} may sign",
        fix="sign again with a FIDO key made with: ssh-keygen -t ed25519-sk -O verify-required",
        rule="R5",
    ),
    "no-policy": Sentence(
        "the trust policy is missing or not in order", fix="restore it from an earlier commit", rule="R2"
    ),
    "quarantined": Sentence(
        "doesn't count in the sealed commit; the last good version the seal names counts instead",
        fix="correct it, or restore it, sign it, and seal",
        rule="D9",
    ),
    "level": Sentence(
        "security level {level} is lower than {pinned}, which the host was told when it joined",
        fix="if that is meant: tiangong agent set-level {level} on the host; else write securityLevel: {pinned}",
        rule="D10",
    ),
    "unknown-person": Sentence(
        "role {role} names {person}, who is not under people:",
        fix="add {person} with a key, or correct the name",
        rule="R4",
    ),
    "unstamped": Sentence("was never stamped and signed by the tool", fix="run: tiangong commit", rule="R11"),
    "other-repo": Sentence(
        "belongs to another repository ({found}, here it is {expected})", fix="sign it here again: " + SIGN, rule="R11"
    ),
    "release-changed": Sentence(
        "a release is published once and never edited (generation {generation})",
        fix="restore it, and publish a new version",
        rule="D3",
    ),
    "suppression-changed": Sentence(
        "a suppression is written once and never edited (generation {generation}); it ends by its date or a withdrawal",
        fix="restore it; to hold longer, write another suppression",
        rule="D1",
    ),
    "recall-changed": Sentence(
        "a recall is written once and never edited (generation {generation}); only a withdrawal ends it",
        fix="restore it; to recall more, write another recall",
        rule="D1",
    ),
    "withdrawal-changed": Sentence(
        "a withdrawal is written once and never edited (generation {generation})",
        fix="restore it; to end another act, write another withdrawal",
        rule="D1",
    ),
    "revocation-changed": Sentence(
        "a revocation is written once and never edited (generation {generation})",
        fix="restore it; to revoke more, write another one: tiangong trust revoke",
        rule="D1",
    ),
    "approval-changed": Sentence(
        "an approval is written once and never edited (generation {generation})",
        fix="restore it; to approve something else: tiangong approve",
        rule="D14",
    ),
    "approval-id": Sentence(
        "isn't named after what it says; it would be {expected}",
        fix="write approvals with: tiangong approve",
        rule="D14",
    ),
    "approval-reach": Sentence(
        "names other environments than its plans are for", fix="write approvals with: tiangong approve", rule="D14"
    ),
    "tainted": Sentence(
        "is signed by {signed} with a key that was stolen later: what runs goes on, nothing new begins by it",
        fix="look at it; if it is good, sign it again with a key that counts: tiangong renew",
        rule="R9",
    ),
    "cant-withdraw": Sentence(
        "{subject} can't be withdrawn: only acts that restrict can, by their path",
        fix="name the path of a suppression or recall, such as suppressions/inc-4711.yaml",
        rule="D1",
    ),
    "withdraws-other": Sentence(
        "names other bytes than those of {subject}; it ends nothing",
        fix="make it anew: tiangong suppression withdraw, or tiangong recalls withdraw",
        rule="R13",
    ),
    "lost-restriction": Sentence(
        "this {kind} counted when this agent still had its memory, and nobody shows it now; nothing new is started",
        fix="restore it: git checkout COMMIT~1 -- FILE; or withdraw it",
        rule="R20",
    ),
    "unread-restriction": Sentence(
        "is signed and can't be read here; as it may restrict, nothing new is started",
        fix="upgrade this agent, or correct the document and sign it again",
        rule="R11",
    ),
    "retired": Sentence(
        "the environment is retired: its agent starts nothing any more, says so one last time and ends",
        fix="to use it again: tiangong set ENV state=active, and start the agent; to clear it: tiangong env remove ENV",
        rule="D5",
    ),
    "rollback": Sentence(
        "is generation {found}, but generation {accepted} was accepted before: somebody put an old version back",
        fix="restore the newer version, or edit and sign the document again",
        rule="R12",
    ),
    "equivocation": Sentence(
        "is generation {generation} again, with other bytes than the ones accepted",
        fix="find out who signed two versions; then edit and sign again for a new generation",
        rule="R12",
    ),
    "jump": Sentence(
        "jumps from generation {accepted} to {found}",
        fix="restore it, find out whose key was used, take it out of the policy; where agents accepted such a jump: "
        "tiangong trust rotate-root --reset-mark FILE=LAST-GOOD-GENERATION",
        rule="R12",
    ),
    "no-digest": Sentence(
        "a promotion must name its release by digest", fix="run: tiangong commit (it fills the digest in)", rule="R13"
    ),
    "root-mismatch": Sentence(
        "is not the trust root this agent was told to trust (sha512:{expected}…)",
        fix="check the remote; if it is the right one, join again with a new token",
        rule="R1",
    ),
    "root-missing": Sentence(
        "the trust root this agent was told to trust is missing",
        fix="restore it: git checkout COMMIT -- FILE",
        rule="R1",
    ),
    "root-unlinked": Sentence(
        "no chain of roots leads here; the newest trusted root is {newest}",
        fix="remove it, or publish the roots between",
        rule="R1",
    ),
    "root-replaced": Sentence(
        "was replaced; the root accepted before goes on counting",
        fix="restore the old file: versions of the root are never edited",
        rule="R1",
    ),
    "root-number": Sentence(
        "a root's number, name and path must agree and rise by one",
        fix="restore it, or make the next root anew",
        rule="R1",
    ),
    "root-expired": Sentence(
        "the trust root expired on {until}; nothing new is started",
        fix="publish the next version of the root",
        rule="R1",
    ),
    "policy-expired": Sentence(
        "the trust policy expired on {until}; nothing new is started",
        fix="write a later spec.expires and run: tiangong commit",
        rule="R19",
    ),
    "environment-expired": Sentence(
        "the environment's rules expired on {until}; nothing new is started",
        fix="write a later spec.expires and run: tiangong commit",
        rule="D8",
    ),
    "clock": Sentence(
        "this host's clock ({now}) is behind a time already seen ({floor}); nothing new is started",
        fix="correct the clock",
        rule="R18",
    ),
    "history-rewritten": Sentence(
        "the branch was rewritten: its newest commit does not descend from the one accepted before",
        fix="look at it; if it is right, on this host: tiangong agent accept-history {revision}",
        rule="D11",
    ),
    "disappeared": Sentence(
        "the {kind} disappeared; deleting never acts, it goes on counting as it was",
        fix="restore it: git checkout COMMIT~1 -- FILE",
        rule="D5",
    ),
    "other-release": Sentence(
        "promotes {release}, whose accepted bytes are not the ones named by digest",
        fix="promote it again: tiangong promote {release} --to CHANNEL",
        rule="R13",
    ),
    "payload-missing": Sentence(
        "a file of the release is missing, or not an ordinary file",
        fix="restore it: git checkout COMMIT -- FILE",
        rule="D3",
    ),
    "payload-changed": Sentence(
        "is not the file the release was signed with", fix="restore it, or publish a new version", rule="D3"
    ),
    "payload-too-large": Sentence(
        "is {size} bytes; a payload file may have {limit}", fix="make it smaller, or ship it as an artifact", rule="D6"
    ),
    "sealed-missing": Sentence(
        "the SOPS file of a secret is missing, or not an ordinary file",
        fix="restore it: git checkout COMMIT -- FILE; or write it again with sops",
        rule="D23",
    ),
    "sealed-changed": Sentence(
        "is not the SOPS file its secret's document was signed with; who wrote it is unknown",
        fix="restore it: git checkout COMMIT -- FILE; if it was you who edited it: tiangong commit (signs it)",
        rule="R13",
    ),
    "sealed-unnamed": Sentence(
        "a secret must name its SOPS file by digest", fix="run: tiangong commit (it fills the digest in)", rule="R13"
    ),
    "stray": Sentence(
        "is neither a document nor a signature of one, nor payload of a release; nobody reads it",
        fix="move it out of the folders that hold documents, or delete it",
        rule="R11",
    ),
    "missing": Sentence("is missing", fix="write it; for an environment: tiangong env new NAME", rule="R16"),
    "bad-token": Sentence("this is not a {what} ({why})", fix="copy the whole line, it starts with {prefix}"),
    "token-expired": Sentence(
        "this token expired on {until}", fix="ask for a new one: tiangong env new NAME, or tiangong agent token NAME"
    ),
    "status-unsigned": Sentence(
        "the status is not signed by a key of environments/{environment}/agent.yaml: {why}",
        fix="accept the agent's key: tiangong agent accept REQUEST",
        rule="R21",
    ),
}
