"""An admission that the centre already holds under our number: found by asking, taken over without sending anything."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from injury.actions import REGISTRATION_FOUND
from injury.models import Admission, AdmissionState, Enquiry
from injury.services.enquiries import chain, enquire, taking
from injury.services.presence import Presence, presence
from injury.services.refusals import Refused
from injury.services.steps import locked, move
from portal.access.door import required_institution, tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Ask

KIND = "admission.presence"


def look_for_registration(admission: Admission, *, by: Member) -> Enquiry:
    """Ask whether the centre holds this draft already; if so it becomes an admission. Refused for what is no draft."""
    if admission.state != AdmissionState.DRAFT or not admission.number:
        raise Refused("只有未登记、已填住院号的就诊可以向中心核实")
    return enquire(
        KIND,
        {"institution": required_institution(), "admission": str(admission.pk)},
        by=by,
        about=admission,
        label=admission.number,
    )


@chain(KIND, "核实中心是否已有登记")
def _look(params: dict[str, Any], ask: Ask, progress: Any) -> tuple[dict[str, Any], int]:
    with tenant_tx(params["institution"]):
        admission = Admission.objects.get(pk=UUID(params["admission"]))
    found = presence(admission, ask)
    return {"state": found.state.value, "told": found.told}, int(found.state == Presence.HERE)


@taking(KIND)
def _take(enquiry: Enquiry, answer: dict[str, Any]) -> int:
    enquiry.sentence = answer["told"][:500]
    admission = Admission.objects.filter(pk=UUID(enquiry.params.reveal()["admission"])).first()
    if admission is None or answer["state"] != Presence.HERE.value:
        return 0
    admission = locked(admission)
    if admission.state == AdmissionState.DRAFT:
        move(
            admission, AdmissionState.ADMITTED, None, note="中心已有登记，核实后转为在院", registered_at=timezone.now()
        )
        record(REGISTRATION_FOUND, admission, by=None, number=admission.number, told=answer["told"])
    return 1
