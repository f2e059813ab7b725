"""A difference is decided by two people, alone, by the hundred or on a sheet; the book follows, the run balances."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.access.models import Institution
from portal.ledger.models import Entry
from portal.ledger.reading import revisions_of
from portal.papers.xlsx_reading import read_xlsx
from reconciliation.models import (
    Adjustment,
    Alarm,
    Decision,
    DecisionState,
    Difference,
    DifferenceState,
    RunSchedule,
    RunState,
)
from reconciliation.services.alarms import look
from reconciliation.services.cases import offers_for
from reconciliation.services.deciding import approve, propose, refuse, withdraw
from reconciliation.services.deciding_many import approve_all, propose_all
from reconciliation.services.figures import ages, by_kind
from reconciliation.services.refusals import Refused
from reconciliation.services.sheets import preview, take
from reconciliation.tasks import follow_decisions
from tests.reconciliation.run_desk import RunDesk, desk_of

YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def desk(transactional_db, alice_member, bob_member, national_counterpart, settings, tmp_path) -> RunDesk:
    """A day of twelve settlements and three refunds that both sides have."""
    settings.PORTAL_QUIET_FACTOR = 0.0001
    settings.SPOOL_DIR = tmp_path / "spool"
    party = national_counterpart("DECIDE", timeout=3)
    settings.SANDBOX_URL = party.sandbox.url
    desk = desk_of(alice_member, bob_member, party)
    desk.both(YESTERDAY, 12, refund_every=4)
    return desk


def spoiled(desk: RunDesk, *kinds: str, count: int = 1):
    """The run after these faults at the centre."""
    for kind in kinds:
        desk.act("spoil_book", kind=kind, day=f"{YESTERDAY}", count=count, seed=kind)
    return desk.reconcile("day", YESTERDAY)


def only(**which) -> Difference:
    return Difference.objects.select_related("entry", "their_row").get(**which)


def test_taking_over_the_centres_side_takes_two_people_and_then_the_run_balances(desk) -> None:
    run = spoiled(desk, "amount", "missing_there", "missing_here")
    assert (run.state, run.open_differences) == (RunState.DIFFERENT, 3)
    with desk.door():
        amount = only(kind="amount")
        with pytest.raises(Refused, match="请填写理由"):
            propose(amount, "adopt", reason=" ", by=desk.by)
        with pytest.raises(Refused, match="不能这样处理"):
            propose(amount, "reverse", reason="试试", by=desk.by)
        decision = propose(amount, "adopt", reason="中心补记了材料费", by=desk.by)
        assert (decision.state, only(pk=amount.pk).state) == (DecisionState.PROPOSED, DifferenceState.PROPOSED)
        entry = only(pk=amount.pk).entry
        assert entry is not None
        assert entry.revision == 1, "nothing happens before the second person agrees"
        with pytest.raises(Refused, match="没有复核"):
            approve(decision, by=desk.by)
        with pytest.raises(Refused, match="待复核"):
            propose(amount, "accept", reason="又来", by=desk.by)
        refuse(decision, by=desk.reviewer, reason="请附说明")
        assert only(pk=amount.pk).state == DifferenceState.OPEN
        withdraw(propose(amount, "accept", reason="换个方式", by=desk.by), by=desk.by)
        for kind in ("amount", "only_ours", "only_theirs"):
            approve(propose(only(kind=kind), "adopt", reason="以中心为准", by=desk.by), by=desk.reviewer)
        first, latest = reversed(revisions_of(entry))
        assert (latest.total - first.total, latest.fund - first.fund) == (Decimal("1.00"), Decimal("1.00"))
        assert latest.cash == first.cash
        made = {one.difference.kind: one for one in Adjustment.objects.select_related("difference")}
        assert made["amount"].total == Decimal("1.00")
        assert made["only_ours"].total == -only(kind="only_ours").total_gap
        assert {one.made_as for one in made.values()} == {"经办甲、复核甲"}
        run = desk.again(run)
        assert run.open_differences == 0
    run = desk.once_more(run)
    assert (run.state, run.round) == (RunState.BALANCED, 2), run.note
    with desk.door():
        strange = Entry.objects.get(setl_id=only(kind="only_theirs").setl_id, is_latest=True)
        assert (strange.source, strange.insutype) == ("brought", "310")


def test_nobody_agrees_to_their_own_not_even_in_the_database(desk) -> None:
    spoiled(desk, "amount")
    with desk.door():
        decision = propose(only(), "accept", reason="四舍五入", by=desk.by)
        with pytest.raises(IntegrityError, match="decision_waits_for_the_second"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(state=DecisionState.DONE)
        with pytest.raises(IntegrityError, match="decision_by_two_people"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(approved_by=desk.by.user)
        Institution.objects.filter(pk=desk.institution_id).update(four_eyes=False)
    desk.by.institution.four_eyes = False
    with desk.door():
        withdraw(decision, by=desk.by)
        alone = propose(only(), "accept", reason="只有一个人", by=desk.by)
        assert (alone.state, only().outcome) == (DecisionState.DONE, "accept")
        assert Adjustment.objects.get().is_booked is False


def test_one_decision_for_all_that_match_and_what_cannot_be_decided_so_is_named(desk) -> None:
    spoiled(desk, "missing_there", count=4)
    desk.act("spoil_book", kind="twice", day=f"{YESTERDAY}")
    run = desk.reconcile("day", YESTERDAY)
    with desk.door():
        assert {one.kind: (one.count, one.open) for one in by_kind(Difference.objects.all())} == {
            "only_ours": (4, 4),
            "twice": (1, 1),
        }
        assert [one.count for one in ages(Difference.objects.all())] == [5, 0, 0, 0, 0]
        taken = propose_all(Difference.objects.all(), "adopt", reason="中心确认没有", by=desk.by)
        assert (taken.count, len(taken.left)) == (4, 1)
        assert "重复" in taken.left[0][1]
        assert Decision.objects.filter(batch=taken.batch).count() == 4
        agreed = approve_all(Difference.objects.all(), by=desk.reviewer)
        assert (agreed.count, len(agreed.left)) == (4, 1)
        assert desk.again(run).open_differences == 1


def test_a_sheet_goes_out_comes_back_filled_is_shown_and_taken_once(desk, alice) -> None:
    spoiled(desk, "missing_there", "amount", "missing_here")
    sheet = alice.get(reverse("reconciliation:sheet-download")).content
    book = load_workbook(BytesIO(sheet))
    page: Any = book.active
    head = next(n for n, row in enumerate(page.iter_rows(values_only=True), 1) if row[0] == "差异标识")
    first, second, third = (page[head + n] for n in (1, 2, 3))
    for cells, action, reason in ((first, "说明原因后认可", "跨月"), (second, "丢掉", "试试"), (third, "", "")):
        cells[-2].value, cells[-1].value = action, reason
    saved = BytesIO()
    book.save(saved)
    with desk.door():
        shown = preview("处理.xlsx", read_xlsx(saved.getvalue()), by=desk.by)
        assert (shown.good, shown.bad) == (1, 1)
        assert "处理方式应为" in shown.rows[1]["fault"]
        assert Decision.objects.count() == 0
        assert take(shown, by=desk.by).count == 1
        with pytest.raises(Refused, match="已经提交过"):
            take(shown, by=desk.by)
        waiting = Decision.objects.get()
        assert (str(waiting.difference_id), waiting.reason) == (first[0].value, "跨月")


def test_the_pages_tell_the_story_and_print_the_statement(desk, alice, bob) -> None:
    run = spoiled(desk, "amount")
    with desk.door():
        found = only()
    address = reverse("reconciliation:difference-detail", args=[found.pk])
    assert (
        found.number
        in alice.get(reverse("reconciliation:difference-list"), {"run": run.pk, "open": "1"}).content.decode()
    )
    told = alice.get(address).content.decode()
    assert "以中心为准调账" in told
    wrong = alice.post(reverse("reconciliation:difference-decide-one", args=[found.pk]), {"action": "adopt"})
    assert "请填写理由" in wrong.content.decode()
    alice.post(reverse("reconciliation:difference-comment", args=[found.pk]), {"text": "已电话核实"})
    people = {"to": str(desk.reviewer.person.pk)}
    alice.post(reverse("reconciliation:difference-assign-one", args=[found.pk]), people)
    chosen = {"ids": str(found.pk), "step": "decide", "action": "accept", "reason": "角分差"}
    assert alice.post(reverse("reconciliation:difference-decide"), chosen).status_code == 302
    told = bob.get(address).content.decode()
    for words in ("待复核", "角分差", "已电话核实", "复核通过"):
        assert words in told
    assert bob.post(reverse("reconciliation:difference-approve"), {"ids": str(found.pk)}).status_code == 302
    with desk.door():
        assert (only().state, only().assigned_to) == (DifferenceState.DONE, desk.reviewer.user)
    paper = bob.post(reverse("reconciliation:run-statement", args=[run.pk]))
    assert paper.content.startswith(b"%PDF")
    excel = bob.post(reverse("reconciliation:run-statement-sheet", args=[run.pk]))
    rows = [line.values for line in read_xlsx(excel.content)]
    assert any(found.number in row and "已认可" in row for row in rows)


def test_people_are_told_once_of_a_day_without_a_run(desk, alice) -> None:
    with desk.door():
        since = timezone.now() - timedelta(days=3)
        RunSchedule.objects.create(environment="test", at=since.time(), changed_at=since)
        now = look(desk.institution_id)
        assert now >= 2
        assert look(desk.institution_id) == now == Alarm.objects.count()
    assert "没有完成的对账" in alice.get("/").content.decode()
    for back in range(4):
        desk.reconcile("day", YESTERDAY - timedelta(days=back))
    with desk.door():
        look(desk.institution_id)
        assert not Alarm.objects.filter(ended_at=None).exists()


def test_a_decision_about_a_settlement_of_ours_ends_with_its_operation(desk, settling_here) -> None:
    """The business takes it back at the centre; the difference is done when the operation is."""
    settled = settling_here
    today = timezone.localdate()
    desk.act("spoil_book", kind="amount", day=f"{today}", setl_ids=[settled.setl_id])
    desk.reconcile("day", today)
    with desk.door():
        found = only(setl_id=settled.setl_id)
        assert {one.action: bool(one.obstacle) for one in offers_for(found, by=desk.by)} == {
            "adopt": True,
            "reverse": False,
            "resend": True,
            "accept": False,
        }
        decision = approve(propose(found, "reverse", reason="重新结算", by=desk.by), by=desk.reviewer)
        assert decision.state == DecisionState.RUNNING
    follow_decisions(desk.institution_id)
    with desk.door():
        assert only(pk=found.pk).state == DifferenceState.DECIDED, "the operation has not ended"
    desk.carry()
    follow_decisions(desk.institution_id)
    with desk.door():
        assert (only(pk=found.pk).state, only(pk=found.pk).outcome) == (DifferenceState.DONE, "reverse")


@pytest.fixture
def settling_here(desk):
    """A purchase that was settled at the desk over the wire."""
    from tests.settlement.settling_desk import SettlingDesk, line

    counter = SettlingDesk(desk.by, desk.reviewer, desk.party)
    return counter.bought(line())
