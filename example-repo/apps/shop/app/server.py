"""A small web shop: `/health` says how it is, `/` lists what is for sale."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SETTINGS = json.loads(Path(sys.argv[1]).read_text())
GOODS = json.loads((Path(__file__).parent / "goods.json").read_text())


class Shop(BaseHTTPRequestHandler):
    """Answers GET with JSON."""

    def do_GET(self) -> None:
        """Serve `/health` and `/`."""
        if self.path == "/health":
            self.answer(200, {"status": "ok", **SETTINGS})
        elif self.path == "/":
            self.answer(200, {"shop": SETTINGS["environment"], "goods": GOODS})
        else:
            self.answer(404, {"error": "not found"})

    def answer(self, status: int, value: object) -> None:
        """Send one JSON answer."""
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


print(f"shop {SETTINGS['version']} listens on 127.0.0.1:{SETTINGS['listen']}", flush=True)
ThreadingHTTPServer(("127.0.0.1", SETTINGS["listen"]), Shop).serve_forever()
