"""Error pages in the portal's own words: what happened, the number to quote, what to do next. Never a stack trace."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from portal.api import problems

API = "/api/"


@dataclass(frozen=True)
class Trouble:
    status: int
    title: str
    sentence: str
    next_step: str


BAD_REQUEST = Trouble(
    400, "请求无法识别", "提交的内容不完整或不符合要求，没有做任何修改。", "请返回上一页核对后重新提交。"
)
FORBIDDEN = Trouble(
    403, "没有权限", "您的角色不能进行这项操作，没有做任何修改。", "如工作需要，请联系本机构管理员调整角色。"
)
NOT_FOUND = Trouble(
    404,
    "没有找到",
    "这个地址或这条记录不存在，可能已被删除，或不属于当前机构。",
    "请核对地址和当前机构，或从工作台重新进入。",
)
SERVER_ERROR = Trouble(
    500,
    "系统出错",
    "系统没有完成这次操作。已提交到医保接口的业务不会丢失，可在“办理进度”中查看。",
    "请稍后重试；再次出现时，请把请求编号告诉管理员。",
)
STALE_FORM = Trouble(
    403,
    "页面已过期",
    "这个页面打开的时间过长，或登录状态已变化，提交的内容没有保存。",
    "请返回并刷新页面，再重新提交。",
)

CONFLICT = Trouble(
    409,
    "没有办理",
    "现在的情况与这个页面打开时不同，没有做任何修改。",
    "请回到工作台或重新打开页面，核对机构和运行环境后再办理。",
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Says which permission is missing, when the gate said so."""
    return answer(request, FORBIDDEN, _words(exception) if isinstance(exception, PermissionDenied) else "")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for a wrong address, a random id and another institution's row."""
    return answer(request, NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, SERVER_ERROR)


def conflict(request: HttpRequest, sentence: str) -> HttpResponse:
    """An outdated page, or an institution that stands still: nothing was done."""
    return answer(request, CONFLICT, sentence)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, STALE_FORM)


def answer(request: HttpRequest, trouble: Trouble, sentence: str = "") -> HttpResponse:
    """The page, a fragment for htmx, or problem+json for the hospital's software."""
    if request.path.startswith(API):
        detail = problems.BROKEN if trouble is SERVER_ERROR else sentence or trouble.sentence
        return problems.answer(request, trouble.status, detail)
    context: dict[str, Any] = {
        "trouble": trouble,
        "sentence": sentence or trouble.sentence,
        "request_id": getattr(request, "request_id", ""),
    }
    template = f"{trouble.status}.html"
    if trouble.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        # Whatever broke may break the frame as well: this page asks for nothing, not even a context processor.
        return HttpResponse(render_to_string(template, context), status=trouble.status)
    return render(request, template, context, status=trouble.status)


def _words(exception: Exception) -> str:
    return str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
