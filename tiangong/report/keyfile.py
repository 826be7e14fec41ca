"""An agent's key on its host: made once, never overwritten, readable by nobody else."""

import os
from pathlib import Path

from tiangong.errors import Failed, Place
from tiangong.report.signer import Signer, signer_of


def make_key(path: Path, environment: str) -> Signer:
    """Make the agent's key, once; its public half beside it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = Ed25519PrivateKey.generate()
    write_whole(path, private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()), 0o600)
    signer = signer_of(private)
    write_whole(
        path.with_name(f"{path.name}.pub"), f"{signer.public.line} tiangong-agent-{environment}\n".encode(), 0o644
    )
    return signer


def write_whole(path: Path, raw: bytes, mode: int) -> None:
    """Write a whole file or none; Failed when the host won't have it."""
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise Failed.of("agent/cant-write", Place(str(path)), why=error.strerror or str(error)) from None
