"""Our own settlements of a month, from a file of the hospital's system: first looked at, then used for comparison."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from clearing.actions import CROSS_REGION_UPLOAD_USED, CROSS_REGION_UPLOADED
from clearing.models import CrossRegionMonth, CrossRegionUpload, UploadedSettlement, UploadState
from clearing.services.cross_region.comparing import TITLES, compare_month
from clearing.services.cross_region.comparison import Listed, compare
from clearing.services.cross_region.months import locked, rows_of
from clearing.services.refusals import Refused
from portal.access.member import Member
from portal.audit import record

#: Heads that a column may have, as people and systems call it.
HEADS = {
    "settlement_no": ("setl_sn", "结算流水号", "结算编号", "结算业务号"),
    "medical_fee": ("medfee_sumamt", "总费用", "医疗费总额", "医疗总费用"),
    "agency_paid": ("optins_pay_sumamt", "经办机构支付总额", "医保支付总额", "基金支付总额"),
}
LABELS = {name: heads[1] for name, heads in HEADS.items()}
#: Rows in which the heads are looked for, and faults that are told.
HEAD_ROWS, FAULTS = 10, 10
AMOUNT = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,2})?", re.ASCII)
NUMBER = re.compile(r"[0-9A-Za-z_-]{1,60}", re.ASCII)


class Line(Protocol):
    """One row of a table: its number there, and its values; portal.papers.xlsx_reading gives them."""

    @property
    def number(self) -> int: ...
    @property
    def values(self) -> tuple[Any, ...]: ...


def read_settlements(lines: Sequence[Line]) -> list[Listed]:
    """The settlements of a table whose heads are found in its first rows; pure.

    Raises Refused naming the columns that are missing, or the first rows that cannot be read.
    """
    head, places = _head(lines)
    found: dict[str, Listed] = {}
    faults: list[str] = []
    for line in lines[head + 1 :]:
        values = {name: line.values[place] if place < len(line.values) else None for name, place in places.items()}
        if values["settlement_no"] in (None, "") or str(values["settlement_no"]).strip() in ("合计", "总计"):
            continue
        try:
            one = _settlement(values)
            if found.setdefault(one.settlement_no, one) is not one:
                raise ValueError("结算流水号重复")
        except ValueError as error:
            faults.append(f"第 {line.number} 行：{error}")
    if faults:
        more = f"（共 {len(faults)} 处）" if len(faults) > FAULTS else ""
        raise Refused("；".join(faults[:FAULTS]) + more, field="file")
    if not found:
        raise Refused("文件中没有结算数据", field="file")
    return list(found.values())


def _head(lines: Sequence[Line]) -> tuple[int, dict[str, int]]:
    best: dict[str, int] = {}
    for index, line in enumerate(lines[:HEAD_ROWS]):
        words = [str(value).strip().lower() if value is not None else "" for value in line.values]
        places = {
            name: next((words.index(head) for head in heads if head in words), -1) for name, heads in HEADS.items()
        }
        here = {name: place for name, place in places.items() if place >= 0}
        if len(here) == len(HEADS):
            return index, here
        best = max(best, here, key=len)
    missing = "、".join(f"{LABELS[name]}（{heads[0]}）" for name, heads in HEADS.items() if name not in best)
    raise Refused(f"文件前 {HEAD_ROWS} 行中没有找到列：{missing}", field="file")


def _settlement(values: dict[str, Any]) -> Listed:
    number = values["settlement_no"]
    if not isinstance(number, str):
        raise ValueError("结算流水号须为文本格式，数字格式会丢失位数")
    if not NUMBER.fullmatch(number.strip()):
        raise ValueError("结算流水号应为半角字母和数字")
    return Listed(number.strip(), *(amount(values[name], LABELS[name]) for name in ("medical_fee", "agency_paid")))


def amount(value: Any, label: str) -> Decimal:
    """Yuan with two places of a number or of text with thousands separators; ValueError with the column's name."""
    if isinstance(value, bool) or value is None:
        raise ValueError(f"{label}不是金额")
    if isinstance(value, float):
        near = round(value, 2)
        value = f"{near:.2f}" if abs(near - value) < 1e-6 and abs(value) < 1e12 else str(value)
    text = str(value).strip().replace(",", "")
    if not AMOUNT.fullmatch(text):
        raise ValueError(f"{label}应为最多两位小数的数字")
    found = Decimal(text).quantize(Decimal("0.01"))
    return abs(found) if found.is_zero() else found


def preview_upload(month: CrossRegionMonth, name: str, settlements: list[Listed], *, by: Member) -> CrossRegionUpload:
    """Keep the file's settlements beside the month without using them yet; an earlier preview is thrown away."""
    month = locked(month)
    earlier = CrossRegionUpload.objects.filter(month=month, state=UploadState.PREVIEW)
    UploadedSettlement.objects.filter(upload__in=earlier).delete()
    earlier.delete()
    upload = CrossRegionUpload.objects.create(
        month=month,
        name=name[-200:],
        count=len(settlements),
        medical_fee=sum((one.medical_fee for one in settlements), Decimal()),
        agency_paid=sum((one.agency_paid for one in settlements), Decimal()),
        uploaded_by=by.user,
    )
    UploadedSettlement.objects.bulk_create(
        (
            UploadedSettlement(
                upload=upload,
                settlement_no=one.settlement_no,
                medical_fee=one.medical_fee,
                agency_paid=one.agency_paid,
            )
            for one in settlements
        ),
        batch_size=1000,
    )
    record(CROSS_REGION_UPLOADED, month, by=by, month=str(month), count=upload.count, file=upload.name)
    return upload


def upload_in_use(month: CrossRegionMonth) -> CrossRegionUpload | None:
    """The file that the month is compared with."""
    found = CrossRegionUpload.objects.filter(month=month, state=UploadState.USED)
    return found.select_related("uploaded_by").first()


def comparison_of(upload: CrossRegionUpload) -> dict[str, Any]:
    """What the month beside this file looks like, without writing anything: differences by rule, with the first few."""
    own = upload.settlements.values_list("settlement_no", "medical_fee", "agency_paid")
    ours = {number: Listed(number, fee, paid) for number, fee, paid in own}
    rows = rows_of(upload.month).filter(gone_at__isnull=True).order_by("sequence", "pk")
    theirs = [Listed(*one) for one in rows.values_list("settlement_no", "medical_fee", "agency_paid")]
    found = compare(ours, theirs)
    different = {one.settlement_no for one in found}
    parts = [
        {"title": title, "count": len({one.settlement_no for one in mine}), "first": mine[:FAULTS]}
        for rule, title in {**TITLES, "only_here": "本机构有，中心没有列出"}.items()
        if (mine := [one for one in found if one.rule == rule])
    ]
    return {"parts": parts, "listed": len(theirs), "same": len(set(ours) - different)}


def use_upload(upload: CrossRegionUpload, *, by: Member) -> int:
    """Compare the month with this file from now on; how many of the centre's rows differ.

    Raises Refused when it is no preview any more. The file before it keeps its totals, its settlements are deleted.
    """
    month = locked(upload.month)
    upload = CrossRegionUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.state != UploadState.PREVIEW:
        raise Refused("这个文件已经处理过了")
    before = CrossRegionUpload.objects.filter(month=month, state=UploadState.USED)
    UploadedSettlement.objects.filter(upload__in=before).delete()
    before.update(state=UploadState.REPLACED)
    upload.state = UploadState.USED
    upload.save(update_fields=["state"])
    different = compare_month(month)
    record(CROSS_REGION_UPLOAD_USED, month, by=by, month=str(month), file=upload.name, different=different)
    return different
