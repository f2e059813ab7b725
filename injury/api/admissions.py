"""Admissions for hospital systems: create, look, register, take back (4.8, 4.9, 4.22, 4.23)."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from injury.api.admission_serializers import AdmissionSerializer, NewAdmissionSerializer
from injury.api.discharge import refused, sent
from injury.models import Admission, Enquiry, Flow
from injury.services import Refused, begin_admission, register_admission, save_draft, start_by_hand, undo_registration
from injury.services.drafts import open_faults
from injury.views.admission_lists import AdmissionFilter, with_fees
from portal.access.gate import get_or_404
from portal.access.member import Member
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer

WAITS = "开启双人复核的机构，操作先处于 draft 状态，等待复核人员在网页上复核。"


class Admissions(ApiView):
    permissions = {"GET": "injury.admissions.view", "POST": "injury.admission.edit"}

    @extend_schema(
        parameters=parameters(AdmissionFilter), responses=AdmissionSerializer(many=True), summary="工伤就诊列表"
    )
    def get(self, request: ApiRequest) -> Response:
        mine = Admission.objects.all()
        if request.query_params.keys().isdisjoint(AdmissionFilter.base_filters):
            return self.page(mine.exclude(state="undone"), AdmissionSerializer)
        found = filtered(AdmissionFilter, request.query_params, with_fees(mine))
        return self.page(Admission.objects.filter(pk__in=found.values("pk")), AdmissionSerializer)

    @extend_schema(
        request=NewAdmissionSerializer,
        responses={201: AdmissionSerializer, 202: OperationSerializer},
        summary="建立工伤就诊",
        description="先 POST people-enquiries 查询人员，再用答复里的 key 建立。有错误时一次全部指出，什么也不保存。"
        "register=true 时立即登记入院，返回 202 和操作。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = NewAdmissionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            admission = created(asked, request.member)
            if asked.validated_data["register"]:
                return sent(self, register_admission(admission, by=allowed_to_register(request.member)))
        except Refused as refusal:
            raise refused(refusal) from None
        address = reverse("api:injury-api:admission", args=[admission.pk])
        return Response(AdmissionSerializer(admission).data, 201, headers={"Location": address})


def created(asked: NewAdmissionSerializer, by: Member) -> Admission:
    """The draft; Refused with every fault and its field, and nothing is saved."""
    flow, given = asked.validated_data["flow"], asked.entered()
    if flow != Flow.NEW and not asked.validated_data.get("enquiry"):
        raise Refused("请先查询工伤人员，从答复中选定", field="enquiry")
    if asked.validated_data.get("enquiry"):
        enquiry = Enquiry.objects.filter(pk=asked.validated_data["enquiry"], kind__startswith="person.").first()
        if enquiry is None:
            raise Refused("没有这次查询", field="enquiry")
        admission = begin_admission(enquiry, flow, asked.validated_data["choice"], by=by)
        faults = open_faults(admission, given)
    else:
        admission = start_by_hand({}, by=by)
        faults = open_faults(admission, given)
    if faults:
        told = [(fault.field, fault.sentence) for fault in faults]
        raise Refused("；".join(sentence for _, sentence in told), faults=told)
    return save_draft(admission, given, typed=None, by=by)


def allowed_to_register(by: Member) -> Member:
    if not by.may("injury.admission.register"):
        raise Problem(403, "forbidden", "没有“办理入院登记”的权限")
    return by


class OneAdmission(ApiView):
    permissions = {"GET": "injury.admissions.view"}

    @extend_schema(responses=AdmissionSerializer, summary="一次工伤就诊")
    def get(self, request: ApiRequest, admission_id: UUID) -> Response:
        return Response(AdmissionSerializer(get_or_404(Admission, admission_id)).data)


class _Step(ApiView):
    def step(self, request: ApiRequest, admission_id: UUID, act: Any) -> Response:
        admission = get_or_404(Admission, admission_id)
        try:
            return sent(self, act(admission, by=request.member))
        except Refused as refusal:
            raise refused(refusal) from None


class Registrations(_Step):
    permissions = {"POST": "injury.admission.register"}

    @extend_schema(request=None, responses={202: OperationSerializer}, summary="登记入院")
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        return self.step(request, admission_id, register_admission)


class RegistrationCancellations(_Step):
    permissions = {"POST": "injury.admission.undo"}

    @extend_schema(
        request=None,
        responses={202: OperationSerializer},
        summary="撤销入院登记",
        description=f"已上传的费用和医嘱一并撤销（4.9）。{WAITS}",
    )
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        return self.step(request, admission_id, undo_registration)
