"""Who has what waiting, and the items of one batch."""

from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from injury.models import Admission, AdmissionState, BatchLine, EpochState, FeeEpoch, FeeItem, FeeState
from injury.models.upload import category_label
from injury.views.admission_lists import with_fees
from portal.web.tables import BulkAction, Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

NONE = "尚未上传"
TONES: dict[Any, Tone] = {
    EpochState.COMPLETE.label: "good",
    EpochState.STOPPED.label: "bad",
    EpochState.PARTIAL.label: "bad",
    EpochState.PEOPLE.label: "bad",
    EpochState.WIPING.label: "warn",
    NONE: "",
}
TONES.update({EpochState(state).label: "brand" for state in EpochState.moving()})
OPEN = [("waiting", "有待上传"), ("held", "有暂不能上传"), ("moving", "上传中"), ("stuck", "须人工处理")]


class UploadFilter(ListFilter):
    open = choose("情形", OPEN, method="by_open", empty="全部在院就诊")
    q = QuickSearch(("number", "住院号/门诊号"), ("department", "科室"))

    class Meta:
        model = Admission
        fields: list[str] = []

    def by_open(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        stuck = [*EpochState.stuck(), EpochState.WIPING.value]
        conditions = {
            "waiting": Q(waiting__gt=0),
            "held": Q(held__gt=0),
            "moving": Q(upload__in=EpochState.moving()),
            "stuck": Q(upload__in=stuck),
        }
        return rows.filter(conditions[value])


def progress_url(row: Admission) -> str:
    return reverse("injury:upload", args=[row.pk])


def upload_label(row: Any) -> str:
    return str(EpochState(row.upload).label) if row.upload else NONE


class UploadList(ListPage):
    """Admissions at the centre with what waits, what is there, and where their upload stands."""

    name = "injury.uploads"
    title = "费用上传"
    columns = (
        Column("number", "住院号/门诊号", "id", link=progress_url, width=18),
        Column("name_masked", "姓名", width=12),
        Column("department", "科室", width=12),
        Column("admitted_on", "入院日期", "date"),
        Column("waiting", "待上传", "int", total=True),
        Column("held", "暂不能上传", "int", total=True),
        Column("going", "上传中", "int", total=True),
        Column("uploaded", "已上传（元）", "money", total=True),
        Column("upload", "上传状态", "state", value=upload_label, sort="", tones=TONES),
        Column("upload_note", "说明", value=lambda row: row.upload_note or "", sort="", width=40),
    )
    filterset = UploadFilter
    template = "injury/upload_list.html"
    default_sort = "-admitted_on"
    empty = "没有在院的就诊"
    empty_hint = "登记入院后，这次就诊的费用才能上传"
    actions = (
        BulkAction(
            "上传",
            "injury:upload-start",
            "injury.fees.upload",
            "primary",
            confirm="将上传 {n} 次就诊的全部待上传费用。",
            confirm_title="上传费用",
        ),
    )

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        here = self.member.institution.environment
        mine = Admission.objects.filter(environment=here, state=AdmissionState.ADMITTED)
        epoch = FeeEpoch.objects.filter(admission=OuterRef("pk")).exclude(state=EpochState.WIPED)
        going = FeeItem.objects.filter(admission=OuterRef("pk"), state__in=[FeeState.FROZEN, FeeState.DOUBTFUL])
        counted = going.order_by().values("admission").annotate(found=Count("pk")).values("found")
        rows: QuerySet[Any] = with_fees(mine).annotate(
            upload=Subquery(epoch.values("state")[:1]),
            upload_note=Subquery(epoch.values("note")[:1]),
            going=Coalesce(Subquery(counted), Value(0)),
        )
        return rows

    def row_css(self, row: Any) -> str:
        return "attention" if row.upload in EpochState.stuck() else ""


class LineFilter(ListFilter):
    q = QuickSearch(("item__line_id", "费用流水号"), ("item__own_code", "医院内码"), ("item__own_name", "项目名称"))

    class Meta:
        model = BatchLine
        fields: list[str] = []


def item_url(line: BatchLine) -> str:
    return reverse("injury:fee-detail", args=[line.item_id])


class LineList(ListPage):
    """The items of one batch, in the order in which they went."""

    name = "injury.batch_lines"
    title = "批次明细"
    columns = (
        Column("position", "序号", "int", width=6),
        Column("item__line_id", "费用流水号", "id", link=item_url, width=18),
        Column("item__prescribed_on", "处方日期", "date"),
        Column("item__own_code", "医院内码", "id", width=16),
        Column("item__own_name", "项目名称", width=28),
        Column("item__centre_code", "中心编码", "id", width=20),
        Column("category", "收费类别", value=lambda line: category_label(line.category), sort="category", width=10),
        Column("item__quantity", "数量", "exact", value=lambda line: f"{line.item.quantity.normalize():f}", width=10),
        Column("amount", "金额（元）", "money", total=True),
        Column("line_hash", "内容摘要", "id", width=32, shown=False),
        Column("is_void", "未生效", value=lambda line: "未生效" if line.is_void else "", width=8),
    )
    filterset = LineFilter
    template = "injury/upload_detail.html"
    default_sort = "position"
    empty = "这一批没有费用，只有医嘱"
    batch: UUID | None = None

    def rows(self) -> QuerySet[Any]:
        return BatchLine.objects.filter(batch=self.batch).select_related("item")
