"""Sentences about agents joining: tokens, requests, keys."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "no-url": Sentence(
        "an agent can't know where to pull from: this clone has no remote",
        fix="git remote add origin URL, or give the address agents use: --url https://… (or ssh://…)",
        rule="D32",
    ),
    "no-environment": Sentence(
        "there is no environment {environment}; there are: {known}", fix="tiangong env new {environment}", rule="D16"
    ),
    "other-repo": Sentence(
        "the request is for repository {found}, this is {expected}",
        fix="run it in a clone of the repository whose token the host used, or let the host join with a token of here",
        rule="D16",
    ),
    "shared-key": Sentence(
        "this key belongs to {owner} already; one key speaks for one only",
        fix="on the host: move the agent's key away and join again, which makes a new one",
        rule="R6",
    ),
    "nothing-announced": Sentence(
        "the agent of {environment} announces no key",
        fix="on its host: tiangong agent rotate-key; or accept a request: tiangong agent accept tgr1-…",
        rule="D16",
    ),
    "other-environment": Sentence(
        "the agent of {environment} announces a key for {found}", fix="find out who made it; accept nothing", rule="R21"
    ),
    "announces": Sentence("The agent of {environment} announces a new key: tiangong agent accept {environment}"),
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────────
    "on-host": Sentence("On the host of {environment}, until {until}:"),
    "command": Sentence("tiangong agent join {token}"),
    "hosts-unknown": Sentence(
        "Your known_hosts says nothing about {host}; the agent's host needs its key: ssh-keyscan, checked by you."
    ),
    "accept": Sentence("Environment {environment}: the agent's key is {fingerprint}"),
    "compare": Sentence("Compare it with what agent join printed on the host."),
    "retires": Sentence("The key {fingerprint} counts until {until}."),
    "already": Sentence("The key {fingerprint} of {environment} counts already; nothing to do."),
    "next": Sentence("Next, on the host: tiangong agent once"),
    "no-agents": Sentence("No agent has joined: tiangong env new NAME prints what its host needs."),
    "never": Sentence("never"),
}
