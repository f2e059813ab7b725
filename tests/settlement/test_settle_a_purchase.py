"""A purchase from basket to undoing, over the wire: what was shown, settled, taken back; what is refused."""

from decimal import Decimal

import pytest

from portal.gateway.journal import Operation, State
from settlement.models import FeeLine, LineState, Settlement, SettlementState, VisitState
from settlement.services.pharmacy import change_purchase
from settlement.services.refusals import Refused
from settlement.services.settling.reversal import propose_reversal
from settlement.services.settling.undoing import accept, undo
from tests.settlement.settling_desk import line

YUAN = Decimal("0.01")


def test_a_purchase_is_shown_settled_and_taken_back(settling):
    patient = settling.patient(at_least="100")
    before = settling.balance(patient)
    visit = settling.basket(patient, line(price="12.50", quantity="2"), line("X00000002", price="3.333333", quantity="3"))
    shown = settling.preview(visit)
    assert (shown.state, shown.total, shown.charged) == (SettlementState.PREVIEW, Decimal("35.00"), Decimal("35.00"))
    assert settling.effects() == []
    settling.settle(shown)
    settling.carry()
    done = settling.again(shown)
    assert (done.state, done.visit.state, done.differs) == (SettlementState.DONE, VisitState.SETTLED, "")
    assert done.setl_id and done.msgid and done.visit.mdtrt_id
    assert done.fund + done.person + (done.hospital or 0) == done.total
    assert settling.balance(patient) == before - done.account
    with settling.door():
        assert sum(share.amount for share in done.shares.all()) == done.fund
        assert set(FeeLine.objects.values_list("state", flat=True)) == {LineState.SETTLED}
        assert FeeLine.objects.exclude(grade="").count() == 2
        operation = undo(done, by=settling.by)
        assert undo(done, by=settling.by) == operation
    assert operation.state == State.DRAFT
    settling.approve(operation)
    settling.carry()
    gone = settling.again(done)
    assert (gone.state, gone.visit.state) == (SettlementState.UNDONE, VisitState.UNDONE)
    assert settling.balance(patient) == before
    assert [one["code"] for one in settling.effects()] == ["2102A", "2103"]
