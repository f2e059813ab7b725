"""Collected records for hospital systems: deliver them by the thousand, read what became of each."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.bulk import BulkAnswerSerializer, BulkSerializer, Rows, answered, listed
from portal.api.reading import ReadSerializer
from portal.api.running import refuse_running
from portal.api.views import ApiRequest, ApiView
from settlement.api.settlements import filtered, parameters, refused
from settlement.models import UploadRecord, UploadRun
from settlement.models.upload import Source
from settlement.rules.uploads import MOST
from settlement.services.refusals import Refused
from settlement.services.uploads.arrival import REPLACED, Given, take_records
from settlement.services.uploads.runs import start_run
from settlement.services.uploads.taking_back import take_back
from settlement.views.upload_lists import RecordFilter

#: A thousand records of reports are larger than other requests.
LARGEST = max(settings.DATA_UPLOAD_MAX_MEMORY_SIZE, 32 * 1024 * 1024)


class RecordSerializer(ReadSerializer[UploadRecord]):
    """A collected record; `state` waiting 待上传，blocked 内容有误，sending 上传中，sent 已上传，refused 被中心拒绝，
    doubtful 结果待确认，superseded 已被替换，withdrawn 已撤销."""

    class Meta:
        model = UploadRecord
        fields = [
            *("id", "environment", "number", "key", "version", "is_current", "is_at_centre", "reference", "label"),
            *("mdtrt_id", "setl_id", "state", "fault_count", "faults", "code", "note", "centre_no", "size", "source"),
            *("arrived_as", "arrived_at", "sent_at"),
        ]
        read_only_fields = fields


class RecordDeliverySerializer(BulkSerializer):
    """Records of one number under the names of its table."""

    records = serializers.ListField(
        child=serializers.DictField(),
        max_length=MOST,
        help_text="每条记录用接口的字段名：多数交易为整条报文的各节点；4201、4402、4503、4504、3401A 为列表中的一行。"
        "带人员编号的可加 insuplc_admdvs（参保地医保区划），本机构的就诊自动带出",
    )


class RecordArrivalSerializer(BulkAnswerSerializer):
    """What became of a delivery."""

    number = serializers.CharField(help_text="交易编号")
    counts = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="条数：new 新增，same 内容相同，replaced 替换以前的，repeated 同批重复，wrong 内容有误",
    )


class RunSerializer(ReadSerializer[UploadRun]):
    """A run; what is neither sent nor refused of `opened` is under way or in doubt."""

    class Meta:
        model = UploadRun
        fields = [
            *("id", "environment", "number", "state", "is_scheduled", "total", "opened", "sent", "refused", "note"),
            *("started_as", "started_at", "finished_at"),
        ]
        read_only_fields = fields


def told(given: list[Given]) -> Rows:
    """Each record's answer; one with faults is kept all the same, and waits until it is mended."""
    rows = Rows("records")
    for place, one in enumerate(given):
        key = one.row.pk if one.row else None
        if one.wrong:
            faults = [(at(fault.where), f"{fault.label}：{fault.sentence}") for fault in one.wrong]
            rows.wrong(place, faults, state="blocked", row_id=key)
        else:
            rows.done(place, "changed" if one.outcome == REPLACED else one.outcome, key)
    return rows


def at(where: str) -> str:
    """`data.list[3].name` as a pointer."""
    return "/" + where.replace("[", "/").replace("]", "").replace(".", "/") if where else ""


class RecordDeliveries(ApiView):
    permissions = {"POST": "settlement.uploads.enter"}
    rows_in = ("records",)
    max_bytes = LARGEST

    @extend_schema(
        request=RecordDeliverySerializer,
        responses={201: RecordArrivalSerializer, 207: RecordArrivalSerializer},
        summary="提交采集记录（4101A、4201、4301…4701、3301…3507）",
        description="按业务主键幂等：内容相同的不产生影响，内容不同的替换以前的。"
        "内容有误的也会保存（state 为 blocked，errors 列出全部问题），改正后重新提交即可；atomic 为 true 时不保存。"
        "金额和数量请用文本。",
    )
    def post(self, request: ApiRequest, number: str) -> Response:
        said = BulkSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        records = listed(request.data, "records")
        try:
            given = take_records(number, records, by=request.member, source=Source.API)
        except Refused as refusal:
            raise refused(refusal) from None
        counts = Counter(one.outcome for one in given)
        counts["wrong"] = sum(one.is_wrong for one in given)
        return answered(
            [told(given)], atomic=said.validated_data["atomic"], more={"number": number, "counts": dict(counts)}
        )


class Records(ApiView):
    permissions = {"GET": "settlement.uploads.view"}

    @extend_schema(parameters=parameters(RecordFilter), responses=RecordSerializer(many=True), summary="采集记录列表")
    def get(self, request: ApiRequest) -> Response:
        return self.page(filtered(RecordFilter, request, UploadRecord.objects.all()), RecordSerializer)


class OneRecord(ApiView):
    permissions = {"GET": "settlement.uploads.view"}

    @extend_schema(responses=RecordSerializer, summary="一条采集记录")
    def get(self, request: ApiRequest, record_id: UUID) -> Response:
        return Response(RecordSerializer(get_or_404(UploadRecord, record_id)).data)


class RecordCancellations(ApiView):
    permissions = {"POST": "settlement.uploads.send"}

    @extend_schema(
        request=None,
        responses={202: RunSerializer},
        summary="从中心撤销（3507、3403、3302）",
        description="3507 删除这个批次的全部同类记录。这条记录正在撤销时回应 409。",
    )
    def post(self, request: ApiRequest, record_id: UUID) -> Response:
        try:
            run = take_back(get_or_404(UploadRecord, record_id), by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return _accepted(self, run)


class RecordRuns(ApiView):
    permissions = {"POST": "settlement.uploads.send"}

    @extend_schema(
        request=None,
        responses={202: RunSerializer},
        summary="立即上传一个交易的待上传记录",
        description="这个交易正在上传时回应 409；已提交的记录由正在进行的上传一并发送。",
    )
    def post(self, request: ApiRequest, number: str) -> Response:
        try:
            return _accepted(self, start_run(number, by=request.member))
        except Refused as refusal:
            raise refused(refusal) from None


class OneRun(ApiView):
    permissions = {"GET": "settlement.uploads.view"}

    @extend_schema(responses=RunSerializer, summary="一次采集上传")
    def get(self, request: ApiRequest, run_id: UUID) -> Response:
        return Response(RunSerializer(get_or_404(UploadRun, run_id)).data)


def _accepted(view: ApiView, run: UploadRun) -> Response:
    if run.joined:
        refuse_running(f"交易 {run.number} 的记录正在上传", run.job)
    return view.accepted(reverse("api:settlement-api:record-run", args=[run.pk]), RunSerializer(run).data)
