"""The control doors: JSON on loopback, with a token when SANDBOX_TOKEN is set. They steer and tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from hmac import compare_digest
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.gateway.messages import gateway
from portal.gateway.sandbox import settings
from portal.gateway.sandbox.faults import KINDS, SECONDS
from portal.gateway.sandbox.models import Fault, Party
from portal.gateway.sandbox.parties import register_party
from portal.gateway.sandbox.plays import control_of, played_gateways
from portal.gateway.sandbox.truth import truth_of
from portal.gateway.wire import wire

View = Callable[..., JsonResponse]


def controlled(view: View) -> View:
    """Ask for the token, and turn what is wrong with the question into one JSON sentence."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        token = settings.SANDBOX_TOKEN
        if token and not compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
            return said("需要 Authorization: Bearer <SANDBOX_TOKEN>", 403)
        try:
            return view(request, *args, **kwargs)
        except LookupError as error:
            return said(str(error.args[0]), 404)
        except (ValueError, TypeError) as error:
            return said(str(error), 422)

    return guarded


def said(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status, json_dumps_params={"ensure_ascii": False})


def told(answer: Mapping[str, Any]) -> JsonResponse:
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """Answers once the tables exist."""
    return told({"ready": True, "parties": Party.objects.count(), "gateways": [one.name for one in played_gateways()]})


@require_GET
@controlled
def truth(request: HttpRequest, name: str) -> JsonResponse:
    """`GET /truth/<gateway>?party=&nonce=&after=&limit=` (portal.gateway.sandbox.truth)."""
    gateway(name)
    asked = request.GET
    after, limit = int(asked.get("after", 0)), min(int(asked.get("limit", 5000)), 50_000)
    return told(truth_of(name, party=asked.get("party", ""), nonce=asked.get("nonce", ""), after=after, limit=limit))


@require_http_methods(["GET", "POST", "DELETE"])
@controlled
def faults(request: HttpRequest) -> JsonResponse:
    """Switch a fault on, list them, or switch all off (one with `?id=`)."""
    if request.method == "DELETE":
        chosen = Fault.objects.filter(pk=int(request.GET["id"])) if "id" in request.GET else Fault.objects.all()
        return told({"deleted": chosen.delete()[0]})
    if request.method == "POST":
        return told(_shown(_switched_on(_body(request))))
    return told({"kinds": KINDS, "faults": [_shown(one) for one in Fault.objects.all()]})


@require_http_methods(["GET", "POST"])
@controlled
def parties(request: HttpRequest) -> JsonResponse:
    """Register a counterpart (portal.gateway.sandbox.parties), or list them."""
    if request.method == "POST":
        return told(register_party(_body(request)))
    rows = Party.objects.order_by("gateway", "app_code").values("gateway", "app_code", "institution", "options")
    return told({"parties": list(rows)})


@require_POST
@controlled
def act(request: HttpRequest, name: str, action: str) -> JsonResponse:
    """`POST /<gateway>/<action>`: what people at the centre do, e.g. approving an application."""
    found = control_of(name, action)
    if found is None:
        raise LookupError("没有这个控制入口")
    return told(found(_body(request)))


@require_POST
@controlled
def reset(request: HttpRequest) -> JsonResponse:
    """Forget everything but the centre's keys, or one party's data with `{"party": …}`; only outside live demos."""
    if settings.MODE != "test":
        return said("只有测试模式可以清空", 403)
    party = str(_body(request).get("party", ""))
    with transaction.atomic():
        if party:
            Party.objects.filter(app_code=party).delete()
        else:
            with connection.cursor() as cursor:
                # DELETE, not TRUNCATE: the sandbox's role owns nothing. Leaves first, so that nothing cascades.
                for table in _tables():
                    cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
    return told({"reset": party or "all"})


def _tables() -> list[str]:
    models = [model for model in apps.get_models() if model._meta.db_table != "sandbox_provider"]
    return [model._meta.db_table for model in reversed(models)]


def _switched_on(asked: Mapping[str, Any]) -> Fault:
    kind, rate, count = str(asked.get("kind", "")), float(asked.get("rate", 1)), asked.get("count")
    if kind not in KINDS:
        raise ValueError(f"kind 应为：{'、'.join(KINDS)}")
    if kind == "session_expiry" and not _has_sessions(str(asked.get("gateway", ""))):
        raise ValueError("这个接口没有会话，不能模拟会话失效")
    if not 0 <= rate <= 1:
        raise ValueError("rate 应在 0 与 1 之间")
    codes = asked.get("codes", [])
    if not isinstance(codes, list) or (count is not None and (type(count) is not int or count < 1)):
        raise ValueError("codes 应为交易名的列表，count 应为正整数")
    return Fault.objects.create(
        kind=kind,
        rate=rate,
        seed=str(asked.get("seed", "0"))[:40],
        count=count,
        gateway=str(asked.get("gateway", "")),
        party=str(asked.get("party", "")),
        codes=codes,
        seconds=float(asked.get("seconds", SECONDS.get(kind, 0))),
    )


def _has_sessions(name: str) -> bool:
    """Whether the named gateway, or any when none is named, has sessions that can expire."""
    return any(wire(one.wire).sessions for one in played_gateways() if name in ("", one.name))


def _shown(fault: Fault) -> dict[str, Any]:
    names = ("id", "kind", "rate", "seed", "count", "gateway", "party", "codes", "seconds", "seen", "hits")
    return {name: getattr(fault, name) for name in names}


def _body(request: HttpRequest) -> dict[str, Any]:
    found = json.loads(request.body or b"{}")
    if not isinstance(found, dict):
        raise ValueError("应为一个 JSON 对象")
    return found
