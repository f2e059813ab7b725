from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from clearing.services import Refused, cancel_verification, verify_rows
from clearing.views.lists import VerificationList
from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.web.tables import SelectionChanged


@page("clearing.rows.view")
def verification_list(request: PortalRequest) -> HttpResponseBase:
    """核对管理 (7.1): unverified rows first, as in the manual."""
    params = request.GET
    if "state" not in params and not params:
        params = QueryDict("state=generated")
    return VerificationList(request.member, params).respond(request)


@page("clearing.rows.verify", methods=("POST",))
def verify(request: PortalRequest) -> HttpResponseBase:
    """批量核对 (7.2)."""
    return _act(
        request, lambda rows: verify_rows(rows, by=request.member), "已提交核对 {n} 条，结果确认后状态变为“已核对”"
    )


@page("clearing.verification.cancel", methods=("POST",))
def unverify(request: PortalRequest) -> HttpResponseBase:
    """撤销核对 (7.3)."""
    return _act(
        request,
        lambda rows: cancel_verification(rows, by=request.member),
        "已提交撤销核对 {n} 条，结果确认后恢复为“未核对”",
    )


def _act(request: PortalRequest, act: Callable[[QuerySet[Any]], Any], said: str) -> HttpResponseBase:
    selection = VerificationList.selection(request)
    try:
        rows = selection.checked()
        number = rows.count()
        act(rows)
    except (Refused, SelectionChanged) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said.format(n=number))
    query = request.POST.get("query", "")
    return redirect(reverse("clearing:verification-list") + (f"?{query}" if query else ""))
