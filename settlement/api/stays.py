"""Stays for hospital systems: admit, change, charge daily, discharge, settle, and back from any depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.bulk import Rows, answered, by_place, read_rows, take
from portal.api.problems import Problem
from portal.api.running import refuse_running
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from portal.gateway.journal import Operation
from settlement.api.outpatient import begun
from settlement.api.serializers import NewLineSerializer, VisitSerializer
from settlement.api.settlements import WAITS, refused, sent
from settlement.api.stay_serializers import (
    FeesAskedSerializer,
    FeesSerializer,
    FeesTakenSerializer,
    NewStaySerializer,
    RemovalSerializer,
    SettleStaySerializer,
    StayEndSerializer,
    StayOpeningSerializer,
    admission_of,
    diagnoses_of,
    discharge_of,
)
from settlement.models import FeeLine, Identification, Settlement, Visit, VisitKind
from settlement.rules.amounts import ZERO
from settlement.services.identity import fresh_certificate, patient_of
from settlement.services.inpatient.admission import admit, tell_change, unadmit
from settlement.services.inpatient.discharge import discharge, save_discharge, undo_discharge
from settlement.services.inpatient.fees import add_lines, waiting
from settlement.services.inpatient.removing import remove_all, remove_lines
from settlement.services.inpatient.sending import start_upload
from settlement.services.inpatient.writing import begin_stay, change_stay
from settlement.services.lines import LineGiven
from settlement.services.refusals import Refused
from settlement.services.settling.settle import settle
from settlement.services.visits import refuse_second

TREAT = "settlement.inpatient.settle"
UNDO = "settlement.visits.undo"


def stay(visit_id: UUID) -> Visit:
    return get_or_404(Visit, visit_id, kind=VisitKind.INPATIENT)


def told(act: Callable[[], Any]) -> Any:
    """What the service returns; its refusal as a problem with every fault."""
    try:
        return act()
    except Refused as refusal:
        raise refused(refusal) from None


def asked(serializer: Any, request: ApiRequest) -> dict[str, Any]:
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class Stays(ApiView):
    permissions = {"POST": TREAT}

    @extend_schema(
        request=NewStaySerializer,
        responses={202: VisitSerializer},
        summary="入院登记（2401）",
        description="先 POST identifications 识别病人。Location 是登记操作。登记没有成功时就诊保留为 draft，"
        "改正后 POST stays/{id}/admission 再提交，不要重复建立。没有填住院号而这位病人正在登记入院的，回应 409。",
    )
    def post(self, request: ApiRequest) -> Response:
        given = asked(NewStaySerializer, request)
        found, number = get_or_404(Identification, given.pop("identification")), given.pop("number")
        diagnoses = diagnoses_of(given)

        def admitted() -> tuple[Visit, Operation]:
            patient = patient_of(found)
            if not number:
                refuse_second(found, patient, VisitKind.INPATIENT, by=request.member)
            visit = begin_stay(patient, admission_of(given), diagnoses, by=request.member, number=number)
            return visit, admit(visit, by=request.member)

        visit, operation = told(admitted)
        visit.refresh_from_db()
        return begun(self, operation, VisitSerializer(visit).data)


class StayAdmission(ApiView):
    versioned = True
    permissions = {"POST": TREAT}

    @extend_schema(
        request=StayOpeningSerializer,
        responses={202: OperationSerializer},
        summary="再次入院登记（2401）或入院信息变更（2403）",
        description="未登记成功的就诊改正后重新登记；在院的就诊上传变更，替换医保中心的入院信息和诊断。",
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        known, given = stay(visit_id), asked(StayOpeningSerializer, request)
        self.must_match(known)
        diagnoses = diagnoses_of(given)

        def changed() -> Operation:
            visit = change_stay(known, admission_of(given), diagnoses, by=request.member)
            return (admit if visit.state == "draft" else tell_change)(visit, by=request.member)

        return sent(self, told(changed))


class StayFees(ApiView):
    permissions = {"POST": TREAT}
    rows_in = ("lines",)

    @extend_schema(
        request=FeesSerializer,
        responses={201: FeesTakenSerializer, 207: FeesTakenSerializer},
        summary="提交住院费用明细",
        description="退费的数量和金额为负，"
        "initial_number 填原费用流水号。保存后由每日自动上传、POST stays/{id}/uploads 或 upload=true 上传"
        "（2301，每条报文 100 条）。",
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit, said = stay(visit_id), asked(FeesAskedSerializer, request)
        rows = Rows("lines")
        read = read_rows(NewLineSerializer(), request.data, rows)
        lines = {place: LineGiven(**one) for place, one in read.items()}

        def kept(some: list[LineGiven]) -> list[FeeLine]:
            return add_lines(visit, some, by=request.member)

        taken = told(lambda: take(lines, kept, by_place("lines"), rows, atomic=said["atomic"]))
        made: list[FeeLine] = taken.result if taken else []
        for place, line in zip(taken.places, made, strict=True) if taken else ():
            rows.done(place, "new", line.pk)
        if made and said["upload"]:
            told(lambda: start_upload(visit, by=request.member))
        amount = sum((one.amount for one in made), ZERO)
        body = {
            "taken": len(made),
            "amount": f"{amount:.2f}",
            "numbers": [one.number for one in made],
            "waiting": waiting(visit).count(),
        }
        return answered([rows], atomic=said["atomic"], more=body)


class StayUploads(ApiView):
    permissions = {"POST": TREAT}

    @extend_schema(
        request=None,
        responses={202: VisitSerializer},
        summary="上传待上传的费用明细（2301）",
        description="后台逐条报文上传，一条成功后再发送下一条；进展见就诊的 operation 和 note。",
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit = stay(visit_id)
        job = told(lambda: start_upload(visit, by=request.member))
        if job.joined:
            refuse_running(f"住院号 {visit.number} 的费用明细正在上传", job.pk)
        address = reverse("api:settlement-api:visit", args=[visit.pk])
        return self.accepted(address, VisitSerializer(visit).data)


class StayRemovals(ApiView):
    permissions = {"POST": UNDO}
    rows_in, of_one_piece = ("numbers",), True

    @extend_schema(
        request=RemovalSerializer,
        responses={202: OperationSerializer},
        summary="撤销已上传的费用明细（2302）",
        description="按流水号，或 all=true 撤销全部未结算的。有退费的明细须与退费一起撤销；流水号不再使用。",
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit, given = stay(visit_id), asked(RemovalSerializer, request)
        if given["all"] == bool(given["numbers"]):
            raise Problem(422, "invalid", "numbers 与 all 须恰好给出一个")
        if given["all"]:
            return sent(self, told(lambda: remove_all(visit, by=request.member)))
        rows = FeeLine.objects.filter(visit=visit, number__in=given["numbers"])
        chosen = [str(one) for one in rows.values_list("pk", flat=True)]
        if len(chosen) != len(set(given["numbers"])):
            errors = [{"pointer": "/numbers", "detail": "有不存在的流水号"}]
            raise Problem(422, "refused", "有不存在的流水号", errors=errors)
        return sent(self, told(lambda: remove_lines(visit, chosen, by=request.member)))


class StayDischarge(ApiView):
    versioned = True
    permissions = {"POST": TREAT}

    @extend_schema(request=StayEndSerializer, responses={202: OperationSerializer}, summary="出院办理（2402）")
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit, given = stay(visit_id), asked(StayEndSerializer, request)
        self.must_match(visit)
        diagnoses = diagnoses_of(given)

        def left() -> Operation:
            save_discharge(visit, discharge_of(given), diagnoses, by=request.member)
            return discharge(visit, by=request.member)

        return sent(self, told(left))


class StaySettlement(ApiView):
    permissions = {"POST": TREAT}

    @extend_schema(
        request=SettleStaySerializer,
        responses={202: OperationSerializer},
        summary="结算（2304A）",
        description="先 POST stays/{id}/preview（is_interim=true 为中途结算），state 为 preview、病人确认后结算。"
        "结果待确认时不要收款，不要再结算，门户会核实。撤销：POST settlements/{id}/cancellations。",
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit, given = stay(visit_id), asked(SettleStaySerializer, request)
        shown = Settlement.objects.filter(pk=given["preview"], visit=visit).first()
        if shown is None:
            where = {"pointer": "/preview", "detail": "不是这次住院的预结算"}
            raise Problem(422, "refused", where["detail"], errors=[where])
        certificate = None
        if given["identification"]:
            fresh = get_or_404(Identification, given["identification"])
            certificate = told(lambda: fresh_certificate(fresh, visit.person_no.reveal()))
        more = {"certificate": certificate, "invoice": given["invoice"]}
        return sent(self, told(lambda: settle(shown, by=request.member, **more)))


class StayDischargeCancellations(ApiView):
    permissions = {"POST": UNDO}

    @extend_schema(request=None, responses={202: OperationSerializer}, summary="撤销出院（2405）")
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit = stay(visit_id)
        return sent(self, told(lambda: undo_discharge(visit, by=request.member)))


class StayCancellations(ApiView):
    permissions = {"POST": UNDO}

    @extend_schema(
        request=None,
        responses={202: OperationSerializer},
        summary="撤销入院登记（2404）",
        description="结算、出院、费用明细都撤销以后。" + WAITS,
    )
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        visit = stay(visit_id)
        return sent(self, told(lambda: unadmit(visit, by=request.member)))
