"""Operations as hospital systems see them."""

from portal.gateway.journal.sending import send_queued


def test_it_tells_a_hospital_system_where_an_operation_stands(desk, alice, charlie):
    desk.sandbox.switch_on("drop_response", count=1, codes=["verifyClearing"])
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    answer = alice.get(f"/api/v1/operations/{operation.pk}").json()
    assert (answer["state"], answer["sentence"], answer["is_live"]) == ("in_doubt", "结果待确认", True)
    assert "不会重复发送" in answer["next_step"]
    assert [one["outcome"] for one in answer["sendings"]] == ["unknown"]
    assert "raw_request" not in str(answer)
    assert charlie.get(f"/api/v1/operations/{operation.pk}").status_code == 404


def test_it_lists_operations_by_state(desk, alice, charlie):
    desk.open()
    assert len(alice.get("/api/v1/operations/?state=queued").json()["items"]) == 1
    assert alice.get("/api/v1/operations/?state=done").json()["items"] == []
    assert alice.get("/api/v1/operations/?state=nonsense").status_code == 422
    assert charlie.get("/api/v1/operations/").json()["items"] == []
