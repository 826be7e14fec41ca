"""The SSH keys a person has, found where ssh looks for them, and machine keys made for this clone."""

import base64
import binascii
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tiangong.author.clone import Clone
from tiangong.errors import Failed, Misuse, Place
from tiangong.trust.keys import PublicKey, parse_blob, parse_public
from tiangong.trust.wire import Reader, SigError

USUAL = ("id_ed25519_sk", "id_ed25519", "id_ecdsa_sk", "id_ecdsa", "id_rsa")
MAGIC = b"openssh-key-v1\0"
LARGEST = 64 * 1024
AGENT_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Key:
    """A key that can sign. `file`: what `ssh-keygen -f` takes; None = it lives in the ssh agent."""

    public: PublicKey
    file: Path | None

    @property
    def is_touched(self) -> bool:
        """Tell whether every signature needs a touch."""
        return self.public.is_security_key


def my_keys(clone: Clone, explicit: Path | None, home: Path) -> list[Key]:
    """The keys of the person at this machine, most wanted first: `--key`, git's, the usual files, the ssh agent's."""
    if explicit is not None:
        return [key_at(explicit)]
    found = [*_configured(clone, home), *_usual(home), *_in_agent()]
    return list({key.public.blob: key for key in reversed(found)}.values())[::-1]


def key_at(file: Path) -> Key:
    """The key of a private key file (or of a public one whose private half the agent has); Misuse when it is none."""
    place = Place(str(file))
    private = file.with_suffix("") if file.suffix == ".pub" else file
    try:
        public = _public_half(private if private.is_file() else file)
    except OSError as error:
        raise Misuse.of("author/no-key-file", place, why=error.strerror or str(error)) from None
    except SigError as error:
        raise Misuse.of("author/bad-key-file", place, why=str(error)) from None
    return Key(public, private.resolve() if private.is_file() else None)


def make_machine_key(folder: Path, name: str) -> Key:
    """Make an ed25519 key without passphrase for a machine role (D12)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / name
    if not file.exists():
        arguments = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(file)]
        made = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if made.returncode:
            raise Failed.of("author/cant-make-key", Place(str(file)), why=made.stderr.strip())
    return key_at(file)


def machine_keys(clone: Clone) -> list[Key]:
    """The machine keys kept in this clone."""
    folder = clone.private / "keys"
    return [key_at(file) for file in sorted(folder.glob("*")) if file.suffix != ".pub" and file.is_file()]


def _configured(clone: Clone, home: Path) -> Iterator[Key]:
    """Git's own `user.signingkey`, when it is an SSH key."""
    value = clone.config("user.signingkey") or ""
    if value.startswith(("key::", "ssh-", "sk-ssh-", "ecdsa-", "sk-ecdsa-")):
        try:
            yield Key(parse_public(value.removeprefix("key::")), None)
        except SigError:
            return
    elif value and (clone.config("gpg.format") or "") == "ssh":
        file = home / value[2:] if value.startswith("~/") else Path(value)
        yield key_at(file)


def _usual(home: Path) -> Iterator[Key]:
    for name in USUAL:
        file = home / ".ssh" / name
        if file.is_file():
            try:
                yield key_at(file)
            except Misuse:
                continue


def _in_agent() -> Iterator[Key]:
    try:
        listed = subprocess.run(
            ["ssh-add", "-L"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=AGENT_WITHIN,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    for line in listed.stdout.splitlines() if listed.returncode == 0 else ():
        try:
            yield Key(parse_public(line), None)
        except SigError:
            continue


def _public_half(file: Path) -> PublicKey:
    """Read the public half, which stands in clear even in a private key with a passphrase."""
    text = _read(file)
    if not text.startswith("-----BEGIN"):
        return parse_public(text)
    beside = file.with_name(f"{file.name}.pub")
    if "OPENSSH PRIVATE KEY" not in text:
        if beside.is_file():
            return parse_public(_read(beside))
        raise SigError("it is in an old format and there is no .pub file beside it")
    try:
        raw = base64.b64decode("".join(line for line in text.splitlines() if not line.startswith("-----")))
    except binascii.Error:
        raise SigError("its base64 is broken") from None
    reader = Reader(raw)
    if reader.take(len(MAGIC)) != MAGIC:
        raise SigError("it is not an OpenSSH key")
    for _ in ("cipher", "kdf", "kdf options"):
        reader.string()
    reader.uint32()
    return parse_blob(reader.string())


def _read(file: Path) -> str:
    with file.open("rb") as opened:
        raw = opened.read(LARGEST)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise SigError("it is not text") from None
