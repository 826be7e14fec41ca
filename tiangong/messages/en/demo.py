"""Sentences of the demo."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "begin": Sentence("Everything happens in {folder}."),
    "origin": Sentence("a Git server: real git over TLS on loopback, {url}"),
    "repository": Sentence("a control repository, signed by {person}: {count} documents"),
    "joined": Sentence(
        "the agent of {environment} joined: its key is signed into environments/{environment}/agent.yaml"
    ),
    "agents": Sentence("three agents run, each a process of its own"),
    "published": Sentence("release shop@{version} published, signed by {person}"),
    "promoted": Sentence("shop@{version} promoted to {channel}, signed by {person}"),
    "no-word": Sentence("waiting until the agent of {environment} says anything of shop {version}"),
    "waiting": Sentence("waiting until {environment} runs shop {version}: {state}"),
    "arrived": Sentence("{environment} runs shop {version} and is healthy: {url}"),
    "stopped": Sentence("All processes of the demo are stopped."),
    "next": Sentence("What to try next:"),
    "took": Sentence("The whole line took {seconds} s."),
    "serving": Sentence("Running. Shops: {urls}. Ctrl-C stops everything."),
    "serves": Sentence("Serving an empty Git repository at {url} until Ctrl-C."),
    "believe": Sentence("To make git believe its certificate: export GIT_SSL_CAINFO={ca}"),
    "cleaned": Sentence("{folder} is gone."),
    "no-demo": Sentence("there is no demo in this folder", fix="make one: tiangong demo"),
    "exists": Sentence(
        "there is a demo in this folder already",
        fix="start its agents again: tiangong demo --resume; or remove it: tiangong demo --clean",
    ),
    "folder-in-use": Sentence(
        "the folder is not empty and holds no demo", fix="name another one: tiangong demo --folder DIR"
    ),
    "one-of": Sentence("--resume, --clean and --origin exclude each other", fix="give one of them"),
    "cannot-serve": Sentence(
        "a Git server can't be started here: {why}", fix="choose another folder or another --port"
    ),
    "no-example": Sentence("the example repository is not part of this installation", fix="run it from a checkout"),
    "process-ended": Sentence("{name} ended by itself with exit code {code}", fix="read its log: {log}"),
    "command-failed": Sentence("{command} ended with exit code {code}: {why}", fix="run it by hand to see more"),
    "too-slow": Sentence(
        "{environment} did not get to shop {version} within {seconds} s (now: {state})",
        fix="read the agent's log: {log}",
    ),
    "origin-silent": Sentence("the Git server did not start within {seconds} s", fix="read its log: {log}"),
}
