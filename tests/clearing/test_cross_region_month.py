"""A month of cross-region settlements over the real wire: fetched, decided, confirmed, taken back, each thing once."""

from decimal import Decimal

import pytest

from clearing.messages.cross_region import CrossRegionDetails
from clearing.models import CrossRegionMonth, CrossRegionRow
from clearing.services import Refused
from clearing.services.cross_region import confirm_month, preview_upload, roll_back_batch, roll_back_month, use_upload
from clearing.services.cross_region.comparison import Listed
from clearing.services.cross_region.fetching import UNSTEADY, fetch_month
from portal.gateway.journal import Operation, State
from portal.gateway.journal import refuse as send_back
from tests.cast import actions_of


def ours_equal_theirs(desk) -> None:
    """Rows and money by state, message ids: our books say what the centre's say."""
    held, rows = desk.centre(), desk.rows()
    confirmed = [row for row in rows if row.standing == "confirmed"]
    assert len(confirmed) == held["confirmed"]
    assert sum((row.agency_paid for row in confirmed), Decimal("0.00")) == Decimal(held["confirmed_optins_pay_sumamt"])
    assert sum(row.standing == "declined" for row in rows) == held["left_out"]
    assert [batch.message_id for batch in desk.batches() if batch.state == "confirmed"] == desk.live()


@pytest.mark.parametrize("cross_desk", [260], indirect=True)
def test_it_fetches_decides_and_confirms_a_month_in_batches(cross_desk):
    desk = cross_desk.fetch()
    held, month = desk.centre(), desk.month()
    assert (month.count, month.agency_paid) == (260, Decimal(held["optins_pay_sumamt"]))
    assert [row.sequence for row in desk.rows()] == list(range(1, 261))
    desk.decide_all()
    assert [batch.count for batch in desk.confirm()] == [100, 100, 60]
    assert desk.standings() == {"moving": 260}
    desk.work()
    assert desk.states() == ["confirmed"] * 3
    assert desk.standings() == {"confirmed": 258, "declined": 2}
    ours_equal_theirs(desk)
    desk.fetch()  # nothing that was confirmed comes undone
    assert desk.standings() == {"confirmed": 258, "declined": 2}
    with pytest.raises(Refused, match="没有可以提交的明细"):
        desk.confirm()
    assert {"clearing.cross_region.fetched", "clearing.cross_region.confirmed"} <= set(actions_of(month.institution_pk))


def test_it_rolls_one_confirmation_back_by_its_number_with_two_people(cross_desk):
    desk = cross_desk.fetch().decide_all()
    desk.confirm()
    desk.work()
    second = desk.batches()[1]
    operation = desk.do(roll_back_batch, second)
    assert operation.state == State.DRAFT
    assert desk.states() == ["confirmed", "rolling_back"]
    desk.approve(operation)
    desk.work()
    assert desk.states() == ["confirmed", "rolled_back"]
    assert desk.standings() == {"confirmed": 98, "declined": 2, "open": 20}
    assert second.message_id not in desk.live()
    ours_equal_theirs(desk)
    with pytest.raises(Refused, match="不能回退"):
        desk.do(roll_back_batch, second)
    desk.confirm()  # the decisions were kept
    desk.work()
    assert desk.states() == ["confirmed", "rolled_back", "confirmed"]
    ours_equal_theirs(desk)


def test_it_rolls_the_month_back_and_a_refused_draft_changes_nothing(cross_desk):
    desk = cross_desk.fetch().decide_all()
    desk.confirm()
    desk.work()
    draft = desk.do(roll_back_month, desk.month())
    with desk.tx():
        send_back(Operation.objects.get(pk=draft.pk), by=desk.bob, reason="暂不回退")
    assert desk.states() == ["confirmed"] * 2
    operation = desk.do(roll_back_month, desk.month())
    assert desk.do(roll_back_month, desk.month()) == operation
    with pytest.raises(Refused, match="整月回退"):
        desk.confirm()
    desk.approve(operation)
    desk.work()
    assert desk.states() == ["rolled_back"] * 2
    assert (desk.standings(), desk.live()) == ({"open": 120}, [])


@pytest.mark.parametrize("fault", ["drop_request", "drop_response"])
def test_a_lost_reply_stops_only_its_own_batch_and_rolling_the_month_back_clears_the_doubt(cross_desk, fault):
    desk = cross_desk.fetch().decide_all()
    desk.party.sandbox.switch_on(fault, count=1, codes=["3261"], gateway="national")
    desk.confirm()
    desk.work(rounds=2)
    first, second = desk.batches()
    assert (first.state, second.state) == ("confirming", "confirmed")
    assert desk.operation(first).state == State.RESOLVING
    assert first.is_doubtful
    assert len(desk.party.effects("3261")) == (2 if fault == "drop_response" else 1)
    operation = desk.do(roll_back_month, desk.month())
    desk.approve(operation)
    desk.work()
    assert (desk.states(), desk.live()) == (["rolled_back"] * 2, [])
    assert desk.operation(first).state == State.REVERSED
    desk.confirm()
    desk.work()
    assert desk.standings() == {"confirmed": 118, "declined": 2}
    ours_equal_theirs(desk)


def test_what_no_query_can_prove_goes_to_two_people_and_is_never_sent_again(cross_desk):
    desk = cross_desk.fetch().decide_all()
    desk.party.sandbox.switch_on("drop_response", count=1, codes=["3261"], gateway="national")
    desk.confirm()
    for _ in range(4):
        desk.work(rounds=1)
        with desk.tx():
            Operation.objects.filter(state=State.RESOLVING).update(next_look_at=None)
    first = desk.batches()[0]
    assert desk.operation(first).state == State.MANUAL
    assert "两人认定" in desk.operation(first).message
    assert len(desk.party.effects("3261")) == 2
    assert not [one for one in desk.party.effects("3261") if one["duplicate"]]
    with pytest.raises(Refused, match="不能回退"):
        desk.do(roll_back_batch, first)


def test_it_waits_while_a_message_may_still_arrive(cross_desk):
    desk = cross_desk.fetch().decide_all()
    desk.confirm()
    with pytest.raises(Refused, match=r"第 \d 批确认中·排队中"):
        desk.do(roll_back_month, desk.month())
    with pytest.raises(Refused, match="须先回退"):
        desk.decide("undecided")


def test_a_refusal_frees_the_rows_and_says_why(cross_desk):
    desk = cross_desk.fetch().decide_all()
    desk.party.sandbox.act("national", "close", party="CROSS", year="2025", month="10")
    desk.confirm()
    desk.work()
    assert desk.states() == ["refused"] * 2
    assert "6002" in desk.batches()[0].note
    assert desk.standings() == {"open": 120}
    assert len(desk.rows(decision="confirm")) == 118


# --- decisions


def test_it_asks_for_reasons_and_names_the_rows_that_lack_one(cross_desk):
    desk = cross_desk.fetch()
    first = desk.rows()[0]
    with pytest.raises(Refused, match="不确认须写明理由"):
        desk.decide("decline", sequence=1)
    use(desk, {**book(desk), first.settlement_no: Decimal("1.00")})
    with pytest.raises(Refused, match=first.settlement_no):
        desk.decide("confirm")
    assert desk.decide("confirm", "以中心数据为准", sequence=1) == 1
    assert desk.decide("confirm", compared="same") == 119


def test_a_difference_that_appears_after_the_decision_keeps_the_row_at_home(cross_desk):
    desk = cross_desk.fetch()
    desk.decide("confirm")
    use(desk, {number: paid for number, paid in book(desk).items() if number != desk.rows()[0].settlement_no})
    desk.confirm()
    desk.work()
    assert desk.standings() == {"confirmed": 119, "open": 1}
    assert desk.rows(standing="open")[0].compared == "only_there"


def book(desk) -> dict[str, Decimal]:
    return {row.settlement_no: row.agency_paid for row in desk.rows()}


def use(desk, paid: dict[str, Decimal]) -> None:
    fees = {row.settlement_no: row.medical_fee for row in desk.rows()}
    lines = [Listed(number, fees.get(number, Decimal("9.00")), amount) for number, amount in paid.items()]
    desk.do(use_upload, desk.do(preview_upload, desk.month(), "本院.xlsx", lines))


# --- fetching


class Centre:
    """A list that changes under our hands: answers page after page as `pages` says."""

    def __init__(self, rows, change=lambda rows, asked: rows):
        self.rows, self.change, self.asked = rows, change, 0

    def __call__(self, request):
        self.asked += 1
        self.rows = self.change(self.rows, self.asked)
        first = request.data.startrow - 1
        return CrossRegionDetails(data=self.rows[first : first + 100])


def listed(desk):
    """The centre's own rows, as 3260 gives them."""
    from clearing.messages.cross_region import FetchCrossRegion

    pages = [desk.party.ask(FetchCrossRegion.of("2025", "10", first)).require().data for first in (1, 101)]
    return [row for page in pages for row in page]


def fetched(desk, centre):
    with desk.tx():
        month, _ = CrossRegionMonth.objects.get_or_create(environment="test", year=2025, month=10)
    return fetch_month(month.pk, ask=centre, door=desk.tx, progress=lambda *_: None)


def test_it_reads_again_when_rows_come_or_go_meanwhile(cross_desk):
    desk, rows = cross_desk, listed(cross_desk)
    centre = Centre(rows, lambda rows, asked: rows[1:] if asked == 2 else rows)
    tally = fetched(desk, centre)
    assert (tally.count, centre.asked) == (119, 4)
    assert desk.month().count == 119
    assert [row.settlement_no for row in desk.rows(gone_at__isnull=False)] == [rows[0].setl_sn]
    fetched(desk, Centre(rows, lambda rows, asked: rows[1:] if asked % 2 == 0 else rows))
    assert desk.month().note == UNSTEADY
    assert desk.month().count == 119


def test_an_amount_that_changes_after_the_decision_voids_it(cross_desk):
    desk, rows = cross_desk, listed(cross_desk)
    fetched(desk, Centre(rows))
    desk.decide("confirm")
    other = rows[0].model_copy(update={"optins_pay_sumamt": Decimal("1.23")})
    assert fetched(desk, Centre([other, *rows[1:]])).changed == 1
    row = desk.rows(sequence=1)[0]
    assert (row.decision, row.agency_paid, row.finding_label) == ("undecided", Decimal("1.23"), "中心已改动")
    assert row.findings[0]["ours"] == str(rows[0].optins_pay_sumamt)
    assert len(desk.rows(decision="confirm")) == 119


def test_a_row_that_cannot_be_sent_back_as_it_came_is_left_out(cross_desk):
    desk, rows = cross_desk, listed(cross_desk)
    odd = rows[0].model_copy(update={"mdtrt_setl_time": "2025/10/1"})
    fetched(desk, Centre([odd, *rows[1:]]))
    assert "就诊结算时间" in desk.rows(sequence=1)[0].flaw
    desk.decide("confirm")
    assert sum(batch.count for batch in desk.confirm()) == 119


def test_identity_numbers_are_sealed_and_shown_masked(cross_desk):
    desk, rows = cross_desk, listed(cross_desk)
    fetched(desk, Centre(rows[:1]))
    row = desk.rows()[0]
    assert row.certificate.reveal() == rows[0].certno
    assert row.certificate_shown == rows[0].certno[:3] + "*" * 11 + rows[0].certno[-4:]
    with desk.tx():
        stored = CrossRegionRow.objects.values_list("certificate", flat=True).get()
    assert rows[0].certno not in str(stored)


def test_it_sends_only_as_many_as_the_person_was_shown(cross_desk):
    desk = cross_desk.fetch().decide_all()
    with pytest.raises(Refused, match="已由 119 条变为 120 条"):
        desk.do(confirm_month, desk.month(), count=119)
