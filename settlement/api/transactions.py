"""The interface's transactions by number, acceptance runs and reversals, for hospital systems."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.access.services.refusals import NotAllowed
from portal.api.filters import filtered, parameters
from portal.api.paging import Whole
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from portal.gateway.journal.handlers import is_handled
from portal.gateway.messages import headings, request_class
from portal.gateway.national import NATIONAL, current_edition
from settlement.api.settlements import refused, sent
from settlement.forms.acceptance import FIELDS, AcceptanceForm
from settlement.models import AcceptanceCase, AcceptanceRun, Settlement, SettlementState
from settlement.rules.numbers_owned import owner_of
from settlement.rules.questions import NUMBERS
from settlement.services.acceptance import begin_run
from settlement.services.acceptance.lent import lender
from settlement.services.refusals import Refused
from settlement.services.settling.reversal import propose_reversal
from settlement.services.transactions import send_transaction
from settlement.views.acceptance_lists import RunFilter


class TransactionSerializer(serializers.Serializer[Any]):
    """A transaction in the edition that the institution uses."""

    number = serializers.CharField(help_text="交易编号")
    title = serializers.CharField(help_text="交易名称")
    safe = serializers.BooleanField(help_text="只查询，不改变中心的数据")
    by_query = serializers.BooleanField(help_text="可用 POST /api/v1/settlement/queries 调用")
    by_number = serializers.BooleanField(help_text="可用 POST /api/v1/settlement/transactions/{number} 办理")
    resource = serializers.CharField(allow_blank=True, help_text="由业务办理的交易：应使用的接口")


class OneTransactionSerializer(TransactionSerializer):
    edition = serializers.CharField(allow_blank=True, help_text="省级接口版本；空为国家标准")
    request = serializers.DictField(help_text="输入的 JSON Schema，含长度和代码")
    reply = serializers.DictField(help_text="输出的 JSON Schema")


def shown(heading: Any) -> dict[str, Any]:
    number, is_owned = heading.code, is_handled(NATIONAL.name, heading.code) or bool(owner_of(heading.code))
    by_query = number in NUMBERS or (heading.safe and not is_owned)
    by_number = not heading.safe and not is_owned
    where = "" if by_query or by_number else owner_of(number)
    said = {"number": number, "title": heading.title, "safe": heading.safe}
    return {**said, "by_query": by_query, "by_number": by_number, "resource": where}


class Transactions(ApiView):
    permissions = {"GET": "settlement.editions.view"}
    pagination_class = Whole

    @extend_schema(responses=TransactionSerializer(many=True), summary="接口的全部交易")
    def get(self, request: ApiRequest) -> Response:
        edition = current_edition().digest
        return Response({"items": [shown(one) for one in headings(NATIONAL, edition)], "next": None})


class SentTransactionSerializer(serializers.Serializer[Any]):
    """A changing transaction that no business of the portal carries."""

    about = serializers.RegexField(
        r"^[!-~]{1,60}$", help_text="院内业务号，半角字符，最长 60；同一交易同一业务号只办理一次"
    )
    content = serializers.DictField(help_text='输入的节点，如 {"data": {"psn_no": "…"}}，字段和长度见 GET 的 request')
    insured_at = serializers.RegexField(
        r"^[0-9]{6}$", required=False, default="", help_text="参保地医保区划，带人员编号时必填"
    )


class OneTransaction(ApiView):
    permissions = {"GET": "settlement.editions.view", "POST": "settlement.transactions.send"}

    @extend_schema(
        parameters=[OpenApiParameter("number", str, OpenApiParameter.PATH, description="交易编号，例如 5201")],
        responses=OneTransactionSerializer,
        summary="一个交易的输入和输出",
    )
    def get(self, request: ApiRequest, number: str) -> Response:
        edition = current_edition()
        heading = next((one for one in headings(NATIONAL, edition.digest) if one.code == number), None)
        if heading is None:
            raise Http404
        kind = request_class(NATIONAL.name, number, edition.digest)
        schemas = {"request": kind.model_json_schema(), "reply": kind.reply().model_json_schema()}
        return Response({**shown(heading), "edition": edition.digest, **schemas})

    @extend_schema(
        parameters=[OpenApiParameter("number", str, OpenApiParameter.PATH, description="交易编号")],
        request=SentTransactionSerializer,
        responses={202: OperationSerializer},
        summary="按编号办理没有业务流程的交易",
        description="用于管理员导入字段表的省级交易等。查询、由业务流程或通道自动办理的交易不在此办理，回应 422 并指出"
        "应使用的接口。内容按字段表检查，一次指出所有问题。结果无法自动核实，待确认时由两人认定。"
        "开启双人复核的机构，操作先处于 draft 状态。",
    )
    def post(self, request: ApiRequest, number: str) -> Response:
        asked = SentTransactionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            return sent(self, send_transaction(number, **asked.validated_data, by=request.member))
        except Refused as refusal:
            raise refused(refusal) from None


class AcceptanceRunSerializer(ReadSerializer[AcceptanceRun]):
    """A run of the acceptance of joining a province; only in the test environment."""

    class Meta:
        model = AcceptanceRun
        fields = [
            *("id", "environment", "number", "families", "numbers", "edition_title", "state", "note"),
            *("created_as", "started_at", "ended_at"),
        ]
        read_only_fields = fields


class AcceptanceCaseSerializer(ReadSerializer[AcceptanceCase]):
    """One call of an acceptance run."""

    class Meta:
        model = AcceptanceCase
        fields = ["order", "family", "number", "name", "purpose", "state"]
        read_only_fields = fields


class OneAcceptanceRunSerializer(AcceptanceRunSerializer):
    """A run with its calls."""

    cases = AcceptanceCaseSerializer(many=True, read_only=True)

    class Meta(AcceptanceRunSerializer.Meta):
        fields = [*AcceptanceRunSerializer.Meta.fields, "cases"]
        read_only_fields = fields


class NewAcceptanceRunSerializer(serializers.Serializer[Any]):
    """What is tried, and with whom: the fields of the page's form."""

    def get_fields(self) -> Any:
        numbers = serializers.ListField(
            child=serializers.CharField(max_length=10), min_length=1, max_length=300, help_text="启用的交易编号"
        )
        given = {
            name: serializers.CharField(
                required=False, allow_blank=True, default="", max_length=size, help_text=f"{label} {words}".strip()
            )
            for name, label, _, size, words in FIELDS
        }
        return {"numbers": numbers, **given}


class AcceptanceRuns(ApiView):
    permissions = {"GET": "settlement.editions.view", "POST": "settlement.acceptance.run"}

    @extend_schema(
        parameters=parameters(RunFilter), responses=AcceptanceRunSerializer(many=True), summary="接入验收列表"
    )
    def get(self, request: ApiRequest) -> Response:
        rows = filtered(RunFilter, request.query_params, AcceptanceRun.objects.defer("given", "facts"))
        return self.page(rows, AcceptanceRunSerializer)

    @extend_schema(
        request=NewAcceptanceRunSerializer,
        responses={202: AcceptanceRunSerializer},
        summary="开始接入验收",
        description="只在测试环境。在后台逐个调用启用的交易，进展和结论在 Location 的地址读取，同时只能有一次验收。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = NewAcceptanceRunSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        numbers, institution = given.pop("numbers"), request.member.institution
        assert institution
        lends = lender(institution.environment)
        form = AcceptanceForm(given, lends=bool(lends))
        if not form.is_valid():
            errors = [{"pointer": f"/{name}", "detail": str(words[0])} for name, words in form.errors.items()]
            raise Problem(422, "invalid", "填写的内容不符合要求", errors=errors)
        try:
            run = begin_run(numbers, {**form.given, "lender": lends}, by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        address = reverse("api:settlement-api:acceptance-run", args=[run.pk])
        return self.accepted(address, AcceptanceRunSerializer(run).data)


class OneAcceptanceRun(ApiView):
    permissions = {"GET": "settlement.editions.view"}

    @extend_schema(responses=OneAcceptanceRunSerializer, summary="一次接入验收，附每个交易的结论")
    def get(self, request: ApiRequest, run_id: UUID) -> Response:
        return Response(OneAcceptanceRunSerializer(get_or_404(AcceptanceRun, run_id)).data)


class ReversalSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200, help_text="理由，写入操作日志")


class Reversals(ApiView):
    permissions = {"POST": "settlement.settlements.undo"}

    @extend_schema(
        request=ReversalSerializer,
        responses={202: OperationSerializer},
        summary="对结果无法证实的结算提出冲正（2601）",
        description="须由人提出（网页会话），另一人复核后才会发送；接口密钥提出时回应 409。",
    )
    def post(self, request: ApiRequest, settlement_id: UUID) -> Response:
        settlement = get_or_404(Settlement, settlement_id)
        asked = ReversalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        doubtful = settlement.undone_by if settlement.state == SettlementState.UNDOING else settlement.operation
        if doubtful is None:
            raise NotAllowed("这笔结算没有正在办理的业务，不需要冲正")
        return sent(self, propose_reversal(doubtful, by=request.member, reason=asked.validated_data["reason"]))
