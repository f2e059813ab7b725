"""The editor's pages and the REST API: nothing typed is lost, nothing foreign is seen, files stay in our pages."""

import base64
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from injury.models import AdmissionState, Discharge, DischargeRecord, Invoice, Material, Node
from injury.services.discharge_drafts import Seat, add_record, save_record
from injury.services.discharge_files import Paper, add_invoice
from injury.services.materials import add_material
from portal.access.door import tenant_tx
from tests.cast import actions_of, signed_in
from tests.injury.fees import make_admission

PDF = b"%PDF-1.4\n" + b"0" * 40 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def stay(hospital_a):
    with tenant_tx(hospital_a.pk):
        return make_admission(diagnosis_code="S82.200")


@pytest.fixture
def entry(stay, alice_member):
    with tenant_tx(stay.institution_id):
        return add_record(stay, Node.CT, by=alice_member)


def page(name, *args):
    return reverse(f"injury:{name}", args=args)


def text(response):
    return response.content.decode()


def test_every_page_of_the_editor_opens(alice, stay, entry):
    for address in (
        page("discharge", stay.pk),
        *(page("discharge-node", stay.pk, node) for node in Node.values if node != Node.CT),
        page("discharge-record", entry.pk),
        page("discharge-invoices", stay.pk),
        page("discharge-submit", stay.pk),
        page("discharge-undo", stay.pk),
        page("materials", stay.pk),
        page("material-list"),
    ):
        assert alice.get(address).status_code == 200, address
    assert alice.get(page("discharge-node", stay.pk, Node.CT)).url == page("discharge-record", entry.pk)
    assert alice.get(page("discharge-node", stay.pk, "99")).status_code == 404


def test_a_foreign_stay_is_not_there(charlie, stay, entry, alice_member):
    with tenant_tx(stay.institution_id):
        invoice = add_invoice(stay, Paper("01", "F1", Decimal(1), "a.pdf", PDF), by=alice_member)
    for name, key in {
        "discharge": stay.pk,
        "discharge-invoices": stay.pk,
        "discharge-submit": stay.pk,
        "discharge-undo": stay.pk,
        "discharge-record": entry.pk,
        "invoice-file": invoice.pk,
        "materials": stay.pk,
    }.items():
        assert charlie.get(page(name, key)).status_code == 404, name
    assert charlie.post(page("discharge-record-drop", entry.pk)).status_code == 404


def test_what_was_typed_stays_and_faults_stand_beside_the_fields(alice, entry):
    found = alice.post(
        page("discharge-record", entry.pk),
        {"kcc001": "左小腿", "kcc002": "长" * 21, "version": 1, "seat": "a"},
        follow=True,
    )
    shown = text(found)
    assert "CT报告单已保存，还有 5 处须补正" in shown
    assert "最多 20 个字符" in shown
    assert "长" * 21 in shown
    assert 'value="左小腿"' in shown


def test_identity_and_name_are_shown_masked_and_nobody_types_them(alice, stay, alice_member):
    with tenant_tx(stay.institution_id):
        front = add_record(stay, Node.FRONT_PAGE, by=alice_member)
    shown = text(alice.get(page("discharge-record", front.pk)))
    assert 'value="9900**********1234"' in shown
    assert "990000199001011234" not in shown
    alice.post(page("discharge-record", front.pk), {"aac002": "110101199003070134", "version": 1, "seat": "a"})
    with tenant_tx(stay.institution_id):
        assert "aac002" not in DischargeRecord.objects.get(pk=front.pk).content.reveal()


def test_a_page_saves_by_itself_while_somebody_types(alice, entry):
    typed = {"kcc001": "左", "version": "1", "seat": "mine"}
    found = alice.post(page("discharge-record", entry.pk), typed, headers={"HX-Request": "true"})
    assert (found.status_code, "已存为草稿" in text(found), 'value="2"' in text(found)) == (200, True, True)
    # The button is pressed before the page learned its new version.
    found = alice.post(page("discharge-record", entry.pk), typed | {"kcc001": "左小腿"})
    assert found.status_code == 302
    with tenant_tx(entry.institution_id):
        assert DischargeRecord.objects.get(pk=entry.pk).content.reveal() == {"kcc001": "左小腿"}
    # Told to the log: the new entry and the pressed button, not the typing.
    assert actions_of(entry.institution_id).count("injury.record.saved") == 2


def test_who_comes_later_sees_both_texts(alice, entry, bob_member):
    with tenant_tx(entry.institution_id):
        save_record(entry, {"kcc001": "右小腿"}, seat=Seat(1, "his"), by=bob_member)
    mine = {"kcc001": "左小腿", "version": "1", "seat": "mine"}
    quiet = alice.post(page("discharge-record", entry.pk), mine, headers={"HX-Request": "true"})
    assert "没有自动保存" in text(quiet)
    found = alice.post(page("discharge-record", entry.pk), mine)
    shown = text(found)
    assert found.status_code == 409
    assert "复核甲 在" in shown
    assert "右小腿" in shown
    assert 'value="左小腿"' in shown
    assert 'name="version" value="2"' in shown
    assert alice.post(page("discharge-record", entry.pk), mine | {"version": "2"}).status_code == 302


def test_the_head_keeps_what_is_right_and_says_what_is_not(alice, stay):
    found = alice.post(
        page("discharge", stay.pk), {"days": "三", "discharged_on": "2026-02-31", "version": 1, "seat": "a"}
    )
    assert found.status_code == 400
    assert "应为整数" in text(found)
    assert "应为日期" in text(found)
    assert 'value="三"' in text(found)
    found = alice.post(page("discharge", stay.pk), {"reason": "1", "version": 1, "seat": "a"}, follow=True)
    assert "出院信息已保存，还有 3 处须补正" in text(found)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("发票.pdf", PNG, "文件名是 .pdf，内容却是 PNG 文件"),
        ("发票.png", PNG, "只能是 pdf"),
        ("大.pdf", PDF + b"0" * (50 * 1024 * 1024), "50.0 MB，最大 10 MB"),
    ],
)
def test_a_wrong_file_is_refused_beside_its_field_and_the_rest_stays(alice, stay, name, content, said):
    data = {"number": "FP1", "amount": "10", "file": SimpleUploadedFile(name, content)}
    found = alice.post(page("discharge-invoices", stay.pk), data)
    shown = text(found)
    assert (found.status_code, said in shown, 'value="FP1"' in shown) == (400, True, True)
    with tenant_tx(stay.institution_id):
        assert not Invoice.objects.exists()


def test_a_file_is_shown_only_inside_our_own_pages(alice, carol, stay, alice_member):
    data = {"number": "FP1", "amount": "10", "file": SimpleUploadedFile("发票.pdf", PDF)}
    shown = text(alice.post(page("discharge-invoices", stay.pk), data, follow=True))
    assert "已添加发票 FP1，10.00 元" in shown
    with tenant_tx(stay.institution_id):
        invoice = Invoice.objects.get()
    found = alice.get(page("invoice-file", invoice.pk))
    assert found.content == PDF
    assert found["Content-Type"] == "application/pdf"
    assert found["Content-Disposition"].startswith("inline")
    assert found["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'self'" in found["Content-Security-Policy"]
    assert found["X-Frame-Options"] == "SAMEORIGIN"
    assert alice.get(page("invoice-file", invoice.pk) + "?download=1")["Content-Disposition"].startswith("attachment")
    assert "injury.file.read" in actions_of(stay.institution_id)
    assert alice.post(page("discharge-invoice-drop", invoice.pk)).status_code == 302
    assert carol.post(page("discharge-invoice-drop", invoice.pk)).status_code == 403


def test_materials_are_added_after_the_discharge(alice, bob, stay, alice_member):
    data = {"kind": "02", "number": "KF1", "amount": "0", "file": SimpleUploadedFile("方案.png", PNG)}
    assert "办理出院后才能上传材料" in text(alice.post(page("material-add", stay.pk), data))
    with tenant_tx(stay.institution_id):
        stay.state = AdmissionState.DISCHARGED
        stay.save()
    assert bob.post(page("material-add", stay.pk), data).status_code == 403
    data["file"] = SimpleUploadedFile("方案.png", PNG)
    shown = text(alice.post(page("material-add", stay.pk), data, follow=True))
    assert "已添加康复方案 KF1" in shown
    with tenant_tx(stay.institution_id):
        material = Material.objects.get()
    assert bob.get(page("material-file", material.pk))["Content-Type"] == "image/png"
    assert "KF1" in text(bob.get(page("material-list")))
    assert alice.post(page("material-upload", material.pk)).status_code == 302
    assert "上传中·排队中" in text(alice.get(page("materials", stay.pk)))


# --- REST


def call(client, path, data, key="k1"):
    return client.post(f"/api/v1/injury/{path}", data, "application/json", headers={"Idempotency-Key": key})


def test_a_hospital_system_fills_the_draft(alice, stay):
    here = f"admissions/{stay.pk}/discharge"
    found = call(alice, here, {"discharged_on": "2026-01-05", "reason": "1"})
    assert (found.status_code, found.json()["discharge"]["reason"]) == (200, "1"), found.content
    assert call(alice, here, {"days": -1}, "k2").status_code == 422
    records = {"08": [{"kcc001": "左小腿", "kcc003": "2026-01-02"}]}
    found = call(alice, f"{here}/records", {"records": records}, "k3")
    assert any("CT报告单有" in sentence for sentence in found.json()["missing"])
    kept = alice.get(f"/api/v1/injury/{here}/records").json()["records"]["08"][0]
    assert kept["content"] == records["08"][0]
    assert "CT所见：必填" in kept["faults"]
    wrong = call(alice, f"{here}/records", {"records": {"08": [{"nothing": "x"}]}}, "k4")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/08/0")
    paper = {"number": "FP1", "amount": "10.00", "file_name": "a.pdf", "file": base64.b64encode(PDF).decode()}
    assert call(alice, f"{here}/invoices", paper, "k5").status_code == 201
    again = call(alice, f"{here}/invoices", paper, "k6")
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/number")
    bad = call(alice, f"{here}/invoices", paper | {"number": "FP2", "file": base64.b64encode(PNG).decode()}, "k7")
    assert "内容却是 PNG" in bad.json()["detail"]
    refused = call(alice, f"{here}/submissions", {}, "k8")
    assert refused.status_code == 422
    assert {"/days", "/02", "/fees"} <= {one["pointer"] for one in refused.json()["errors"]}
    fields = alice.get("/api/v1/injury/discharge-record-fields").json()
    assert (len(fields["05"]), fields["02"][0]["codes"]) == (73, "AAC004")


def test_the_api_shows_no_foreign_stay(charlie, stay):
    assert charlie.get(f"/api/v1/injury/admissions/{stay.pk}/discharge").status_code == 404
    assert call(charlie, f"admissions/{stay.pk}/discharge/records", {"records": {"08": []}}).status_code == 404


def test_the_api_lists_materials_without_their_contents(alice, stay, alice_member):
    with tenant_tx(stay.institution_id):
        stay.state = AdmissionState.DISCHARGED
        stay.save()
        add_material(stay, Paper("02", "KF1", Decimal(0), "a.png", PNG), by=alice_member)
    items = alice.get("/api/v1/injury/materials").json()["items"]
    assert (items[0]["number"], items[0]["admission"], "content" in items[0]) == ("KF1", str(stay.pk), False)
    assert alice.get(f"/api/v1/injury/admissions/{stay.pk}/materials").json()["items"] == items


def test_the_admin_shows_no_record_and_no_file(bob_member, stay, alice_member):
    with tenant_tx(stay.institution_id):
        stay.state = AdmissionState.DISCHARGED
        stay.save()
        material = add_material(stay, Paper("02", "KF1", Decimal(0), "a.png", PNG), by=alice_member)
        draft = Discharge.objects.create(environment="test", admission=stay)
    bob = signed_in(bob_member)
    for model, key in (("discharge", draft.pk), ("material", material.pk)):
        assert "ZY0001" in text(bob.get(reverse(f"admin:injury_{model}_changelist")))
        shown = bob.get(reverse(f"admin:injury_{model}_change", args=[key]))
        assert shown.status_code == 200
        assert "文件内容" not in text(shown)
