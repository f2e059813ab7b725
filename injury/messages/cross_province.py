"""Treatment of workers insured in another province: filing, admission, fees (4.21 to 4.25)."""

from __future__ import annotations

from pydantic import model_validator

from injury.messages.conditions import needed, refuse, wrong
from injury.messages.fees import MOST, Advices, line_conditions, nothing_to_upload
from injury.messages.gateway import INJURY, Ack, Day, Group, ShortDay, YesNo
from portal.gateway.messages import Exact, Part, Request, item

#: Inpatient treatment in AKA1300, drugs in ALA012.
INPATIENT, DRUG = "72", "02"


class Filing(Group):
    """A filing for treatment elsewhere, with its days of validity (4.21)."""

    aac002: str = item("社会保障号码", 18, secret=True, default="")
    aac003: str = item("姓名", 20, secret=True, default="")
    alc011: str = item("认定书号", 100, default="")
    aae127: str = item("申请日期", 8, default="")
    aae100: str = item("备案状态", 1, codes="injury.aae100", default="")
    aae016: str = item("审核状态", 1, codes="injury.aae016", default="")
    aae030: str = item("备案有效开始时间", 8, default="")
    aae031: str = item("备案有效结束时间", 8, default="")
    ala491: str = item("备案申请类型", 2, codes="injury.ala491", default="")
    alc014: str = item("诊断内容", 1000, default="")


class Filings(Ack):
    """Filings to this institution (4.21)."""

    Bs001Gets: list[Filing] = item("异地就医备案", default=[])


class FindFilings(Request[Filings], code="getBSTdjyba", title="获取异地就医备案", gateway=INJURY, safe=True):
    """Filings of one person (4.21)."""

    aac002: str = item("社会保障号码", 18, secret=True, min_length=1)
    aac003: str = item("姓名", 100, secret=True, min_length=1)
    aae030s: ShortDay | None = item("入院时间", default=None)


class CrossProvinceAdmission(Part):
    """Who is admitted (4.22, node bs003WS)."""

    aac002: str = item("社会保障号", 18, secret=True, min_length=1)
    aac003: str = item("姓名", 25, secret=True, min_length=1)
    akc190: str = item("住院号/门诊号", 20, min_length=1)
    aka130: str = item("医疗类别", 3, codes="injury.aka1300", min_length=1)
    aae030: Day = item("入院日期")
    akc192: str | None = item("入院诊断编码", 30, default=None)
    akc193: str | None = item("入院诊断说明", 200, default=None)
    akc191: str = item("治疗类别", 255, codes="injury.akc191", min_length=1)
    alc028: str = item("病种编码", 200, min_length=1)
    alc011: str = item("认定书号", 50, min_length=1)
    akc201: str = item("科室", 30, min_length=1)
    akc199: str | None = item("病房", 30, default=None)
    akc200: str | None = item("床位号", 30, default=None)
    ysbm: str = item("主治医师", 20, min_length=1)
    sbkid: str = item("社保卡卡号", 20, secret=True, min_length=1)

    @model_validator(mode="after")
    def _inpatients_lie_somewhere(self) -> CrossProvinceAdmission:
        conditions = [*needed(self, ("akc199", "akc200"), "工伤住院时")] if self.aka130 == INPATIENT else []
        if "，" in self.alc028:
            conditions.append(wrong("alc028", "多个病种编码之间用半角逗号分隔"))
        refuse(self, conditions)
        return self


class RegisterCrossProvince(
    Request[Ack],
    code="offsiteRegister",
    title="异地就医入院登记",
    gateway=INJURY,
    undo="offsiteRegisterUndo",
    check="getJSSheet",
):
    """Admit a worker insured in another province (4.22)."""

    bs003WS: CrossProvinceAdmission = item("入院信息")


class UndoCrossProvinceRegistration(
    Request[Ack],
    code="offsiteRegisterUndo",
    title="异地就医入院登记撤销",
    gateway=INJURY,
    undo="offsiteRegister",
    check="getJSSheet",
):
    """Take it back; refused while there are fees (4.23)."""

    akc190: str = item("住院号", 30, min_length=1)
    alc011: str | None = item("认定书号", 30, default=None)


class CrossProvinceFeeLine(Part):
    """One fee item (4.24, node bs004)."""

    alc400: str = item("处方号", 20, min_length=1)
    alc401: Day = item("处方日期")
    akc229: str = item("处方执行天数", 10, min_length=1)
    ala002: str = item("收费项目编码", 20, min_length=1)
    ala020: str = item("收费项目名称", 100, min_length=1)
    ala012: str = item("工伤目录类别", 3, codes="injury.ala012", min_length=1)
    aka063: str | None = item("收费类别", 3, codes="injury.aka063", default=None)
    aka065: str | None = item("收费项目等级", 3, codes="injury.aka065", default=None)
    akc225: Exact = item("单价", (16, 6))
    akc226: Exact = item("数量", (16, 4))
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
    def _by_its_kind(self) -> CrossProvinceFeeLine:
        refuse(self, line_conditions(self, self.ala002, self.ala012 == DRUG, self.akc226))
        return self


class CrossProvinceFeeLines(Part):
    """The node around fee items."""

    bs004: list[CrossProvinceFeeLine] = item("费用明细", many=(0, MOST), default=[])


class CrossProvinceSaved(Ack):
    """How many items were stored (4.24)."""

    count: int | None = item("条数", ge=0, default=None)


class UploadCrossProvinceFees(
    Request[CrossProvinceSaved],
    code="sendBsMedInfo",
    title="异地就医医疗费上传",
    gateway=INJURY,
    undo="medInfoInvalidData",
    check="discharge",
):
    """Upload advices and fee items; repeating it doubles them (4.24)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
    advices: Advices | None = item("医嘱", default=None)
    bs004s: CrossProvinceFeeLines | None = item("费用明细", default=None)

    @model_validator(mode="after")
    def _something_to_upload(self) -> UploadCrossProvinceFees:
        refuse(self, nothing_to_upload(self.advices, self.bs004s.bs004 if self.bs004s else None, "bs004s"))
        return self


class VoidCrossProvinceFees(
    Request[Ack],
    code="medInfoInvalidData",
    title="异地就医医疗费上传撤销",
    gateway=INJURY,
    undo="sendBsMedInfo",
    check="discharge",
):
    """Delete everything that was uploaded (4.25)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
