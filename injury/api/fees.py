"""Fee items and doctor's advices for hospital systems: deliver them, read them, correct and withdraw them."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from injury.api.fee_serializers import (
    AdviceSerializer,
    ArrivalSerializer,
    CorrectionSerializer,
    DeliverySerializer,
    DroppedSerializer,
    DropSerializer,
    FeeSerializer,
)
from injury.models import Admission, AdmissionState, Advice, FeeItem, Source
from injury.rules.fee_lines import Fault
from injury.services import Refused
from injury.services.fee_arrival import Arrival, LinesRefused, take_fees
from injury.services.fee_changes import correct_fee, drop_fees, line_of
from injury.views.fee_lists import AdviceFilter, FeeFilter
from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.views import ApiRequest, ApiView

MEMBERS = {"admission", "fees", "advices", "partial"}


class Deliveries:
    """What a delivery's body must be; the lines themselves are the rules' matter."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        wrong = {str(name)[:50]: "没有这个字段" for name in data.keys() - MEMBERS}
        self.number, self.partial = data.get("admission"), data.get("partial", False)
        if not isinstance(self.number, str) or not self.number:
            wrong["admission"] = "住院号/门诊号：必填，应为文本"
        if type(self.partial) is not bool:
            wrong["partial"] = "应为 true 或 false"
        self.fees, self.advices = data.get("fees", []), data.get("advices", [])
        for name in ("fees", "advices"):
            if not isinstance(getattr(self, name), list):
                wrong[name] = "应为列表"
        if wrong:
            errors = [{"pointer": f"/{name}", "detail": sentence} for name, sentence in wrong.items()]
            raise Problem(422, "invalid", f"有 {len(errors)} 处不符合要求，没有做任何修改", errors=errors)

    def of(self, request: ApiRequest) -> Admission:
        """The live admission of that number; raises Problem when there is none."""
        assert request.member.institution
        mine = Admission.objects.filter(environment=request.member.institution.environment, number=self.number)
        found = mine.exclude(state=AdmissionState.UNDONE).first()
        if found is None:
            said = [{"pointer": "/admission", "detail": "没有这个住院号/门诊号的就诊，请先录入就诊"}]
            raise Problem(422, "invalid", "没有这个住院号/门诊号的就诊，请先录入就诊", errors=said)
        return found

    def take(self, request: ApiRequest) -> Response:
        """Store it; 201 with what became of each line, 422 or 409 with every fault."""
        try:
            arrival = take_fees(
                self.of(request),
                self.fees,
                by=request.member,
                source=Source.API,
                advices=self.advices,
                partial=self.partial,
            )
        except LinesRefused as refused:
            raise problem(refused) from None
        return Response(told(str(self.number), arrival), 201)


def problem(refused: LinesRefused) -> Problem:
    """Every fault with its pointer; 409 when the lines are in order but known with other content."""
    status, code = (409, "conflict") if refused.is_conflict else (422, "invalid")
    return Problem(status, code, refused.sentence, errors=[pointed(fault) for fault in refused.lines])


def pointed(fault: Fault) -> dict[str, str]:
    where = f"/{fault.content}/{fault.index}" + ("" if fault.field == "line" else f"/{fault.field}")
    return {"pointer": where, "detail": str(fault)}


def told(number: str, arrival: Arrival) -> dict[str, Any]:
    fees, advices = arrival.fees, arrival.advices
    return {
        "admission": number,
        "taken": len(fees.items),
        "amount": f"{fees.amount:.4f}",
        "held": [{"line_id": item.line_id, "kind": item.held_kind, "reason": item.held_because} for item in fees.held],
        "repeated": fees.repeated,
        "advices": {"new": len(advices.new), "changed": len(advices.changed), "same": len(advices.same)},
        "faults": [pointed(fault) for fault in (*advices.faults, *fees.faults)],
    }


class Fees(ApiView):
    permissions = {"GET": "injury.fees.view", "POST": "injury.fees.enter"}

    @extend_schema(parameters=parameters(FeeFilter), responses=FeeSerializer(many=True), summary="费用明细列表")
    def get(self, request: ApiRequest) -> Response:
        rows = FeeItem.objects.select_related("admission")
        return self.page(filtered(FeeFilter, request.query_params, rows), FeeSerializer)

    @extend_schema(
        request=DeliverySerializer,
        responses={201: ArrivalSerializer},
        summary="提交费用明细（可同时提交医嘱）",
        description=(
            "一次最多 5,000 行，只属于一次就诊。有任何一行不符合要求时全部不保存，并列出所有问题；"
            "partial 为 true 时只保存符合要求的行。同一 line_id 内容相同的再次提交不产生影响，内容不同返回 409。"
            "金额和数量请用文本，不能用浮点数。暂不能上传的行会保存，原因在 held 中。"
        ),
    )
    def post(self, request: ApiRequest) -> Response:
        return Deliveries(cast(Mapping[str, Any], request.data)).take(request)


class OneFee(ApiView):
    permissions = {"GET": "injury.fees.view"}

    @extend_schema(responses=FeeSerializer, summary="一条费用明细")
    def get(self, request: ApiRequest, fee_id: UUID) -> Response:
        return Response(FeeSerializer(get_or_404(FeeItem, fee_id)).data)


class FeeCorrections(ApiView):
    permissions = {"POST": "injury.fees.enter"}

    @extend_schema(
        request=CorrectionSerializer,
        responses=FeeSerializer,
        summary="更正还没有上传的费用明细",
        description="只需提交要改的字段；流水号不能改。",
    )
    def post(self, request: ApiRequest, fee_id: UUID) -> Response:
        item = get_or_404(FeeItem, fee_id)
        try:
            item = correct_fee(item, line_of(item) | dict(request.data), by=request.member)
        except LinesRefused as refused:
            errors = [{"pointer": f"/{fault.field}", "detail": str(fault)} for fault in refused.lines]
            raise Problem(422, "invalid", refused.sentence, errors=errors) from None
        return Response(FeeSerializer(item).data)


class FeeDrops(ApiView):
    permissions = {"POST": "injury.fees.enter"}

    @extend_schema(request=DropSerializer, responses=DroppedSerializer, summary="撤下还没有上传的费用")
    def post(self, request: ApiRequest) -> Response:
        asked = DropSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        items = FeeItem.objects.filter(pk__in=asked.validated_data["fees"], environment=environment(request))
        if items.count() != len(set(asked.validated_data["fees"])):
            raise Refused("费用：有不存在的 id", "fees")
        return Response({"count": drop_fees(items, asked.validated_data["reason"], by=request.member)})


class Advices(ApiView):
    permissions = {"GET": "injury.fees.view", "POST": "injury.fees.enter"}

    @extend_schema(parameters=parameters(AdviceFilter), responses=AdviceSerializer(many=True), summary="医嘱列表")
    def get(self, request: ApiRequest) -> Response:
        rows = Advice.objects.select_related("admission")
        return self.page(filtered(AdviceFilter, request.query_params, rows), AdviceSerializer)

    @extend_schema(
        request=DeliverySerializer,
        responses={201: ArrivalSerializer},
        summary="提交医嘱",
        description="同一流水号再次提交，替换之前的内容，版本加一。",
    )
    def post(self, request: ApiRequest) -> Response:
        return Deliveries(cast(Mapping[str, Any], request.data)).take(request)


def environment(request: ApiRequest) -> str:
    assert request.member.institution
    return str(request.member.institution.environment)
