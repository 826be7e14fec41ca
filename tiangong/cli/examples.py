"""Examples at the end of each command's `--help`. Every line is read by a test with the command's own parser."""

from typing import Any

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "status": (
        ("tiangong status", "every environment × product"),
        ("tiangong status -w --env 'prod-*'", "some of them, redrawn every 3 s"),
        ("tiangong status -l tier=prod -o json", "for a script"),
        ("tiangong status prod-eu/shop", "one installation, with its runs"),
    ),
    "why": (
        ("tiangong why prod-eu", "what holds anything there"),
        ("tiangong why prod-eu/shop -o json", "the same as codes and facts"),
    ),
    "plan": (
        ("tiangong plan", "what every agent would do next"),
        ("tiangong plan prod-eu --at 2026-12-01T02:00:00+01:00", "inside next week's window"),
        ("tiangong plan --branch add-search --exit-code", "a pull request's effect; 3 when something is held"),
        ("tiangong plan --settings /etc/tiangong/agent.yaml", "on an agent's host: looks at the host first"),
    ),
    "logs": (
        ("tiangong logs prod-eu/shop -f", "the newest run, followed until it ended"),
        ("tiangong logs 20261125t010203-a1b2c3 --env prod-eu", "one run"),
        ("tiangong logs prod-eu/shop -f --exit-code", "1 when it failed"),
    ),
    "doctor": (
        ("tiangong doctor", "in a clone, or on an agent's host"),
        ("tiangong doctor --settings /etc/tiangong/agent.yaml -o json", "one agent, for a script"),
    ),
}


def show_in(command: Any, name: str) -> None:
    """Write a command's examples, and those of its verbs, where its help ends."""
    command.epilog = command.epilog or epilog(name)
    for verb, inner in getattr(command, "commands", {}).items():
        show_in(inner, f"{name} {verb}")


def epilog(name: str) -> str | None:
    """The examples of a command as they are shown; None when it has none."""
    examples = EXAMPLES.get(name, ())
    width = max((len(line) for line, _ in examples), default=0)
    lines = [f"  {line:<{width}}  # {what}" for line, what in examples]
    return "\n".join(["\b", "Examples:", *lines]) if lines else None
