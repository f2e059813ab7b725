"""Fee items arrive: all faults at once, the same line once, refunds never above charges, holds with their reason."""

from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from injury.models import Admission, Advice, FeeItem, FeeState, HeldKind, Source
from injury.services.fee_arrival import LinesRefused, take_fees
from injury.services.fee_changes import correct_fee, drop_fees, line_of, look_at_admission, restore_fees
from injury.services.fee_holding import sort_out
from injury.services.mapping import Mapped
from injury.services.refusals import Refused
from portal.access.door import tenant_tx
from portal.vault.inserting import insert_rows
from tests.cast import actions_of
from tests.injury.fees import a_drug, a_line, a_refund, an_advice, days_ago, make_admission
from tests.injury.upload_desk import an_item


@pytest.fixture
def arrive(alice_member, in_hospital_a):
    """`arrive(lines)` for one admission, by hospital A's clerk."""
    admission = make_admission()

    def take(*lines: Any, **more: Any) -> Any:
        return take_fees(admission, list(lines), by=alice_member, source=Source.API, **more)

    take.admission = admission  # type: ignore[attr-defined]
    return take


def wrong(refused):
    return [(fault.index, fault.field) for fault in refused.value.lines]


def test_what_arrives_is_stored_exactly_with_its_place_at_the_centre(arrive, hospital_a):
    found = arrive(a_line(), a_drug(price="0.3351", quantity="3", amount="1.0053", days=7))
    assert (len(found.fees.items), found.amount, found.fees.held) == (2, Decimal("26.0053"), [])
    treatment, drug = FeeItem.objects.order_by("line_id")
    assert (drug.price, drug.quantity, drug.amount, drug.days) == (
        Decimal("0.3351"), Decimal("3"), Decimal("1.0053"), 7,
    )  # fmt: skip
    assert (treatment.centre_code, treatment.centre_name, treatment.grade) == ("SZFZL999", "换药", "3")
    assert (drug.centre_code, drug.category, drug.state) == ("SZFYP999", "11", FeeState.WAITING)
    assert treatment.dosage_form == "无"
    assert (treatment.source, treatment.arrived_as) == (Source.API, "经办甲")
    assert "injury.fees.arrived" in actions_of(hospital_a.pk)


def test_seven_faults_in_a_hundred_lines_are_all_named_and_nothing_is_stored(arrive):
    lines = [a_line(f"F{number:04}") for number in range(100)]
    lines[3]["amount"] = "25.01"
    lines[14]["kind"] = "7"
    lines[14]["days"] = 0
    lines[40]["advice_no"] = "YZ9"
    lines[55]["price"] = 12.5
    lines[80] = a_refund("F0080", own_code="ZL0002")
    lines[99]["line_id"] = "F0098"
    lines[99]["remark"] = "改"
    with pytest.raises(LinesRefused) as refused:
        arrive(*lines)
    assert sorted(wrong(refused)) == sorted([
        (3, "amount"), (14, "kind"), (14, "days"), (40, "advice_no"), (55, "price"), (80, "own_code"), (99, "line_id"),
    ])  # fmt: skip
    assert "100 行中有 6 行、7 处" in refused.value.sentence
    assert not FeeItem.objects.exists()
    found = arrive(*lines, partial=True)
    assert (len(found.fees.items), found.fees.faulty, FeeItem.objects.count()) == (94, 6, 94)


def test_the_same_line_again_has_no_effect_and_other_content_is_a_conflict_that_names_both(arrive):
    arrive(a_line())
    again = arrive(a_line(price="12.5000"), a_line("F0002"), a_line("F0002"))
    assert again.fees.repeated == ["F0001", "F0002"]
    assert FeeItem.objects.count() == 2
    with pytest.raises(LinesRefused) as refused:
        arrive(a_line(quantity="3", amount="37.50"))
    assert refused.value.is_conflict
    assert "数量 2 → 3、金额 25 → 37.5" in refused.value.lines[0].sentence
    with pytest.raises(LinesRefused) as refused:
        arrive(a_line("F0003"), a_line("F0003", remark="改"))
    assert "备注 空 → 改" in refused.value.lines[0].sentence
    assert not refused.value.lines[0].sentence.startswith("这个流水号")


def test_lines_are_looked_up_one_by_one_in_a_table_that_nobody_has_counted(arrive):
    items = [an_item(arrive.admission, number, Decimal(1)) for number in range(2_000)]
    for item in items:
        item.arrived_at = timezone.now()
    insert_rows(items)
    asked: list[Any] = []

    def explained(execute, sql, params, many, context):
        if "LATERAL" in sql:
            execute(f"EXPLAIN {sql}", params, many, context)
            asked.extend(line for (line,) in context["cursor"].fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        assert len(arrive(a_line("Z0001"), a_line("Z0002")).fees.items) == 2
    [scan] = [line for line in asked if " on injury_feeitem" in line]
    assert "one_fee_item_a_line" in scan
    assert any("line_id" in line for line in asked if "Index Cond" in line)


def test_refunds_stay_within_what_was_charged(arrive):
    arrive(a_line("F1", quantity="3", amount="37.50"), a_line("F2"))
    found = arrive(a_refund("R1"), a_refund("R2", "-2", "-25.00", refunds="F2"))
    assert {item.line_id: item.refunds.line_id for item in found.fees.items} == {"R1": "F1", "R2": "F2"}
    for said, field, words in [
        (a_refund("R3", refunds="F2"), "quantity", "超出可退的 0"),
        (a_refund("R3", "-3", "-37.50"), "quantity", "可退的 2（81020）"),
        (a_refund("R3", refunds="F9"), "refunds", "81021"),
        (a_refund("R3", price="12.60", amount="-12.60"), "own_code", "81021"),
        (a_refund("R3", own_code="ZL0002", refunds="F1"), "refunds", "不一致"),
    ]:
        with pytest.raises(LinesRefused) as refused:
            arrive(said)
        assert wrong(refused) == [(0, field)]
        assert words in refused.value.lines[0].sentence
    # charged and given back in one delivery, in any order; two lines together are enough for an item
    found = arrive(a_refund("R4", "-6", "-75.00"), a_line("F3", quantity="4", amount="50.00"))
    assert [item.line_id for item in found.fees.items] == ["F3", "R4"]
    assert FeeItem.objects.get(line_id="R4").refunds is None
    with pytest.raises(LinesRefused):
        arrive(a_refund("R5", "-0.0001", "-0.0013"))
    # rounding must not give back more money than was paid
    arrive(a_line("F5", own_code="ZL5", price="0.335", quantity="3", amount="1.005"))
    arrive(a_refund("R6", "-2", "-0.67", own_code="ZL5", price="0.335"))
    with pytest.raises(LinesRefused) as refused:
        arrive(a_refund("R7", "-1", "-0.34", own_code="ZL5", price="0.335"))
    assert wrong(refused) == [(0, "amount")]
    assert sum(FeeItem.objects.filter(own_code="ZL0001").values_list("quantity", flat=True)) == 0


def test_a_refund_gives_back_trace_codes_of_its_charge(arrive):
    arrive(a_drug("F1"))
    with pytest.raises(LinesRefused) as refused:
        arrive(a_drug("R1", quantity="-1", amount="-12.50", trace_codes="83480110000000000009"))
    assert wrong(refused) == [(0, "trace_codes")]
    arrive(a_drug("R1", quantity="-1", amount="-12.50", trace_codes="83480110000000000002"))


def test_what_cannot_go_yet_is_held_with_its_reason_and_released_later(arrive, alice_member, monkeypatch):
    arrive(a_drug("F1", trace_codes=""), a_line("F2", is_unrelated="1"), a_line("F3"))
    arrive(a_drug("R1", quantity="-1", amount="-12.50"))
    held = {item.line_id: item for item in FeeItem.objects.filter(state=FeeState.HELD)}
    assert {line: item.held_kind for line, item in held.items()} == {
        "F1": HeldKind.TRACE, "F2": HeldKind.FLAG, "R1": HeldKind.CHARGE,
    }  # fmt: skip
    assert "81038" in held["F2"].held_because
    place = Mapped("XA0001", "中心换药", "22", "1", "V2")
    late = Mapped("XA0001", "中心换药", "22", "1", "V1", hold="目录版本已过期：对照的是 V1，中心现为 V2")

    def answer(mapped):
        return lambda items, **_: dict.fromkeys(items, mapped)

    monkeypatch.setattr("injury.services.fee_holding.resolve_many", answer(place))
    assert look_at_admission(arrive.admission, by=alice_member) == (1, 0)
    item = FeeItem.objects.get(line_id="F2")
    assert (item.state, item.centre_code, item.category, item.version) == ("waiting", "XA0001", "22", "V2")
    correct_fee(held["F1"], line_of(held["F1"]) | {"trace_codes": "83480110000000000001"}, by=alice_member)
    assert not FeeItem.objects.filter(state=FeeState.HELD).exists()
    monkeypatch.setattr("injury.services.fee_holding.resolve_many", answer(late))
    ready, waits = sort_out(list(FeeItem.objects.all()))
    assert (len(ready), len(waits)) == (0, 4)
    assert FeeItem.objects.get(line_id="F3").held_because.startswith("目录版本已过期")


def test_a_person_corrects_drops_and_brings_back_what_has_not_gone(arrive, alice_member, hospital_a):
    arrive(a_line("F1"), a_line("F2"), a_refund("R1", refunds="F1"))
    charge, other, refund = FeeItem.objects.order_by("line_id")
    said = line_of(charge)
    with pytest.raises(LinesRefused, match="1 处"):
        correct_fee(charge, said | {"quantity": "1", "amount": "12.50"}, by=alice_member)
    with pytest.raises(Refused, match="已有退费 R1"):
        drop_fees([charge], "重复录入", by=alice_member)
    changed = correct_fee(charge, said | {"remark": "换药室"}, by=alice_member)
    assert (changed.remark, changed.corrected_at is not None) == ("换药室", True)
    assert drop_fees([charge, refund], "重复录入", by=alice_member) == 2
    assert FeeItem.objects.get(pk=charge.pk).held_because == "不上传：重复录入"
    assert restore_fees([refund, charge], by=alice_member) == 2
    with pytest.raises(Refused, match="没有撤下过"):
        restore_fees([charge], by=alice_member)
    FeeItem.objects.filter(pk=other.pk).update(state=FeeState.UPLOADED)
    for act in (lambda: drop_fees([other], "错", by=alice_member), lambda: correct_fee(other, said, by=alice_member)):
        with pytest.raises(Refused):
            act()
    assert {"injury.fee.corrected", "injury.fees.dropped", "injury.fees.restored"} <= set(actions_of(hospital_a.pk))


def test_advices_come_with_fees_and_the_same_number_replaces(arrive):
    found = arrive(a_line(advice_no="YZ0001"), advices=[an_advice(), an_advice("YZ0002")])
    assert len(found.advices.new) == 2
    found = arrive(advices=[an_advice(text="换药 每日两次"), an_advice("YZ0002")])
    assert ([one.number for one in found.advices.changed], found.advices.same) == (["YZ0001"], ["YZ0002"])
    assert list(Advice.objects.order_by("number").values_list("version", "text")) == [
        (2, "换药 每日两次"), (1, "换药 每日一次"),
    ]  # fmt: skip
    with pytest.raises(LinesRefused) as refused:
        arrive(a_line("F9", advice_no="YZ3"), advices=[an_advice("YZ3", doctor="")])
    assert [fault.content for fault in refused.value.lines] == ["advices", "fees"]


def test_nothing_is_added_to_a_closed_stay(arrive):
    Admission.objects.filter(pk=arrive.admission.pk).update(state="discharged", discharged_on=days_ago(1))
    with pytest.raises(Refused, match="已出院"):
        arrive(a_line())


@pytest.mark.django_db(transaction=True)
def test_two_refunds_at_once_do_not_give_back_twice(hospital_a, alice_member):
    with tenant_tx(hospital_a.pk):
        admission = make_admission()
        take_fees(admission, [a_line("F1")], by=alice_member, source=Source.API)
    barrier, ends = Barrier(2), []

    def give_back(number):
        try:
            barrier.wait(10)
            with tenant_tx(hospital_a.pk):
                take_fees(admission, [a_refund(number, "-2", "-25.00")], by=alice_member, source=Source.API)
            ends.append("taken")
        except LinesRefused as refused:
            ends.append(refused.lines[0].field)
        finally:
            connections.close_all()

    threads = [Thread(target=give_back, args=(f"R{number}",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["own_code", "taken"]
    with tenant_tx(hospital_a.pk):
        assert sum(FeeItem.objects.values_list("amount", flat=True)) == 0


def test_one_institutions_lines_are_nobody_elses(hospital_a, hospital_b, alice_member, charlie_member):
    for hospital, member in ((hospital_a, alice_member), (hospital_b, charlie_member)):
        with tenant_tx(hospital.pk):
            take_fees(make_admission(), [a_line("F1")], by=member, source=Source.API)
    with tenant_tx(hospital_b.pk):
        assert FeeItem.objects.count() == 1
        with pytest.raises(LinesRefused):
            take_fees(Admission.objects.get(), [a_refund("R1", refunds="F7")], by=charlie_member, source=Source.API)
