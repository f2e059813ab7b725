"""What a run sends about outpatients and stays, under the names of the tables."""

from __future__ import annotations

from decimal import Decimal

from settlement.rules.acceptance import Step
from settlement.services.acceptance.contents import showing
from settlement.services.acceptance.makers import makes
from settlement.services.acceptance.stage import Content, Stage, total_of

#: The sums of a bill, as 2207 wants them, from what 2204 answered about its lines.
SUMS = {
    "fulamt_ownpay_amt": "fulamt_ownpay_amt",
    "overlmt_selfpay": "overlmt_amt",
    "preselfpay_amt": "preselfpay_amt",
    "inscp_scp_amt": "inscp_scp_amt",
}

# --- outpatients


@makes("outpatient.register")
def registration(stage: Stage, step: Step) -> Content:
    return {
        "data": {
            **showing(stage),
            "begntime": stage.at(minutes=-10),
            "ipt_otp_no": stage.own("MZ"),
            "atddr_no": stage.given["doctor_code"],
            "dr_name": stage.given["doctor_name"],
            "dept_code": stage.given["department_code"],
            "dept_name": stage.given["department_name"],
            "caty": stage.given["department_code"],
        }
    }


@makes("outpatient.inform")
def information(stage: Stage, step: Step) -> Content:
    info = {**stage.named("outpatient"), "med_type": "11", "begntime": stage.at(minutes=-10)}
    if step.number == "2203":  # its table wants a disease of everybody
        info |= {"dise_codg": stage.given["diagnosis_code"], "dise_name": stage.given["diagnosis_name"]}
    return {"mdtrtinfo": info, "diseinfo": [stage.diagnosis(vali_flag="1")]}


@makes("outpatient.bill")
def bill(stage: Stage, step: Step) -> Content:
    n = step.key[-1]
    common = {**stage.named("outpatient"), "chrg_bchno": stage.own(f"P{n}"), **stage.doctor(), "hosp_appr_flag": "1"}
    return {"feedetail": [line | common for line in stage.lines(f"M{n}")]}


@makes("outpatient.preview", "outpatient.settle")
def outpatient_settlement(stage: Stage, step: Step) -> Content:
    n, final = step.key[-1], step.key.startswith("outpatient.settle")
    data = {
        **showing(stage),
        **stage.named("outpatient"),
        "med_type": "11",
        "medfee_sumamt": total_of(stage.lines(f"M{n}")),
        "psn_setlway": "01",
        "chrg_bchno": stage.own(f"P{n}"),
        "acct_used_flag": "1",
    }
    if not final:
        return {"data": data}
    results = stage.results(f"outpatient.bill.{n}").values()
    for wire, told in SUMS.items():
        data[wire] = sum((Decimal(str(one.get(told) or 0)) for one in results), Decimal("0.00"))
    return {"data": {name: value for name, value in data.items() if name not in ("psn_type", "psn_name")}}


@makes("outpatient.removed", "outpatient.remove")
def removal(stage: Stage, step: Step) -> Content:
    batch = stage.own("P1") if step.key == "outpatient.removed" else "0000"
    return {"data": {**stage.named("outpatient"), "chrg_bchno": batch}}


@makes("outpatient.reverse")
def reversal(stage: Stage, step: Step) -> Content:
    settled = step.needs[0]
    number = stage.facts.get(f"number:{settled}", "2207A")
    return {"data": {**stage.named(), "omsgid": stage.facts.get(f"msgid:{settled}", ""), "oinfno": number}}


@makes("outpatient.reversed")
def reversed_there(stage: Stage, step: Step) -> Content:
    settled = stage.facts.get("setl:outpatient.settle.2", "")
    return {"data": {**stage.named("outpatient"), "setl_id": settled}}


@makes("outpatient.unregister")
def unregistration(stage: Stage, step: Step) -> Content:
    return {"data": {**stage.named("outpatient"), "ipt_otp_no": stage.own("MZ")}}


# --- stays


@makes("inpatient.admit", "inpatient.change")
def admission(stage: Stage, step: Step) -> Content:
    shown = stage.certificate()
    info = {
        "insutype": stage.person["insutype"],
        "begntime": stage.at(-1),
        "mdtrt_cert_type": shown["mdtrt_cert_type"],
        "med_type": "2101",
        "atddr_no": stage.given["doctor_code"],
        "chfpdr_name": stage.given["doctor_name"],
        "adm_diag_dscr": stage.given["diagnosis_name"],
        "adm_dept_codg": stage.given["department_code"],
        "adm_dept_name": stage.given["department_name"],
        "adm_bed": "1",
        "dscg_maindiag_code": stage.given["diagnosis_code"],
        "dscg_maindiag_name": stage.given["diagnosis_name"],
        **stage.named(),
    }
    if step.key == "inpatient.change":
        del info["insutype"]
        info |= {**stage.named("inpatient"), "ipt_otp_no": stage.own("ZY"), "adm_bed": "2", "medrcdno": stage.own("BA")}
        named = stage.named("inpatient", maindiag_flag="1")
        return {"adminfo": info, "diseinfo": [stage.diagnosis(**named)]}
    info |= {
        "mdtrt_cert_no": shown["mdtrt_cert_no"],
        "certno": shown["certno"],
        "cert_type": shown["psn_cert_type"],
        "ipt_no": stage.own("ZY"),
        "insuplc_admdvs": stage.insured_at,
        "mdtrtarea_admvs": stage.region,
    }
    return {"mdtrtinfo": info, "diseinfo": [stage.diagnosis(**stage.named(), maindiag_flag="1")]}


@makes("inpatient.charge")
def charges(stage: Stage, step: Step) -> Content:
    common = {**stage.named("inpatient"), "med_type": "2101", **stage.doctor()}
    rows = [{**line, **common} for line in stage.lines("Z", 3)]
    return {"feedetail": [{name: value for name, value in row.items() if name != "rx_circ_flag"} for row in rows]}


@makes("inpatient.remove")
def removed_charges(stage: Stage, step: Step) -> Content:
    number = stage.line_number("Z", 3) if step.key == "inpatient.remove.one" else "0000"
    return {"data": [stage.named("inpatient", feedetl_sn=number)]}


@makes("inpatient.preview", "inpatient.settle")
def stay_settlement(stage: Stage, step: Step) -> Content:
    gone = bool(stage.facts.get("removed.one"))
    return {
        "data": {
            **showing(stage),
            **stage.named("inpatient"),
            "medfee_sumamt": total_of(stage.lines("Z", 2 if gone else 3)),
            "psn_setlway": "01",
            "acct_used_flag": "1",
            "mid_setl_flag": "0",
            "insuplc_admdvs": stage.insured_at,
            "mdtrtarea_admvs": stage.region,
        }
    }


@makes("inpatient.discharge")
def discharge(stage: Stage, step: Step) -> Content:
    named = stage.named("inpatient")
    info = {
        **named,
        "insutype": stage.person["insutype"],
        "endtime": stage.at(),
        "dscg_dept_codg": stage.given["department_code"],
        "dscg_dept_name": stage.given["department_name"],
        "dscg_way": "1",
    }
    return {"dscginfo": info, "diseinfo": [stage.diagnosis(**named, maindiag_flag="1")]}


@makes("inpatient.recall", "inpatient.unadmit")
def taken_back(stage: Stage, step: Step) -> Content:
    return {"data": stage.named("inpatient")}
