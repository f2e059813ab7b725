"""The settlement sheet is kept reading by reading, told to the fee items, shown and printed (4.16, 5.4)."""

import io
import subprocess
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from injury.messages import FetchDrugShare, FetchSheet
from injury.models import AdmissionState, DrugReading, FeeItem, FeeState, LineMatch, SettlementSheet, SheetLine, Source
from injury.papers import sheet as paper
from injury.services import enquire, set_limits
from injury.services.drug_share import drug_standings, limits_of, take_share
from injury.services.refusals import Refused
from injury.services.sheets import current_sheet, request_sheet, take_sheet
from portal.access.door import tenant_tx
from tests.cast import actions_of
from tests.injury.fees import IDENTITY, days_ago, make_admission

LINES = [
    {"alc403": "换药", "alc405": "12.5000", "alc406": "2", "alc407": "25.00", "alc408": "5.00", "marktype": "5"},
    {"alc403": "样例胶囊", "alc405": "10", "alc406": "3", "alc407": "30", "alc408": "30", "marktype": "1"},
    {"alc403": "药占比扣除", "alc405": "", "alc406": "", "alc407": "", "alc408": "7.00", "marktype": "9"},
]


def said(number="ZY0001", lines=LINES, **fields):
    """A sheet as the gateway writes it: every amount as text, empty where it has none."""
    full = {
        "akc190": number, "akb020name": "演示医院甲", "aac003": "钱样例", "aac002": IDENTITY, "aac004": "1",
        "alc022": "左小腿", "aab301name": "霍林郭勒市", "alc020": "2025-06-22 09:10:00", "aka130": "21", "akc191": "7",
        "akc192": str(days_ago(20)), "akc194": "", "alc028": "S82.1", "akc196": "", "alc407sum": "155.0",
        "alc408sum": "42.00", "jsdate": "2026-01-02 03:04:05", "jjin": "113.0", "aac001": "", "ylaccounts": "113.0000",
        "hsfbtje": "0.0000", "akc666": "2", "akc667": "0", "kc22dtos": {"kc22dto": lines}, **fields,
    }  # fmt: skip
    clean = [{name: value for name, value in line.items() if value != ""} for line in lines]
    return FetchSheet.reply().model_validate({"code": "0", "kc21dto": {**full, "kc22dtos": {"kc22dto": clean}}})


def an_item(admission, line_id, name, price, quantity, kind="1", state=FeeState.UPLOADED):
    money = Decimal(price) * Decimal(quantity)
    return FeeItem.objects.create(
        environment="test", admission=admission, line_id=line_id, prescription="CF1", prescribed_on=days_ago(5),
        own_code=line_id, own_name=name, common_name=name, kind=kind, centre_code="C1", centre_name=name, category="22",
        price=Decimal(price), quantity=Decimal(quantity), amount=money, source=Source.API, state=state,
    )  # fmt: skip


@pytest.fixture
def stay(hospital_a):
    """A discharged admission whose 155.00 yuan are proven to be at the centre."""
    with tenant_tx(hospital_a.pk):
        admission = make_admission(state=AdmissionState.DISCHARGED, discharged_on=days_ago(1))
        an_item(admission, "F1", "换药", "12.50", 2)
        an_item(admission, "F2", "样例胶囊", "10", 3, kind="0")
        an_item(admission, "F3", "固定术", "100", 1)
    return admission


def words_of(pdf, folder):
    """The text of a PDF without any blanks."""
    file = folder / "paper.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return "".join(told.stdout.split())


def take(admission, reply, by):
    question = enquire(FetchSheet, {"akc190": admission.number, "rolltype": "0"}, by=by, about=admission)
    question.answered_at = timezone.now()
    question.save()
    take_sheet(question, reply)
    return current_sheet(admission)


@pytest.fixture
def sheet(stay, hospital_a, alice_member):
    with tenant_tx(hospital_a.pk):
        return take(stay, said(), alice_member)


def test_every_line_is_laid_beside_its_item(sheet, stay, hospital_a, in_hospital_a):
    assert (sheet.total, sheet.self_paid, sheet.fund_paid, sheet.line_count) == (155, 42, 113, 3)
    assert (sheet.findings, sheet.unmatched, sheet.is_audited) == ([], 0, False)
    assert list(sheet.lines.values_list("match", "fee_item__line_id")) == [
        (LineMatch.ONE, "F1"),
        (LineMatch.ONE, "F2"),
        (LineMatch.CENTRE, None),
    ]
    told = dict(FeeItem.objects.values_list("line_id", "rejected"))
    assert told == {"F1": Decimal("5"), "F2": Decimal("30"), "F3": Decimal("0")}
    assert FeeItem.objects.get(line_id="F2").rejected_because == "1"
    assert "injury.sheet.taken" in actions_of(hospital_a.pk)


def test_a_later_reading_replaces_what_the_items_were_told(sheet, stay, alice_member, in_hospital_a):
    audited = said(lines=LINES[:1], alc408sum="5.00", jjin="150.0", akc667="1")
    newer = take(stay, audited, alice_member)
    assert (newer.is_audited, newer.line_count, newer.findings) == (True, 1, [])
    assert SettlementSheet.objects.filter(admission=stay).count() == 2
    assert not SettlementSheet.objects.get(pk=sheet.pk).is_current
    assert FeeItem.objects.get(line_id="F2").rejected == 0


def test_what_does_not_agree_is_named_and_kept_all_the_same(stay, alice_member, in_hospital_a):
    strange = {**LINES[0], "alc403": "别家的项目"}
    found = take(stay, said(lines=[strange], alc407sum="180.00"), alice_member)
    assert found.unmatched == 1
    assert found.lines.get().match == LineMatch.NONE
    text = "；".join(found.findings)
    assert "结算单医疗费总额 180.00 元，本院已上传 155.00 元，相差 25.00 元" in text
    assert "自付项目合计 5.00 元" in text
    assert "1 个自付项目在本院已上传的费用中没有对应的明细" in text


def test_it_is_not_asked_for_while_fees_are_unsettled(stay, alice_member, in_hospital_a):
    stay.state = AdmissionState.ADMITTED
    stay.save()
    an_item(stay, "F4", "还没传", "1", 1, state=FeeState.WAITING)
    with pytest.raises(Refused, match="还有 1 条费用没有上传"):
        request_sheet(stay, by=alice_member)
    draft = make_admission("ZY2", state=AdmissionState.DRAFT)
    with pytest.raises(Refused, match="登记入院后才有结算单"):
        request_sheet(draft, by=alice_member)


def test_two_clerks_ask_one_question(stay, alice_member, bob_member, in_hospital_a):
    assert request_sheet(stay, by=alice_member).pk == request_sheet(stay, by=bob_member).pk


@pytest.mark.parametrize("whole", [True, False])
def test_the_paper_has_every_field_of_the_specification(
    sheet, alice_member, dora_member, tmp_path, whole, in_hospital_a
):
    made = paper.gather(sheet, by=alice_member if whole else dora_member)
    flat = words_of(paper.as_pdf(made), tmp_path)
    for words in [
        "工伤保险医疗费结算单", "住院（门诊）号：ZY0001", "医院名称演示医院甲", "左小腿", "霍林郭勒市",
        "2025-06-2209:10:00",
        "医疗费发生金额155.00", "工伤基金应支付金额113.00", "自付金额42.00", "伙食补贴0.00", "结算金额113.00",
        "自付支付方式个人自付", "壹佰壹拾叁元", "自付项目明细（3项）", "1换药212.5025.005.00超价格服务标准",
        "2样例胶囊310.0030.0030.00目录外用药",
        "3药占比扣除———7.00不可报销", "经办人：", "打印日期：", "第1页/共1页", "社保机构尚未审核",
    ]:  # fmt: skip
        assert words in flat, words
    assert (IDENTITY in flat) is whole


def test_the_spreadsheet_has_the_same_items_as_numbers(sheet, alice_member, in_hospital_a):
    book = openpyxl.load_workbook(io.BytesIO(paper.as_xlsx(paper.gather(sheet, by=alice_member))))
    rows = [row for row in book.worksheets[0].iter_rows(values_only=True) if any(row)]
    items = [row for row in rows if isinstance(row[0], int)]
    assert [row[1] for row in items] == ["换药", "样例胶囊", "药占比扣除"]
    assert items[2][2:5] == ("—", "—", None)
    assert sum(Decimal(str(row[5])) for row in items) == Decimal("42.00")


def test_the_pages_show_print_and_export(sheet, stay, alice, hospital_a):
    page = alice.get(reverse("injury:sheet", args=[stay.pk])).content.decode()
    assert "超价格服务标准" in page
    assert "中心扣除项" in page
    answer = alice.post(reverse("injury:paper-sheet", args=[sheet.pk]), {"format": "pdf"})
    assert answer.content.startswith(b"%PDF")
    assert "injury.sheet.printed" in actions_of(hospital_a.pk)
    shown = alice.get(reverse("injury:sheet-preview", args=[sheet.pk]))
    assert shown["Content-Disposition"].startswith("inline")
    listed = alice.get(reverse("injury:rejected-list"))
    assert [row.name for row in listed.context["list"].page.rows] == ["样例胶囊", "药占比扣除", "换药"]
    assert listed.context["chart"].categories[0] == "目录外用药（1 项）"
    assert alice.get(reverse("injury:rejected-list"), {"match": "none"}).context["list"].totals.count == 0
    assert alice.get(reverse("injury:sheet-list")).context["list"].totals.count == 1


def test_another_hospital_finds_nothing(sheet, stay, charlie):
    for name, key in [("sheet", stay.pk), ("sheet-preview", sheet.pk)]:
        assert charlie.get(reverse(f"injury:{name}", args=[key])).status_code == 404
    assert charlie.post(reverse("injury:paper-sheet", args=[sheet.pk])).status_code == 404


def test_the_share_of_drugs_warns(hospital_a, alice, bob, alice_member):
    address = reverse("injury:drug-ratio")
    with tenant_tx(hospital_a.pk):
        admission = make_admission("KF1", treatment="4")
        an_item(admission, "F1", "康复训练", "73", 1)
        an_item(admission, "F2", "样例胶囊", "27", 1, kind="0", state=FeeState.WAITING)
        assert drug_standings([admission], limits_of("test"))[admission.pk].level == "unset"
    assert bob.post(address, {"warn_at": "35", "limit": "30"}).status_code == 400
    assert bob.post(address, {"warn_at": "25", "limit": "30"}).status_code == 302
    assert "接近上限" in alice.get(address).content.decode()
    assert alice.post(address, {"warn_at": "1", "limit": "99"}).status_code == 400
    with tenant_tx(hospital_a.pk):
        standing = drug_standings([admission], limits_of("test"))[admission.pk]
        assert (standing.share, standing.level, standing.left) == (Decimal("27.00"), "warn", Decimal("4.29"))
        question = enquire(FetchDrugShare, {"akc190": "KF1"}, by=alice_member, about=admission)
        question.answered_at = timezone.now()
        told = {"code": 0, "alc407sum": "73", "alc407med": "0", "alc407per": "0.00%"}
        take_share(question, FetchDrugShare.reply().model_validate(told))
        assert DrugReading.objects.get(admission=admission).share == 0


@pytest.mark.parametrize(
    ("limit", "warn", "field"),
    [("0", "0", "limit"), ("101", "1", "limit"), ("30.001", "1", "limit"), ("30", "31", "warn_at")],
)
def test_limits_that_make_no_sense_are_refused(in_hospital_a, bob_member, limit, warn, field):
    with pytest.raises(Refused) as refused:
        set_limits(Decimal(limit), Decimal(warn), environment="test", by=bob_member)
    assert refused.value.field == field


def test_the_application_for_treatment_is_printed_or_refused_with_its_fields(alice, tmp_path):
    address = reverse("injury:paper-treatment")
    wrong = {"name": "钱样例", "identity": "990000199001011235", "begins": "2026-02-02", "ends": "2026-02-01"}
    refused = alice.post(address, wrong)
    assert refused.status_code == 400
    assert "结束时间不能早于开始时间" in refused.content.decode()
    assert wrong["identity"] in refused.content.decode()
    fine = {"name": "钱样例", "identity": good_identity(), "kind": "3", "way": "2", "opinion": "骨折术后\n功能锻炼"}
    text = words_of(alice.post(address, fine).content, tmp_path)
    for words in ["工伤职工继续治疗申请表", "姓名钱样例", "康复治疗", "功能锻炼", "单位（盖章）", "第1页/共1页"]:
        assert words in text, words


def good_identity():
    """An invented number of a region that was never issued, with its right check digit."""
    stem = "99000019900101123"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True))
    return stem + "10X98765432"[total % 11]


def test_lines_stay_with_their_hospital(sheet, hospital_b):
    with tenant_tx(hospital_b.pk):
        assert not SheetLine.objects.exists()
