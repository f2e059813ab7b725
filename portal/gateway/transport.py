"""HTTP to a gateway: one request, one connection, one deadline. The only place where requests leave the portal.

Whether a failure may have had an effect is decided by one fact: had the first byte of the request been given to the
connection? Until then it is NotSent, afterwards Unknown, whatever the exception is called.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, IncompleteRead, NameResolutionError, ProtocolError, ReadTimeoutError
from urllib3.exceptions import SSLError as TlsError
from urllib3.response import HTTPResponse

from portal.gateway.errors import Doubt, NotSent, Unknown
from portal.gateway.filing import Filing, Into
from portal.gateway.tls import Tls

#: Bytes; a clearing page of 1,000 rows is about 1 MB in its envelope.
LIMIT = 32 * 1024 * 1024
CHUNK = 64 * 1024
DEFAULT_PORT = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete reply with status 200. `seconds` from the start of the call to its last byte.

    `filed` is how many bytes went into the file instead of the body; None: it was no file.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    filed: int | None = None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    connect_timeout: float,
    read_timeout: float,
    allowed: Collection[str],
    limit: int = LIMIT,
    ca_file: str | None = None,
    address: str = "",
    tls: Tls | None = None,
    into: Into | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Answer:
    """Send `body` once and return the answer.

    Never retried, redirected, or sent through a proxy of the environment, on a connection of its own. `read_timeout`
    (seconds) bounds everything after connecting, however slowly the other side trickles; `limit` the bytes of the
    reply; `ca_file` replaces the system's certificate authorities. `allowed` lists hosts as `host` (the scheme's own
    port) or `host:port`. `address` is the IP that the host is bound to: it is connected to instead of asking the name
    service, and must be on the list as well; certificate and Host header stay those of the name. `into` takes a reply
    that is a file; what was written before an error stays there. `tls` takes the place
    of the authorities. `meanwhile` is called once, when everything has been sent and before the reply is waited for; it
    must be short and raise nothing.

    Raises NotSent when nothing left this machine, Unknown otherwise: time-out, reset, any status but 200, a web
    page, a reply that is cut off or too large.
    """
    check_address(url, allowed)
    if address:
        check_address(bound_url(url, address), allowed)
    watch = _Watch(address, meanwhile)
    started = time.monotonic()
    deadline = threading.Timer(connect_timeout + read_timeout, watch.expire)
    deadline.daemon = True
    deadline.start()
    try:
        with _session(watch, tls) as session:
            response = session.post(
                url,
                data=body,
                headers={"User-Agent": "yibao-portal", "Accept-Encoding": "identity", **headers, "Connection": "close"},
                timeout=(connect_timeout, read_timeout),
                allow_redirects=False,
                stream=True,
                verify=ca_file or True,
            )
            filed = Filing(into, limit, response.status_code)
            received = _read(response, filed, watch)
            seconds = time.monotonic() - started
            return Answer(response.status_code, dict(response.headers), received, seconds, filed.size)
    except (requests.RequestException, HTTPError, http.client.HTTPException, OSError) as error:
        raise _outcome(error, watch) from None
    finally:
        deadline.cancel()


class _Watch:
    """How far one call has got, and the means to end it from outside."""

    def __init__(self, address: str = "", meanwhile: Callable[[], None] | None = None) -> None:
        self.address = address
        self._meanwhile = meanwhile
        self.sent = False
        self.expired = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._socket = connection
            if self.expired:
                self._shut()

    def waits(self) -> None:
        """The other side has everything and works: so can we."""
        work, self._meanwhile = self._meanwhile, None
        if work is not None:
            work()

    def expire(self) -> None:
        """Called by the timer: a read that is blocked then ends at once."""
        with self._lock:
            self.expired = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            try:
                # The plain socket's own method: TLS would want to say goodbye first.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return  # it was closed already


_WATCH: ContextVar[_Watch] = ContextVar("watch")


@contextmanager
def _bound(connection: HTTPConnection, address: str) -> Iterator[None]:
    """Connect to `address` while everything else keeps the name."""
    name = connection._dns_host
    connection._dns_host = address or name
    try:
        yield
    finally:
        connection._dns_host = name


class Astray(OSError):
    """The host's name leads somewhere that no name of another machine should."""


def strays(host: str, peer: str) -> bool:
    """Whether a name was resolved to this machine, or to an address that is valid on the next cable only.

    Who allowed the name meant a machine of the network; whoever controls the name service may point it at what listens
    here for ourselves alone. An address that stands on the list itself is what was meant.
    """
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        address = ipaddress.ip_address(peer.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        here = mapped.is_loopback and not (host == "localhost" or host.endswith(".localhost"))
        return here or mapped.is_link_local or mapped.is_unspecified or mapped.is_multicast
    return False


class _Plain(HTTPConnection):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._watch = _WATCH.get()

    def _new_conn(self) -> socket.socket:
        with _bound(self, self._watch.address):
            connection = super()._new_conn()
        if not self._watch.address and strays(self.host, connection.getpeername()[0]):
            connection.close()
            raise Astray
        self._watch.opened(connection)
        return connection

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self._watch.sent = True
        super().send(data)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        self._watch.waits()
        return super().getresponse()


class _Tls(_Plain, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        if self.sock is not None:  # wrapped by now: the plain socket has given up its descriptor
            self._watch.opened(self.sock)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class _Adapter(HTTPAdapter):
    def __init__(self, tls: Tls | None) -> None:
        self.tls = tls
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        host, known = super().build_connection_pool_key_attributes(request, verify, cert)
        options: dict[str, Any] = dict(known)
        if self.tls is not None and host["scheme"] == "https":
            options |= {"ssl_context": self.tls.context(), "assert_hostname": False}
        return host, options

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        if self.tls is None:  # otherwise the system's authorities would be believed beside the one certificate
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]


@contextmanager
def _session(watch: _Watch, tls: Tls | None = None) -> Iterator[requests.Session]:
    token = _WATCH.set(watch)
    session = requests.Session()
    try:
        session.trust_env = False
        session.headers.clear()
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(tls))
        yield session
    finally:
        session.close()
        _WATCH.reset(token)


def bound_url(url: str, address: str) -> str:
    """The address itself with the URL's scheme and port, as the allow-list is asked for it."""
    parts = urlsplit(url)
    host = f"[{address}]" if ":" in address else address
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def check_address(url: str, allowed: Collection[str]) -> None:
    """Raises NotSent unless this is an address of HTTP that the allow-list has."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotSent("接口地址不是有效的网址") from None
    if parts.scheme not in DEFAULT_PORT or not parts.hostname:
        raise NotSent("接口地址应以 http:// 或 https:// 开头")
    if parts.username is not None or parts.password is not None:
        raise NotSent("接口地址中不能带用户名或密码")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    own = DEFAULT_PORT[parts.scheme]
    names = {f"{host}:{port or own}"} | ({host} if (port or own) == own else set())
    if not names & {one.lower() for one in allowed}:
        raise NotSent(f"接口地址 {host}:{port or own} 不在允许的名单中")


def _read(response: requests.Response, filed: Filing, watch: _Watch) -> bytes:
    """The whole body of a reply that is what it should be."""
    begun = b""
    try:
        announced = response.raw.length_remaining
        if announced is not None and announced > filed.most:
            raise Unknown(Doubt.TOO_LARGE)
        while chunk := response.raw.read(CHUNK, decode_content=True):
            filed.take(chunk)
            begun = bytes(filed.body[:CHUNK])
            if filed.count > filed.most:
                raise Unknown(Doubt.TOO_LARGE, evidence=begun)
            if watch.expired:
                raise Unknown(Doubt.TIMEOUT, evidence=begun)
    except (HTTPError, http.client.HTTPException, OSError) as error:
        doubt = _outcome(error, watch)
        raise Unknown(doubt.reason, doubt.detail, evidence=begun) if isinstance(doubt, Unknown) else doubt from None
    if watch.expired:  # the shut socket looks like an ordinary end when no length was announced
        raise Unknown(Doubt.TIMEOUT, evidence=begun)
    body = bytes(filed.body)
    if 300 <= response.status_code < 400:
        raise Unknown(Doubt.REDIRECT, f"HTTP {response.status_code}", evidence=body)
    if response.status_code != 200:
        raise Unknown(Doubt.STATUS, f"HTTP {response.status_code}", evidence=body)
    if filed.size is not None:
        return b""
    if "html" in response.headers.get("Content-Type", "").lower() or body[:64].lstrip().lower().startswith(
        (b"<!doctype", b"<html")
    ):
        raise Unknown(Doubt.HTML, evidence=body)
    return body


def _outcome(error: Exception, watch: _Watch) -> NotSent | Unknown:
    causes = list(_causes(error))
    if not watch.sent:
        return NotSent(_not_sent(causes, watch))
    if watch.expired or any(isinstance(one, TimeoutError | requests.Timeout | ReadTimeoutError) for one in causes):
        return Unknown(Doubt.TIMEOUT)
    if any(isinstance(one, IncompleteRead) for one in causes):
        return Unknown(Doubt.TRUNCATED)
    if any(isinstance(one, OSError | ProtocolError | requests.ConnectionError) for one in causes):
        return Unknown(Doubt.RESET)
    return Unknown(Doubt.SHAPE, "不是 HTTP 答复")


def _not_sent(causes: list[BaseException], watch: _Watch) -> str:
    if any(isinstance(one, Astray) for one in causes):
        return "接口地址的域名解析到本机或不可用的地址，请求没有发出"
    if any(isinstance(one, NameResolutionError | socket.gaierror) for one in causes):
        return "接口地址的域名无法解析，请求没有发出"
    if any(isinstance(one, TlsError | requests.exceptions.SSLError) for one in causes):
        return "与接口建立加密连接失败（证书不受信任或协议不符），请求没有发出"
    if watch.expired or any(isinstance(one, TimeoutError | requests.Timeout) for one in causes):
        return "连接接口超时，请求没有发出"
    if any(isinstance(one, ConnectionRefusedError) for one in causes):
        return "接口拒绝连接，请求没有发出"
    return "无法连接接口，请求没有发出"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything it wraps: requests wraps urllib3, which wraps the system's."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
