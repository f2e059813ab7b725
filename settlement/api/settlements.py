"""Visits, purchases and settlements for hospital systems: begin, preview, settle, take back, read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.access.member import Member
from portal.api.problems import Problem
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from portal.gateway.journal import Operation
from settlement.api.serializers import (
    ChargedLineSerializer,
    FundShareSerializer,
    NewPurchaseSerializer,
    PreviewRequestSerializer,
    SettlementDetailSerializer,
    SettlementSerializer,
    SettleRequestSerializer,
    VisitSerializer,
    lines_of,
)
from settlement.models import FeeLine, Identification, Settlement, Visit
from settlement.services.identity import fresh_certificate, patient_of
from settlement.services.pharmacy import begin_purchase, drop_purchase
from settlement.services.refusals import Refused
from settlement.services.settling.previews import ask_preview
from settlement.services.settling.settle import settle
from settlement.services.settling.undoing import undo
from settlement.views.visit_lists import SettlementFilter, VisitFilter, with_sums

MAY_SETTLE = {
    "pharmacy": "settlement.pharmacy.settle",
    "outpatient": "settlement.outpatient.settle",
    "inpatient": "settlement.inpatient.settle",
}
WAITS = "开启双人复核的机构，操作先处于 draft 状态，等待复核人员在网页上复核。"


def refused(refusal: Refused) -> Problem:
    """All faults of a refusal, each with its pointer; a conflict with how things stand when no field is at fault."""
    errors = [{"pointer": "/" + field.replace(".", "/"), "detail": text} for field, text in refusal.faults if field]
    return Problem(422 if errors else 409, "refused", refusal.sentence, errors=errors)


def sent(view: ApiView, operation: Operation) -> Response:
    """202: Location is where the outcome will be read."""
    operation.refresh_from_db()
    address = reverse("api:operations-api:operation", args=[operation.pk])
    return view.accepted(address, OperationSerializer(operation).data)


def allowed(by: Member, name: str) -> None:
    if not by.may(name):
        raise Problem(403, "forbidden", "没有办理这类结算的权限")


def parameters(filter_class: Any) -> list[OpenApiParameter]:
    declared = filter_class.base_filters.items()
    return [OpenApiParameter(name, str, description=str(one.label)) for name, one in declared]


def filtered(filter_class: Any, request: ApiRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows that the pages' own filter matches; raises Problem naming each wrong parameter."""
    chosen = filter_class(request.query_params, queryset=rows)
    if not chosen.is_valid():
        errors = [{"pointer": f"/{name}", "detail": str(words[0])} for name, words in chosen.errors.items()]
        raise Problem(422, "invalid", "查询条件不符合要求", errors=errors)
    found: QuerySet[Any] = chosen.filtered()
    return found


def detail_of(settlement: Settlement) -> dict[str, Any]:
    """The settlement with its funds and lines."""
    lines = FeeLine.objects.filter(visit=settlement.visit_id, bill=settlement.bill_id).order_by("number")
    return {
        **SettlementSerializer(settlement).data,
        "shares": FundShareSerializer(settlement.shares.all(), many=True).data,
        "lines": ChargedLineSerializer(lines[:1000], many=True).data,
    }


class Visits(ApiView):
    permissions = {"GET": "settlement.visits.view"}

    @extend_schema(parameters=parameters(VisitFilter), responses=VisitSerializer(many=True), summary="就诊列表")
    def get(self, request: ApiRequest) -> Response:
        rows = filtered(VisitFilter, request, with_sums(Visit.objects.all()))
        return self.page(Visit.objects.filter(pk__in=rows.values("pk")), VisitSerializer)


class OneVisit(ApiView):
    permissions = {"GET": "settlement.visits.view"}

    @extend_schema(responses=VisitSerializer, summary="一次就诊")
    def get(self, request: ApiRequest, visit_id: UUID) -> Response:
        return Response(VisitSerializer(get_or_404(Visit, visit_id)).data)


class Purchases(ApiView):
    permissions = {"POST": "settlement.pharmacy.settle"}
    rows_in, of_one_piece = ("lines",), True

    @extend_schema(
        request=NewPurchaseSerializer,
        responses={201: VisitSerializer},
        summary="建立药店购药（2101A、2102A 之前）",
        description="有任何一条明细不符合要求时什么也不保存，一次指出所有问题（数量 × 单价与金额相差不得超过半分）。"
        "金额和数量请用文本。建立后 POST visits/{id}/previews 预结算，病人确认后结算。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = NewPurchaseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        lines = lines_of(given.pop("lines"))
        found = get_or_404(Identification, given.pop("identification"))
        if not 1 <= len(lines) <= 100:
            raise Problem(
                422, "refused", "一次购药 1 至 100 条明细", errors=[{"pointer": "/lines", "detail": "1 至 100 条"}]
            )
        try:
            visit = begin_purchase(patient_of(found), lines, by=request.member, **given)
        except Refused as refusal:
            raise refused(refusal) from None
        address = reverse("api:settlement-api:visit", args=[visit.pk])
        return Response(VisitSerializer(visit).data, 201, headers={"Location": address})


class PurchaseDrops(ApiView):
    permissions = {"POST": "settlement.pharmacy.settle"}

    @extend_schema(request=None, responses={204: None}, summary="删除没有结算过的购药")
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit = get_or_404(Visit, visit_id)
        if visit.kind != "pharmacy":
            raise Problem(422, "refused", "只有药店购药可以这样删除")
        try:
            drop_purchase(visit, by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return Response(status=204)


class Previews(ApiView):
    only_asks = True
    permissions = {"POST": "settlement.visits.view"}

    @extend_schema(
        request=PreviewRequestSerializer,
        responses={202: SettlementSerializer},
        summary="预结算（2101A、2206A、2303A）",
        description="在后台向医保中心询问；结果在 Location 的地址读取，state 为 preview 时金额可告知病人。"
        "明细变动后预结算失效。需要办理该类结算的权限。",
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit = get_or_404(Visit, visit_id)
        asked = PreviewRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        allowed(request.member, MAY_SETTLE[visit.kind])
        bill = visit.bills.filter(pk=given["bill"]).first() if given["bill"] else None
        if given["bill"] and bill is None:
            raise Problem(
                422, "refused", "没有这个收费批次", errors=[{"pointer": "/bill", "detail": "没有这个收费批次"}]
            )
        try:
            shown = ask_preview(visit, bill, by=request.member, is_interim=given["is_interim"])
        except Refused as refusal:
            raise refused(refusal) from None
        address = reverse("api:settlement-api:settlement", args=[shown.pk])
        return self.accepted(address, SettlementSerializer(shown).data)


class Settlements(ApiView):
    permissions = {"GET": "settlement.visits.view"}

    @extend_schema(
        parameters=parameters(SettlementFilter), responses=SettlementSerializer(many=True), summary="结算列表"
    )
    def get(self, request: ApiRequest) -> Response:
        rows = filtered(SettlementFilter, request, Settlement.objects.all())
        return self.page(Settlement.objects.filter(pk__in=rows.values("pk")), SettlementSerializer)


class OneSettlement(ApiView):
    permissions = {"GET": "settlement.visits.view"}

    @extend_schema(
        responses=SettlementDetailSerializer, summary="一次预结算或结算：金额、基金分项、明细（最多 1,000 条）"
    )
    def get(self, request: ApiRequest, settlement_id: UUID) -> Response:
        return Response(detail_of(get_or_404(Settlement, settlement_id)))


class SettleNow(ApiView):
    permissions = {"POST": "settlement.visits.view"}

    @extend_schema(
        request=SettleRequestSerializer,
        responses={202: OperationSerializer},
        summary="结算（2102A、2207A、2304A）",
        description="只能结算 state 为 preview、明细没有变动的预结算。state 为 settling 而操作在 in_doubt、resolving、"
        "manual 时结果待确认：不要收款，不要再结算，门户会核实。需要办理该类结算的权限。",
    )
    def post(self, request: ApiRequest, settlement_id: UUID) -> Response:
        settlement = get_or_404(Settlement, settlement_id)
        asked = SettleRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        allowed(request.member, MAY_SETTLE[settlement.kind])
        try:
            certificate = None
            if given["identification"]:
                fresh = get_or_404(Identification, given["identification"])
                certificate = fresh_certificate(fresh, settlement.visit.person_no.reveal())
            operation = settle(settlement, by=request.member, certificate=certificate, invoice=given["invoice"])
        except Refused as refusal:
            raise refused(refusal) from None
        return sent(self, operation)


class SettlementCancellations(ApiView):
    permissions = {"POST": "settlement.settlements.undo"}

    @extend_schema(
        request=None,
        responses={202: OperationSerializer},
        summary="撤销结算（2103、2208、2305）",
        description=f"完成后才能向病人退还现金。{WAITS}",
    )
    def post(self, request: ApiRequest, settlement_id: UUID) -> Response:
        try:
            return sent(self, undo(get_or_404(Settlement, settlement_id), by=request.member))
        except Refused as refusal:
            raise refused(refusal) from None
