"""A stay as the rules see it: read once, judged by `rules/inpatient.py`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db.models import Count

from portal.gateway.crypto import sm3
from settlement.models import FeeLine, LineState, Settlement, SettlementState, Visit
from settlement.rules.inpatient import Scene
from settlement.services.refusals import Refused
from settlement.services.settling.messages import said
from settlement.services.settling.standing import standing

#: Keys of `Visit.details`: what the centre was last told of the admission, as a digest; its med_type; the discharge.
INFORMED, TOLD_TYPE, LEAVING = "informed", "told_type", "leaving"
#: What the centre last showed of the lines (5204), beside ours.
READING = "reading"
COLUMNS = (
    *("med_type", "disease_code", "disease_name", "department_code", "department_name", "ward", "bed"),
    *("doctor_code", "doctor_name"),
)
#: What 2401 and 2403 tell beyond the columns, by wire name.
MORE = (
    *("coner_name", "tel", "medrcdno", "adm_diag_dscr", "main_cond_dscr", "oprn_oprt_code", "oprn_oprt_name"),
    *("fpsc_no", "matn_type", "birctrl_type", "latechb_flag", "geso_val", "fetts", "fetus_cnt", "pret_flag"),
    *("birctrl_matn_date", "dise_type_code"),
)
OF_DIAGNOSIS = (
    *("order", "type", "is_main", "code", "name", "department", "doctor_code", "doctor_name"),
    *("diagnosed_at", "condition"),
)
#: States of a line in which the centre has it, unsettled.
THERE = (LineState.SENDING, LineState.SENT, LineState.REMOVING)


def scene_of(visit: Visit) -> Scene:
    """How the stay stands."""
    rows = FeeLine.objects.filter(visit=visit).order_by().values_list("state").annotate(n=Count("pk"))
    counts: dict[str, int] = dict(rows)
    details = details_of(visit)
    interim = visit.settlements.filter(is_interim=True, state__in=SettlementState.holding()).count()
    return Scene(
        state=str(visit.state),
        obstacle=standing(visit).obstacle,
        informed=details.get(INFORMED) == told_digest(visit),
        leaving=LEAVING in details and visit.diagnoses.filter(moment="out").exists(),
        drafts=counts.get(LineState.DRAFT, 0),
        sent=sum(counts.get(state, 0) for state in THERE),
        settled=counts.get(LineState.SETTLED, 0),
        interim=interim,
        beyond=len(details.get(READING, {}).get("extra", ())),
    )


def refuse(rule: Callable[[Scene], str], visit: Visit) -> None:
    """Raises Refused with the rule's sentence; the visit is locked."""
    if reason := rule(scene_of(visit)):
        raise Refused(reason)


def details_of(visit: Visit) -> dict[str, Any]:
    return dict(visit.details.reveal() or {}) if visit.details else {}


def told_digest(visit: Visit) -> str:
    """SM3 over what 2401 and 2403 tell of the admission, in lower hex."""
    diagnoses = list(visit.diagnoses.filter(moment="in").order_by("order", "id").values_list(*OF_DIAGNOSIS))
    details = details_of(visit)
    columns = [getattr(visit, name) for name in COLUMNS]
    head = [said(visit.started_at), *columns, *(details.get(name, "") for name in MORE)]
    return sm3(json.dumps([head, diagnoses], default=str, ensure_ascii=False).encode()).hex()


def later_settlement(settlement: Settlement) -> Settlement | None:
    """A settlement of the stay after this one that stands: it has to go first.

    By when they were shown, because centres tell the time of settling to the second only.
    """
    rows = Settlement.objects.filter(visit=settlement.visit, state__in=SettlementState.holding())
    return rows.exclude(pk=settlement.pk).filter(created_at__gt=settlement.created_at).first()
