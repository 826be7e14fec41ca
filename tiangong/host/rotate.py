"""A new key for this host's agent, without a visit to anybody: made here, announced by the agent itself (D16)."""

import os
from dataclasses import dataclass
from pathlib import Path

from tiangong.errors import Failed, Place
from tiangong.report.keyfile import make_key
from tiangong.report.rotation import NEXT, key_path
from tiangong.report.signer import read_key
from tiangong.settings import AgentSettings
from tiangong.trust.tokens import write_request


@dataclass(frozen=True, slots=True)
class Rotating:
    """What is announced. `made`: just now, not by an earlier call."""

    path: Path
    fingerprint: str
    before: str
    request: str
    made: bool


def rotate_key(settings: AgentSettings) -> Rotating:
    """Make the next key where there is none yet; the running agent notices. Misuse when the present one is unusable."""
    (well,) = settings.wells
    present = key_path(settings.state)
    before = read_key(present)
    path = settings.state / NEXT
    made = not path.exists()
    signer = make_key(path, settings.environment) if made else read_key(path)
    if made:
        _give_to_owner_of(present, path)
    request = write_request(settings.environment, well.repo, signer.public.line, signer.private)
    return Rotating(path, signer.public.fingerprint, before.public.fingerprint, request, made)


def _give_to_owner_of(present: Path, path: Path) -> None:
    """Typed by root, the key must still be the agent's: nobody else may read it."""
    owner = present.stat()
    if os.geteuid() == owner.st_uid:
        return
    try:
        for one in (path, path.with_name(f"{path.name}.pub")):
            os.chown(one, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise Failed.of("agent/cant-write", Place(str(path)), why=error.strerror or str(error)) from None
