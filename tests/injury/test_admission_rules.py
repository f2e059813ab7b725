"""What is refused before anything is sent, each with its field; and the path's sentences."""

from dataclasses import replace
from datetime import date

import pytest

from injury.messages.admission import AdmissionRecord
from injury.messages.cross_province import CrossProvinceAdmission
from injury.rules.admission import LENGTHS, Facts, admission_faults
from injury.rules.approval import day, filing_fault, treatment_fault
from injury.rules.identity import check_digit, gender_of, identity_fault
from injury.rules.path import Progress, Situation, guided_path, next_step, sheet_obstacle
from portal.gateway.messages import Part

TODAY = date(2026, 3, 20)
FIRST = "15010219800229001"
IDENTITY = FIRST + check_digit(FIRST)
OLD = Facts(
    flow="old",
    number="ZY2026-001",
    identity=IDENTITY,
    name="沐样例",
    gender="1",
    person_no="1001",
    employer_no="2002",
    injury_no="2012282",
    treatment_no="10361076",
    visit_kind="21",
    treatment="7",
    admitted_on=TODAY,
    injured_on=date(2025, 1, 2),
    covered_from=date(2026, 3, 1),
    covered_until=date(2026, 4, 1),
    proven=True,
    diseases="T14.900,S82.000x001",
    department="骨科",
    ward="三病区",
    bed="12",
    doctor="孙样例",
)
NEW = replace(OLD, flow="new", injury_no="", treatment_no="", proven=False, covered_from=None, covered_until=None)
CROSS = replace(OLD, flow="cross", treatment_no="", visit_kind="72", card="A12345678", gender="", person_no="")
#: The last digit is wrong; the day of birth does not exist; it lies ahead.
WRONG_CHECK = FIRST + ("1" if check_digit(FIRST) != "1" else "2")
NO_DAY = "150102198002300017"
AHEAD = "15010220270101001" + check_digit("15010220270101001")

REFUSED = [
    ("identity", replace(OLD, identity=WRONG_CHECK), "校验码"),
    ("identity", replace(OLD, identity=IDENTITY[:17]), "18 位"),
    ("identity", replace(OLD, identity=NO_DAY), "出生日期"),
    ("identity", replace(OLD, identity=AHEAD), "晚于今天"),
    ("identity", replace(OLD, identity=IDENTITY[:17].replace("1", "１", 1) + "X"), "数字"),
    ("gender", replace(OLD, gender="2"), "第 17 位"),
    ("name", replace(OLD, name="名" * 31), "最多 30"),
    ("name", replace(CROSS, name="名" * 26), "最多 25"),
    ("number", replace(OLD, number="Z" * 31), "最多 30"),
    ("number", replace(CROSS, number="Z" * 21), "最多 20"),
    ("number", replace(OLD, number="ZY/1"), "只能用"),
    ("admitted_on", replace(OLD, admitted_on=None), "请填写"),
    ("admitted_on", replace(OLD, admitted_on=date(2026, 3, 21)), "今天"),
    ("admitted_on", replace(OLD, injured_on=date(2026, 3, 21)), "工伤发生日期"),
    ("admitted_on", replace(OLD, covered_until=date(2026, 3, 19)), "有效期到"),
    ("admitted_on", replace(CROSS, covered_from=date(2026, 3, 21)), "备案"),
    ("ward", replace(OLD, ward=""), "住院必须"),
    ("bed", replace(CROSS, bed=""), "住院必须"),
    ("diseases", replace(OLD, diseases="骨折"), "ICD-10"),
    ("diseases", replace(OLD, diseases="T14.900,,"), "ICD-10"),
    ("diseases", replace(OLD, diseases="T14.900,T14.900"), "重复"),
    ("employer_no", replace(NEW, employer_no=""), "新发工伤"),
    ("injury_no", replace(NEW, injury_no="2012282"), "应为空"),
    ("treatment_no", replace(NEW, treatment_no="1"), "应为空"),
    ("injury_no", replace(OLD, injury_no="2012282,2012283"), "一项"),
    ("injury_no", replace(OLD, proven=False), "先查询"),
    ("treatment_no", replace(OLD, treatment_no=""), "请填写"),
    ("visit_kind", replace(OLD, visit_kind="72"), "医疗类别"),
    ("treatment", replace(OLD, treatment="5"), "4（康复）"),
    ("card", replace(CROSS, card=""), "社保卡"),
    ("self_pay_by", replace(OLD, self_pay_by="7"), "选项"),
    ("doctor", replace(OLD, doctor="医" * 21), "最多 20"),
]


@pytest.mark.parametrize(
    ("field", "facts", "words"), REFUSED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_wrong_is_refused_with_field_and_reason(field, facts, words):
    faults = admission_faults(facts, TODAY)
    assert [fault.field for fault in faults] == [field], faults
    assert words in faults[0].sentence


def test_a_right_admission_of_each_flow_and_an_outpatient_without_bed_passes():
    for facts in (OLD, NEW, CROSS, replace(OLD, visit_kind="11", ward="", bed="")):
        assert admission_faults(facts, TODAY) == []


def test_everything_is_told_at_once_in_the_forms_order():
    fields = [fault.field for fault in admission_faults(Facts(flow="new"), TODAY)]
    assert fields[:3] == ["number", "identity", "name"]
    assert {"employer_no", "person_no", "gender", "diseases", "department", "doctor"} <= set(fields)


def test_lengths_are_those_of_the_declarations():
    wire = {
        "number": ("akc190", "akc190"), "name": ("aac003", "aac003"), "person_no": ("aac001", ""),
        "employer_no": ("aab001", ""), "injury_no": ("alca02", "alc011"), "diseases": ("alc028", "alc028"),
        "diagnosis_code": ("", "akc192"), "diagnosis": ("", "akc193"), "department": ("", "akc201"),
        "ward": ("", "akc199"), "bed": ("", "akc200"), "doctor": ("ysbm", "ysbm"), "card": ("sbkid", "sbkid"),
    }  # fmt: skip
    for name, pair in wire.items():
        records: tuple[type[Part], ...] = (AdmissionRecord, CrossProvinceAdmission)
        for record, item, ours in zip(records, pair, LENGTHS[name], strict=True):
            if item:
                limits = [one.max_length for one in record.model_fields[item].metadata if hasattr(one, "max_length")]
                assert limits == [ours], (name, record.__name__)


def test_days_are_read_as_the_centre_writes_them():
    assert day("2026-03-20") == day("20260320") == day("2026-03-20 08:43:53") == TODAY
    assert day("") is None
    assert day("2026-13-01") is None


def test_which_treatment_and_which_filing_may_be_used():
    span = (date(2026, 3, 1), date(2026, 3, 20))
    assert treatment_fault("1", *span, TODAY) == ""
    assert "还没有审核" in treatment_fault("0", *span, TODAY)
    assert "单位已审批" in treatment_fault("5", *span, TODAY)
    assert "没有通过" in treatment_fault("2", *span, TODAY)
    assert "失效" in treatment_fault("1", *span, date(2026, 3, 21))
    assert filing_fault("1", "1", *span, TODAY) == ""
    assert "无效" in filing_fault("0", "1", *span, TODAY)
    assert "审核" in filing_fault("1", "2", *span, TODAY)


def test_gender_is_in_the_number():
    assert (gender_of(IDENTITY), identity_fault(IDENTITY, TODAY)) == ("1", "")


# --- the guided path


def steps(**facts):
    given = {"flow": "old", "state": "admitted", "is_asked": True, "has_treatment": True, **facts}
    return {step.key: step for step in guided_path(Situation(**given))}


def test_only_possible_steps_are_offered_and_the_others_say_why():
    path = steps(state="draft", draft_faults=3)
    assert path["register"].progress == Progress.NOW
    assert "3 处" in path["register"].reason
    assert path["fees"].reason == "登记入院之后才能办理"
    path = steps(waiting=5, gate="还有 5 条费用没有上传")
    assert [path[key].progress for key in ("fees", "approve", "discharge")] == ["now", "later", "later"]
    assert path["discharge"].reason == "还有 5 条费用没有上传"
    path = steps(uploaded=5, gate="上传后还没有核对中心金额，请先核对")
    assert [path[key].progress for key in ("fees", "approve", "discharge")] == ["done", "now", "later"]
    path = steps(uploaded=5)
    assert [path[key].progress for key in ("approve", "discharge", "sheet")] == ["done", "now", "now"]
    following = next_step(list(path.values()))
    assert following is not None
    assert following.key == "discharge"
    path = steps(state="discharged", uploaded=5)
    assert (path["sheet"].progress, "网页版" in path["claim"].reason) == ("now", True)


@pytest.mark.parametrize("state", ["draft", "registering", "admitted", "leaving", "discharged", "returning", "undone"])
@pytest.mark.parametrize("gate", ["", "还有 5 条费用没有上传"])
def test_the_path_offers_the_sheet_exactly_when_it_can_be_asked_for(state, gate):
    sheet = steps(state=state, gate=gate)["sheet"]
    assert (sheet.progress == Progress.NOW) is not bool(sheet_obstacle(state, gate))
    if not sheet.is_possible:
        assert sheet.reason == sheet_obstacle(state, gate)


def test_a_sheet_from_before_the_discharge_is_asked_for_again():
    assert "出院后再获取一次" in steps(uploaded=5)["sheet"].reason
    assert steps(state="discharged", has_sheet=True)["sheet"].progress == Progress.DONE


def test_who_was_registered_without_a_question_is_not_asked_about_any_more():
    assert steps(state="draft", is_asked=False)["ask"].progress == Progress.NOW
    assert steps(state="admitted", is_asked=False)["ask"].progress == Progress.DONE


def test_doubt_is_called_doubt_and_stops_what_follows():
    path = steps(state="registering", moving="入院登记：结果待确认", is_doubtful=True)
    assert (path["register"].progress, path["fees"].progress) == ("doubt", "later")
    path = steps(doubtful=2, gate="2 条费用的上传结果待确认，系统核实后才能继续")
    assert (path["fees"].progress, path["discharge"].progress) == ("doubt", "later")
    assert "不要重复" in path["fees"].reason


def test_a_new_injury_needs_no_treatment_and_leaves_paying_itself():
    path = steps(flow="new", has_treatment=False, is_asked=False, uploaded=3)
    assert "treatment" not in path
    assert "没有事故备案" in path["report"].reason
    assert "自费" in path["discharge"].reason
    assert "不需要审批编号" in path["discharge"].reason


def test_the_path_of_other_provinces_has_its_own_clauses():
    path = steps(flow="cross")
    assert [path[key].clause for key in ("treatment", "register", "fees", "discharge")] == [
        "4.21",
        "4.22",
        "4.24",
        "4.26",
    ]
