"""What an http step may say, and how an agent configures http steps."""

import base64
from typing import Annotated, ClassVar, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, JsonValue, model_validator

from tiangong.executors.config import HostPath, PluginConfig, Seconds, Word
from tiangong.model.document import Model
from tiangong.model.reference import Takes
from tiangong.model.scalar import Duration, Seq, parse_duration

METHODS = ("get", "head", "post", "put", "patch", "delete")
ASKING = frozenset({"get", "head"})
REPEATABLE = frozenset({"get", "head", "put", "delete"})


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a URL such as https://host:8080/path")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or a password; send them as a header")
    if not 0 < (parts.port or 80) < 65536 or any(ord(c) <= 32 or ord(c) == 127 for c in value):
        raise ValueError("is not a URL such as https://host:8080/path")
    return value


def _header(value: str) -> str:
    if not value.isascii() or not value.isprintable() or value != value.strip():
        raise ValueError("holds a character that a header can't carry there")
    return value


Url = Annotated[str, AfterValidator(_url)]
Header = Annotated[Word, AfterValidator(_header)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
Status = Annotated[int, Field(ge=100, le=599)]


class ClientCertificate(Model):
    """What this host shows to some servers: PEM files; `key` may stand in the same file."""

    hosts: Seq[str] = Field(min_length=1)
    certificate: HostPath
    key: HostPath | None = None


class HttpConfig(PluginConfig):
    """Of this host. `timeout`: of one try. `ca`: the only authorities trusted, instead of the system's.

    `noProxy`: hosts that are called directly; this host itself always is.
    """

    spellings: ClassVar[dict[str, str]] = {"verify_ssl": "verifyTls", "verifySsl": "verifyTls"}

    timeout: Seconds = parse_duration("10s")
    verify_tls: bool = True
    ca: HostPath | None = None
    client_certificates: Seq[ClientCertificate] = ()
    proxy: Url | None = None
    no_proxy: Seq[str] = ()
    allow_link_local: bool = False
    """also call link-local and cloud metadata addresses"""


class Expect(Model):
    """What the answer has to be. `json`: values it has to hold, it may hold more; lists have to be equal in length.

    `headers`: values as they are, or without what follows a `;`.
    """

    status: Status | Seq[Status] | None = None
    headers: dict[HeaderName, Header] = Field(default_factory=dict)
    json_: dict[str, JsonValue] | list[JsonValue] | None = Field(default=None, alias="json")
    contains: str | None = None

    def takes(self, status: int) -> bool:
        """Whether a status is as expected; by default any 2xx."""
        if self.status is None:
            return 200 <= status < 300
        return status == self.status if isinstance(self.status, int) else status in self.status


class Basic(Model):
    """A user's name and password."""

    user: Annotated[Word, Field(min_length=1, pattern=r"^[^:\x00-\x1f\x7f]+$")]
    password: Word


class Auth(Model):
    """Who asks: `basic`, or `bearer` with a token. Sent to the host of the URL only: redirects are not followed."""

    basic: Basic | None = None
    bearer: Annotated[Header | None, Field(min_length=1)] = None

    @model_validator(mode="after")
    def _one_way(self) -> "Auth":
        if (self.basic is None) == (self.bearer is None):
            raise ValueError("has to say either basic or bearer")
        return self

    @property
    def header(self) -> str:
        """What the header Authorization has to say."""
        if self.basic is None:
            return f"Bearer {self.bearer}"
        return "Basic " + base64.b64encode(f"{self.basic.user}:{self.basic.password}".encode()).decode()


class HttpSpec(Model):
    """One method with its URL, and what to expect. `within`: ask again and again until the answer is as expected."""

    get: Url | None = None
    head: Url | None = None
    post: Url | None = None
    put: Url | None = None
    patch: Url | None = None
    delete: Url | None = None
    headers: Annotated[dict[HeaderName, Header], Takes.SECRET] = Field(default_factory=dict)
    body: Annotated[str | None, Takes.SECRET] = None
    json_: Annotated[JsonValue, Takes.SECRET] = Field(default=None, alias="json")
    auth: Annotated[Auth | None, Takes.SECRET] = None
    expect: Expect = Field(default_factory=Expect)
    within: Duration | None = None
    timeout: Duration | None = None
    retries: int = Field(default=0, ge=0, le=20)
    redirects: Literal[False] = False

    @model_validator(mode="after")
    def _one_call(self) -> "HttpSpec":
        given = [method for method in METHODS if getattr(self, method) is not None]
        if len(given) != 1:
            raise ValueError(f"has to say one of {', '.join(METHODS)}")
        if self.body is not None and self.json_ is not None:
            raise ValueError("has to say either body or json")
        if self.within and given[0] not in ASKING:
            raise ValueError("within goes with get and head only: nothing else may be asked again and again")
        if self.retries and (given[0] not in REPEATABLE or self.within):
            raise ValueError("retries goes with get, head, put and delete, and not with within: it might happen twice")
        if given[0] in ASKING and (self.body is not None or self.json_ is not None):
            raise ValueError("body and json don't go with get and head")
        if self.auth and any(name.lower() == "authorization" for name in self.headers):
            raise ValueError("has to say either auth or the header Authorization")
        return self

    @property
    def method(self) -> str:
        """The method, in lower case."""
        return next(method for method in METHODS if getattr(self, method) is not None)

    @property
    def url(self) -> str:
        """Where to."""
        url: str = getattr(self, self.method)
        return url

    @property
    def parts(self) -> SplitResult:
        """The URL taken apart."""
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        """The host it calls."""
        return self.parts.hostname or ""

    @property
    def port(self) -> int:
        """The port it calls."""
        return self.parts.port or (443 if self.parts.scheme == "https" else 80)

    @property
    def shown(self) -> str:
        """Method and URL without the query, which may hold what isn't for logs."""
        return f"{self.method.upper()} {self.parts.scheme}://{self.parts.netloc}{self.parts.path}"
