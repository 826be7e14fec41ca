"""Sentences of `tiangong doctor`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    # ── this machine ─────────────────────────────────────────────────────────────────────────────────────────
    "python": Sentence("{version} ({path})"),
    "git": Sentence("{version}"),
    "git-package": Sentence("{version}, package {package} (distributions mend older versions)"),
    "git-old": Sentence(
        "{version} has known holes upstream", fix="install {wanted} or newer, or your distribution's package", rule="G8"
    ),
    "ssh": Sentence("OpenSSH {version}"),
    "no-ssh": Sentence("there is no ssh here", fix="install the OpenSSH client"),
    "no-ssh-keygen": Sentence("there is no ssh-keygen here, which signs", fix="install the OpenSSH client"),
    # ── an agent's host ──────────────────────────────────────────────────────────────────────────────────────
    "settings": Sentence("{path}: the agent of {environment}"),
    "state": Sentence("{path} is writable, {mib} MiB are free"),
    "state-not-writable": Sentence(
        "the state folder is missing, or this user may not write there",
        fix="run as the agent's user; to make it: tiangong agent join TOKEN",
        rule="R20",
    ),
    "disk-little": Sentence("only {mib} MiB are free", fix="free some space before it is needed"),
    "disk-full": Sentence("only {mib} MiB are free; nothing will be started", fix="free some space", rule="R20"),
    "plugins": Sentence("enabled and in order: {names}"),
    "plugin-missing": Sentence(
        "{type} is enabled and not installed", fix="install the package that brings it, or set enabled: false"
    ),
    "unenforced": Sentence("{names}: paths and hosts are not enforced here, only commands and user (D27)"),
    "no-journal": Sentence("no agent ran here yet; to begin: tiangong agent once"),
    "journal": Sentence("sound, nothing is in doubt"),
    "agent-key": Sentence("{path} ({key}), for its owner's eyes only"),
    "fetch": Sentence("{remote} answers"),
    "push": Sentence("{remote} would take a push to main"),
    "push-ref": Sentence("the remote would take a push to {ref}"),
    "trusted": Sentence("the wishes for {environment} verify; {count} documents don't count"),
    "no-alarms": Sentence("no agent has met an old version put back, or two versions of one generation"),
    "alarm": Sentence(
        "what the agent of {environment} met looks like an attack on the repository",
        fix="look at each of the following; tiangong history FILE shows who signed what when",
        rule="R12",
    ),
    "accepted": Sentence("the control repository names this host's key as the agent of {environment}"),
    "not-accepted": Sentence(
        "the control repository does not name this host's key ({key}) as the agent of {environment}",
        fix="for the request: tiangong agent join TOKEN, again; then in a clone: tiangong agent accept REQUEST",
        rule="D16",
    ),
    "secrets": Sentence("{count} secrets of this host can be read"),
    "store": Sentence("the credentials for store {store} can be read"),
    "store-credentials": Sentence(
        "the credentials for store {store} can't be read: {why}",
        fix="write the file artifacts.stores names, readable by the agent's user alone",
    ),
    # ── a clone ──────────────────────────────────────────────────────────────────────────────────────────────
    "repository": Sentence("{folder} is a control repository"),
    "no-remote": Sentence("this repository has no remote: agents can't see it", fix="git remote add origin URL"),
    "clock": Sentence("not behind the newest commit"),
    "clock-behind": Sentence(
        "this machine's clock ({now}) is behind the newest commit ({newest})", fix="correct the clock", rule="R18"
    ),
    "key": Sentence("you are {person} ({key}); roles: {roles}"),
    "policy": Sentence("root and policy verify, and are good for {days} days"),
    "policy-expires": Sentence(
        "root or policy expires in {days} days; then no agent starts anything new",
        fix="write a later spec.expires and run: tiangong commit",
        rule="R19",
    ),
    "hook": Sentence("git warns when unsigned documents are committed"),
    "no-hook": Sentence("git doesn't warn when unsigned documents are committed by hand (no {path})"),
    "documents": Sentence("every document on main is signed by who may sign it"),
    "unsigned": Sentence("{count} findings on main; agents don't take these as they are", fix="tiangong verify"),
    "level-sealed": Sentence(
        "{level}: a sealer's stolen key can hide news until a seal is missed, and date certificates; it forges nothing "
        "(R25)"
    ),
    "level-witnessed": Sentence(
        "{level}: two sealers whose keys are both stolen can hide news until that is noticed; they forge nothing (R25)"
    ),
    "level-signatures": Sentence(
        "{level}: a remote can still withhold news, and show an agent without memory an old, truly signed world (R25)"
    ),
}
