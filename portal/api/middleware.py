"""The last word on errors below /api/: programs get a problem, whoever in the framework answered."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from portal.api import problems

API = "/api/"
#: Of the answer that is replaced, what a caller still needs.
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


def problems_only(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Replaces the body of every error that is no problem yet: a refusal of the framework's own is a page, or empty."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not request.path.startswith(API) or response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "").startswith(problems.CONTENT_TYPE):
            return response
        shown: HttpResponse = problems.answer(request, response.status_code, problems.said_of(response.status_code))
        for name in KEPT:
            if name in response.headers:
                shown.headers[name] = response.headers[name]
        return shown

    return middleware
