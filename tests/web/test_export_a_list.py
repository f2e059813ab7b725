"""Excel holds exactly what is shown: same columns, same rows, same order, all pages."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.access.door import tenant_tx
from portal.audit.models import Event
from portal.jobs.models import Job
from portal.web.tables import export

pytestmark = pytest.mark.usefixtures("with_list", "jobs")


def sheet_of(response):
    assert response.status_code == 200
    return load_workbook(BytesIO(response.content)).worksheets[0]


def rows_of(sheet):
    values = list(sheet.iter_rows(values_only=True))
    head = next(number for number, row in enumerate(values) if row[0] == "业务主键")
    return values[head], values[head + 1 : -1], values[-1]


def test_it_holds_what_is_shown(alice):
    query = "search=K000&sort=title&columns=key&columns=title&columns=done&columns=share"
    head, rows, total = rows_of(sheet_of(alice.get(f"/jobs-list/?{query}&export=xlsx")))
    assert [label for label in head if label] == ["业务主键", "事项", "已处理", "金额（元）"]
    assert len(rows) == 25
    titles = [row[1] for row in rows]
    shown = alice.get(f"/jobs-list/?{query}").content.decode()
    assert all(title in shown for title in titles[:10])
    assert total[2] == sum(range(25)) * 1000


def test_it_types_numbers_as_numbers_and_serials_as_text(alice):
    sheet = sheet_of(alice.get("/jobs-list/?export=xlsx"))
    row = next(row for row in sheet.iter_rows() if row[0].value == "K00010")
    assert row[0].data_type == "s"
    assert (row[2].data_type, row[2].value) == ("n", 10_000)
    assert row[4].number_format == "#,##0.00"
    assert row[6].is_date


def test_it_says_institution_and_filter(alice):
    sheet = sheet_of(alice.get("/jobs-list/?state=done&search=K&export=xlsx"))
    about = "".join(str(row[0].value) for row in sheet.iter_rows(max_row=4))
    assert "演示医院甲" in about
    assert "快速查找＝K；状态＝已完成" in about
    assert sheet.freeze_panes == "A6"


def test_it_is_recorded(alice, hospital_a):
    alice.get("/jobs-list/?export=xlsx")
    with tenant_tx(hospital_a.pk):
        sentence = Event.objects.filter(action="web.list.exported").latest("seq").sentence
    assert sentence == "导出“试验列表” 25 行（条件：全部）"


def test_it_becomes_a_job_when_the_list_is_long(alice, hospital_a, monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 20)
    response = alice.get("/jobs-list/?search=件&export=xlsx")
    assert response.status_code == 302
    assert "export" not in response["Location"]
    with tenant_tx(hospital_a.pk):
        job = Job.objects.get(kind="web.export")
    assert job.params == {"list": "tests.jobs", "query": "search=%E4%BB%B6&export=xlsx"}
