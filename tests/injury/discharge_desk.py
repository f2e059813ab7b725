"""A desk that discharges over the real wire: stays both sides know, drafts that lack nothing, files."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from injury.messages import RegisterCrossProvince
from injury.models import Admission, Discharge, Flow, Material, Node
from injury.services.discharge import submit_discharge, undo_discharge
from injury.services.discharge_drafts import Seat, add_record, save_head, save_record
from injury.services.discharge_files import Paper, add_invoice
from injury.services.materials import add_material, upload_material
from portal.access.member import Member
from portal.gateway.journal import Operation, State, approve
from tests.injury.fees import make_admission
from tests.injury.upload_desk import UploadDesk, desk_of, fitting, registration

PDF = b"%PDF-1.4\n" + b"1 0 obj\n" * 30 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
TYPED: dict[str, dict[str, str]] = {
    Node.ADMISSION_NOTE: {
        "blz060": "左小腿外伤 3 小时",
        "blz061": "砸伤",
        "blz066": "左小腿肿胀",
        "blz068": "左胫骨骨折",
    },
    Node.DISCHARGE_NOTE: {
        "blc074": "好转",
        "blc075": "休息一月",
        "blz070": "急诊入院",
        "blz071": "左胫骨骨折",
        "blz072": "石膏固定",
        "blz073": "左胫骨骨折",
    },
    Node.FRONT_PAGE: {"blm003": "BA0001"},
}


class DischargeDesk(UploadDesk):
    """The desk of uploads, with everything up to a discharge and after it."""

    def stay(self, number: str = "ZY9001", *, lines: int = 2) -> Admission:
        """An inpatient since today, with uploaded fees whose sums agree."""
        (person,) = self.people(1)
        injury, treatment = fitting(person)
        self.party.ask(registration(number, person, injury, treatment)).require()
        self.sign_out()
        with self.door():
            made = make_admission(
                number,
                identity=person["aac002"],
                name=person["aac003"],
                gender=person["aac004"],
                injury_no=injury["alca02"],
                treatment_no=treatment["aae073"],
                admitted_on=timezone.localdate(),
                diagnosis_code="S82.200",
            )
        if lines:
            self.charge(made, lines, own_category="22")
            self.upload(made)
            self.settle()
        return made

    def stay_from_elsewhere(self, number: str = "ZY9002") -> Admission:
        """An inpatient of another province with a rehabilitation that was filed, and uploaded fees."""
        asked = {"party": self.party.app_code, "fit": "cross_rehabilitation", "free": True, "limit": 1}
        (person,) = self.sandbox.act("injury", "people", **asked)["people"]
        filing = next(one for one in person["filings"] if one["aae100"] == one["aae016"] == "1")
        today = timezone.localdate()
        values = {
            "aac002": person["aac002"],
            "aac003": person["aac003"],
            "akc190": number,
            "aka130": "72",
            "aae030": str(today),
            "akc191": "4",
            "alc028": "S82.100",
            "alc011": filing["alc011"],
            "akc201": "康复科",
            "akc199": "5",
            "akc200": "1",
            "ysbm": "孙样例",
            "sbkid": person["card_no"],
        }
        self.party.ask(RegisterCrossProvince.model_validate({"bs003WS": values})).require()
        self.sign_out()
        with self.door():
            made = make_admission(
                number,
                flow=Flow.CROSS,
                visit_kind="72",
                treatment="4",
                identity=person["aac002"],
                name=person["aac003"],
                injury_no=filing["alc011"],
                treatment_no="",
                admitted_on=today,
            )
        self.charge(made, 2, own_category="22")
        self.upload(made)
        self.settle()
        return made

    def write(self, admission: Admission, **head: Any) -> Discharge:
        """Everything the draft needs."""
        values = {"discharged_on": timezone.localdate(), "days": 1, "reason": "1", "diagnosis_code": "S82.200", **head}
        with self.door():
            draft = save_head(admission, values, seat=Seat(1), by=self.by)
            for node, more in TYPED.items():
                entry = add_record(admission, node, by=self.by)
                save_record(entry, entry.content.reveal() | more, seat=Seat(1), by=self.by)
        return draft

    def invoice(
        self, admission: Admission, amount: Decimal | str, number: str = "FP9001", content: bytes = PDF
    ) -> None:
        with self.door():
            add_invoice(admission, Paper("01", number, Decimal(amount), "发票.pdf", content), by=self.by)

    def submit(self, admission: Admission) -> Operation:
        with self.door():
            return submit_discharge(admission, by=self.by)

    def leave(self, number: str = "ZY9001", **head: Any) -> Admission:
        """A stay that both sides have discharged, without invoices."""
        admission = self.stay(number)
        self.write(admission, **head)
        self.submit(admission)
        self.settle()
        return self.now(admission)

    def undo(self, admission: Admission) -> Operation:
        with self.door():
            operation = undo_discharge(admission, by=self.by)
        if operation.state == State.DRAFT:
            with self.door():
                approve(Operation.objects.get(pk=operation.pk), by=self.reviewer)
        return operation

    def material(self, admission: Admission, number: str = "CL1", amount: str = "0", kind: str = "02") -> Material:
        with self.door():
            made = add_material(admission, Paper(kind, number, Decimal(amount), "方案.png", PNG), by=self.by)
            upload_material(made, by=self.by)
        return made

    def now(self, admission: Admission) -> Admission:
        with self.door():
            return Admission.objects.select_related("operation").get(pk=admission.pk)

    def draft(self, admission: Admission) -> Discharge:
        with self.door():
            return Discharge.objects.select_related("operation").get(admission=admission)

    def operation(self, kind: str) -> Operation:
        """The newest operation of that kind."""
        with self.door():
            return Operation.objects.filter(kind=kind).order_by("-created_at", "-id")[0]


__all__ = ["PDF", "PNG", "DischargeDesk", "Flow", "desk_of"]


@pytest.fixture
def desk(
    transactional_db: None,
    settings: Any,
    tmp_path: Any,
    alice_member: Member,
    bob_member: Member,
    injury_counterpart: Callable[..., Any],
) -> DischargeDesk:
    """Hospital A with its channel; a minute of waiting takes 60 milliseconds."""
    settings.PORTAL_QUIET_FACTOR = 0.001
    settings.SPOOL_DIR = tmp_path / "spool"
    party = injury_counterpart("HISD", timeout=3)
    settings.SANDBOX_URL = party.sandbox.url
    made = desk_of(alice_member, bob_member, party)
    return DischargeDesk(made.by, made.reviewer, made.party)
