"""What was uploaded, the settlement sheet, the share of drugs (4.15 to 4.17)."""

from __future__ import annotations

from typing import Literal

from injury.messages.gateway import INJURY, WIDE, Ack, Day, Group
from portal.gateway.messages import Exact, Request, item


class Uploaded(Group):
    """One admission as the centre has it (4.15)."""

    aac001: str = item("个人编号", 30, default="")
    aac003: str = item("姓名", 30, secret=True, default="")
    aac002: str = item("身份证号", 18, secret=True, default="")
    aab001: str = item("单位编码", 30, default="")
    akc190: str = item("住院号", 30, default="")
    alca02: str = item("认定书号", 30, default="")
    alca18: str = item("场次", 15, default="")
    alc407: Exact | None = item("金额", WIDE, default=None)
    alc408: Exact | None = item("剔除金额", WIDE, default=None)
    auditlevel: str = item("审核状态", 6, default="")
    akc192: str = item("入院日期", 19, default="")
    akc194: str = item("出院日期", 19, default="")
    aab301name: str = item("所属县区", 100, default="")
    aka130: str = item("医疗类别", 3, codes="injury.aka130", default="")
    alc029: str = item("病种", 255, default="")
    aae036: str = item("录入时间", 19, default="")
    akc191: str = item("治疗类别", 20, codes="injury.akc191", default="")
    alc407med: Exact | None = item("药品费用", WIDE, default=None)
    alc407per: str = item("药品占比", 20, default="")


class UploadedNode(Group):
    """The node around admissions."""

    detailData: list[Uploaded] = item("上传人员", default=[])


class UploadedPeople(Ack):
    """Admissions that were uploaded (4.15)."""

    detailcolls: UploadedNode = item("上传人员", default_factory=UploadedNode)


class FindUploaded(Request[UploadedPeople], code="getPerDetail", title="获取上传人员明细", gateway=INJURY, safe=True):
    """Uploaded admissions; everything left out means this month (4.15)."""

    akc192s: Day | None = item("入院开始日期", default=None)
    akc192e: Day | None = item("入院截止日期", default=None)
    akc194s: Day | None = item("出院开始时间", default=None)
    akc194e: Day | None = item("出院截止时间", default=None)
    aae036s: Day | None = item("录入开始时间", default=None)
    aae036e: Day | None = item("录入截止时间", default=None)
    akc190: str | None = item("住院号/门诊号", 30, default=None)
    aac002: str | None = item("身份证号", 18, secret=True, default=None)
    aac003: str | None = item("姓名", 30, secret=True, default=None)
    aaa027: str | None = item("行政区", 6, codes="injury.aaa027", default=None)


class RejectedItem(Group):
    """A fee item that is not or not wholly paid, and why (4.16)."""

    alc403: str = item("项目名称", 100, default="")
    alc405: Exact | None = item("单价", WIDE, default=None)
    alc406: Exact | None = item("数量", WIDE, default=None)
    alc407: Exact | None = item("金额", WIDE, default=None)
    alc408: Exact | None = item("剔除金额", WIDE, default=None)
    marktype: str = item("自付原因", 3, codes="injury.aka073", default="")


class RejectedItems(Group):
    """The node around rejected items."""

    kc22dto: list[RejectedItem] = item("自付项目", default=[])


class SheetRecord(Group):
    """The settlement sheet; until audited its rejected items are the automatic ones (4.16, 5.4)."""

    akc190: str = item("住院门诊号", 30, default="")
    akb020name: str = item("医院名称", 100, default="")
    aac003: str = item("姓名", 30, secret=True, default="")
    aac002: str = item("身份证号", 18, secret=True, default="")
    aac004: str = item("性别", 3, codes="injury.aac004", default="")
    alc022: str = item("工伤伤害部位", 500, default="")
    aab301name: str = item("所属县区", 100, default="")
    alc020: str = item("工伤发生时间", 19, default="")
    aka130: str = item("就医类型", 20, codes="injury.aka130", default="")
    akc191: str = item("治疗类别", 20, codes="injury.akc191", default="")
    akc192: str = item("入院日期", 19, default="")
    akc194: str = item("出院日期", 19, default="")
    alc028: str = item("入院诊断", 255, default="")
    akc196: str = item("出院诊断", 255, default="")
    alc407sum: Exact | None = item("医疗费发生金额", WIDE, default=None)
    alc408sum: Exact | None = item("自付金额", WIDE, default=None)
    jsdate: str = item("结算时间", 19, default="")
    jjin: Exact | None = item("工伤基金支付金额", WIDE, default=None)
    aac001: str = item("社会保障号码", 30, secret=True, default="")
    ylaccounts: Exact | None = item("医疗费结算金额", WIDE, default=None)
    hsfbtje: Exact | None = item("伙补金额", WIDE, default=None)
    akc666: str = item("自付部分支付方式", 3, codes="injury.akc666", default="")
    akc667: str = item("审核状态", 20, codes="injury.akc667", default="")
    kc22dtos: RejectedItems = item("自付项目", default_factory=RejectedItems)


class Sheet(Ack):
    """The settlement sheet (4.16)."""

    kc21dto: SheetRecord = item("结算单")


class FetchSheet(Request[Sheet], code="getJSSheet", title="获取结算单", gateway=INJURY, safe=True):
    """The settlement sheet of one admission; approves its fees as a side effect (4.16)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
    rolltype: Literal["0", "1"] = item("就医类型")


class DrugShare(Ack):
    """The share of drugs in an admission so far, as a percentage in text (4.17)."""

    akc190: str = item("住院门诊号", 30, default="")
    aac003: str = item("姓名", 30, secret=True, default="")
    aac002: str = item("身份证号", 18, secret=True, default="")
    aac004: str = item("性别", 3, codes="injury.aac004", default="")
    aka130: str = item("就医类型", 20, codes="injury.aka130", default="")
    akc191: str = item("治疗类别", 20, codes="injury.akc191", default="")
    akc192: str = item("入院日期", 19, default="")
    akc194: str = item("出院日期", 19, default="")
    alc407sum: Exact | None = item("总费用", WIDE, default=None)
    alc407med: Exact | None = item("药品费用", WIDE, default=None)
    alc407per: str = item("药品占比", 20, default="")


class FetchDrugShare(Request[DrugShare], code="getPerMed", title="获取药占比（康复）", gateway=INJURY, safe=True):
    """The share of drugs of one rehabilitation (4.17)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
