"""The bridge's door: HTTP on this machine, or TLS on both sides; a token in either case. Programs only, no pages."""

from __future__ import annotations

import hmac
import ipaddress
import json
import ssl
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from portal.gateway.bridge.line import Line, Refused

#: Bytes; a call is 8 KB of text at most.
MOST = 256 * 1024
#: Seconds that a connection may take to say what it wants.
PATIENCE = 20


@dataclass(frozen=True)
class Door:
    """Where to listen. Without certificates only this machine is listened to."""

    host: str
    port: int
    token: str
    certificate: str = ""
    key: str = ""
    portal_certificate: str = ""

    def check(self) -> None:
        """Raises ValueError with a sentence for a door that would be open."""
        if len(self.token) < 20:
            raise ValueError("令牌至少 20 个字符")
        if self.certificate and not self.portal_certificate:
            raise ValueError("使用 TLS 时必须给出门户证书（双向认证）")
        if not self.certificate and not _is_loopback(self.host):
            raise ValueError("没有证书时只能在本机（127.0.0.1）监听；其他地址须使用双向 TLS")


class Server(ThreadingHTTPServer):
    """Answers until it is told to stop."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, door: Door, line: Line, about: dict[str, Any]) -> None:
        door.check()
        self.door, self.line, self.about = door, line, about
        super().__init__((door.host, door.port), Handler)
        if door.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(door.certificate, door.key)
            context.load_verify_locations(door.portal_certificate)
            context.verify_mode = ssl.CERT_REQUIRED
            # The handshake is the thread's of the connection: a caller that says nothing holds nobody up.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A broken connection is the caller's to notice; what it asked for is in the spool."""
        sys.stderr.write(f"{client_address[0]}: {sys.exc_info()[1]!r}\n")


class Handler(BaseHTTPRequestHandler):
    """POST /calls, /answers, /health."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "")
        body = self.rfile.read(min(int(size), MOST)) if size.isdecimal() else b""
        if (status := self._refused(size)) != 0:
            self._say(status, {"state": "not_called", "reason": "http", "sentence": "请求未被接受"})
            return
        act = {"/calls": self._call, "/answers": self._answer, "/health": self._health}.get(self.path)
        if act is None:
            self._say(404, {"state": "not_called", "reason": "http", "sentence": "没有这个地址"})
            return
        try:
            asked = json.loads(body)
            told = act(asked)
        except Refused as refusal:
            state = "unknown" if refusal.reason == "conflict" else "not_called"
            told = {"state": state, "reason": refusal.reason, "sentence": str(refusal), "id": asked["id"]}
        except (ValueError, KeyError, TypeError, AttributeError):
            self._say(400, {"state": "not_called", "reason": "http", "sentence": "请求内容不完整"})
            return
        self._say(200, told)

    def _refused(self, size: str) -> int:
        """A status for what is not answered: callers without the token, pages of a browser, what is too long."""
        given = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self.server.door.token}".encode()):
            return 401
        if self.headers.get("Origin") or self.headers.get("Sec-Fetch-Mode"):
            return 403
        return 0 if size.isdecimal() and int(size) <= MOST else 413

    def _call(self, asked: dict[str, Any]) -> dict[str, Any]:
        told = self.server.line.take(asked)
        return {**told, "id": asked["id"]}

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What became of an id. `close`: one that never came is to stay so."""
        found = self.server.line.spool.find(str(asked["id"]))
        if found is None and asked.get("close"):
            found = self.server.line.spool.close(str(asked["id"]), int(asked["sent_at"]))
        return {**(found or {"state": "none"}), "id": asked["id"]}

    def _health(self, asked: dict[str, Any]) -> dict[str, Any]:
        line = self.server.line
        return {**self.server.about, "state": "ready", "waiting": line.length, "starts": line.keeper.starts}

    def _say(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told, ensure_ascii=False).encode()
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing about patients stands in an address; ids and bodies are not logged."""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
