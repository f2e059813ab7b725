"""An outpatient visit as the rules see it: read once, judged by `rules/outpatient.py`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from portal.gateway.crypto import sm3
from settlement.models import Bill, BillState, FeeLine, LineState, Settlement, SettlementState, Visit, VisitState
from settlement.rules.outpatient import BillSeen, Scene
from settlement.services.refusals import Refused
from settlement.services.settling.standing import standing

#: Key of `Visit.details`: what the centre was last told of the visit (2203A), as a digest.
INFORMED = "informed"
#: What 2203A tells of the visit beyond its columns, by wire name.
TOLD = ("main_cond_dscr", "dise_type_code", "birctrl_type", "birctrl_matn_date")
OF_DIAGNOSIS = ("order", "type", "is_main", "code", "name", "department", "doctor_code", "doctor_name", "diagnosed_at")


def scene_of(visit: Visit) -> Scene:
    """How the visit stands, with its bills in their order."""
    return scene_with(visit, visit.bills.all())


def scene_with(visit: Visit, bills: Iterable[Bill]) -> Scene:
    holding, incomplete = holding_bills(visit), incomplete_bills(visit)
    digest = told_digest(visit)
    return Scene(
        state=str(visit.state),
        obstacle=standing(visit).obstacle,
        unread=visit.state == VisitState.OPEN and not visit.mdtrt_id,
        informed=bool(digest) and details_of(visit).get(INFORMED) == digest,
        diagnosed=bool(digest),
        bills=tuple(seen(bill, holding, incomplete) for bill in bills),
    )


def holding_bills(visit: Visit) -> set[Any]:
    """Bills with a settlement that stands, or is being sent or taken back."""
    rows = Settlement.objects.filter(visit=visit, state__in=SettlementState.holding())
    return set(rows.values_list("bill_id", flat=True))


def incomplete_bills(visit: Visit) -> set[Any]:
    """Sent bills of which the centre has not taken every line."""
    rows = FeeLine.objects.filter(visit=visit, state=LineState.DRAFT, bill__state=BillState.SENT)
    return set(rows.values_list("bill_id", flat=True))


def seen(bill: Bill, holding: set[Any], incomplete: set[Any]) -> BillSeen:
    state, count = str(bill.state), bill.lines_count
    return BillSeen(state, count, settled=bill.pk in holding, incomplete=bill.pk in incomplete)


def why_not(rule: Callable[..., str], visit: Visit, bill: Bill | None = None) -> str:
    """The rule's sentence for the visit, or for one of its bills."""
    scene = scene_of(visit)
    if bill is None:
        return rule(scene)
    return rule(scene, seen(bill, holding_bills(visit), incomplete_bills(visit)))


def refuse(rule: Callable[..., str], visit: Visit, bill: Bill | None = None) -> None:
    """Raises Refused with the rule's sentence; the visit is locked."""
    if reason := why_not(rule, visit, bill):
        raise Refused(reason)


def details_of(visit: Visit) -> dict[str, Any]:
    return dict(visit.details.reveal() or {}) if visit.details else {}


def told_digest(visit: Visit) -> str:
    """SM3 over what 2203A tells; empty while no diagnosis has been taken down."""
    diagnoses = list(visit.diagnoses.filter(moment="").order_by("order", "id").values_list(*OF_DIAGNOSIS))
    if not diagnoses:
        return ""
    details = details_of(visit)
    head = [visit.med_type, visit.disease_code, visit.disease_name, *(details.get(name, "") for name in TOLD)]
    return sm3(json.dumps([head, diagnoses], default=str, ensure_ascii=False).encode()).hex()
