"""A run asks the centre's total account, the detail account where they differ, and a month is applied for once."""

from __future__ import annotations

import io
import json
import uuid
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.access.models import Institution
from portal.gateway.archives import ZipLimits
from portal.gateway.journal import Operation, State
from portal.ledger.facts import Source
from portal.ledger.gathering import write
from reconciliation.models import MonthClose, Purpose, RawFile, Run, RunState, Total
from reconciliation.services import details, narrowing
from reconciliation.services.ending import seen_by
from reconciliation.services.months import close_month, month_state, start_month
from reconciliation.services.refusals import Refused
from reconciliation.services.result_files import read_result
from reconciliation.services.schedule import due_days, missed_days, run_schedule, save_schedule
from reconciliation.services.spans import halves, is_past_month, is_whole, month_before, next_month, pieces
from tests.reconciliation.run_desk import RunDesk, as_facts, desk_of

TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)
MONTH = month_before(TODAY)


@pytest.fixture
def desk(transactional_db, alice_member, bob_member, national_counterpart, settings, tmp_path) -> RunDesk:
    settings.PORTAL_QUIET_FACTOR = 0.0001
    settings.SPOOL_DIR = tmp_path / "spool"
    party = national_counterpart("RUNS", timeout=3)
    settings.SANDBOX_URL = party.sandbox.url
    return desk_of(alice_member, bob_member, party)


def test_books_that_agree_take_one_question_a_scope_and_no_file(desk):
    """Refunds are rows of their own; the day before and the day after do not count."""
    for day in (YESTERDAY - timedelta(days=1), YESTERDAY, TODAY):
        desk.both(day, 20, refund_every=5)
    desk.both(YESTERDAY, 3, insutype="390", seed="other")
    run = desk.reconcile("day", YESTERDAY)
    assert (run.state, run.ours_count, run.ours_refunds) == (RunState.BALANCED, 27, 4), run.note
    answers = [(one.insutype, one.state, one.code) for one in desk.totals(run)]
    assert answers == [("310", "balanced", "0"), ("390", "balanced", "0")]
    assert desk.sent("3202") == desk.sent("9101") == 0
    assert desk.effects() == [], "a day is a question, not an application"


def test_what_differs_is_sent_as_a_file_and_the_total_is_asked_again(desk):
    """One settlement that the centre lost, one that we do not know: found, kept with both files, gone when mended."""
    desk.both(YESTERDAY, 12, refund_every=4)
    desk.act("spoil_book", kind="missing_there", day=f"{YESTERDAY}", count=1, seed="1")
    strange = desk.act("spoil_book", kind="missing_here", day=f"{YESTERDAY}", count=1, seed="2")
    run = desk.reconcile("day", YESTERDAY)
    assert (run.state, run.differences, run.open_differences) == (RunState.DIFFERENT, 2, 2), run.note
    assert [one.step for one in desk.totals(run)] == [1, 2]
    with desk.door():
        sent, got = RawFile.objects.filter(run=run).order_by("id")
        assert (sent.purpose, sent.lines, got.purpose, got.problem) == (Purpose.DETAILS, 15, Purpose.RESULT, "")
        _, lines = read_result(sent.bytes, ("setl_id", "mdtrt_id", "psn_no", "total", "fund", "acct", "refd_setl_flag"))
        told = list(lines)
        assert sorted(one[6] for one in told) == ["0"] * 12 + ["1"] * 3
        assert all(float(one[3]) < 0 for one in told if one[6] == "1")
        kinds = sorted(seen_by(run).values_list("kind", flat=True))
        gap = sum(seen_by(run).values_list("total_gap", flat=True))
    assert (run.theirs_count, run.ours_total - run.theirs_total) == (15, gap)
    assert kinds == ["only_ours", "only_theirs"]

    desk.act("mend_book")
    run = desk.once_more(run)
    assert (run.state, run.open_differences, run.round) == (RunState.BALANCED, 0, 2), (run.note, strange)
    assert [one["state"] for one in run.rounds] == ["different", "balanced"]


UNREADABLE = {"error": "不是约定的报文格式", "path": "内部结构异常", "gbk": "UTF-8", "half": "不完整", "": "解压后过大"}


def test_a_result_that_cannot_be_read_is_kept_and_said(desk, monkeypatch):
    """Text instead of a zip, a name that leaves the folder, another encoding, a cut zip; more than we unpack."""
    rows = desk.both(YESTERDAY, 3)
    with desk.door():
        write([as_facts(rows[0], number="Z1", setl_id="Z1")], environment="test", source=Source.BROUGHT)
    for layout, problem in UNREADABLE.items():
        desk.act("spoil_book", kind="layout", layout=layout) if layout else desk.act("mend_book")
        if not layout:
            monkeypatch.setattr(details, "LIMITS", ZipLimits(unpacked=10))
        run = desk.reconcile("day", YESTERDAY)
        assert run.state == RunState.DIFFERENT
        assert problem in run.note
        with desk.door():
            kept = RawFile.objects.get(run=run, round=run.round, purpose=Purpose.RESULT)
            assert kept.problem
            assert len(kept.bytes) == kept.size > 0
        assert run.differences == 0, "nothing is made up from half a file"
    monkeypatch.setattr(details, "LIMITS", ZipLimits())
    monkeypatch.setattr(narrowing, "MOST", 0)
    run = desk.reconcile("day", YESTERDAY)
    assert (run.state, run.differences) == (RunState.FAILED, 0)
    assert "请先核对对账的日期和范围" in run.note, "other days or scopes are no hundred thousand differences"


def test_a_month_is_applied_for_once_by_a_reviewer_when_nothing_is_open(desk):
    """Halves are asked about first; what is balanced becomes one operation; a second one is refused; then the close."""
    desk.both(MONTH, 4)
    desk.both(MONTH.replace(day=20), 4)
    hospital = desk.by.institution
    with desk.door():
        Institution.objects.filter(pk=hospital.pk).update(four_eyes=False)
    desk.reviewer.institution.four_eyes = False
    spoilt = desk.act("spoil_book", kind="amount", day=f"{MONTH}", count=1)["hit"]
    with desk.door():
        with pytest.raises(Refused, match="复核人员"):
            start_month(MONTH, by=desk.by)
        start_month(MONTH, by=desk.reviewer)
    desk.carry()
    with desk.door():
        state = month_state("test", MONTH)
        assert state.run is not None
        assert (state.run.state, state.blocked) == (RunState.DIFFERENT, 1), state.run.note
        with pytest.raises(Refused, match="还有 1 项"):
            close_month(MONTH, by=desk.reviewer)
    assert desk.effects() == [], f"nothing is applied for while {spoilt} is open"

    desk.act("mend_book")
    with desk.door():
        start_month(MONTH, by=desk.reviewer)
    desk.carry()
    with desk.door():
        state = month_state("test", MONTH)
        assert state.run is not None
        assert (state.run.state, state.state) == (RunState.BALANCED, ("已视同申请清算", "good")), state.run.note
        with pytest.raises(Refused, match="不能再次申请"):
            start_month(MONTH, by=desk.reviewer)
        close_month(MONTH, by=desk.reviewer, note="")
        with pytest.raises(Refused, match="已经结账"):
            start_month(MONTH, by=desk.reviewer)
        assert MonthClose.objects.get().count == 8
        assert list(Operation.objects.filter(kind="3201").values_list("state", flat=True)) == [State.DONE]
    applied = desk.effects()
    assert [one["duplicate"] for one in applied] == [False]


def is_in_doubt(total: Total | None) -> bool:
    assert total is not None
    assert total.operation is not None
    return total.operation.is_doubtful


def test_an_application_whose_answer_is_lost_stays_in_doubt_and_is_not_made_again(desk):
    desk.both(MONTH, 3)
    desk.reviewer.institution.four_eyes = False
    with desk.door():
        Institution.objects.filter(pk=desk.institution_id).update(four_eyes=False)
        start_month(MONTH, by=desk.reviewer)
    desk.run_jobs()  # the questions about the halves
    desk.party.sandbox.switch_on("drop_response", codes=["3201"], party=desk.party.app_code, count=1)
    desk.carry()
    with desk.door():
        state = month_state("test", MONTH)
        assert state.run is not None
        assert state.run.state == RunState.WAITING, state.run.note
        assert "等待申请结果" in state.obstacle
        assert [is_in_doubt(one.total) for one in state.scopes] == [True]
        assert start_month(MONTH, by=desk.reviewer).round == 1, "the run that waits is joined"
        assert Operation.objects.filter(kind="3201").count() == 1


def test_each_morning_yesterday_is_reconciled_and_missed_days_are_made_up_for(desk, dora_member):
    """Scopes that are fixed are asked about without a settlement, too: what only the centre has is found that way."""
    desk.both(YESTERDAY, 2)
    desk.centre(YESTERDAY, 1, insutype="390", clr_type="21", seed="theirs")
    later = timezone.now() + timedelta(hours=1)
    with desk.door():
        schedule = save_schedule(is_on=True, at=time.min, scopes=["390/21/440100"], by=dora_member)
        assert missed_days("test", now=later) == [YESTERDAY]
        schedule.through = TODAY - timedelta(days=4)
        schedule.save()
        assert run_schedule(desk.by.institution) == 3
        assert run_schedule(desk.by.institution) == 0
    desk.carry()
    with desk.door():
        assert missed_days("test", now=later) == []
        runs = list(Run.objects.order_by("begin"))
        assert [one.state for one in runs] == ["balanced", "balanced", "different"]
        assert {one.insutype for one in runs[2].totals.all()} == {"310", "390"}
        assert seen_by(runs[2]).get().kind == "only_theirs"
        with pytest.raises(Refused, match="没有险种"):
            save_schedule(is_on=True, at=time.min, scopes=["999/11/440100"], by=dora_member)


def test_only_a_month_that_is_over_counts_as_one_and_no_part_of_it_looks_like_one():
    assert next_month(date(2024, 12, 31)) == date(2025, 1, 1)
    for first in (date(2024, 2, 1), date(2023, 2, 1), date(2024, 12, 1)):
        end = next_month(first)
        assert is_past_month(first, end, end)
        assert not is_past_month(first, end, end - timedelta(days=1))
        assert [is_whole(*part) for part in halves(first, end)] == [False, False]
        assert halves(first, end)[0][1] == halves(first, end)[1][0] == first.replace(day=16)
    assert is_whole(date(2024, 1, 1), date(2024, 3, 1))
    assert not is_past_month(date(2024, 1, 1), date(2024, 3, 1), date(2025, 1, 1))
    assert halves(date(2024, 2, 29), date(2024, 3, 1)) == ((date(2024, 2, 29), date(2024, 3, 1)),)
    counts = {date(2024, 2, 1): 5, date(2024, 2, 2): 5, date(2024, 2, 4): 20}
    cut = list(pieces(date(2024, 2, 1), date(2024, 2, 6), counts, 9))
    assert (cut[0], cut[-1][1]) == ((date(2024, 2, 1), date(2024, 2, 2)), date(2024, 2, 6))
    assert all(one[1] == two[0] for one, two in pairwise(cut))
    early = datetime(2024, 3, 1, 6, 29, tzinfo=timezone.get_default_timezone())
    assert due_days(date(2024, 2, 28), time(6, 30), early) == []
    assert due_days(date(2024, 2, 28), time(6, 30), early + timedelta(minutes=1)) == [date(2024, 2, 29)]


def packed(*lines: str) -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("result.txt", "\n".join(lines))
    return made.getvalue()


def cell(row: list[str], place: int | None) -> str:
    assert place is not None
    return row[place]


def test_a_result_is_read_with_other_columns_in_another_order():
    """As printed, with one more column before the memo, with one at the end, with a line of names, half a last line."""
    plain = "P1\tM1\tS1\tmsg\t1\t0\tnull\t10.00\t5.00\t1.00"
    for line in (plain, plain.replace("\tnull\t", "\tmore\tnull\t"), plain + "\texp"):
        layout, rows = read_result(packed(line, "P2\tM2"))
        first, second = rows
        places = (layout.setl_id, layout.medfee_sumamt, layout.acct_pay)
        assert [cell(first, place) for place in places] == ["S1", "10.00", "1.00"]
        assert second == ["P2", "M2"], "what is cut off is given as it is"
    layout, rows = read_result(packed("setl_id\tSTMT_RSLT\tx\tpsn_no\tmedfee_sumamt", "S1\t0\tx\tP1\t-7.00"))
    assert layout.has_header
    assert [cell(next(rows), layout.psn_no), layout.fund_pay_sumamt] == ["P1", None]


def test_people_and_programs_start_and_read_runs(desk, alice, bob, charlie, dora):
    """A clerk by the form, a program by POST; whole months only by reviewers; another institution finds nothing."""
    rows = desk.both(YESTERDAY, 3)
    with desk.door():
        write([as_facts(rows[0], number="Z1", setl_id="Z1")], environment="test", source=Source.BROUGHT)
    new = reverse("reconciliation:run-new")
    asked = {"family": "national", "begin": f"{MONTH}", "to": f"{next_month(MONTH) - timedelta(days=1)}"}
    assert "请用整月对账" in alice.post(new, asked).content.decode()
    day = {"family": "national", "begin": f"{YESTERDAY}", "to": f"{YESTERDAY}"}
    where = alice.post(new, day)["Location"]
    desk.carry()
    shown = alice.get(where).content.decode()
    assert all(word in shown for word in ("不平", "对明细后", "历次对账"))
    with desk.door():
        file = RawFile.objects.order_by("id").first()
    assert file is not None
    path = reverse("reconciliation:run-file", args=[file.pk])
    assert (alice.get(path).status_code, charlie.get(where).status_code) == (403, 404)
    assert bob.get(path).content == file.bytes
    month = reverse("reconciliation:month-detail", args=[YESTERDAY.year, YESTERDAY.month])
    assert "Z1" in bob.get(month).content.decode()
    assert alice.post(f"{month}start/").status_code == 403
    assert f"{YESTERDAY:%Y-%m}" in alice.get(reverse("reconciliation:month-list")).content.decode()
    schedule = reverse("reconciliation:run-schedule")
    assert dora.post(schedule, {"is_on": "on", "at": "05:00", "scopes": "310/11"}).status_code == 200
    assert dora.post(schedule, {"is_on": "on", "at": "05:00", "scopes": "310/11/440100"}).status_code == 302
    assert alice.get(reverse("reconciliation:run-list")).status_code == 200

    def post(body, client=alice, path="runs"):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        path = f"/api/v1/reconciliation/{path}"
        return client.post(path, json.dumps(body), "application/json", headers=headers)

    wrong = post({"begin": asked["begin"], "last": asked["to"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/last")
    made = post({"begin": f"{YESTERDAY}"})
    assert (made.status_code, made.json()["round"], made.json()["state"]) == (202, 2, "running")
    desk.carry()
    told = alice.get(made["Location"]).json()
    assert (told["state"], told["totals"][0]["code"], len(told["files"])) == ("different", "1", 4)
    assert charlie.get(made["Location"]).status_code == 404
    found = alice.get(f"/api/v1/reconciliation/months/{YESTERDAY:%Y/%m}".replace("/0", "/")).json()
    assert (found["blocked"], found["scopes"][0]["application"]) == (1, "")
