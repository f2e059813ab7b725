from abc import ABC, abstractmethod
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from clearing.api.serializers import AcceptanceSerializer, RowSerializer, RowsOpenedSerializer, RowsSerializer
from clearing.models import ClearingRow
from clearing.services import Refused, accept_finding, cancel_verification, verify_rows
from clearing.views.lists import RowFilter
from portal.access.gate import get_or_404
from portal.access.member import Member
from portal.api.bulk import Rows as Answers
from portal.api.bulk import answered, by_key, firsts, take
from portal.api.filters import filtered, parameters
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from portal.gateway.journal import Operation

FILTERS = parameters(RowFilter)
OPENED = {202: RowsOpenedSerializer, 207: RowsOpenedSerializer}


def mine(by: Member) -> QuerySet[ClearingRow]:
    """The rows of the environment that the institution works in."""
    assert by.institution
    return ClearingRow.objects.filter(environment=by.institution.environment)


def chosen(params: QueryDict, by: Member) -> QuerySet[ClearingRow]:
    """The rows that are asked for; the filter's form is a tenth of what a list costs, so nothing asked is none made."""
    if params.keys().isdisjoint(RowFilter.base_filters):
        return RowFilter.unfiltered(mine(by))
    return filtered(RowFilter, params, mine(by))


def named(row_ids: list[str], by: Member) -> QuerySet[ClearingRow]:
    """The rows with these numbers; a number of nobody's, or of another institution, is refused by name."""
    asked = set(row_ids)
    rows = mine(by).filter(row_id__in=asked)
    missing = sorted(asked - set(rows.values_list("row_id", flat=True)))
    if missing:
        more = f" 等 {len(missing)} 条" if len(missing) > 5 else ""
        raise Refused(f"数据编号：没有这些清算数据：{'、'.join(missing[:5])}{more}", field="row_ids")
    return rows


class Rows(ApiView):
    permissions = {"GET": "clearing.rows.view"}

    @extend_schema(
        parameters=FILTERS, responses=RowSerializer(many=True), summary="清算数据列表", description="金额单位：元。"
    )
    def get(self, request: ApiRequest) -> Response:
        return self.page(chosen(request.query_params, request.member), RowSerializer)


class OneRow(ApiView):
    permissions = {"GET": "clearing.rows.view"}

    @extend_schema(responses=RowSerializer, summary="一条清算数据")
    def get(self, request: ApiRequest, row_id: UUID) -> Response:
        return Response(RowSerializer(get_or_404(ClearingRow, row_id)).data)


class _Changing(ApiView, ABC):
    rows_in = ("row_ids",)

    @abstractmethod
    def act(self, rows: QuerySet[ClearingRow], by: Member) -> list[Operation]: ...

    def changed(self, request: ApiRequest) -> Response:
        asked = RowsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        here, rows = mine(request.member), Answers("row_ids")
        ids = firsts(given["row_ids"], rows)
        known = set(here.filter(row_id__in=list(ids.values())).values_list("row_id", flat=True))
        for place in [place for place, one in ids.items() if one not in known]:
            rows.wrong(place, [("", f"没有这条清算数据：{ids[place]}")])

        def opened(some: list[str]) -> list[Operation]:
            return self.act(here.filter(row_id__in=some), request.member)

        wanted = {place: one for place, one in ids.items() if one in known}
        taken = take(wanted, opened, by_key(lambda one: one), rows, atomic=given["atomic"])
        for place in taken.places if taken else ():
            rows.done(place, "opened", ids[place])
        operations = taken.result if taken else []
        for operation in operations:
            operation.refresh_from_db()
        shown = {"operations": OperationSerializer(operations, many=True).data}
        answer = answered([rows], atomic=given["atomic"], status=202, more=shown)
        answer.headers["Location"] = reverse("api:operations-api:operation", args=[operations[0].pk])
        answer.headers["Retry-After"] = "2"
        return answer


class Verifications(_Changing):
    permissions = {"POST": "clearing.rows.verify"}

    def act(self, rows: QuerySet[ClearingRow], by: Member) -> list[Operation]:
        return verify_rows(rows, by=by)

    @extend_schema(request=RowsSerializer, responses=OPENED, summary="批量核对")
    def post(self, request: ApiRequest) -> Response:
        return self.changed(request)


class VerificationCancellations(_Changing):
    permissions = {"POST": "clearing.verification.cancel"}

    def act(self, rows: QuerySet[ClearingRow], by: Member) -> list[Operation]:
        return cancel_verification(rows, by=by)

    @extend_schema(request=RowsSerializer, responses=OPENED, summary="撤销核对")
    def post(self, request: ApiRequest) -> Response:
        return self.changed(request)


class Acceptances(ApiView):
    permissions = {"POST": "clearing.finding.accept"}

    @extend_schema(request=AcceptanceSerializer, responses=RowSerializer, summary="接受差异（复核人员）")
    def post(self, request: ApiRequest) -> Response:
        asked = AcceptanceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = named([asked.validated_data["row_id"]], request.member)[0]
        return Response(RowSerializer(accept_finding(row, asked.validated_data["reason"], by=request.member)).data)
