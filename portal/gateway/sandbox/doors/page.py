"""The page for people: what is played, who is registered, what happened last."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.gateway.sandbox import settings
from portal.gateway.sandbox.faults import ENDINGS, KINDS
from portal.gateway.sandbox.models import Effect, Fault, Party
from portal.gateway.sandbox.plays import controls, played, played_gateways


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    # Templates call what is callable, and a declaration is a class: only its facts are handed over.
    gateways = [
        {
            "name": one.name,
            "title": one.title,
            "transactions": [
                {"code": each.code, "title": each.title, "safe": each.safe, "undo": each.undo}
                for each in played(one.name)
            ],
        }
        for one in played_gateways()
    ]
    shown = {
        "gateways": gateways,
        "kinds": KINDS,
        "endings": ENDINGS,
        "controls": controls(),
        "faults": Fault.objects.all(),
        "parties": Party.objects.order_by("gateway", "app_code")[:100],
        "effects": Effect.objects.select_related("party").order_by("-id")[:30],
        "needs_token": bool(settings.SANDBOX_TOKEN),
    }
    return render(request, "gateway/sandbox.html", shown)
