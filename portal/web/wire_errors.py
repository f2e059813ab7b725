"""What the web server answers when a request is no HTTP: nothing of ours has seen it, and it is still no HTML."""

import json
import secrets
from http import HTTPStatus
from typing import Any

TITLES = {
    HTTPStatus.REQUEST_URI_TOO_LONG: "地址过长",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "请求头过大",
    HTTPStatus.FORBIDDEN: "没有权限",
}
USUAL = "请求无法识别"
BROKEN = "系统出错"
#: Seconds that a caller who does not read is waited for.
PATIENCE = 2


def write_problem(sock: Any, status: int, reason: str, message: str) -> None:
    """Instead of gunicorn's page: the API's one shape of an error, into this socket. `message` quotes the caller, so it
    is left out."""
    request_id = secrets.token_hex(8)
    title = BROKEN if status >= 500 else TITLES.get(HTTPStatus(status), USUAL)
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": "系统没有完成这次请求" if status >= 500 else "请求不符合 HTTP 规范，没有办理",
        "code": "server-error" if status >= 500 else "bad-request",
        "errors": [],
        "request_id": request_id,
    }
    content = json.dumps(body, ensure_ascii=False).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Cache-Control: no-store\r\nX-Request-Id: {request_id}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    sock.settimeout(PATIENCE)
    sock.sendall(head.encode("latin-1") + content)
