"""Doctor's advices, fee items, taking them back, and the sums that are approved (4.10 to 4.12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Literal

from pydantic import model_validator

from injury.messages.conditions import Condition, needed, not_here, refuse, wrong
from injury.messages.gateway import INJURY, WIDE, Ack, Day, Group, YesNo
from portal.gateway.messages import Exact, Part, Request, item

#: Most advices or fee items in one message; the specification names no limit.
MOST = 1000
#: What is outside the catalogue (3.2), and drugs in ALC404.
OUTSIDE_CODES = ("SZFYP999", "SZFZL999", "SZFCL999")
DRUG = "0"
SELF_PAID = "3"


def line_conditions(line: Any, code: str, is_drug: bool, quantity: Decimal) -> Iterator[Condition]:
    """What a fee item needs because of what it is (4.10, 4.24; errors 81026, 81033, 81035, 81038)."""
    if code in OUTSIDE_CODES:
        yield from needed(line, ("aka063", "aka065", "aka070"), "目录外项目")
        yield from not_here(line, ("noinjury",), "目录外项目")
        if line.aka065 not in (None, "", SELF_PAID):
            yield wrong("aka065", "目录外项目应为 3（自费）")
    else:
        yield from needed(line, ("vmed",), "目录内项目")
        yield from not_here(line, ("spreason",), "目录内项目")
    if is_drug:
        yield from needed(line, ("zka100", "akc999"), "药品")
    if not line.aae080:
        yield wrong("aae080", "必填，没有对应医嘱的填 999")
    if line.akc999 and "，" in line.akc999:
        yield wrong("akc999", "多个追溯码之间用半角逗号分隔")
    if line.alc407 == 0:
        yield wrong("alc407", "不能为 0")
    elif (quantity < 0) != (line.alc407 < 0) or quantity == 0:
        yield wrong("alc407", "应与数量同为正数，退费时同为负数")


def nothing_to_upload(advices: Advices | None, lines: Sequence[object] | None, name: str) -> Iterator[Condition]:
    if not lines and not (advices and advices.advice):
        yield wrong(name, "费用明细和医嘱至少有一项")


class Advice(Part):
    """One advice of a doctor; the same number again replaces the earlier one (4.10).

    What the table does not mark and errors 81015 to 81018 and 81029 ask for is needed here.
    """

    aae080: str = item("医嘱流水号", 50, min_length=1)
    alk007: Day = item("医嘱开始日期")
    alk008: Day | None = item("医嘱结束日期", default=None)
    alk009: str = item("医嘱信息", 2000, min_length=1)
    alk011: str | None = item("护理级别", 12, default=None)
    alk012: str | None = item("体位", 8, default=None)
    alk013: str | None = item("药物剂量", 8, default=None)
    alk014: str | None = item("药物用法", 2000, default=None)
    alk015: str | None = item("注意事项", 2000, default=None)
    alk016: str = item("医师签名", 20, min_length=1)
    alk017: str = item("护士签名", 20, min_length=1)
    alk020: str | None = item("执行者签名", 20, default=None)
    alk022: str | None = item("医嘱类型", 20, codes="injury.alk022", default=None)
    alk023: str | None = item("住院科室", 60, default=None)
    alk024: str | None = item("床位号", 30, default=None)


class Advices(Part):
    """The node around advices."""

    advice: list[Advice] = item("医嘱", many=(0, MOST), default=[])


class FeeLine(Part):
    """One fee item; a refund has negative quantity and amount (4.10)."""

    alc400: str = item("处方号", 20, min_length=1)
    alc401: Day = item("处方日期")
    akc229: str = item("处方执行天数", 10, min_length=1)
    alc402: str | None = item("收费项目编码", 20, default=None)
    alc403: str | None = item("收费项目名称", 100, default=None)
    aka063: str | None = item("收费类别", 3, codes="injury.aka063", default=None)
    aka065: str | None = item("收费项目等级", 3, codes="injury.aka065", default=None)
    alc404: str | None = item("种类", 3, codes="injury.alc404", default=None)
    alc405: Exact = item("单价", (10, 4))
    alc406: Exact = item("数量", (30, 4))
    alc407: Exact = item("总金额", (30, 4))
    aka070: str | None = item("剂型", 20, default=None)
    zka100: str | None = item("规格", 50, default=None)
    akc230: str | None = item("厂家", 30, default=None)
    akc231: str = item("通用名", 30, min_length=1)
    akc515: str = item("医院内码", 30, min_length=1)
    reason: str | None = item("继续上传的情况说明", 200, default=None)
    noinjury: YesNo | None = item("非工伤治疗标识", default=None)
    aae080: str | None = item("医嘱流水号", 50, default=None)
    spreason: YesNo | None = item("特殊伤情抢救标识", default=None)
    bzmsg: str | None = item("备注", 200, default=None)
    vmed: str | None = item("目录版本号", 30, default=None)
    akc999: str | None = item("药品追溯码", 4000, default=None)

    @model_validator(mode="after")
    def _by_its_kind(self) -> FeeLine:
        refuse(self, line_conditions(self, self.alc402 or "", self.alc404 == DRUG, self.alc406))
        return self


class FeeLines(Part):
    """The node around fee items."""

    med: list[FeeLine] = item("费用明细", many=(0, MOST), default=[])


class Saved(Ack):
    """How many items were stored (4.10)."""

    counts: int | None = item("条数", ge=0, default=None)


class UploadFees(
    Request[Saved], code="sendMedInfo", title="医疗费信息上传", gateway=INJURY, undo="invalidData", check="discharge"
):
    """Upload advices and fee items of one admission; repeating it doubles them (4.10)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
    advices: Advices | None = item("医嘱", default=None)
    meds: FeeLines | None = item("费用明细", default=None)

    @model_validator(mode="after")
    def _something_to_upload(self) -> UploadFees:
        refuse(self, nothing_to_upload(self.advices, self.meds.med if self.meds else None, "meds"))
        return self


class VoidFees(
    Request[Ack], code="invalidData", title="医疗费上传信息作废", gateway=INJURY, undo="sendMedInfo", check="discharge"
):
    """Delete everything that was uploaded for an admission, which stays (4.11)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)


class CategorySum(Group):
    """The sum of one fee category (4.12)."""

    aka063: str = item("收费类别", 3, codes="injury.aka063", default="")
    alc407: Exact | None = item("金额", WIDE, default=None)


class CategorySums(Group):
    """The node around the sums."""

    collection: list[CategorySum] = item("分类金额", default=[])


class Approval(Ack):
    """What the centre has added up so far; may be asked as often as wanted (4.12)."""

    akc190: str = item("住院号/门诊号", 30, default="")
    alc407: Exact | None = item("总金额", WIDE, default=None)
    collections: CategorySums = item("分类金额", default_factory=CategorySums)


class ApproveFees(Request[Approval], code="discharge", title="已上传费用核准", gateway=INJURY, safe=True):
    """The sums of all uploaded items, for comparison (4.12). It changes nothing that a repetition could double."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
    aaca07: str = item("HIS结算号", 50, min_length=1)
    rolltype: Literal["0", "1"] = item("就医类型")
