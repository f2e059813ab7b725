"""Settlements in the book: what was settled, taken back, is in doubt or never was; what can be done about each."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from portal.gateway.journal import Operation, State, send_queued
from portal.ledger.facts import Span, Standing
from portal.ledger.gathering import gather
from portal.ledger.models import Entry
from portal.ledger.reading import entries_between, revisions_of, sums_by_scope
from portal.ledger.registry import Case, NotPossible, Remedy, remedy_of
from settlement.models import SettlementState
from settlement.services.settling.undoing import undo


def remedy(action: str) -> Remedy:
    found = remedy_of("settlement", action)
    assert found is not None
    return found


def test_settlements_refunds_and_doubts_become_entries_once(settling):
    today = Span.of_day("test", timezone.localdate())

    def book():
        written = gather(settling.institution_id, "test", today)
        with settling.door():
            return written, {(one.number, one.is_refund): one for one in entries_between(today, family="national")}

    stays, goes = settling.bought(), settling.bought()
    with settling.door():
        operation = undo(goes, by=settling.by)
    written, entries = book()
    assert (written.fresh, written.changed) == (3, 0)
    assert entries[goes.number, True].standing == Standing.PENDING
    settling.approve(operation)
    settling.carry()
    goes = settling.again(goes)
    written, entries = book()
    assert (written.fresh, written.changed, written.same) == (0, 1, 2)
    refund = entries[goes.number, True]
    assert (refund.standing, refund.total, refund.account) == (Standing.SETTLED, -goes.total, -goes.account)
    assert (refund.setl_id, refund.settled_at) == (goes.undo_setl_id, goes.undone_at)
    kept = entries[stays.number, False]
    with settling.door():
        assert kept.person_no.reveal() == stays.visit.person_no.reveal()
        assert (kept.msgid, kept.setl_id, kept.settled_at) == (stays.msgid, stays.setl_id, stays.settled_at)
        sums = sums_by_scope(today, "national")
    assert [(one.count, one.refunds, one.total) for one in sums] == [(3, 1, stays.total)]
    assert (sums[0].insutype, sums[0].clr_type) == (stays.visit.insurance, stays.clr_type)

    settling.sandbox.switch_on("drop_response", count=1, codes=["2102A"])
    shown = settling.preview(settling.basket())
    settling.settle(shown)
    settling.run_jobs()
    send_queued(settling.institution_id, "national")
    _, entries = book()
    doubt = entries[shown.number, False]
    assert (doubt.standing, doubt.total) == (Standing.DOUBTFUL, Decimal(shown.shown["total"]))
    case = Case(doubt, by=settling.by, approved_by=settling.reviewer, reason="中心有这笔")
    with settling.door(), pytest.raises(NotPossible, match="静默期"):
        remedy("adopt").act(case)
    settling.carry()
    written, entries = book()
    done = entries[shown.number, False]
    assert (written.changed, done.standing, done.revision) == (1, Standing.SETTLED, 2)
    with settling.door():
        assert [one.is_latest for one in revisions_of(done)] == [True, False]
    assert book()[0].same == 4
    assert_remedies(settling, done, refund)


def assert_remedies(settling, done, refund):
    """Two people take one back through the book; a refund cannot be taken back, nor what is settled sent again."""
    reverse, resend = remedy("reverse"), remedy("resend")
    given = {"by": settling.by, "approved_by": settling.reviewer, "reason": "重复办理"}
    with settling.door():
        with pytest.raises(NotPossible, match="退费不能再撤销"):
            reverse.act(Case(refund, **given))
        with pytest.raises(NotPossible, match="已有结果"):
            resend.act(Case(done, **given))
        begun = reverse.act(Case(done, **given)).operation
        assert begun is not None
        assert begun.state == State.QUEUED
        with pytest.raises(NotPossible, match="不能撤销"):
            reverse.act(Case(done, **given))
    settling.carry()
    with settling.door():
        assert Operation.objects.get(pk=begun.pk).state == State.DONE


def test_what_never_happened_is_void_and_comes_from_no_other_day(settling):
    today = Span.of_day("test", timezone.localdate())
    shown = settling.preview(settling.basket())
    settling.settle(shown)
    gather(settling.institution_id, "test", today)
    with settling.door():
        pending = Entry.objects.get()
        type(shown).objects.filter(pk=shown.pk).update(state=SettlementState.REJECTED)
    tomorrow = Span.of_day("test", today.end + timedelta(days=4))
    assert gather(settling.institution_id, "test", tomorrow).changed == 1  # open entries are asked about on any day
    with settling.door():
        assert pending.standing == Standing.PENDING
        assert not entries_between(today).exists()
        assert Entry.objects.get(is_latest=True).standing == Standing.VOID
    assert gather(settling.institution_id, "test", today).changed == 0
