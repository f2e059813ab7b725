"""Discharge, taking it back and materials against the sandbox: each happens once, whatever the wire does."""

from datetime import timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from injury.dashboard import materials_open
from injury.messages import Discharge as DischargeRequest
from injury.models import AdmissionState, Discharge, DischargeState, InvoiceNumber, Material, MaterialState
from injury.services.discharge import submit_discharge, undo_discharge
from injury.services.discharge_drafts import Seat, save_head
from injury.services.discharge_files import Paper, add_invoice
from injury.services.discharge_standing import discharge_standing
from injury.services.materials import upload_material
from injury.services.refusals import Refused
from injury.views.materials import MaterialFilter
from portal.gateway.journal import Operation, State, approve, request_of
from tests.cast import actions_of
from tests.injury.discharge_desk import PDF, desk

LEAVE, RETURN, MATERIAL = "leaveHos", "leaveHosUndo", "saveInvoice"
FAULTS = ["drop_request", "drop_response"]

__all__ = ["desk"]


def effects(desk, code):
    return [one for one in desk.party.effects(code) if not one.get("undone_by")]


def test_a_stay_is_discharged_with_records_and_invoices(desk):
    stay = desk.stay()
    desk.write(stay)
    total = desk.standing(stay).centre
    desk.invoice(stay, "10.00", "FP1", PDF + b" " * 300_000 + b"%%EOF")
    desk.invoice(stay, total - 10, "FP2")
    operation = desk.submit(stay)
    assert (desk.now(stay).state, desk.now(stay).operation_id) == (AdmissionState.LEAVING, operation.pk)
    desk.settle()
    after, draft = desk.now(stay), desk.draft(stay)
    assert (after.state, after.discharged_on, after.operation) == (
        AdmissionState.DISCHARGED,
        timezone.localdate(),
        None,
    )
    assert (draft.state, draft.operation.state) == (DischargeState.DONE, State.DONE)
    assert len(effects(desk, LEAVE)) == 1
    held = desk.at_centre(stay)
    assert held["state"] == "discharged", held
    with desk.door():
        sent = request_of(desk.operation(LEAVE))
        assert isinstance(sent, DischargeRequest)
        assert InvoiceNumber.objects.filter(was_sent=True).count() == 2
    assert sent.km02s
    assert sent.km05s
    assert sent.km12s
    assert (len(sent.km02s.km02), len(sent.km12s.km12)) == (1, 2)
    assert (sent.km05s.km05[0].aac002, sent.km05s.km05[0].aac003) == (sent.aac002, sent.aac003)
    assert sent.km04s is None
    assert not set(sent.km12s.km12[0].body) & set("+/")
    assert "injury.discharge.done" in actions_of(desk.institution_id)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_reply_is_proven_by_the_discharge_day(desk, fault):
    stay = desk.stay()
    desk.write(stay)
    desk.sandbox.switch_on(fault, count=1, codes=[LEAVE])
    desk.submit(stay)
    desk.settle()
    operation = desk.operation(LEAVE)
    assert (operation.state, desk.now(stay).state) == (State.DONE, AdmissionState.DISCHARGED)
    assert len(effects(desk, LEAVE)) == 1
    with desk.door():
        assert operation.evidence_rows.filter(verdict="not_applied").exists() == (fault == "drop_request")
        assert operation.evidence_rows.exists()


def test_another_discharge_day_at_the_centre_is_given_to_people(desk):
    """The centre has it discharged on another day than we sent: that is not ours, so nobody adopts it."""
    stay = desk.stay()
    desk.write(stay)
    desk.sandbox.switch_on("drop_response", count=1, codes=[LEAVE])
    desk.submit(stay)
    with desk.door():
        Discharge.objects.update(discharged_on=timezone.localdate() - timedelta(1))
    desk.settle()
    assert desk.operation(LEAVE).state == State.MANUAL
    assert "不一致" in desk.operation(LEAVE).message
    assert desk.now(stay).state == AdmissionState.LEAVING


def test_the_gate_holds_while_fees_wait_and_opens_after_the_upload(desk):
    stay = desk.stay()
    desk.write(stay)
    desk.charge(stay, 1, first=9, own_category="22")
    with pytest.raises(Refused, match="还有 1 条费用没有上传"):
        desk.submit(stay)
    desk.upload(stay)
    desk.settle()
    desk.submit(stay)
    desk.settle()
    assert desk.now(stay).state == AdmissionState.DISCHARGED


def test_a_refusal_of_the_centre_leaves_the_draft_as_it_was(desk):
    stay = desk.stay()
    desk.write(stay)
    with desk.door():
        stay.name = "王别人"
        stay.save(update_fields=["name"])
    desk.submit(stay)
    desk.settle()
    assert desk.operation(LEAVE).code == "110012"
    assert (desk.now(stay).state, desk.draft(stay).state) == (AdmissionState.ADMITTED, DischargeState.DRAFT)
    assert "姓名不符" in desk.draft(stay).note
    assert "injury.discharge.rejected" in actions_of(desk.institution_id)


def test_pressing_a_hundred_times_sends_once(desk):
    stay = desk.stay()
    desk.write(stay)
    found, wrong = set(), []

    def press():
        try:
            for _ in range(25):
                with desk.door():
                    found.add(submit_discharge(stay, by=desk.by).pk)
        except Exception as error:  # noqa: BLE001
            wrong.append(error)
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.settle()
    assert (wrong, len(found), len(effects(desk, LEAVE))) == ([], 1, 1)


@pytest.mark.parametrize("fault", ["", "drop_response"])
def test_it_is_taken_back_by_two_people_and_may_be_done_again(desk, fault):
    stay = desk.leave()
    material = desk.material(stay)
    desk.settle()
    if fault:
        desk.sandbox.switch_on(fault, count=1, codes=[RETURN])
    with desk.door():
        operation = undo_discharge(stay, by=desk.by)
    assert operation.state == State.DRAFT
    with desk.door():
        assert undo_discharge(stay, by=desk.by).pk == operation.pk
        approve(Operation.objects.get(pk=operation.pk), by=desk.reviewer)
    desk.settle()
    after = desk.now(stay)
    assert (after.state, after.discharged_on, after.operation) == (AdmissionState.ADMITTED, None, None)
    assert (desk.draft(stay).state, effects(desk, LEAVE)) == (DischargeState.DRAFT, [])
    with desk.door():
        material.refresh_from_db()
        assert material.state == MaterialState.READY, "the centre let it go with the discharge"
    desk.submit(stay)
    desk.settle()
    assert desk.now(stay).state == AdmissionState.DISCHARGED
    with desk.door():
        upload_material(material, by=desk.by)
    desk.settle()
    assert [one["business_key"] for one in effects(desk, MATERIAL)] == ["ZY9001/CL1"]


def test_nothing_is_taken_back_after_the_audit(desk):
    stay = desk.leave()
    desk.sandbox.act("injury", "audit", party=desk.party.app_code, akc190=stay.number)
    desk.undo(stay)
    desk.settle()
    assert desk.operation(RETURN).code == "120003"
    after = desk.now(stay)
    assert after.state == AdmissionState.DISCHARGED
    with desk.door():
        standing = discharge_standing(after)
    assert "已完成费用审核" in standing.undo_obstacle
    assert "已完成费用审核" in standing.material_obstacle
    with pytest.raises(Refused, match="已完成费用审核"):
        desk.undo(after)


def test_materials_go_one_by_one_and_a_repeated_number_is_refused_here(desk):
    stay = desk.leave()
    total = desk.standing(stay).centre
    first = desk.material(stay)
    with pytest.raises(Refused, match="超过费用合计"):
        desk.material(stay, "FP7", str(total + 1), "01")
    second = desk.material(stay, "FP8", str(total), "01")
    desk.settle()
    with desk.door():
        for one in (first, second):
            one.refresh_from_db()
            assert one.state == MaterialState.ACCEPTED
    assert len(effects(desk, MATERIAL)) == 2
    with pytest.raises(Refused, match="已在本次就诊的材料中"):
        desk.material(stay)


def test_a_material_in_doubt_is_decided_by_people_and_never_sent_again(desk):
    stay = desk.leave()
    desk.sandbox.switch_on("drop_response", count=1, codes=[MATERIAL])
    material = desk.material(stay)
    desk.settle()
    operation = desk.operation(MATERIAL)
    assert (operation.state, operation.attempts) == (State.MANUAL, 1)
    assert "两人认定" in operation.message
    with desk.door():
        material.refresh_from_db()
        assert material.is_doubtful
        told = {task.label: task for task in materials_open(desk.by)}["工伤材料须两人认定"]
        assert told.count == 1
        listed = MaterialFilter(QueryDict(told.url.partition("?")[2]), queryset=Material.objects.all()).filtered()
        assert [one.pk for one in listed] == [material.pk]
    with pytest.raises(Refused, match="正在上传"):
        desk.undo(stay)
    assert len(effects(desk, MATERIAL)) == 1


def test_another_province_has_its_own_messages_and_takes_the_plan_along(desk):
    stay = desk.stay_from_elsewhere()
    desk.write(stay)
    with pytest.raises(Refused, match="出院诊断说明"):
        desk.submit(stay)
    with desk.door():
        save_head(stay, {"diagnosis": "左胫骨骨折术后"}, seat=Seat(desk.draft(stay).version), by=desk.by)
        assert discharge_standing(stay).lacks_plan
        for paper in (
            Paper("01", "FP1", desk.standing(stay).centre, "发票.pdf", PDF),
            Paper("02", "KF1", Decimal(0), "康复方案.pdf", PDF),
        ):
            add_invoice(stay, paper, by=desk.by)
        assert not discharge_standing(stay).lacks_plan
    desk.sandbox.switch_on("drop_response", count=1, codes=["offsiteLeaveHos"])
    desk.submit(stay)
    desk.settle()
    assert desk.operation("offsiteLeaveHos").state == State.DONE
    assert desk.now(stay).state == AdmissionState.DISCHARGED
    assert len(effects(desk, "offsiteLeaveHos")) == 1
    desk.sandbox.switch_on("drop_response", count=1, codes=["offsiteLeaveHosUndo"])
    desk.undo(stay)
    desk.settle()
    assert (desk.operation("offsiteLeaveHosUndo").state, desk.now(stay).state) == (State.DONE, AdmissionState.ADMITTED)
    assert effects(desk, "offsiteLeaveHos") == []
