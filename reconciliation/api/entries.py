"""The book of settled money for hospital systems: bring entries, read them with all their readings."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.access.services.refusals import NotAllowed
from portal.api.bulk import MOST, BulkAnswerSerializer, BulkSerializer, Rows, answered, listed, take
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.ledger.bringing import LinesWrong, bring, standing_of
from portal.ledger.models import Entry
from portal.ledger.reading import revisions_of
from reconciliation.views.entry_lists import EntryFilter


class EntrySerializer(ReadSerializer[Entry]):
    """One entry in one reading; the person is masked, amounts are text with their own sign."""

    class Meta:
        model = Entry
        fields = [
            *("id", "environment", "source", "family", "number", "is_refund", "revision", "is_latest", "standing"),
            *("setl_id", "mdtrt_id", "msgid", "person_no_masked", "person", "insutype", "clr_type", "clr_optins"),
            *("settled_at", "day", "total", "fund", "account", "cash", "about", "operation", "arrival", "written_at"),
        ]
        read_only_fields = fields


class NewEntrySerializer(serializers.Serializer[Any]):
    """One settlement or refund that another system settled."""

    number = serializers.CharField(max_length=60, help_text="结算单号，本院唯一；退费与原结算同号")
    settled_at = serializers.CharField(
        help_text="医保平台返回的结算时间，yyyy-MM-dd HH:mm:ss（北京时间）或带时区的 ISO 8601"
    )
    total = serializers.DecimalField(16, 2, help_text="医疗费总额，元；退费为负数")
    fund = serializers.DecimalField(16, 2, help_text="基金支付总额")
    account = serializers.DecimalField(16, 2, help_text="个人账户支出")
    cash = serializers.DecimalField(16, 2, required=False, help_text="个人现金支出")
    is_refund = serializers.BooleanField(required=False, allow_null=True, help_text="退费；不填按金额正负判断")
    is_void = serializers.BooleanField(required=False, help_text="作废：这一笔不再计入")
    family = serializers.ChoiceField(choices=["national", "injury"], required=False, help_text="接口，默认 national")
    setl_id = serializers.CharField(
        required=False, max_length=30, help_text="结算ID；国家医保接口必填，以下至清算经办机构同"
    )
    mdtrt_id = serializers.CharField(required=False, max_length=30, help_text="就诊ID")
    person_no = serializers.CharField(required=False, max_length=30, help_text="人员编号 psn_no，加密保存")
    insutype = serializers.CharField(required=False, max_length=6, help_text="险种类型")
    clr_type = serializers.CharField(required=False, max_length=6, help_text="清算类别")
    clr_optins = serializers.CharField(required=False, max_length=20, help_text="清算经办机构")
    msgid = serializers.CharField(required=False, max_length=64, help_text="结算交易的发送方报文ID")
    person = serializers.CharField(required=False, max_length=60, help_text="姓名，只保存遮盖后的")
    about = serializers.CharField(required=False, max_length=60, help_text="住院/门诊号")


class EntryDeliverySerializer(BulkSerializer):
    """Entries of one call; the rules judge each of them, so that all faults are told at once."""

    entries = NewEntrySerializer(many=True, help_text=f"1 至 {MOST:,} 笔")


class EntriesTakenSerializer(BulkAnswerSerializer):
    """What became of a call."""

    arrival = serializers.UUIDField(help_text="这一批的编号")
    fresh = serializers.IntegerField(help_text="新增")
    changed = serializers.IntegerField(help_text="内容不同，保存为新的版次")
    same = serializers.IntegerField(help_text="已有，没有变化")


class EntryDetailSerializer(EntrySerializer):
    """One entry with every reading, the latest first."""

    revisions = EntrySerializer(many=True, read_only=True)

    class Meta(EntrySerializer.Meta):
        fields = [*EntrySerializer.Meta.fields, "revisions"]
        read_only_fields = fields


class Entries(ApiView):
    permissions = {"GET": "reconciliation.entries.view", "POST": "reconciliation.entries.bring"}
    rows_in = ("entries",)

    @extend_schema(
        parameters=parameters(EntryFilter),
        responses=EntrySerializer(many=True),
        summary="结算账列表",
        description="每一笔的现行版次；已作废的不列出，除非指定 standing=void。",
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Entry.objects.filter(is_latest=True)
        return self.page(filtered(EntryFilter, request.query_params, rows), EntrySerializer)

    @extend_schema(
        request=EntryDeliverySerializer,
        responses={201: EntriesTakenSerializer, 207: EntriesTakenSerializer},
        summary="提交医院系统办理的结算",
        description=(
            "内容相同的再次提交不产生影响；"
            "内容不同的保存为新的版次，以前的仍可查。退费是单独的一笔，与原结算同号，金额为负数。"
            "本门户办理的结算自动入账，结算ID相同的不能再提交。"
        ),
    )
    def post(self, request: ApiRequest) -> Response:
        content = cast(dict[str, Any], request.data)  # ApiView lets nothing else in
        strange = sorted(str(name)[:50] for name in content.keys() - {"entries", "atomic"})
        if strange:
            raise Problem(422, "invalid", "没有这个字段", errors=[_at(f"/{name}", "没有这个字段") for name in strange])
        said = BulkSerializer(data=content)
        said.is_valid(raise_exception=True)
        atomic, lines = said.validated_data["atomic"], listed(content, "entries")
        rows = Rows("entries")
        for place, one in enumerate(lines):
            if not isinstance(one, dict):
                rows.wrong(place, [("", "应为由字段组成的对象")])
        given = {place: one for place, one in enumerate(lines) if isinstance(one, dict)}
        taken = take(given, lambda some: bring(some, by=request.member), _faults, rows, atomic=atomic)
        if taken is None:
            return answered([rows], atomic=atomic)
        for place, (state, pk) in zip(taken.places, standing_of(taken.result), strict=True):
            rows.done(place, state, pk)
        written = taken.result.written
        told = {
            "arrival": str(taken.result.arrival.pk),
            "fresh": written.fresh,
            "changed": written.changed,
            "same": written.same,
        }
        return answered([rows], atomic=atomic, more=told)


def _faults(error: NotAllowed, given: list[Any]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for one in error.faults if isinstance(error, LinesWrong) else ():
        found.setdefault(one.place, []).append((f"/{one.fault.name}", str(one.fault)))
    return found


def _at(pointer: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "detail": detail}


class OneEntry(ApiView):
    permissions = {"GET": "reconciliation.entries.view"}

    @extend_schema(responses=EntryDetailSerializer, summary="一笔账，附全部版次")
    def get(self, request: ApiRequest, entry_id: UUID) -> Response:
        entry = get_or_404(Entry, entry_id)
        revisions = EntrySerializer(revisions_of(entry), many=True).data
        return Response({**EntrySerializer(entry).data, "revisions": revisions})
