"""Fee items: list, one item with its history, entry by hand, refund, correction, withdrawal, what is held back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from injury.forms.fees import DropForm, FeeLineForm, FeeLines, NumberForm, correction_of, plain, refund_of
from injury.models import Admission, AdmissionState, FeeItem, Source
from injury.services import Refused
from injury.services.fee_arrival import LinesRefused, take_fees
from injury.services.fee_changes import correct_fee, drop_fees, release_fees, restore_fees
from injury.services.fee_history import history_of
from injury.services.fee_holding import look_again_later
from injury.services.fee_totals import sums_of, totals_of
from injury.services.standing import fee_standing
from injury.views.asking import acted, environment
from injury.views.fee_lists import FeeList, HeldList
from injury.views.sections import section
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.web.tables import ListPage, SelectionChanged

FIRST = 10


def chosen_admission(request: PortalRequest) -> Admission | None:
    """The admission that the address names by id, or by the number that somebody typed; None for none."""
    pk, number = request.GET.get("admission", ""), request.GET.get("number", "").strip()
    mine = Admission.objects.filter(environment=environment(request))
    if pk:
        return get_or_404(Admission, uuid(pk))
    return mine.filter(number=number).exclude(state=AdmissionState.UNDONE).first() if number else None


def uuid(text: str) -> UUID:
    """An id of the address; raises Http404 for anything else."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404("没有找到这条记录") from None


def asked_for(request: PortalRequest, title: str) -> HttpResponseBase:
    """The page that asks which admission is meant."""
    form = NumberForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        form.add_error("number", "没有这个住院号/门诊号的就诊，请先录入就诊")
    return render(request, "injury/fee_admission.html", {"form": form, "title": title})


def of(name: str, admission: Admission) -> str:
    """The address of one of these pages for this admission."""
    return f"{reverse(f'injury:{name}')}?admission={admission.pk}"


@page("injury.fees.view")
def fee_list(request: PortalRequest) -> HttpResponseBase:
    """费用明细: over all, or of one admission with its sums above."""
    admission = chosen_admission(request) if request.GET.get("admission") else None
    standing = fee_standing(admission) if admission else None
    may = request.member.may("injury.fees.enter")
    return FeeList(request.member, request.GET).respond(request, admission=admission, standing=standing, may=may)


@page("injury.fees.view")
def fee_detail(request: PortalRequest, fee_id: UUID) -> HttpResponseBase:
    """One fee item: what the hospital said, what goes to the centre, what happened to it."""
    item = get_or_404(FeeItem, fee_id)
    context = {
        "item": item,
        "admission": item.admission,
        "history": history_of(item),
        "refunds": item.refunded_by.order_by("arrived_at"),
        "price": plain(item.price),
        "quantity": plain(item.quantity),
        "amount": shown(item.amount),
        "codes": [code for code in item.trace_codes.split(",") if code],
        "may": request.member.may("injury.fees.enter"),
    }
    return render(request, "injury/fee_detail.html", context)


@page("injury.fees.enter", methods=("GET", "POST"))
def fee_new(request: PortalRequest) -> HttpResponseBase:
    """One or many lines by hand; with `refund` the line that gives a charge back."""
    admission = chosen_admission(request)
    if admission is None:
        return asked_for(request, "录入费用")
    lines = FeeLines(request.POST if request.method == "POST" else None, initial=_refund(request, admission))
    if "more" in request.POST:
        lines.more()
    elif "less" in request.POST:
        lines.less(int(request.POST["less"]) if request.POST["less"].isdecimal() else -1)
    elif request.method == "POST" and _taken(request, admission, lines):
        return redirect(of("fee-list", admission))
    return render(request, "injury/fee_new.html", {"admission": admission, "lines": lines})


def _refund(request: PortalRequest, admission: Admission) -> dict[str, str] | None:
    pk = request.GET.get("refund", "")
    return refund_of(get_or_404(FeeItem, uuid(pk), admission=admission)) if pk else None


def _taken(request: PortalRequest, admission: Admission, lines: FeeLines) -> bool:
    try:
        arrival = take_fees(admission, lines.said(), by=request.member, source=Source.PAGE)
    except LinesRefused as refused:
        lines.blame(refused.lines)
        messages.error(request, refused.sentence)
        return False
    except Refused as refused:
        messages.error(request, refused.sentence)
        return False
    held = len(arrival.fees.held)
    more = f"，其中 {held} 条暂不能上传，原因见列表" if held else ""
    messages.success(request, f"已保存 {len(arrival.fees.items)} 条费用，合计 {arrival.amount:,.2f} 元{more}")
    return True


@page("injury.fees.enter", methods=("GET", "POST"))
def fee_correct(request: PortalRequest, fee_id: UUID) -> HttpResponseBase:
    """Other content for an item that has not gone; its number stays."""
    item = get_or_404(FeeItem, fee_id)
    form = FeeLineForm(request.POST or None, initial=correction_of(item), numbered=False)
    if request.method == "POST":
        try:
            item = correct_fee(item, form.said(), by=request.member)
        except LinesRefused as refused:
            form.blame(refused.lines)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(
                request, f"已更正，{item.get_state_display()}{item.held_because and '：'}{item.held_because}"
            )
            return redirect("injury:fee-detail", item.pk)
    return render(request, "injury/fee_correct.html", {"item": item, "admission": item.admission, "form": form})


def _chosen(request: PortalRequest) -> QuerySet[FeeItem]:
    """What was ticked, in whichever of the two lists; raises SelectionChanged."""
    listed: type[ListPage] = HeldList if "/held/" in request.POST.get("back", "") else FeeList
    return listed.selection(request).checked()


def _back(request: PortalRequest) -> str:
    back = request.POST.get("back", "")
    own = (reverse("injury:fee-list"), reverse("injury:held-list"))
    return back if back.startswith(own) else own[0]


@page("injury.fees.enter", methods=("POST",))
def fee_drop(request: PortalRequest) -> HttpResponseBase:
    """First what was chosen, with the reason to be given; then it is taken out of what is uploaded."""
    form = DropForm(request.POST if "step" in request.POST else None)
    try:
        items = _chosen(request)
    except SelectionChanged as changed:
        messages.error(request, str(changed))
        return redirect(_back(request))
    if form.is_bound and form.is_valid():
        count = acted(form, lambda: drop_fees(items, form.cleaned_data["reason"], by=request.member))
        if count:
            messages.success(request, f"{count} 条费用不再上传")
            return redirect(_back(request))
    kept = [(name, request.POST.get(name, "")) for name in ("all", "query", "claimed", "back")]
    kept += [("ids", pk) for pk in request.POST.getlist("ids")]
    context = {"form": form, "kept": kept, "back": _back(request), "items": items[:FIRST], "count": items.count()}
    return render(request, "injury/fee_drop.html", context)


@page("injury.fees.enter", methods=("POST",))
def fee_restore(request: PortalRequest) -> HttpResponseBase:
    """What was dropped waits again."""
    return _done(request, restore_fees, "已恢复 {} 条费用")


@page("injury.fees.enter", methods=("POST",))
def fee_release(request: PortalRequest) -> HttpResponseBase:
    """What the centre refused goes again as it is."""
    return _done(request, release_fees, "{} 条费用将重新上传")


def _done(request: PortalRequest, act: Callable[..., int], said: str) -> HttpResponseBase:
    try:
        count = act(_chosen(request), by=request.member)
    except SelectionChanged as changed:
        messages.error(request, str(changed))
    except LinesRefused as refused:
        messages.error(request, "；".join(str(fault) for fault in refused.lines))
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, said.format(count))
    return redirect(_back(request))


@page("injury.fees.view")
def held_list(request: PortalRequest) -> HttpResponseBase:
    """暂不能上传: every held item with its reason and what to do."""
    return HeldList(request.member, request.GET).respond(request, may=request.member.may("injury.fees.enter"))


@page("injury.fees.enter", methods=("POST",))
def look_again(request: PortalRequest) -> HttpResponseBase:
    """Have a worker check everything that waits or is held."""
    look_again_later(by=request.member, environment=environment(request))
    messages.success(request, "正在重新检查，完成后可以上传的费用会转为待上传")
    return redirect("injury:held-list")


@page("injury.fees.view")
def fee_totals(request: PortalRequest) -> HttpResponseBase:
    """Sums by category of one admission, ours against the centre's."""
    admission = chosen_admission(request)
    if admission is None:
        return asked_for(request, "分类合计")
    standing = fee_standing(admission)
    totals = totals_of(admission, standing)
    context = {"admission": admission, "standing": standing, "totals": totals, "sums": sums_of(totals)}
    return render(request, "injury/fee_totals.html", context)


@section("fees", "费用")
def fees_section(request: PortalRequest, admission: Admission) -> dict[str, Any]:
    """On the admission's page: how its fees stand, and the ways to them."""
    return {"standing": fee_standing(admission), "may": request.member.may("injury.fees.enter")}


def shown(amount: Decimal) -> str:
    """An amount with all its places, two at least."""
    return f"{amount:,.2f}" if amount == round(amount, 2) else f"{amount.normalize():,f}"
