"""Entries of other systems, by REST, text file and Excel: once, by revision, every fault named, nothing doubled."""

import json
import uuid
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from portal.access.door import tenant_tx
from portal.jobs import Job, JobState
from portal.jobs.tasks import run_job
from portal.ledger import arrivals
from portal.ledger.arrivals import ask_taking, bring_file, drop_file
from portal.ledger.files import Store
from portal.ledger.gathering import write
from portal.ledger.lines import HEADS, read_line
from portal.ledger.models import ArrivalState, ArrivingEntry, Entry, EntryArrival
from portal.papers.xlsx import write_xlsx
from reconciliation.papers.entry_template import Head

LINE = {
    "number": "MZ0001",
    "settled_at": "2026-03-01 00:00:00",
    "total": "100.00",
    "fund": "60.00",
    "account": "30.00",
    "cash": "10.00",
    "setl_id": "SETL0001",
    "mdtrt_id": "MD0001",
    "person_no": "51000051200000512099000001",
    "insutype": "310",
    "clr_type": "11",
    "clr_optins": "510100",
    "person": "沐样例",
}


def line(n, **more):
    return {**LINE, "number": f"MZ{n:04}", "setl_id": f"SETL{n:04}", **more}


def refund(n, **more):
    amounts = {name: f"-{LINE[name]}" for name in ("total", "fund", "account", "cash")}
    return line(n, **amounts, setl_id=f"BACK{n:04}", **more)


def text(lines, names=tuple(LINE), encoding="utf-8"):
    head = "\t".join(next(head.label for head in HEADS if head.name == name) for name in names)
    rows = ["\t".join(str(one.get(name, "null")) for name in names) for one in lines]
    return "\n".join([head, *rows]).encode(encoding)


@pytest.fixture
def desk(transactional_db, alice_member, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    return Desk(alice_member, tmp_path / "files")


class Desk:
    def __init__(self, by, files):
        self.by, self.files = by, files

    def door(self):
        return tenant_tx(self.by.institution_id)

    def work(self):
        with self.door():
            queued = list(Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True))
        for pk in queued:
            run_job(self.by.institution_id, str(pk))

    def read(self, content, name="账.txt"):
        with self.door():
            arrival = bring_file(ContentFile(content, name), name, by=self.by)
        self.work()
        return self.again(arrival)

    def take(self, arrival):
        with self.door():
            ask_taking(arrival, by=self.by)
        self.work()
        return self.again(arrival)

    def again(self, arrival):
        with self.door():
            return EntryArrival.objects.get(pk=arrival.pk)

    def book(self):
        with self.door():
            rows = Entry.objects.filter(is_latest=True).order_by("number", "is_refund")
            return {(one.number, one.is_refund): (one.revision, one.standing, one.total) for one in rows}


def test_it_takes_calls_of_a_hospital_system_once(desk, alice, charlie):
    def post(*entries, client=alice, key=None, **more):
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        address = reverse("api:reconciliation-api:entries")
        return client.post(address, json.dumps({"entries": entries, **more}), "application/json", headers=headers)

    answer = post(line(1), refund(1), line(2, settled_at="2026-02-28T23:59:59+08:00"))
    assert (answer.status_code, answer.json()["fresh"]) == (201, 3)
    assert post(line(1), refund(1)).json()["same"] == 2
    assert post(line(2, settled_at="20260228235959", fund="59.99")).json()["changed"] == 1
    assert desk.book() == {
        ("MZ0001", False): (1, "settled", Decimal("100.00")),
        ("MZ0001", True): (1, "settled", Decimal("-100.00")),
        ("MZ0002", False): (2, "settled", Decimal("100.00")),
    }
    assert post(line(2, settled_at="20260228235959", is_void=True), line(9, is_void=True)).json()["changed"] == 1

    several = line(3, total="0.005", clr_type="??"), line(4), line(4), line(5, total="-1", is_refund=False), {"a": 1}
    wrong = post(*several, atomic=True)
    pointers = {one["pointer"] for one in wrong.json()["errors"]}
    assert wrong.status_code == 422
    assert {"/entries/0/total", "/entries/2/number", "/entries/3/total", "/entries/4/a"} <= pointers
    assert post().status_code == post(*[line(n) for n in range(1001)]).status_code == 422
    by_row = post(*several, "x")
    assert (by_row.status_code, by_row.json()["fresh"], by_row.json()["refused"]) == (207, 1, 5)
    assert [one["state"] for one in by_row.json()["rows"]] == ["refused", "new", *["refused"] * 4]
    assert (by_row.json()["rows"][1]["id"], post(line(4)).json()["rows"][0]["state"]) != (None, "new")
    found = alice.get(reverse("api:reconciliation-api:entries"), {"day_from": "2026-03-01"}).json()["items"]
    assert {(one["day"], one["person"], one["person_no_masked"][:3]) for one in found} == {
        ("2026-03-01", "沐**", "510")
    }
    one = alice.get(reverse("api:reconciliation-api:entry", args=[found[0]["id"]])).json()
    assert [reading["revision"] for reading in one["revisions"]] == [1]
    for address in ("api:reconciliation-api:entry", "reconciliation:entry-detail"):
        assert charlie.get(reverse(address, args=[found[0]["id"]])).status_code == 404


def test_a_text_file_is_read_previewed_and_taken(desk, alice):
    own, brought = read_line(line(7, number="OWN1"))[0], read_line(line(6))[0]
    assert own is not None
    assert brought is not None
    with desk.door():
        write([own], environment="test", source="settlement")
        write([brought], environment="test", source="brought")
    lines = [
        *(line(1), refund(1), line(1), line(2), line(2, fund="59.00"), line(3, total="一百"), line(6)),
        *(line(6, number="MZ0066", setl_id="SETL0066", total="88.88", account="0", fund="0"), line(7)),
    ]
    arrival = desk.read(text(lines, encoding="gb18030"))
    counts = (arrival.count, arrival.fresh, arrival.changed, arrival.same, arrival.wrong)
    assert (arrival.state, counts, arrival.total) == (ArrivalState.PREVIEW, (9, 4, 0, 2, 3), Decimal("188.88"))
    assert [(row, column) for row, column, _ in arrival.faults.reveal()] == [
        (6, "结算单号"),
        (7, "医疗费总额"),
        (10, "结算单号"),
    ]
    shown = alice.get(reverse("reconciliation:entry-arrival", args=[arrival.pk])).content.decode()
    assert "只入账没有问题的 4 笔" in shown
    assert "与第 5 行重复" in shown
    assert LINE["person_no"] not in shown
    done = desk.take(arrival)
    assert (done.state, done.fresh, done.same) == (ArrivalState.TAKEN, 4, 2)
    assert len(desk.book()) == 6
    with desk.door():
        assert not ArrivingEntry.objects.exists()
        assert Entry.objects.get(number="MZ0066").person_no.reveal() == LINE["person_no"]
    again = desk.read(text([line(1), line(2, fund="61.00"), line(66, is_void="1")], (*LINE, "is_void")))
    assert (again.fresh, again.changed, again.same) == (0, 2, 1)
    desk.take(again)
    assert (desk.book()["MZ0002", False][0], desk.book()["MZ0066", False][:2]) == (2, (2, "void"))
    listed = alice.get(reverse("reconciliation:entry-list")).content.decode()
    assert "MZ0001" in listed
    assert "MZ0066" not in listed


def test_reading_goes_on_behind_what_was_read(desk, monkeypatch):
    monkeypatch.setattr(arrivals, "PIECE", 2)
    lines = [line(1), line(2, total="x"), line(3), line(1, fund="1.00"), line(4)]
    with desk.door():
        arrival = bring_file(ContentFile(text(lines)), "账.txt", by=desk.by)

    class Stopped(Exception):
        pass

    def stop(*_, **__):
        raise Stopped

    for count in (2, 4):
        with pytest.raises(Stopped):
            arrivals.read_file(arrival.pk, door=desk.door, progress=stop)
        assert desk.again(arrival).count == count
    desk.work()
    found = desk.again(arrival)
    assert (found.count, found.fresh, found.wrong) == (5, 3, 2)
    assert [row for row, *_ in found.faults.reveal()] == [3, 5]


def test_a_file_on_the_disk_is_sealed_and_goes_when_it_was_read(desk):
    with desk.door():
        arrival = bring_file(ContentFile(text([line(1)])), "账.txt", by=desk.by)
        kept = desk.files / Store(arrival.institution_pk, arrival.pk).path
        assert b"SETL0001" not in kept.read_bytes()
    desk.work()
    assert not kept.exists()
    with desk.door():
        drop_file(arrival, by=desk.by)
        assert not ArrivingEntry.objects.exists()
    assert desk.book() == {}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("结算单号\t结算时间\nMZ1\t2026-01-01".encode(), "缺少列：医疗费总额"),
        (b"hello\nworld", "没有数据"),
        (text([line(1)]) + b"\n" + "沐".encode("gb18030") + b"\xff\xff", "编码|没有读取"),
        (b"PK\x03\x04not a workbook", "损坏"),
    ],
)
def test_what_is_no_file_of_entries_is_refused_in_words(desk, content, sentence):
    arrival = desk.read(content)
    assert arrival.state == ArrivalState.FAILED
    assert any(word in arrival.note for word in sentence.split("|"))


def test_an_excel_file_of_the_template_is_read(desk):
    heads = [Head(f"{head.label}*") for head in HEADS]
    rows = [[one.get(head.name, "") for head in HEADS] for one in (line(1), refund(1))]
    arrival = desk.read(write_xlsx(heads, rows, title="结算账"), "账.xlsx")
    assert (arrival.note, arrival.fresh, arrival.wrong) == ("", 2, 0)


@pytest.mark.parametrize("value", ["1e3", "１００", "0.005", "-0.001", "NaN", "1,000.00", "99999999999999.00", True])
def test_an_amount_that_is_none_is_refused(value):
    facts, faults = read_line({**LINE, "total": value})
    assert facts is None
    assert [fault.name for fault in faults] == ["total"]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"settled_at": "2026-02-30 00:00:00"}, ["settled_at"]),
        ({"settled_at": ""}, ["settled_at"]),
        ({"setl_id": "null"}, ["setl_id"]),
        ({"total": "80.00"}, ["total"]),
        ({"is_refund": "1"}, ["total", "fund", "account", "cash"]),
        ({"insutype": "999"}, ["insutype"]),
        ({"number": "a\x00b"}, ["number"]),
        ({"family": "nowhere"}, ["family"]),
        ({"family": "injury", "setl_id": "", "mdtrt_id": "", "person_no": "", "insutype": "", "clr_type": ""}, []),
    ],
)
def test_a_line_says_everything_that_is_wrong(changes, names):
    facts, faults = read_line({**LINE, **changes})
    assert [fault.name for fault in faults] == names
    assert (facts is None) == bool(names)


def test_sums_of_a_file_of_a_workbook_with_formulas_are_not_guessed(desk):
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.append([head.label for head in HEADS])
    sheet.append(["MZ1", "2026-03-01 00:00:00", "", "=60+40"])
    kept = BytesIO()
    book.save(kept)
    assert "公式" in desk.read(kept.getvalue(), "账.xlsx").note
