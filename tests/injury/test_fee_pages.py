"""Fees on the pages, by Excel and by the API, as a clerk and a hospital system use them."""

import json
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from injury.models import Admission, Advice, ArrivalFile, BatchLine, FeeBatch, FeeEpoch, FeeItem, FeeState, Source
from injury.rules.fee_fields import ADVICE_LABELS, LABELS
from injury.services.fee_arrival import take_fees
from portal.access.door import tenant_tx
from portal.jobs import Job
from portal.jobs.tasks import run_job
from tests.injury.fees import a_drug, a_line, a_refund, an_advice, days_ago, make_admission


@pytest.fixture
def stay(hospital_a, alice_member) -> Admission:
    with tenant_tx(hospital_a.pk):
        return make_admission()


@pytest.fixture
def inside(hospital_a):
    return lambda: tenant_tx(hospital_a.pk)


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def post(client, path, body, key=None):
    headers = {"HTTP_IDEMPOTENCY_KEY": key or str(uuid4())}
    return client.post(f"/api/v1/injury/{path}", json.dumps(body, default=str), "application/json", **headers)


def typed(lines):
    """What the entry page posts for these lines."""
    data = {f"line{place}-{name}": value for place, line in enumerate(lines) for name, value in line.items()}
    return data | {"count": str(len(lines))}


def workbook(labels, rows, *, head_row=1):
    book = Workbook()
    sheet = book.worksheets[0]
    for _ in range(head_row - 1):
        sheet.append(["说明"])
    sheet.append([labels[name] for name in rows[0]])
    for row in rows:
        sheet.append(list(row.values()))
    content = BytesIO()
    book.save(content)
    return SimpleUploadedFile("费用.xlsx", content.getvalue())


def test_a_hospital_system_delivers_a_thousand_lines_and_learns_of_every_fault(alice, stay, inside):
    lines = [a_line(f"F{number:04}") for number in range(1000)]
    body: dict[str, Any] = {"admission": stay.number, "fees": lines, "advices": [an_advice()]}
    wrong = [*lines]
    wrong[17] = a_line("F0017", amount="25.02")
    wrong[900] = a_drug("F0900", specification="", trace_codes="1 2")
    answer = post(alice, "fees", body | {"fees": wrong, "atomic": True})
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/fees/17/amount", "/fees/900/specification", "/fees/900/trace_codes",
    }  # fmt: skip
    key = str(uuid4())
    answer = post(alice, "fees", body, key)
    assert answer.status_code == 201
    told = answer.json()
    rows = told.pop("rows")
    assert told == {
        "admission": stay.number, "taken": 1000, "amount": "25000.0000", "held": [], "repeated": [],
        "advices": {"new": 1, "changed": 0, "same": 0}, "done": 1001, "refused": 0,
    }  # fmt: skip
    assert [(one["list"], one["index"], one["state"]) for one in rows] == [
        *(("fees", place, "new") for place in range(1000)),
        ("advices", 0, "new"),
    ]
    assert post(alice, "fees", body, key).json() == {**told, "rows": rows}
    again = post(alice, "fees", body).json()
    assert (again["taken"], len(again["repeated"]), again["advices"]["same"]) == (0, 1000, 1)
    assert [one["id"] for one in again["rows"]] == [one["id"] for one in rows]
    assert {one["state"] for one in again["rows"]} == {"same"}
    other = body | {"fees": [a_line("F0003", quantity="1", amount="12.50")], "atomic": True}
    changed = post(alice, "fees", other)
    assert (changed.status_code, changed.json()["code"]) == (409, "conflict")
    assert "数量 2 → 1" in changed.json()["errors"][0]["detail"]
    partial = post(alice, "fees", body | {"fees": [a_line("N1"), a_line("N2", days=0)]})
    assert (partial.status_code, partial.json()["taken"], partial.json()["refused"]) == (207, 1, 1)
    assert [(one["state"], one.get("errors", [{}])[0].get("pointer")) for one in partial.json()["rows"]] == [
        ("new", None), ("refused", "/fees/1/days"), ("same", None),
    ]  # fmt: skip
    held = post(alice, "fees", body | {"fees": [a_drug("D1", trace_codes="")]}).json()
    assert (held["held"][0]["line_id"], held["held"][0]["kind"], held["rows"][0]["state"]) == ("D1", "trace", "held")
    asked: list[tuple[dict[str, Any], str]] = [
        ({"admission": "ZY9"}, "/admission"),
        ({"fees": {}}, "/fees"),
        ({"colour": 1}, "/colour"),
    ]
    for said, pointer in asked:
        answer = post(alice, "fees", body | said)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    with inside():
        assert FeeItem.objects.count() == 1002
        item = FeeItem.objects.get(line_id="D1")
    fixed = post(alice, f"fees/{item.pk}/corrections", {"trace_codes": "83480110000000000001"})
    assert (fixed.status_code, fixed.json()["state"]) == (200, "waiting")
    assert post(alice, f"fees/{item.pk}/corrections", {"days": 0}).json()["errors"][0]["pointer"] == "/days"
    drops = {"fees": [str(item.pk), str(uuid4()), str(item.pk)], "reason": "重复"}
    assert post(alice, "fees/drops", drops | {"atomic": True}).json()["errors"][0]["pointer"] == "/fees/1"
    dropped = post(alice, "fees/drops", drops)
    assert (dropped.status_code, dropped.json()["count"]) == (207, 1)
    assert [one["state"] for one in dropped.json()["rows"]] == ["dropped", "refused", "repeated"]
    listed = alice.get("/api/v1/injury/fees?state=dropped").json()["items"]
    assert [(one["line_id"], one["admission"], one["amount"]) for one in listed] == [("D1", stay.number, "25.0000")]
    assert alice.get("/api/v1/injury/advices?number=ZY0001").json()["items"][0]["version"] == 1


def test_the_statements_of_a_delivery_do_not_grow_with_its_lines(alice, stay):
    def statements(first, last):
        lines = [a_line(f"F{n}", own_code=f"C{n}", advice_no="YZ1") for n in range(first, last)]
        lines += [a_refund(f"R{n}", own_code=f"C{n}") for n in range(first, last)]
        with CaptureQueriesContext(connection) as queries:
            answer = post(alice, "fees", {"admission": stay.number, "fees": lines, "advices": [an_advice("YZ1")]})
        assert answer.status_code == 201
        return len(queries)

    statements(0, 2)
    assert statements(2, 5) == statements(5, 205)


def test_a_clerk_types_lines_and_nothing_that_was_typed_gets_lost(alice, stay, inside):
    page = reverse("injury:fee-new")
    assert "哪一次就诊" in text(alice.get(page))
    assert "没有这个住院号" in text(alice.get(page, {"number": "ZY404"}))
    here = f"{page}?admission={stay.pk}"
    assert "第 1 行" in text(alice.get(page, {"number": stay.number}))
    more = text(alice.post(here, typed([a_line()]) | {"more": "1"}))
    assert "第 2 行" in more
    assert 'value="换药"' in more
    assert more.count('value="CF0001"') == 2
    wrong = text(alice.post(here, typed([a_line("F1", own_name="换药甲"), a_line("F2", days="0", remark="夜间")])))
    assert "2 行中有 1 行、1 处不符合要求" in wrong
    assert "应为 1 至 9999 的整数" in wrong
    assert 'value="换药甲"' in wrong
    assert 'value="夜间"' in wrong
    with inside():
        assert not FeeItem.objects.exists()
    # an amount that is left out is reckoned
    said = alice.post(here, typed([a_line("F1", amount=""), a_drug("F2", trace_codes="")]), follow=True)
    assert "已保存 2 条费用，合计 50.00 元，其中 1 条暂不能上传" in text(said)
    with inside():
        item, drug = FeeItem.objects.order_by("line_id")
        assert (item.amount, item.source, item.arrived_as) == (Decimal(25), "page", "经办甲")
    refund = text(alice.get(page, {"admission": stay.pk, "refund": item.pk}))
    assert 'value="-2"' in refund
    assert 'value="-25"' in refund
    assert 'value="F1"' in refund
    less = text(alice.post(here, typed([a_line("F7"), a_line("F8")]) | {"less": "0"}))
    assert 'value="F8"' in less
    assert 'value="F7"' not in less
    # what is held can be put right
    assert "缺追溯码" in text(alice.get(reverse("injury:held-list")))
    correct = reverse("injury:fee-correct", args=[drug.pk])
    body = {name: value for name, value in a_drug("F2").items() if name != "line_id"}
    assert "不能有空格" in text(alice.post(correct, body | {"trace_codes": "834 8011"}))
    detail = text(alice.post(correct, body, follow=True))
    assert "已更正，待上传" in detail
    assert "药品追溯码 空 → 83480110000000000001" in detail


def test_items_are_dropped_with_a_reason_and_brought_back(alice, stay, inside, alice_member):
    with inside():
        take_fees(stay, [a_line("F1"), a_line("F2")], by=alice_member, source=Source.API)
        first = FeeItem.objects.get(line_id="F1")
    drop, back = reverse("injury:fee-drop"), f"{reverse('injury:fee-list')}?admission={stay.pk}"
    choice = {"ids": [str(first.pk)], "back": back}
    assert "1 条费用不上传" in text(alice.post(drop, choice))
    assert "请写明不上传的理由" in text(alice.post(drop, choice | {"step": "drop", "reason": ""}))
    assert "1 条费用不再上传" in text(alice.post(drop, choice | {"step": "drop", "reason": "重复录入"}, follow=True))
    assert "不上传：重复录入" in text(alice.get(reverse("injury:fee-detail", args=[first.pk])))
    assert "已恢复 1 条费用" in text(alice.post(reverse("injury:fee-restore"), choice, follow=True))
    elsewhere = alice.post(drop, choice | {"step": "drop", "reason": "错录", "back": "https://evil.example/"})
    assert elsewhere["Location"] == reverse("injury:fee-list")


def test_excel_goes_there_and_back(alice, stay, inside):
    page = f"{reverse('injury:fee-import')}?admission={stay.pk}"
    template = load_workbook(BytesIO(alice.get(reverse("injury:fee-template", args=["fees"])).content)).worksheets[0]
    heads = next(row for row in template.iter_rows(values_only=True) if row[0] == "费用流水号*")
    assert len(heads) == len(LABELS)
    rows = [
        a_line(
            "F1", kind="诊疗", days=1, price=12.5, quantity=2, amount=25.0, prescribed_on=days_ago(3), is_rescue="否"
        ),
        a_line("F2", kind="1 诊疗", price=0.1, quantity=3, amount=0.30000000000000004, is_rescue="是"),
        a_line("F3", kind="9", days="半天", prescribed_on=str(days_ago(2)).replace("-", "/"), is_rescue=""),
        a_line("F3", kind="1", price="12.60", is_rescue=""),
    ]
    answer = alice.post(page, {"content": "fees", "file": workbook(LABELS, rows, head_row=4)}, follow=True)
    shown = text(answer)
    assert "处方执行天数" in shown
    assert '<td class="int">7</td>' in shown  # Excel's own row
    assert "只导入没有问题的 2 行" in shown
    with inside():
        assert not FeeItem.objects.exists()
    preview = answer.redirect_chain[-1][0]
    assert "没有保存任何一行" in text(alice.post(preview))
    said = text(alice.post(preview, {"partial": "1"}, follow=True))
    assert "已导入费用 2 条，合计 25.30 元" in said
    assert "已导入" in text(alice.post(preview))
    with inside():
        assert set(FeeItem.objects.values_list("line_id", "source")) == {("F1", "excel"), ("F2", "excel")}
        assert ArrivalFile.objects.get().rows == []
    # what the list exports can be imported again without effect
    exported = alice.get(reverse("injury:fee-list"), {"admission": stay.pk, "export": "xlsx"})
    assert exported.status_code == 200
    again = alice.post(page, {"content": "fees", "file": workbook(LABELS, rows[:2])}, follow=True)
    assert "没有新的内容" in text(again)
    advices = [an_advice(), an_advice("YZ2", kind="临时医嘱")]
    answer = alice.post(page, {"content": "advices", "file": workbook(ADVICE_LABELS, advices)}, follow=True)
    assert "已导入医嘱：新增 2 条" in text(alice.post(answer.redirect_chain[-1][0], follow=True))
    with inside():
        assert Advice.objects.get(number="YZ2").kind == "2"
    bad = SimpleUploadedFile("费用.xlsx", b"PK\x03\x04nothing")
    assert "损坏" in text(alice.post(page, {"content": "fees", "file": bad}))
    few = workbook({"line_id": "费用流水号", "days": "天数"}, [{"line_id": "F1", "days": 1}])
    assert "没有找到列：处方号" in text(alice.post(page, {"content": "fees", "file": few}))


def test_an_advice_is_typed_and_replaced(alice, stay, inside):
    page = f"{reverse('injury:advice-new')}?admission={stay.pk}"
    assert "必填（81018）" in text(alice.post(page, an_advice(nurse="")))
    assert "已保存医嘱" in text(alice.post(page, an_advice(), follow=True))
    with inside():
        advice = Advice.objects.get()
    assert 'value="YZ0001"' in text(alice.get(reverse("injury:advice-new"), {"advice": advice.pk}))
    assert "版本加一" in text(alice.post(page, an_advice(text="停药"), follow=True))


def test_lists_filter_and_total_and_the_job_looks_again(alice, stay, inside, alice_member):
    with inside():
        lines = [a_line("F1"), a_line("F2", quantity="4", amount="50.00"), a_refund("R1"), a_drug("D1", trace_codes="")]
        take_fees(stay, lines, by=alice_member, source=Source.API)
        FeeItem.objects.filter(line_id="D1").update(trace_codes="83480110000000000001")
    page = reverse("injury:fee-list")
    for query, count in [
        ({"sign": "refund"}, 1), ({"state": "held"}, 1), ({"kind": "0"}, 1), ({"category": "22"}, 3),
        ({"held_kind": "trace"}, 1), ({"since": str(days_ago(4))}, 0), ({"number": stay.number, "q": "F2"}, 1),
        ({"admission": str(stay.pk)}, 4),
    ]:  # fmt: skip
        found = text(alice.get(page, query))
        assert f'data-total-count="{count}"' in found, query
    assert "87.50" in text(alice.get(page))
    totals = text(alice.get(reverse("injury:fee-totals"), {"admission": stay.pk}))
    assert "62.50" in totals
    assert "未核对" in text(alice.get(page, {"admission": stay.pk}))
    alice.post(reverse("injury:fee-look-again"))
    with inside():
        job = Job.objects.get(kind="injury.fees.look_again")
    run_job(job.institution_pk, str(job.pk))
    with inside():
        assert not FeeItem.objects.filter(state=FeeState.HELD).exists()


def test_an_item_tells_its_history(alice, stay, inside, alice_member):
    with inside():
        take_fees(stay, [a_line("F1")], by=alice_member, source=Source.API)
        item = FeeItem.objects.get()
        base: dict[str, Any] = {"environment": "test"}
        epoch = FeeEpoch.objects.create(admission=stay, n=1, started_at=timezone.now(), started_as="经办甲", **base)
        batch = FeeBatch.objects.create(
            epoch=epoch, number=2, sign=1, state="applied", count=1, amount=Decimal(25), content_hash="0" * 64, **base
        )
        place: dict[str, Any] = {"epoch": epoch, "batch": batch, "item": item}
        BatchLine.objects.create(position=7, amount=Decimal(25), category="22", line_hash="0" * 32, **place)
        FeeItem.objects.update(state=FeeState.UPLOADED, rejected=5, rejected_because="1")
    shown = text(alice.get(reverse("injury:fee-detail", args=[item.pk])))
    for words in ("到达", "固化待上传", "第 1 轮第 2 批第 7 行", "已上传", "中心剔除", "5.00 元"):
        assert words in shown
    assert "更正</a>" not in shown


def test_fees_are_nobody_elses(alice, stay, charlie, carol, inside, alice_member):
    with inside():
        take_fees(stay, [a_line("F1")], by=alice_member, source=Source.API)
        item = FeeItem.objects.get()
    for name in ("fee-detail", "fee-correct"):
        assert charlie.get(reverse(f"injury:{name}", args=[item.pk])).status_code == 404
    for unknown in (stay.pk, "nobody"):
        assert charlie.get(reverse("injury:fee-new"), {"admission": unknown}).status_code == 404
    assert post(charlie, "fees", {"admission": stay.number, "fees": [a_line("F2")]}).status_code == 422
    assert charlie.get("/api/v1/injury/fees").json()["items"] == []
    assert "F1" in text(carol.get(reverse("injury:fee-list")))
    assert carol.get(reverse("injury:fee-new")).status_code == 403
