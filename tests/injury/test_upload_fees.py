"""Fees go to the centre and stay there once: over the wire, with every fault that has a name (design 3.4)."""

from decimal import Decimal

import pytest

from injury.models import BatchState, EpochState, FeeItem, FeeState
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
