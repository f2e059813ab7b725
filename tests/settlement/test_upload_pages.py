"""Collected records on pages, in files and over REST."""

from __future__ import annotations

import io
import json
import re
import uuid
from typing import Any

import pytest
from openpyxl import load_workbook

from settlement.models import OwnItem, Settlement, UploadFile, UploadRecord, UploadState
from tests.settlement.outpatients import Clinic
from tests.settlement.upload_desk import UploadDesk, department, order, record_of


@pytest.fixture
def uploads(settling):
    return UploadDesk(settling)


@pytest.fixture
def api_post(alice):
    """POST as a program would, and read the answer."""

    def post(path, body, status=201):
        answer = alice.post(
            f"/api/v1/settlement/{path}",
            json.dumps(body, default=str),
            content_type="application/json",
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    return post


def test_hospital_systems_deliver_by_the_thousand_and_read_what_became_of_it(uploads, api_post):
    records = [order(f"ZY{place // 10}", str(place)) for place in range(60)]
    records[7]["drord_isu_no"] = "2026-13-01"
    api_post("records/4402", {"records": records, "atomic": True}, status=422)
    told = api_post("records/4402", {"records": records}, status=207)
    assert told["counts"] == {"new": 60, "wrong": 1}
    assert [one["state"] for one in told["rows"]] == [*["new"] * 7, "blocked", *["new"] * 52]
    assert [one["pointer"] for one in told["rows"][7]["errors"]] == ["/records/7/drord_isu_no"]
    assert api_post("records/4402", {"records": records}, status=207)["counts"] == {"same": 60, "wrong": 1}
    assert api_post("records/9999", {"records": [{}]}, status=422)["errors"][0]["pointer"] == "/number"
    assert api_post("records/4402", {"records": [1]}, status=422)["errors"][0]["pointer"] == "/records/0"
    run = api_post("records/4402/runs", {}, status=202)
    assert (run["number"], run["total"]) == ("4402", 59)


def test_a_clerk_types_mends_and_reads_a_record(uploads, alice, carol):
    """What is typed is kept though it is wrong; faults stand beside their fields; secrets never come back in clear."""
    page = alice.get("/settlement/uploads/4505/new/").content.decode()
    assert "病理号" in page
    given = record_of("4505", mdtrt_sn="ZY9", palg_no="P1", cma_date="昨天")["data"]
    sent = {f"f:data.{name}": str(value) for name, value in given.items()} | {"act": "save"}
    answer = alice.post("/settlement/uploads/4505/new/", sent)
    row = uploads.row("4505")
    assert (row.state, row.faults[0][0]) == (UploadState.BLOCKED, "data.cma_date")
    assert "格式不符合接口规定" in alice.get(answer["Location"]).content.decode()
    edit = f"{answer['Location']}edit/"
    assert 'id="f-data-cma_date-error"' in alice.get(edit).content.decode()
    assert carol.get(edit).status_code == 403
    answer = alice.post(edit, sent | {"f:data.cma_date": "2026-01-05"})
    assert uploads.row("4505").state == UploadState.WAITING
    assert "待上传" in alice.get("/settlement/uploads/").content.decode()
    alice.post("/settlement/uploads/4505/start/")
    uploads.desk.run_jobs()
    assert uploads.states("4505") == [UploadState.SENT]
    assert "办理记录和报文" in alice.get(answer["Location"]).content.decode()


def test_a_secret_of_a_record_stays_hidden_and_is_kept(uploads, alice):
    uploads.take("4201", record_of("4201", mdtrt_sn="MZ1", certno="510101199001011234", psn_name="样甲", cnt="x"))
    row = uploads.row("4201")
    edit = f"/settlement/uploads/records/{row.pk}/edit/"
    page = alice.get(edit).content.decode()
    assert "510101199001011234" not in page
    assert "***" in page
    with uploads.desk.door():
        content = row.content.reveal()
    sent = {f"f:{name}": str(value) for name, value in content.items()}
    sent |= {f"f:{name}": value for name, value in _marks(page).items()} | {"f:cnt": "2", "act": "save"}
    assert {"certno", "psn_name"} <= set(_marks(page))
    alice.post(edit, sent)
    with uploads.desk.door():
        kept = UploadRecord.objects.get(pk=row.pk).content.reveal()
    assert (kept["certno"], kept["psn_name"], kept["cnt"]) == ("510101199001011234", "样甲", "2")


def _marks(page: str) -> dict[str, str]:
    """Fields of a form whose value is a mark."""
    return dict(re.findall(r'name="f:([a-z_]+)" value="(\*\*\*\d+)"', page))


def test_a_file_is_previewed_and_taken(uploads, alice):
    """The template's columns are read back; a record with a list takes several rows; faults name row and item."""
    blank = load_workbook(io.BytesIO(alice.get("/settlement/uploads/4501/template/").content))
    sheet: Any = blank.active
    (heads,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == "记录 #"]
    places = {str(head).rsplit(" ", 1)[-1].rstrip("*"): at + 1 for at, head in enumerate(heads) if head}
    content = record_of("4501", mdtrt_sn="ZY1", rpotc_no="R1")
    start = sheet.max_row + 1
    for mark, row in (("1", start), ("1", start + 1), ("2", start + 2)):
        sheet.cell(row, places["#"], mark)
        values = content["examinfo"] | {"rpotc_no": f"R{mark}"} if row != start + 1 else {}
        for name, value in values.items():
            sheet.cell(row, places[f"examinfo.{name}"], value)
        for name, value in content["iteminfo"][0].items():
            sheet.cell(row, places[f"iteminfo.{name}"], value)
    sheet.cell(start + 2, places["examinfo.exam_date"], "不知道")
    file = io.BytesIO()
    blank.save(file)
    file.seek(0)
    file.name = "报告.xlsx"
    answer = alice.post("/settlement/uploads/4501/import/", {"file": file})
    page = alice.get(answer["Location"]).content.decode()
    assert "2 条记录" in page
    assert f"第 {start + 2} 行" in page
    alice.post(answer["Location"], {"good": "1"})
    row = uploads.row("4501")
    with uploads.desk.door():
        assert len(row.content.reveal()["iteminfo"]) == 2
        assert UploadFile.objects.get().content is None
    text = io.BytesIO(json.dumps({"records": [department("A01"), department("A02", caty="")]}).encode())
    text.name = "科室.json"
    answer = alice.post("/settlement/uploads/3401A/import/", {"file": text})
    alice.post(answer["Location"])
    assert uploads.states("3401A") == [UploadState.WAITING, UploadState.BLOCKED]
    assert "A02" in alice.get("/settlement/departments/").content.decode()


def test_own_items_and_settlements_become_records(uploads, alice):
    """A matching of what was charged, compared with the centre's; a settlement's list with what is known of it."""
    clinic = Clinic(uploads.desk)
    visit = clinic.informed()
    clinic.settled(clinic.sent(visit))
    with uploads.desk.door():
        items = [str(one.pk) for one in OwnItem.objects.order_by("own_code")]
        settlement = Settlement.objects.get()
    alice.post("/settlement/matches/make/", {"ids": items})
    assert uploads.states("3301") == [UploadState.WAITING] * len(items)
    uploads.run("3301")
    uploads.desk.sandbox.switch_on("drop_response", codes=["3302"], count=1)
    first = uploads.rows("3301")[0]
    alice.post(f"/settlement/uploads/records/{first.pk}/take-back/")
    uploads.desk.carry()
    assert uploads.states("3301")[0] == UploadState.WITHDRAWN
    alice.post("/settlement/uploads/1317/ask/")
    uploads.desk.run_jobs()
    assert "全部一致" in alice.get("/settlement/matches/compare/").content.decode()
    assert settlement.setl_id in alice.get("/settlement/uploads/unlisted/").content.decode()
    answer = alice.post("/settlement/uploads/unlisted/make/", {"ids": [str(settlement.pk)]})
    assert answer["Location"].endswith("?number=4101A")
    row = uploads.row("4101A")
    assert (row.setl_id, row.insured_at, row.source) == (settlement.setl_id, visit.insured_at, "made")
    assert settlement.setl_id not in alice.get("/settlement/uploads/unlisted/").content.decode()
