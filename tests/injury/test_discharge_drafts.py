"""A draft is kept at every step; two people lose nothing; a number of an invoice is used once for ever."""

from decimal import Decimal

import pytest

from injury.models import AdmissionState, DischargeRecord, Invoice, InvoiceNumber, Node
from injury.rules.identity import check_digit
from injury.services.discharge import open_faults, submit_discharge
from injury.services.discharge_drafts import (
    Conflict,
    Seat,
    add_record,
    begin,
    copy_from_last,
    drop_record,
    import_records,
    save_head,
    save_record,
)
from injury.services.discharge_files import Paper, add_invoice, bytes_of, drop_invoice, mark_sent
from injury.services.discharge_standing import discharge_standing, last_prescribed_on
from injury.services.materials import add_material, drop_material
from injury.services.refusals import Refused
from portal.access.permissions import CLERK
from tests.cast import actions_of, make_member
from tests.injury.fees import days_ago, make_admission

PDF = b"%PDF-1.4\n" + b"0" * 40 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
FIRST = "99000019900101123"
IDENTITY = FIRST + check_digit(FIRST)


@pytest.fixture
def erin(hospital_a):
    return make_member(hospital_a, "erin", "经办丙", CLERK)


@pytest.fixture
def stay(erin, alice_member, in_hospital_a):
    return make_admission(identity=IDENTITY, gender="2", diagnosis="左胫骨骨折", diagnosis_code="S82.200", ward="3A")


def invoice(number="FP0001", amount="60.00", name="发票.pdf", content=PDF, kind="01"):
    return Paper(kind, number, Decimal(amount), name, content)


def test_an_entry_begins_with_what_is_known(stay, alice_member):
    note = add_record(stay, Node.ADMISSION_NOTE, by=alice_member).content.reveal()
    assert (note["aac004"], note["aac006"], note["blz068"]) == ("2", "1990-01-01", "左胫骨骨折")
    front = add_record(stay, Node.FRONT_PAGE, by=alice_member).content.reveal()
    assert (front["aab034"], front["blm003"]) == ("演示医院甲", "ZY0001")
    assert not {"aac002", "aac003"} & front.keys(), "the admission keeps them sealed"
    assert (front["blm005"], front["blm022"], front["blm002"]) == ("骨科", "孙样例", "1")


def test_what_is_wrong_is_kept_and_counted(stay, alice_member):
    entry = add_record(stay, Node.CT, by=alice_member)
    saved = save_record(entry, {"kcc001": "左小腿", "kcc003": "2026-02-30"}, seat=Seat(1, "a"), by=alice_member)
    assert saved.content.reveal() == {"kcc001": "左小腿", "kcc003": "2026-02-30"}
    assert saved.faults == 4
    assert "CT报告单有 4 处须补正" in open_faults(stay)


def test_who_comes_later_sees_who_saved_meanwhile_and_nothing_is_lost(stay, alice_member, erin):
    entry = add_record(stay, Node.CT, by=alice_member)
    save_record(entry, {"kcc001": "左小腿"}, seat=Seat(1, "hers"), by=erin)
    with pytest.raises(Conflict, match=r"经办丙 在 .* 保存过") as conflict:
        save_record(entry, {"kcc001": "右小腿"}, seat=Seat(1, "mine"), by=alice_member)
    assert isinstance(conflict.value.theirs, DischargeRecord)
    assert conflict.value.theirs.content.reveal() == {"kcc001": "左小腿"}
    assert DischargeRecord.objects.get(pk=entry.pk).content.reveal() == {"kcc001": "左小腿"}
    # Once she has seen it, her second save is a decision.
    save_record(entry, {"kcc001": "右小腿"}, seat=Seat(2, "mine"), by=alice_member)
    assert DischargeRecord.objects.get(pk=entry.pk).content.reveal() == {"kcc001": "右小腿"}


def test_a_page_that_saves_by_itself_never_contradicts_itself(stay, alice_member):
    entry = add_record(stay, Node.CT, by=alice_member)
    for text in ("左", "左小", "左小腿"):
        save_record(entry, {"kcc001": text}, seat=Seat(1, "mine"), by=alice_member, quietly=True)
    assert DischargeRecord.objects.get(pk=entry.pk).version == 4


def test_the_head_is_guarded_the_same_way(stay, alice_member, erin):
    save_head(stay, {"reason": "1"}, seat=Seat(1, "hers"), by=erin)
    with pytest.raises(Conflict):
        save_head(stay, {"reason": "2"}, seat=Seat(1, "mine"), by=alice_member)
    assert save_head(stay, {"reason": "1"}, seat=Seat(1, "mine"), by=alice_member).version == 2, "nothing differs"


def test_only_what_lasts_is_copied_from_the_last_stay(stay, alice_member):
    before = make_admission("ZY0000", identity=IDENTITY, admitted_on=days_ago(200))
    old = add_record(before, Node.ADMISSION_NOTE, by=alice_member)
    save_record(
        old,
        {"aac008": "02400000000", "blz062": "无特殊", "blz060": "旧的主诉"},
        seat=Seat(1),
        by=alice_member,
    )
    entry = add_record(stay, Node.ADMISSION_NOTE, by=alice_member)
    entry = save_record(entry, {"blz062": "高血压"}, seat=Seat(1), by=alice_member)
    assert copy_from_last(entry, seat=Seat(entry.version), by=alice_member) == ["aac008"]
    assert DischargeRecord.objects.get(pk=entry.pk).content.reveal() == {"blz062": "高血压", "aac008": "02400000000"}
    with pytest.raises(Refused, match="没有可以复制"):
        copy_from_last(add_record(stay, Node.CT, by=alice_member), seat=Seat(1), by=alice_member)


def test_records_arrive_from_the_hospitals_system(stay, alice_member):
    add_record(stay, Node.CT, by=alice_member)
    found = import_records(stay, {"08": [{"kcc001": "左"}, {"kcc001": "右"}], "06": []}, by=alice_member)
    assert found.records.filter(node="08").count() == 2
    with pytest.raises(Refused) as refusal:
        import_records(stay, {"99": [], "08": [{"kcx001": "x"}, {"kcc001": 4}]}, by=alice_member)
    assert [field for field, _ in refusal.value.faults] == ["99", "08/0", "08/1"]
    assert found.records.filter(node="08").count() == 2


def test_nothing_is_written_once_it_left(stay, alice_member):
    entry = add_record(stay, Node.CT, by=alice_member)
    stay.state = AdmissionState.DISCHARGED
    stay.save()
    for act in (
        lambda: save_record(entry, {"kcc001": "x"}, seat=Seat(1), by=alice_member),
        lambda: drop_record(entry, by=alice_member),
        lambda: add_record(stay, Node.CT, by=alice_member),
        lambda: add_invoice(stay, invoice(), by=alice_member),
    ):
        with pytest.raises(Refused, match="先撤销出院"):
            act()


def test_an_invoice_is_kept_sealed_and_its_number_is_used_once(stay, alice_member):
    made = add_invoice(stay, invoice(), by=alice_member)
    assert (bytes_of(made), made.size, made.file_type) == (PDF, len(PDF), "pdf")
    other = make_admission("ZY0002")
    with pytest.raises(Refused, match=r"已用于就诊 ZY0001（钱\*\*）"):
        add_invoice(other, invoice(), by=alice_member)
    with pytest.raises(Refused, match="已在本次就诊随出院上传的发票中"):
        add_invoice(stay, invoice(), by=alice_member)
    drop_invoice(made, by=alice_member)
    assert not InvoiceNumber.objects.exists(), "it was never sent: another stay may have it"
    again = add_invoice(other, invoice(), by=alice_member)
    mark_sent(other, ["FP0001"])
    drop_invoice(again, by=alice_member)
    with pytest.raises(Refused, match="已用于就诊 ZY0002"):
        add_invoice(stay, invoice(), by=alice_member)


@pytest.mark.parametrize(
    ("paper", "field"),
    [
        (invoice(content=PNG), "file"),
        (invoice(name="a.png", content=PNG), "file"),
        (invoice(number="发票"), "number"),
        (invoice(amount="0"), "amount"),
        (invoice(amount="1.005"), "amount"),
        (invoice(kind="02"), "kind"),
        (invoice(kind="77"), "kind"),
    ],
)
def test_a_wrong_file_is_refused_with_its_field(stay, alice_member, paper, field):
    with pytest.raises(Refused) as refusal:
        add_invoice(stay, paper, by=alice_member)
    assert field in [name for name, _ in refusal.value.faults]
    assert not Invoice.objects.exists()


def test_materials_wait_for_the_discharge_and_share_the_numbers(stay, alice_member):
    with pytest.raises(Refused, match="办理出院后"):
        add_material(stay, invoice(), by=alice_member)
    add_invoice(stay, invoice(), by=alice_member)
    stay.state = AdmissionState.DISCHARGED
    stay.save()
    with pytest.raises(Refused, match="已在本次就诊随出院上传的发票中"):
        add_material(stay, invoice(), by=alice_member)
    made = add_material(stay, invoice("KF01", "0", "方案.png", PNG, "02"), by=alice_member)
    assert discharge_standing(stay).materials_open == 1
    drop_material(made, by=alice_member)
    assert InvoiceNumber.objects.filter(number="KF01").count() == 0


def test_a_draft_with_gaps_is_not_sent(stay, alice_member):
    begin(stay, by=alice_member)
    with pytest.raises(Refused) as refusal:
        submit_discharge(stay, by=alice_member)
    told = dict(refusal.value.faults)
    assert {"discharged_on", "days", "reason", "02", "03", "05", "fees"} <= told.keys()
    assert make_admission("ZY0009").state == AdmissionState.ADMITTED
    assert "injury.discharge.requested" not in actions_of(stay.institution_id)


def test_a_prescription_that_was_wholly_refunded_does_not_hold_the_day_up(stay):
    from injury.models import FeeItem, FeeState, Source

    def line(line_id, day, amount, refunds=None):
        return FeeItem.objects.create(
            environment="test",
            admission=stay,
            line_id=line_id,
            prescription="CF1",
            own_code="A",
            own_name="换药",
            common_name="换药",
            kind="1",
            price=Decimal(10),
            source=Source.API,
            prescribed_on=days_ago(day),
            quantity=amount // 10,
            amount=amount,
            refunds=refunds,
            state=FeeState.UPLOADED,
        )

    line("1", 5, 20)
    late = line("2", 2, 20)
    line("3", 2, -10, late)
    assert last_prescribed_on(stay) == days_ago(2)
    line("4", 2, -10, late)
    assert last_prescribed_on(stay) == days_ago(5)
