from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from clearing.forms import ScopeForm
from clearing.models import Application, ClearingRow
from clearing.services import cancel_application, request_application_query, submit_application
from clearing.services.checking import check_application
from clearing.services.overview import live_application
from clearing.services.timeline import application_events, application_operations, refused_cancellation
from clearing.views.asking import acted, chosen, environment
from clearing.views.lists import ApplicationList
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest

#: The state of an application's rows, for the link to them.
ROWS_OF = {"submitting": "verified", "applied": "applied", "cancelling": "applied", "approved": "approved"}


@page("clearing.rows.view")
def application_list(request: PortalRequest) -> HttpResponseBase:
    """查询申请 (8.3)."""
    return ApplicationList(request.member, request.GET).respond(request)


@page("clearing.rows.view")
def application_detail(request: PortalRequest, application_id: UUID) -> HttpResponseBase:
    application = get_or_404(Application, application_id)
    rows = ClearingRow.objects.filter(application=application)
    operations = application_operations(application)
    member = request.member
    context = {
        "application": application,
        "rows": rows.count(),
        "rows_state": ROWS_OF.get(application.state, ""),
        "operations": operations,
        "events": application_events(application, operations),
        "answer": refused_cancellation(operations),
        "may_query": application.is_live
        and bool(application.application_no)
        and member.may("clearing.generation.request"),
        "may_cancel": application.is_live and member.may("clearing.application.cancel"),
    }
    return render(request, "clearing/application_detail.html", context)


@page("clearing.application.submit", methods=("GET", "POST"))
def application_submit(request: PortalRequest) -> HttpResponseBase:
    """提交申请 (8.1): first what goes in and what is left out, then the button."""
    form, scope = chosen(request, ScopeForm)
    if request.method == "POST" and scope:
        made = acted(form, lambda: submit_application(scope, by=request.member))
        if made:
            messages.success(request, _submitted(request, made))
            return redirect("clearing:application-detail", made.pk)
    check = check_application(scope) if scope else None
    context = {"form": form, "scope": scope, "check": check, "preview": check and check.preview}
    return render(request, "clearing/application_submit.html", context)


@page("clearing.application.cancel", methods=("GET", "POST"))
def application_cancel(request: PortalRequest) -> HttpResponseBase:
    """撤销申请 (8.2): names the application before the red button."""
    form, scope = chosen(request, ScopeForm)
    held = live_application(scope) if scope else None
    if request.method == "POST" and held and acted(form, lambda: cancel_application(held, by=request.member)):
        messages.success(request, f"已提交撤销清算申请 {held.application_no}，{_next(request)}")
        return redirect("clearing:application-detail", held.pk)
    answer = refused_cancellation(application_operations(held)) if held else None
    context = {"form": form, "scope": scope, "held": held, "answer": answer}
    return render(request, "clearing/application_cancel.html", context)


@page("clearing.generation.request", methods=("POST",))
def application_query(request: PortalRequest, application_id: UUID) -> HttpResponseBase:
    """Ask the centre how an application stands."""
    application = get_or_404(Application, application_id, environment=environment(request))
    request_application_query(application.scope, by=request.member)
    messages.info(request, "正在向医保中心查询申请状态，稍后刷新本页查看")
    return redirect("clearing:application-detail", application.pk)


def _submitted(request: PortalRequest, application: Application) -> str:
    what = f"{application.count} 条，拨付金额 {application.disburse:,.2f} 元"
    return f"已提交{application.scope}清算申请：{what}，{_next(request)}"


def _next(request: PortalRequest) -> str:
    assert request.member.institution
    return "须由复核人员复核后才会发送" if request.member.institution.four_eyes else "结果将显示在本页"
