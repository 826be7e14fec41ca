"""One call: to addresses that were checked, without redirects, the answer bounded, never longer than it may take."""

import contextlib
import math
import socket
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetDone
from dataclasses import dataclass
from typing import Any

import httpx

from tiangong.errors import Failed, TiangongError
from tiangong.executors.http.address import is_here, refuse_metadata_name, resolve
from tiangong.executors.http.spec import HttpConfig, HttpSpec
from tiangong.executors.http.tls import Trust
from tiangong.executors.limits import Limits

LARGEST_ANSWER = 1 << 20
TICK = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers in lower case. `seconds`: how long it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class _Line:
    """The connection of one call, so that it can be cut from outside."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take the newest connection: plain first, then through TLS (an extension of httpx)."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")

    def cut(self) -> None:
        """Wake up whoever reads or writes."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class Caller:
    """Makes calls with one host's configuration; used from many threads."""

    def __init__(self, config: HttpConfig) -> None:
        """Load nothing yet."""
        self._config = config
        self._trust = Trust(config)

    def call(self, spec: HttpSpec, limits: Limits, at_most: float = math.inf) -> Answer:
        """Call once; Failed when there is no answer, or the step has to stop before it came, Refused for the address.

        A thread does it. When it takes too long, or the step has to stop, its connection is cut; only a name lookup
        can't be, and then the thread is left behind, ends by itself, and nobody reads what it finds.
        """
        limits.check()
        within = min((spec.timeout or self._config.timeout).total_seconds(), limits.remaining, at_most)
        future: Future[Answer] = Future()
        line = _Line()
        threading.Thread(target=self._settle, args=(future, spec, within, line), name="http-call", daemon=True).start()
        until = time.monotonic() + within
        try:
            while True:
                try:
                    return future.result(TICK)
                except NotYetDone:
                    limits.check()
                    if time.monotonic() >= until:
                        raise Failed.of("http/timeout", call=spec.shown, seconds=round(within, 1)) from None
        finally:
            line.cut()

    def _settle(self, future: "Future[Answer]", spec: HttpSpec, within: float, line: _Line) -> None:
        try:
            future.set_result(self._exchange(spec, within, line))
        except TiangongError as error:
            future.set_exception(error)
        except httpx.TimeoutException:
            future.set_exception(Failed.of("http/timeout", call=spec.shown, seconds=round(within, 1)))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            why = str(error) or type(error).__name__
            future.set_exception(Failed.of("http/no-answer", call=spec.shown, why=why))
        except BaseException as error:  # noqa: BLE001 -- the caller waits for this future, whatever happened
            future.set_exception(error)

    def _exchange(self, spec: HttpSpec, within: float, line: _Line) -> Answer:
        """Try the addresses of the host one after the other until one takes the connection."""
        started = time.monotonic()
        proxy, targets = self._way(spec)
        timeout = httpx.Timeout(within)
        verify = self._trust.context(spec.host) if spec.parts.scheme == "https" or proxy else False
        with httpx.Client(verify=verify, proxy=proxy, timeout=timeout, trust_env=False) as client:
            for index, target in enumerate(targets):
                try:
                    return _read(client, _request(client, spec, target, line), started, within)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if index == len(targets) - 1:
                        raise
        raise AssertionError("a name has at least one address")

    def _way(self, spec: HttpSpec) -> tuple[str | None, tuple[str, ...]]:
        """The proxy, if any, and what to connect to: checked addresses, or the name, where the proxy looks it up."""
        link_local = self._config.allow_link_local
        proxy = self._config.proxy if spec.host not in self._config.no_proxy else None
        try:
            addresses = resolve(spec.host, spec.port, link_local=link_local)
        except Failed:
            # Behind a proxy this host often can't look up names of the outside.
            if proxy is None:
                raise
            addresses = ()
        if proxy is None or (addresses and all(is_here(address) for address in addresses)):
            return None, addresses
        if not link_local:
            refuse_metadata_name(spec.host)
        return proxy, (spec.host,)


def _request(client: httpx.Client, spec: HttpSpec, target: str, line: _Line) -> httpx.Request:
    """The request to one address; the server sees the name in Host and SNI, its certificate has to be for the name."""
    # Compressed answers would make the bound on their size meaningless.
    headers = {"Accept-Encoding": "identity", "Host": spec.parts.netloc, "Connection": "close", **spec.headers}
    headers |= {"Authorization": spec.auth.header} if spec.auth else {}
    body = spec.body.encode() if spec.body is not None else None
    return client.build_request(
        spec.method.upper(),
        httpx.URL(spec.url).copy_with(host=target),
        headers=headers,
        content=body,
        json=spec.json_,
        extensions={"sni_hostname": spec.host, "trace": line.trace},
    )


def _read(client: httpx.Client, request: httpx.Request, started: float, within: float) -> Answer:
    response = client.send(request, stream=True, follow_redirects=False)
    try:
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise Failed.of("http/too-large", host=request.headers["Host"], limit=LARGEST_ANSWER)
            if time.monotonic() - started > within:
                raise httpx.ReadTimeout("the answer came too slowly")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(body), time.monotonic() - started)
    finally:
        response.close()
