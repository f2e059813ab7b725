"""A hospital that uploads fees to the real sandbox over the real wire, and what both sides say afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from injury.messages import Logout, Register, RegisterCrossProvince
from injury.models import Admission, BatchLine, BatchState, FeeBatch, FeeEpoch, FeeItem, FeeState, Source
from injury.services.standing import FeeStanding, fee_standing
from injury.services.uploading import start_upload
from injury.tasks import look_after_uploads
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.channels.services import install_channel
from portal.gateway.journal import Operation, State, approve, doubt, send_queued
from portal.gateway.journal.states import DOUBTFUL
from portal.gateway.wire import exchange, wire
from portal.jobs import Job, JobState
from portal.jobs.tasks import run_job
from tests.injury.fees import make_admission
from tests.sandbox_process import Counterpart, channel_values

UPLOAD, WIPE = "sendMedInfo", "invalidData"
#: Categories of items outside of the catalogue; nothing needs to be mapped for them.
CATEGORIES = ("21", "22", "23")


@dataclass
class UploadDesk:
    """Hospital A with its channel to the sandbox; `by` uploads, `reviewer` is the second person."""

    by: Member
    reviewer: Member
    party: Counterpart

    @property
    def institution_id(self) -> int:
        return self.by.institution_id

    @property
    def sandbox(self) -> Any:
        return self.party.sandbox

    def door(self) -> Any:
        return tenant_tx(self.institution_id)

    # --- what is there

    def admit(self, *numbers: str) -> list[Admission]:
        """Admissions that both sides know."""
        free = self.people(len(numbers))
        made = []
        for number, person in zip(numbers, free, strict=True):
            injury, treatment = fitting(person)
            self.party.ask(registration(number, person, injury, treatment)).require()
            with self.door():
                made.append(make_admission(number, injury_no=injury["alca02"], treatment_no=treatment["aae073"]))
        self.sign_out()
        return made

    def admit_elsewhere(self, number: str) -> Admission:
        """Somebody insured in another province, with a filing that is valid today."""
        person = self.people(1, fit="cross")[0]
        filing = next(one for one in person["filings"] if one["ala491"] in ("01", "03", "05") and valid_today(one))
        self.party.ask(registration_elsewhere(number, person, filing)).require()
        self.sign_out()
        with self.door():
            return make_admission(number, flow="cross", visit_kind="72", injury_no=filing["alc011"])

    def people(self, count: int, fit: str = "inpatient") -> list[dict[str, Any]]:
        told = self.sandbox.act("injury", "people", party=self.party.app_code, fit=fit, free=True, limit=count)
        return list(told["people"])

    def sign_out(self) -> None:
        """The portal signs in as the same user."""
        if self.party.settings.session:
            exchange(self.party.settings, wire("aes-session").sign_out(self.party.settings))
            self.party.settings = replace(self.party.settings, session="")

    def charge(self, admission: Admission, count: int, *, first: int = 1, price: str = "10.01", **fields: Any) -> None:
        """Treatments outside of the catalogue, every line with an amount of its own."""
        with self.door():
            FeeItem.objects.bulk_create(
                an_item(admission, number, Decimal(price) + Decimal(number) / 100, **fields)
                for number in range(first, first + count)
            )

    def refund(self, admission: Admission, number: int, **fields: Any) -> None:
        with self.door():
            charged = FeeItem.objects.get(admission=admission, line_id=f"F{number:06}")
            item = an_item(admission, number, charged.price, **fields)
            item.line_id, item.quantity, item.amount, item.refunds = (
                f"R{number:06}",
                -charged.quantity,
                -charged.amount,
                charged,
            )
            item.save(force_insert=True)

    # --- what is done

    def upload(self, admission: Admission) -> FeeEpoch:
        with self.door():
            return start_upload(admission, by=self.by)

    def settle(self, rounds: int = 30) -> None:
        """What workers and sweeps do until nothing moves without a person. No quiet period is waited for."""
        looked: Counter[Any] = Counter()
        for _ in range(rounds):
            moved = self.run_jobs() + send_queued(self.institution_id, "injury")
            with self.door():
                doubtful = Operation.objects.filter(state__in=DOUBTFUL).exclude(state=State.MANUAL)
                doubtful.update(quiet_until=None, next_look_at=None)
                due = [pk for pk in doubtful.values_list("pk", flat=True) if looked[pk] < 3]
            for pk in due:
                looked[pk] += 1
                moved += doubt.resolve(self.institution_id, pk) in (State.DONE, State.QUEUED, State.REVERSED)
            look_after_uploads(self.institution_id)
            if not moved and not self.run_jobs():
                return

    def run_jobs(self) -> int:
        with self.door():
            queued = list(Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True))
        for pk in queued:
            run_job(self.institution_id, str(pk))
        return len(queued)

    def approve_wipe(self, admission: Admission) -> Operation:
        with self.door():
            wipe = self.epoch(admission).wipe
            assert wipe is not None
            approve(wipe, by=self.reviewer)
        return wipe

    # --- what came of it

    def epoch(self, admission: Admission) -> FeeEpoch:
        with self.door():
            return FeeEpoch.objects.select_related("admission", "wipe").filter(admission=admission).order_by("-n")[0]

    def batches(self, admission: Admission) -> list[FeeBatch]:
        with self.door():
            found = FeeBatch.objects.select_related("epoch", "operation").filter(epoch__admission=admission)
            return list(found.order_by("epoch__n", "number"))

    def standing(self, admission: Admission) -> FeeStanding:
        with self.door():
            return fee_standing(Admission.objects.get(pk=admission.pk))

    def at_centre(self, admission: Admission) -> dict[str, Any]:
        """The sandbox's own ledger of this admission."""
        told = self.party.truth()["state"]
        mine = told.get(self.party.app_code, told)
        found: dict[str, Any] = mine["admissions"][admission.number]
        return found

    def differences(self, admission: Admission) -> list[str]:
        """Line by line: what is doubled or lost at the centre, against what the journal says is there."""
        with self.door():
            lines = BatchLine.objects.filter(
                epoch__admission=admission, is_void=False, batch__state=BatchState.APPLIED
            ).exclude(epoch__state="wiped")
            rows = lines.values_list("item__prescription", "item__own_code", "item__quantity", "item__amount")
            ours = Counter((one, two, f"{quantity:.4f}", f"{amount:.4f}") for one, two, quantity, amount in rows)
            uploaded = FeeItem.objects.filter(admission=admission, state=FeeState.UPLOADED).count()
        theirs: Counter[Any] = Counter()
        for alc400, akc515, quantity, amount, times in self.at_centre(admission)["lines"]:
            theirs[alc400, akc515, quantity, amount] += times
        found = [f"doubled: {line} × {more}" for line, more in sorted((theirs - ours).items())]
        found += [f"lost: {line} × {less}" for line, less in sorted((ours - theirs).items())]
        if ours.total() != uploaded:
            found.append(f"{uploaded} items are marked as uploaded, {ours.total()} lines say so")
        return found


def desk_of(by: Member, reviewer: Member, party: Counterpart) -> UploadDesk:
    """The desk, with the party's channel in the database."""
    with tenant_tx(by.institution_id):
        install_channel("injury", "test", channel_values(party))
    return UploadDesk(by, reviewer, party)


def an_item(admission: Admission, number: int, price: Decimal, **fields: Any) -> FeeItem:
    values: dict[str, Any] = {
        "environment": admission.environment,
        "line_id": f"F{number:06}",
        "prescription": f"CF{number:06}",
        "prescribed_on": timezone.localdate(),
        "own_code": f"ZL{number:06}",
        "own_name": f"换药 {number}",
        "common_name": "换药",
        "kind": "1",
        "own_category": CATEGORIES[number % len(CATEGORIES)],
        "price": price,
        "quantity": Decimal(2),
        "amount": price * 2,
        "source": Source.API,
        "digest": "",
    }
    return FeeItem(admission=admission, **(values | fields))


def fitting(person: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """An injury with an approved application for a stay in hospital today."""
    on = str(timezone.localdate())
    for injury in person["injuries"]:
        for one in injury["treatments"]:
            covers = one["starts_on"] <= on <= one["ends_on"]
            if one["akc175"] == "1" and one["jxzl"] == "2" and one["ale021"] in ("6", "7") and covers:
                return injury, one
    raise AssertionError("nobody is fit for a stay")


def registration(number: str, person: dict[str, Any], injury: dict[str, Any], treatment: dict[str, Any]) -> Register:
    return Register.model_validate(
        {
            "isnewinjure": "0",
            "kc21": {
                "aab001": injury["aab001"],
                "aac001": person["aac001"],
                "aac002": person["aac002"],
                "aac003": person["aac003"],
                "aac004": person["aac004"],
                "aka130": "21",
                "akc191": "7",
                "akc190": number,
                "akc192": str(timezone.localdate()),
                "alc028": "S82.100",
                "alca02": injury["alca02"],
                "aae073": treatment["aae073"],
                "alk023": "骨科",
                "akc199": "三病区",
                "alk024": "12",
                "ysbm": "孙样例",
            },
        }
    )


def valid_today(filing: dict[str, Any]) -> bool:
    covers = bool(filing["starts_on"] <= str(timezone.localdate()) <= filing["ends_on"])
    return covers and filing["aae100"] == "1" and filing["aae016"] == "1"


def registration_elsewhere(number: str, person: dict[str, Any], filing: dict[str, Any]) -> RegisterCrossProvince:
    return RegisterCrossProvince.model_validate(
        {
            "bs003WS": {
                "aac002": person["aac002"],
                "aac003": person["aac003"],
                "akc190": number,
                "aka130": "72",
                "aae030": str(timezone.localdate()),
                "akc191": "7",
                "alc028": "S82.100",
                "alc011": filing["alc011"],
                "akc201": "骨科",
                "akc199": "三病区",
                "akc200": "12",
                "ysbm": "孙样例",
                "sbkid": person["card_no"],
            }
        }
    )


__all__ = ["UPLOAD", "WIPE", "Logout", "UploadDesk", "an_item", "desk_of"]
