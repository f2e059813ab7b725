"""The one shape of every error below /api/: problem+json (RFC 9457), with a code, pointers and the request's id."""

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pydantic
from django.core import exceptions as django_errors
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response

from portal.access.services.refusals import NotAllowed
from portal.gateway.messages.faults import OTHERWISE, SENTENCES

logger = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "请求无法识别",
    401: "需要登录或接口密钥",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这个方法",
    406: "无法提供要求的格式",
    409: "与当前状态冲突",
    411: "缺少内容长度",
    412: "版本不同",
    413: "请求内容过大",
    415: "不支持的内容类型",
    422: "内容不符合要求",
    429: "请求过于频繁",
    500: "系统出错",
    503: "暂时不能办理",
}
CODES = {
    400: "bad-request",
    401: "not-authenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    411: "length-required",
    412: "version-mismatch",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many-requests",
    500: "server-error",
    503: "unavailable",
}
NOT_FOUND = "这个地址或这条记录不存在"
BROKEN = "系统没有完成这次请求。重复提交时请使用同一个 Idempotency-Key。"
AWAY = "系统暂时不能办理，请稍后用同一个 Idempotency-Key 重试"
#: Seconds after which a caller may try again when the database is away.
LATER = "5"
#: What the framework refuses by itself, in a sentence.
SAID = {
    400: "请求不完整或不符合 HTTP 规范",
    403: "没有这项操作的权限",
    404: NOT_FOUND,
    405: "这个地址不支持所用的方法",
    503: AWAY,
}


class Problem(Exception):
    """Raise it anywhere in a handler; the transaction rolls back and the caller gets exactly this."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        live: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        #: Each {"pointer": "/rows/0/year", "detail": "…"}: a JSON pointer into the request's body.
        self.errors = [dict(error) for error in errors]
        self.headers = dict(headers or {})
        #: Address and id of what is in the way: `operation` and `operation_id`, or `job` and `job_id`.
        self.live = dict(live or {})


_meanings: dict[type[Exception], tuple[int, str]] = {}


def means(error: type[Exception], status: int, code: str) -> None:
    """Say once which problem a service's exception is; its text becomes the detail."""
    _meanings[error] = (status, code)


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """REST framework's exception handler: every exception becomes a problem, unexpected ones a logged 500."""
    request = context["request"]
    problem = understood(error)
    if problem is None:
        logger.error("request to the API failed", exc_info=error)
        got_request_exception.send(sender=handle, request=request._request)  # tests then see the exception itself
        problem = unexpected(error)
    headers = {**problem.headers, **_headers(error)}
    return Response(body(request, problem), problem.status, headers=headers, content_type=CONTENT_TYPE)


def unexpected(error: BaseException | None) -> Problem:
    """503 when the database is away or gave up, which passes; otherwise it is our fault."""
    if isinstance(error, OperationalError | InterfaceError):
        return Problem(503, CODES[503], AWAY, headers={"Retry-After": LATER})
    return Problem(500, CODES[500], BROKEN)


def answer(request: HttpRequest, status: int, detail: str) -> JsonResponse:
    """The same shape for what fails outside of a view of the API; for 500, by what is being handled just now."""
    problem = unexpected(sys.exception()) if status == 500 else Problem(status, CODES.get(status, "error"), detail)
    return JsonResponse(
        body(request, problem),
        status=problem.status,
        headers=problem.headers,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def said_of(status: int) -> str:
    """A sentence for a status that nobody explained."""
    return SAID.get(status, BROKEN if status >= 500 else "请求没有完成")


def body(request: Any, problem: Problem) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": TITLES.get(problem.status, "请求没有完成"),
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "errors": problem.errors,
        "request_id": getattr(request, "request_id", ""),
        **problem.live,
    }


def understood(error: Exception) -> Problem | None:
    """The problem this exception stands for; None when nobody expected it."""
    match error:
        case Problem():
            return error
        case Http404() | exceptions.NotFound():
            return Problem(404, CODES[404], NOT_FOUND)
        case NotAllowed():
            errors = [{"pointer": f"/{error.field}", "detail": error.message}] if error.field else []
            return Problem(
                422 if error.field else 409, CODES[422 if error.field else 409], error.message, errors=errors
            )
        case django_errors.PermissionDenied() | exceptions.PermissionDenied():
            return Problem(403, CODES[403], _words(error) or "没有这项操作的权限")
        case exceptions.ValidationError():
            return _invalid(flat(error.detail))
        case django_errors.ValidationError():
            return _invalid(flat(getattr(error, "message_dict", None) or error.messages))
        case pydantic.ValidationError():
            return _invalid((pointer(*one["loc"]), _sentence(one)) for one in error.errors(include_input=False))
        case exceptions.APIException():
            return _of_framework(error)
        case django_errors.RequestDataTooBig():
            return Problem(413, CODES[413], "请求内容过大，请分批提交")
        case django_errors.SuspiciousOperation() | django_errors.BadRequest() | MultiPartParserError():
            return Problem(400, CODES[400], "请求不完整或不符合 HTTP 规范")
    for kind in type(error).__mro__:
        if kind in _meanings:
            status, code = _meanings[kind]
            return Problem(status, code, str(error))
    return None


def _of_framework(error: exceptions.APIException) -> Problem:
    match error:
        case exceptions.NotAuthenticated():
            detail = "请提供接口密钥（Authorization: Api-Key …），或先在网页登录"
        case exceptions.MethodNotAllowed():
            detail = "这个地址不支持所用的方法"
        case exceptions.NotAcceptable():
            detail = "只提供 application/json"
        case exceptions.UnsupportedMediaType():
            detail = "请求内容须为 application/json"
        case exceptions.ParseError():
            detail = _words(error) or "请求内容不是有效的 JSON"
        case exceptions.Throttled():
            detail = "请求过于频繁，请稍后再试"
        case _:
            detail = _words(error)
    return Problem(error.status_code, CODES.get(error.status_code, "error"), detail)


def _headers(error: Exception) -> dict[str, str]:
    wait, challenge = getattr(error, "wait", None), getattr(error, "auth_header", "")
    return {
        **({"Retry-After": str(int(wait))} if wait else {}),
        **({"WWW-Authenticate": challenge} if challenge else {}),
    }


def _invalid(found: Any) -> Problem:
    errors = [{"pointer": where, "detail": sentence} for where, sentence in found]
    return Problem(422, CODES[422], f"有 {len(errors)} 处不符合要求，没有做任何修改", errors=errors)


def _sentence(fault: Any) -> str:
    own = str(fault["type"]).startswith("portal.")
    return str(fault["msg"]) if own else SENTENCES.get(fault["type"], OTHERWISE).format(**fault.get("ctx", {}))


def flat(detail: Any, *path: object) -> Iterator[tuple[str, str]]:
    """Nested messages of a serializer as pointers and sentences."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flat(inner, *path, *(() if name in ("non_field_errors", "__all__") else (name,)))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from flat(inner, *path, *((index,) if nested else ()))
    else:
        yield pointer(*path), str(detail)


def pointer(*path: object) -> str:
    """A JSON pointer (RFC 6901): `/rows/0/year`."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def _words(error: Exception) -> str:
    """What the exception says for itself, unless it is REST framework's own stock sentence."""
    if isinstance(error, exceptions.APIException):
        return "" if error.detail == error.default_detail else str(error.detail)
    return str(error.args[0]) if error.args and isinstance(error.args[0], str) else ""
