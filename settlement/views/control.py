"""校验介质: what the security control gave, what it was used for, and taking a new one."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import page
from portal.access.member import PortalRequest
from settlement.forms.identity import MediumForm
from settlement.models import CheckMedium
from settlement.services.control import ask_desk, keep_medium, kept_how
from settlement.views.asking import acted, environment

RECENT = 50


@page("settlement.people.identify", methods=("GET", "POST"))
def control(request: PortalRequest) -> HttpResponseBase:
    """Media of the last days, and a form: typed here, or asked of the control by a job."""
    form = MediumForm(
        request.POST or None, initial={name: request.GET.get(name, "") for name in ("kind", "code", "about")}
    )
    if request.method == "POST" and form.is_valid() and acted(form, lambda: _take(request, form)):
        return redirect("settlement:control")
    rows = CheckMedium.objects.filter(environment=environment(request))[:RECENT]
    context = {"form": form, "media": rows, "how": kept_how(environment(request))}
    return render(request, "settlement/control.html", context)


def _take(request: PortalRequest, form: MediumForm) -> bool:
    given = form.cleaned_data
    code, kind, about = given["code"], given["kind"], given["about"]
    if text := given["medium"].strip():
        keep_medium(text, obtained_for=code, kind=kind, about=about, by=request.member)
        messages.success(request, "已登记校验介质")
    else:
        ask_desk(code, kind, about, by=request.member)
        messages.info(request, "正在向安全控件取得校验介质，请稍候")
    return True
