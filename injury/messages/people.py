"""Finding injured people, their treatment approvals and accident reports (4.3 to 4.7)."""

from __future__ import annotations

from injury.messages.gateway import INJURY, Ack, Day, Group
from portal.gateway.messages import Request, item


class Injury(Group):
    """One recognised injury, or one not yet recognised: then its number is empty (4.3)."""

    aac001: str = item("个人编号", 30, default="")
    alca02: str = item("认定书号", 100, default="")
    aab009: str = item("在职单位编码", 30, default="")
    aab001: str = item("工伤发生单位编号", 30, default="")
    aab301: str = item("行政区编码", 6, codes="injury.aab301", default="")
    aac002: str = item("身份证号", 18, secret=True, default="")
    aac003: str = item("姓名", 30, secret=True, default="")
    aac004: str = item("性别", 2, codes="injury.aac004", default="")
    aaea06: str = item("诊断意见", 2000, default="")
    akb020: str = item("协议机构编号", 20, default="")
    alc020: str = item("工伤发生时间", 19, default="")
    alc021: str = item("伤害程度", 5, codes="injury.alc021", default="")
    alc022: str = item("伤害部位", 255, default="")
    alc024: str = item("备注", 500, default="")
    alc023: str = item("事故地点以及经过", 2000, default="")
    alc027: str = item("工伤类别", 3, codes="injury.alc027", default="")
    alc060: str = item("护理依赖等级", 5, codes="injury.alc060", default="")
    ala040: str = item("伤残等级", 5, codes="injury.ala040", default="")
    alc084: str = item("老工伤标识", 3, default="")
    aae116: str = item("待遇发放状态", 255, codes="injury.aae116", default="")


class InjuryNode(Group):
    """The node around injuries."""

    lc01: list[Injury] = item("工伤信息", default=[])


class Injuries(Ack):
    """Injuries of one person; only one of them may be named at admission (4.3)."""

    counts: int = item("条数", ge=0, default=0)
    lc01s: InjuryNode = item("工伤信息", default_factory=InjuryNode)


class FindInjuries(Request[Injuries], code="getInjuryByNameAndId", title="获取工伤信息", gateway=INJURY, safe=True):
    """All injuries of a person, by identity number and name (4.3)."""

    aac002: str = item("身份证号", 18, secret=True, min_length=1)
    aac003: str = item("姓名", 30, secret=True, min_length=1)


class Treatment(Group):
    """One application for continued treatment; admission needs akc175 = 1 (4.4)."""

    aae073: str = item("审批编号", 20, default="")
    aac001: str = item("个人编号", 20, default="")
    alca02: str = item("工伤认定书号", 30, default="")
    akc176: str = item("申请日期", 19, default="")
    akc175: str = item("审批标志", 3, codes="injury.akc175", default="")
    aac002: str = item("身份证号", 18, secret=True, default="")
    aac003: str = item("姓名", 20, secret=True, default="")
    jxzl: str = item("继续治疗方式", 3, codes="injury.jxzl", default="")
    ale021: str = item("继续治疗类别", 3, codes="injury.ale021", default="")
    cka039: str = item("主治医生", 30, default="")
    aae014: str = item("科室主任", 30, default="")
    akc173: str = item("开始时间", 19, default="")
    aae031: str = item("结束时间", 19, default="")
    akc174: str = item("医生诊断意见/申请项目", 800, default="")
    akc177: str = item("单位意见", 800, default="")
    aae034: str = item("审核日期", 19, default="")
    akc178: str = item("经办机构意见", 2000, default="")
    akc192: str = item("申请项目", 2000, default="")


class TreatmentNode(Group):
    """The node around applications."""

    lkb7: list[Treatment] = item("继续治疗申请", default=[])


class Treatments(Ack):
    """Applications for continued treatment (4.4)."""

    lkb7s: TreatmentNode = item("继续治疗申请", default_factory=TreatmentNode)


class FindTreatments(Request[Treatments], code="getCure", title="获取继续治疗申请", gateway=INJURY, safe=True):
    """Applications for one recognised injury (4.4)."""

    alca02: str = item("工伤认定书号", 30, min_length=1)


class BatchTreatment(Treatment):
    """The same in the batch query, which calls two items the other way round (4.5)."""

    aae034: str = item("审批时间", 19, default="")
    akc192: str = item("经办机构意见", 2000, default="")
    akc178: str = item("申请项目", 2000, default="")


class BatchTreatmentNode(Group):
    """The node around applications."""

    lkb7: list[BatchTreatment] = item("继续治疗申请", default=[])


class BatchTreatments(Ack):
    """Applications of many people (4.5)."""

    lkb7s: BatchTreatmentNode = item("继续治疗申请", default_factory=BatchTreatmentNode)


class FindTreatmentsBetween(
    Request[BatchTreatments], code="getCureBatch", title="批量获取继续治疗申请", gateway=INJURY, safe=True
):
    """Applications by person or days; everything left out means this month (4.5)."""

    aac002: str | None = item("身份证号", 18, secret=True, default=None)
    aac003: str | None = item("姓名", 20, secret=True, default=None)
    aae035: Day | None = item("审批开始日期", default=None)
    aae037: Day | None = item("审批截止日期", default=None)
    akc176s: Day | None = item("申请开始时间", default=None)
    akc176e: Day | None = item("申请截止时间", default=None)


class Report(Group):
    """An accident report and how far its recognition is (4.6)."""

    clc004: str = item("认定流程", 20, codes="injury.clc004", default="")
    aac001: str = item("个人编号", 20, default="")
    aac002: str = item("身份证号码", 18, secret=True, default="")
    aac003: str = item("姓名", 20, secret=True, default="")
    alca02: str = item("事故报案号/认定书号", 40, default="")
    aab301: str = item("行政区划", 6, codes="injury.aab301", default="")
    alc022: str = item("伤害部位", 255, default="")
    alc020: str = item("工伤时间", 19, default="")
    alc023: str = item("事故地点", 60, default="")
    aaea06: str = item("诊断意见", 2000, default="")
    alc029: str = item("认定标识", 3, default="")
    aab001: str = item("工伤发生单位编号", 30, default="")


class Reports(Ack):
    """Accident reports; the gateway sends one as an object and several as a list (4.6)."""

    ldc1: list[Report] = item("工伤事故备案", default=[])


class FindReports(Request[Reports], code="getReport", title="获取工伤事故备案结果", gateway=INJURY, safe=True):
    """Reports of one person (4.6)."""

    aac001: str = item("个人编号", 30, min_length=1)


class BatchReport(Group):
    """An accident report in the batch query (4.7)."""

    aac001: str = item("个人编号", 20, default="")
    aac003: str = item("姓名", 20, secret=True, default="")
    aac002: str = item("身份证号码", 18, secret=True, default="")
    aae036: str = item("社保经办日期", 19, default="")
    aaea06: str = item("诊断意见", 2000, default="")
    akb001: str = item("急救医院", 255, default="")
    alc020: str = item("工伤时间", 19, default="")
    alc022: str = item("工伤部位", 255, default="")
    alc023: str = item("事故地点及经过", 2000, default="")
    alc024: str = item("报告人姓名", 20, secret=True, default="")
    alc026: str = item("报告日期", 19, default="")
    alc029: str = item("工伤认定标识", 20, default="")
    alca02: str = item("工伤认定书号", 20, default="")
    clc004: str = item("工伤认定流程", 20, codes="injury.clc004", default="")
    aab001: str = item("工伤发生单位编号", 30, default="")


class BatchReports(Ack):
    """Reports of many people (4.7)."""

    ldch: list[BatchReport] = item("工伤事故备案", default=[])


class FindReportsBetween(
    Request[BatchReports], code="getReportBatch", title="批量获取工伤事故备案结果", gateway=INJURY, safe=True
):
    """Reports by person or days (4.7)."""

    aac002: str | None = item("身份证号码", 18, secret=True, default=None)
    aac003: str | None = item("姓名", 20, secret=True, default=None)
    aae035: Day | None = item("经办开始日期", default=None)
    aae037: Day | None = item("经办截止日期", default=None)
