"""Where a remote repository is and how this host may reach it; https and ssh only (D32).

House rule: an address never holds a secret. Secrets are read from their file for each call and live no longer.
"""

import base64
import contextlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from tiangong.errors import Misuse, Place

HTTPS, SSH = "https", "ssh"
HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])"
PORT = r"(?::[0-9]{1,5})?"
ADDRESS = {
    HTTPS: re.compile(rf"https://{HOST}{PORT}/[A-Za-z0-9._~@%+/-]{{1,1000}}\Z"),
    SSH: re.compile(rf"ssh://(?:[A-Za-z0-9_][A-Za-z0-9._-]{{0,63}}@)?{HOST}{PORT}/[A-Za-z0-9._~@+/-]{{1,1000}}\Z"),
}
LIKE_SCP = re.compile(
    rf"(?P<who>(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?{HOST}):(?P<path>[A-Za-z0-9._~@+-][A-Za-z0-9._~@+/-]*)\Z"
)
PROXY = re.compile(rf"(?:https?|socks5h?)://(?:[^\s/@]+@)?{HOST}{PORT}/?\Z")
LONGEST_SECRET = 16 << 10
LONGEST_CA = 4 << 20
CERTIFICATE = b"-----BEGIN "
UNENCRYPTED = b"openssh-key-v1\0\0\0\0\4none"
ANY_USER = "x-access-token"
"""the user that goes with a bare token: forges that take tokens look at the password alone"""


@dataclass(frozen=True, slots=True)
class Remote:
    """One remote repository. Build it with `parse_remote`; the proxy may hold a password, so it isn't shown."""

    url: str
    ca: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    credentials: Path | None = None
    known_hosts: Path | None = None

    @property
    def is_ssh(self) -> bool:
        """Tell how it is reached."""
        return self.url.startswith("ssh:")

    @property
    def host(self) -> str:
        """The host, for messages."""
        return urlsplit(self.url).hostname or ""


def parse_remote(
    url: str,
    *,
    ca: Path | None = None,
    proxy: str | None = None,
    credentials: Path | None = None,
    known_hosts: Path | None = None,
    place: Place | None = None,
) -> Remote:
    """Check an address and what goes with it; Misuse when it isn't one this agent uses. Reads no file."""
    scheme = url.partition("://")[0]
    if scheme not in ADDRESS or not ADDRESS[scheme].match(url) or not _is_sane(url):
        _refuse(url, place)
    if proxy is not None and not PROXY.match(proxy):
        raise Misuse.of("git/bad-proxy", place)
    if scheme == SSH and proxy is not None:
        raise Misuse.of("git/proxy-needs-https", place, url=url)
    if scheme == SSH and known_hosts is None:
        raise Misuse.of("git/no-known-hosts", place, url=url, host=urlsplit(url).hostname or "")
    return Remote(url, ca, proxy, credentials, known_hosts)


def authorization(remote: Remote) -> str | None:
    """The https header that goes with the credentials file, read now; Misuse when the file isn't in order."""
    if remote.credentials is None or remote.is_ssh:
        return None
    try:
        words = _private(remote.credentials).decode().strip()
    except UnicodeDecodeError:
        words = ""
    if not words or not words.isprintable():
        raise Misuse.of("git/bad-credentials", Place(str(remote.credentials)))
    user, colon, password = words.partition(":")
    pair = f"{user}:{password}" if colon else f"{ANY_USER}:{words}"
    return "Authorization: Basic " + base64.b64encode(pair.encode()).decode()


def secrets(remote: Remote, header: str | None) -> tuple[str, ...]:
    """Every form in which a secret of this remote could turn up in what a program says."""
    found = set()
    if header:
        encoded = header.rpartition(" ")[2]
        pair = base64.b64decode(encoded).decode()
        found |= {encoded, pair, pair.partition(":")[2]}
    if remote.proxy and (password := urlsplit(remote.proxy).password):
        found |= {password, unquote(password)}
    return tuple(sorted(found - {""}, key=len, reverse=True))


def check_files(remote: Remote) -> None:
    """Check that the files a remote names can be used; Misuse naming the one that can't."""
    if remote.known_hosts is not None:
        _read(remote.known_hosts)
    if remote.ca is not None and CERTIFICATE not in _read(remote.ca, LONGEST_CA)[1]:
        raise Misuse.of("git/bad-ca", Place(str(remote.ca)), why="it holds no certificate")
    if remote.is_ssh:
        if remote.credentials is None:
            raise Misuse.of("git/no-key", url=remote.url)
        _check_key(remote.credentials)
        for path in (remote.known_hosts, remote.credentials):
            if '"' in str(path) or not str(path).isprintable():
                raise Misuse.of("git/bad-file-name", Place(str(path)))


def _check_key(path: Path) -> None:
    """An agent can't answer when it is asked for a passphrase, and ssh would only say that it was denied."""
    text = _private(path).decode("ascii", "replace")
    why = "" if "PRIVATE KEY-----" in text else "it is no private key"
    if "ENCRYPTED" in text:
        why = "it has a passphrase"
    elif "BEGIN OPENSSH PRIVATE KEY" in text:
        with contextlib.suppress(ValueError):
            inside = base64.b64decode("".join(text.splitlines()[1:-1]))
            if not inside.startswith(UNENCRYPTED):
                why = "it has a passphrase"
    if why:
        raise Misuse.of("git/bad-key", Place(str(path)), file=str(path), why=why)


def _is_sane(url: str) -> bool:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return False
    return port != 0 and ".." not in parts.path.split("/") and parts.path.strip("/") != ""


def _refuse(url: str, place: Place | None) -> NoReturn:
    shown = re.sub(r"//[^/@]*@", "//…@", url)
    if found := LIKE_SCP.match(url):
        raise Misuse.of("git/like-scp", place, url=shown, instead=f"ssh://{found['who']}/{found['path']}")
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme == HTTPS and "@" in url.removeprefix("https://").partition("/")[0]:
        raise Misuse.of("git/user-in-url", place, url=shown)
    if scheme in ADDRESS:
        raise Misuse.of("git/bad-url", place, url=shown)
    raise Misuse.of("git/bad-transport", place, url=shown)


def _read(path: Path, limit: int = LONGEST_SECRET) -> tuple[os.stat_result, bytes]:
    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno()), file.read(limit)
    except OSError as error:
        raise Misuse.of("git/unreadable-file", Place(str(path)), why=error.strerror or "") from None


def _private(path: Path) -> bytes:
    """The bytes of a file that holds a secret; what others on this host may read is none."""
    found, raw = _read(path)
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        raise Misuse.of("git/open-credentials", Place(str(path)), mode=f"{stat.S_IMODE(found.st_mode):04o}")
    return raw
