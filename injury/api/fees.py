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
from injury.models import Admission, AdmissionState, Advice, FeeItem, FeeState, Source
from injury.rules.fee_lines import Fault
from injury.services.fee_arrival import Arrival, LinesRefused, take_fees
from injury.services.fee_changes import correct_fee, drop_fees, line_of
from injury.views.fee_lists import AdviceFilter, FeeFilter
from portal.access.gate import get_or_404
from portal.api.bulk import Rows, answered, by_key, firsts, take
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.views import ApiRequest, ApiView

MEMBERS = {"admission", "fees", "advices", "atomic"}
#: Lists of rows in a delivery.
LISTS = ("fees", "advices")


class Deliveries:
    """What a delivery's body must be; the lines themselves are the rules' matter."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        wrong = {str(name)[:50]: "没有这个字段" for name in data.keys() - MEMBERS}
        self.number, self.atomic = data.get("admission"), data.get("atomic", False)
        if not isinstance(self.number, str) or not self.number:
            wrong["admission"] = "住院号/门诊号：必填，应为文本"
        if type(self.atomic) is not bool:
            wrong["atomic"] = "应为 true 或 false"
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
        """Store it; what became of each line. 409 when nothing is wrong but other content under known numbers."""
        admission = self.of(request)
        arrival = take_fees(
            admission, self.fees, by=request.member, source=Source.API, advices=self.advices, partial=True
        )
        lists = [fee_rows(admission, self.fees, arrival), advice_rows(admission, self.advices, arrival)]
        return answered(lists, atomic=self.atomic, more=told(str(self.number), arrival))


def fee_rows(admission: Admission, given: list[Any], arrival: Arrival) -> Rows:
    rows, fees = Rows("fees"), arrival.fees
    rows.is_conflict = all(fault.is_conflict for fault in fees.faults)
    put_faults(rows, fees.faults)
    new = {item.line_id: item for item in fees.items}
    known = {}
    if fees.repeated:
        mine = FeeItem.objects.filter(admission=admission, line_id__in=fees.repeated)
        known = dict(mine.values_list("line_id", "pk"))
    for index, line in enumerate(given):
        if index in rows.answers:
            continue
        number = str(line["line_id"]).strip()
        if (item := new.pop(number, None)) is None:
            rows.done(index, "same", known.get(number))
        else:
            rows.done(index, "held" if item.state == FeeState.HELD else "new", item.pk)
    return rows


def advice_rows(admission: Admission, given: list[Any], arrival: Arrival) -> Rows:
    rows, advices = Rows("advices"), arrival.advices
    put_faults(rows, advices.faults)
    states = {one.number: ("new", one.pk) for one in advices.new} | {
        one.number: ("changed", one.pk) for one in advices.changed
    }
    if advices.same:
        mine = Advice.objects.filter(admission=admission, number__in=advices.same)
        states |= {number: ("same", pk) for number, pk in mine.values_list("number", "pk")}
    for index, one in enumerate(given):
        if index not in rows.answers:
            rows.done(index, *states.get(str(one["number"]).strip(), ("same", None)))
    return rows


def put_faults(rows: Rows, faults: list[Fault]) -> None:
    by_row: dict[int, list[tuple[str, str]]] = {}
    for fault in faults:
        where = "" if fault.field == "line" else f"/{fault.field}"
        by_row.setdefault(fault.index, []).append((where, str(fault)))
    for index, said in by_row.items():
        rows.wrong(index, said)


def told(number: str, arrival: Arrival) -> dict[str, Any]:
    fees, advices = arrival.fees, arrival.advices
    return {
        "admission": number,
        "taken": len(fees.items),
        "amount": f"{fees.amount:.4f}",
        "held": [{"line_id": item.line_id, "kind": item.held_kind, "reason": item.held_because} for item in fees.held],
        "repeated": fees.repeated,
        "advices": {"new": len(advices.new), "changed": len(advices.changed), "same": len(advices.same)},
    }


class Fees(ApiView):
    permissions = {"GET": "injury.fees.view", "POST": "injury.fees.enter"}
    rows_in = LISTS

    @extend_schema(parameters=parameters(FeeFilter), responses=FeeSerializer(many=True), summary="费用明细列表")
    def get(self, request: ApiRequest) -> Response:
        rows = FeeItem.objects.select_related("admission")
        return self.page(filtered(FeeFilter, request.query_params, rows), FeeSerializer)

    @extend_schema(
        request=DeliverySerializer,
        responses={201: ArrivalSerializer, 207: ArrivalSerializer},
        summary="提交费用明细（可同时提交医嘱）",
        description=(
            "只属于一次就诊。同一 line_id 内容相同的再次提交不产生影响，内容不同的不保存（只有这种问题时回应 409）。"
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
    rows_in = ("fees",)

    @extend_schema(
        request=DropSerializer,
        responses={200: DroppedSerializer, 207: DroppedSerializer},
        summary="撤下还没有上传的费用",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = DropSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said, rows = asked.validated_data, Rows("fees")
        ids = firsts(said["fees"], rows)
        mine = FeeItem.objects.filter(pk__in=list(ids.values()), environment=environment(request))
        items = {one.pk: one for one in mine}
        for place in [place for place, one in ids.items() if one not in items]:
            rows.wrong(place, [("", "没有这条费用")])
        taken = take(
            {place: items[one] for place, one in ids.items() if one in items},
            lambda some: drop_fees(some, said["reason"], by=request.member),
            by_key(lambda item: item.pk),
            rows,
            atomic=said["atomic"],
        )
        for place in taken.places if taken else ():
            rows.done(place, "dropped", ids[place])
        return answered([rows], atomic=said["atomic"], status=200, more={"count": taken.result if taken else 0})


class Advices(ApiView):
    permissions = {"GET": "injury.fees.view", "POST": "injury.fees.enter"}
    rows_in = LISTS

    @extend_schema(parameters=parameters(AdviceFilter), responses=AdviceSerializer(many=True), summary="医嘱列表")
    def get(self, request: ApiRequest) -> Response:
        rows = Advice.objects.select_related("admission")
        return self.page(filtered(AdviceFilter, request.query_params, rows), AdviceSerializer)

    @extend_schema(
        request=DeliverySerializer,
        responses={201: ArrivalSerializer, 207: ArrivalSerializer},
        summary="提交医嘱",
        description="同一流水号再次提交，替换之前的内容，版本加一。",
    )
    def post(self, request: ApiRequest) -> Response:
        return Deliveries(cast(Mapping[str, Any], request.data)).take(request)


def environment(request: ApiRequest) -> str:
    assert request.member.institution
    return str(request.member.institution.environment)
