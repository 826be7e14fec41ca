"""One call: to addresses that were checked, without redirects, the answer bounded, never longer than it may take."""

import functools
import ssl
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetDone
from dataclasses import dataclass

import httpx

from tiangong.errors import Failed, TiangongError
from tiangong.executors.http.address import resolve
from tiangong.executors.http.spec import HttpConfig, HttpSpec
from tiangong.executors.limits import Limits

LARGEST_ANSWER = 1 << 20
TICK = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `seconds`: how long it took."""

    status: int
    body: bytes
    seconds: float


class Caller:
    """Makes calls with one host's configuration; used from many threads."""

    def __init__(self, config: HttpConfig) -> None:
        """Load nothing yet."""
        self._config = config

    def call(self, spec: HttpSpec, limits: Limits) -> Answer:
        """Call once; Failed when there is no answer, or the step has to stop before it came, Refused for the address.

        Name lookups and reads can't be interrupted, so they are done by a thread that is left behind when the step
        has to stop: it ends by its own timeout and nobody reads what it finds.
        """
        limits.check()
        within = min((spec.timeout or self._config.timeout).total_seconds(), limits.remaining)
        future: Future[Answer] = Future()
        threading.Thread(target=self._settle, args=(future, spec, within), name="http-call", daemon=True).start()
        until = time.monotonic() + within
        while True:
            try:
                return future.result(TICK)
            except NotYetDone:
                limits.check()
                if time.monotonic() >= until:
                    raise Failed.of("http/timeout", call=spec.shown, seconds=round(within)) from None

    def _settle(self, future: "Future[Answer]", spec: HttpSpec, within: float) -> None:
        try:
            future.set_result(self._exchange(spec, within))
        except TiangongError as error:
            future.set_exception(error)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            why = str(error) or type(error).__name__
            future.set_exception(Failed.of("http/no-answer", call=spec.shown, why=why))
        except BaseException as error:  # noqa: BLE001 -- the caller waits for this future, whatever happened
            future.set_exception(error)

    def _exchange(self, spec: HttpSpec, within: float) -> Answer:
        """Try the addresses of the host one after the other until one takes the connection."""
        started = time.monotonic()
        host, port = spec.parts.hostname or "", spec.parts.port or (443 if spec.parts.scheme == "https" else 80)
        addresses = resolve(host, port, link_local=self._config.allow_link_local)
        # A proxy has to be told the name: it resolves it in its own network.
        targets = (host,) if self._config.proxy else addresses
        timeout = httpx.Timeout(within)
        verify = self._trust if spec.parts.scheme == "https" or self._config.proxy else False
        with httpx.Client(verify=verify, proxy=self._config.proxy, timeout=timeout, trust_env=False) as client:
            for index, target in enumerate(targets):
                try:
                    return _read(client, _request(client, spec, target), started, within)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if index == len(targets) - 1:
                        raise
        raise AssertionError("a name has at least one address")

    @functools.cached_property
    def _trust(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self._config.ca)
        except (OSError, ssl.SSLError) as error:
            raise Failed.of("http/no-ca", path=str(self._config.ca), why=error.strerror or str(error)) from None
        if not self._config.verify_tls:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _request(client: httpx.Client, spec: HttpSpec, target: str) -> httpx.Request:
    """The request to one address; the server sees the name in Host and SNI, its certificate has to be for the name."""
    url = httpx.URL(spec.url)
    # Compressed answers would make the bound on their size meaningless.
    headers = {"Accept-Encoding": "identity", "Host": spec.parts.netloc, "Connection": "close", **spec.headers}
    extensions = {"sni_hostname": spec.parts.hostname}
    body = spec.body.encode() if spec.body is not None else None
    return client.build_request(
        spec.method.upper(),
        url.copy_with(host=target),
        headers=headers,
        content=body,
        json=spec.json_,
        extensions=extensions,
    )


def _read(client: httpx.Client, request: httpx.Request, started: float, within: float) -> Answer:
    response = client.send(request, stream=True, follow_redirects=False)
    try:
        body = bytearray()
        for chunk in response.iter_raw(65_536):
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise Failed.of("http/too-large", host=request.headers["Host"], limit=LARGEST_ANSWER)
            if time.monotonic() - started > within:
                raise httpx.ReadTimeout("the answer came too slowly")
        return Answer(response.status_code, bytes(body), time.monotonic() - started)
    finally:
        response.close()
