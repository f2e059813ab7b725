"""A purchase from basket to undoing, over the wire: what was shown, settled, taken back; what is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from portal.gateway.journal import NotAllowed, Operation, State, approve, send_queued
from settlement.models import FeeLine, LineState, SettlementState, VisitState
from settlement.rules.amounts import findings
from settlement.services.pharmacy import change_purchase
from settlement.services.refusals import Refused
from settlement.services.settling import arrival
from settlement.services.settling.previews import ask_preview
from settlement.services.settling.reversal import propose_reversal
from settlement.services.settling.undoing import accept, undo
from tests.settlement.settling_desk import line

YUAN = Decimal("0.01")


def test_a_purchase_is_shown_settled_and_taken_back(settling):
    patient = settling.patient(at_least="100")
    before = settling.balance(patient)
    visit = settling.basket(
        patient, line(price="12.50", quantity="2"), line("X00000002", price="3.333333", quantity="3")
    )
    shown = settling.preview(visit)
    assert (shown.state, shown.total, shown.charged) == (SettlementState.PREVIEW, Decimal("35.00"), Decimal("35.00"))
    assert settling.effects() == []
    settling.settle(shown)
    settling.carry()
    done = settling.again(shown)
    assert (done.state, done.visit.state, done.differs) == (SettlementState.DONE, VisitState.SETTLED, "")
    assert done.setl_id
    assert done.msgid
    assert done.visit.mdtrt_id
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


def test_a_lost_reply_is_adopted_and_a_lost_message_sent_again(settling):
    settling.sandbox.switch_on("drop_response", count=1, codes=["2102A"])
    shown = settling.preview(settling.basket())
    operation = settling.settle(shown)
    settling.run_jobs()
    send_queued(settling.institution_id, "national")
    doubtful = settling.again(shown)
    assert doubtful.is_doubtful
    assert not doubtful.is_receiptable
    with settling.door(), pytest.raises(Refused, match="结果待确认"):
        ask_preview(doubtful.visit, by=settling.by)
    with settling.door(), pytest.raises(Refused, match="结算中"):
        undo(doubtful, by=settling.by)
    settling.carry()
    done = settling.again(shown)
    with settling.door():
        attempt = operation.attempt_rows.get()
        evidence = operation.evidence_rows.get()
    print(evidence.note, evidence.asked)
    assert (done.state, done.msgid, evidence.verdict) == (SettlementState.DONE, attempt.msgid, "applied")
    assert done.findings == []
    assert done.setl_id in evidence.note
    settling.sandbox.switch_on("drop_request", count=1, codes=["2102A"])
    again = settling.bought()
    with settling.door():
        assert (again.state, again.operation.attempts) == (SettlementState.DONE, 2)
        assert again.operation.evidence_rows.get().verdict == "not_applied"
    assert len(settling.effects("2102A")) == 2


def in_doubt(settling):
    """A purchase whose reply was lost and whose investigation proves nothing."""
    settling.sandbox.switch_on("drop_response", count=1, codes=["2102A"])
    settling.sandbox.switch_on("drop_request", codes=["5201"])
    shown = settling.preview(settling.basket())
    settling.settle(shown)
    settling.carry()
    settling.sandbox.switch_off()
    return settling.again(shown)


def test_a_doubt_that_nothing_proves_is_reversed_by_two_people(settling):
    patient_before = settling.effects()
    doubtful = in_doubt(settling)
    assert (doubtful.operation.state, patient_before) == (State.RESOLVING, [])
    with settling.door():
        reversal = propose_reversal(doubtful.operation, by=settling.by, reason="病人要离开")
    assert reversal.state == State.DRAFT
    settling.approve(reversal)
    settling.carry()
    gone = settling.again(doubtful)
    assert (gone.state, gone.operation.state, gone.visit.state) == (
        SettlementState.REVERSED,
        State.REVERSED,
        VisitState.DRAFT,
    )
    assert not gone.visit.is_moving
    with settling.door():
        last = gone.operation.evidence_rows.order_by("at").last()
        assert {one.method for one in gone.operation.evidence_rows.all()} >= {"people", "query"}
        assert last.asked
        assert last.verdict == "applied"
    live = [one for one in settling.effects("2102A") if not one["undone_by"]]
    assert live == []


def test_a_reply_that_comes_while_the_reversal_waits_ends_both_rightly(settling):
    doubtful = in_doubt(settling)
    with settling.door():
        reversal = propose_reversal(doubtful.operation, by=settling.by, reason="查询没有结果")
        Operation.objects.filter(pk=doubtful.operation_id).update(next_look_at=None)
    settling.carry()  # found after all, before anybody approved
    done = settling.again(doubtful)
    assert done.state == SettlementState.DONE
    with settling.door(), pytest.raises(NotAllowed, match="已完成"):
        approve(Operation.objects.get(pk=reversal.pk), by=settling.reviewer)


def test_what_is_settled_is_what_was_shown(settling):
    visit = settling.basket(None, line(price="20.00"))
    shown = settling.preview(visit)
    with settling.door():
        change_purchase(visit, [line(price="21.00")], by=settling.by)
    with pytest.raises(Refused, match="失效"):
        settling.settle(shown)
    anew = settling.preview(visit)
    with settling.door():
        FeeLine.objects.filter(visit=visit).update(amount=Decimal("22.00"), quantity=Decimal("1.0476"))
    with pytest.raises(Refused, match="有变动"):
        settling.settle(anew)
    assert settling.effects() == []


def test_lines_that_do_not_add_up_are_refused_with_both_values(settling):
    with pytest.raises(Refused) as refusal:
        settling.basket(None, line(price="3.50", quantity="2", amount=Decimal("7.10")), line(item_code=""))
    assert [field for field, _ in refusal.value.faults] == ["lines.1.item_code", "lines.0.amount"]
    assert "7.00" in refusal.value.sentence
    assert "7.10" in refusal.value.sentence
    with settling.door():
        assert not FeeLine.objects.exists()


def test_an_e_voucher_has_to_be_fresh(settling):
    patient = settling.patient()
    first = settling.voucher(patient)
    shower = replace(patient, certificate_type="01", certificate_no=first)
    settling.identify(shower)
    shown = settling.preview(settling.basket(shower))
    assert shown.state == SettlementState.PREVIEW, shown.note
    with pytest.raises(Refused, match="只能使用一次"):
        settling.settle(shown)
    with pytest.raises(Refused, match="刷新"):
        settling.settle(shown, certificate={"mdtrt_cert_type": "01", "mdtrt_cert_no": first})
    second = replace(shower, certificate_no=settling.voucher(patient))
    settling.identify(second)
    settling.settle(shown, certificate={"mdtrt_cert_type": "01", "mdtrt_cert_no": second.certificate_no})
    settling.carry()
    assert settling.again(shown).state == SettlementState.DONE


def test_amounts_that_break_an_identity_wait_for_a_reviewer(settling, monkeypatch):
    kept = findings
    monkeypatch.setattr(
        arrival,
        "findings",
        lambda figures, *rest, **more: kept(replace(figures, cash=figures.cash + YUAN), *rest, **more),
    )
    broken = settling.bought()
    assert (broken.state, broken.is_receiptable, [one["name"] for one in broken.findings]) == (
        SettlementState.BROKEN,
        False,
        ["person"],
    )
    with settling.door():
        with pytest.raises(Refused, match="另一位"):
            accept(broken, by=settling.by, reason="看过了")
        with pytest.raises(Refused, match="理由"):
            accept(broken, by=settling.reviewer, reason=" ")
        accept(broken, by=settling.reviewer, reason="与医保中心核对无误")
    assert settling.again(broken).is_receiptable
