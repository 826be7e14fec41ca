"""Worlds and keys for the tests of the trust room; what OpenSSH says is asked of the real ssh-keygen."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

from tiangong.testing.simulator import World

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

NAMESPACE = "document.v1@tiangong.dev"
KINDS = {
    "ed25519": ("ed25519", "256"),
    "p256": ("ecdsa", "256"),
    "p384": ("ecdsa", "384"),
    "p521": ("ecdsa", "521"),
    "rsa": ("rsa", "3072"),
}


class OpenSSH:
    """Keys and verdicts of the ssh-keygen on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, feed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["ssh-keygen", *words], input=feed, capture_output=True, cwd=self.folder, timeout=60, check=False
        )

    def key(self, kind: str) -> Path:
        """A private key file; the public one stands beside it."""
        path = self.folder / kind
        if not path.exists():
            name, bits = KINDS[kind]
            self.run("-q", "-t", name, "-b", bits, "-N", "", "-C", kind, "-f", str(path)).check_returncode()
        return path

    def line(self, kind: str) -> str:
        return self.key(kind).with_suffix(".pub").read_text()

    def sign(self, kind: str, data: bytes, namespace: str = NAMESPACE, hashed: str = "sha512") -> bytes:
        done = self.run("-Y", "sign", "-f", str(self.key(kind)), "-n", namespace, "-O", f"hashalg={hashed}", feed=data)
        done.check_returncode()
        return done.stdout

    def certify(self, kind: str, authority: str, *words: str, valid: str = "-1m:+1d") -> str:
        """A certificate for a key, beside it; its line. It stays until the next one."""
        public = f"{self.key(kind)}.pub"
        self.run("-q", "-s", str(self.key(authority)), "-V", valid, *words, public).check_returncode()
        return (self.folder / f"{kind}-cert.pub").read_text()

    def sign_certified(self, kind: str, data: bytes, namespace: str = NAMESPACE) -> bytes:
        """Sign as somebody who shows the certificate."""
        shown = self.folder / f"{kind}-cert.pub"
        done = self.run("-Y", "sign", "-f", str(shown), "-n", namespace, feed=data)
        done.check_returncode()
        return done.stdout

    def accepts(
        self, line: str, data: bytes, armored: bytes, namespace: str = NAMESPACE, options: str = "", who: str = "x"
    ) -> bool:
        """Ask whether these bytes are a signature of somebody over the data."""
        signers, file = self.folder / "signers", self.folder / "sig"
        signers.write_text(f"{who} {options}{line}\n")
        file.write_bytes(armored)
        words = ("-Y", "verify", "-f", str(signers), "-I", who, "-n", namespace, "-s", str(file))
        return self.run(*words, feed=data).returncode == 0


@pytest.fixture(scope="session")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> OpenSSH:
    assert shutil.which("ssh-keygen"), "the OpenSSH client is needed"
    return OpenSSH(tmp_path_factory.mktemp("openssh"))


@pytest.fixture
def world() -> World:
    return World.small()
