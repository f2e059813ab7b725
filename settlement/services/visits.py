"""Beginning a visit: who it is for, and what number it has here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.access.member import Member
from portal.gateway.environments.standstill import environment_for
from portal.gateway.journal.states import LIVE
from portal.vault import blind_indexes
from portal.vault.masks import mask_identity, mask_name
from settlement.models import Identification, Visit, VisitKind, VisitState
from settlement.services.numbers import drawn, save_numbered
from settlement.services.refusals import Refused

PREFIXES = {VisitKind.PHARMACY: "YD", VisitKind.OUTPATIENT: "MZ", VisitKind.INPATIENT: "ZY"}


@dataclass(frozen=True)
class Patient:
    """An insured person as the centre answered (1101), and what was shown for it; one insurance of them."""

    person_no: str
    name: str
    document: str
    insurance: str
    insured_at: str
    certificate_type: str
    certificate_no: str = ""
    card_sn: str = ""
    document_type: str = "01"
    person_type: str = ""
    gender: str = ""
    born_on: date | None = None
    identification: UUID | None = None


def begin_visit(
    patient: Patient,
    kind: VisitKind,
    *,
    by: Member,
    med_type: str,
    number: str = "",
    started_at: datetime | None = None,
    state: str = VisitState.DRAFT,
    **more: Any,
) -> Visit:
    """A new visit that the centre does not know yet; without a number it gets one. Refused for a number twice."""
    visit = Visit(
        environment=environment_for(by),
        kind=kind,
        state=state,
        identification=patient.identification,
        person_no=patient.person_no,
        name=patient.name,
        name_masked=mask_name(patient.name),
        document_type=patient.document_type,
        document=patient.document,
        document_masked=mask_identity(patient.document),
        gender=patient.gender,
        born_on=patient.born_on,
        person_type=patient.person_type,
        insurance=patient.insurance,
        insured_at=patient.insured_at,
        certificate_type=patient.certificate_type,
        certificate_no=patient.certificate_no or None,
        card_sn=patient.card_sn or None,
        med_type=med_type,
        started_at=started_at or timezone.now(),
        created_by=by.user,
        created_as=by.label[:100],
        **more,
    )
    save_numbered(visit, number, lambda: drawn(PREFIXES[kind]), constraint="one_visit_a_number", what="就诊号")
    return visit


def refuse_second(shown: Identification, patient: Patient, kind: VisitKind, *, by: Member, **same: str) -> None:
    """For programs, which retry blindly: Refused while a visit of this person is being registered.

    Only where the hospital gives no number of its own, which would tell two visits from one that is sent twice. `same`:
    what else the two have in common (a person may see two doctors). Of two calls at once one waits for the other.
    """
    Identification.objects.select_for_update().get(pk=shown.pk)
    mine = Visit.objects.filter(environment=environment_for(by), kind=kind, state=VisitState.OPENING, **same)
    mine = mine.filter(person_no_index__in=blind_indexes(patient.person_no), operation__state__in=LIVE)
    if live := mine.values_list("operation_id", flat=True).first():
        raise Refused("这位病人正在登记，有结果后再办理；另一次就诊请填写本院的住院/门诊号").behind(live)
