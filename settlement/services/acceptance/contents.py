"""What a run sends about people, filings and purchases, under the names of the tables."""

from __future__ import annotations

from decimal import Decimal

from settlement.rules.acceptance import Step
from settlement.services.acceptance.makers import makes
from settlement.services.acceptance.stage import Content, Stage, total_of

# --- people


@makes("identity")
def person(stage: Stage, step: Step) -> Content:
    return {"data": stage.certificate()}


@makes("identity.voucher", "identity.used")
def voucher(stage: Stage, step: Step) -> Content:
    shown = stage.certificate()
    return {"data": {**shown, "mdtrt_cert_type": "01", "mdtrt_cert_no": stage.given.get("voucher", "")}}


def showing(stage: Stage) -> Content:
    """The certificate with what 1101 said of the person."""
    known: Content = {name: stage.person[name] for name in ("psn_type", "psn_name", "insutype") if name in stage.person}
    return {**stage.certificate(), **known, **stage.named()}


# --- filings


@makes("filings.2501A", "filings.2501")
def transfer(stage: Stage, step: Step) -> Content:
    return {
        "refmedin": {
            **stage.named(),
            "insutype": stage.person["insutype"],
            "tel": "13800000000",
            "addr": "验收测试",
            "insu_optins": stage.insured_at,
            "diag_code": stage.given["diagnosis_code"],
            "diag_name": stage.given["diagnosis_name"],
            "dise_cond_dscr": "验收测试",
            "reflin_medins_no": stage.medins_code,
            "reflin_medins_name": stage.medins_name,
            "mdtrtarea_admdvs": stage.region,
            "hosp_agre_refl_flag": "1",
            "refl_type": "1",
            "refl_date": stage.day(),
            "refl_rea": "验收测试",
            "refl_opnn": "验收测试",
            "begndate": stage.day(),
        }
    }


@makes("filings.2503", "filings.Z1101")
def chronic(stage: Stage, step: Step) -> Content:
    common = {
        **stage.named(),
        "insutype": stage.person["insutype"],
        "tel": "13800000000",
        "addr": "验收测试",
        "insu_optins": stage.insured_at,
        "ide_fixmedins_no": stage.medins_code,
        "ide_fixmedins_name": stage.medins_name,
        "hosp_ide_date": stage.day(),
        "diag_dr_codg": stage.given["doctor_code"],
        "diag_dr_name": stage.given["doctor_name"],
        "begndate": stage.day(),
    }
    disease = {"code": stage.given["disease_code"], "name": stage.given["disease_name"]}
    if step.number == "Z1101":
        more = {"two_dise_code": disease["code"], "two_dise_name": disease["name"], "diag_date": stage.day()}
        return {"data": {**common, **more}}
    return {"data": {**common, "opsp_dise_code": disease["code"], "opsp_dise_name": disease["name"]}}


@makes("filings.2505")
def designated(stage: Stage, step: Step) -> Content:
    return {
        "data": {
            **stage.named(),
            "tel": "13800000000",
            "addr": "验收测试",
            "biz_appy_type": "03",
            "begndate": stage.day(),
            "fix_srt_no": "1",
            "fixmedins_code": stage.medins_code,
            "fixmedins_name": stage.medins_name,
        }
    }


@makes("filings.2502", "filings.2504", "filings.2506", "filings.Z1102")
def unfiled(stage: Stage, step: Step) -> Content:
    number = stage.facts.get(f"filed:{step.undoes[0]}", "")
    return {"data": {**stage.named(), "trt_dcla_detl_sn": number, "memo": "验收测试撤销"}}


# --- purchases


@makes("pharmacyA", "pharmacy")
def purchase(stage: Stage, step: Step) -> Content:
    place = step.key.partition(".")[0].removeprefix("pharmacy") or "B"
    lines = stage.lines(f"Y{place}")
    header = total_of(lines) + (Decimal("0.10") if step.expects == "held" else Decimal(0))
    info = {
        **showing(stage),
        "begntime": stage.at(),
        "medfee_sumamt": header,
        "acct_used_flag": "1",
        "med_type": "41",
    }
    return {"druginfo": info, "drugdetail": lines}


@makes("pharmacyA.undo", "pharmacy.undo", "outpatient.undo", "inpatient.undo")
def undone(stage: Stage, step: Step) -> Content:
    settled = step.undoes[0]
    place = settled.partition(".")[0]
    visit = settled if place.startswith("pharmacy") else place
    return {"data": {**stage.named(visit), "setl_id": stage.facts.get(f"setl:{settled}", "")}}
