"""Whom a call trusts, and what this host shows of itself."""

import ssl
import threading

from tiangong.errors import Failed, Place
from tiangong.executors.http.spec import ClientCertificate, HttpConfig


class Trust:
    """TLS contexts by host, loaded when first needed: authorities are many, and most steps don't need them."""

    def __init__(self, config: HttpConfig) -> None:
        """Load nothing yet."""
        self._config = config
        self._contexts: dict[ClientCertificate | None, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context(self, host: str) -> ssl.SSLContext:
        """What to check a server by, and the certificate it gets to see; Failed when a file can't be read."""
        shown = next((c for c in self._config.client_certificates if host in c.hosts), None)
        with self._lock:
            if shown not in self._contexts:
                self._contexts[shown] = self._load(shown)
            return self._contexts[shown]

    def _load(self, shown: ClientCertificate | None) -> ssl.SSLContext:
        path = self._config.ca
        try:
            context = ssl.create_default_context(cafile=path)
            if not self._config.verify_tls:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            if shown is not None:
                path = shown.certificate
                # A key with a passphrase would ask for it on the terminal.
                context.load_cert_chain(shown.certificate, shown.key, password="")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", "") or str(error)
            raise Failed.of("http/no-certificate", Place(str(path or "")), why=why) from None
        return context
