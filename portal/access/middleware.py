"""Who asked, and whether they are still there."""

import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from portal.access.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
LAST_SEEN = "last_seen"
#: Writing the session on every click costs an UPDATE each; idle time is exact to this many seconds.
GRAIN = 5


def request_identity(get_response: GetResponse) -> GetResponse:
    """Give each request an id that logs, audit and error pages share."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request.request_id)  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def idle_sign_out(get_response: GetResponse) -> GetResponse:
    """End a session after five idle minutes, and any session that is not the account's newest one (design 4.3)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User):
            seen = request.session.get(LAST_SEEN, time.time())
            if time.time() - seen > settings.IDLE_SECONDS:
                end(request, "idle")
            elif request.user.session_key not in ("", request.session.session_key):
                end(request, "elsewhere")
            elif not is_background(request) and (LAST_SEEN not in request.session or time.time() - seen > GRAIN):
                request.session[LAST_SEEN] = time.time()
        return get_response(request)

    return middleware


def end(request: HttpRequest, why: str) -> None:
    logout(request)
    request.session["ended"] = why  # the sign-in page says it


def is_background(request: HttpRequest) -> bool:
    """Polls of the page itself do not count as the person being there."""
    return request.headers.get("X-Background") == "1"
