"""Outpatient visits for hospital systems: register, inform, charge by batch, settle, and back from any depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.problems import Problem
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from portal.gateway.journal import Operation
from settlement.api.outpatient_serializers import (
    BillLinesSerializer,
    BillSerializer,
    InformationSerializer,
    NewBillSerializer,
    NewOutpatientSerializer,
    SettleBillSerializer,
)
from settlement.api.serializers import ChargedLineSerializer, SettlementSerializer, VisitSerializer, lines_of
from settlement.api.settlements import WAITS, refused, sent
from settlement.models import Bill, Identification, Settlement, Visit, VisitKind
from settlement.services.identity import fresh_certificate, patient_of
from settlement.services.outpatient.bills import begin_bill, change_bill, correct_bill, drop_bill
from settlement.services.outpatient.information import inform
from settlement.services.outpatient.registration import begin_outpatient, register, unregister
from settlement.services.outpatient.removing import clear_upload, remove_all, remove_bill
from settlement.services.outpatient.sending import send_bill
from settlement.services.refusals import Refused
from settlement.services.settling.previews import ask_preview
from settlement.services.settling.settle import settle
from settlement.services.visits import refuse_second

TREAT = "settlement.outpatient.settle"
UNDO = "settlement.visits.undo"


def outpatient(visit_id: UUID) -> Visit:
    return get_or_404(Visit, visit_id, kind=VisitKind.OUTPATIENT)


def begun(view: ApiView, operation: Operation, data: Any) -> Response:
    """202 with what was made; Location is where the outcome of its first step will be read."""
    return view.accepted(reverse("api:operations-api:operation", args=[operation.pk]), data)


class OutpatientVisits(ApiView):
    permissions = {"POST": TREAT}

    @extend_schema(
        request=NewOutpatientSerializer,
        responses={201: VisitSerializer, 202: VisitSerializer},
        summary="建立门诊就诊并挂号（2201）",
        description="先 POST identifications 识别病人。register=true 时返回 202，Location 是挂号操作；"
        "register=false 时只保存，返回 201。没有填门诊号而这位病人正在同一医师处挂号的，回应 409。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = NewOutpatientSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        found = get_or_404(Identification, given["identification"])
        try:
            patient, wanted = patient_of(found), asked.given()
            if not given["number"]:
                doctor = {"department_code": wanted.department_code, "doctor_code": wanted.doctor_code}
                refuse_second(found, patient, VisitKind.OUTPATIENT, by=request.member, **doctor)
            visit = begin_outpatient(patient, wanted, by=request.member, number=given["number"])
            operation = register(visit, by=request.member) if given["register"] else None
        except Refused as refusal:
            raise refused(refusal) from None
        visit = Visit.objects.get(pk=visit.pk)
        if operation is not None:
            return begun(self, operation, VisitSerializer(visit).data)
        address = reverse("api:settlement-api:visit", args=[visit.pk])
        return Response(VisitSerializer(visit).data, 201, headers={"Location": address})


class _Step(ApiView):
    """Take a step that becomes an operation."""

    def step(self, request: ApiRequest, thing: Any, act: Callable[..., Operation]) -> Response:
        try:
            return sent(self, act(thing, by=request.member))
        except Refused as refusal:
            raise refused(refusal) from None


class Registrations(_Step):
    permissions = {"POST": TREAT}

    @extend_schema(request=None, responses={202: OperationSerializer}, summary="门诊挂号（2201）")
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        return self.step(request, outpatient(visit_id), register)


class RegistrationCancellations(_Step):
    permissions = {"POST": UNDO}

    @extend_schema(
        request=None,
        responses={202: OperationSerializer},
        summary="撤销门诊挂号（2202）",
        description="须先撤销所有结算（2208）和费用明细（2205）。",
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        return self.step(request, outpatient(visit_id), unregister)


class Diagnoses(ApiView):
    permissions = {"POST": TREAT}

    @extend_schema(
        request=InformationSerializer,
        responses={202: OperationSerializer, 200: VisitSerializer},
        summary="上传门诊就诊信息和诊断（2203A）",
        description="替换之前的就诊信息；与医保中心已有的完全相同时不再上传，返回 200。有结算后须先撤销结算才能修改。",
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit = outpatient(visit_id)
        asked = InformationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            operation = inform(visit, *asked.given(), by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        if operation is not None:
            return sent(self, operation)
        return Response(VisitSerializer(Visit.objects.get(pk=visit.pk)).data)


class VisitBills(ApiView):
    permissions = {"GET": "settlement.visits.view", "POST": TREAT}
    rows_in, of_one_piece = ("lines",), True

    @extend_schema(responses=BillSerializer(many=True), summary="一次门诊的收费批次")
    def get(self, request: ApiRequest, visit_id: UUID) -> Response:
        return self.page(outpatient(visit_id).bills.all(), BillSerializer)

    @extend_schema(
        request=NewBillSerializer,
        responses={201: BillSerializer, 202: BillSerializer},
        summary="建立收费批次并上传明细（2204）",
        description="同一批次的明细一次上传、一起结算，超过 100 条请分为几个批次。有任何一条不符合要求时什么也不保存，"
        "一次指出所有问题。upload=true 时返回 202，Location 是上传操作。",
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit = outpatient(visit_id)
        asked = NewBillSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        lines, upload = lines_of(given.pop("lines")), given.pop("upload")
        try:
            bill = begin_bill(visit, lines, by=request.member, **given)
            operation = send_bill(bill, by=request.member) if upload else None
        except Refused as refusal:
            raise refused(refusal) from None
        bill = Bill.objects.get(pk=bill.pk)
        if operation is not None:
            return begun(self, operation, BillSerializer(bill).data)
        return made(bill)


def made(bill: Bill) -> Response:
    address = reverse("api:settlement-api:bill", args=[bill.pk])
    return Response(BillSerializer(bill).data, 201, headers={"Location": address})


class OneBill(ApiView):
    permissions = {"GET": "settlement.visits.view"}

    @extend_schema(responses=BillSerializer, summary="一个收费批次")
    def get(self, request: ApiRequest, bill_id: UUID) -> Response:
        return Response(BillSerializer(get_or_404(Bill, bill_id)).data)


class BillLines(ApiView):
    permissions = {"GET": "settlement.visits.view", "POST": TREAT}
    rows_in, of_one_piece = ("lines",), True

    @extend_schema(responses=ChargedLineSerializer(many=True), summary="一个收费批次的明细")
    def get(self, request: ApiRequest, bill_id: UUID) -> Response:
        return self.page(get_or_404(Bill, bill_id).lines.all(), ChargedLineSerializer)

    @extend_schema(request=BillLinesSerializer, responses=BillSerializer, summary="替换还没有上传的收费批次的全部明细")
    def post(self, request: ApiRequest, bill_id: UUID) -> Response:
        bill = get_or_404(Bill, bill_id)
        asked = BillLinesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        lines = lines_of(given.pop("lines"))
        try:
            bill = change_bill(bill, lines, by=request.member, **given)
        except Refused as refusal:
            raise refused(refusal) from None
        return Response(BillSerializer(bill).data)


class BillDrops(ApiView):
    permissions = {"POST": TREAT}

    @extend_schema(request=None, responses={204: None}, summary="删除没有上传过的收费批次")
    def post(self, request: ApiRequest, bill_id: UUID) -> Response:
        try:
            drop_bill(get_or_404(Bill, bill_id), by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return Response(status=204)


class BillUploads(_Step):
    permissions = {"POST": TREAT}

    @extend_schema(request=None, responses={202: OperationSerializer}, summary="上传收费批次的明细（2204）")
    def post(self, request: ApiRequest, bill_id: UUID) -> Response:
        return self.step(request, get_or_404(Bill, bill_id), send_bill)


class BillCancellations(_Step):
    permissions = {"POST": UNDO}

    @extend_schema(
        request=None,
        responses={202: OperationSerializer},
        summary="撤销一个收费批次的明细（2205）",
        description="只能撤销没有结算的批次；上传结果待确认而查询不能证实时，也用它撤销（开启双人复核的机构须复核）。",
    )
    def post(self, request: ApiRequest, bill_id: UUID) -> Response:
        bill = get_or_404(Bill, bill_id)
        return self.step(request, bill, clear_upload if bill.state == "sending" else remove_bill)


class AllCancellations(_Step):
    permissions = {"POST": UNDO}

    @extend_schema(request=None, responses={202: OperationSerializer}, summary="撤销全部未结算的明细（2205，0000）")
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        return self.step(request, outpatient(visit_id), remove_all)


class BillCorrections(ApiView):
    permissions = {"POST": TREAT}

    @extend_schema(
        request=None,
        responses={201: BillSerializer},
        summary="更正为新的收费批次",
        description="明细撤销后，以新的批次号和明细流水号重建，改好后再上传。",
    )
    def post(self, request: ApiRequest, bill_id: UUID) -> Response:
        try:
            return made(correct_bill(get_or_404(Bill, bill_id), by=request.member))
        except Refused as refusal:
            raise refused(refusal) from None


class BillPreviews(ApiView):
    only_asks = True
    permissions = {"POST": TREAT}

    @extend_schema(
        request=None,
        responses={202: SettlementSerializer},
        summary="预结算一个收费批次（2206A）",
        description="结果在 Location 的地址读取，state 为 preview 时金额可告知病人。",
    )
    def post(self, request: ApiRequest, bill_id: UUID) -> Response:
        bill = get_or_404(Bill, bill_id)
        try:
            shown = ask_preview(bill.visit, bill, by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        address = reverse("api:settlement-api:settlement", args=[shown.pk])
        return self.accepted(address, SettlementSerializer(shown).data)


class BillSettlements(ApiView):
    permissions = {"POST": TREAT}

    @extend_schema(
        request=SettleBillSerializer,
        responses={202: OperationSerializer},
        summary="结算一个收费批次（2207A）",
        description="preview 是病人确认的预结算。操作在 in_doubt、resolving、manual 时结果待确认：不要收款或再结算，"
        f"门户会核实。撤销结算：POST settlements/{{id}}/cancellations。{WAITS}",
    )
    def post(self, request: ApiRequest, bill_id: UUID) -> Response:
        bill = get_or_404(Bill, bill_id)
        asked = SettleBillSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        shown = Settlement.objects.filter(pk=given["preview"], bill=bill).first()
        if shown is None:
            where = {"pointer": "/preview", "detail": "不是这个收费批次的预结算"}
            raise Problem(422, "refused", where["detail"], errors=[where])
        try:
            certificate = None
            if given["identification"]:
                fresh = get_or_404(Identification, given["identification"])
                certificate = fresh_certificate(fresh, bill.visit.person_no.reveal())
            operation = settle(shown, by=request.member, certificate=certificate, invoice=given["invoice"])
        except Refused as refusal:
            raise refused(refusal) from None
        return sent(self, operation)
