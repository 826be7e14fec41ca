"""HTTP steps pass the suite that third parties get, against a real server on loopback."""

from typing import Any

from tests.executors.server import Asked, Reply, WebServer
from tests.executors.test_file_contract import CANARY
from tiangong.executors.http import Http
from tiangong.testing.conformance import ExecutorContract


class HttpContract(ExecutorContract):
    def executor(self) -> Http:
        return Http(Http.Config())

    def prepare(self) -> None:
        self.server = WebServer()
        self.server.__enter__()
        self.stored: dict[str, bytes] = {}
        self.server.reply = self.reply

    def clean(self) -> None:
        self.server.__exit__()

    def reply(self, asked: Asked) -> Reply:
        if asked.path.startswith("/silent"):
            return Reply(silent=True)
        if asked.path.startswith("/broken"):
            return Reply(503, b"broken")
        if asked.method == "PUT":
            self.stored[asked.path] = asked.body
        return Reply(headers={"Content-Type": "application/json; charset=utf-8"})

    def observe(self) -> object:
        return dict(self.stored)

    def slow(self) -> dict[str, Any]:
        return {"get": f"{self.server.url}/silent", "timeout": "1m"}


class TestCheck(HttpContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        expect = {"status": 200, "json": {"status": "ok"}, "headers": {"Content-Type": "application/json"}}
        return {"get": f"{self.server.url}/health/{index}", "expect": expect, "within": "20s"}

    def drift(self) -> None:
        asked = len(self.server.asked)
        self.server.reply = lambda now: (
            self.reply(now) if len(self.server.asked) > asked + 2 else Reply(500, b"drifted")
        )

    def failing(self) -> list[dict[str, Any]]:
        return [
            {"get": f"{self.server.url}/broken"},
            {"get": f"{self.server.url}/broken", "within": "1s"},
            {"get": f"{self.server.url}/", "expect": {"json": {"status": "down"}}},
            {"get": f"{self.server.url}/", "expect": {"json": {"missing": 1}}},
            {"get": f"{self.server.url}/", "expect": {"contains": "nothing like it"}},
            {"get": f"{self.server.url}/", "expect": {"headers": {"Content-Type": "text/html"}}},
            {"get": "http://127.0.0.1:1/"},
            {"get": "https://127.0.0.1:1/"},
            {"get": f"{self.server.url.replace('http', 'https')}/"},
            {"get": "http://no-such-host.invalid/"},
            {"get": "http://169.254.169.254/latest/meta-data/"},
        ]

    def secretive(self) -> tuple[dict[str, Any], str]:
        values = {
            "put": f"{self.server.url}/broken?token={CANARY}",
            "headers": {"Authorization": f"Bearer {CANARY}"},
            "body": CANARY,
            "retries": 1,
        }
        return values, CANARY


class TestPut(HttpContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        return {"put": f"{self.server.url}/flag/{index}", "json": {"on": True}}


class TestPost(HttpContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        return {"post": f"{self.server.url}/job/{index}", "body": "go"}
