"""Enquiries about people and statistics for hospital systems: asked in the background, read at their address."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from injury.api.admission_serializers import (
    EnquirySerializer,
    PersonAnswerSerializer,
    PersonEnquirySerializer,
    UploadedAnswerSerializer,
    UploadedQuerySerializer,
    UploadedSerializer,
)
from injury.api.discharge import refused
from injury.messages import FindUploaded
from injury.models import Enquiry, Flow, UploadedPerson
from injury.services import Refused, ask_about_person, ask_uploaded
from injury.services.findings import person_of
from injury.services.uploaded_people import statistics_of
from injury.views.centre_lists import UploadedFilter
from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.views import ApiRequest, ApiView


class PersonEnquiries(ApiView):
    only_asks = True
    permissions = {"POST": "injury.people.find"}

    @extend_schema(
        request=PersonEnquirySerializer,
        responses={202: EnquirySerializer},
        summary="查询工伤人员",
        description="按身份证号和姓名、实体社保卡或电子社保卡。答复在 Location 的地址读取。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = PersonEnquirySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = {name: value for name, value in asked.validated_data.items() if name not in ("where", "means")}
        where, means = asked.validated_data["where"], asked.validated_data["means"]
        try:
            enquiry = ask_about_person(where, means, given, by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        address = reverse("api:injury-api:person-enquiry", args=[enquiry.pk])
        return self.accepted(address, EnquirySerializer(enquiry).data)


class OnePersonEnquiry(ApiView):
    permissions = {"GET": "injury.people.find"}

    @extend_schema(responses=PersonAnswerSerializer, summary="人员查询的答复")
    def get(self, request: ApiRequest, enquiry_id: UUID) -> Response:
        enquiry = get_or_404(Enquiry, enquiry_id, kind__startswith="person.")
        return Response({**EnquirySerializer(enquiry).data, **_answer(enquiry)})


def _answer(enquiry: Enquiry) -> dict[str, Any]:
    if not enquiry.is_answered:
        return {"advice": "", "choices": []}
    person = person_of(enquiry, timezone.localdate())
    choices = [
        _choice(Flow.OLD, one.key, one.raw["aae073"], found.number, one.first, one.last, one.fault)
        for found in person.injuries
        for one in found.treatments
    ]
    choices += [_choice(Flow.NEW, found.key, "", "", None, None, "") for found in person.injuries if not found.number]
    choices += [
        _choice(Flow.CROSS, one.key, one.raw["alc011"], one.raw["alc011"], one.first, one.last, one.fault)
        for one in person.filings
    ]
    return {"advice": person.sentence, "choices": [] if person.card_fault else choices}


def _choice(flow: str, key: str, number: str, injury: str, first: Any, last: Any, fault: str) -> dict[str, Any]:
    days = {"first": first and first.isoformat(), "last": last and last.isoformat()}
    return {"flow": str(flow), "key": key, "number": number, "injury_no": injury, **days, "fault": fault}


class UploadedEnquiries(ApiView):
    only_asks = True
    permissions = {"POST": "injury.people.find"}

    @extend_schema(
        request=UploadedQuerySerializer,
        responses={202: EnquirySerializer},
        summary="查询上传人员和费用（4.15）",
        description="不填条件为本月入院的人员。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = UploadedQuerySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            enquiry = ask_uploaded(asked.said(), by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        address = reverse("api:injury-api:uploaded-enquiry", args=[enquiry.pk])
        return self.accepted(address, EnquirySerializer(enquiry).data)


class OneUploadedEnquiry(ApiView):
    permissions = {"GET": "injury.people.find"}

    @extend_schema(responses=UploadedAnswerSerializer, summary="上传人员统计")
    def get(self, request: ApiRequest, enquiry_id: UUID) -> Response:
        enquiry = get_or_404(Enquiry, enquiry_id, kind=FindUploaded.code)
        return Response({**EnquirySerializer(enquiry).data, "statistics": _statistics(enquiry)})


def _statistics(enquiry: Enquiry) -> dict[str, Any] | None:
    if not enquiry.is_answered:
        return None
    sums = statistics_of(enquiry)
    amounts = ("total", "ours", "difference", "rejected", "drugs")
    counts = ("people", "admissions", "differing", "missing", "foreign")
    audits = [{"state": state, "admissions": n, "total": f"{total:.4f}"} for state, n, total in sums.by_audit]
    share = None if sums.drug_share is None else str(sums.drug_share)
    told: dict[str, Any] = {name: f"{getattr(sums, name):.4f}" for name in amounts}
    return {**{name: getattr(sums, name) for name in counts}, **told, "drug_share": share, "by_audit": audits}


class UploadedRows(ApiView):
    permissions = {"GET": "injury.people.find"}

    @extend_schema(
        parameters=parameters(UploadedFilter), responses=UploadedSerializer(many=True), summary="上传人员明细"
    )
    def get(self, request: ApiRequest, enquiry_id: UUID) -> Response:
        enquiry = get_or_404(Enquiry, enquiry_id, kind=FindUploaded.code)
        rows = UploadedPerson.objects.filter(enquiry=enquiry)
        return self.page(filtered(UploadedFilter, request.query_params, rows), UploadedSerializer)
