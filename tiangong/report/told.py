"""What an agent said last on its refs, if one of its keys really signed it (R21)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tiangong.documents.digest import sha512
from tiangong.documents.parse import parse_model
from tiangong.documents.strict import LARGEST
from tiangong.errors import Place, Refused, problem
from tiangong.model.environment import Agent
from tiangong.model.stages import Tree
from tiangong.model.status import (
    HEARTBEAT_FILE,
    NAMESPACE,
    SIGNATURE_SUFFIX,
    STATUS_FILE,
    Heartbeat,
    Receipt,
    Status,
    StatusSpec,
)
from tiangong.trust.keys import parse_public
from tiangong.trust.sshsig import LARGEST as LARGEST_SIGNATURE
from tiangong.trust.sshsig import check
from tiangong.trust.wire import SigError

M = TypeVar("M", Status, Heartbeat, Receipt)


@dataclass(frozen=True, slots=True)
class Key:
    """A key an agent has or had, until when."""

    blob: bytes
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """Whose signatures count on the own refs. `complete`: also what the environment lists for its agent is known."""

    own: Key
    listed: tuple[Key, ...] = ()
    complete: bool = False

    def of(self, blob: bytes) -> Key | None:
        """The key with these bytes, if it is one of them."""
        return next((key for key in (self.own, *self.listed) if key.blob == blob), None)


@dataclass(frozen=True, slots=True)
class Told:
    """One status on the ref. `key`: the key it was signed with, `digest`: of the exact bytes."""

    commit: str
    spec: StatusSpec
    digest: str
    key: bytes


def keys_of(own: bytes, agent: Agent | None, now: datetime) -> Keys:
    """The agent's own key, and those its environment has listed for it, retired ones too (D16)."""
    found: list[Key] = []
    for key in agent.spec.keys if agent else ():
        try:
            blob = parse_public(key.key).blob
        except SigError:
            continue
        if blob != own and (key.from_ is None or key.from_ <= now):
            found.append(Key(blob, key.until))
    return Keys(Key(own), tuple(found), complete=agent is not None)


def read_own(tree: Tree, commit: str) -> Told:
    """The status of a commit this agent took on itself before; a signature isn't asked for again, only whose it is."""
    raw = _bounded(tree, STATUS_FILE, LARGEST)
    return Told(commit, parse_model(raw, STATUS_FILE, Status).spec, sha512(raw), _signed_with(tree, raw))


def _signed_with(tree: Tree, raw: bytes) -> bytes:
    """The key a status is signed with; nothing where it isn't."""
    try:
        signature = _bounded(tree, STATUS_FILE + SIGNATURE_SUFFIX, LARGEST_SIGNATURE)
        return check(signature, raw, NAMESPACE).key.blob
    except (SigError, Refused):
        return b""


def read_status(tree: Tree, commit: str, environment: str, keys: Keys) -> Told:
    """The status of a commit; Refused when there is none that one of the keys signed, Misuse when it can't be read."""
    raw, status, key = _read(tree, STATUS_FILE, Status, keys)
    _check(environment, status.metadata.name, status.spec.at, key)
    return Told(commit, status.spec, sha512(raw), key.blob)


def read_heartbeat(tree: Tree, environment: str, keys: Keys) -> Heartbeat:
    """The heartbeat of a commit, as above."""
    _, heartbeat, key = _read(tree, HEARTBEAT_FILE, Heartbeat, keys)
    _check(environment, heartbeat.metadata.name, heartbeat.spec.at, key)
    return heartbeat


def read_receipt(tree: Tree, path: str, keys: Keys) -> Receipt:
    """A receipt, as above."""
    return _read(tree, path, Receipt, keys)[1]


def _read(tree: Tree, path: str, model: type[M], keys: Keys) -> tuple[bytes, M, Key]:
    raw = _bounded(tree, path, LARGEST)
    signature = _bounded(tree, path + SIGNATURE_SUFFIX, LARGEST_SIGNATURE)
    try:
        sig = check(signature, raw, NAMESPACE)
    except SigError as error:
        raise Refused.of("report/not-signed", Place(path), why=str(error)) from None
    key = keys.of(sig.key.blob)
    if key is None:
        raise Refused.of("report/not-signed", Place(path), why=f"it was signed with {sig.key.fingerprint}")
    return raw, parse_model(raw, path, model), key


def _bounded(tree: Tree, path: str, limit: int) -> bytes:
    entry = tree.entry(path)
    if entry is None or entry.is_folder or tree.size(entry) > limit:
        raise Refused.of("report/not-there", Place(path), path=path)
    return tree.read(entry)


def _check(environment: str, found: str, at: datetime, key: Key) -> None:
    """A status copied from elsewhere, or signed after its key had ended, is nobody's word."""
    if found != environment:
        raise Refused(problem("report/another-environment", found=found, environment=environment))
    if key.until is not None and at >= key.until:
        raise Refused(problem("report/key-ended"))
