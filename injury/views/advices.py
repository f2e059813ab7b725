"""Doctor's advices: list, and one typed by hand or changed."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from injury.forms.fees import AdviceForm
from injury.models import Admission, Advice, Source
from injury.rules.fee_fields import ADVICES
from injury.services import Refused
from injury.services.fee_arrival import LinesRefused, take_fees
from injury.views.fee_lists import AdviceList
from injury.views.fees import asked_for, chosen_admission, of, uuid
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest


@page("injury.fees.view")
def advice_list(request: PortalRequest) -> HttpResponseBase:
    """医嘱: over all, or of one admission."""
    admission = chosen_admission(request) if request.GET.get("admission") else None
    may = request.member.may("injury.fees.enter")
    return AdviceList(request.member, request.GET).respond(request, admission=admission, may=may)


@page("injury.fees.enter", methods=("GET", "POST"))
def advice_new(request: PortalRequest) -> HttpResponseBase:
    """A new advice, or with `advice` the next version of one."""
    named = request.GET.get("advice", "")
    before = get_or_404(Advice, uuid(named)) if named else None
    admission = before.admission if before else chosen_admission(request)
    if admission is None:
        return asked_for(request, "录入医嘱")
    initial = {name: getattr(before, name) for name in ADVICES} if before else None
    form = AdviceForm(request.POST or None, initial=initial)
    if request.method == "POST" and _taken(request, admission, form):
        return redirect(of("advice-list", admission))
    return render(request, "injury/advice_new.html", {"admission": admission, "form": form, "before": before})


def _taken(request: PortalRequest, admission: Admission, form: AdviceForm) -> bool:
    try:
        arrival = take_fees(admission, [], by=request.member, source=Source.PAGE, advices=[form.said()])
    except LinesRefused as refused:
        form.blame(refused.lines)
        return False
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return False
    advices = arrival.advices
    said = "已保存医嘱" if advices.new else "医嘱已更新，版本加一" if advices.changed else "内容没有变化"
    messages.success(request, said)
    return True
