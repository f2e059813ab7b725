"""The centre's book over the wire: 3201 and 3202 against it, what people spoil in it, and how its files may come."""

import base64
import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.gateway.filing import Into
from portal.gateway.national import compose
from portal.gateway.sandbox.control import SandboxFault
from portal.gateway.wire import new_msgid, prepare, send
from tests.sandbox.national_clinic import Clinic, Content, at
from tests.sandbox.test_national_flows import refused

TODAY = date.fromisoformat(at()[:10])
YESTERDAY = str(TODAY - timedelta(days=1))
SCOPE = {"insutype": "310", "clr_type": "11", "setl_optins": "440100"}
SUMS = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")


@pytest.fixture
def clinic(national_counterpart):
    found = Clinic(national_counterpart("BOOK"))
    found.act("fill_book", day=YESTERDAY, count=40, refund_every=10, **{**SCOPE, "seed": "b"})
    return found


@pytest.fixture
def book(clinic):
    """The rows as the institution knows them; the centre's are mended afterwards."""
    yield clinic.act("book", first=YESTERDAY)["list"]
    clinic.act("mend_book")


def compared(clinic: Clinic, rows: list[Content], first: str = YESTERDAY, last: str = YESTERDAY) -> list[list[str]]:
    """What 3202 says about these rows, column by column; or the bytes when they are no zip."""
    return [line.split("\t") for line in text_of(downloaded(clinic, rows, first, last)).splitlines()]


def text_of(packed: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return archive.read(archive.namelist()[0]).decode()


def downloaded(clinic: Clinic, rows: list[Content], first: str = YESTERDAY, last: str = YESTERDAY) -> bytes:
    named = asked_file(clinic, rows, first, last)
    settings, file = clinic.party.settings, io.BytesIO()
    request = compose("9102", {"fsDownloadIn": named | {"fixmedins_code": "x"}})
    send(prepare(settings, request, new_msgid(settings)), into=Into(file, 10**7, b""))
    return file.getvalue()


def asked_file(clinic: Clinic, rows: list[Content], first: str, last: str) -> Content:
    names = ("setl_id", "mdtrt_id", "psn_no", *SUMS)
    text = "".join("\t".join([*(one[name] for name in names), str(int(one["is_refund"]))]) + "\n" for one in rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ours.txt", text)
    sent = {"in": base64.b64encode(packed.getvalue()).decode(), "filename": "ours.zip", "fixmedins_code": "x"}
    number = clinic.ask("9101", {"fsUploadIn": sent}).require().file_qury_no
    asked = whole(rows, first, last) | {"file_qury_no": number, "cash_payamt": "0"}
    del asked["insutype"], asked["acct_pay"]
    found: Any = clinic.ask("3202", {"data": asked}).require().fileinfo
    return {"file_qury_no": found.file_qury_no, "filename": found.filename}


def whole(rows: list[Content], first: str = YESTERDAY, last: str = YESTERDAY) -> Content:
    sums = {name: sum((Decimal(one[name]) for one in rows), Decimal(0)) for name in SUMS}
    period = {"stmt_begndate": first, "stmt_enddate": last, "fixmedins_setl_cnt": len(rows)}
    return SCOPE | sums | period | {"fixmedins_refd_setl_flag": "0"}


def balance(clinic: Clinic, rows: list[Content], first: str = YESTERDAY, last: str = YESTERDAY) -> str:
    return clinic.ask("3201", {"data": whole(rows, first, last)}).require().stmtinfo.stmt_rslt


def test_each_fault_is_one_difference_of_its_kind_and_mending_ends_it(clinic, book):
    assert len(book) == 44
    assert balance(clinic, book) == "0"
    assert all(row[4] == "0" for row in compared(clinic, book))
    expected = {}
    for kind, memo in {
        "missing_there": "中心没有这笔结算",
        "missing_here": "医药机构没有这笔结算",
        "amount": "金额不一致",
        "refund_there": "医药机构没有这笔结算",
        "refund_here": "中心没有这笔结算",
        "late": "中心没有这笔结算",
    }.items():
        expected[clinic.act("spoil_book", kind=kind, day=YESTERDAY)["hit"][0]] = memo
    twice = clinic.act("spoil_book", kind="twice", day=YESTERDAY)["persons"]
    assert balance(clinic, book) == "1"
    told = [row for row in compared(clinic, book) if row[4] == "1"]
    assert {row[2]: row[6] for row in told if row[2] != "null"} == expected
    assert [row[0] for row in told if row[2] == "null"] == twice * 2  # both of ours and neither by its number
    tomorrow = str(TODAY)
    late = [one["setl_id"] for one in clinic.act("book", first=tomorrow)["list"]]
    assert [expected[one] for one in late] == ["中心没有这笔结算"]
    assert clinic.act("mend_book")["mended"] == 7
    assert balance(clinic, book) == "0"


def test_result_files_come_in_other_shapes_late_or_as_error_text(clinic, book):
    def shaped(layout: str) -> bytes:
        clinic.act("spoil_book", kind="layout", layout=layout)
        return downloaded(clinic, book)

    assert {len(line.split("\t")) for line in text_of(shaped("extra")).splitlines()} == {11}
    assert text_of(shaped("header")).startswith("acct_pay\tfund_pay_sumamt\t")
    assert not zipfile.is_zipfile(io.BytesIO(shaped("error")))
    assert not zipfile.is_zipfile(io.BytesIO(shaped("half")))
    clinic.act("spoil_book", kind="amount", day=YESTERDAY)  # so that it has a memo
    with pytest.raises(UnicodeDecodeError):
        text_of(shaped("gbk"))
    with pytest.raises(SandboxFault, match="没有这样的文件格式"):
        shaped("unheard")
    clinic.act("mend_book")
    clinic.act("spoil_book", kind="slow", seconds=60)
    named = asked_file(clinic, book, YESTERDAY, YESTERDAY)
    assert clinic.ask("9102", {"fsDownloadIn": named | {"fixmedins_code": "x"}}).message.startswith("7513 文件尚未生成")


def test_a_balanced_month_that_is_over_becomes_an_application_and_a_second_one_shows(clinic):
    last = TODAY.replace(day=1) - timedelta(days=1)
    month = (str(last.replace(day=1)), str(last))
    rows = clinic.act("book", first=month[0], last=month[1])["list"]
    applied = f"{last:%Y-%m}/310/11/440100"
    assert balance(clinic, rows[1:] or [dict.fromkeys(SUMS, "1.00")], *month) == "1"
    assert applied not in clinic.state()["applied"]
    for times in (1, 2):
        assert balance(clinic, rows, *month) == "0"
        assert clinic.state()["applied"][applied] == times
    assert [one["duplicate"] for one in clinic.party.truth()["effects"] if one["code"] == "3201"] == [False, True]
    refused(clinic.ask("3201", {"data": whole(rows, "2026-01-01", "2026-03-31")}), "7514")


def test_what_is_settled_and_undone_over_the_wire_is_in_the_book_by_itself(clinic):
    patient = clinic.outpatient("civil")
    clinic.bill(patient, "B1", clinic.line("X00000003", "80.00", 2)).require()
    paid = clinic.settle(patient, "B1").require().setlinfo
    today = str(TODAY)
    mine = [one for one in clinic.act("book", first=today)["list"] if one["mdtrt_id"] == patient.mdtrt_id]
    assert [(one["setl_id"], one["msgid"], one["is_refund"]) for one in mine] == [
        (paid.setl_id, paid.medins_setl_id, False)
    ]
    clinic.undo("2208", patient, setl_id=paid.setl_id).require()
    mine = [one for one in clinic.act("book", first=today)["list"] if one["mdtrt_id"] == patient.mdtrt_id]
    assert [(one["is_refund"], one["medfee_sumamt"], one["refunds"]) for one in mine] == [
        (False, "160.00", ""),
        (True, "-160.00", paid.setl_id),
    ]
