"""Sentences about an author's own clone: finding it, keys, who may sign, committing, pushing."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    # ── the clone ────────────────────────────────────────────────────────────────────────────────────────────────
    "no-repository": Sentence(
        "there is no control repository here or above (no tiangong.yaml)",
        fix="cd into your clone, name it with -C DIR or TIANGONG_REPO, or make one: tiangong init DIR",
    ),
    "not-git": Sentence("is not a clone git can open: {why}", fix="clone the control repository: git clone URL"),
    "no-git": Sentence("git is not installed", fix="install git 2.30 or newer, such as: apt install git"),
    "git": Sentence("{command} failed: {why}", fix="correct that and run it again; nothing was changed"),
    "cant-read": Sentence("can't be read: {why}", fix="check its permissions"),
    "cant-write": Sentence("can't be written: {why}", fix="make room or correct permissions; nothing was changed"),
    "not-a-file": Sentence("is not an ordinary file", fix="replace the link or folder by a file"),
    "no-identity": Sentence(
        "git doesn't know who you are, so it can't commit",
        fix="git config --global user.name 'Your Name' && git config --global user.email you@example.org",
    ),
    "changed-meanwhile": Sentence(
        "was saved again while it was being signed; nothing was signed or changed", fix="run the command again"
    ),
    "switched-meanwhile": Sentence(
        "another branch was checked out while this was being signed; nothing was changed", fix="run the command again"
    ),
    "hook-changed": Sentence(
        "one of your git hooks changed it after it was signed; the commit was taken back",
        fix="let the hook leave documents and signatures alone (look at: git config core.hooksPath)",
    ),
    # ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────
    "no-key": Sentence(
        "no SSH key was found to sign with: none in git's user.signingkey, ~/.ssh or the ssh agent",
        fix="make one: ssh-keygen -t ed25519, or name one with --key FILE",
    ),
    "no-key-file": Sentence(
        "the key can't be read: {why}", fix="name a private key, or a .pub whose private half the ssh agent has"
    ),
    "bad-key-file": Sentence("is not a key that can sign: {why}", fix="name an OpenSSH private key with --key FILE"),
    "no-key-of": Sentence(
        "no key of {person} is here", fix="name it with --key FILE; keys are known of: {known}", rule="D12"
    ),
    "unknown-key": Sentence(
        "the key {key} belongs to nobody in this repository",
        fix="ask a policy owner to add it under people: in trust/policy.yaml: {line}",
        rule="R6",
    ),
    "cant-make-key": Sentence("the key can't be made: {why}", fix="check the folder's permissions"),
    "no-ssh-keygen": Sentence("ssh-keygen is not installed", fix="install the OpenSSH client (openssh-client)"),
    "cant-sign": Sentence(
        "the key {key} did not sign: {why}; nothing was changed",
        fix="check the passphrase, the touch, or that the ssh agent has the key (ssh-add -L)",
    ),
    # ── who may sign ─────────────────────────────────────────────────────────────────────────────────────────────
    "no-trust": Sentence(
        "is missing: without a trust root and a policy nothing can be signed",
        fix="tiangong init DIR, or restore it: git checkout COMMIT -- trust",
        rule="R1",
    ),
    "needs-role-typed": Sentence(
        "needs role {role}; {signer} doesn't have it, {who} has",
        fix="ask {who} to run the same command; who may: tiangong trust roles",
        rule="R4 D12",
    ),
    "needs-role": Sentence(
        "needs role {role}; {signer} doesn't have it, {who} has",
        fix="send it to {who}: git switch -c NAME && git commit -a && git push origin NAME; "
        "they run: git switch NAME && tiangong commit -a -m 'sign'",
        rule="R4 D12",
    ),
    "needs-touch": Sentence(
        "role {role} asks for a security key that is touched; the key of {signer} is none ({who} may sign)",
        fix="name one with --key ~/.ssh/id_ed25519_sk",
        rule="R5",
    ),
    "needs-more": Sentence(
        "needs {need} signatures of role {role}; {more} more of {who} are missing",
        fix="push it, and ask them to run: git pull && tiangong sign {path} --commit --push",
        rule="R7",
    ),
    # ── documents ────────────────────────────────────────────────────────────────────────────────────────────────
    "release-published": Sentence(
        "{release} is published and never edited", fix="restore it, and publish a new version", rule="D3"
    ),
    "suppression-written": Sentence(
        "{name} is written and never edited; it ends by its date or a withdrawal",
        fix="restore it; to hold longer, write another suppression",
        rule="D1",
    ),
    "recall-written": Sentence(
        "{name} is written and never edited; only a withdrawal ends it",
        fix="restore it; to recall more: tiangong recall; to end it: tiangong recalls withdraw {name}",
        rule="D1",
    ),
    "withdrawal-written": Sentence(
        "{name} is written and never edited", fix="restore it; to end another act, write another withdrawal", rule="D1"
    ),
    "root-published": Sentence(
        "a trust root is never edited", fix="restore it, and write trust/root/{next}.yaml", rule="R1"
    ),
    "unknown-release": Sentence(
        "there is no release {release}", fix="publish it first; it would stand at {path}", rule="R13"
    ),
    "deleting": Sentence(
        "deleting never acts: agents go on with it as it was and hold what depends on it",
        fix="keep it; to end a suppression: tiangong resume; to stop something write what should hold instead",
        rule="D5",
    ),
    "unstamped": Sentence(
        "was never stamped, so there is nothing yet that several people could sign",
        fix="tiangong commit {path} (stamps and signs it)",
        rule="R11",
    ),
    "edited-since": Sentence(
        "was edited after it was stamped; a signature on it would stand against the version before",
        fix="tiangong commit {path} (stamps it anew and signs it)",
        rule="R12",
    ),
    "no-document": Sentence(
        "is not a document that can be signed", fix="name a document, such as environments/dev/environment.yaml"
    ),
    "commit-signatures": Sentence("Next: tiangong sign {files} --commit --push (or git add and commit the .sig files)"),
    "signed-already": Sentence("{person} has signed {path} already."),
    "co-signed": Sentence("signed    {path} (generation {generation})"),
    # ── committing ───────────────────────────────────────────────────────────────────────────────────────────────
    "no-message": Sentence("say what this change is for", fix="tiangong commit -m MESSAGE"),
    "nothing-changed": Sentence("Nothing to commit: every document is signed and committed."),
    "nothing": Sentence("there is nothing to commit: it is all there already", fix="look at: git status"),
    "no-such-path": Sentence("there is nothing at this path", fix="name a file or a folder of this clone"),
    "outside": Sentence("lies outside the control repository", fix="name a file or a folder of this clone"),
    "unmerged": Sentence(
        "a merge stopped here",
        fix="tiangong commit --onto BRANCH -m MESSAGE (replays your edits on the newer document), "
        "or put it right by hand and git add it",
        rule="D2",
    ),
    "others-unsigned": Sentence("Unsigned documents that are not yours to sign: {count} (tiangong verify names them)."),
    "further-edits": Sentence("{count} of these have further edits that are not staged; they stay in your work tree."),
    "left": Sentence("{count} new files elsewhere are left alone, such as {first} (git add takes them)."),
    "stopped": Sentence("git is in the middle of a {what}", fix="finish it, or git {what} --abort"),
    "detached": Sentence(
        "no branch is checked out, so the commit would be lost", fix="name one: --branch NAME, or git switch main"
    ),
    "bad-branch": Sentence("{branch} can't be the name of a branch", fix="letters, digits, - and /"),
    "branch-exists": Sentence(
        "the branch {branch} exists already", fix="git switch {branch} first, or choose another name"
    ),
    "no-terminal": Sentence(
        "nothing was confirmed: this is not a terminal to ask on", fix="add -a (all that is shown) or --yes"
    ),
    "not-confirmed": Sentence("nothing was signed or changed", fix="git add what you want, or name the paths"),
    "sign-these": Sentence("Sign these ({count}) and commit?"),
    "dry-run": Sentence("Dry run: nothing was signed or changed."),
    "edited": Sentence("edited    {path}"),
    "new": Sentence("new       {path}"),
    "deleted": Sentence("deleted   {path}"),
    "other-written": Sentence("file      {path}"),
    "other-removed": Sentence("removed   {path}"),
    "field-added": Sentence("{field}: {new} (new)"),
    "field-removed": Sentence("{field}: {old} (removed)"),
    "field-changed": Sentence("{field}: {old} → {new}"),
    "more-fields": Sentence("… and {count} more fields"),
    "signs": Sentence("{person} signs as {role}"),
    "signs-partly": Sentence("{person} signs as {role}; {more} more of {who} will still be needed"),
    "touches": Sentence("{count} signatures, {count} touches of your security key."),
    "committed": Sentence("committed {commit} on {branch}"),
    "pushed": Sentence("Pushed to {remote}. Follow it with: tiangong status -w"),
    "proposed": Sentence("Pushed to {remote}, for a pull request: nothing follows before it is merged."),
    "review": Sentence("Next: open the pull request; who reviews it: tiangong plan --branch {remote}"),
    "next-push-branch": Sentence("Next: git push -u origin {branch}, then open a pull request"),
    "next-push": Sentence("Next: git push"),
    "go-on": Sentence("Next: git {command}"),
    # ── bringing two lines of work together ──────────────────────────────────────────────────────────────────────
    "no-branch": Sentence("there is no branch {branch} here", fix="git fetch, or look at: git branch -a"),
    "unrelated": Sentence("has nothing in common with {label}", fix="name the branch this one was made from"),
    "nothing-newer": Sentence("{label} has nothing that isn't here already."),
    "fetch-away": Sentence(
        "{label} can't be asked for news ({why}); going on with what is here", fix="git fetch, when it is back"
    ),
    "fast-forward": Sentence("You have no edits of your own: now at {label}."),
    "replaying": Sentence("Your edits on top of {label}:"),
    "bring-together": Sentence("Bring together with {label}"),
    "clash": Sentence(
        "you wrote {mine}, {label} has {theirs} (before: {base})", fix="decide on one of them, here", rule="D2"
    ),
    "clash-mine-gone": Sentence(
        "you deleted it, and {label} has edited it", fix="git add FILE keeps it, git rm FILE deletes it", rule="D2"
    ),
    "clash-theirs-gone": Sentence(
        "you edited it, and it is deleted in {label}", fix="git add FILE keeps it, git rm FILE deletes it", rule="D2"
    ),
    "clash-deleted": Sentence(
        "is edited on both sides, and missing in your work tree",
        fix="git checkout -m FILE brings it back, git rm FILE deletes it",
    ),
    "clash-once": Sentence(
        "was published here and in {label}, and they differ; nobody edits what is published",
        fix="keep the one in {label}, and publish yours under another number",
        rule="D3",
    ),
    "decide": Sentence(
        "nothing was signed: these fields were changed on both sides, and only a person can decide",
        fix="edit the files between the markers, then: tiangong commit --onto {label} (to give up: git merge --abort)",
        rule="D2",
    ),
    "commit-first": Sentence(
        "nothing was changed: these fields were changed on both sides, and only a person can decide",
        fix="tiangong commit -a -m MESSAGE, then tiangong commit --onto {label} to decide there",
        rule="D2",
    ),
    "merge-yourself": Sentence(
        "git can't start the merge in which you would decide",
        fix="git merge --no-commit {label}, and look what it says",
    ),
    "markers-left": Sentence(
        "still has conflict markers, and edits between them",
        fix="finish it by hand: no line of <<<<<<< ======= >>>>>>>",
    ),
    "other-conflict": Sentence(
        "was changed on both sides; only documents are replayed field by field",
        fix="git merge BRANCH, put this file right and git add it, then the same command again",
    ),
    # ── checking ─────────────────────────────────────────────────────────────────────────────────────────────────
    "no-commit": Sentence("there is no commit {revision} here", fix="look at: git log; fetch it: git fetch"),
    "revision-or-index": Sentence(
        "a commit and --index can't be checked at once", fix="leave one out; without both the work tree is checked"
    ),
    "would-refuse": Sentence("An agent would refuse {count} of these."),
    "all-in-order": Sentence("{count} documents: every signature, role and generation is in order."),
    # ── pushing ──────────────────────────────────────────────────────────────────────────────────────────────────
    "no-remote": Sentence(
        "there is no remote to push to (known: {known})", fix="git remote add origin URL, or leave out --push"
    ),
    "push-behind": Sentence(
        "the commit is made here, but {remote} has newer commits",
        fix="tiangong commit --onto {remote} --push (replays your edits on the newer documents and signs them again)",
        rule="D2",
    ),
    "push-refused": Sentence(
        "the commit is made here, but {remote} refused it: {why}",
        fix="send it as a pull request: git push origin HEAD:refs/heads/NAME; next time with --branch NAME",
    ),
    "push-away": Sentence(
        "the commit is made here, but {remote} can't be reached: {why}", fix="push it later: git push"
    ),
}
