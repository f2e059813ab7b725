"""What must be right before an admission is sent to the centre (4.8, 4.22): every fault at once, with its field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from injury.rules.approval import not_covering
from injury.rules.identity import birth_of, gender_fault, identity_fault

OLD, NEW, CROSS = "old", "new", "cross"
INPATIENT = {"21", "72"}
VISIT_KINDS = {OLD: ("11", "21"), NEW: ("11", "21"), CROSS: ("71", "72")}
TREATMENTS = ("4", "7")
PAYERS = ("0", "1", "2")
#: ICD-10 with the extensions of the national version: T14.900, S72.000x001, M80.900.
DISEASE = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Za-z+*]{1,8})?")
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
SEPARATORS = re.compile(r"[,，、;；\s]")

#: Greatest numbers of characters: (here, of another province). The declarations of 4.8 and 4.22 say the same where
#: they say anything; a contract test compares them.
LENGTHS: dict[str, tuple[int, int]] = {
    "number": (30, 20),
    "name": (30, 25),
    "person_no": (30, 30),
    "employer_no": (30, 30),
    "injury_no": (30, 50),
    "treatment_no": (20, 20),
    "diseases": (200, 200),
    "diagnosis_code": (30, 30),
    "diagnosis": (200, 200),
    "department": (30, 30),
    "ward": (30, 30),
    "bed": (30, 30),
    "doctor": (20, 20),
    "card": (20, 20),
    "remark": (200, 200),
}
LABELS = {
    "number": "住院号/门诊号",
    "identity": "身份证号",
    "name": "姓名",
    "gender": "性别",
    "person_no": "个人编号",
    "employer_no": "单位编号",
    "injury_no": "认定书号",
    "treatment_no": "继续治疗申请编号",
    "visit_kind": "医疗类别",
    "treatment": "治疗类别",
    "admitted_on": "入院日期",
    "diseases": "病种编码",
    "diagnosis_code": "入院诊断编码",
    "diagnosis": "入院诊断说明",
    "department": "科室",
    "ward": "病房",
    "bed": "床位号",
    "doctor": "主治医师",
    "card": "社保卡卡号",
    "self_pay_by": "自付部分支付方式",
    "remark": "备注",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An admission as it was entered; empty text and None where nothing was."""

    flow: str
    number: str = ""
    identity: str = ""
    name: str = ""
    gender: str = ""
    person_no: str = ""
    employer_no: str = ""
    injury_no: str = ""
    treatment_no: str = ""
    visit_kind: str = ""
    treatment: str = ""
    admitted_on: date | None = None
    injured_on: date | None = None
    covered_from: date | None = None
    covered_until: date | None = None
    #: Whether person, injury and treatment or filing come from the centre's own answer.
    proven: bool = False
    diseases: str = ""
    diagnosis_code: str = ""
    diagnosis: str = ""
    department: str = ""
    ward: str = ""
    bed: str = ""
    doctor: str = ""
    card: str = ""
    self_pay_by: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class AdmissionFault:
    """One thing wrong: the field, and a sentence that begins with its label."""

    field: str
    sentence: str


def admission_faults(facts: Facts, today: date) -> list[AdmissionFault]:
    """Everything that stands against registering this admission, in the order of the form."""
    found = [
        *_missing(facts),
        *_too_long(facts),
        *_person(facts, today),
        *_injury(facts),
        *_visit(facts),
        *_days(facts, today),
    ]
    order = list(LABELS)
    return sorted(found, key=lambda fault: order.index(fault.field))


def _fault(field: str, words: str) -> AdmissionFault:
    return AdmissionFault(field, f"{LABELS[field]}：{words}")


def needed(flow: str, visit_kind: str = "") -> list[str]:
    """The fields that registering asks for in this flow (4.8, 4.22); an identity number always, besides."""
    found = ["number", "name", "visit_kind", "treatment", "admitted_on", "diseases", "department", "doctor"]
    found += ["injury_no", "card"] if flow == CROSS else ["gender", "person_no", "employer_no"]
    found += ["injury_no", "treatment_no"] if flow == OLD else []
    return found + (["ward", "bed"] if visit_kind in INPATIENT else [])


def _missing(facts: Facts) -> Iterator[AdmissionFault]:
    reasons = {
        "employer_no": "新发工伤必须填写" if facts.flow == NEW else "请填写",
        "ward": "住院必须填写",
        "bed": "住院必须填写",
        "card": "异地就医必须读取社保卡",
    }
    return (
        _fault(field, reasons.get(field, "请填写"))
        for field in needed(facts.flow, facts.visit_kind)
        if not getattr(facts, field)
    )


def _too_long(facts: Facts) -> Iterator[AdmissionFault]:
    for field, (here, elsewhere) in LENGTHS.items():
        most, length = elsewhere if facts.flow == CROSS else here, len(getattr(facts, field))
        if length > most:
            yield _fault(field, f"最多 {most} 个字符，现在是 {length} 个")


def _person(facts: Facts, today: date) -> Iterator[AdmissionFault]:
    if wrong := identity_fault(facts.identity, today):
        yield _fault("identity", wrong)
    elif wrong := gender_fault(facts.identity, facts.gender):
        yield _fault("gender", wrong)
    if facts.name and re.search(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069]", facts.name):
        yield _fault("name", "含有看不见的控制字符")


def _injury(facts: Facts) -> Iterator[AdmissionFault]:
    if facts.flow == NEW:
        for field in ("injury_no", "treatment_no"):
            if getattr(facts, field):
                yield _fault(field, "新发工伤应为空")
        return
    if facts.flow == CROSS and facts.treatment_no:
        yield _fault("treatment_no", "异地就医应为空")
    if SEPARATORS.search(facts.injury_no):
        yield _fault("injury_no", "只能填一项工伤，请从多项中选择一项")
    if SEPARATORS.search(facts.treatment_no):
        yield _fault("treatment_no", "只能选一份申请")
    if not facts.proven:
        what = "备案" if facts.flow == CROSS else "继续治疗申请"
        yield _fault("injury_no", f"请先查询工伤人员，从答复中选定工伤和{what}")


def _visit(facts: Facts) -> Iterator[AdmissionFault]:
    if facts.number and not NUMBER.fullmatch(facts.number):
        yield _fault("number", "只能用字母、数字、“-”和“_”")
    if facts.visit_kind and facts.visit_kind not in VISIT_KINDS[facts.flow]:
        yield _fault("visit_kind", "不是这类业务的医疗类别")
    if facts.treatment and facts.treatment not in TREATMENTS:
        yield _fault("treatment", "应为 4（康复）或 7（治疗）")
    if facts.self_pay_by and facts.self_pay_by not in PAYERS:
        yield _fault("self_pay_by", "没有这个选项")
    codes = facts.diseases.split(",") if facts.diseases else []
    wrong = [code for code in codes if not DISEASE.fullmatch(code)]
    if wrong:
        shown = "、".join(code[:20] or "（空）" for code in wrong[:3])
        yield _fault("diseases", f"{shown} 不是 ICD-10 编码（如 T14.900），多个之间用半角逗号分隔")
    elif len(set(codes)) != len(codes):
        yield _fault("diseases", "有重复的编码")
    if facts.diagnosis_code and not DISEASE.fullmatch(facts.diagnosis_code):
        yield _fault("diagnosis_code", "不是 ICD-10 编码（如 T14.900）")


def _days(facts: Facts, today: date) -> Iterator[AdmissionFault]:
    on = facts.admitted_on
    if on is None:
        return
    if on > today:
        yield _fault("admitted_on", f"不能晚于今天（{today}）")
    if facts.injured_on and on < facts.injured_on:
        yield _fault("admitted_on", f"不能早于工伤发生日期 {facts.injured_on}")
    born = None if identity_fault(facts.identity, today) else birth_of(facts.identity)
    if born and on < born:
        yield _fault("admitted_on", "早于身份证号中的出生日期")
    what = {OLD: "继续治疗申请", CROSS: "备案"}.get(facts.flow, "")
    if what and (wrong := not_covering(what, facts.covered_from, facts.covered_until, on)):
        yield _fault("admitted_on", wrong)
