"""Queries and catalogues for hospital systems: asked in the background, read at their address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.paging import Whole
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.audit import record
from portal.gateway.messages.masks import masked_tree
from portal.gateway.national import transaction
from settlement.actions import ENQUIRY_READ
from settlement.models import Enquiry
from settlement.rules.catalogue import ITEMS, SHAPES
from settlement.rules.questions import NUMBERS
from settlement.services.catalogue import find_items
from settlement.services.enquiries import enquire
from settlement.services.refusals import Refused
from settlement.views.query_lists import QueryFilter

FOUND = 50


class QuerySerializer(serializers.Serializer[Any]):
    """A query by its transaction; `content` has the names of the transaction's table, node by node."""

    number = serializers.CharField(
        max_length=10,
        help_text=f"交易编号：{'、'.join(NUMBERS)}，以及本省接口中只查询、没有其他接口办理的交易",
    )
    content = serializers.DictField(help_text='输入的节点，如 {"data": {"psn_no": "…"}}；页码不填')
    insured_at = serializers.RegexField(
        r"^[0-9]{6}$", required=False, default="", help_text="参保地医保区划，查询带人员编号时必填"
    )


class CentreQuerySerializer(ReadSerializer[Enquiry]):
    """A query; `state` asking 查询中，answered 已答复，refused 被接口拒绝，doubtful 没有得到答复."""

    class Meta:
        model = Enquiry
        fields = [
            *("id", "environment", "number", "title", "state", "count", "code", "sentence"),
            *("asked_as", "asked_at", "answered_at"),
        ]
        read_only_fields = fields


class AnswerSerializer(CentreQuerySerializer):
    """A query with its answer under the names of the interface; null while there is none."""

    answer = serializers.DictField(read_only=True, allow_null=True, default=None)

    class Meta(CentreQuerySerializer.Meta):
        fields = [*CentreQuerySerializer.Meta.fields, "answer"]
        read_only_fields = fields


class Queries(ApiView):
    only_asks = True
    permissions = {"GET": "settlement.enquiries.ask", "POST": "settlement.enquiries.ask"}

    @extend_schema(
        parameters=parameters(QueryFilter), responses=CentreQuerySerializer(many=True), summary="医保查询记录"
    )
    def get(self, request: ApiRequest) -> Response:
        rows = filtered(QueryFilter, request.query_params, Enquiry.objects.defer("params", "answer"))
        return self.page(rows, CentreQuerySerializer)

    @extend_schema(
        request=QuerySerializer,
        responses={202: CentreQuerySerializer},
        summary="医保查询（51xx、52xx、53xx、54xx、1201、1316–1319）",
        description="答复在 Location 的地址读取。分页的查询自动取完。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = QuerySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            found = enquire(said["number"], said["content"], by=request.member, insured_at=said["insured_at"])
        except Refused as refusal:
            errors = [{"pointer": f"/{field}", "detail": sentence} for field, sentence in refusal.faults if field]
            raise Problem(422, "refused", refusal.sentence, errors=errors) from None
        return self.accepted(reverse("api:settlement-api:query", args=[found.pk]), CentreQuerySerializer(found).data)


class OneQuery(ApiView):
    permissions = {"GET": "settlement.enquiries.ask"}

    @extend_schema(
        responses=AnswerSerializer,
        summary="医保查询的答复",
        description="没有“查看完整身份信息”权限的，姓名、证件号码等以 *** 代替。",
    )
    def get(self, request: ApiRequest, enquiry_id: UUID) -> Response:
        enquiry = get_or_404(Enquiry, enquiry_id)
        return Response({**CentreQuerySerializer(enquiry).data, "answer": _answer(enquiry, request)})


def _answer(enquiry: Enquiry, request: ApiRequest) -> dict[str, Any] | None:
    if not enquiry.is_answered or not enquiry.answer:
        return None
    said: dict[str, Any] = enquiry.answer.reveal()
    if request.member.may("settlement.identities.read"):
        number, title = enquiry.number, enquiry.title
        record(ENQUIRY_READ, enquiry, by=request.member, number=number, what=title, reason="接口读取")
        return said
    kind = transaction(enquiry.number, enquiry.params.reveal()["edition"])
    masked: dict[str, Any] = masked_tree(kind.reply(), said)
    return masked


class FoundSerializer(serializers.Serializer[Any]):
    """An entry of the catalogues as a line of charge needs it."""

    number = serializers.CharField(help_text="目录的交易编号")
    code = serializers.CharField()
    name = serializers.CharField()
    spec = serializers.CharField()
    unit = serializers.CharField()
    maker = serializers.CharField()
    grade = serializers.CharField(help_text="收费项目等级 chrgitm_lv")
    price = serializers.DecimalField(16, 6, allow_null=True, help_text="本机构最近一次的单价，元")
    own_code = serializers.CharField(help_text="本机构最近一次使用的内码")


class CatalogueEntries(ApiView):
    permissions = {"GET": "settlement.catalogue.view"}
    pagination_class = Whole

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description="编码、名称的任意部分或拼音首字母"),
            OpenApiParameter("number", str, enum=list(SHAPES), description="目录；不填为药品、项目和耗材"),
            OpenApiParameter("on", {"type": "string", "format": "date"}, description="有效日期；不填为今天"),
        ],
        responses=FoundSerializer(many=True),
        summary="查医保目录",
        description=f"最多 {FOUND} 条。",
    )
    def get(self, request: ApiRequest) -> Response:
        # Not as a form sends it: there an empty value means none.
        asked, institution = AskedSerializer(data=request.query_params.dict()), request.member.institution
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        assert institution
        found = find_items(
            said["q"],
            on=said.get("on") or timezone.localdate(),
            environment=institution.environment,
            numbers=[said["number"]] if said.get("number") else ITEMS,
            limit=FOUND,
        )
        return Response({"items": FoundSerializer(found, many=True).data, "next": None})


class AskedSerializer(serializers.Serializer[Any]):
    """What is looked for in the catalogues."""

    q = serializers.CharField(max_length=100)
    number = serializers.ChoiceField(choices=list(SHAPES), required=False)
    on = serializers.DateField(required=False)
