"""Whether a status was really said by the agent of its environment (R21)."""

from datetime import datetime

from tiangong.errors import Place, Refused
from tiangong.model.environment import Agent, AgentKey
from tiangong.model.status import NAMESPACE
from tiangong.trust.keys import parse_public
from tiangong.trust.sshsig import Sig, check
from tiangong.trust.wire import SigError


def check_status(raw: bytes, signature: bytes, agent: Agent, now: datetime) -> None:
    """Return when the bytes are signed by a key of the agent that is valid at `now`; Refused with why not."""
    environment = agent.metadata.name
    try:
        sig = check(signature, raw, NAMESPACE)
        why = _why_not(sig, agent, now)
    except SigError as error:
        why = str(error)
    if why:
        raise Refused.of("trust/status-unsigned", Place(f"status/{environment}"), environment=environment, why=why)


def _why_not(sig: Sig, agent: Agent, now: datetime) -> str:
    """Why the key of a good signature doesn't count, or ""; a key listed twice counts when one of its times does."""
    listed = [key for key in agent.spec.keys if _blob(key) == sig.key.blob]
    if any(_counts(key, now) for key in listed):
        return ""
    word = f"it was signed with {sig.key.fingerprint}"
    if not listed:
        return word
    until = max((key.until for key in listed if key.until), default=None)
    if until and until <= now:
        return f"{word}, which counted until {until.isoformat()}"
    return f"{word}, which doesn't count yet"


def _blob(key: AgentKey) -> bytes:
    """The wire form of a listed key; nothing for a line that is no key, so that it matches none."""
    try:
        return parse_public(key.key).blob
    except SigError:
        return b""


def _counts(key: AgentKey, now: datetime) -> bool:
    return (key.from_ is None or key.from_ <= now) and (key.until is None or now < key.until)
