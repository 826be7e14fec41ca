"""HTTP steps against a real server: what is sent, what is expected, what is refused, how long it may take."""

import http.server
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.executors.conftest import Hand, MakeHand
from tests.executors.server import Reply, WebServer
from tiangong.errors import Refused
from tiangong.executors.http import Http
from tiangong.executors.http.address import METADATA, is_here, is_metadata, resolve
from tiangong.executors.http.call import LARGEST_ANSWER
from tiangong.messages import render
from tiangong.model.environment import Envelope
from tiangong.model.stages import Found, Health
from tiangong.testing.certificates import Certificates, make_certificates


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure(certificates: Certificates) -> Iterator[WebServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server)
    with WebServer(context) as server:
        yield server


def make(hand: MakeHand, **config: object) -> Hand:
    return hand(Http(Http.Config.model_validate(config)))


@pytest.fixture
def me(hand: MakeHand) -> Hand:
    return make(hand)


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete"])
def test_methods_headers_and_body(me: Hand, web: WebServer, method: str) -> None:
    body = {} if method in ("get", "head") else {"json": {"a": [1, "é"]}}
    me.apply(**{method: f"{web.url}/path?q=1"}, headers={"X-Token": "t", "X-Count": 3}, **body)
    (asked,) = web.asked
    assert (asked.method, asked.path) == (method.upper(), "/path?q=1")
    assert (asked.headers["x-token"], asked.headers["x-count"]) == ("t", "3")
    assert asked.headers["host"] == f"127.0.0.1:{web.port}"
    if body:
        assert json.loads(asked.body) == {"a": [1, "é"]}
        assert asked.headers["content-type"] == "application/json"
    assert "?" not in me.log


def test_a_body_as_it_is(me: Hand, web: WebServer) -> None:
    me.apply(post=web.url, body="ä=1", headers={"Content-Type": "text/plain"})
    assert web.asked[0].body == "ä=1".encode()
    assert web.asked[0].headers["content-type"] == "text/plain"


def test_the_agents_environment_has_no_say(me: Hand, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    me.apply(get=web.url)
    assert len(web.asked) == 1


# ── what is expected ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("expect", "answer", "code"),
    [
        ({}, {"status": 204}, None),
        ({}, {"status": 301, "headers": {"Location": "http://127.0.0.1:1/"}}, "http/status"),
        ({"status": 301}, {"status": 301}, None),
        ({"status": [200, 503]}, {"status": 503}, None),
        ({"status": 200}, {"status": 201}, "http/status"),
        ({"contains": "ready"}, {"body": b"all ready now"}, None),
        ({"contains": "ready"}, {"body": b"wait"}, "http/text"),
        ({"headers": {"x-version": "1.0"}}, {"headers": {"X-Version": "1.0"}}, None),
        ({"headers": {"X-Version": "1.0"}}, {"headers": {"X-Version": "1.0.1"}}, "http/header"),
        ({"headers": {"X-Version": "1.0"}}, {}, "http/header"),
        ({"headers": {"Content-Type": "text/html"}}, {"headers": {"Content-Type": "text/html; charset=utf-8"}}, None),
        ({"json": {"a": 1}}, {"body": b'{"a": 1, "b": 2}'}, None),
        ({"json": {"a": {"b": [1, {"c": None}]}}}, {"body": b'{"a": {"b": [1, {"c": null, "d": 1}]}}'}, None),
        ({"json": {"a": [1]}}, {"body": b'{"a": [1, 2]}'}, "http/json"),
        ({"json": {"a": 1}}, {"body": b'{"a": true}'}, "http/json"),
        ({"json": {"a": True}}, {"body": b'{"a": 1}'}, "http/json"),
        ({"json": {"a": "1"}}, {"body": b'{"a": 1}'}, "http/json"),
        ({"json": {"a": 1}}, {"body": b'{"a": 1.0}'}, None),
        ({"json": {"a": None}}, {"body": b"{}"}, "http/json"),
        ({"json": [1, 2]}, {"body": b"[1, 2]"}, None),
        ({"json": {"a": 1}}, {"body": b"[]"}, "http/json"),
        ({"json": {"a": 1}}, {"body": b"<html>"}, "http/not-json"),
        ({"json": {"a": 1}}, {"body": b"[" * 200_000}, "http/not-json"),
        ({"json": {"a": 1}}, {"body": b"\xff\xfe"}, "http/not-json"),
    ],
)
def test_expectations(
    me: Hand, web: WebServer, expect: dict[str, object], answer: dict[str, object], code: str | None
) -> None:
    web.reply = lambda _: Reply(**answer)  # type: ignore[arg-type]
    finding = me.probe(get=web.url, expect=expect)
    if code is None:
        assert finding.found is Found.IN_PLACE
        me.apply(get=web.url, expect=expect)
        assert "answered" in me.log
    else:
        assert finding.found is Found.DRIFTED
        assert finding.detail
        assert me.code(get=web.url, expect=expect) == code


def test_a_difference_is_named_by_its_path(me: Hand, web: WebServer) -> None:
    web.answer({"checks": [{"db": "up"}, {"queue": "down"}]})
    error = me.failure(get=web.url, expect={"json": {"checks": [{"db": "up"}, {"queue": "up"}]}})
    assert error.problems[0].facts["path"] == "checks[1].queue"
    assert '= "down", expected "up"' in render(error.problems[0])


# ── again and again ──────────────────────────────────────────────────────────────────────────────────────────
def test_within_asks_until_it_is_well(me: Hand, web: WebServer) -> None:
    answers = iter([Reply(503), Reply(503), Reply(200, b'{"status": "starting"}')])
    web.reply = lambda _: next(answers, Reply())
    me.apply(get=web.url, expect={"json": {"status": "ok"}}, within="20s")
    assert len(web.asked) == 4
    assert me.log.count("answered 503") == 1, "the same complaint is told once"
    assert "starting" in me.log


def test_within_waits_for_a_server_that_isnt_there_yet(me: Hand) -> None:
    with WebServer() as gone:
        port = gone.port
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        assert me.code(get=f"http://127.0.0.1:{port}/", within="1s") == "http/no-answer"


def test_when_the_time_is_up_the_last_fault_is_told(me: Hand, web: WebServer) -> None:
    web.reply = lambda _: Reply(500, b"database is down")
    started = time.monotonic()
    error = me.failure(get=web.url, within="1s")
    assert time.monotonic() - started < 3
    assert error.problems[0].facts["beginning"] == "database is down"


def test_within_also_bounds_a_single_call(me: Hand, web: WebServer) -> None:
    web.reply = lambda _: Reply(silent=True)
    started = time.monotonic()
    assert me.code(get=web.url, within="1s") == "http/timeout"
    assert time.monotonic() - started < 4


def test_retries_back_off(me: Hand, web: WebServer) -> None:
    answers = iter([Reply(500), Reply(502)])
    web.reply = lambda _: next(answers, Reply())
    started = time.monotonic()
    me.apply(put=web.url, json=1, retries=2)
    assert len(web.asked) == 3
    assert time.monotonic() - started > 1.4
    web.reply = lambda _: Reply(500)
    assert me.code(put=web.url, json=1, retries=1) == "http/status"
    assert len(web.asked) == 5


def test_what_might_happen_twice_is_done_once(me: Hand, web: WebServer) -> None:
    web.reply = lambda _: Reply(500)
    assert me.code(post=web.url) == "http/status"
    assert len(web.asked) == 1
    assert me.probe(post=web.url).found is Found.UNKNOWN
    assert len(web.asked) == 1
    assert not me.executor.traits(me.job(post=web.url).spec).idempotent


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_silent_server(hand: MakeHand, web: WebServer) -> None:
    web.reply = lambda _: Reply(silent=True)
    me = make(hand, timeout=1)
    started = time.monotonic()
    assert me.code(get=web.url) == "http/timeout"
    assert time.monotonic() - started < 3
    assert me.probe(get=web.url, timeout="1s").found is Found.MISSING


def test_a_server_that_trickles(me: Hand, web: WebServer) -> None:
    """Each byte comes in time, all of them never do; nobody is left reading."""
    web.reply = lambda _: Reply(body=b"x" * 10_000, trickle=0.05)
    started = time.monotonic()
    assert me.code(get=web.url, timeout="1s") in ("http/timeout", "http/no-answer")
    assert time.monotonic() - started < 3
    until = time.monotonic() + 5
    while any(thread.name == "http-call" for thread in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(thread.name == "http-call" for thread in threading.enumerate())


def test_an_answer_that_is_too_large(me: Hand, web: WebServer) -> None:
    web.reply = lambda _: Reply(body=b"x" * (LARGEST_ANSWER + 1))
    assert me.code(get=web.url) == "http/too-large"


def test_a_compressed_answer_isnt_asked_for(me: Hand, web: WebServer) -> None:
    me.apply(get=web.url)
    assert web.asked[0].headers["accept-encoding"] == "identity"


def test_redirects_are_not_followed(me: Hand, web: WebServer) -> None:
    with WebServer() as other:
        web.reply = lambda _: Reply(302, headers={"Location": f"{other.url}/inside"})
        assert me.code(get=web.url) == "http/status"
        assert not other.asked
    with pytest.raises(ValidationError):
        Http.Spec.model_validate({"get": web.url, "redirects": True})


def test_many_calls_leave_nothing_open(me: Hand, web: WebServer) -> None:
    me.apply(get=web.url)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(10):
        me.apply(get=web.url)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2


# ── TLS ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_server_nobody_vouches_for(me: Hand, secure: WebServer) -> None:
    error = me.failure(get=secure.url)
    assert error.problems[0].code == "http/no-answer"
    assert "certificate verify failed" in render(error.problems[0])
    assert not secure.asked


def test_the_hosts_own_authority(hand: MakeHand, secure: WebServer, certificates: Certificates) -> None:
    me = make(hand, ca=str(certificates.ca))
    me.apply(get=secure.url)
    me.apply(get=secure.url.replace("127.0.0.1", "localhost"))
    assert secure.asked[1].headers["host"] == f"localhost:{secure.port}"


def test_a_certificate_for_somebody_else(hand: MakeHand, tmp_path: Path) -> None:
    other = make_certificates(tmp_path, hosts=("elsewhere.example",), addresses=())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(other.server)
    with WebServer(context) as server:
        error = make(hand, ca=str(other.ca)).failure(get=server.url)
        assert "certificate is not valid for" in render(error.problems[0])
        make(hand, verify_ssl=False).apply(get=server.url)


def self_signed(path: Path, password: bytes | None = None) -> Path:
    """A certificate of its own with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "agent")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = (
        builder.not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_client_certificate_only_for_its_hosts(hand: MakeHand, certificates: Certificates, tmp_path: Path) -> None:
    agent = self_signed(tmp_path / "agent.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server)
    context.load_verify_locations(agent)
    context.verify_mode = ssl.CERT_REQUIRED
    shown = {"certificate": str(agent)}
    with WebServer(context) as server:
        base = {"ca": str(certificates.ca)}
        assert make(hand, **base).code(get=server.url) == "http/no-answer"
        other = make(hand, **base, clientCertificates=[{**shown, "hosts": ["elsewhere"]}])
        assert other.code(get=server.url) == "http/no-answer"
        assert not server.asked
        make(hand, **base, clientCertificates=[{**shown, "hosts": ["localhost", "127.0.0.1"]}]).apply(get=server.url)
        assert len(server.asked) == 1


@pytest.mark.parametrize("what", ["ca", "clientCertificates"])
def test_certificates_that_cant_be_read(hand: MakeHand, secure: WebServer, tmp_path: Path, what: str) -> None:
    (tmp_path / "broken.pem").write_text("not a certificate")
    for path in (tmp_path / "broken.pem", tmp_path / "missing.pem"):
        value = str(path) if what == "ca" else [{"hosts": ["127.0.0.1"], "certificate": str(path)}]
        error = make(hand, **{what: value}).failure(get=secure.url)
        assert error.problems[0].code == "http/no-certificate"
        assert str(error.problems[0].place) == str(path)


def test_a_key_with_a_passphrase_asks_nobody(hand: MakeHand, secure: WebServer, tmp_path: Path) -> None:
    key = self_signed(tmp_path / "key.pem", b"secret")
    shown = [{"hosts": ["127.0.0.1"], "certificate": str(key)}]
    assert make(hand, clientCertificates=shown).code(get=secure.url) == "http/no-certificate"


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.1.1",
        "2852039166",
        "0xA9FEA9FE",
        "0251.0376.0251.0376",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
    ],
)
def test_link_local_and_metadata_are_refused_however_they_are_written(hand: MakeHand, me: Hand, host: str) -> None:
    for mine in (me, make(hand, proxy="http://127.0.0.1:1")):
        error = mine.failure(get=f"http://{host}/latest/meta-data/")
        assert isinstance(error, Refused)
        assert error.problems[0].code == "http/link-local"
        with pytest.raises(Refused):
            mine.probe(get=f"http://{host}/")


def test_a_name_that_leads_there_is_refused(me: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was checked is the one connected to: a name that changes its mind in between gains nothing."""
    answers = iter(["169.254.169.254"])
    monkeypatch.setattr(socket, "getaddrinfo", _pointing_to(answers))
    assert me.code(get="http://innocent.example/") == "http/link-local"


def test_the_name_is_looked_up_once(me: Hand, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", _pointing_to(answers))
    me.apply(get=f"http://innocent.example:{web.port}/")
    assert web.asked[0].headers["host"] == f"innocent.example:{web.port}"


def _pointing_to(answers: Iterator[str]) -> object:
    """A resolver that says something else every time it is asked; asked once more than expected, it fails the test."""
    real = socket.getaddrinfo

    def resolver(host: str, *args: object, **kwargs: object) -> object:
        return real(next(answers) if "example" in str(host) else host, *args, **kwargs)  # type: ignore[arg-type]

    return resolver


def test_link_local_may_be_allowed_on_the_host() -> None:
    assert resolve("169.254.169.254", 80, link_local=True) == ("169.254.169.254",)
    assert Http.Config.model_validate({"allowLinkLocal": True}).allow_link_local


@given(st.sampled_from(METADATA), st.integers(0, 2**64))
def test_every_metadata_address_is_known(network: ipaddress.IPv4Network | ipaddress.IPv6Network, offset: int) -> None:
    address = network[offset % network.num_addresses]
    assert is_metadata(str(address))
    assert not is_here(str(address))


@given(st.ip_addresses(v=4).filter(lambda a: not a.is_link_local))
def test_ordinary_addresses_are_not(address: ipaddress.IPv4Address) -> None:
    special = {ipaddress.ip_address(a) for a in ("100.100.100.200", "168.63.129.16", "192.0.0.192")}
    assert is_metadata(str(address)) == (address in special)


def test_loopback_in_all_its_forms() -> None:
    assert all(is_here(address) for address in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "0.0.0.0"))
    assert resolve("localhost", 80, link_local=False)


# ── proxy ────────────────────────────────────────────────────────────────────────────────────────────────────
class Proxy(http.server.BaseHTTPRequestHandler):
    """A forward proxy that answers plain requests itself, and names of its own network only."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_through_a_proxy_names_are_its_business(hand: MakeHand, proxy: http.server.ThreadingHTTPServer) -> None:
    me = make(hand, proxy=f"http://127.0.0.1:{proxy.server_address[1]}")
    me.apply(get="http://only-the-proxy-knows.invalid/x", expect={"contains": "ok"})
    assert proxy.asked == ["http://only-the-proxy-knows.invalid/x"]  # type: ignore[attr-defined]
    assert me.code(get="http://metadata.google.internal/x") == "http/link-local"


def test_this_host_and_some_others_are_called_directly(
    hand: MakeHand, web: WebServer, proxy: http.server.ThreadingHTTPServer
) -> None:
    me = make(hand, proxy=f"http://127.0.0.1:{proxy.server_address[1]}", noProxy=["direct.invalid"])
    me.apply(get=web.url)
    assert len(web.asked) == 1
    assert me.code(get="http://direct.invalid/") == "http/no-address"
    assert proxy.asked == []  # type: ignore[attr-defined]


# ── envelope and words ───────────────────────────────────────────────────────────────────────────────────────
def test_hosts_outside_the_envelope(me: Hand, web: WebServer) -> None:
    me.envelopes = (Envelope(hosts=("shop.example",)),)
    error = me.failure(get=web.url)
    assert isinstance(error, Refused)
    assert not web.asked
    me.envelopes = (Envelope(hosts=("127.0.0.1",)),)
    me.apply(get=web.url)
    assert me.executor.effects(me.job(get="https://Shop.Example:8443/x").spec).hosts == ("shop.example",)


def test_health(me: Hand, web: WebServer) -> None:
    assert me.executor.health(me.job(get=web.url)) is Health.HEALTHY
    web.reply = lambda _: Reply(500)
    assert me.executor.health(me.job(get=web.url)) is Health.DEGRADED
    assert me.executor.health(me.job(post=web.url)) is Health.UNKNOWN


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"get": "http://h/", "post": "http://h/"},
        {"get": "ftp://h/"},
        {"get": "http:///path"},
        {"get": "http://user:password@h/"},
        {"get": "http://h:99999/"},
        {"get": "http://h/a b"},
        {"get": "http://h/\n"},
        {"get": "h/"},
        {"get": "http://h/", "headers": {"A B": "x"}},
        {"get": "http://h/", "headers": {"A": "x\r\nB: y"}},
        {"get": "http://h/", "headers": {"A": " x"}},
        {"get": "http://h/", "headers": {"A": "é"}},
        {"get": "http://h/", "body": "x"},
        {"post": "http://h/", "body": "x", "json": 1},
        {"post": "http://h/", "within": "1m"},
        {"post": "http://h/", "retries": 1},
        {"get": "http://h/", "retries": 1, "within": "1m"},
        {"get": "http://h/", "retries": 99},
        {"get": "http://h/", "expect": {"status": 99}},
        {"get": "http://h/", "expect": {"json": "x"}},
        {"get": "http://h/", "timeout": 5},
    ],
)
def test_steps_that_make_no_sense(spec: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Http.Spec.model_validate(spec)


def test_an_answer_cant_write_on_the_terminal(me: Hand, web: WebServer) -> None:
    web.reply = lambda _: Reply(500, b"\x1b]0;owned\x07\x1b[2J")
    assert "\x1b" not in render(me.failure(get=web.url).problems[0])
    assert "\x1b" not in me.probe(get=web.url).detail
