"""The two lines people carry when an agent joins (D16): the token to the host, the request back. No secrets.

Each ends with a check sum against slips of copying; nothing but the way it was handed over tells who wrote a token.
"""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from tiangong.documents.digest import canonical
from tiangong.errors import Misuse
from tiangong.model.document import Model
from tiangong.model.policy import Level
from tiangong.model.scalar import Digest, Moment, Name
from tiangong.trust.keys import parse_public
from tiangong.trust.sshsig import check, sign
from tiangong.trust.wire import SigError

TOKEN, REQUEST = "tg1-", "tgr1-"
LONGEST = 16_384
CHECKED = 6
"""bytes of the check sum"""
REQUEST_NAMESPACE = "join.v1@tiangong.dev"
M = TypeVar("M", bound=BaseModel)


class Token(Model):
    """What a host must know to join: where, which repository and root, as which environment, at which level."""

    url: str
    repo: str = Field(pattern=r"^[0-9a-f]{32}$")
    root_version: int = Field(ge=1)
    root_digest: Digest
    environment: Name
    level: Level
    expires: Moment
    known_hosts: str = ""


class Request(Model):
    """What the host answers: its agent's public key, and a proof that it has the private one."""

    environment: Name
    repo: str = Field(pattern=r"^[0-9a-f]{32}$")
    key: str
    proof: str


def write_token(token: Token) -> str:
    """One line, `tg1-…`."""
    return _write(TOKEN, token)


def read_token(line: str, now: datetime) -> Token:
    """Read a token; Misuse when it is none or has expired."""
    token = _read(line, TOKEN, "join token", Token)
    if now >= token.expires:
        raise Misuse.of("trust/token-expired", until=token.expires.isoformat())
    return token


def write_request(environment: str, repo: str, key: str, private: Any) -> str:
    """One line, `tgr1-…`, signed by the agent's key."""
    proof = sign(private, _proven(environment, repo, key), REQUEST_NAMESPACE).decode()
    return _write(REQUEST, Request(environment=environment, repo=repo, key=key, proof=proof))


def read_request(line: str) -> Request:
    """Read a request and check its proof; Misuse when it is none."""
    request = _read(line, REQUEST, "join request", Request)
    try:
        public = parse_public(request.key)
        sig = check(request.proof.encode(), _proven(request.environment, request.repo, request.key), REQUEST_NAMESPACE)
        why = "" if sig.key.blob == public.blob else "its proof was made with another key"
    except SigError as error:
        why = f"its proof doesn't count: {error}"
    except UnicodeEncodeError:
        why = "it is damaged"
    if why:
        raise Misuse.of("trust/bad-token", what="join request", why=why, prefix=REQUEST)
    return request


def _proven(environment: str, repo: str, key: str) -> bytes:
    return canonical({"environment": environment, "repo": repo, "key": key})


def _write(prefix: str, value: Model) -> str:
    raw = _raw(value)
    return prefix + base64.urlsafe_b64encode(raw + _sum(raw)).decode().rstrip("=")


def _raw(value: BaseModel) -> bytes:
    return canonical(value.model_dump(mode="json", by_alias=True))


def _sum(raw: bytes) -> bytes:
    return hashlib.sha512(raw).digest()[:CHECKED]


def _read(line: str, prefix: str, what: str, model: type[M]) -> M:
    text = line.strip()
    if not text.startswith(prefix) or len(text) > LONGEST:
        raise Misuse.of("trust/bad-token", what=what, why="it does not start as one, or is too long", prefix=prefix)
    body = text.removeprefix(prefix)
    why = "it is damaged"
    try:
        whole = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        raw, check_sum = whole[:-CHECKED], whole[-CHECKED:]
        if _sum(raw) != check_sum:
            why = "a part of it is missing or was changed"
        elif _raw(value := model.model_validate(json.loads(raw))) == raw:
            return value
    except (ValueError, RecursionError):
        pass
    raise Misuse.of("trust/bad-token", what=what, why=why, prefix=prefix)
