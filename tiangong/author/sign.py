"""Signing with the person's own key: one call of ssh-keygen for any number of documents, so that it asks once (D13)."""

import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from tiangong.author.keys import Key
from tiangong.errors import Failed, Misuse
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, check
from tiangong.trust.wire import SigError

MOST_AT_ONCE = 1000
"""documents a call: more don't fit into one command line everywhere"""
WITHIN = 600.0
"""seconds; a person types a passphrase or touches a key meanwhile"""


def sign_all(key: Key, documents: Mapping[str, bytes], namespace: str = DOCUMENT_NAMESPACE) -> dict[str, bytes]:
    """Sign the bytes of documents by path; Failed when ssh-keygen didn't, and then nothing is signed.

    Works on copies in a private folder: what is signed can't change meanwhile, and nothing half signed is left behind.
    """
    signatures: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="tiangong-sign-") as name:
        folder = Path(name)
        file = _key_file(key, folder)
        for part in _parts(documents):
            for path in part:
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(documents[path])
            _call(key, file, part, folder, namespace)
            signatures.update((path, _signature(key, folder, path, documents[path], namespace)) for path in part)
    return signatures


def _key_file(key: Key, folder: Path) -> Path:
    if key.file is not None:
        return key.file
    public = folder / ".key.pub"
    public.write_text(key.public.line + "\n")
    return public


def _parts(documents: Mapping[str, bytes]) -> Iterator[Sequence[str]]:
    paths = iter(documents)
    while part := list(islice(paths, MOST_AT_ONCE)):
        yield part


def _call(key: Key, file: Path, paths: Sequence[str], folder: Path, namespace: str) -> None:
    arguments = ["ssh-keygen", "-Y", "sign", "-q", "-f", str(file), "-n", namespace, *paths]
    # A passphrase is asked on the terminal itself; "touch your key" goes to stderr, so that one must be seen.
    said = None if key.is_touched else subprocess.PIPE
    try:
        done = subprocess.run(
            arguments,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            check=False,
            timeout=WITHIN,
        )
    except FileNotFoundError:
        raise Misuse.of("author/no-ssh-keygen") from None
    except subprocess.TimeoutExpired:
        raise Failed.of("author/cant-sign", key=key.public.fingerprint, why="nobody answered") from None
    if done.returncode:
        why = (done.stderr or b"").decode(errors="replace").strip() or f"ssh-keygen ended with {done.returncode}"
        raise Failed.of("author/cant-sign", key=key.public.fingerprint, why=why)


def _signature(key: Key, folder: Path, path: str, raw: bytes, namespace: str) -> bytes:
    armored = (folder / f"{path}.sig").read_bytes()
    try:
        made_with = check(armored, raw, namespace).key
        why = "" if made_with.blob == key.public.blob else f"it was made with {made_with.fingerprint}"
    except SigError as error:
        why = str(error)
    if why:
        raise Failed.of("author/cant-sign", key=key.public.fingerprint, why=why)
    return armored
