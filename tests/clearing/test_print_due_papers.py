"""Printing everything due in one go: order, contents, page numbers, bookmarks, progress, cancelling, going on."""

import io
import json
import re
import unicodedata
import zipfile
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader, PdfWriter

from clearing.models import ClearingRow, DuePapers, PrintedPaper, RowState
from clearing.papers.merged import Lacking, Order, start_due_papers
from clearing.services import Refused
from clearing.services.printing import reckoned, standing_of
from portal.access.door import tenant_tx
from portal.jobs import Job, cancel
from portal.jobs.running import Running
from portal.jobs.tasks import run_job
from portal.papers import batches
from portal.papers.pressroom import Press
from tests.cast import actions_of, signed_in
from tests.clearing.printing import SCOPE, City, full_city

QUERY = {"year": "2025", "insurance": "001", "agency": ""}
TITLES = ("核拨表", "异地保证金返还表", "生育保证金返还表", "药店/村卫生室保证金返还表")


class Office:
    """Alice with a city in the database; nothing is open between two calls."""

    def __init__(self, member) -> None:
        self.member, self.id = member, member.institution_id

    def tx(self):
        return tenant_tx(self.id)

    def city(self, providers=6):
        with self.tx():
            return full_city(City(), providers)

    def start(self, form="volume", *codes, anyway=False):
        with self.tx():
            return start_due_papers(Order(SCOPE, form, codes), by=self.member, anyway=anyway)

    def run(self, job):
        run_job(self.id, str(job.pk))
        with self.tx():
            return Job.objects.get(pk=job.pk)

    def file(self, job):
        with default_storage.open(job.result_path) as file:
            return file.read()


@pytest.fixture
def office(transactional_db, alice_member, settings, tmp_path):
    settings.VAR, settings.MEDIA_ROOT = tmp_path / "var", tmp_path / "media"
    return Office(alice_member)


@pytest.fixture
def blank_press(monkeypatch):
    """Prints blank pages, as many as were planned, and only while no transaction is open."""

    class Blank:
        def print(self, html):
            assert not connection.in_atomic_block
            writer, file = PdfWriter(), io.BytesIO()
            count = len(re.findall("data-page=", html))
            for _ in range(count):
                writer.add_blank_page(842, 595)
            writer.write(file)
            return file.getvalue(), count

        def end(self):
            pass

    @contextmanager
    def presses(wanted):
        yield [Blank()]

    monkeypatch.setattr(batches, "presses", presses)
    monkeypatch.setattr(batches, "MOST_PAPERS", 2)


def texts(pdf):
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return [unicodedata.normalize("NFKC", re.sub(r"\s+", "", page)) for page in pages]


def bookmarks(pdf):
    reader = PdfReader(io.BytesIO(pdf))

    def flat(found, level=0):
        for one in found:
            if isinstance(one, list):
                yield from flat(one, level + 1)
            else:
                yield level, one["/Title"], reader.get_destination_page_number(one)

    return list(flat(reader.outline))


def test_it_binds_the_papers_of_each_provider_in_order(office, monkeypatch):
    open_while_printing: list[bool] = []
    printing = Press.print

    def watched(press, html):
        open_while_printing.append(connection.in_atomic_block)
        return printing(press, html)

    monkeypatch.setattr(Press, "print", watched)
    office.city(6)
    job = office.run(office.start("each"))
    assert (job.state, job.done, job.total, job.error) == ("done", 6, 6, "")
    assert "共 12 张报表，6 家机构" in job.note
    assert open_while_printing
    assert not any(open_while_printing)
    pdf = office.file(job)
    pages = texts(pdf)
    front = next(place for place, page in enumerate(pages) if "医疗保险年终清算核拨表" in page)
    contents = "".join(pages[:front])
    with office.tx():
        rows = list(DuePapers.objects.order_by("region", "provider_code"))
        kept = list(PrintedPaper.objects.all())
    place = front
    for row in rows:
        for paper, title in zip(("disbursement", "cross_region", "maternity", "primary"), TITLES, strict=True):
            if getattr(row, paper) in ("", "spare"):
                continue
            assert row.provider_code in pages[place], (place, row.provider_code, paper)
            assert unicodedata.normalize("NFKC", title) in pages[place]
            assert "第1页/共1页" in pages[place]
            assert "经办人" in pages[place]
            place += 1
    assert place == len(pages) == front + 12
    assert f"第1页/共{front}页" in pages[0]
    for words in ("共12张报表,6家机构", "核拨表33", "测试环境数据"):
        assert words in contents, words
    assert f"1机构H00000000000(H00000000000)核拨表4400.00{front + 1}" in contents
    marks = bookmarks(pdf)
    assert marks[0] == (0, "目录", 0)
    assert next(mark for mark in marks if mark[0] == 2) == (2, "核拨表", front)
    assert len([mark for mark in marks if mark[0] == 1]) == 6
    assert len([mark for mark in marks if mark[0] == 0]) == 1 + len({row.region for row in rows})
    assert len(kept) == 12
    assert all(one.is_bound and one.made_as == office.member.label for one in kept)
    with office.tx():
        now = standing_of(reckoned(SCOPE, by=office.member))
    assert (now.printed, now.waiting) == (12, 0)
    assert "clearing.papers.bound" in actions_of(office.id)
    assert not list(Path(f"{office_var(office)}").glob("*"))


def office_var(office):
    from django.conf import settings

    return settings.VAR / "prints"


def test_it_binds_one_table_of_each_kind_for_a_scope(office):
    office.city(6)
    with office.tx():
        City().provider("H9", "hospital", "inpatient", state=RowState.REVOKED)
        total = sum(row.disburse for row in ClearingRow.objects.filter(provider_type="hospital", state="applied"))
    job = office.run(office.start())
    pdf = office.file(job)
    pages = texts(pdf)
    assert [title for _, title, _ in bookmarks(pdf)] == ["目录", *TITLES]
    assert f"{total:,.2f}" in pages[1]
    assert "按规则应打印的3家机构" in pages[1]
    assert "P00000000000" not in pages[1]
    assert [words in pages[0] for words in ("核拨表1312", f"{total:,.2f}")] == [True, True]
    with office.tx():
        kept = {one.paper: (one.providers, one.total) for one in PrintedPaper.objects.all()}
    assert kept["disbursement"] == (3, total)
    assert kept["primary"] == (3, Decimal("150.00"))


def test_it_makes_a_file_for_each_provider(office, blank_press):
    codes = office.city(4)
    job = office.run(office.start("zip", *codes[:2]))
    with zipfile.ZipFile(io.BytesIO(office.file(job))) as archive:
        names = archive.namelist()
        assert names[0] == "00_目录.pdf"
        assert names[1:] == [
            "140212_新荣区/H00000000000_机构H00000000000.pdf",
            "140213_平城区/H00000000001_机构H00000000001.pdf",
        ]
        assert len(PdfReader(io.BytesIO(archive.read(names[2]))).pages) == 3


def test_it_names_what_lacks_data_and_prints_the_rest_if_wanted(office, blank_press):
    office.city(4)
    with office.tx():
        City().provider("H9", "hospital", "inpatient", state=RowState.VERIFIED)
    with pytest.raises(Lacking) as caught:
        office.start("each")
    assert (caught.value.count, caught.value.ready) == (1, 8)
    assert "未申请" in caught.value.some[0].why
    job = office.run(office.start("each", anyway=True))
    assert "1 张因缺数据未打印" in job.note
    assert "H9" in "".join(texts(office.file(job))[:1])
    with pytest.raises(Refused) as refused:
        office.start("each", "H9")
    assert "未申请" in refused.value.sentence


def test_it_stops_when_asked_and_leaves_nothing(office, blank_press, monkeypatch):
    office.city(30)
    job = office.start("each")
    said = []

    def stop_later(self, done, total=None, note=""):
        said.append((done, total, note))
        if len(said) == 2:
            with office.tx():
                cancel(Job.objects.get(pk=job.pk))
        return progress(self, done, total, note)

    progress = Running.progress
    monkeypatch.setattr(Running, "progress", stop_later)
    job = office.run(job)
    assert (job.state, job.result_path) == ("cancelled", "")
    assert said[0] == (1, 30, "机构H00000000000")
    assert len(said) == 2
    assert not list(office_var(office).glob("*"))
    with office.tx():
        assert not PrintedPaper.objects.exists()


def test_it_goes_on_where_it_was(office, blank_press, monkeypatch):
    """A long job gives way to others, and does not print again what it has."""
    monkeypatch.setattr("clearing.papers.merged.TURN", -1)
    office.city(6)
    printed: list[Any] = []

    def document(batch):
        printed.extend(copy.key for copy in batch)
        return "data-page=" * len(batch)

    monkeypatch.setattr(batches, "_document", document)
    job = office.start("each")
    turns: list[str] = []
    while not turns or turns[-1] == "queued":
        job = office.run(job)
        turns.append(job.state)
    assert turns == ["queued"] * 6 + ["done"]
    assert len({key.code for key in printed}) == 6
    with office.tx():
        kept = list(PrintedPaper.objects.values_list("paper", "provider_code"))
    assert len(kept) == len(set(kept)) == 12


def test_it_shows_filters_and_exports_the_list(office):
    office.city(6)
    with office.tx():
        City().provider("H9", "hospital", "inpatient", state=RowState.VERIFIED, region="140221")
    clerk = signed_in(office.member)
    page = clerk.get(reverse("clearing:due-papers")).content.decode()
    for words in ("2025 年城镇职工", "7 家机构", "待打印", "缺数据", "一键打印", "第 5 行", "第 6 行", "报表打印规则"):
        assert words in page, words
    lacking = clerk.get(
        reverse("clearing:due-papers"), {**QUERY, "state": "waiting", "paper": "primary"}
    ).content.decode()
    assert lacking.count("机构P") == 3
    assert "机构H" not in lacking
    export = clerk.get(reverse("clearing:due-papers"), {**QUERY, "export": "xlsx"})
    assert export.content[:2] == b"PK"
    with office.tx():
        row = DuePapers.objects.get(provider_code="H00000000000")
    story = clerk.get(reverse("clearing:due-papers-provider", args=[row.pk])).content.decode()
    assert 'class="chosen"' in story
    assert "打印应打印报表（3 张）" in story


def test_a_look_is_no_print(office):
    office.city(4)
    clerk = signed_in(office.member)
    assert clerk.get(reverse("clearing:refund-primary-preview"), QUERY).content[:5] == b"%PDF-"
    with office.tx():
        assert not PrintedPaper.objects.exists()
    assert clerk.post(reverse("clearing:refund-primary-download"), QUERY | {"format": "xlsx"}).status_code == 200
    with office.tx():
        assert PrintedPaper.objects.get().format == "xlsx"


def test_it_prints_ticked_all_matching_and_one(office, blank_press):
    office.city(6)
    clerk = signed_in(office.member)
    clerk.get(reverse("clearing:due-papers"))
    with office.tx():
        rows = {row.provider_code: row for row in DuePapers.objects.all()}
    ticked = {
        "ids": [str(rows["P00000000000"].pk), str(rows["H00000000001"].pk)],
        "query": "year=2025&insurance=001&agency=",
    }
    answer = clerk.post(reverse("clearing:due-papers-print"), ticked)
    with office.tx():
        job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:job", args=[job.pk])
    assert job.params["providers"] == ["H00000000001", "P00000000000"]
    every = {"all": "1", "query": "year=2025&insurance=001&agency=&provider_type=pharmacy", "claimed": "3"}
    clerk.post(reverse("clearing:due-papers-zip"), every)
    clerk.post(reverse("clearing:due-papers-provider-print", args=[rows["H00000000002"].pk]))
    clerk.post(reverse("clearing:due-papers-scope"), QUERY)
    with office.tx():
        orders = [(job.params["form"], len(job.params["providers"])) for job in Job.objects.order_by("pk")]
    assert orders == [("each", 2), ("zip", 3), ("each", 1), ("volume", 0)]
    answer = clerk.post(reverse("clearing:due-papers-print"), {"query": "year=2025&insurance=001"}, follow=True)
    assert "请先选择记录" in answer.content.decode()


def test_it_asks_before_it_prints_without_what_lacks(office):
    office.city(4)
    with office.tx():
        City().provider("H9", "hospital", "inpatient", state=RowState.VERIFIED)
    clerk = signed_in(office.member)
    answer = clerk.post(reverse("clearing:due-papers-scope"), QUERY)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "仍然打印已有的 4 张" in page
    assert "机构H9（H9）" in page
    assert clerk.post(reverse("clearing:due-papers-scope"), {**QUERY, "anyway": "1"}).status_code == 302


def test_a_hospital_system_asks_prints_and_fetches(office, blank_press):
    office.city(4)
    client = signed_in(office.member)
    base = "/api/v1/clearing/due-papers"
    listed = client.get(base, QUERY | {"state": "waiting"}).json()["items"]
    assert {one["provider_code"] for one in listed} >= {"H00000000000", "P00000000001"}
    found = client.get(base, QUERY | {"q": "H00000000000"}).json()["items"]
    assert [one["provider_code"] for one in found] == ["H00000000000"]
    assert client.get(base, QUERY | {"state": "x"}).status_code == 422
    body = {"year": 2025, "insurance": "001", "form": "each", "provider_codes": ["H00000000000"]}

    def post(key):
        return client.post(
            f"{base}/prints", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
        )

    answer = post("print-1")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    with office.tx():
        job = Job.objects.get()
    office.run(job)
    state = client.get(answer["Location"]).json()
    assert (state["state"], state["done"]) == ("done", 1)
    assert client.get(state["file"]).content[:5] == b"%PDF-"
    with office.tx():
        ClearingRow.objects.update(state=RowState.VERIFIED)
    refused = post("print-2")
    assert (refused.status_code, refused.json()["code"]) == (409, "lacking")


def test_another_institution_sees_nothing(office, charlie_member):
    office.city(4)
    clerk = signed_in(office.member)
    clerk.get(reverse("clearing:due-papers"))
    with office.tx():
        row = DuePapers.objects.all()[0]
    stranger = signed_in(charlie_member)
    assert stranger.get(reverse("clearing:due-papers-provider", args=[row.pk])).status_code == 404
    assert "没有符合条件的机构" in stranger.get(reverse("clearing:due-papers")).content.decode()
