"""An institution at the national interface, for tests of the sandbox: it finds people, makes content and takes steps.

`Clinic(national_counterpart("C1"))`, then `visit = clinic.outpatient("employee")` registers and diagnoses somebody,
`clinic.bill(visit, "B1", clinic.line(price="12.50", cnt=2))` uploads a batch, `clinic.settle(visit, "B1")` settles it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.gateway.national import compose
from portal.gateway.wire import Exchange, Outcome
from tests.sandbox.national_patients import Content, Patient, at, balanced, diagnosis, doctor
from tests.sandbox_process import Counterpart

__all__ = ["Clinic", "Content", "Patient", "at", "balanced", "diagnosis", "doctor"]

NUMBERS = itertools.count(1)


@dataclass
class Clinic:
    party: Counterpart
    taken: set[str] = field(default_factory=set)

    def act(self, name: str, **asked: Any) -> Content:
        return self.party.sandbox.act("national", name, party=self.party.app_code, **asked)

    def ask(self, number: str, content: Content, patient: Patient | None = None, **more: Any) -> Exchange[Any]:
        """One message over the wire; `insured_at` is the patient's unless it is given."""
        insured_at = more.pop("insured_at", patient.insured_at if patient else "")
        return self.party.ask(compose(number, content, insured_at=insured_at), **more)

    def state(self) -> Content:
        """What the centre tells of itself; its people are there from the first question on."""
        self.act("people", limit=1)
        found: Content = self.party.truth()["state"][self.party.app_code]
        return found

    # -- people and items -----------------------------------------------------------------------------------------

    def patient(self, kind: str = "employee", insutype: str = "", **asked: Any) -> Patient:
        """Somebody of that kind who has not been given out yet."""
        for person in self.act("people", kind=kind, **asked)["people"]:
            if person["psn_no"] not in self.taken:
                self.taken.add(person["psn_no"])
                return Patient(person, insutype or person["insurances"][0]["insutype"])
        raise LookupError(kind)

    def balance(self, patient: Patient) -> Decimal:
        found = self.act("people", psn_no=patient.psn_no)["people"][0]["insurances"]
        return next(Decimal(one["balance"]) for one in found if one["insutype"] == patient.insutype)

    def certificate(self, patient: Patient, *, voucher: bool = False) -> Content:
        """Certificate items of a message; a voucher is a fresh one that 1101 has read."""
        person = patient.person
        found = {"psn_cert_type": person["psn_cert_type"], "certno": person["certno"]}
        if not voucher:
            return found | {"mdtrt_cert_type": "02", "mdtrt_cert_no": person["certno"]}
        found |= {"mdtrt_cert_type": "01", "mdtrt_cert_no": self.voucher(patient)}
        self.identify(**found, psn_name=person["psn_name"]).require()
        return found

    def voucher(self, patient: Patient) -> str:
        return str(self.act("vouchers", psn_no=patient.psn_no)["codes"][0])

    def identify(self, **data: Any) -> Exchange[Any]:
        return self.ask("1101", {"data": data})

    def line(self, code: str = "X00000001", price: str = "10.00", cnt: int = 1, **more: Any) -> Content:
        """The items that every fee line has."""
        return {
            "feedetl_sn": str(10**9 + next(NUMBERS)),
            "rx_circ_flag": "0",
            "fee_ocur_time": at(),
            "med_list_codg": code,
            "medins_list_codg": f"OWN{code}",
            "det_item_fee_sumamt": Decimal(price) * cnt,
            "cnt": Decimal(cnt),
            "pric": Decimal(price),
            **more,
        }

    # -- pharmacy -------------------------------------------------------------------------------------------------

    def purchase(self, patient: Patient, *lines: Content, account: str = "1", **more: Any) -> Content:
        """Content of 2101A and 2102A."""
        info = self.certificate(patient) | {
            "psn_no": patient.psn_no,
            "psn_type": patient.insurance["psn_type"],
            "psn_name": patient.person["psn_name"],
            "begntime": at(),
            "medfee_sumamt": sum(one["det_item_fee_sumamt"] for one in lines),
            "insutype": patient.insutype,
            "acct_used_flag": account,
            "med_type": "41",
        }
        return {"druginfo": info | more, "drugdetail": list(lines)}

    # -- outpatients ----------------------------------------------------------------------------------------------

    def registration(self, patient: Patient, *, voucher: bool = False, **more: Any) -> Content:
        patient.number = patient.number or f"MZ{next(NUMBERS):06d}"
        data = self.certificate(patient, voucher=voucher) | {
            "psn_no": patient.psn_no,
            "insutype": patient.insutype,
            "begntime": at(),
            "psn_type": patient.insurance["psn_type"],
            "psn_name": patient.person["psn_name"],
            "ipt_otp_no": patient.number,
            "atddr_no": "D5101000001",
            "dr_name": "沐医师",
            "dept_code": "A03",
            "dept_name": "内科",
            "caty": "A03",
        }
        return {"data": data | more}

    def outpatient(self, kind: str = "employee", *, med_type: str = "11", disease: str = "", **more: Any) -> Patient:
        """Somebody registered (2201) and diagnosed (2203A)."""
        patient = self.patient(kind)
        self.register(patient, **more)
        self.diagnose(patient, med_type=med_type, disease=disease).require()
        return patient

    def register(self, patient: Patient, **more: Any) -> Exchange[Any]:
        answer = self.ask("2201", self.registration(patient, **more), patient)
        patient.mdtrt_id = answer.require().data.mdtrt_id
        return answer

    def diagnose(self, patient: Patient, *, med_type: str = "11", disease: str = "") -> Exchange[Any]:
        patient.med_type = med_type
        info = self.named(patient) | {"med_type": med_type, "begntime": at()}
        info |= {"dise_codg": disease, "dise_name": "慢特病"} if disease else {}
        return self.ask("2203A", {"mdtrtinfo": info, "diseinfo": [diagnosis(vali_flag="1")]}, patient)

    def bill(self, patient: Patient, batch: str, *lines: Content, disease: str = "") -> Exchange[Any]:
        """Upload lines as one batch (2204)."""
        more = {"chrg_bchno": batch, "dise_codg": disease, **self.named(patient), **doctor(), "hosp_appr_flag": "1"}
        patient.bills[batch] = [one | more for one in lines]
        answer = self.ask("2204", {"feedetail": patient.bills[batch]}, patient)
        if answer.outcome == Outcome.OK:
            patient.results |= {one.feedetl_sn: vars(one) for one in answer.require().result}
        return answer

    def settling(self, patient: Patient, batch: str, *, voucher: bool = False, **more: Any) -> Content:
        """Content of 2206A and 2207A: the sums are those of the lines' results."""
        data = self.certificate(patient, voucher=voucher) | {
            **self.named(patient),
            "psn_type": patient.insurance["psn_type"],
            "psn_name": patient.person["psn_name"],
            "med_type": patient.med_type,
            "medfee_sumamt": patient.total(batch),
            "psn_setlway": "01",
            "chrg_bchno": batch,
            "acct_used_flag": "1",
            "insutype": patient.insutype,
        }
        return data | self.sums(patient, batch) | more

    def sums(self, patient: Patient, batch: str = "") -> Content:
        results = [patient.results[one["feedetl_sn"]] for one in patient.lines(batch)]
        names = ("fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt")
        found = {name: sum(Decimal(str(one[name])) for one in results) for name in names}
        return found | {"overlmt_selfpay": found.pop("overlmt_amt")}

    def foretell(self, patient: Patient, batch: str, **more: Any) -> Exchange[Any]:
        drop = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
        data = {name: one for name, one in self.settling(patient, batch, **more).items() if name not in drop}
        return self.ask("2206A", {"data": data}, patient)

    def settle(self, patient: Patient, batch: str, *, msgid: str = "", **more: Any) -> Exchange[Any]:
        data = self.settling(patient, batch, **more)
        data = {name: one for name, one in data.items() if name not in ("psn_type", "psn_name")}
        return self.ask("2207A", {"data": data}, patient, msgid=msgid)

    # -- inpatients -----------------------------------------------------------------------------------------------

    def admission(self, patient: Patient, *, med_type: str = "2101", **more: Any) -> Content:
        patient.number = patient.number or f"ZY{next(NUMBERS):06d}"
        patient.med_type = med_type
        certificate = self.certificate(patient)
        info = {
            **{name: certificate[name] for name in ("mdtrt_cert_type", "mdtrt_cert_no", "certno")},
            "cert_type": certificate["psn_cert_type"],
            "psn_no": patient.psn_no,
            "insutype": patient.insutype,
            "begntime": at(-3),
            "med_type": med_type,
            "ipt_no": patient.number,
            "atddr_no": "D5101000001",
            "chfpdr_name": "澄医师",
            "adm_diag_dscr": "肺炎",
            "adm_dept_codg": "A03",
            "adm_dept_name": "内科",
            "adm_bed": "12",
            "dscg_maindiag_code": "J18.900",
            "dscg_maindiag_name": "肺炎",
            "insuplc_admdvs": patient.insured_at,
            "mdtrtarea_admvs": self.party.settings.region,
        }
        return {"mdtrtinfo": info | more, "diseinfo": [diagnosis(psn_no=patient.psn_no, maindiag_flag="1")]}

    def admit(self, kind: str = "employee", **more: Any) -> Patient:
        patient = self.patient(kind)
        answer = self.ask("2401", self.admission(patient, **more), patient).require()
        patient.mdtrt_id = answer.result.mdtrt_id
        return patient

    def charge(self, patient: Patient, *lines: Content) -> Exchange[Any]:
        """Upload lines of a stay (2301)."""
        drop = ("rx_circ_flag",)
        common = {**self.named(patient), "med_type": patient.med_type, **doctor()}
        rows = [{name: one for name, one in (line | common).items() if name not in drop} for line in lines]
        answer = self.ask("2301", {"feedetail": rows}, patient)
        if answer.outcome == Outcome.OK:
            patient.bills.setdefault("", []).extend(rows)
            patient.results |= {one.feedetl_sn: vars(one) for one in answer.require().result}
        return answer

    def discharge(self, patient: Patient, days: int = 0) -> Exchange[Any]:
        info = {
            **self.named(patient),
            "insutype": patient.insutype,
            "endtime": at(days),
            "dscg_dept_codg": "A03",
            "dscg_dept_name": "内科",
            "dscg_way": "1",
        }
        found = diagnosis(**self.named(patient), maindiag_flag="1")
        return self.ask("2402", {"dscginfo": info, "diseinfo": [found]}, patient)

    def stay(self, patient: Patient, **more: Any) -> Content:
        """Content of 2303A and 2304A."""
        data = self.certificate(patient) | {
            **self.named(patient),
            "psn_type": patient.insurance["psn_type"],
            "psn_name": patient.person["psn_name"],
            "medfee_sumamt": patient.total(),
            "psn_setlway": "01",
            "acct_used_flag": "1",
            "insutype": patient.insutype,
            "mid_setl_flag": "0",
            "insuplc_admdvs": patient.insured_at,
            "mdtrtarea_admvs": self.party.settings.region,
        }
        return {"data": data | more}

    # -- both -----------------------------------------------------------------------------------------------------

    def named(self, patient: Patient, **more: Any) -> Content:
        return {"psn_no": patient.psn_no, "mdtrt_id": patient.mdtrt_id, **more}

    def undo(self, number: str, patient: Patient, **more: Any) -> Exchange[Any]:
        """2103, 2202, 2205, 2208, 2305, 2404, 2405 … with what `more` names."""
        return self.ask(number, {"data": self.named(patient) | more}, patient)

    def reverse(self, patient: Patient, msgid: str, number: str) -> Exchange[Any]:
        data = {"psn_no": patient.psn_no, "omsgid": msgid, "oinfno": number}
        return self.ask("2601", {"data": data}, patient)
