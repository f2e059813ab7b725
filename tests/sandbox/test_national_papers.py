"""Queries, filings, uploads and catalogue files over the wire; and every number of the interface has an answer."""

import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from portal.gateway.filing import Into
from portal.gateway.messages import request_class, sample
from portal.gateway.national import NATIONAL, compose, transaction
from portal.gateway.national.editions import read_edition
from portal.gateway.national.gateway import FOLDER
from portal.gateway.national.tables import tables
from portal.gateway.sandbox.national.editions import SAMPLE
from portal.gateway.wire import Outcome, new_msgid, prepare, send
from tests.sandbox.national_clinic import Clinic, at
from tests.sandbox.test_national_flows import refused


@pytest.fixture
def clinic(national_counterpart):
    return Clinic(national_counterpart("PAPER", options={"catalogue_rows": 40, "catalogue_versions": 2}))


def test_what_was_done_is_found_by_queries(clinic):
    patient = clinic.outpatient("civil")
    clinic.bill(patient, "B1", clinic.line("X00000003", "80.00", 2)).require()
    clinic.bill(patient, "B2", clinic.line("F00000001", "60.00")).require()
    paid = clinic.settle(patient, "B1").require().setlinfo
    period = {"psn_no": patient.psn_no, "begntime": at(-1), "endtime": at(1)}
    visits = clinic.ask("5201", {"data": period | {"med_type": "11"}}, patient).require().mdtrtinfo
    assert [(one.mdtrt_id, one.ipt_otp_no) for one in visits] == [(patient.mdtrt_id, patient.number)]
    found = clinic.ask("5203", {"data": clinic.named(patient)}, patient).require()
    assert [one.setl_id for one in found.setlinfo] == [paid.setl_id]
    assert found.setlinfo[0].medins_setl_id == paid.medins_setl_id
    lines = clinic.ask("5204", {"data": clinic.named(patient)}, patient).require().data
    assert [one.setl_id for one in lines] == [paid.setl_id, ""]
    year = clinic.ask("5206", {"data": {"psn_no": patient.psn_no}}, patient).require().cuminfo
    assert {one.cum_type_code: one.cum for one in year}["C001"] == paid.hifp_pay
    clinic.undo("2208", patient, setl_id=paid.setl_id).require()
    again = clinic.ask("5203", {"data": clinic.named(patient, setl_id=paid.setl_id)}, patient).require()
    assert again.setlinfo[0].refd_setl_flag == "1"
    assert [one.setl_id for one in clinic.ask("5204", {"data": clinic.named(patient)}, patient).require().data] == [
        "",
        "",
    ]
    assert not clinic.ask("5206", {"data": {"psn_no": patient.psn_no}}, patient).require().cuminfo
    stay = clinic.admit("resident")
    inside = clinic.ask("5303", {"data": {"begntime": at(-9), "endtime": at()}}).require().data
    assert [one.psn_no for one in inside] == [stay.psn_no]
    assert len(clinic.ask("5202", {"data": clinic.named(stay)}, stay).require().diseinfo) == 1


def test_a_filing_is_decided_at_the_centre_and_opens_chronic_visits(clinic):
    patient = clinic.patient("employee")
    content = {
        "psn_no": patient.psn_no,
        "insutype": "310",
        "opsp_dise_code": "M00500",
        "opsp_dise_name": "慢性病",
        "insu_optins": patient.insured_at,
        "ide_fixmedins_no": "H44010000001",
        "ide_fixmedins_name": "测试医院",
        "hosp_ide_date": at()[:10],
        "diag_dr_codg": "D1",
        "diag_dr_name": "沐医师",
        "begndate": at()[:10],
    }
    clinic.register(patient).require()
    refused(clinic.diagnose(patient, med_type="14", disease="M00500"), "7114")
    number = clinic.ask("2503", {"data": content}, patient).require().result.trt_dcla_detl_sn
    refused(clinic.ask("2503", {"data": content}, patient), "7403")
    clinic.act("decide", trt_dcla_detl_sn=number)
    filed = clinic.ask("5301", {"data": {"psn_no": patient.psn_no}}, patient).require().feedetail
    assert [one.opsp_dise_code for one in filed] == ["M00500"]
    undo = {"psn_no": patient.psn_no, "trt_dcla_detl_sn": number, "memo": "填错"}
    refused(clinic.ask("2504", {"data": undo}, patient), "7402")
    clinic.diagnose(patient, med_type="14", disease="M00500").require()
    clinic.bill(patient, "B1", clinic.line("X00000001", "100.00"), disease="M00500").require()
    paid = clinic.settle(patient, "B1").require().setlinfo
    assert (paid.act_pay_dedc, paid.hifp_pay) == (0, Decimal("85.00"))
    assert clinic.party.effects("2503")[0]["undone_by"] is None


def test_numbers_without_a_public_table_are_played_by_a_sample(clinic, national_counterpart):
    import json

    edition = read_edition(json.loads(SAMPLE.read_text(encoding="utf-8")))
    patient = clinic.patient("resident")
    data = {
        "psn_no": patient.psn_no,
        "insutype": "390",
        "two_dise_code": "M03900",
        "two_dise_name": "高血压",
        "diag_date": at()[:10],
        "diag_dr_codg": "D1",
        "diag_dr_name": "沐医师",
        "begndate": at()[:10],
    }
    asked = edition.request("Z1101").model_validate({"data": data, "insuplc_admdvs": patient.insured_at})
    number = clinic.party.ask(asked).require().result.trt_dcla_detl_sn
    data = {"psn_no": patient.psn_no, "trt_dcla_detl_sn": number, "memo": "填错"}
    asked = edition.request("Z1102").model_validate({"data": data, "insuplc_admdvs": patient.insured_at})
    clinic.party.ask(asked).require()
    assert clinic.party.effects("Z1101")[0]["undone_by"]


def test_an_upload_is_kept_by_its_key_and_refers_to_what_is_there(clinic):
    base = transaction("3401A")
    rows: list[Any] = [sample(base, number) for number in (1, 1)]
    for row in rows:
        clinic.party.ask(row).require()
    effects = clinic.party.effects("3401A")
    assert [one["detail"]["replaced"] for one in effects] == [0, len(rows[0].deptinfo)]
    assert effects[0]["undone_by"] == effects[1]["id"]
    asked: Any = sample(transaction("5101"))
    assert clinic.ask("5101", {"data": vars(asked.data)}).require().feedetail
    stay = clinic.admit("employee")
    content = sample(transaction("4101A")).model_dump(by_alias=True, exclude_none=True)
    content["setlinfo"] |= clinic.named(stay, setl_id="A000")
    refused(clinic.ask("4101A", content, stay), "7503")


def test_a_catalogue_comes_version_by_version_as_a_file(clinic):
    version, rows = "0", {}
    while (told := clinic.ask("1301", {"data": {"ver": version}}).require()).data_cnt:
        for row in lines_of(clinic, told):
            rows[row["med_list_codg"]] = row
            version = max(version, row["ver"]) if version != "0" else row["ver"]
        assert told.data_cnt == sum(row["ver"] == version for row in rows.values())
    assert version == "V0002"
    assert {row["vali_flag"] for row in rows.values()} == {"0", "1"}
    first = clinic.act("items", number="1301", limit=1)["items"][0]
    assert rows[first["med_list_codg"]]["drug_genname"] == first["name"]
    clinic.act("publish", infno="1301")
    assert clinic.ask("1301", {"data": {"ver": version}}).require().filename == "1301_V0003.zip"
    refused(clinic.ask("9102", download("1", "1.zip")), "7509")
    page = clinic.ask("1318", {"data": {"updt_time": "2024-01-01", "page_num": 1, "page_size": 10}}).require().data
    assert len(page) == 10
    assert all(one.hilist_pric_uplmt_amt for one in page)


def test_every_number_of_the_interface_has_an_answer(clinic):
    silent = []
    for number, table in tables().items():
        if not table.is_known or number in ("9001", "9002", "9102"):
            continue
        kind = request_class(NATIONAL, number)
        answer = clinic.party.ask(sample(kind, 3))
        if answer.outcome not in (Outcome.OK, Outcome.REJECTED) or "1003" in answer.message:
            silent.append((number, answer.outcome, answer.message))
    assert not silent


def download(number: str, name: str) -> dict[str, Any]:
    return {"fsDownloadIn": {"file_qury_no": number, "filename": name, "fixmedins_code": "plc"}}


def lines_of(clinic: Clinic, told: Any) -> list[dict[str, str]]:
    """The rows of the file that 9102 gives for this answer, by the names of its columns."""
    request = compose("9102", download(told.file_qury_no, told.filename))
    settings, file = clinic.party.settings, io.BytesIO()
    prepared = prepare(settings, request, new_msgid(settings))
    assert send(prepared, into=Into(file, 10**7, b"PK")).outcome == Outcome.OK
    with zipfile.ZipFile(file) as archive:
        (name,) = archive.namelist()
        text = archive.read(name).decode()
    columns = [wire for wire, _ in json.loads((FOLDER / "catalogue_files.json").read_text(encoding="utf-8"))["1301"]]
    return [dict(zip(columns, line.split("\t"), strict=True)) for line in text.splitlines()]
