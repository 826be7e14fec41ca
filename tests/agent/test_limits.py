"""The bounds on git children come from the agent's own file (D6)."""

from tiangong.agent import limits_of
from tiangong.documents.parse import parse_model
from tiangong.settings import AgentSettings

HEAD = "environment: dev\n"


def settings(text: str) -> AgentSettings:
    return parse_model((HEAD + text).encode(), "agent.yaml", AgentSettings)


def test_bounds_of_git_are_the_hosts() -> None:
    limits = limits_of(settings("git: {timeout: 90s, memory: 1GiB, largestFile: 100MiB}\n"))
    assert (limits.seconds, limits.processor) == (90.0, 90)
    assert (limits.memory, limits.file) == (1 << 30, 100 << 20)


def test_without_a_word_they_are_ample() -> None:
    limits = limits_of(settings(""))
    assert (limits.seconds, limits.memory, limits.file) == (600.0, 4 << 30, 2 << 30)
