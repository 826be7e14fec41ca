"""D16: an agent's key is changed without a visit to anybody: made here, announced by the old one, accepted in Git."""

from datetime import timedelta

import pytest

from tests.agent.conftest import Host
from tiangong.author.joining import accepting
from tiangong.author.shelf import Shelf
from tiangong.documents.parse import parse, parse_model
from tiangong.errors import Refused
from tiangong.model.environment import Agent
from tiangong.model.status import NAMESPACE, SIGNATURE_SUFFIX, STATUS_FILE, Status
from tiangong.report.rotation import LATER, NEXT, Turning
from tiangong.trust.keys import parse_public
from tiangong.trust.sshsig import check
from tiangong.trust.status import check_status
from tiangong.trust.tokens import read_request

AGENT = "environments/dev/agent.yaml"


def accept(host: Host, request: str) -> Agent:
    """What `agent accept` signs, put on main."""
    made = accepting(Shelf(host.world.tree()), read_request(request), host.world.now)  # type: ignore[arg-type]
    assert made is not None
    found = parse(made.raw, AGENT)
    assert isinstance(found, Agent)
    host.world.edit(
        AGENT, spec__keys=[one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in found.spec.keys]
    )
    host.push()
    return found


def word(host: Host) -> tuple[bytes, bytes]:
    """The newest status on the remote, and its signature."""
    tree = host.tree()
    assert tree is not None
    found = [tree.read(entry) for name in (STATUS_FILE, STATUS_FILE + SIGNATURE_SUFFIX) if (entry := tree.entry(name))]
    return found[0], found[1]


def signed_with(host: Host) -> str:
    raw, signature = word(host)
    return check(signature, raw, NAMESPACE).key.fingerprint


def next_key(host: Host) -> str:
    return parse_model(word(host)[0], STATUS_FILE, Status).spec.next_key


def test_from_one_key_to_the_next(host: Host) -> None:
    """D16: announced in a status signed by the old key; both count for 7 days; then the old one is retired."""
    assert host.agent("once").code == 0
    old = parse_public((host.state / "key.pub").read_text()).fingerprint
    assert signed_with(host) == old
    ran = host.agent("rotate-key")
    assert ran.code == 0, ran.said
    assert "Made the agent's next key" in ran.out
    assert "is kept" in host.agent("rotate-key").out
    assert ((host.state / NEXT).stat().st_mode & 0o077) == 0

    assert host.agent("once").code == 0
    request = next_key(host)
    assert request in ran.out, "D16: the status announces another key than the host made"
    assert signed_with(host) == old, "D16: the new key signs before anybody accepted it"
    new = parse_public(read_request(request).key).fingerprint

    agent = accept(host, request)
    assert host.agent("once").code == 0
    assert signed_with(host) == new, "D16: the agent doesn't go over to the accepted key"
    assert next_key(host) == ""
    assert (host.state / LATER).exists()
    assert not (host.state / NEXT).exists()
    assert (host.state / "key").exists(), "the deploy key is what the remote knows"
    assert [parse_public(one.key).fingerprint for one in agent.spec.keys] == [old, new], "D16: the old key isn't listed"

    raw, sig = word(host)
    for days in (0, 6, 8, 400):
        check_status(raw, sig, agent, host.world.now + timedelta(days=days, hours=1))
    assert host.agent("once").code == 0
    assert signed_with(host) == new


def test_the_old_key_counts_seven_days(host: Host) -> None:
    """D16: what the old key signed is believed until then, and not after."""
    assert host.agent("once").code == 0
    raw, sig = word(host)
    assert host.agent("rotate-key").code == 0
    assert host.agent("once").code == 0
    agent = accept(host, next_key(host))
    check_status(raw, sig, agent, host.world.now + timedelta(days=6))
    with pytest.raises(Refused, match="counted until"):
        check_status(raw, sig, agent, host.world.now + timedelta(days=8))


def test_a_key_nobody_accepted_is_never_used(host: Host) -> None:
    """D16, R21: only what the signed agent.yaml lists speaks for an environment."""
    assert host.agent("rotate-key").code == 0
    turning = Turning(host.state, "dev", host.world.repo)
    before = turning.public.fingerprint
    listed = parse(host.world.files[AGENT], AGENT)
    assert isinstance(listed, Agent)
    for agent in (None, listed):
        assert not turning.turn(agent, host.world.now)
    assert turning.public.fingerprint == before
    line, now = read_request(turning.announcement).key, host.world.now
    for times in ({"until": now.isoformat()}, {"from": (now + timedelta(hours=1)).isoformat()}):
        host.world.edit(AGENT, spec__keys=[{"key": line, **times}])
        ended = parse(host.world.files[AGENT], AGENT)
        assert isinstance(ended, Agent)
        assert not turning.turn(ended, now), "D16: a key that doesn't count now is used"
    (host.state / NEXT).write_text("broken")
    assert turning.announcement == ""
    assert not turning.turn(listed, host.world.now)


def test_by_age_the_next_key_is_made_by_itself(host: Host) -> None:
    """D16: `rotateKey` in agent.yaml; once, and only when the present key has counted for so long."""
    since = host.world.now
    line = " ".join((host.state / "key.pub").read_text().split()[:2])
    host.world.edit(AGENT, spec__keys=[{"key": line, "from": since.isoformat()}])
    agent = parse(host.world.files[AGENT], AGENT)
    assert isinstance(agent, Agent)
    turning = Turning(host.state, "dev", host.world.repo, timedelta(days=365))
    turning.turn(agent, since + timedelta(days=364))
    assert turning.announcement == ""
    turning.turn(agent, since + timedelta(days=365))
    announced = turning.announcement
    assert read_request(announced).environment == "dev", "D16: an old key isn't followed by itself"
    turning.turn(agent, since + timedelta(days=400))
    assert turning.announcement == announced
    Turning(host.state, "dev", host.world.repo).turn(agent, since + timedelta(days=4000))
    host.file.write_text(host.file.read_text() + "rotateKey: 365d\n")
    assert host.settings.rotate_key == timedelta(days=365)
