"""A store behind a web server: GET (with Range, where it can), HEAD, PUT. Redirects are not followed."""

import contextlib
import os
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import httpx

from tiangong.artifacts.credentials import authorization
from tiangong.artifacts.store import CHUNK, Access, Bytes, Bytewise, Line, place_of
from tiangong.errors import Away, Fact, Failed, Misuse, Place
from tiangong.model.product import Artifact

TIMEOUT = httpx.Timeout(30.0, connect=20.0)
"""seconds of silence"""
THERE, PART, CREATED, OVERWRITTEN = 200, 206, 201, 204
ALREADY = 412
RANGE_NOT_SATISFIABLE = 416
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""answers after which another try may go better"""


class WebStore:
    """Implements `Store`."""

    def __init__(self, url: str, name: str, access: Access) -> None:
        """Reach for nothing yet."""
        self._url, self._name, self._access = url.rstrip("/"), name, access

    @property
    def shown(self) -> str:
        """Its address."""
        return self._url

    def has(self, artifact: Artifact) -> bool:
        """Ask with HEAD."""
        with self._telling(artifact), self._client() as client:
            answer = client.head(self._address(artifact))
            if answer.status_code in (404, 410):
                return False
            if answer.status_code != THERE:
                self._refuse(answer, artifact)
            return str(answer.headers.get("Content-Length")) == str(artifact.size)

    def read(self, artifact: Artifact, start: int, line: Line) -> tuple[int, Bytes]:
        """From `start` on where the server can; else from the beginning."""
        with contextlib.ExitStack() as opened:
            opened.enter_context(self._telling(artifact))
            client = opened.enter_context(self._client())
            # Packed on the way, bytes couldn't be counted, nor taken up again in the middle.
            headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={start}-"} if start else {})}
            extensions = {"trace": lambda event, info: _trace(line, event, info)}
            request = client.build_request("GET", self._address(artifact), headers=headers, extensions=extensions)
            answer = client.send(request, stream=True)
            opened.callback(answer.close)
            if answer.status_code == RANGE_NOT_SATISFIABLE and start:
                facts: dict[str, Fact] = {"artifact": artifact.name, "done": start, "size": artifact.size}
                raise Away.of("artifact/cut-off", **facts, store=self.shown)
            if answer.status_code not in (THERE, PART):
                self._refuse(answer, artifact)
            begins = start if answer.status_code == PART and _begins_at(answer) == start else 0
            if answer.status_code == PART and begins != start:
                raise Failed.of("artifact/odd-range", artifact=artifact.name, store=self.shown)
            return begins, self._chunks(artifact, answer, opened.pop_all())
        raise AssertionError("a store answers or raises")

    def write(self, artifact: Artifact, source: Bytewise, moved: Callable[[int], None]) -> None:
        """Send it with PUT; what came there meanwhile is left."""

        def chunks() -> Iterator[bytes]:
            while chunk := source.read(CHUNK):
                yield chunk
                moved(len(chunk))

        headers = {"Content-Length": str(artifact.size), "If-None-Match": "*"}
        headers["Content-Type"] = "application/octet-stream"
        with self._telling(artifact), self._client() as client:
            answer = client.put(self._address(artifact), content=chunks(), headers=headers)
        if answer.status_code not in (THERE, CREATED, OVERWRITTEN, ALREADY):
            self._refuse(answer, artifact)

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────────
    def _address(self, artifact: Artifact) -> str:
        return f"{self._url}/{place_of(artifact)}"

    def _client(self) -> httpx.Client:
        network = self._access.network
        headers = authorization(self._url, self._name, self._access)
        try:
            verify = ssl.create_default_context(cafile=network.ca and os.fspath(network.ca))
            return httpx.Client(
                verify=verify,
                proxy=network.proxy,
                trust_env=network.environment,
                headers=headers,
                timeout=TIMEOUT,
                follow_redirects=False,
            )
        except (OSError, ssl.SSLError) as error:
            raise Misuse.of("artifact/bad-ca", Place(str(network.ca or "")), why=str(error.strerror or error)) from None
        except (ValueError, ImportError):
            # The message might repeat the proxy's password.
            raise Misuse.of("artifact/bad-proxy", Place("agent.yaml", field="network.proxy")) from None

    def _chunks(self, artifact: Artifact, answer: httpx.Response, opened: contextlib.ExitStack) -> Bytes:
        with opened, self._telling(artifact):
            yield from answer.iter_raw()

    @contextlib.contextmanager
    def _telling(self, artifact: Artifact) -> Iterator[None]:
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
            why = str(error) or type(error).__name__
            raise Away.of("artifact/no-answer", artifact=artifact.name, store=self.shown, why=why) from None

    def _refuse(self, answer: httpx.Response, artifact: Artifact) -> NoReturn:
        status = answer.status_code
        facts: dict[str, Fact] = {"artifact": artifact.name, "store": self.shown, "status": status}
        if status in PASSING:
            raise Away.of("artifact/status", **facts)
        if answer.is_redirect:
            raise Failed.of("artifact/redirect", **facts)
        if status in (401, 403):
            raise Failed.of("artifact/denied", **facts)
        if status in (404, 410) and answer.request.method == "GET":
            raise Failed.of("artifact/not-there", **facts)
        raise Failed.of("artifact/status", **facts)


def _begins_at(answer: httpx.Response) -> int:
    """Where a partial answer begins: `bytes 100-199/200`."""
    first = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdecimal() else -1


def _trace(line: Line, event: str, info: dict[str, Any]) -> None:
    """Keep the newest connection, so that it can be cut: plain first, then through TLS (an extension of httpx)."""
    if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
        connection: socket.socket | None = info["return_value"].get_extra_info("socket")

        def cut() -> None:
            with contextlib.suppress(OSError):
                if connection is not None:
                    connection.shutdown(socket.SHUT_RDWR)

        line.cut = cut
