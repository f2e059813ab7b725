"""Webhooks and their delivery log, for the institution's administrator."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.access.rows import in_environment
from portal.access.services.refusals import NotAllowed
from portal.hooks import services
from portal.hooks.forms import WebhookForm
from portal.hooks.lists import TONES, DeliveryList, label_of
from portal.hooks.models import Delivery, Webhook


@page("hooks.webhooks.view")
def webhooks(request: PortalRequest) -> HttpResponse:
    assert request.member.institution
    rows = in_environment(Webhook.objects.order_by("-is_active", "-created_at"), request.member.institution.environment)
    listed = [(row, [label_of(name) for name in row.events]) for row in rows]
    may_manage = request.member.may("hooks.webhooks.manage")
    return render(request, "hooks/webhooks.html", {"listed": listed, "may_manage": may_manage})


@page("hooks.webhooks.manage", methods=("GET", "POST"))
def create(request: PortalRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            webhook, secret = services.create_webhook(**form.cleaned_data, by=request.member)
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return render(request, "hooks/webhook_once.html", {"webhook": webhook, "secret": secret})
    return render(request, "hooks/webhook_create.html", {"form": form})


@page("hooks.webhooks.manage", methods=("POST",))
def stop(request: PortalRequest, webhook_id: UUID) -> HttpResponse:
    try:
        services.stop_webhook(get_or_404(Webhook, webhook_id), by=request.member)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已停用，不再向这个地址推送")
    return redirect("hooks:webhooks")


@page("hooks.webhooks.manage", methods=("POST",))
def attempt(request: PortalRequest, webhook_id: UUID) -> HttpResponse:
    try:
        delivery = services.try_webhook(get_or_404(Webhook, webhook_id), by=request.member)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
        return redirect("hooks:webhooks")
    messages.success(request, "测试消息已发出，刷新本页查看是否送达")
    return redirect("hooks:delivery", delivery.pk)


@page("hooks.webhooks.view")
def deliveries(request: PortalRequest) -> HttpResponseBase:
    return DeliveryList(request.member, request.GET).respond(request)


@page("hooks.webhooks.view")
def delivery(request: PortalRequest, delivery_id: UUID) -> HttpResponse:
    found = get_or_404(Delivery, delivery_id)
    context = {
        "delivery": found,
        "label": label_of(found.event),
        "tone": TONES.get(found.state, ""),
        "tries": [(one, one.answer.reveal() if one.answer else "") for one in found.try_rows.all()],
        "may_replay": request.member.may("hooks.deliveries.replay"),
    }
    return render(request, "hooks/delivery.html", context)


@page("hooks.deliveries.replay", methods=("POST",))
def replay(request: PortalRequest, delivery_id: UUID) -> HttpResponse:
    found = get_or_404(Delivery, delivery_id)
    try:
        services.replay(found, by=request.member)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "正在重新推送，消息编号不变")
    return redirect("hooks:delivery", found.pk)
