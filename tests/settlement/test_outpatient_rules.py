"""What can be done with an outpatient visit, told by its states alone."""

import pytest

from settlement.rules.outpatient import (
    BillSeen,
    Scene,
    path,
    why_not_change_bill,
    why_not_inform,
    why_not_register,
    why_not_remove,
    why_not_remove_all,
    why_not_send,
    why_not_settle,
    why_not_unregister,
)

OPEN = Scene("open", informed=True, diagnosed=True)


def with_bills(*bills):
    return Scene("open", informed=True, diagnosed=True, bills=bills)


def test_nothing_begins_while_something_is_in_doubt():
    scene = Scene("open", obstacle="结果待确认", informed=True, bills=(BillSeen("sent", 1),))
    rules = (why_not_register, why_not_inform, why_not_remove_all, why_not_unregister)
    assert {rule(scene) for rule in rules} == {"结果待确认"}
    bill = scene.bills[0]
    assert {rule(scene, bill) for rule in (why_not_send, why_not_settle, why_not_remove)} == {"结果待确认"}


@pytest.mark.parametrize(
    ("state", "change", "send", "settle", "remove"),
    [
        ("draft", True, True, False, False),
        ("sending", False, False, False, False),
        ("sent", False, False, True, True),
        ("settled", False, False, False, False),
        ("removing", False, False, False, False),
        ("removed", False, False, False, False),
    ],
)
def test_each_state_of_a_bill_allows_its_steps(state, change, send, settle, remove):
    bill = BillSeen(state, 3, settled=state == "settled")
    scene = with_bills(bill)
    rules = (why_not_change_bill, why_not_send, why_not_settle, why_not_remove)
    assert [rule(scene, bill) == "" for rule in rules] == [change, send, settle, remove]


def test_undoing_goes_backwards():
    settled, sent = BillSeen("settled", 1, settled=True), BillSeen("sent", 1)
    assert "已结算" in why_not_unregister(with_bills(settled, sent))
    assert "撤销费用明细" in why_not_unregister(with_bills(sent))
    assert why_not_unregister(with_bills(BillSeen("removed", 1), BillSeen("draft", 1))) == ""
    assert why_not_remove_all(with_bills(settled)) != ""
    assert why_not_remove_all(with_bills(settled, sent)) == ""


def test_a_batch_has_at_most_a_hundred_lines_and_all_of_them():
    assert why_not_send(OPEN, BillSeen("draft", 100)) == ""
    assert "101 条" in why_not_send(OPEN, BillSeen("draft", 101))
    assert "没有费用明细" in why_not_send(OPEN, BillSeen("draft", 0))
    assert "没有接收全部" in why_not_settle(OPEN, BillSeen("sent", 2, incomplete=True))


def test_the_path_shows_the_first_stage_that_is_not_done():
    def states(scene):
        return [one.state for one in path(scene)]

    assert states(Scene("draft")) == ["now", "later", "later", "later"]
    assert states(Scene("open")) == ["done", "now", "later", "later"]
    assert states(with_bills(BillSeen("sent", 1), BillSeen("draft", 1))) == ["done", "done", "now", "later"]
    assert states(with_bills(BillSeen("settled", 1), BillSeen("removed", 1))) == ["done"] * 4
