"""Runs and months for other systems: start, read, read the totals; whole months are read here and begun by people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.running import refuse_running
from portal.api.views import ApiRequest, ApiView
from portal.gateway.national import NATIONAL
from portal.jobs import StandStill
from reconciliation.models import RawFile, Run, RunKind, Total
from reconciliation.services.months import MonthState, month_state
from reconciliation.services.refusals import Refused
from reconciliation.services.runs import run_again, start_run
from reconciliation.services.totals import latest
from reconciliation.views.months import month_or_404
from reconciliation.views.run_lists import RunFilter

STATES = "running 对账中；waiting 清算申请等待复核或结果待确认；balanced 平；different 不平；failed 没有得到中心答复"


class RunSerializer(ReadSerializer[Run]):
    """One run; `end` does not belong to it. Amounts are text, refunds count as rows of their own."""

    class Meta:
        model = Run
        fields = [
            *("id", "environment", "family", "kind", "begin", "end", "state", "round", "note", "is_scheduled"),
            *("ours_count", "ours_refunds", "ours_total", "ours_fund", "ours_account", "ours_cash", "pending"),
            *("theirs_count", "theirs_total", "theirs_fund", "differences", "open_differences", "difference_amount"),
            *("started_as", "started_at", "ended_at"),
        ]
        read_only_fields = fields


class RunTotalSerializer(ReadSerializer[Total]):
    """One total account (3201): our sums of a scope and the centre's answer."""

    class Meta:
        model = Total
        fields = [
            *("id", "step", "begin", "end", "insutype", "clr_type", "clr_optins", "is_application", "count", "refunds"),
            *("total", "fund", "account", "cash", "state", "code", "said", "operation", "asked_at", "answered_at"),
        ]
        read_only_fields = fields


class RunFileSerializer(ReadSerializer[RawFile]):
    """One file of the detail account; its content is for people who may read it."""

    class Meta:
        model = RawFile
        fields = [
            *("id", "round", "purpose", "name", "begin", "end", "clr_type", "clr_optins", "query_no", "size"),
            *("digest", "lines", "problem", "made_at"),
        ]
        read_only_fields = fields


class RunDetailSerializer(RunSerializer):
    """One run with the total accounts of its last round and its files."""

    totals = RunTotalSerializer(many=True, read_only=True)
    files = RunFileSerializer(many=True, read_only=True)

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "totals", "files"]
        read_only_fields = fields


class NewRunSerializer(serializers.Serializer[Any]):
    """A day, or some days; `last` belongs to it."""

    family = serializers.CharField(
        max_length=20, default="national", help_text="接口：national、injury、clearing、onetrans 中本机构使用的"
    )
    begin = serializers.DateField(help_text="第一天，按平台返回的结算时间（北京时间）")
    last = serializers.DateField(required=False, allow_null=True, default=None, help_text="最后一天，留空只对一天")


class MonthScopeSerializer(serializers.Serializer[Any]):
    """One scope of a month."""

    insutype = serializers.CharField()
    clr_type = serializers.CharField()
    clr_optins = serializers.CharField()
    count = serializers.IntegerField()
    total = serializers.DecimalField(16, 2)
    fund = serializers.DecimalField(16, 2)
    account = serializers.DecimalField(16, 2)
    application = serializers.CharField(help_text="清算申请的结果：空为未申请，balanced 为已视同申请")
    has_changed = serializers.BooleanField(help_text="申请后本机构账有变化")


class MonthSerializer(serializers.Serializer[Any]):
    """A month as it stands now."""

    month = serializers.DateField()
    state = serializers.CharField()
    blocked = serializers.IntegerField(help_text="妨碍月末的未处理事项")
    obstacle = serializers.CharField(help_text="不能结账的原因，空为可以结账")
    run = serializers.UUIDField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    scopes = MonthScopeSerializer(many=True)


def refused(refusal: Refused | StandStill) -> Problem:
    """All faults of a refusal, each with its pointer."""
    faults = refusal.faults if isinstance(refusal, Refused) else ()
    names = {"end": "last", "kind": "last"}
    errors = [{"pointer": f"/{names.get(field, field)}", "detail": text} for field, text in faults if field]
    return Problem(422 if errors else 409, "refused", refusal.sentence, errors=errors)


class Runs(ApiView):
    only_asks = True
    permissions = {"GET": "reconciliation.runs.view", "POST": "reconciliation.runs.start"}

    @extend_schema(
        parameters=parameters(RunFilter), responses=RunSerializer(many=True), summary="对账列表", description=STATES
    )
    def get(self, request: ApiRequest) -> Response:
        return self.page(filtered(RunFilter, request.query_params, Run.objects.all()), RunSerializer)

    @extend_schema(
        request=NewRunSerializer,
        responses={202: RunSerializer},
        summary="发起对账（3201，不平时 9101、3202、9102）",
        description="同一接口同一时间段正在对账时返回正在进行的那一次。结果在 Location 的地址读取。"
        "从月初第一天到月末最后一天的对账视同清算申请，只能由复核人员在网页上发起。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = NewRunSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        begin: date = given["begin"]
        last: date = given["last"] or begin
        if begin < date(2000, 1, 1) or last > timezone.localdate() + timedelta(days=1):
            raise Problem(422, "refused", "日期不正确", errors=[{"pointer": "/begin", "detail": "日期不正确"}])
        kind = RunKind.DAY if begin == last else RunKind.RANGE
        try:
            run = start_run(kind, begin, last + timedelta(days=1), family=given["family"], by=request.member)
        except (Refused, StandStill) as refusal:
            raise refused(refusal) from None
        return begun(self, run)


class OneRun(ApiView):
    permissions = {"GET": "reconciliation.runs.view"}

    @extend_schema(responses=RunDetailSerializer, summary="一次对账：总账和文件", description=STATES)
    def get(self, request: ApiRequest, run_id: UUID) -> Response:
        run = get_or_404(Run, run_id)
        return Response(
            {
                **RunSerializer(run).data,
                "totals": RunTotalSerializer(latest(run.pk, run.round), many=True).data,
                "files": RunFileSerializer(run.files.defer("content"), many=True).data,
            }
        )


class RunRounds(ApiView):
    only_asks = True
    permissions = {"POST": "reconciliation.runs.start"}

    @extend_schema(
        request=None,
        responses={202: RunSerializer},
        summary="再次对账",
        description="正在对账时返回正在进行的那一次；整月对账视同清算申请，正在进行时回应 409。",
    )
    def post(self, request: ApiRequest, run_id: UUID) -> Response:
        run = get_or_404(Run, run_id)
        if run.is_live and run.kind == RunKind.MONTH:
            refuse_running(f"{run}正在对账，整月对账视同清算申请", run.job)
        try:
            return begun(self, run_again(run, by=request.member))
        except (Refused, StandStill) as refusal:
            raise refused(refusal) from None


class OneMonth(ApiView):
    permissions = {"GET": "reconciliation.runs.view"}

    @extend_schema(
        responses=MonthSerializer,
        summary="一个月的清算申请和月末结账",
        description="整月对账和结账由复核人员在网页上办理。",
    )
    def get(self, request: ApiRequest, year: int, month: int) -> Response:
        assert request.member.institution
        state = month_state(str(request.member.institution.environment), month_or_404(year, month), NATIONAL.name)
        return Response(MonthSerializer(told(state)).data)


def begun(view: ApiView, run: Run) -> Response:
    """202: Location is where the outcome will be read."""
    address = reverse("api:reconciliation-api:run", args=[run.pk])
    return view.accepted(address, RunSerializer(run).data)


def told(state: MonthState) -> dict[str, Any]:
    """A month for the serializer."""
    names = ("insutype", "clr_type", "clr_optins", "count", "total", "fund", "account")
    return {
        "month": state.month,
        "state": state.state[0],
        "blocked": state.blocked,
        "obstacle": state.obstacle,
        "run": state.run.pk if state.run else None,
        "closed_at": state.close.closed_at if state.close else None,
        "scopes": [
            {name: getattr(one.sums, name) for name in names}
            | {"application": str(one.total.state) if one.total else "", "has_changed": one.has_changed}
            for one in state.scopes
        ],
    }
