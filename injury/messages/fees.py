"""Doctor's advices, fee items, taking them back, and the sums that are approved (4.10 to 4.12)."""

from __future__ import annotations

from typing import Literal

from injury.messages.gateway import INJURY, Ack, Day, YesNo
from portal.gateway.messages import Exact, Part, Record, Request, item


class Advice(Part):
    """One advice of a doctor; the same number again replaces the earlier one (4.10)."""

    aae080: str | None = item("医嘱流水号", 50, default=None)
    alk007: Day | None = item("医嘱开始日期", default=None)
    alk008: Day | None = item("医嘱结束日期", default=None)
    alk009: str | None = item("医嘱信息", 2000, default=None)
    alk011: str | None = item("护理级别", 12, default=None)
    alk012: str | None = item("体位", 8, default=None)
    alk013: str | None = item("药物剂量", 8, default=None)
    alk014: str | None = item("药物用法", 2000, default=None)
    alk015: str | None = item("注意事项", 2000, default=None)
    alk016: str | None = item("医师签名", 20, default=None)
    alk017: str | None = item("护士签名", 20, default=None)
    alk020: str | None = item("执行者签名", 20, default=None)
    alk022: str | None = item("医嘱类型", 20, codes="injury.alk022", default=None)
    alk023: str | None = item("住院科室", default=None)
    alk024: str | None = item("床位号", default=None)


class Advices(Part):
    """The node around advices."""

    advice: list[Advice] = item("医嘱", default=[])


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
    reason: str | None = item("继续上传的情况说明", default=None)
    noinjury: YesNo | None = item("非工伤治疗标识", default=None)
    aae080: str | None = item("医嘱流水号", default=None)
    spreason: YesNo | None = item("特殊伤情抢救标识", default=None)
    bzmsg: str | None = item("备注", 200, default=None)
    vmed: str | None = item("目录版本号", default=None)
    akc999: str | None = item("药品追溯码", default=None)


class FeeLines(Part):
    """The node around fee items."""

    med: list[FeeLine] = item("费用明细", default=[])


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


class VoidFees(
    Request[Ack], code="invalidData", title="医疗费上传信息作废", gateway=INJURY, undo="sendMedInfo", check="discharge"
):
    """Delete everything that was uploaded for an admission, which stays (4.11)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)


class CategorySum(Record):
    """The sum of one fee category (4.12)."""

    aka063: str = item("收费类别", 3, codes="injury.aka063", default="")
    alc407: Exact | None = item("金额", (10, 4), default=None)


class CategorySums(Record):
    """The node around the sums."""

    collection: list[CategorySum] = item("分类金额", default=[])


class Approval(Ack):
    """What the centre has added up so far; may be asked as often as wanted (4.12)."""

    akc190: str = item("住院号/门诊号", 30, default="")
    alc407: Exact | None = item("总金额", (10, 4), default=None)
    collections: CategorySums = item("分类金额", default_factory=CategorySums)


class ApproveFees(Request[Approval], code="discharge", title="已上传费用核准", gateway=INJURY, safe=True):
    """The sums of all uploaded items, for comparison (4.12). It changes nothing that a repetition could double."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
    aaca07: str = item("HIS结算号", 50, min_length=1)
    rolltype: Literal["0", "1"] = item("就医类型")
