"""Which addresses may be called: a name is resolved first, and the address that was checked is the one connected to."""

import ipaddress
import socket
from typing import TypeAlias

from tiangong.errors import Failed, Refused

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

METADATA = tuple(
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
    )
)
"""Link-local, and where clouds hand out credentials (AWS, GCP, Azure, Alibaba, Oracle)."""
METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "metadata.goog", "instance-data"})
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int, *, link_local: bool) -> tuple[str, ...]:
    """The addresses of a host, in the order to try. Refused when one of them is link-local and that isn't allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed.of("http/no-address", host=host, why=str(getattr(error, "strerror", "") or error)) from None
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not link_local and is_metadata(address):
            raise Refused.of("http/link-local", host=host, address=address)
    return addresses


def refuse_metadata_name(host: str) -> None:
    """Refused for names a proxy in a cloud would find the metadata service by."""
    if host.rstrip(".").lower() in METADATA_NAMES:
        raise Refused.of("http/link-local", host=host, address="looked up by the proxy")


def is_here(address: str) -> bool:
    """Whether an address is this host itself."""
    parsed = _inner(ipaddress.ip_address(address.partition("%")[0]))
    return parsed.is_loopback or parsed.is_unspecified


def is_metadata(address: str) -> bool:
    """Whether an address is link-local or a metadata service, however it is written."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return any(parsed in network or _inner(parsed) in network for network in METADATA)


def _inner(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, where there is one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
