import json
import struct
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from portal.access.door import tenant_tx
from portal.audit import record, record_platform
from portal.audit.actions import BROKEN
from portal.audit.models import Event
from portal.audit.state import is_intact
from portal.gateway.crypto.sm3 import sm3
from portal.jobs import Job
from portal.jobs.tasks import run_job


@pytest.fixture
def log_of_a(hospital_a, alice_member, paid):
    with tenant_tx(hospital_a.pk):
        for n in range(60):
            record(paid, by=alice_member, amount=n, payee=f"收款方{n}")
        record(paid, hospital_a, by=None, amount=1000, payee="系统收款方")


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_the_newest_first_page_by_page(alice, log_of_a):
    first = alice.get("/log/")
    page = text(first)
    assert "支付 1000 元给 系统收款方" in page
    assert "收款方59" in page
    assert "收款方3<" not in page
    assert "收款方3<" in text(alice.get("/log/" + first.context["list"].next_url))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("actor=system", 1),
        ("action=test.money.paid", 61),
        ("action=audit.checkpoint.written", 0),
        ("q=收款方59", 1),
        ("q=演示医院甲", 1),
        ("object=演示医院甲", 1),
        ("object=收款方59", 0),
        ("result=已办理", 61),
        ("result=未通过", 0),
        ("q=127.0.0.1", 0),  # addresses are not searched: not everybody may read them
        ("since={today}&until={today}", 61),
        ("until={yesterday}", 0),
        ("since={tomorrow}", 0),
        ("since=nonsense", 0),
    ],
)
def test_it_filters(alice, log_of_a, query, count):
    today = timezone.localdate()
    days = {"today": today, "yesterday": today - timedelta(1), "tomorrow": today + timedelta(1)}
    response = alice.get("/log/?" + query.format(**days))
    assert response.context["list"].totals.count == count


def test_it_filters_by_result(alice, hospital_a, log_of_a, declare):
    refused, doubtful = declare("test.a.rejected", "被拒绝"), declare("test.a.in_doubt", "不清楚")
    with tenant_tx(hospital_a.pk):
        for action in (refused, refused, doubtful):
            record(action, by=None)
    counts = {
        result: alice.get("/log/", {"result": result}).context["list"].totals.count
        for result in ("已办理", "未通过", "待确认")
    }
    assert counts == {"已办理": 61, "未通过": 2, "待确认": 1}
    assert "待确认" in text(alice.get("/log/?action=test.a.in_doubt"))


def test_it_filters_by_address_for_those_who_see_addresses(alice, carol, log_of_a):
    assert carol.get("/log/?address=127.0.").context["list"].totals.count == 60
    assert carol.get("/log/?address=10.").context["list"].totals.count == 0
    assert alice.get("/log/?address=10.").context["list"].totals.count == 61


def test_it_filters_by_person(alice, alice_member, log_of_a):
    response = alice.get(f"/log/?actor={alice_member.user.pk}")
    assert response.context["list"].totals.count == 60


def test_it_shows_addresses_to_auditors_not_to_clerks(alice, carol, log_of_a):
    assert "127.0.0.1" in text(carol.get("/log/"))
    assert "127.0.0.1" not in text(alice.get("/log/"))
    assert "127.0.0.1" not in text(alice.get("/log/?columns=address&columns=seq"))
    assert "127.0.0.1" in text(carol.get("/log/3/"))
    assert "127.0.0.1" not in text(alice.get("/log/3/"))


def test_it_shows_another_institution_nothing(charlie, log_of_a):
    assert "收款方" not in text(charlie.get("/log/"))
    assert charlie.get("/log/3/").status_code == charlie.get("/log/99999/").status_code == 404


def test_it_shows_one_record_in_full(alice, hospital_a, log_of_a):
    page = text(alice.get("/log/61/"))
    with tenant_tx(hospital_a.pk):
        event = Event.objects.get(seq=61)
    assert event.hash_hex in page
    assert "演示医院甲" in page


def test_it_exports_what_is_shown_and_records_that(carol, carol_member, hospital_a, log_of_a):
    response = carol.get("/log/?export=xlsx&q=收款方59")
    sheet: Any = load_workbook(BytesIO(response.content)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "支付 59 元给 收款方59" in cells
    assert "支付 58 元给 收款方58" not in cells
    with tenant_tx(hospital_a.pk):
        assert Event.objects.latest("seq").actor == str(carol_member.user.pk)


def file_of(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def checked(text: bytes, before: bytes = bytes(32)) -> int:
    """Every line's hash, made of nothing but the line; returns how many there are."""
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        body = json.dumps(line["record"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        place = struct.pack(">qq", line["chain"], line["seq"])
        assert bytes.fromhex(line["prev"]) == before
        assert sm3(place, before, line["at"].encode(), sm3(body.encode())).hex() == line["hash"]
        before = bytes.fromhex(line["hash"])
    return len(lines)


def test_it_exports_a_day_that_can_be_verified_elsewhere(carol, hospital_a, log_of_a):
    day = f"{timezone.localdate():%Y-%m-%d}"
    response = carol.get(f"/log/days/?since={day}&until={day}")
    assert f'filename="{day}.jsonl"' in response["Content-Disposition"]
    text = file_of(response)
    assert [json.loads(line)["seq"] for line in text.splitlines()] == list(range(1, 62))
    assert checked(text) == 61
    with pytest.raises(AssertionError):
        checked(text.replace("收款方7".encode(), "收款方8".encode()))
    with tenant_tx(hospital_a.pk):
        last = Event.objects.latest("seq")
    assert last.sentence == f"导出操作日志（JSONL），{day} 至 {day}，共 61 条"


def test_it_exports_several_days_as_one_file_each(carol, hospital_a, log_of_a, monkeypatch):
    today = timezone.localdate()
    response = carol.get(f"/log/days/?since={today - timedelta(3)}&until={today}")
    assert response["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(file_of(response))) as archive:
        assert archive.namelist() == [f"{today:%Y-%m-%d}.jsonl"]
        assert checked(archive.read(archive.namelist()[0])) == 61
    # Much of it is left to a worker.
    monkeypatch.setattr("portal.audit.exporting.AT_ONCE", 10)
    assert "正在后台导出" in text(carol.get(f"/log/days/?since={today}&until={today}", follow=True))
    with tenant_tx(hospital_a.pk):
        job = Job.objects.get(kind="audit.export")
    run_job(hospital_a.pk, str(job.pk))
    with tenant_tx(hospital_a.pk):
        assert Job.objects.get(pk=job.pk).result_name == f"{today:%Y-%m-%d}.jsonl"
    assert checked(carol.get(f"/jobs/{job.pk}/result/").getvalue()) >= 61


def test_it_has_the_chain_checked_and_says_so(carol, hospital_a, log_of_a):
    assert "日志链尚未核对" in text(carol.get("/log/"))
    assert "正在后台核对" in text(carol.post("/log/verify/", follow=True))
    with tenant_tx(hospital_a.pk):
        job = Job.objects.get(kind="audit.verify")
    run_job(hospital_a.pk, str(job.pk))
    page = text(carol.get("/log/"))
    assert "日志链完好" in page
    assert "审计甲" in page
    with tenant_tx(hospital_a.pk):
        record(BROKEN, by=None, seq=7, fault="断链", why="内容或时间被改动")
    assert "第 7 条断链" in text(carol.get("/log/"))


def test_it_lets_no_clerk_have_the_chain_checked(alice, log_of_a):
    assert "核对日志</button>" not in text(alice.get("/log/"))
    assert alice.post("/log/verify/").status_code == 403


def test_it_says_whether_the_record_fits_its_hash(hospital_a, log_of_a):
    with tenant_tx(hospital_a.pk):
        event = Event.objects.get(seq=5)
    assert is_intact(event)
    event.body = event.body.replace("收款方", "收款人")
    assert not is_intact(event)


@pytest.mark.parametrize("address", ["/log/?export=xlsx", "/log/days/?since=2026-04-26&until=2026-04-26"])
def test_it_lets_no_clerk_export(alice, log_of_a, address):
    assert alice.get(address).status_code == 403


@pytest.mark.parametrize("day", ["", "2026-13-01", "../../etc/passwd"])
def test_it_knows_no_such_day(carol, day):
    assert carol.get("/log/days/", {"since": day, "until": "2026-04-26"}).status_code == 404


@pytest.mark.parametrize("since", ["2026-04-27", "2020-01-01"])
def test_it_refuses_days_that_cannot_be(carol, since):
    page = text(carol.get("/log/days/", {"since": since, "until": "2026-04-26"}, follow=True))
    assert "截止日期不能早于起始日期" in page or "一次最多导出 366 天" in page


def test_it_shows_the_platform_its_own_chain_only(paul, alice, paul_member, log_of_a, paid):
    record_platform(paid, by=paul_member, amount=7, payee="平台事项")
    page = text(paul.get("/log/platform/"))
    assert "平台事项" in page
    assert "收款方59" not in page
    assert alice.get("/log/platform/").status_code == 403


def test_it_can_be_looked_at_in_the_admin(dora, alice, charlie, hospital_a, log_of_a):
    listed = text(dora.get("/admin/audit/event/?q=收款方59"))
    assert "支付 59 元给 收款方59" in listed
    assert "收款方58" not in listed
    assert "支付 1000 元给" in text(dora.get("/admin/audit/event/?actor=system&action=test.money.paid"))
    with tenant_tx(hospital_a.pk):
        pk = Event.objects.get(seq=61).pk
    assert "127.0.0.1" not in text(alice.get(f"/admin/audit/event/{pk}/change/"))
    assert "支付 1000 元给" in text(dora.get(f"/admin/audit/event/{pk}/change/"))
    assert dora.post(f"/admin/audit/event/{pk}/change/", {}).status_code == 403
    assert dora.post(f"/admin/audit/event/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert charlie.get(f"/admin/audit/event/{pk}/change/").status_code in (302, 404)
