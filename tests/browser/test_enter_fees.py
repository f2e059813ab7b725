"""Fees in Chromium: typed, wrong, corrected, given back, imported; lists and sums, examined by axe."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from injury.models import FeeItem, Source
from injury.rules.fee_fields import LABELS
from injury.services.fee_arrival import take_fees
from portal.access.door import tenant_tx
from tests.injury.fees import a_drug, a_line, a_refund, an_advice, make_admission

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stay(hospital_a, alice_member):
    """Thirty lines, one refund, three that are held, two advices."""
    with tenant_tx(hospital_a.pk):
        admission = make_admission()
        lines = [a_line(f"F{number:04}", own_code=f"ZL{number % 5:04}") for number in range(30)]
        lines += [a_refund("R0001", own_code="ZL0001"), a_drug("D0001"), a_drug("D0002", trace_codes="")]
        lines += [a_line("F0100", is_unrelated="1", own_name="糖尿病用药指导"), a_drug("D0003", dosage_form="")]
        take_fees(
            admission, lines, by=alice_member, source=Source.API, advices=[an_advice(), an_advice("YZ0002", kind="2")]
        )
        return admission


def a_file(tmp_path: Path) -> str:
    book = Workbook()
    rows = [
        a_line("X0001"),
        a_line("X0002", amount="25.03"),
        a_drug("X0003", trace_codes="8348，0110"),
        a_line("F0001"),
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    book.worksheets[0].append([LABELS[name] for name in names])
    for row in rows:
        book.worksheets[0].append([row.get(name, "") for name in names])
    content = BytesIO()
    book.save(content)
    (tmp_path / "费用.xlsx").write_bytes(content.getvalue())
    return str(tmp_path / "费用.xlsx")


def test_a_clerk_looks_at_fees_and_enters_more(stay, person, tmp_path):
    clerk = person("alice")
    page = clerk.go(f"/injury/fees/?admission={stay.pk}")
    expect(page.get_by_text("条费用没有上传")).to_be_visible()
    clerk.examine("fees-list")
    page.get_by_role("link", name="暂不能上传", exact=True).last.click()
    expect(page.get_by_text("81038")).to_be_visible()
    clerk.examine("fees-held")
    page.get_by_role("link", name="D0002").click()
    clerk.examine("fees-detail")
    page.get_by_role("link", name="更正").click()
    page.get_by_label("药品追溯码").fill("8348 0110")
    page.get_by_role("button", name="保存更正").click()
    expect(page.get_by_text("不能有空格")).to_be_visible()
    clerk.examine("fees-correct")
    page.get_by_label("药品追溯码").fill("83480110000000000007")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已更正，待上传")).to_be_visible()
    page.get_by_role("link", name="退费").click()
    expect(page.get_by_role("textbox", name="数量", exact=True)).to_have_value("-2")
    page.get_by_role("button", name="增加一行").click()
    expect(page.get_by_role("heading", name="第 2 行")).to_be_visible()
    page.get_by_role("button", name="保存 2 行").click()
    expect(page.get_by_text("没有保存任何一行")).to_be_visible()
    clerk.examine("fees-new")
    page.get_by_role("button", name="去掉这一行").last.click()
    page.get_by_role("button", name="保存 1 行").click()
    expect(page.get_by_text("已保存 1 条费用，合计 -25.00 元")).to_be_visible()
    clerk.go(f"/injury/fees/totals/?admission={stay.pk}")
    clerk.examine("fees-totals")
    clerk.go(f"/injury/fees/import/?admission={stay.pk}")
    clerk.examine("fees-import")
    page.set_input_files("input[type=file]", a_file(tmp_path))
    page.get_by_role("button", name="读取并预览").click()
    expect(page.get_by_text("第 1 个不是追溯码")).to_be_hidden()
    expect(page.get_by_role("heading", name="问题（2 处）")).to_be_visible()
    clerk.examine("fees-preview")
    page.get_by_role("button", name="只导入没有问题的 1 行").click()
    expect(page.get_by_text("已导入费用 1 条")).to_be_visible()
    clerk.go(f"/injury/advices/?admission={stay.pk}")
    clerk.examine("advices")
    page.get_by_role("link", name="录入医嘱").click()
    page.get_by_role("button", name="保存医嘱").click()
    expect(page.get_by_text("必填（81016）")).to_be_visible()
    clerk.examine("advice-new")
    clerk.go("/injury/fees/new/")
    clerk.examine("fees-which")
    with tenant_tx(stay.institution_pk):
        assert FeeItem.objects.filter(amount__lt=0).count() == 2
