"""Who asked, and whether they are still there."""

import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.access.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
LAST_SEEN = "last_seen"
#: Writing the session on every click costs an UPDATE; idle time is exact to this many seconds (idle.js adds one).
GRAIN = 1


def request_identity(get_response: GetResponse) -> GetResponse:
    """Give each request an id that logs, audit and error pages share."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = address_of(request)
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request.request_id)  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def address_of(request: HttpRequest) -> str:
    """The caller's address; behind our own proxies the one the outermost of them saw, never what a caller claims."""
    proxies: int = settings.AXES_IPWARE_PROXY_COUNT or 0
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def idle_sign_out(get_response: GetResponse) -> GetResponse:
    """End a session after five idle minutes, and any session that is not the account's newest one (design 4.3)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User):
            seen = request.session.get(LAST_SEEN, time.time())
            if time.time() - seen > settings.IDLE_SECONDS:
                end(request, "idle")
            elif request.user.session_key not in ("", request.session.session_key):
                end(request, "reset" if request.user.session_key == User.NO_SESSION else "elsewhere")
            elif not is_background(request) and (LAST_SEEN not in request.session or time.time() - seen > GRAIN):
                request.session[LAST_SEEN] = time.time()
        return get_response(request)

    return middleware


def end(request: HttpRequest, why: str) -> None:
    from portal.access.services.sign_in import end_session

    end_session(request, why)
    request.session["ended"] = why  # the sign-in page says it
    request.session_ended = why  # type: ignore[attr-defined]  # also when another request of the page takes the cookie


def is_background(request: HttpRequest) -> bool:
    """Polls of the page itself do not count as the person being there."""
    return request.headers.get("X-Background") == "1"
