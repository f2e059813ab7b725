"""The admission desk of hospital A: somebody comes, the sandbox's centre is asked, an admission is registered."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from injury.models import Admission, Enquiry
from injury.services import ask_about_person, begin_admission, register_admission, save_draft
from injury.services.findings import person_of
from tests.injury.upload_desk import UploadDesk, desk_of, fitting, registration
from tests.sandbox_process import Counterpart

#: What a clerk types about a stay.
STAY: dict[str, Any] = {
    "diseases": "S82.100",
    "department": "骨科",
    "ward": "三病区",
    "bed": "12",
    "doctor": "孙样例",
}


class AdmissionDesk(UploadDesk):
    """Hospital A with its channel to the sandbox; `by` is the clerk."""

    def somebody(self, fit: str, **conditions: Any) -> dict[str, Any]:
        """A person of the sandbox, without an open stay, fit for such an admission."""
        asked = {"party": self.party.app_code, "fit": fit, "free": True, "limit": 1, **conditions}
        found: dict[str, Any] = self.sandbox.act("injury", "people", **asked)["people"][0]
        return found

    def ask(self, where: str, means: str, **given: str) -> Enquiry:
        """The answered enquiry."""
        with self.door():
            enquiry = ask_about_person(where, means, given, by=self.by)
        self.run_jobs()
        with self.door():
            return Enquiry.objects.get(pk=enquiry.pk)

    def ask_for(self, person: dict[str, Any], where: str = "local") -> Enquiry:
        return self.ask(where, "identity", identity=person["aac002"], name=person["aac003"])

    def choice(self, enquiry: Enquiry, **wanted: str) -> str:
        """The key of the first usable treatment or filing whose items are as wanted."""
        with self.door():
            usable = person_of(enquiry, timezone.localdate()).usable
        return next(one.key for one in usable if all(one.raw[name] == value for name, value in wanted.items()))

    def draft(self, enquiry: Enquiry, flow: str, key: str, number: str, **fields: Any) -> Admission:
        """A draft with everything that is needed, and what `fields` change."""
        with self.door():
            admission = begin_admission(enquiry, flow, key, by=self.by)
            return save_draft(admission, STAY | {"number": number} | fields, typed=None, by=self.by)

    def elsewhere(self, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Somebody whom another program admits before the portal signs in: the person, and the application used."""
        person = self.somebody("inpatient")
        injury, treatment = fitting(person)
        self.party.ask(registration(number, person, injury, treatment)).require()
        self.sign_out()
        return person, treatment

    def register(self, admission: Admission) -> Admission:
        """Sent, and followed to its end."""
        with self.door():
            register_admission(admission, by=self.by)
        self.settle()
        return self.again(admission)

    def old(self, number: str = "ZY1", **fields: Any) -> Admission:
        """The draft of an old injury."""
        enquiry = self.ask_for(self.somebody("inpatient"))
        key = self.choice(enquiry, jxzl="2", ale021="7") if "key" not in fields else fields.pop("key")
        return self.draft(enquiry, "old", key, number, **fields)

    def again(self, admission: Admission) -> Admission:
        with self.door():
            return Admission.objects.select_related("operation").get(pk=admission.pk)

    def stays(self) -> dict[str, Any]:
        """The centre's own ledger of our admissions."""
        told = self.party.truth()["state"]
        found: dict[str, Any] = told.get(self.party.app_code, told)["admissions"]
        return found


def admission_desk(by: Any, reviewer: Any, party: Counterpart) -> AdmissionDesk:
    made = desk_of(by, reviewer, party)
    return AdmissionDesk(made.by, made.reviewer, made.party)
