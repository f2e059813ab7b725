"""Fees go to the centre and stay there once: over the wire, with every fault that has a name (design 3.4)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from injury.models import BatchState, EpochState, FeeEpoch, FeeItem, FeeState
from injury.services.item_facts import ItemFacts
from injury.services.uploading import freezing, messages, sending
from injury.services.uploading.messages import lines_of, made_now
from tests.injury.upload_desk import UPLOAD


@pytest.fixture
def desk(uploads):
    return uploads


@pytest.fixture
def stay(desk):
    return desk.admit("ZY1")[0]


def test_everything_waiting_goes_in_batches_of_one_sign_and_the_sums_agree(desk, stay):
    desk.charge(stay, 12)
    desk.refund(stay, 3)
    desk.upload(stay)
    desk.settle()
    assert [(one.sign, one.count, one.state) for one in desk.batches(stay)] == [
        (1, 5, BatchState.APPLIED),
        (1, 5, BatchState.APPLIED),
        (1, 2, BatchState.APPLIED),
        (-1, 1, BatchState.APPLIED),
    ]
    standing = desk.standing(stay)
    assert (standing.uploaded, standing.waiting, standing.gate) == (13, 0, "")
    assert standing.ours == standing.centre == sum((one.ours for one in standing.categories), Decimal(0))
    assert desk.epoch(stay).state == EpochState.COMPLETE
    assert desk.differences(stay) == []


@pytest.mark.parametrize(("somebody_else_froze", "made_late_then"), [(False, []), (True, [1])])
def test_messages_are_made_while_something_else_is_waited_for(
    desk, stay, monkeypatch, somebody_else_froze, made_late_then
):
    """The first while the database writes what is frozen, the next ones while the reply is waited for."""
    late = []
    if somebody_else_froze:
        for name in ("remember", "make_first_ready"):
            monkeypatch.setattr(freezing, name, lambda _: None)

    def made_late(batch, *rest):
        late.append(batch.number)
        return made_now(batch, *rest)

    monkeypatch.setattr(sending, "made_now", made_late)
    desk.charge(stay, 12)
    desk.upload(stay)
    desk.settle()
    assert [one.state for one in desk.batches(stay)] == [BatchState.APPLIED] * 3
    assert late == made_late_then


def another(value):
    """Something else of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, date):
        return value - timedelta(days=1)
    return "改" if isinstance(value, str) else value + 1


@pytest.mark.parametrize("state", FeeState.gone_out())
def test_what_is_on_its_way_is_not_changed_by_anybody(desk, stay, state):
    desk.charge(stay, 1)
    with desk.door():
        item = FeeItem.objects.get()
        FeeItem.objects.update(state=state)
        for name in set(ItemFacts._fields) - {"pk", "state", "held_kind", "held_because"}:
            value = item.pk if name == "refunds_id" else another(getattr(item, name))
            with pytest.raises(IntegrityError, match="fixed once it is frozen"), transaction.atomic():
                FeeItem.objects.update(**{name: value})
        FeeItem.objects.update(state=FeeState.WAITING)
        assert FeeItem.objects.update(remark="改") == 1, "what comes back may be changed again"


def test_a_frozen_item_that_is_not_what_was_frozen_stops_the_upload(desk, stay, monkeypatch):
    def spoiled(batch):
        return [(stored, facts._replace(remark="改")) for stored, facts in lines_of(batch)]

    monkeypatch.setattr(messages, "LINES_KEPT", 10)  # the third message is made of what the table says
    monkeypatch.setattr(messages, "lines_of", spoiled)
    desk.charge(stay, 12)
    desk.upload(stay)
    desk.settle()
    assert [one.state for one in desk.batches(stay)] == [BatchState.APPLIED] * 2 + [BatchState.PLANNED]
    epoch = desk.epoch(stay)
    assert (epoch.state, epoch.note) == (EpochState.PEOPLE, sending.CHANGED)


def test_items_that_come_later_go_alone_in_the_same_epoch(desk, stay):
    desk.charge(stay, 3)
    desk.upload(stay)
    desk.settle()
    desk.charge(stay, 2, first=4)
    desk.upload(stay)
    desk.settle()
    assert [(one.number, one.count) for one in desk.batches(stay)] == [(1, 3), (2, 2)]
    assert desk.differences(stay) == []


@pytest.mark.parametrize("fault", ["drop_request", "drop_response", "reset", "html", "truncate", "wrong_key"])
def test_a_lost_reply_is_proven_by_the_sums_and_nothing_is_doubled(desk, stay, fault):
    desk.charge(stay, 9)
    desk.sandbox.switch_on(fault, count=1, codes=[UPLOAD])
    desk.upload(stay)
    desk.settle()
    assert desk.epoch(stay).state == EpochState.COMPLETE
    assert desk.differences(stay) == []
    with desk.door():
        first = desk.batches(stay)[0].operation
        verdicts = list(first.evidence_rows.values_list("verdict", flat=True))
        assert verdicts == ["not_applied" if fault == "drop_request" else "applied"]
        assert first.attempts == (2 if fault == "drop_request" else 1)
        assert FeeItem.objects.filter(state=FeeState.UPLOADED).count() == 9


def test_another_province_has_its_own_messages_for_all_three_kinds(desk):
    stay = desk.admit_elsewhere("ZY2")
    desk.charge(stay, 2)
    desk.charge(
        stay,
        2,
        first=3,
        kind="0",
        dosage_form="片剂",
        specification="24片",
        own_category="11",
        trace_codes="834801100001",
    )
    desk.charge(stay, 2, first=5, kind="9", own_category="51", price="3.5")
    desk.refund(stay, 5)
    desk.sandbox.switch_on("drop_response", count=1, codes=["sendBsMedInfo"])
    desk.upload(stay)
    desk.settle()
    assert desk.epoch(stay).state == EpochState.COMPLETE
    assert [(one.sign, one.count) for one in desk.batches(stay)] == [(1, 5), (1, 1), (-1, 1)]
    assert desk.differences(stay) == []


def test_a_line_that_the_message_refuses_waits_for_a_person(desk, stay):
    desk.charge(stay, 4)
    desk.charge(stay, 1, first=5, own_category="ZZ")
    desk.upload(stay)
    desk.settle()
    epoch, standing = desk.epoch(stay), desk.standing(stay)
    assert (epoch.state, standing.held, standing.uploaded) == (EpochState.COMPLETE, 5, 0)
    assert "收费类别" in epoch.note
    assert "暂不能上传" in standing.gate


def test_a_step_that_breaks_is_stopped_for_a_person_to_see(desk, stay, monkeypatch):
    def breaks(epoch):
        raise ValueError("a fault of the program")

    monkeypatch.setattr("injury.services.uploading.driving.freeze", breaks)
    desk.charge(stay, 2)
    desk.upload(stay)
    for _ in range(5):
        with desk.door():
            FeeEpoch.objects.update(retry_at=None)  # as if the pause before the next try were over
        desk.settle()
    epoch = desk.epoch(stay)
    assert epoch.state == EpochState.STOPPED
    assert "程序多次出错" in epoch.note
    monkeypatch.undo()
    desk.upload(stay)
    desk.settle()
    assert desk.differences(stay) == []
