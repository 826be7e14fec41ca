"""Whose word a status is: a key of the agent of this environment, at its time, and nothing else (R21)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trust.asking import check_words
from tiangong.errors import Refused
from tiangong.model.environment import Agent
from tiangong.model.status import NAMESPACE
from tiangong.testing.simulator import NOW, World, keyholder
from tiangong.trust.status import check_status

RAW = b"kind: Status\n"
WORLD = World.small()
DAY = timedelta(days=1)


def agent(*keys: dict[str, Any], name: str = "dev") -> Agent:
    listed = [{field: value.isoformat() if field != "key" else value for field, value in key.items()} for key in keys]
    whole = {"apiVersion": "tiangong.dev/v1", "kind": "Agent", "metadata": {"name": name}, "spec": {"keys": listed}}
    return Agent.model_validate(whole)


DEV = agent({"key": WORLD.agent("dev").line})
SIGNED = WORLD.agent("dev").sign(RAW, NAMESPACE)


def why(raw: bytes, signature: bytes, who: Agent = DEV) -> str:
    with pytest.raises(Refused) as caught:
        check_status(raw, signature, who, NOW)
    (problem,) = caught.value.problems
    assert problem.code == "trust/status-unsigned"
    assert f"environments/{who.metadata.name}/agent.yaml" in check_words(problem)
    return str(problem.facts["why"])


def test_a_status_of_its_agent_counts() -> None:
    check_status(RAW, SIGNED, DEV, NOW)


def test_a_status_of_another_environment_doesnt_count_here() -> None:
    prod = agent({"key": WORLD.agent("prod").line}, name="prod")
    copied = WORLD.agent("prod").sign(RAW, NAMESPACE)
    check_status(RAW, copied, prod, NOW)
    assert "it was signed with SHA256:" in why(RAW, copied)
    assert "it was signed with SHA256:" in why(RAW, SIGNED, prod)


def test_people_dont_speak_for_agents() -> None:
    assert "it was signed with" in why(RAW, keyholder("alice").sign(RAW, NAMESPACE))


def test_what_was_signed_for_another_purpose_is_no_status() -> None:
    for namespace in ("document.v1@tiangong.dev", "git", "join.v1@tiangong.dev"):
        assert "it was made for" in why(RAW, WORLD.agent("dev").sign(RAW, namespace))


@given(st.data())
def test_no_changed_byte_counts(data: st.DataObject) -> None:
    parts = [bytearray(RAW), bytearray(SIGNED)]
    part = data.draw(st.sampled_from(parts))
    at = data.draw(st.integers(0, len(part) - 1))
    part[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != part[at]))
    assert why(bytes(parts[0]), bytes(parts[1]))


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ({}, ""),
        ({"from": NOW}, ""),
        ({"until": NOW + DAY}, ""),
        ({"from": NOW - DAY, "until": NOW + DAY}, ""),
        ({"until": NOW}, "which counted until 2026-11-25T12:00:00+00:00"),
        ({"from": NOW - 2 * DAY, "until": NOW - DAY}, "which counted until 2026-11-24"),
        ({"from": NOW + DAY}, "which doesn't count yet"),
    ],
)
def test_a_key_counts_from_and_until(times: dict[str, Any], said: str) -> None:
    old = {"key": WORLD.agent("dev").line, **times}
    rotated = agent({"key": keyholder("new key of dev").line}, old)
    if said:
        assert said in why(RAW, SIGNED, rotated)
    else:
        check_status(RAW, SIGNED, rotated, NOW)


def test_a_key_listed_again_counts_again() -> None:
    line = WORLD.agent("dev").line
    check_status(RAW, SIGNED, agent({"key": line, "until": NOW - DAY}, {"key": line, "from": NOW - DAY}), NOW)


def test_a_line_that_is_no_key_takes_nothing_away() -> None:
    broken = agent({"key": "ssh-ed25519 AAAA"}, {"key": ""}, {"key": WORLD.agent("dev").line})
    check_status(RAW, SIGNED, broken, NOW)
    assert "it was signed with" in why(RAW, keyholder("x").sign(RAW, NAMESPACE), broken)
