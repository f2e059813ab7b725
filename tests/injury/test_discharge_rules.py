"""When a stay may be discharged, what records must say, and what a file must be: no database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from injury.messages.records import FrontPage
from injury.models import Node
from injury.rules.discharge import Facts, Kept, hints, obstacles, stay
from injury.rules.files import MATERIAL_TYPES, MOST, ending_of, file_fault, kind_of, number_fault, too_large
from injury.rules.records import ESSENTIAL, LASTING, fields_of, groups_of, record_faults, typed, undeclared

PDF = b"%PDF-1.4\n" + b"0" * 40 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
COMPLETE: dict[str, Kept] = {node: Kept(1, 0) for node in (Node.ADMISSION_NOTE, Node.DISCHARGE_NOTE, Node.FRONT_PAGE)}
GOOD = Facts(
    flow="old",
    is_inpatient=True,
    treatment="7",
    admitted_on=date(2026, 3, 1),
    today=date(2026, 3, 20),
    state="",
    gate="",
    fee_count=3,
    fee_total=Decimal("100.1250"),
    last_prescribed_on=date(2026, 3, 9),
    categories=frozenset({"11"}),
    discharged_on=date(2026, 3, 10),
    reason="1",
    diagnosis_code="S82.200,T14.900",
    diagnosis="",
    days=9,
    records=COMPLETE,
    files=(("01", Decimal("60.13"), 10), ("01", Decimal("40.00"), 10)),
)


def words(**changes):
    return [one.sentence for one in obstacles(replace(GOOD, **changes))]


def test_nothing_is_in_the_way_of_a_complete_draft():
    assert obstacles(GOOD) == []
    assert stay(GOOD.admitted_on, date(2026, 3, 10)) == 9


@pytest.mark.parametrize(
    ("changes", "where", "said"),
    [
        ({"state": "这次就诊已出院"}, "state", "已出院"),
        ({"gate": "还有 2 条费用没有上传"}, "fees", "2 条"),
        ({"fee_count": 0}, "fees", "110020"),
        ({"discharged_on": None}, "head", "请填写出院日期"),
        ({"discharged_on": date(2026, 2, 28)}, "head", "110017"),
        ({"discharged_on": date(2026, 3, 21), "days": 9}, "head", "晚于今天"),
        ({"discharged_on": date(2026, 3, 8), "days": 7}, "head", "110016"),
        ({"days": None}, "head", "请填写住院天数"),
        ({"days": -1}, "head", "110018"),
        ({"days": 11}, "head", "110019"),
        ({"reason": ""}, "head", "请选择出院原因"),
        ({"reason": "7"}, "head", "110015"),
        ({"diagnosis_code": ""}, "head", "出院诊断疾病编码"),
        ({"diagnosis_code": "左腿骨折"}, "head", "ICD-10"),
        ({"flow": "cross"}, "head", "出院诊断说明"),
        ({"records": {}}, Node.ADMISSION_NOTE, "缺少入院记录"),
        ({"records": COMPLETE | {Node.FRONT_PAGE: Kept(1, 4)}}, Node.FRONT_PAGE, "4 处须补正"),
        ({"categories": frozenset({"10"})}, Node.OPERATION, "手术费"),
        ({"categories": frozenset({"57"})}, Node.ULTRASOUND, "彩超费"),
        ({"categories": frozenset({"23"})}, Node.XRAY, "X光报告单或CT报告单或核磁报告单"),
        ({"files": (("01", Decimal("100.12"), 10),)}, "invoices", "110025"),
        ({"files": (("01", Decimal("100.13"), 16 * 1024 * 1024),)}, "invoices", "最多 15 MB"),
        ({"files": (*GOOD.files, ("02", Decimal(0), 10))}, "invoices", "省内出院只能附发票"),
    ],
)
def test_each_obstacle_is_named_with_its_place(changes, where, said):
    found = obstacles(replace(GOOD, **changes))
    assert any(one.where == where and said in one.sentence for one in found), found


def test_all_obstacles_are_told_at_once():
    found = words(discharged_on=None, reason="", records={}, files=(("01", Decimal(1), 1),), gate="费用正在上传")
    assert len(found) == 7


def test_a_report_that_would_do_instead_is_enough():
    records = COMPLETE | {Node.CT: Kept(1, 0)}
    assert words(categories=frozenset({"23"}), records=records) == []


def test_outpatients_need_no_records_but_what_is_there_must_be_right():
    assert words(is_inpatient=False, records={}, categories=frozenset({"10"})) == []
    assert words(is_inpatient=False, records={Node.CT: Kept(1, 2)}) == ["CT报告单有 2 处须补正"]


def test_invoices_may_follow_later_and_a_plan_is_asked_for():
    assert words(files=()) == []
    told = hints(replace(GOOD, flow="new", treatment="4"), [])
    assert [("自费出院" in told[0]), ("没有附发票" in told[1]), ("康复方案" in told[2])] == [True] * 3
    assert hints(replace(GOOD, treatment="4"), ["01", "02"]) == []


# --- records


def test_the_pages_show_every_declared_item():
    assert [len(fields_of(node)) for node in Node.values] == [13, 10, 9, len(FrontPage.model_fields), 7, 7, 7, 8]
    shown = [field.name for _, fields in groups_of(Node.FRONT_PAGE) for field in fields]
    assert shown == list(FrontPage.model_fields)
    for node, names in (*ESSENTIAL.items(), *((node, set(names)) for node, names in LASTING.items())):
        assert names <= {field.name for field in fields_of(node)}, node


def test_an_entry_tells_all_its_faults_at_once():
    found = dict(record_faults(Node.ADMISSION_NOTE, {"aac004": "9", "aac006": "2026-02-30", "blz060": "长" * 2001}))
    assert found == {
        "aac004": "不在代码表“性别”中",
        "aac006": "应为日期，如 2025-01-31",
        "blz060": "最多 2000 个字符",
        **dict.fromkeys(("blz061", "blz066", "blz068"), "必填"),
    }


def test_a_draft_takes_what_was_typed_and_drops_what_is_empty():
    assert typed(Node.CT, {"kcc001": " 左小腿\r\n", "kcc002": "  ", "other": "x"}) == {"kcc001": "左小腿"}
    assert undeclared(Node.CT, {"kcc001": "", "kcx001": ""}) == ["kcx001"]
    with pytest.raises(ValueError, match="检查部位"):
        typed(Node.CT, {"kcc001": 5})


# --- files


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", PNG, "内容却是 PNG 文件"),
        ("a.png", PDF, "只能是 pdf"),
        ("a.pdf", b"<html>", "不能识别的内容"),
        ("a.pdf", PDF[:-8], "没有结尾"),
        ("a.pdf", b"", "空的"),
        ("a.pdf", PDF + b"0" * MOST, "最大 10 MB"),
        ("a", PDF, "只能是 pdf"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name, content, said):
    assert said in file_fault(name, content, ("pdf",))


def test_a_file_is_judged_by_its_bytes():
    assert file_fault("发票.PDF", PDF, ("pdf",)) == ""
    assert ending_of("扫描.JPEG") == "jpg"
    for name, content in {
        "a.png": PNG,
        "a.jpeg": b"\xff\xd8\xff\xe0" + b"0" * 20,
        "a.gif": b"GIF89a" + b"0" * 20,
        "a.bmp": b"BM\x3a\0\0\0\0\0\0\0" + b"0" * 40,
        "a.img": PNG,
    }.items():
        assert file_fault(name, content, MATERIAL_TYPES) == "", name
    assert file_fault("a.img", PDF, MATERIAL_TYPES)
    assert kind_of(b"BM") == ""
    assert "50.0 MB" in too_large(50 * 1024 * 1024)


def test_a_number_is_letters_and_digits():
    assert number_fault("044001900111-123") == ""
    assert all(number_fault(one) for one in ("", "发票1", "1" * 51, "a b", "-1"))
