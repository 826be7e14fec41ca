"""A web server that keeps artifacts in a folder, for tests: GET with Range, HEAD, PUT, and faults on demand.

Not for production: it has no limits, no users and one thread a connection. In production any web server that keeps
what it gets with PUT does (nginx with `dav_methods PUT; create_full_put_path on;`).
"""

import contextlib
import shutil
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLContext
from typing import Any

CHUNK = 1 << 16


@dataclass(slots=True)
class Faults:
    """What goes wrong; each may be changed at any time.

    `status`: the answer to everything. `breaks`: after so many bytes of a body the connection ends, for each number
    once. `hangs`: after so many bytes nothing comes any more. `no_range`: ranges are ignored. `wants`: the header
    `Authorization` without which nothing is answered. `location`: where everything is redirected.
    """

    status: int = 0
    breaks: list[int] = field(default_factory=list)
    hangs: int | None = None
    no_range: bool = False
    wants: str = ""
    location: str = ""
    forgets: bool = False
    """what comes with PUT is thrown away"""


class FileServer:
    """Serves while the context is open; `asked` holds (method, path, Range)."""

    def __init__(self, folder: Path, tls: SSLContext | None = None) -> None:
        """Listen on loopback, on a port of the system's choice."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.faults = Faults()
        self.asked: list[tuple[str, str, str]] = []
        self.over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.files = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> "FileServer":
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, whoever still waits."""
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def put(self, place: str, raw: bytes) -> Path:
        """Lay a file into the store behind its back; `place` as in a store: `sha256/<ab>/<hex>`."""
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return path


class _Server(ThreadingHTTPServer):
    files: FileServer
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The file, or its end."""
        if (path := self._found()) is not None:
            self._send(path, with_body=True)

    def do_HEAD(self) -> None:
        """How long it is."""
        if (path := self._found()) is not None:
            self._send(path, with_body=False)

    def do_PUT(self) -> None:
        """Keep what comes, if it comes whole."""
        if not self._is_allowed():
            return
        path = self._path()
        left = int(self.headers.get("Content-Length", "0"))
        if path.exists() and self.headers.get("If-None-Match") == "*":
            self._answer(412, close=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        with new.open("wb") as file:
            while left and (chunk := self.rfile.read(min(left, CHUNK))):
                file.write(chunk)
                left -= len(chunk)
        if left == 0 and not self.server.files.faults.forgets:
            new.replace(path)
        new.unlink(missing_ok=True)
        self._answer(201)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────────
    def _path(self) -> Path:
        parts = [part for part in self.path.split("/") if part not in ("", ".", "..")]
        return self.server.files.folder.joinpath(*parts)

    def _is_allowed(self) -> bool:
        """Answer with what is wrong, if something should be."""
        faults = self.server.files.faults
        self.server.files.asked.append((self.command, self.path, self.headers.get("Range", "")))
        if faults.wants and self.headers.get("Authorization") != faults.wants:
            self._answer(401, close=True)
        elif faults.location:
            self._answer(302, Location=faults.location)
        elif faults.status:
            self._answer(faults.status, close=True)
        else:
            return True
        return False

    def _found(self) -> Path | None:
        if not self._is_allowed():
            return None
        path = self._path()
        if path.is_file():
            return path
        self._answer(404)
        return None

    def _send(self, path: Path, *, with_body: bool) -> None:
        size = path.stat().st_size
        start = self._start()
        if start and start >= size:
            self._answer(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(size - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.end_headers()
        if with_body:
            with path.open("rb") as file, contextlib.suppress(OSError):
                file.seek(start)
                self._body(file, size - start)

    def _start(self) -> int:
        wanted = self.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
        return 0 if self.server.files.faults.no_range or not wanted.isdecimal() else int(wanted)

    def _body(self, file: Any, left: int) -> None:
        faults = self.server.files.faults
        stop = faults.breaks.pop(0) if faults.breaks else None
        for most, what in ((stop, "break"), (faults.hangs, "hang")):
            if most is not None and most < left:
                self.wfile.write(file.read(most))
                self.wfile.flush()
                if what == "hang":
                    self.server.files.over.wait()
                self.close_connection = True
                return
        shutil.copyfileobj(file, self.wfile, CHUNK)

    def _answer(self, status: int, *, close: bool = False, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        for name, value in headers.items():
            self.send_header(name, value)
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
