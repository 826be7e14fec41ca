"""Whether a status was really said by the agent of its environment (R21)."""

from datetime import datetime

from tiangong.errors import Place, Refused
from tiangong.model.environment import Agent, AgentKey
from tiangong.model.status import NAMESPACE
from tiangong.trust.keys import parse_public
from tiangong.trust.sshsig import check
from tiangong.trust.wire import SigError


def check_status(raw: bytes, signature: bytes, agent: Agent, now: datetime) -> None:
    """Return when the bytes are signed by a key of the agent that is valid at `now`; Refused with why not."""
    environment = agent.metadata.name
    try:
        sig = check(signature, raw, NAMESPACE)
        known = [parse_public(key.key).blob for key in agent.spec.keys if _counts(key, now)]
        why = "" if sig.key.blob in known else f"it was signed with {sig.key.fingerprint}"
    except SigError as error:
        why = str(error)
    if why:
        raise Refused.of("trust/status-unsigned", Place(f"status/{environment}"), environment=environment, why=why)


def _counts(key: AgentKey, now: datetime) -> bool:
    return (key.from_ is None or key.from_ <= now) and (key.until is None or now < key.until)
