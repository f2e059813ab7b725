"""What stands on the disbursement table: title, scope, rows by region, sums, capitals; equal to the database."""

import io
import re
import unicodedata
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from clearing.models import ClearingRow, Scope
from clearing.papers import KINDS, gather, gather_chosen, write
from clearing.papers.gathering import of_rows
from clearing.services import Refused
from portal.papers import capitals
from tests.cast import signed_in


def read(pdf: bytes) -> str:
    """The text without spaces and in plain forms, as a person would compare it."""
    pages = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return unicodedata.normalize("NFKC", re.sub(r"\s+", "", pages))


def plain(words: str) -> str:
    return unicodedata.normalize("NFKC", re.sub(r"\s+", "", words))


def paper_of(desk, scope=None):
    return gather("disbursement", scope or desk.scope, by=desk.alice)


def test_the_paper_of_a_year(desk, monkeypatch):
    """One year, applied for, is enough to ask all of this of its paper."""
    it_prints_nothing_before_the_application(desk.generate())
    desk.accept().verify().submit()
    with desk.tx():
        paper = paper_of(desk)
        text = read(write(paper, "pdf"))
        it_writes_the_same_figures_to_excel(desk, paper)
    it_prints_rows_sums_and_capitals(desk, text)
    it_adds_up_every_region(desk, paper)
    it_marks_rows_whose_difference_was_accepted(desk, paper, text)
    it_prints_rare_names_and_negative_sums(desk)
    it_prints_the_rows_ticked_in_the_admin(desk)
    it_makes_long_papers_in_the_worker(desk, monkeypatch)
    it_does_not_mix_years_on_one_paper(desk)


def it_prints_rows_sums_and_capitals(applied, text):
    rows = applied.rows()
    total = sum(row.disburse for row in rows)
    for words in (
        KINDS["disbursement"].heading,
        "2025 年度 城镇职工基本医疗保险 清算机构：本地",
        "演示医院甲（H14020000001）",
        "2025 年 1 月 1 日至 2025 年 12 月 31 日",
        applied.application().application_no,
        f"合计（{len(rows)} 条）",
        f"{total:,.2f}",
        capitals(total),
        "经办人：",
        "复核人：",
        "单位负责人：",
        "单位（盖章）：",
        "第 1 页 / 共",
        "测试环境数据，不作为拨付依据",
    ):
        assert plain(words) in text, words
    for row in rows:
        assert plain(row.provider_name) in text
        assert f"{row.disburse:,.2f}" in text


def it_adds_up_every_region(applied, paper):
    assert [group.code for group in paper.groups] == sorted({row.region for row in applied.rows()})
    for group in paper.groups:
        mine = [row for row in applied.rows() if row.region == group.code]
        assert group.totals.amounts["disburse"] == sum(row.disburse for row in mine)
        assert group.totals.visits == sum(row.visit_count for row in mine)
    assert [line.number for group in paper.groups for line in group.lines] == list(range(1, paper.totals.count + 1))
    assert paper.totals.amounts["disburse"] == Decimal(applied.truth()["applied_disburse_amt"])


def it_marks_rows_whose_difference_was_accepted(applied, paper, text):
    broken = applied.rows(finding_count__gt=0)
    assert paper.marked == len(broken)
    assert plain(f"带 * 的 {len(broken)} 条数据") in text
    assert plain(f"{broken[0].provider_name} *") in text


def it_writes_the_same_figures_to_excel(applied, paper):
    sheet = openpyxl.load_workbook(io.BytesIO(write(paper, "xlsx"))).active
    assert sheet is not None
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    rows = applied.rows()
    assert cells[0][0] == KINDS["disbursement"].heading
    assert cells[-1][0] == "合计"
    assert Decimal(str(cells[-1][-1])).quantize(Decimal("0.01")) == sum(row.disburse for row in rows)
    assert {line[2] for line in cells[-1 - len(rows) : -1]} == {row.provider_code for row in rows}
    assert capitals(sum(row.disburse for row in rows)) in str(cells)


def it_prints_nothing_before_the_application(desk):
    with desk.tx(), pytest.raises(Refused) as caught:
        paper_of(desk)
    assert "请先提交清算申请" in caught.value.sentence
    with desk.tx(), pytest.raises(Refused):
        paper_of(desk, Scope("production", 2025, "001", "003"))


def it_prints_rare_names_and_negative_sums(applied):
    with applied.tx():
        row = ClearingRow.objects.get(pk=applied.rows()[0].pk)
        row.provider_name, row.disburse = "䶮㛃𬱖诊所", Decimal("-1234.50")
        paper = of_rows("disbursement", [row], by=applied.alice)
        text = read(write(paper, "pdf"))
    assert "䶮㛃𬱖诊所" in text
    assert "-1,234.50" in text
    assert plain("负壹仟贰佰叁拾肆元伍角") in text


def it_prints_the_rows_ticked_in_the_admin(applied):
    reviewer = signed_in(applied.bob)
    rows = applied.rows()[:3]
    asked = {"action": "disbursement_pdf", "_selected_action": [str(row.pk) for row in rows]}
    answer = reviewer.post(reverse("admin:clearing_clearingrow_changelist"), asked)
    text = read(answer.content)
    assert plain("合计（3 条）") in text
    assert plain(capitals(sum(row.disburse for row in rows))) in text
    listed = reviewer.get(reverse("admin:clearing_clearingrow_changelist"), {"insurance": "001", "q": "村"})
    assert listed.status_code == 200
    assert reviewer.get(reverse("admin:clearing_application_changelist")).status_code == 200


def it_does_not_mix_years_on_one_paper(applied):
    with applied.tx():
        other = ClearingRow.objects.filter(pk=applied.rows()[0].pk)
        other.update(year=2024)
        with pytest.raises(Refused) as caught:
            gather_chosen("disbursement", ClearingRow.objects.all(), by=applied.alice)
    assert "同一年份" in caught.value.sentence


def it_makes_long_papers_in_the_worker(applied, monkeypatch):
    import clearing.api.papers
    import clearing.views.papers

    monkeypatch.setattr(clearing.views.papers, "AT_ONCE", 5)
    client = signed_in(applied.alice)
    scope = {"year": "2025", "insurance": "001", "agency": "003"}
    assert "在后台生成" in client.get(reverse("clearing:disbursement"), scope).content.decode()
    answer = client.post(reverse("clearing:disbursement-download"), {**scope, "format": "pdf"})
    assert answer.status_code == 302
    applied.work()
    page = client.get(answer["Location"]).content.decode()
    assert "核拨表_2025" in page
