"""Admission and taking it back (4.8, 4.9)."""

from __future__ import annotations

from pydantic import model_validator

from injury.messages.conditions import needed, not_here, refuse, wrong
from injury.messages.gateway import INJURY, Ack, Day, YesNo
from portal.gateway.messages import Part, Request, item

#: Inpatient treatment in the code list AKA130.
INPATIENT = "21"


class AdmissionRecord(Part):
    """Who is admitted, why and where (4.8, node kc21)."""

    aab001: str = item("单位编号", 30, min_length=1)
    aac001: str = item("个人编号", 30, min_length=1)
    aac002: str = item("身份证号", 18, secret=True, min_length=1)
    aac003: str = item("姓名", 30, secret=True, min_length=1)
    aac004: str = item("性别", 3, codes="injury.aac004", min_length=1)
    aka130: str = item("医疗类别", 3, codes="injury.aka130", min_length=1)
    akc191: str = item("治疗类别", 255, codes="injury.akc191", min_length=1)
    akc190: str = item("住院号/门诊号", 30, min_length=1)
    akc192: Day = item("入院日期")
    alc028: str = item("病种编码", 200, min_length=1)
    alca02: str | None = item("认定书号", 30, default=None)
    aae073: str | None = item("继续治疗申请编号", 20, default=None)
    alk023: str = item("科室", 30, min_length=1)
    akc199: str | None = item("病房", 30, default=None)
    alk024: str | None = item("床位号", 30, default=None)
    ysbm: str = item("主治医师", 20, min_length=1)
    sbkid: str | None = item("社保卡卡号", 20, secret=True, default=None)
    akc666: str | None = item("自付部分支付方式", 3, codes="injury.akc666", default=None)
    bz: str | None = item("备注", 200, default=None)

    @model_validator(mode="after")
    def _inpatients_lie_somewhere(self) -> AdmissionRecord:
        conditions = [*needed(self, ("akc199", "alk024"), "住院时")] if self.aka130 == INPATIENT else []
        if "，" in self.alc028:
            conditions.append(wrong("alc028", "多个病种编码之间用半角逗号分隔"))
        refuse(self, conditions)
        return self


class Register(Request[Ack], code="register", title="入院登记", gateway=INJURY, undo="regundo", check="getPerDetail"):
    """Admit an injured worker; exactly one injury is named (4.8)."""

    isnewinjure: YesNo = item("是否新发工伤")
    kc21: AdmissionRecord = item("入院信息")

    @model_validator(mode="after")
    def _one_injury(self) -> Register:
        names = ("alca02", "aae073")
        if self.isnewinjure == "1":
            refuse(self, not_here(self.kc21, names, "新发工伤时", ("kc21",)))
        else:
            refuse(self, needed(self.kc21, names, "老工伤", ("kc21",)))
        return self


class UndoRegistration(
    Request[Ack], code="regundo", title="撤销入院登记", gateway=INJURY, undo="register", check="getPerDetail"
):
    """Take an admission back before discharge; fees and advices go with it (4.9)."""

    akc190: str = item("住院号", 30, min_length=1)
    alca02: str | None = item("认定书号", 30, default=None)
