"""A throw-away CA and a server certificate for this machine's own addresses, kept in one folder."""

import ipaddress
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOSTS = ("localhost",)
ADDRESSES = ("127.0.0.1", "::1")
LIFE = timedelta(days=800)
RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where they lie: the CA's certificate for clients, the server's chain with its key for the server."""

    ca: Path
    server: Path


def make_certificates(
    folder: Path, hosts: tuple[str, ...] = HOSTS, addresses: tuple[str, ...] = ADDRESSES
) -> Certificates:
    """Return the certificates of a folder; made when there are none, or when they are about to expire."""
    made = Certificates(folder / "ca.pem", folder / "server.pem")
    now = datetime.fromtimestamp(time.time(), UTC)
    if _lasts(made, now + RENEW_BEFORE):
        return made
    folder.mkdir(parents=True, exist_ok=True)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("Throw-away CA of a Tiangong test origin")
    ca = _begin(ca_name, ca_name, ca_key.public_key(), now)
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    ca = ca.add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    server = _begin(_name("Tiangong test origin"), ca_name, key.public_key(), now)
    server = server.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    server = server.add_extension(x509.SubjectAlternativeName(names), critical=False)
    server = server.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    server = server.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(made.server, private + server.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), 0o600)
    _write(made.ca, ca.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), 0o644)
    return made


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=issuer,
        public_key=key,
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + LIFE,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _lasts(made: Certificates, until: datetime) -> bool:
    try:
        found = x509.load_pem_x509_certificate(made.ca.read_bytes())
        return made.server.is_file() and found.not_valid_after_utc > until
    except (OSError, ValueError):
        return False


def _write(path: Path, content: bytes, mode: int) -> None:
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    beside.replace(path)
