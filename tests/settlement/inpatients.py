"""Steps of a stay at the settling desk, each carried to its end over the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal.gateway.journal import Operation, operations_about
from settlement.models import FeeLine, LineState, Settlement, Visit
from settlement.services.inpatient.admission import admit
from settlement.services.inpatient.discharge import DischargeGiven, discharge, save_discharge
from settlement.services.inpatient.fees import add_lines
from settlement.services.inpatient.sending import start_upload
from settlement.services.inpatient.writing import AdmissionGiven, DiagnosisGiven, begin_stay
from settlement.services.lines import LineGiven
from settlement.services.settling.undoing import undo
from settlement.services.visits import Patient
from tests.settlement.settling_desk import SettlingDesk, line

CODES = ("2301", "2302", "2304A", "2305", "2401", "2402", "2403", "2404", "2405")
PNEUMONIA = DiagnosisGiven("J18.900", "肺炎", is_main=True)
DAYS = 3
CHARGES = (("F00000001", "4000.00", "1"), ("C00000002", "900.00", "1"), ("X00000001", "50.00", "3"))


def in_bed(bed: str = "12", **more: Any) -> AdmissionGiven:
    given = {"department_code": "A03", "department_name": "内科", "ward": "一病区", "bed": bed}
    given |= {"doctor_code": "D5101000001", "doctor_name": "澄样例"}
    return AdmissionGiven(**given | {"started_at": timezone.now() - timedelta(days=DAYS)} | more)


def charges(*rows: Any) -> list[LineGiven]:
    return [line(code, price, quantity) for code, price, quantity in rows or CHARGES]


@dataclass
class Ward:
    """What one desk does with inpatients."""

    desk: SettlingDesk

    def begun(self, patient: Patient | None = None, **more: Any) -> Visit:
        with self.desk.door():
            return begin_stay(patient or self.desk.patient(), in_bed(**more), [PNEUMONIA], by=self.desk.by)

    def admitted(self, patient: Patient | None = None, **more: Any) -> Visit:
        visit = self.begun(patient, **more)
        self.do(admit, visit)
        return self.now(visit)

    def charged(self, visit: Visit, given: Any = ()) -> Visit:
        """Lines that arrived and were sent, as many messages as it takes."""
        with self.desk.door():
            add_lines(visit, list(given) or charges(), by=self.desk.by)
        self.do(start_upload, visit)
        return self.now(visit)

    def left(self, visit: Visit) -> Visit:
        self.written(visit)
        self.do(discharge, visit)
        return self.now(visit)

    def written(self, visit: Visit, **more: Any) -> Visit:
        with self.desk.door():
            return save_discharge(visit, DischargeGiven(timezone.now(), **more), [PNEUMONIA], by=self.desk.by)

    def settled(self, visit: Visit, **more: Any) -> Settlement:
        shown = self.desk.preview(self.now(visit), **more)
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

    def lines(self, visit: Visit) -> dict[str, int]:
        """How many lines stand in which state."""
        with self.desk.door():
            states = list(FeeLine.objects.filter(visit=visit).values_list("state", flat=True))
        return {str(LineState(state).value): states.count(state) for state in states}

    def keys(self, visit: Visit, **chosen: Any) -> list[str]:
        with self.desk.door():
            rows = FeeLine.objects.filter(visit=visit, **chosen).order_by("number")
            return [str(one) for one in rows.values_list("pk", flat=True)]

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


def many(count: int) -> list[LineGiven]:
    return [LineGiven(f"OWN{n % 7}", Decimal(1), Decimal("1.00"), item_code="X00000001") for n in range(count)]
