"""The policy as OpenSSH and git know it: `allowed_signers`, and a key revocation list. Views: nothing reads them here.

They say whose key signed, not whether they may: generations, roles and seals are ours (W7 of the security research).
"""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tiangong.author.shelf import Shelf
from tiangong.errors import Failed, Misuse, Place
from tiangong.model.revocation import Revocation
from tiangong.trust.keys import parse_public
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE
from tiangong.trust.wire import SigError

SIGNERS, REVOKED = "allowed_signers", "revoked.krl"
NAMESPACES = f'namespaces="{DOCUMENT_NAMESPACE},git"'
WITHIN = 60.0


def export(shelf: Shelf, revocations: Sequence[Revocation], folder: Path) -> tuple[Path, Path]:
    """Write both files into a folder; Failed when that can't be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        signers = folder / SIGNERS
        signers.write_text("".join(f"{line}\n" for line in lines(shelf)))
    except OSError as error:
        raise Failed.of("author/cant-write", Place(str(folder)), why=error.strerror or str(error)) from None
    return signers, _krl(shelf, revocations, folder / REVOKED)


def lines(shelf: Shelf) -> Iterator[str]:
    """`allowed_signers`, person by person; a certificate counts for whom its authority's line names."""
    spec = shelf.policy.document.spec
    for name, person in spec.people.items():
        for key in person.keys:
            try:
                yield f"{name} {NAMESPACES} {parse_public(key).line}"
            except SigError:
                continue
    for one in spec.authorities:
        options = ["cert-authority", NAMESPACES]
        options += [f'valid-after="{_time(one.from_)}"'] if one.from_ else []
        options += [f'valid-before="{_time(one.until)}"'] if one.until else []
        try:
            yield f"{one.people} {','.join(options)} {parse_public(one.ca).line}"
        except SigError:
            continue


def _krl(shelf: Shelf, revocations: Sequence[Revocation], target: Path) -> Path:
    """Made by ssh-keygen itself: keys by their hash, certificates below their authority's key."""
    authorities: dict[str, str] = {}
    for one in shelf.policy.document.spec.authorities:
        try:
            key = parse_public(one.ca)
        except SigError:
            continue
        authorities[key.fingerprint] = key.line
    hashes = [key for one in revocations for key in (*one.spec.keys, *one.spec.authorities)]
    target.unlink(missing_ok=True)
    _call(target, "".join(f"hash: {key}\n" for key in hashes), None)
    for fingerprint, line in authorities.items():
        told = "".join(_certificates(revocations, fingerprint))
        if told:
            _call(target, told, line)
    return target


def _certificates(revocations: Sequence[Revocation], authority: str) -> Iterator[str]:
    for revocation in revocations:
        for one in revocation.spec.certificates:
            if one.authority == authority:
                yield from (f"serial: {serial}\n" for serial in one.serials)
                yield from (f"id: {id_}\n" for id_ in one.ids)


def _call(target: Path, told: str, authority: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="tiangong-krl-") as name:
        spec, line = Path(name) / "spec", Path(name) / "ca.pub"
        spec.write_text(told)
        line.write_text(f"{authority}\n")
        update = ["-u"] if target.exists() else []
        of = ["-s", str(line)] if authority else []
        words = ["ssh-keygen", "-k", "-q", *update, *of, "-f", str(target), str(spec)]
        try:
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=WITHIN
            )
        except FileNotFoundError:
            raise Misuse.of("author/no-ssh-keygen") from None
    if done.returncode:
        raise Failed.of("revoking/no-krl", Place(str(target)), why=done.stderr.strip() or done.stdout.strip())


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
