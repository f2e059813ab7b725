"""An institution that settles at the real sandbox over the real wire, and what both sides say afterwards."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.channels.services import install_channel
from portal.gateway.journal import Operation, State, approve, doubt, send_queued
from portal.gateway.journal.states import DOUBTFUL
from portal.gateway.national import compose
from portal.jobs import Job, JobState
from portal.jobs.tasks import run_job
from settlement.models import Settlement, Visit
from settlement.services.lines import LineGiven
from settlement.services.pharmacy import begin_purchase
from settlement.services.settling.previews import ask_preview
from settlement.services.settling.settle import settle
from settlement.services.visits import Patient
from settlement.tasks import look_after_reversals
from tests.sandbox_process import Counterpart

NUMBERS = itertools.count(1)
SETTLING = ("2102A", "2207A", "2304A", "2103", "2208", "2305", "2601")
#: What channels of the national interface hold.
CHANNEL = ("base_url", "app_code", "secret_key", "medins_code", "medins_name", "region")


def line(code: str = "X00000001", price: str = "10.00", quantity: str = "1", **more: Any) -> LineGiven:
    """One line of an item that the sandbox's catalogue has."""
    named = {"own_code": f"OWN{code}", "own_name": f"药品 {code}", "item_code": code, **more}
    return LineGiven(quantity=Decimal(quantity), price=Decimal(price), **named)


@dataclass
class SettlingDesk:
    """Institution A with its channel to the sandbox; `by` works, `reviewer` is the second person."""

    by: Member
    reviewer: Member
    party: Counterpart
    taken: set[str] = field(default_factory=set)

    @property
    def institution_id(self) -> int:
        return self.by.institution_id

    @property
    def sandbox(self) -> Any:
        return self.party.sandbox

    def door(self) -> Any:
        return tenant_tx(self.institution_id)

    # --- people

    def people(self, count: int, kind: str = "employee", **asked: Any) -> list[Patient]:
        """So many insured people nobody has had yet, showing their identity cards."""
        found = self._asked(kind, asked)
        while len(found) < count:
            self.sandbox.act("national", "people", party=self.party.app_code, more=4 * count, limit=1)
            found = self._asked(kind, asked)
        self.taken |= {one["psn_no"] for one in found[:count]}
        return [as_patient(one) for one in found[:count]]

    def _asked(self, kind: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        told = self.sandbox.act("national", "people", party=self.party.app_code, kind=kind, **asked)
        return [one for one in told["people"] if one["psn_no"] not in self.taken]

    def patient(self, kind: str = "employee", **asked: Any) -> Patient:
        return self.people(1, kind, **asked)[0]

    def voucher(self, patient: Patient) -> str:
        told = self.sandbox.act("national", "vouchers", party=self.party.app_code, psn_no=patient.person_no)
        return str(told["codes"][0])

    def identify(self, patient: Patient) -> None:
        """1101 reads what the person shows."""
        data = {
            "mdtrt_cert_type": patient.certificate_type,
            "mdtrt_cert_no": patient.certificate_no,
            "psn_cert_type": patient.document_type,
            "certno": patient.document,
            "psn_name": patient.name,
        }
        self.party.ask(compose("1101", {"data": data})).require()

    def balance(self, patient: Patient) -> Decimal:
        told = self.sandbox.act("national", "people", party=self.party.app_code, psn_no=patient.person_no)
        found = told["people"][0]["insurances"]
        return next(Decimal(one["balance"]) for one in found if one["insutype"] == patient.insurance)

    # --- steps of a purchase

    def basket(self, patient: Patient | None = None, *lines: LineGiven, **more: Any) -> Visit:
        with self.door():
            return begin_purchase(patient or self.patient(), lines or [line()], by=self.by, **more)

    def preview(self, visit: Visit, bill: Any = None, **more: Any) -> Settlement:
        with self.door():
            settlement = ask_preview(visit, bill, by=self.by, **more)
        self.run_jobs()
        return self.again(settlement)

    def settle(self, settlement: Settlement, **more: Any) -> Operation:
        with self.door():
            return settle(settlement, by=self.by, **more)

    def bought(self, *lines: LineGiven, patient: Patient | None = None) -> Settlement:
        """A purchase from basket to receipt."""
        shown = self.preview(self.basket(patient, *lines))
        self.settle(shown)
        self.carry()
        return self.again(shown)

    # --- what workers and people do

    def run_jobs(self) -> int:
        with self.door():
            queued = list(Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True))
        for pk in queued:
            run_job(self.institution_id, str(pk))
        return len(queued)

    def carry(self, rounds: int = 20) -> None:
        """Until nothing moves without a person. No quiet period is waited for."""
        looked: Counter[Any] = Counter()
        for _ in range(rounds):
            moved = self.run_jobs() + send_queued(self.institution_id, "national")
            with self.door():
                doubtful = Operation.objects.filter(state__in=[State.IN_DOUBT, State.RESOLVING])
                doubtful.update(quiet_until=None, next_look_at=None)
                due = [pk for pk in doubtful.values_list("pk", flat=True) if looked[pk] < 2]
            for pk in due:
                looked[pk] += 1
                moved += doubt.resolve(self.institution_id, pk) in (State.DONE, State.QUEUED, State.REVERSED)
            look_after_reversals(self.institution_id)
            if not moved and not self.run_jobs():
                return

    def approve(self, operation: Operation) -> None:
        with self.door():
            approve(Operation.objects.get(pk=operation.pk), by=self.reviewer)

    # --- what came of it

    def again(self, settlement: Settlement) -> Settlement:
        rows = Settlement.objects.select_related("visit", "bill", "operation", "undone_by")
        with self.door():
            return rows.get(pk=settlement.pk)

    def doubtful(self) -> int:
        with self.door():
            return Operation.objects.filter(state__in=DOUBTFUL).count()

    def effects(self, *codes: str) -> list[dict[str, Any]]:
        return [one for one in self.party.truth()["effects"] if one["code"] in (codes or SETTLING)]


def as_patient(person: dict[str, Any], insurance: str = "") -> Patient:
    """A person of the sandbox's as 1101 would have identified them."""
    chosen = next(one for one in person["insurances"] if insurance in ("", one["insutype"]))
    return Patient(
        person_no=person["psn_no"],
        name=person["psn_name"],
        document=person["certno"],
        document_type=person["psn_cert_type"],
        insurance=chosen["insutype"],
        insured_at=chosen["insuplc_admdvs"],
        person_type=chosen["psn_type"],
        gender=person["gend"],
        certificate_type="02",
        certificate_no=person["certno"],
    )


def desk_of(by: Member, reviewer: Member, party: Counterpart) -> SettlingDesk:
    """The desk, with the party's channel in the database."""
    with tenant_tx(by.institution_id):
        install_channel("national", "test", {name: getattr(party.settings, name) for name in CHANNEL})
    return SettlingDesk(by, reviewer, party)
