"""Collected records arrive, are kept, go to the centre, and every one says what became of it (4101 to 4701, 3301 to 3507)."""

from __future__ import annotations

import pytest

from settlement.models import UploadRecord, UploadRunState, UploadState
from settlement.services.uploads.mending import mend, send_again
from tests.settlement.upload_desk import UploadDesk, department, order, record_of


@pytest.fixture
def uploads(settling):
    return UploadDesk(settling)


def test_records_are_kept_whatever_they_look_like_and_go_once(uploads):
    """The same content is nothing, another one replaces; what is wrong stays with all its faults until it is mended."""
    right, wrong = order("ZY1", "1"), order("ZY1", "2", drord_isu_no="昨天", exe_dept_name="长" * 300)
    first = uploads.take("4402", right, wrong, order("ZY1", "3"), order("ZY2", "1"))
    assert [(one.outcome, len(one.wrong)) for one in first] == [("new", 0), ("new", 2), ("new", 0), ("new", 0)]
    blocked = uploads.row("4402", state=UploadState.BLOCKED)
    assert [where for where, _, _ in blocked.faults] == ["drord_isu_no", "exe_dept_name"]
    run = uploads.run("4402")
    assert (run.state, run.total, run.sent, run.refused) == (UploadRunState.DONE, 3, 3, 0)
    assert [len(keys) for keys in uploads.keys("4402")] == [2, 1]  # one visit a message
    again = uploads.take("4402", right, order("ZY2", "1", drord_detl_name="另一种药"))
    assert [one.outcome for one in again] == ["same", "replaced"]
    with uploads.desk.door():
        mended = mend(blocked, order("ZY1", "2"), insured_at="", by=uploads.desk.by)
    assert (mended.state, mended.faults) == (UploadState.WAITING, [])
    assert uploads.run("4402").sent == 2
    assert set(uploads.states("4402")) == {UploadState.SENT}
    assert uploads.states("4402", is_current=False) == [UploadState.SUPERSEDED]
    assert [one["detail"]["replaced"] for one in uploads.effects("4402")] == [0, 0, 0, 1]
    with uploads.desk.door():
        assert not UploadRecord.objects.exclude(state__in=[UploadState.SENT, UploadState.SUPERSEDED]).exists()
