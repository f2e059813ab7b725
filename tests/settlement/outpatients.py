"""Steps of an outpatient visit at the settling desk, each carried to its end over the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.gateway.journal import Operation, operations_about
from settlement.models import Bill, Settlement, Visit
from settlement.services.lines import LineGiven
from settlement.services.outpatient.bills import begin_bill
from settlement.services.outpatient.information import DiagnosisGiven, InformationGiven, inform
from settlement.services.outpatient.registration import RegistrationGiven, begin_outpatient, register
from settlement.services.outpatient.sending import send_bill
from settlement.services.settling.undoing import undo
from settlement.services.visits import Patient
from tests.settlement.settling_desk import SettlingDesk, line

CODES = ("2201", "2202", "2203A", "2204", "2205", "2207A", "2208")
COUGH = DiagnosisGiven("J06.900", "急性上呼吸道感染")
BASKETS = (
    (line("F00000001", "400.00"), line("X00000003", "80.00", "2")),
    (line("F00000002", "300.00"), line("T00000006", "3.00", "10")),
)


def seen_in(**more: Any) -> RegistrationGiven:
    given = {"department_code": "A03", "department_name": "内科", "specialty": "A03"}
    return RegistrationGiven(**given | {"doctor_code": "D5101000001", "doctor_name": "沐样例"} | more)


@dataclass
class Clinic:
    """What one desk does with outpatients."""

    desk: SettlingDesk

    def begun(self, patient: Patient | None = None, **more: Any) -> Visit:
        with self.desk.door():
            return begin_outpatient(patient or self.desk.patient(), seen_in(**more), by=self.desk.by)

    def registered(self, patient: Patient | None = None, **more: Any) -> Visit:
        visit = self.begun(patient, **more)
        self.do(register, visit)
        return self.now(visit)

    def informed(self, patient: Patient | None = None, *, disease: str = "", **more: Any) -> Visit:
        visit = self.registered(patient, **more)
        given = InformationGiven(visit.med_type, disease, "样例病种" if disease else "")
        self.do(inform, visit, given, [COUGH])
        return self.now(visit)

    def bill(self, visit: Visit, lines: Any = BASKETS[0], **more: Any) -> Bill:
        with self.desk.door():
            return begin_bill(visit, list(lines), by=self.desk.by, **more)

    def sent(self, visit: Visit, lines: Any = BASKETS[0], **more: Any) -> Bill:
        bill = self.bill(visit, lines, **more)
        self.do(send_bill, bill)
        return self.bill_now(bill)

    def settled(self, bill: Bill) -> Settlement:
        shown = self.desk.preview(self.now(bill.visit), bill)
        assert shown.state == "preview", shown.note
        self.desk.settle(shown)
        self.desk.carry()
        return self.desk.again(shown)

    def taken_back(self, settlement: Settlement) -> Settlement:
        with self.desk.door():
            operation = undo(settlement, by=self.desk.by)
        self.desk.approve(operation)
        self.desk.carry()
        return self.desk.again(settlement)

    def do(self, step: Any, thing: Any, *rest: Any) -> Any:
        """Take a step and carry what it began to its end."""
        with self.desk.door():
            made = step(thing, *rest, by=self.desk.by)
        self.desk.carry()
        return made

    def now(self, visit: Visit) -> Visit:
        with self.desk.door():
            return Visit.objects.select_related("operation").get(pk=visit.pk)

    def bill_now(self, bill: Bill) -> Bill:
        with self.desk.door():
            return Bill.objects.select_related("visit").get(pk=bill.pk)

    def state(self) -> dict[str, Any]:
        """What the centre tells of itself."""
        found: dict[str, Any] = self.desk.party.truth()["state"][self.desk.party.app_code]
        return {name: found[name] for name in ("balances", "cumulated", "settled", "visits")}

    def live(self, *codes: str) -> list[dict[str, Any]]:
        """Effects that stand, in the order in which they came."""
        return [one for one in self.desk.effects(*(codes or CODES)) if not one["undone_by"]]

    def operation(self, visit: Visit, kind: str) -> Operation:
        with self.desk.door():
            return operations_about(visit).filter(kind=kind).order_by("-created_at")[0]


def lines(count: int, **more: Any) -> list[LineGiven]:
    return [line("X00000001", "1.00", **more) for _ in range(count)]
