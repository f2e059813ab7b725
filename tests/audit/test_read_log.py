import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from portal.access.door import tenant_tx
from portal.audit import record, record_platform
from portal.audit.models import Event
from portal.gateway.crypto.sm3 import sm3


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


def test_it_exports_a_day_that_can_be_verified_elsewhere(carol, hospital_a, log_of_a):
    day = f"{timezone.localdate():%Y-%m-%d}"
    response = carol.get(f"/log/day/?day={day}")
    assert f'filename="{day}.jsonl"' in response["Content-Disposition"]
    lines = [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, 62))
    with tenant_tx(hospital_a.pk):
        bodies = {event.seq: event.body for event in Event.objects.all()}
        assert "JSONL" in Event.objects.latest("seq").sentence
    for line in lines:
        body = json.dumps(line["record"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert sm3(body.encode()) == sm3(bodies[line["seq"]].encode())


@pytest.mark.parametrize("address", ["/log/?export=xlsx", "/log/day/?day=2026-04-26"])
def test_it_lets_no_clerk_export(alice, log_of_a, address):
    assert alice.get(address).status_code == 403


@pytest.mark.parametrize("day", ["", "2026-13-01", "../../etc/passwd"])
def test_it_knows_no_such_day(carol, day):
    assert carol.get("/log/day/", {"day": day}).status_code == 404


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
