"""A real Git server on loopback: `git http-backend` behind TLS with a throw-away CA (D32), for tests and the demo.

`python -m tiangong.testing.origin FOLDER --port N` runs it as a process: one line with the address when it is ready,
SIGTERM ends it. Not for use on a network: whoever reaches the port may push, unless a password is set.
"""

import argparse
import base64
import contextlib
import hmac
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from tiangong.testing.certificates import make_certificates

NAME = "control.git"
CHUNK = 1 << 16
IN_MEMORY = 1 << 20
AT_ONCE = 16
IDLE = 60.0
CONFIG = {"http.receivepack": True, "receive.autogc": False, "gc.auto": 0, "receive.fsckObjects": False}


@dataclass(frozen=True, slots=True)
class Faults:
    """What a test wants to go wrong. `delay`, `pause`: seconds before an answer, and after each byte of its body."""

    delay: float = 0.0
    pause: float = 0.0
    status: int = 0
    location: str = ""
    cut_after: int = -1
    """bytes of the body after which the connection drops"""


class Origin:
    """Serves the bare repositories of a folder; makes `control.git` there. Start it with `with`, or start and stop."""

    def __init__(self, folder: Path, port: int = 0, *, user: str = "", password: str = "") -> None:
        """Make what is missing; serve nothing yet. Port 0 takes a free one, and keeps it when started again."""
        self.folder = folder
        self.git_dir = make_bare(folder / NAME)
        self.certificates = make_certificates(folder / "tls")
        self.ca = self.certificates.ca
        self.faults = Faults()
        self.requests: list[str] = []
        self._allowed = base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> "Origin":
        """Listen, and serve in a thread of its own."""
        self._server = _Server(self, self._port, self._allowed)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="origin")
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening, end what is being served, wait until all of it is gone. May be called twice."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.end_all()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> "Origin":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port, known once started."""
        return self._port

    @property
    def url(self) -> str:
        """The address of `control.git`."""
        return f"https://127.0.0.1:{self._port}/{NAME}"


def make_bare(folder: Path) -> Path:
    """Return a bare repository whose default branch is main, made when missing, that takes pushes over http."""
    import pygit2

    if not (folder / "HEAD").exists():
        repository = pygit2.init_repository(str(folder), bare=True, initial_head="main")
        for name, value in CONFIG.items():
            repository.config[name] = value
    return folder


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 256

    def __init__(self, origin: Origin, port: int, allowed: str) -> None:
        self.origin = origin
        self.allowed = allowed
        self.ending = threading.Event()
        self.slots = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(origin.certificates.server)
        super().__init__(("127.0.0.1", port), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection; its thread shakes hands, so that one slow client keeps nobody waiting."""
        plain, address = self.socket.accept()
        plain.settimeout(IDLE)
        wrapped = self._tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._open.add(wrapped)
        return wrapped, address

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def end_all(self) -> None:
        """Break off whatever is being served."""
        self.ending.set()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away, or doesn't believe the certificate, is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = CHUNK
    server: _Server

    def setup(self) -> None:
        self.request.do_handshake()
        super().setup()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name it has in the base class
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        faults = self.server.origin.faults
        self.server.origin.requests.append(f"{self.command} {self.path}")
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            for chunk in self._body():
                body.write(chunk)
            if self.server.ending.wait(faults.delay):
                self.close_connection = True
            elif not self._is_allowed():
                self._answer(HTTPStatus.UNAUTHORIZED, ("WWW-Authenticate", 'Basic realm="origin"'))
            elif not self._is_repository():
                self._answer(HTTPStatus.NOT_FOUND)
            elif faults.status:
                self._answer(faults.status, *([("Location", faults.location)] if faults.location else []))
            else:
                body.seek(0)
                with self.server.slots:
                    self._run(body)

    def _is_allowed(self) -> bool:
        given = self.headers.get("Authorization", "").partition("Basic ")[2]
        return not self.server.allowed or hmac.compare_digest(given, self.server.allowed)

    def _is_repository(self) -> bool:
        """Only repositories lying directly in the folder are served."""
        first = unquote(urlsplit(self.path).path).strip("/").partition("/")[0]
        return first not in ("", ".", "..") and (self.server.origin.folder / first / "HEAD").is_file()

    def _answer(self, status: int, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline(64).partition(b";")[0], 16):
                yield from self._exactly(size)
                self.rfile.readline(8)
            while self.rfile.readline(1024).strip():
                pass
        else:
            yield from self._exactly(int(self.headers.get("Content-Length") or 0))

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size > 0:
            chunk = self.rfile.read(min(size, CHUNK))
            if not chunk:
                raise ConnectionError("the body ended too soon")
            size -= len(chunk)
            yield chunk

    def _run(self, body: "tempfile.SpooledTemporaryFile[bytes]") -> None:
        body.rollover()
        child = subprocess.Popen(
            ["git", "http-backend"],
            env=self._environment(),
            stdin=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            assert child.stdout is not None
            self._relay(child.stdout)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.stdout.close()  # type: ignore[union-attr]
            child.wait()

    def _environment(self) -> dict[str, str]:
        parts = urlsplit(self.path)
        given = {
            "CONTENT_TYPE": self.headers.get("Content-Type"),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding"),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol"),
            "CONTENT_LENGTH": self.headers.get("Content-Length"),
        }
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "HOME": "/nonexistent",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_PROJECT_ROOT": str(self.server.origin.folder.absolute()),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(parts.path),
            "QUERY_STRING": parts.query,
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_USER": "origin",
            **{name: value for name, value in given.items() if value is not None},
        }

    def _relay(self, output: IO[bytes]) -> None:
        status, headers = 200, []
        while line := output.readline(CHUNK).strip():
            name, _, value = line.decode("latin-1").partition(": ")
            if name == "Status":
                status = int(value.split()[0])
            else:
                headers.append((name, value))
        if not headers and status == 200:
            status = 500
        self.send_response(status)
        for name, value in [*headers, ("Transfer-Encoding", "chunked")]:
            self.send_header(name, value)
        self.end_headers()
        for piece in self._paced(output):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _paced(self, output: IO[bytes]) -> Iterator[bytes]:
        faults = self.server.origin.faults
        sent = 0
        while chunk := output.read1(CHUNK):  # type: ignore[attr-defined]
            pieces: Sequence[bytes] = [chunk] if not faults.pause else [bytes([byte]) for byte in chunk]
            for piece in pieces:
                if 0 <= faults.cut_after < sent + len(piece) or self.server.ending.wait(faults.pause):
                    raise ConnectionAbortedError
                yield piece
                sent += len(piece)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run an origin until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tiangong.testing.origin", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    try:
        with Origin(options.folder, options.port) as origin:
            sys.stdout.write(origin.url + "\n")
            sys.stdout.flush()
            ending.wait()
    except OSError as error:
        sys.stderr.write(f"the origin can't be started in {options.folder}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
